"""``dockproof site add|list|serve-organisation|quota``: warehouses, whose parcels they receive, what they may keep."""

from __future__ import annotations

import argparse
from typing import TextIO

from webapp.cli.instance import open_instance
from webapp.cli.organisations import limit_text
from webapp.cli.printing import say, with_json
from webapp.domain.byte_sizes import NO_LIMIT, read_limit, size_text
from webapp.usecases import people, quotas, sites


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("site", help="warehouses: add, list, serve-organisation, quota")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    add = with_json(verbs.add_parser("add", help="a new site; it serves nobody yet"))
    add.add_argument("--name", required=True)
    add.add_argument("--kind", required=True, choices=sorted(sites.KINDS))
    add.add_argument("--zone", metavar="IANA", help="default: China's or Vietnam's, by the kind")
    add.add_argument("--language", choices=["zh_CN", "vi", "en"], help="default: by the kind")
    add.set_defaults(run=run_add)

    listing = with_json(verbs.add_parser("list", help="sites and the organisations they serve"))
    listing.set_defaults(run=run_list)

    serve = with_json(
        verbs.add_parser("serve-organisation", help="let a site receive an organisation's parcels")
    )
    serve.add_argument("--site", required=True, metavar="NAME")
    serve.add_argument("--organisation", required=True, metavar="CODE", help="customer code")
    serve.add_argument("--stop", action="store_true", help="no longer; what was recorded stays")
    serve.set_defaults(run=run_serve)

    quota = with_json(
        verbs.add_parser("quota", help="limit what a site's phones send; what is not named keeps its limit")
    )
    quota.add_argument("--site", required=True, metavar="NAME")
    quota.add_argument("--stored", metavar="SIZE", help=f"all its films and photos; 500GB, or {NO_LIMIT}")
    quota.add_argument("--phone-day", metavar="SIZE", help=f"one phone in 24 hours; 20GB, or {NO_LIMIT}")
    quota.set_defaults(run=run_quota)


def run_add(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    site_id = sites.add_site(
        services.database,
        actor="cli",
        name=args.name,
        kind=args.kind,
        zone=args.zone,
        language=args.language,
        now=services.clock.now(),
    )
    say(args, out, {"id": site_id, "name": args.name}, [f"{args.name} added."])
    return 0


def run_quota(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    site_id = sites.site_named(services.database, args.site)
    with services.database.read() as session:
        use = next(one for one in quotas.site_uses(session) if one.id == site_id)
    limit = use.limit if args.stored is None else read_limit(args.stored)
    phone_day = use.phone_day if args.phone_day is None else read_limit(args.phone_day)
    if (limit, phone_day) != (use.limit, use.phone_day):
        quotas.limit_site(
            services.database, site_id=site_id, limit=limit, phone_day=phone_day, now=services.clock.now()
        )
    say(
        args,
        out,
        {"id": site_id, "bytes": use.used, "limit_bytes": limit, "phone_day_bytes": phone_day},
        [
            f"{args.site}: {size_text(use.used)} of {limit_text(limit)}; "
            f"a phone in 24 hours: {limit_text(phone_day)}."
        ],
    )
    return 0


def run_list(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    found = sites.sites(open_instance().database)
    document = [
        {
            "id": one.site.id,
            "name": one.site.name,
            "kind": one.site.kind,
            "zone": one.site.zone,
            "organisations": [row.customer_code for row in one.organisations],
            "workers": one.workers,
            "phones": one.phones,
        }
        for one in found
    ]
    lines = [
        f"{one.site.name:20} {one.site.kind:14} {one.site.zone:18} "
        f"{', '.join(row.customer_code for row in one.organisations) or '(nobody)'}"
        for one in found
    ]
    say(args, out, {"sites": document}, lines)
    return 0


def run_serve(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    now = services.clock.now()
    organisation_id = people.organisation_for_cli(services.database, customer_code=args.organisation, now=now)
    change = sites.stop_serving if args.stop else sites.serve_organisation
    change(
        services.database,
        actor="cli",
        site_id=sites.site_named(services.database, args.site),
        organisation_id=organisation_id,
        now=now,
    )
    verb = "no longer receives" if args.stop else "receives"
    say(
        args,
        out,
        {"site": args.site, "organisation": args.organisation, "serves": not args.stop},
        [f"{args.site} {verb} for {args.organisation}."],
    )
    return 0
