"""``dockproof rule R-nn --start ISO``: one rule of the rulebook, evaluated."""

from __future__ import annotations

import argparse
import json
import re
from datetime import datetime, timedelta
from importlib.resources import files
from typing import TextIO
from zoneinfo import ZoneInfo

from webapp.adapters.rulebook_files import RulebookBroken, load_rulebook
from webapp.cli.instance import open_instance
from webapp.cli.printing import with_json
from webapp.domain.deadlines import Deadline, evaluate
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import LOCAL, Rule, Rulebook
from webapp.usecases import rulebook_edits, rulebooks
from webapp.usecases.find import organisation_asked
from webapp.usecases.rulebooks import Edition

CHINA, VIETNAM = "Asia/Shanghai", "Asia/Ho_Chi_Minh"
_ZONE_OF_OFFSET = {timedelta(hours=8): CHINA, timedelta(hours=7): VIETNAM}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
#: What only some rules have, in the order they are printed.
_EXTRAS = (
    "expect_from",
    "expect_to",
    "escalate_from",
    "earliest",
    "late_after",
    "provisional",
    "target",
    "limit",
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the ``rule`` command; ``args.run`` is :func:`run`."""
    parser = subparsers.add_parser(
        "rule",
        help="evaluate one rule of the rulebook",
        description="One rule evaluated: when it counts from, when it is due, and the safe time to act by. "
        "Exit 0 done, 1 the end is not known, 2 wrong use.",
    )
    parser.add_argument(
        "rule", metavar="R-nn", nargs="?", help="R-01 to R-15; without it the rules are listed"
    )
    parser.add_argument(
        "--start",
        metavar="ISO",
        help="what starts the clock, an instant with its offset such as 2026-11-20T15:05:00+08:00; "
        "R-06 also takes a date (China)",
    )
    parser.add_argument(
        "--end",
        metavar="ISO",
        help="R-05: the rejection; R-11: the planned close; R-12: the warranty end; "
        "R-14: the contract's limit; R-15: the platform's own countdown",
    )
    parser.add_argument(
        "--zone",
        metavar="IANA",
        help="for rules reckoned where the goods are (R-07 to R-10, R-14); "
        "without it +08:00 means China and +07:00 Vietnam",
    )
    parser.add_argument(
        "--organisation", metavar="CODE", help="by the rulebook of this importer (customer code)"
    )
    parser.add_argument(
        "--edition", type=int, metavar="N", help="by an earlier edition of it; without, by the one in force"
    )
    with_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    """Evaluates ``args.rule`` and prints the answer to ``out``, or one sentence to ``err``; returns the exit
    code.
    """
    try:
        edition = _edition(args)
        rulebook = load_rulebook() if edition is None else edition.rulebook
        if args.rule is None:
            return _list(rulebook, edition, args, out)
        rule = rulebook.rule(args.rule.strip().upper())
        if args.start is None:
            print(f"dockproof: say when {rule.id} starts: --start ISO.", file=err)
            return 2
        start = _instant(args.start, rule)
        end = None if args.end is None else _instant(args.end, None)
        deadline = evaluate(rule, start, zone=_zone(rule, args.zone, start), end=end)
        facts = _facts(rulebook, rule, deadline, args.start)
        lines = [json.dumps(facts)] if args.json else _lines(rule, deadline, facts)
    except Refusal as refusal:
        unknown = refusal.code == "rule_end_unknown"
        sentence = _word(f"error.{refusal.code}", **refusal.vars)
        print(f"unknown: {sentence}" if unknown else sentence, file=err)
        return 1 if unknown else 2
    except OverflowError:  # still an instant in UTC, past the last one in the rule's zone
        print(_word("error.instant_out_of_range", instant=args.start), file=err)
        return 2
    except RulebookBroken as broken:
        print(broken, file=err)
        return 1
    print("\n".join(lines), file=out)
    return 0


def _edition(args: argparse.Namespace) -> Edition | None:
    """The importer's edition that was asked for; None: the rules as shipped."""
    if args.organisation is None and args.edition is None:
        return None
    services = open_instance()
    organisation = organisation_asked(services.database, customer_code=args.organisation)
    view = rulebook_edits.rulebook_view(services.database, organisation_id=organisation, number=args.edition)
    return view.shown


def _list(rulebook: Rulebook, edition: Edition | None, args: argparse.Namespace, out: TextIO) -> int:
    """Every profile, rule, amount and switch; unknown amounts are null."""
    if args.json:
        shown = edition or rulebooks.unedited()
        print(json.dumps(rulebook_edits.as_data(shown), ensure_ascii=False, indent=1), file=out)
        return 0
    for rule in rulebook.rules:
        source, dated = rulebook.source_of(rule)
        length = f"{rule.value} {rule.unit}" if rule.value is not None else "end is entered"
        print(f"{rule.id}  {length:16} {_word(rule.name)}  [{source}, {dated or 'undated'}]", file=out)
    return 0


def _word(key: str, **values: object) -> str:
    words: dict[str, str] = json.loads(files("webapp").joinpath("words", "en.json").read_text("utf-8"))
    sentence = words.get(key, key)
    for name, value in values.items():
        sentence = sentence.replace("{" + name + "}", str(value))
    return sentence


def _instant(text: str, rule: Rule | None) -> datetime:
    """An instant as written; a bare date only for a rule that counts days, where it is a day of the rule's
    zone.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("instant_unreadable", instant=text) from None
    if instant.utcoffset() is not None:
        return instant
    if rule is not None and rule.kind == "working_days" and _DATE.fullmatch(text):
        return instant.replace(tzinfo=ZoneInfo(rule.zone))
    raise Refusal("instant_naive", instant=text)


def _zone(rule: Rule, asked: str | None, start: datetime) -> str:
    if rule.zone != LOCAL:
        if asked not in (None, rule.zone):
            raise Refusal("zone_fixed", rule=rule.id, zone=rule.zone)
        return rule.zone
    derived = asked or _ZONE_OF_OFFSET.get(start.utcoffset() or timedelta(0))
    if derived is None:
        raise Refusal("zone_needed", rule=rule.id)
    return derived


def _facts(rulebook: Rulebook, rule: Rule, deadline: Deadline, start_as_given: str) -> dict[str, object]:
    """The JSON document; instants are ISO 8601 in the rule's zone, ``source_date`` is null for an undated
    source.
    """
    zone = ZoneInfo(deadline.zone)

    def shown(value: datetime | bool) -> str | bool:
        return value.astimezone(zone).isoformat() if isinstance(value, datetime) else value

    source, source_date = rulebook.source_of(rule)
    facts: dict[str, object] = {
        "rule": rule.id,
        "start": start_as_given,
        "counts_from": shown(deadline.counts_from),
        "due": shown(deadline.due),
        "act_by": shown(deadline.act_by),
        "zone": deadline.zone,
        "profile": rule.profile_id,
        "source": source,
        "source_date": None if source_date is None else source_date.isoformat(),
        "citations": list(rule.citations),
        "severity": rule.severity,
        "who": rule.who,
        "towards": rule.towards,
        "if_missed": _word(rule.if_missed),
        "assumed": False,
    }
    for name in _EXTRAS:
        value = getattr(deadline, name)
        if value is not None:
            facts[name] = shown(value)
    return facts


def _lines(rule: Rule, deadline: Deadline, facts: dict[str, object]) -> list[str]:
    """The same facts for people, each instant in China and in Vietnam."""

    def both(instant: datetime) -> str:
        sides = ((CHINA, "China"), (VIETNAM, "Vietnam"))
        return "   ".join(
            f"{instant.astimezone(ZoneInfo(z)).replace(tzinfo=None).isoformat(' ')} {name}"
            for z, name in sides
        )

    rows = [(name, getattr(deadline, name)) for name in ("start", "counts_from", "act_by", "due", *_EXTRAS)]
    instants = [(name.replace("_", " "), both(at)) for name, at in rows if isinstance(at, datetime)]
    words = [
        ("who", f"{_word('party.' + rule.who)} -> {_word('party.' + rule.towards)}"),
        ("if missed", str(facts["if_missed"])),
        ("source", f"{facts['source']}, {facts['source_date'] or 'undated'} ({', '.join(rule.citations)})"),
        ("profile", f"{rule.profile_id}, reckoned in {deadline.zone}"),
    ]
    if deadline.provisional:
        words.append(("provisional", _word("deadline.provisional")))
    return [f"{rule.id} {_word(rule.name)}", *(f"{label:14}{text}" for label, text in [*instants, *words])]
