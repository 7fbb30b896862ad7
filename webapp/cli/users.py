"""``dockproof user add|list|leave|reset-link``: desk people, from the machine itself."""

from __future__ import annotations

import argparse
from typing import TextIO

from webapp.cli.instance import open_instance
from webapp.cli.printing import say, with_json
from webapp.domain.permissions import DESK_ROLES, ordered
from webapp.domain.refusals import Refusal
from webapp.usecases import invitations, organisations, people, team
from webapp.wiring import Services

ROLES = ", ".join(ordered(DESK_ROLES))


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("user", help="desk people: add, list, leave, reset-link")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    add = with_json(verbs.add_parser("add", help="print a link by which one person joins, within 7 days"))
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True, metavar="ROLES", help=f"one or more, with commas: {ROLES}")
    add.add_argument("--organisation", metavar="CODE", help="customer code, when there are several")
    add.add_argument(
        "--new-organisation", metavar="NAME", help="make the organisation first; --organisation is its code"
    )
    add.set_defaults(run=run_add)

    listing = with_json(verbs.add_parser("list", help="who is there and what they may"))
    listing.add_argument("--organisation", metavar="CODE", help="customer code, when there are several")
    listing.set_defaults(run=run_list)

    leave = with_json(verbs.add_parser("leave", help="the person is out at once; what they did stays"))
    leave.add_argument("login", metavar="LOGIN")
    leave.set_defaults(run=run_leave)

    reset = with_json(verbs.add_parser("reset-link", help="print a link to a new password, for 24 hours"))
    reset.add_argument("login", metavar="LOGIN")
    reset.set_defaults(run=run_reset)


def run_add(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    now = services.clock.now()
    roles = invitations.desk_roles([one.strip() for one in args.role.split(",") if one.strip()], DESK_ROLES)
    if args.new_organisation is not None:
        if not args.organisation:
            raise Refusal("customer_code_missing")
        organisation_id = organisations.add_organisation(
            services.database, name=args.new_organisation, customer_code=args.organisation, now=now
        )
    else:
        organisation_id = people.organisation_for_cli(
            services.database, customer_code=args.organisation, now=now
        )
    token = invitations.make_invitation(
        services.database, organisation_id=organisation_id, actor="cli", name=args.name, roles=roles, now=now
    )
    link = _link(services, token)
    say(args, out, {"link": link, "roles": ordered(roles)}, [link])
    return 0


def run_list(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    organisation_id = people.organisation_for_cli(
        services.database, customer_code=args.organisation, now=services.clock.now()
    )
    found = team.members_for_cli(services.database, organisation_id=organisation_id)
    document = [
        {
            "login": one.login,
            "name": one.name,
            "roles": list(one.roles),
            "language": one.language,
            "passkeys": one.passkeys,
            "seen": None if one.seen_at is None else one.seen_at.isoformat(),
            "left": None if one.left_at is None else one.left_at.isoformat(),
        }
        for one in found
    ]
    lines = [
        f"{one.login:20} {one.name:24} {', '.join(one.roles)}{'  (left)' if one.left_at else ''}"
        for one in found
    ]
    say(args, out, {"users": document}, lines)
    return 0


def run_leave(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    login = team.leave_by_login(services.database, login=args.login, now=services.clock.now())
    say(args, out, {"left": login}, [f"{login} has left and is signed out."])
    return 0


def run_reset(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    token = team.reset_link_by_login(services.database, login=args.login, now=services.clock.now())
    link = _link(services, token)
    say(args, out, {"link": link}, [link])
    return 0


def _link(services: Services, token: str) -> str:
    address = services.settings.public_url or f"http://localhost:{services.settings.port}"
    return f"{address}/invitation/{token}"
