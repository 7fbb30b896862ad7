"""``dockproof device code``: lets a phone in from the command line."""

from __future__ import annotations

import argparse
import json
from typing import TextIO

from webapp.cli.instance import open_instance
from webapp.usecases import people, phones


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("device", help="phones: a one-time enrolment code")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    code = verbs.add_parser("code", help="a code that lets one phone in, once, within 30 minutes")
    code.add_argument("--site", metavar="NAME", help="the site's name, when there are several")
    code.add_argument("--organisation", metavar="CODE", help="customer code, when there are several")
    code.add_argument("--json", action="store_true", help="print one JSON document")
    code.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    now = services.clock.now()
    organisation_id = people.organisation_for_cli(services.database, customer_code=args.organisation, now=now)
    sites = [row.site for row in phones.phones_of(services.database, organisation_id=organisation_id)]
    named = [site for site in sites if args.site in (None, site.name)]
    if len(named) != 1:
        print(f"dockproof: name one site with --site: {', '.join(site.name for site in sites)}.", file=err)
        return 2
    code = phones.make_code_for_site(services.database, site_id=named[0].id, now=now)
    if args.json:
        print(json.dumps({"code": code, "site": named[0].name}), file=out)
    else:
        print(f"{code}  (site {named[0].name}; one phone, 30 minutes)", file=out)
    return 0
