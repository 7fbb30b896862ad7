"""Uploading, looking, and only then importing: drafts of files between upload and confirmation.

Nothing is written to the orders before a person has seen the preview. A draft, and the file with all its columns, lives
a day at most. Small files are read and written at once; a job takes over what is large, or what a dead process left.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO

from webapp.adapters.clock import Clock
from webapp.adapters.import_files import ImportFiles
from webapp.adapters.secrets import new_id
from webapp.domain.import_mapping import Header, column_mapping, guess_columns
from webapp.domain.import_states import MAY_DISCARD, MAY_MAP, DraftState
from webapp.domain.order_cells import clean
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.store import imports as rows
from webapp.store.database import Database
from webapp.store.schema_desk import ImportDraft, ImportMapping
from webapp.usecases import quotas
from webapp.usecases.import_tables import open_table
from webapp.usecases.import_work import READ, WRITE, ImportWork

LIFE = timedelta(days=1)
READ_AT_ONCE = 400 << 10
"""Bytes of a file that is read while the browser waits: some 3,000 rows."""
WRITE_AT_ONCE = 150
"""Orders that are written while the browser waits."""
_GRACE = timedelta(seconds=60)  # then a job takes up what a request has begun and not finished
LONGEST_FILENAME = 150
LAST_IMPORTS = 5


@dataclass(frozen=True)
class Given:
    """Who uploads, and where the orders belong. ``filename`` "" for pasted text."""

    organisation_id: str
    user_id: str
    filename: str
    account_name: str
    account_owner: str


@dataclass(frozen=True)
class ColumnChoice:
    """What the mapping screen shows: the table's header, and field → header as guessed or chosen before."""

    draft: ImportDraft
    header: Header
    chosen: Mapping[str, str]
    platform: str


