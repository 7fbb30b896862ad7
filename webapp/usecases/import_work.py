"""The two long steps of an import, reading a file and writing its orders: at once for small files, else as a job.

Both may die at any moment and be done again. Reading changes nothing. Writing goes on behind the last whole batch:
how far it came is counted in the batch's own transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.adapters.clock import Clock
from webapp.adapters.import_files import ImportFiles
from webapp.domain.import_mapping import ColumnMapping
from webapp.domain.import_notices import moved_notice
from webapp.domain.import_states import AT_WORK, DraftState
from webapp.domain.order_sheet import SheetReading
from webapp.domain.orders import ImportedOrder
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.store import imports as rows
from webapp.store import takes
from webapp.store.database import Database
from webapp.store.schema import Work
from webapp.store.schema_desk import ImportDraft
from webapp.usecases import orders
from webapp.usecases.import_reports import (
    Report,
    account_counts,
    preview_report,
    refusal_report,
)
from webapp.usecases.import_tables import Progress, Table, open_table, read_table

READ, WRITE = "import_read", "import_write"
LEASE = timedelta(seconds=120)
_TRIES = 3
_RETRY = timedelta(seconds=20)
_NO_HEADER = ("import_no_header", "import_header_incomplete")


class Stopped(Exception):
    """The draft was discarded, or somebody else does its work: nothing more to do here."""


@dataclass(frozen=True)
class ImportWork:
    """Reads and writes drafts."""

    database: Database
    rulebook: Rulebook
    files: ImportFiles
    clock: Clock

    def read(self, draft_id: str) -> None:
        """From the file to a preview, to the question which column is what, or to a refusal."""
        draft = self._draft(draft_id, DraftState.READING)
        header_known = False
        try:
            table = open_table(self.files.path(draft_id), draft.filename)
            header_known = table.header is not None
            reading = read_table(table, self._mapping(draft, table), self._progress(draft_id))
            report = self._preview(draft, table, reading)
        except FileNotFoundError:
            self._end(draft_id, DraftState.READING, DraftState.EXPIRED, None)
        except Refusal as refusal:
            if header_known and refusal.code in _NO_HEADER:
                self._move(draft_id, DraftState.MAPPING, refusal_report(refusal))
            else:
                self._end(draft_id, DraftState.READING, DraftState.REFUSED, refusal_report(refusal))
        else:
            self._move(draft_id, DraftState.READY, report, platform=reading.layout.platform)

    def write(self, draft_id: str) -> None:
        """From the confirmed preview to orders, batch by batch."""
        draft = self._draft(draft_id, DraftState.WRITING)
        try:
            reading = self._read_again(draft)
        except (Refusal, FileNotFoundError):  # it could be read before: the file is gone or damaged
            self._end(draft_id, DraftState.WRITING, DraftState.REFUSED, self._stopped(draft))
            return
        target = _target(draft, reading)
        done = draft.orders_done
        for batch in orders.batches(reading.orders[done:]):
            self._write_batch(draft_id, batch, target, done, len(reading.orders))
            done += len(batch)
        orders.finish(self.database, target, reading.orders)
        self._end(draft_id, DraftState.WRITING, DraftState.DONE, None)

    def _read_again(self, draft: ImportDraft) -> SheetReading:
        """The table itself is let go here: it takes more memory than all its orders."""
        table = open_table(self.files.path(draft.id), draft.filename)
        return read_table(table, self._mapping(draft, table), self._renewing(draft.id))

    def run_next(self) -> bool:
        """Does one job if one is due; returns whether there was one."""
        with self.database.write() as session:
            work = takes.lease_work(session, now=self.clock.now(), lease=LEASE, kinds=(READ, WRITE))
        if work is None:
            return False
        if work.attempts > _TRIES:
            self._give_up(work.subject)
            self._close(work.id)
            return True
        try:
            self.run(work.kind, work.subject)
        except Exception:
            with self.database.write() as session:
                row = session.get_one(Work, work.id)
                row.leased_until, row.run_after = None, self.clock.now() + _RETRY
            raise
        self._close(work.id)
        return True

    def run(self, kind: str, draft_id: str) -> None:
        try:
            if kind == READ:
                self.read(draft_id)
            else:
                self.write(draft_id)
        except Stopped:
            return

    def _preview(self, draft: ImportDraft, table: Table, reading: SheetReading) -> Report:
        target = _target(draft, reading)
        orders.check_target(target, reading.orders)
        numbers = [order.order_no for order in reading.orders]
        with self.database.read() as session:
            accounts = rows.accounts_of_orders(session, draft.organisation_id, numbers)
        unknown = [one for one in reading.orders if one.completes and one.order_no not in accounts]
        buying = {one.order_no for one in reading.orders if not one.completes}
        moved = account_counts(
            {no: name for no, name in accounts.items() if no in buying}, target.account_name
        )
        notices = orders.notices_of(self.database, target, reading.orders)
        return preview_report(
            reading,
            known=accounts.keys(),
            rejected=orders.with_unknown(reading.rejected, unknown),
            notices=(*notices, *moved_notice(moved, account=target.account_name)),
            sheet=table.sheet,
            other_sheets=table.other_sheets,
        )

    def _write_batch(
        self, draft_id: str, batch: list[ImportedOrder], target: orders.Target, done: int, total: int
    ) -> None:
        now = self.clock.now()
        with self.database.write() as session:
            draft = rows.draft_by_id(session, draft_id)
            if draft is None or draft.state != DraftState.WRITING or draft.orders_done != done:
                raise Stopped
            written = orders.write_batch(
                session, self.rulebook, batch, target, actor=f"user:{draft.made_by}", now=now
            )
            draft.orders_done, draft.orders_total = done + len(batch), total
            report = dict(draft.report or {})
            sums = dict(report.get("written") or {})
            for name in ("orders", "lines", "waybills", "updated"):
                sums[name] = sums.get(name, 0) + getattr(written, name)
            sums["unknown"] = sums.get("unknown", 0) + len(written.unknown)
            draft.report = report | {"written": sums}
            self._renew(session, draft_id, now)

    def _mapping(self, draft: ImportDraft, table: Table) -> ColumnMapping | None:
        """What a person once said about a table with this header; it goes before what we know by heart."""
        header = table.header
        if header is None:
            return None
        with self.database.read() as session:
            row = rows.mapping(session, draft.organisation_id, header.fingerprint)
        return None if row is None else ColumnMapping(row.platform, dict(row.columns))

    def _progress(self, draft_id: str) -> Progress:
        def tell(done: int, total: int | None) -> None:
            now = self.clock.now()
            with self.database.write() as session:
                draft = rows.draft_by_id(session, draft_id)
                if draft is None or draft.state != DraftState.READING:
                    raise Stopped
                draft.rows_read, draft.rows_total = done, total
                self._renew(session, draft_id, now)

        return tell

    def _renewing(self, draft_id: str) -> Progress:
        def tell(done: int, total: int | None) -> None:
            with self.database.write() as session:
                self._renew(session, draft_id, self.clock.now())

        return tell

    def _renew(self, session: Session, draft_id: str, now: datetime) -> None:
        for work in rows.leased_work(session, draft_id, (READ, WRITE)):
            work.leased_until = now + LEASE

    def _draft(self, draft_id: str, state: DraftState) -> ImportDraft:
        with self.database.read() as session:
            draft = rows.draft_by_id(session, draft_id)
        if draft is None or draft.state != state:
            raise Stopped
        return draft

    def _move(self, draft_id: str, state: DraftState, report: Report, platform: str = "") -> None:
        with self.database.write() as session:
            draft = rows.draft_by_id(session, draft_id)
            if draft is None or draft.state != DraftState.READING:
                raise Stopped
            draft.state, draft.report, draft.platform = state, report, platform

    def _end(self, draft_id: str, from_: DraftState, state: DraftState, report: Report | None) -> None:
        """Ends the draft and its file; ``report`` None keeps the one it has."""
        with self.database.write() as session:
            draft = rows.draft_by_id(session, draft_id)
            if draft is None or draft.state != from_:
                raise Stopped
            draft.state, draft.ended_at = state, self.clock.now()
            if report is not None:
                draft.report = report
        self.files.discard(draft_id)

    def _give_up(self, draft_id: str) -> None:
        """Three processes died over it: say so instead of trying for ever."""
        with self.database.read() as session:
            draft = rows.draft_by_id(session, draft_id)
        if draft is not None and draft.state in AT_WORK:
            self._end(draft_id, DraftState(draft.state), DraftState.REFUSED, self._stopped(draft))

    def _stopped(self, draft: ImportDraft) -> Report:
        report = refusal_report(Refusal("import_stopped", done=draft.orders_done))
        return report | {"written": (draft.report or {}).get("written")}

    def _close(self, work_id: str) -> None:
        with self.database.write() as session:
            row = session.get_one(Work, work_id)
            row.leased_until, row.done_at = None, self.clock.now()


def _target(draft: ImportDraft, reading: SheetReading) -> orders.Target:
    return orders.Target(
        draft.organisation_id, draft.account_name, draft.account_owner, reading.layout.platform
    )
