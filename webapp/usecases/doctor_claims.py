"""Do claims say what the log says: every step and every submission with exactly its own entry, manifests unchanged?"""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from webapp.domain.ledger import claim_event_entry, submission_entry
from webapp.domain.submission_manifest import manifest_hash
from webapp.store import claims as rows
from webapp.usecases.claim_events import canonical
from webapp.usecases.doctor_findings import Check


def check_claims(session: Session) -> Check:
    """Both ways: a row without its entry, and an entry that no row stands for."""
    check = Check("claims")
    expected: dict[int, str] = {}
    for event in rows.every_event(session):
        expected[event.entry_index] = claim_event_entry(
            received=event.recorded_at,
            claim=event.claim_id,
            seq=event.seq,
            kind=event.kind,
            at=event.at,
            said=hashlib.sha256(canonical(event.said).encode("utf-8")).hexdigest(),
            document=event.document_id,
        )
    for submission in rows.every_submission(session):
        if manifest_hash(submission.manifest) != submission.manifest_sha256:
            check.add("manifest_changed", f"submission {submission.id}")
        expected[submission.entry_index] = submission_entry(
            received=submission.made_at,
            claim=submission.claim_id,
            no=submission.no,
            manifest=submission.manifest_sha256,
        )
    logged = rows.claim_entries(session)
    for index, text in logged.items():
        if index not in expected:
            check.add("entry_without_claim", f"entry {index}")
        elif expected[index] != text:
            check.add("claim_differs_from_log", f"entry {index}")
    for index in sorted(set(expected) - set(logged)):
        check.add("claim_without_entry", f"entry {index}")
    check.facts.update(entries=len(expected))
    return check
