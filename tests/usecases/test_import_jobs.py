"""Long imports: done by jobs, gone on with after a power cut, given up when they kill their process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fixtures.export_1688 import DEMO, Order, write_export
from tests.support.clock import FixedClock
from tests.support.importing import counts, files, upload
from webapp.domain.import_states import DraftState
from webapp.domain.refusals import Refusal
from webapp.store.database import Database
from webapp.usecases import imports, orders
from webapp.usecases.import_work import READ
from webapp.usecases.imports import Drafts

A = DEMO[0].order_no


# --- long work --------------------------------------------------------------------------------


def many(count: int) -> Sequence[Order]:
    return [
        Order(order_no=f"36574{n:08d}232333", waybills=(("圆通", f"YT{7598000000000 + n}"),))
        for n in range(count)
    ]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything counts as large: it is done by a job."""
    monkeypatch.setattr(imports, "READ_AT_ONCE", 0)
    monkeypatch.setattr(imports, "WRITE_AT_ONCE", 0)
    monkeypatch.setattr(orders, "BATCH_ORDERS", 4)


@pytest.mark.usefixtures("slow")
def test_a_large_file_is_read_and_written_by_jobs(
    drafts: Drafts, organisation: str, database: Database, home: Path
) -> None:
    draft = upload(drafts, organisation, write_export(None, many(10)))
    assert draft.state == DraftState.READING
    assert drafts.work.run_next()
    draft = drafts.draft(organisation, draft.id)
    assert (draft.state, draft.rows_total) == (DraftState.READY, 11)
    drafts.confirm(organisation, draft.id)
    assert drafts.draft(organisation, draft.id).state == DraftState.WRITING
    with pytest.raises(Refusal, match="import_running"):
        drafts.discard(organisation, draft.id)
    assert drafts.work.run_next() and not drafts.work.run_next()
    draft = drafts.draft(organisation, draft.id)
    assert (draft.state, draft.orders_done, draft.orders_total) == (DraftState.DONE, 10, 10)
    assert counts(database)["order"] == 10 and files(home) == []


@pytest.mark.usefixtures("slow")
def test_power_fails_between_two_batches(
    drafts: Drafts, organisation: str, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = upload(drafts, organisation, write_export(None, many(10)))
    drafts.work.run_next()
    drafts.confirm(organisation, draft.id)
    write, calls = orders.write_batch, []

    def dies(*arguments: object, **named: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return write(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(orders, "write_batch", dies)
    with pytest.raises(KeyboardInterrupt):
        drafts.work.run_next()
    assert counts(database)["order"] == drafts.draft(organisation, draft.id).orders_done == 8
    assert not drafts.work.run_next(), "the dead process still holds the lease"
    clock.pass_time(minutes=3)
    assert drafts.work.run_next()
    ended = drafts.draft(organisation, draft.id)
    assert ended.report is not None
    assert (ended.state, ended.report["written"]["orders"]) == (DraftState.DONE, 10)
    assert ended.report["written"]["updated"] == 0
    assert counts(database)["order"] == 10


@pytest.mark.usefixtures("slow")
def test_a_file_that_kills_its_reader_is_given_up(
    drafts: Drafts, organisation: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    draft = upload(drafts, organisation, write_export(None))

    def dies(kind: str, draft_id: str) -> None:
        assert kind == READ
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("webapp.usecases.import_work.ImportWork.run", lambda _, kind, id_: dies(kind, id_))
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                drafts.work.run_next()
            clock.pass_time(minutes=3)
    assert drafts.work.run_next()
    ended = drafts.draft(organisation, draft.id)
    assert ended.report is not None
    assert (ended.state, ended.report["problem"]) == (DraftState.REFUSED, ["import_stopped", {"done": 0}])
    assert files(home) == []


@pytest.mark.usefixtures("slow")
def test_a_discarded_draft_is_not_read(drafts: Drafts, organisation: str) -> None:
    draft = upload(drafts, organisation, write_export(None))
    drafts.discard(organisation, draft.id)
    assert drafts.work.run_next() and not drafts.work.run_next()
    assert drafts.draft(organisation, draft.id).state == DraftState.DISCARDED


def test_what_a_request_left_undone_a_job_finishes(
    drafts: Drafts, organisation: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("webapp.usecases.import_work.ImportWork.run", _killed)
        with pytest.raises(KeyboardInterrupt):
            upload(drafts, organisation, write_export(None))
    (draft,) = drafts.listed(organisation)[0]
    assert draft.state == DraftState.READING and not drafts.work.run_next()
    clock.pass_time(minutes=2)
    assert drafts.work.run_next()
    assert drafts.draft(organisation, draft.id).state == DraftState.READY


def _killed(work: object, kind: str, draft_id: str) -> None:
    raise KeyboardInterrupt
