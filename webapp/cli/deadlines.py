"""``dockproof deadlines``: every clock of every order."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from webapp.cli.instance import open_instance
from webapp.domain.deadlines import OrderClock
from webapp.store.schema import Order
from webapp.usecases.board import order_deadlines


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "deadlines",
        help="every clock of every order",
        description="Every clock: rule, due, act-by, who must act, state, assumed. Instants in the rule's zone.",
    )
    parser.add_argument("--order", metavar="NO", help="only this order number")
    parser.add_argument("--now", metavar="ISO", help="as seen at this instant (with offset)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    now = services.clock.now()
    if args.now is not None:
        try:
            now = datetime.fromisoformat(args.now)
        except ValueError:
            now = datetime.min
        if now.tzinfo is None:
            print(
                "dockproof: --now takes an instant with its offset such as 2026-11-20T15:05:00+08:00.",
                file=err,
            )
            return 2
    found = order_deadlines(services.database, services.rulebook, order_no=args.order)
    clocks = [_view(order, clock, now) for order, own in found for clock in own]
    clocks.sort(key=lambda row: (row["act_by"] is None, row["act_by_utc"] or "", row["rule"]))
    for row in clocks:
        del row["act_by_utc"]
    if args.json:
        print(
            json.dumps({"now": now.isoformat(), "deadlines": clocks}, ensure_ascii=False, indent=1), file=out
        )
        return 0
    for row in clocks:
        assumed = "  assumed start" if row["assumed"] else ""
        print(
            f"{row['order']}  {row['rule']}  act by {row['act_by'] or 'unknown'}  due {row['due'] or 'unknown'}  "
            f"{row['who']} -> {row['towards']}  {row['state']}{assumed}",
            file=out,
        )
    if not clocks:
        print("No clock is running: nothing was received yet.", file=out)
    return 0


def _view(order: Order, clock: OrderClock, now: datetime) -> dict[str, Any]:
    deadline = clock.deadline
    zone = ZoneInfo(deadline.zone) if deadline else None

    def local(at: datetime | None) -> str | None:
        return None if at is None or zone is None else at.astimezone(zone).isoformat()

    return {
        "order": order.order_no,
        "rule": clock.rule.id,
        "start": local(deadline.start if deadline else None),
        "start_source": clock.start_source,
        "assumed": clock.assumed,
        "due": local(deadline.due if deadline else None),
        "act_by": local(deadline.act_by if deadline else None),
        "act_by_utc": deadline.act_by.isoformat() if deadline else None,
        "zone": deadline.zone if deadline else None,
        "who": clock.who,
        "towards": clock.rule.towards,
        "binding": clock.binding,
        "state": clock.state(now),
        "act_by_passed": clock.act_by_passed(now),
        "profile": clock.rule.profile_id,
    }
