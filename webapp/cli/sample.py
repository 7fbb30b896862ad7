"""``dockproof sample --lot N``: how many units of a lot to inspect, and what such a sample can miss."""

from __future__ import annotations

import argparse
import json
from typing import TextIO

from webapp.adapters.catalogues import translate
from webapp.cli.printing import with_json
from webapp.domain.detection import PERCENTS, defectives_at, detection_millionths, smallest_found
from webapp.domain.record_kinds import LEVELS
from webapp.domain.refusals import Refusal
from webapp.domain.sampling import AQLS, SamplingPlan, aql_plan, fraction_plan

_CLASS = "major"
_DEFAULT_LEVEL, _DEFAULT_AQL = "II", "2.5"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the ``sample`` command; ``args.run`` is :func:`run`."""
    parser = subparsers.add_parser(
        "sample",
        help="sample size of a lot",
        description="How many units of a lot to inspect, when to reject, and what such a sample can miss. "
        "Exit 0 done, 2 wrong use.",
    )
    parser.add_argument("--lot", required=True, type=int, metavar="N", help="units received of the line")
    parser.add_argument(
        "--plan",
        choices=("fix", "aql"),
        help="fix: 10 %% floor, 15 %% target (default); aql: ISO 2859-1, single, normal",
    )
    parser.add_argument("--level", help=f"inspection level: {', '.join(LEVELS)} (default {_DEFAULT_LEVEL})")
    parser.add_argument(
        "--aql", help=f"AQL for major defects: {', '.join(AQLS)} (default {_DEFAULT_AQL}); means --plan aql"
    )
    with_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    """Prints the plan to ``out``, or one sentence to ``err``; returns the exit code."""
    by_table = args.level is not None or args.aql is not None
    if args.plan == "fix" and by_table:
        print("dockproof: --level and --aql belong to --plan aql.", file=err)
        return 2
    try:
        if args.plan == "aql" or by_table:
            level = (args.level or _DEFAULT_LEVEL).strip().upper()
            plan = aql_plan(args.lot, level, {_CLASS: args.aql or _DEFAULT_AQL})
        else:
            plan = fraction_plan(args.lot)
    except Refusal as refusal:
        print(f"dockproof: {translate('en', f'error.{refusal.code}', **refusal.vars)}", file=err)
        return 2
    facts = _facts(plan)
    print(json.dumps(facts) if args.json else "\n".join(_lines(plan, facts)), file=out)
    return 0


def _facts(plan: SamplingPlan) -> dict[str, object]:
    """The JSON document. ``code_letter`` is Table 1's; ``plan_letter`` the row where the arrows end. ``detect``: share
    of defective units in the lot to the chance that the sample holds at least one, to six decimals.
    """
    limit = next((one for one in plan.limits if one.defect_class == _CLASS), None)
    critical = plan.limits[0] if plan.limits else None
    return {
        "lot": plan.lot,
        "plan": plan.kind,
        "level": plan.level,
        "aql": limit and limit.aql,
        "code_letter": plan.letter,
        "plan_letter": limit and limit.letter,
        "n": plan.n,
        "n_floor": plan.n_floor,
        "n_target": plan.n_target,
        "ac": None if limit is None else limit.ac,
        "re": None if limit is None else limit.re,
        "critical": critical and {"ac": critical.ac, "re": critical.re},
        "below_floor": plan.below_floor,
        "every_unit": plan.every_unit,
        "detect": {f"{percent / 100:.2f}": _chance(plan, percent) / 1_000_000 for percent in PERCENTS},
        "smallest_found_95": smallest_found(plan.lot, plan.n),
    }


def _chance(plan: SamplingPlan, percent: int) -> int:
    return detection_millionths(plan.lot, plan.n, defectives_at(plan.lot, percent))


def _lines(plan: SamplingPlan, facts: dict[str, object]) -> list[str]:
    """The same facts for people."""
    named = "10 % floor, 15 % target"
    if plan.kind == "aql":
        named = f"ISO 2859-1 single, normal, level {facts['level']}, AQL {facts['aql']}"
    share = f"{plan.n * 1000 // plan.lot / 10:.1f} %"
    rows = [("plan", named), ("inspect", f"{plan.n} of {plan.lot} units ({share})")]
    if plan.every_unit:
        rows[-1] = ("inspect", f"every unit ({plan.lot})")
    if plan.kind == "aql":
        arrow = "" if plan.letter == facts["plan_letter"] else f", its arrow leads to {facts['plan_letter']}"
        rows += [
            ("code letter", f"{plan.letter}{arrow}"),
            ("accept", f"up to {facts['ac']} defective, none critical"),
            ("reject", f"from {facts['re']} defective, or one critical"),
        ]
    rows.append(("floor", f"{plan.n_floor} units (10 %), target {plan.n_target} (15 %)"))
    if plan.below_floor:
        rows.append(("waiver", "below the 10 % floor: the importer must waive it with a reason"))
    if plan.every_unit:
        return _aligned([*rows, ("may miss", "nothing: every unit is inspected")])
    rows += [
        ("chance", f"{_percent(_chance(plan, one))} to see a defective unit if {_units(plan, one)}")
        for one in PERCENTS
    ]
    rows.append(
        ("may miss", f"fewer than {facts['smallest_found_95']} defective units in the lot (95 % sure)")
    )
    return _aligned(rows)


def _aligned(rows: list[tuple[str, str]]) -> list[str]:
    return [f"{label:14}{text}" for label, text in rows]


def _percent(millionths: int) -> str:
    """Of a sample that is not the whole lot: near certainty is never shown as certainty."""
    return f"{millionths / 10_000:5.1f} %" if millionths < 999_500 else ">99.9 %"


def _units(plan: SamplingPlan, percent: int) -> str:
    units = defectives_at(plan.lot, percent)
    return f"{percent} % are defective ({units})"
