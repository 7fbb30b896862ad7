"""What was written and said about an order, as files of its case: messages, agreements, facts, claims."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from webapp.adapters.bag_writer import BagFile
from webapp.domain.case import Case
from webapp.domain.casefile import CHINA, file_name
from webapp.domain.folders import FOLDER_NAMES, Folder
from webapp.domain.ledger import iso_milliseconds
from webapp.domain.stickers import shown_text
from webapp.store import cases as rows
from webapp.store import claims as claim_rows
from webapp.store import dock, papers
from webapp.store import orders as order_rows
from webapp.store.schema_claims import Claim
from webapp.store.schema_dock import DockFact
from webapp.usecases.case_tables import as_json, table


def paper_files(session: Session, case: Case) -> Iterator[BagFile]:
    """In the folders where people look for them; a claim's submissions exactly as they were hashed."""
    chat = f"{case.folder}/{FOLDER_NAMES[Folder.CHAT]}"
    for number, (message, withdrawn) in enumerate(papers.messages(session, case.order_id), 1):
        name = file_name(message.sent_at, CHINA, case.order_no, message.template, number, "txt")
        ending = ".txt" if withdrawn is None else "_withdrawn.txt"
        yield BagFile(f"{chat}/{name.removesuffix('.txt')}{ending}", message.text.encode("utf-8"))
    agreed = [
        {
            "date": row.dated_on,
            "kind": row.kind,
            "attribute": row.attribute,
            "value": row.value,
            "unit": row.unit,
            "tolerance": row.tolerance,
            "chat": row.chat_ref,
        }
        for row in papers.agreements(session, case.order_id)
    ]
    if agreed:
        yield BagFile(f"{chat}/agreements.csv", table(agreed).encode("utf-8"))
    facts = _facts(session, case)
    if facts:
        base = f"{case.folder}/{FOLDER_NAMES[Folder.RECEIVING]}"
        yield BagFile(f"{base}/receiving.csv", table(facts).encode("utf-8"))
    yield from _claims(session, case)


def _facts(session: Session, case: Case) -> list[dict[str, Any]]:
    """Weights, conditions, measurements, draws, defects, verdicts …, also what was taken back: it says so."""
    order = order_rows.orders_by_id(session, {case.order_id})[0]
    facts = dock.facts_of_parcels(session, [parcel.id for parcel in order.parcels])
    sites = rows.sites(session, {fact.site_id for fact in facts})
    people = rows.workers(session, {fact.worker_id for fact in facts if fact.worker_id})
    lines = {line.id: line.seq for line in order.lines}
    return [
        {
            "at": iso_milliseconds(fact.at),
            "site": sites[fact.site_id].name,
            "worker": people.get(fact.worker_id or ""),
            "kind": fact.kind,
            "slot": fact.slot,
            "line": lines.get(fact.line_id or ""),
            "said": " ".join(f"{key}={value}" for key, value in _in_plain(fact) if value is not None),
            "record": fact.id,
            "taken_back_by": fact.gone_by,
        }
        for fact in facts
        # A parcel that two orders share: the other order's lines are none of this case.
        if fact.line_id is None or fact.line_id in lines
    ]


def _in_plain(fact: DockFact) -> Iterator[tuple[str, str | None]]:
    """What was said, an item's ID as it was read and not as its record spells it."""
    for key, value in fact.said.items():
        yield key, shown_text(value) if fact.kind == "item-id" and key == "text" and value else value


def _claims(session: Session, case: Case) -> Iterator[BagFile]:
    claims = claim_rows.claims_of_order(session, case.order_id)
    if not claims:
        return
    yield BagFile(
        "claims.json", as_json({"claims": [_claim(session, one) for one in claims]}).encode("utf-8")
    )
    for claim in claims:
        for sent in claim_rows.submissions(session, claim.id):
            name = f"submissions/{claim.number}-{sent.no}-manifest.txt"
            yield BagFile(name, sent.manifest.encode("utf-8"))


def _claim(session: Session, claim: Claim) -> dict[str, Any]:
    return {
        "number": claim.number,
        "id": claim.id,
        "type": claim.type,
        "channel": claim.channel,
        "filer": claim.filer,
        "state": claim.state,
        "amount_fen": claim.amount_fen,
        "currency": claim.currency,
        "remedy": claim.remedy,
        "reason": claim.reason_code,
        "description_zh": claim.description_zh,
        "external_id": claim.external_id,
        "events": [
            {
                "seq": event.seq,
                "kind": event.kind,
                "at": iso_milliseconds(event.at),
                "recorded": iso_milliseconds(event.recorded_at),
                "said": event.said,
                "document": event.document_id,
                "log_entry": event.entry_index,
            }
            for event in claim_rows.events(session, claim.id)
        ],
        "submissions": [
            {
                "no": sent.no,
                "channel": sent.channel,
                "recipient": sent.recipient,
                "sent": iso_milliseconds(sent.sent_at),
                "description": sent.description,
                "manifest": f"sha256:{sent.manifest_sha256}",
                "log_entry": sent.entry_index,
            }
            for sent in claim_rows.submissions(session, claim.id)
        ],
    }
