"""Rows of the deadline projection as tests of boards and searches lay them down."""

from __future__ import annotations

from datetime import datetime

from webapp.store.schema import Deadline


def deadline_row(
    order_id: str,
    rule_id: str,
    *,
    act_by: datetime | None,
    due_at: datetime | None,
    assumed: bool = True,
    binding: bool = True,
) -> Deadline:
    """A clock of the order itself, running since its goods receipt in China."""
    return Deadline(
        order_id=order_id,
        rule_id=rule_id,
        subject_kind="order",
        subject_id=order_id,
        profile_id="1688",
        edition_id="",
        start_source="goods_receipt",
        assumed=assumed,
        proven=False,
        binding=binding,
        zone="Asia/Shanghai",
        act_by=act_by,
        due_at=due_at,
        burns_until=act_by,
        who="importer",
        towards="supplier",
    )