@dataclass(frozen=True)
class Drafts:
    work: ImportWork

    @classmethod
    def of(cls, database: Database, rulebook: Rulebook, clock: Clock, home: Path) -> Drafts:
        return cls(ImportWork(database, rulebook, ImportFiles(home), clock))

    def upload(self, given: Given, stream: IO[bytes]) -> str:
        """Keeps the file, reads it (or asks for that), returns the draft's id.

        Raises ``quota_desk``, and what was wrong with a file that was read at once; such a draft is over.
        """
        self.expire()
        draft_id, now = new_id(), self.work.clock.now()
        size = self.work.files.keep(draft_id, stream)
        self._within_quota(given.organisation_id, draft_id, size)
        with self.work.database.write() as session:
            session.add(
                ImportDraft(
                    id=draft_id,
                    organisation_id=given.organisation_id,
                    filename=clean(given.filename)[-LONGEST_FILENAME:],
                    account_name=clean(given.account_name)[:100],
                    account_owner=given.account_owner,
                    platform="",
                    made_by=given.user_id,
                    made_at=now,
                    state=DraftState.READING,
                    rows_read=0,
                    rows_total=None,
                    orders_done=0,
                    orders_total=None,
                )
            )
        self._begin(READ, draft_id, at_once=size <= READ_AT_ONCE)
        draft = self.draft(given.organisation_id, draft_id)
        if draft.state == DraftState.REFUSED:
            code, values = (draft.report or {})["problem"]
            raise Refusal(code, **values)
        return draft_id

    def paste(self, given: Given, text: str) -> str:
        """As `upload`, of a pasted table."""
        return self.upload(given, io.BytesIO(text.encode("utf-8", "replace")))

    def draft(self, organisation_id: str, draft_id: str) -> ImportDraft:
        """Raises ``import_unknown``."""
        with self.work.database.read() as session:
            draft = rows.draft(session, organisation_id, draft_id)
        if draft is None:
            raise Refusal("import_unknown")
        return draft

    def listed(self, organisation_id: str) -> tuple[list[ImportDraft], list[ImportDraft]]:
        """Drafts that wait for somebody, and the last imports."""
        with self.work.database.read() as session:
            waiting = rows.open_drafts(session, organisation_id)
            return waiting, rows.last_ended(session, organisation_id, DraftState.DONE, LAST_IMPORTS)

    def account_names(self, organisation_id: str) -> list[str]:
        with self.work.database.read() as session:
            return rows.account_names(session, organisation_id)

    def confirm(self, organisation_id: str, draft_id: str) -> None:
        """Writes the orders (or asks for that). Saying yes twice is saying it once. Raises ``import_not_ready``."""
        with self.work.database.write() as session:
            draft = rows.draft(session, organisation_id, draft_id)
            if draft is None:
                raise Refusal("import_unknown")
            if draft.state in (DraftState.WRITING, DraftState.DONE):
                return
            if draft.state != DraftState.READY:
                raise Refusal("import_not_ready")
            draft.state = DraftState.WRITING
            counts = (draft.report or {})["counts"]
            draft.orders_total = counts["new"] + counts["known"]
        self._begin(WRITE, draft_id, at_once=(draft.orders_total or 0) <= WRITE_AT_ONCE)

    def discard(self, organisation_id: str, draft_id: str) -> None:
        """Forgets the file and what was read of it. Raises ``import_running`` once orders are being written."""
        with self.work.database.write() as session:
            draft = rows.draft(session, organisation_id, draft_id)
            if draft is None:
                raise Refusal("import_unknown")
            if draft.state == DraftState.WRITING:
                raise Refusal("import_running")
            if draft.state not in MAY_DISCARD:
                return
            draft.state, draft.ended_at, draft.report = DraftState.DISCARDED, self.work.clock.now(), None
        self.work.files.discard(draft_id)

    def column_choice(self, organisation_id: str, draft_id: str) -> ColumnChoice:
        """Raises ``import_unknown``, ``import_not_ready``, ``import_no_table``."""
        draft = self.draft(organisation_id, draft_id)
        header = self._header(draft)
        with self.work.database.read() as session:
            remembered = rows.mapping(session, organisation_id, header.fingerprint)
        if remembered is not None:
            return ColumnChoice(draft, header, dict(remembered.columns), remembered.platform)
        return ColumnChoice(draft, header, guess_columns(header), draft.platform or "1688")

    def choose_columns(
        self,
        organisation_id: str,
        draft_id: str,
        *,
        platform: str,
        chosen: Mapping[str, object],
        user_id: str,
    ) -> None:
        """Remembers the choice for every table with this header and reads the file anew.

        Raises the refusals of `column_mapping`, ``import_unknown``, ``import_not_ready``, ``import_no_table``.
        """
        draft = self.draft(organisation_id, draft_id)
        header = self._header(draft)
        mapping = column_mapping(platform, chosen, header.names)
        with self.work.database.write() as session:
            row = rows.draft(session, organisation_id, draft_id)
            if row is None or row.state not in MAY_MAP:
                raise Refusal("import_not_ready")
            rows.save_mapping(
                session,
                ImportMapping(
                    id=new_id(),
                    organisation_id=organisation_id,
                    name=draft.filename,
                    fingerprint=header.fingerprint,
                    columns=dict(mapping.columns),
                    platform=mapping.platform,
                    made_by=user_id,
                    made_at=self.work.clock.now(),
                ),
            )
            row.state, row.report, row.rows_read, row.rows_total = DraftState.READING, None, 0, None
        size = self.work.files.path(draft_id).stat().st_size
        self._begin(READ, draft_id, at_once=size <= READ_AT_ONCE)

    def expire(self) -> None:
        """Ends drafts that nobody confirmed for a day, and removes every file that no open draft needs."""
        now = self.work.clock.now()
        with self.work.database.write() as session:
            for draft in rows.drafts_older_than(session, now - LIFE):
                if draft.state != DraftState.WRITING:
                    draft.state, draft.ended_at, draft.report = DraftState.EXPIRED, now, None
            session.flush()
            wanted = rows.open_draft_ids(session)
        # A file younger than a minute may belong to a draft that is only being made.
        self.work.files.sweep(wanted, before=(now - _GRACE).timestamp())

    def _within_quota(self, organisation_id: str, draft_id: str, size: int) -> None:
        with self.work.database.read() as session:
            beside = self.work.files.bytes_of([one.id for one in rows.open_drafts(session, organisation_id)])
            try:
                quotas.allow_desk(session, organisation_id, size, beside=beside)
            except Refusal:
                self.work.files.discard(draft_id)
                raise

    def _header(self, draft: ImportDraft) -> Header:
        if draft.state not in MAY_MAP:
            raise Refusal("import_not_ready")
        try:
            header = open_table(self.work.files.path(draft.id), draft.filename).header
        except FileNotFoundError:
            raise Refusal("import_not_ready") from None
        if header is None:
            raise Refusal("import_no_table")
        return header

    def _begin(self, kind: str, draft_id: str, *, at_once: bool) -> None:
        """The job is asked for in any case: should this process die, it is taken up after a minute."""
        start = self.work.clock.now() + (_GRACE if at_once else timedelta())
        with self.work.database.write() as session:
            rows.ask_again(session, work_id=new_id(), kind=kind, subject=draft_id, now=start)
        if not at_once:
            return
        self.work.run(kind, draft_id)
        with self.work.database.write() as session:
            job = rows.open_work(session, kind, draft_id)
            if job is not None:
                job.done_at = self.work.clock.now()
