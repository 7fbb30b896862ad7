"""``dockproof deadlines``: every clock of every order, and on request how they moved."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from webapp.cli.instance import open_instance
from webapp.cli.printing import with_json
from webapp.domain.order_clocks import OrderClock
from webapp.store.schema import Order
from webapp.store.schema_rules import DeadlineChange
from webapp.usecases.board import order_changes, order_deadlines


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "deadlines",
        help="every clock of every order",
        description="Every clock: rule, subject, act-by, due, who must act, state. Instants in the rule's zone.",
    )
    parser.add_argument("--order", metavar="NO", help="only this order number")
    parser.add_argument("--open", action="store_true", help="only clocks that still run")
    parser.add_argument(
        "--changes", action="store_true", help="with --order: how its clocks moved, newest first"
    )
    parser.add_argument("--now", metavar="ISO", help="as seen at this instant (with offset)")
    with_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    now = _now(args.now) if args.now is not None else services.clock.now()
    if now is None:
        print(
            "dockproof: --now takes an instant with its offset such as 2026-11-20T15:05:00+08:00.", file=err
        )
        return 2
    if args.changes and args.order is None:
        print("dockproof: --changes tells of one order; name it with --order.", file=err)
        return 2
    found = order_deadlines(services.database, order_no=args.order)
    clocks = [_view(order, clock, now) for order, own in found for clock in own]
    if args.open:
        clocks = [row for row in clocks if row["state"] in ("running", "late_try", "start_unknown")]
    clocks.sort(key=lambda row: (row["act_by"] is None, row["act_by_utc"] or "", row["rule"]))
    for row in clocks:
        del row["act_by_utc"]
    document: dict[str, Any] = {"now": now.isoformat(), "deadlines": clocks}
    if args.changes:
        document["changes"] = [_change(one) for one in order_changes(services.database, order_no=args.order)]
    if args.json:
        print(json.dumps(document, ensure_ascii=False, indent=1), file=out)
    else:
        _print(document, out)
    return 0


def _now(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _print(document: dict[str, Any], out: TextIO) -> None:
    for row in document["deadlines"]:
        assumed = "  assumed start" if row["assumed"] else ""
        about = "" if row["subject"] == "order" else f" ({row['subject']})"
        print(
            f"{row['order']}  {row['rule']}{about}  act by {row['act_by'] or 'unknown'}  "
            f"due {row['due'] or 'unknown'}  {row['who']} -> {row['towards']}  {row['state']}{assumed}",
            file=out,
        )
    if not document["deadlines"]:
        print("No clock is running: nothing was received yet.", file=out)
    for one in document.get("changes", []):
        after = one["after"] or {}
        print(
            f"{one['at']}  {one['rule']}  {one['cause']}  act by {after.get('act_by') or 'unknown'}"
            f"{'  ' + after['ended'] if after.get('ended') else ''}",
            file=out,
        )


def _change(row: DeadlineChange) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "rule": row.rule_id,
        "subject": row.subject_kind,
        "subject_id": row.subject_id,
        "cause": row.cause,
        "before": row.before,
        "after": row.after,
    }


def _view(order: Order, clock: OrderClock, now: datetime) -> dict[str, Any]:
    deadline = clock.deadline
    zone = ZoneInfo(deadline.zone) if deadline else None

    def local(at: datetime | None) -> str | None:
        return None if at is None or zone is None else at.astimezone(zone).isoformat()

    return {
        "order": order.order_no,
        "rule": clock.rule.id,
        "subject": clock.subject[0],
        "subject_id": clock.subject[1],
        "claim": clock.claim_id,
        "start": local(deadline.start if deadline else None),
        "start_source": clock.start_source,
        "assumed": clock.assumed,
        "proven": clock.proven,
        "due": local(deadline.due if deadline else None),
        "act_by": local(deadline.act_by if deadline else None),
        "act_by_utc": deadline.act_by.isoformat() if deadline else None,
        "zone": deadline.zone if deadline else None,
        "who": clock.who,
        "towards": clock.rule.towards,
        "binding": clock.binding,
        "state": clock.state(now),
        "ended_at": local(clock.ended_at),
        "said_done": clock.said_done,
        "note": clock.note,
        "act_by_passed": clock.act_by_passed(now),
        "profile": clock.rule.profile_id,
        "edition": clock.edition_id or None,
    }
