"""What the doctor reports, and what each code means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

MOST_OF_ONE_CODE: Final = 100
"""One broken disk must not print a million lines; the count is told."""

SENTENCES: Final[dict[str, str]] = {
    "database_missing": "There is no database here.",
    "database_unreadable": "The database cannot be read.",
    "database_damaged": "SQLite finds the file damaged.",
    "foreign_key_broken": "A row names another that does not exist.",
    "schema_other": "The database is not of this program's version; `dockproof serve` migrates an older one.",
    "trigger_missing": "A guard of the append-only tables is missing.",
    "trigger_changed": "A guard of the append-only tables is not the program's own.",
    "log_gap": "The log has a gap.",
    "log_head_wrong": "The log's counter is not the number of its entries.",
    "log_shrunk": "The log is shorter than it was: an older database was put in place.",
    "log_note_unreadable": "keys/log-size holds no number.",
    "leaf_hash_wrong": "An entry's hash is not the hash of its text.",
    "entry_without_record": "An entry names a record that is not here.",
    "entry_of_other_record": "An entry's text is not its record's.",
    "entry_without_derivative": "An entry names a copy that is not here.",
    "entry_without_key_change": "An entry tells of a change of key that the phone's keys do not show.",
    "key_change_without_entry": "A phone's change of key has no entry in the log.",
    "entry_without_enrolment": "An entry tells of an enrolment that the phone's row does not show.",
    "enrolment_without_entry": "A phone's enrolment has no entry in the log.",
    "enrolment_not_logged": "A phone that came before enrolments were logged; no entry can be made afterwards.",
    "entry_without_revocation": "An entry tells of a phone that was blocked, and its row does not show it.",
    "revocation_without_entry": "A phone was blocked without an entry in the log.",
    "revocation_not_logged": "A phone was blocked before that was logged; no entry can be made afterwards.",
    "entry_type_unknown": "An entry of a type that this check does not follow.",
    "record_without_entry": "A record has no entry in the log.",
    "record_hash_wrong": "A record's text is not the one its key names.",
    "record_unreadable": "A record's text is not in its format.",
    "record_columns_differ": "A record's row says something else than its text.",
    "signature_wrong": "No key of the device signed this record.",
    "chain_gap": "Records of a phone are missing between others.",
    "chain_ended": "A phone's storage was cleared: records that it had signed never came.",
    "capture_lost": "A phone's storage was cleared: a film or photo that it had announced never came.",
    "chain_fork": "A phone sent two different records with one number.",
    "chain_broken": "A record does not follow from the phone's previous one.",
    "manifest_changed": "What a submission is said to have held is not what was kept when it was sent.",
    "claim_differs_from_log": "A claim's step or submission says something else than the log.",
    "claim_without_entry": "A claim's step or submission has no entry in the log.",
    "entry_without_claim": "An entry tells of a claim's step or submission that is not here.",
    "voucher_without_entry": "A picture made for a platform has no entry of its own in the log.",
    "entry_without_voucher": "An entry tells of a picture for a platform that is not here.",
    "blob_missing": "A file that the database names is not on disk.",
    "blob_size_wrong": "A file has another length than the database says.",
    "blob_hash_wrong": "A file's bytes are not those its name promises.",
    "blob_unreadable": "A file cannot be read.",
    "blob_unknown": "A file that no row names; a crash leaves it behind, and it does no harm.",
    "take_state_wrong": "A take's state is not what the facts say.",
    "tally_wrong": "A take's tally is not what its record says.",
    "receipt_time_wrong": "A parcel's goods receipt is not what its records say.",
    "fact_missing": "A record from the table has no fact that screens could show.",
    "fact_wrong": "A fact from the table is not what its record says.",
    "fact_gone_wrong": "A fact is shown as standing or as taken back, and the records say otherwise.",
    "photo_state_wrong": "A photo's state is not what the facts say.",
    "verdict_wrong": "An order shows another verdict than the decisions that stand.",
    "upload_short": "Bytes of an unfinished upload that were acknowledged are gone; the phone sends them again.",
    "spool_leftover": "A file in the spool that belongs to no unfinished upload.",
    "key_missing": "A key is missing.",
    "key_unreadable": "A key cannot be read or has the wrong length.",
    "key_open_to_others": "A key can be read by other accounts of this machine.",
    "clock_behind": "The machine's clock is behind what it has already written down.",
    "quota_reached": "A limit on films and photos is reached; new uploads are refused, phones keep them.",
    "disk_low": "The disk is nearly full; uploads are refused.",
    "check_failed": "This could not be checked.",
}

NOTES: Final = frozenset(
    {
        "blob_unknown",
        "spool_leftover",
        "chain_gap",
        "chain_fork",
        "chain_broken",
        "chain_ended",
        "capture_lost",
        "entry_type_unknown",
        "enrolment_not_logged",
        "revocation_not_logged",
    }
)
"""Worth knowing, no fault of the instance: a phone may still hold the records of a gap, and forks are evidence."""


@dataclass(frozen=True)
class Finding:
    """``where`` names the row, file or place; never what people wrote."""

    code: str
    where: str = ""

    @property
    def is_note(self) -> bool:
        return self.code in NOTES

    @property
    def what(self) -> str:
        return SENTENCES[self.code]


@dataclass
class Check:
    """One part of the instance: what was counted, and what was found."""

    name: str
    facts: dict[str, object] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)  # by code, also of those that are not listed

    def add(self, code: str, where: object = "") -> None:
        self.counts[code] = self.counts.get(code, 0) + 1
        if self.counts[code] <= MOST_OF_ONE_CODE:
            self.findings.append(Finding(code, str(where)))

    @property
    def ok(self) -> bool:
        return all(finding.is_note for finding in self.findings)


@dataclass(frozen=True)
class Report:
    checks: list[Check]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)
