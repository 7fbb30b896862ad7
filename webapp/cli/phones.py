"""``dockproof device code|list|revoke``: phones, from the machine itself."""

from __future__ import annotations

import argparse
from typing import TextIO

from webapp.cli.instance import open_instance
from webapp.cli.printing import say, with_json
from webapp.usecases import people, phones


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("device", help="phones: code, list, revoke")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    code = with_json(verbs.add_parser("code", help="a code that lets one phone in, once, within 30 minutes"))
    code.add_argument("--site", metavar="NAME", help="the site's name, when there are several")
    code.add_argument("--organisation", metavar="CODE", help="customer code, when there are several")
    code.add_argument(
        "--in-place-of", metavar="ID", help="the phone that lost what it held, as `device list` shows it"
    )
    code.set_defaults(run=run_code)

    listing = with_json(verbs.add_parser("list", help="phones and whether they are let in"))
    listing.add_argument("--organisation", metavar="CODE", help="customer code, when there are several")
    listing.set_defaults(run=run_list)

    revoke = with_json(verbs.add_parser("revoke", help="shut a phone out at once; what it filmed is kept"))
    revoke.add_argument("device", metavar="ID", help="as `device list` shows it")
    revoke.set_defaults(run=run_revoke)


def run_code(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    now = services.clock.now()
    organisation_id = people.organisation_for_cli(services.database, customer_code=args.organisation, now=now)
    rows = phones.phones_of(services.database, organisation_id=organisation_id)
    sites = [row.site for row in rows]
    named = [site for site in sites if args.site in (None, site.name)]
    if args.in_place_of:
        # A phone stands at one site.
        there = {row.site.id for row in rows if args.in_place_of in {device.id for device in row.devices}}
        named = [site for site in named if site.id in there] or named
    if len(named) != 1:
        print(f"dockproof: name one site with --site: {', '.join(site.name for site in sites)}.", file=err)
        return 2
    code = phones.make_code_for_site(
        services.database, site_id=named[0].id, now=now, in_place_of=args.in_place_of
    )
    say(
        args,
        out,
        {"code": code, "site": named[0].name},
        [f"{code}  (site {named[0].name}; one phone, 30 minutes)"],
    )
    return 0


def run_list(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    organisation_id = people.organisation_for_cli(
        services.database, customer_code=args.organisation, now=services.clock.now()
    )
    found = [
        (row.site.name, device)
        for row in phones.phones_of(services.database, organisation_id=organisation_id)
        for device in row.devices
    ]
    document = [
        {
            "id": device.id,
            "name": device.name,
            "site": site,
            "enrolled": device.enrolled_at.isoformat(),
            "revoked": None if device.revoked_at is None else device.revoked_at.isoformat(),
        }
        for site, device in found
    ]
    lines = [
        f"{device.id}  {site:20} {device.name}{'  (revoked)' if device.revoked_at else ''}"
        for site, device in found
    ]
    say(args, out, {"devices": document}, lines)
    return 0


def run_revoke(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    phones.revoke_from_cli(services.database, device_id=args.device, now=services.clock.now())
    say(args, out, {"revoked": args.device}, [f"{args.device} is shut out."])
    return 0
