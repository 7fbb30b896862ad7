"""``dockproof organisation list|quota``: importers on this instance, and how much they may keep here."""

from __future__ import annotations

import argparse
from typing import TextIO

from webapp.cli.instance import open_instance
from webapp.cli.printing import say, with_json
from webapp.domain.byte_sizes import NO_LIMIT, read_limit, size_text
from webapp.usecases import people, quotas


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("organisation", help="importers: list, quota")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    listing = with_json(verbs.add_parser("list", help="importers, what they keep here, and their limits"))
    listing.set_defaults(run=run_list)

    quota = with_json(
        verbs.add_parser(
            "quota", help="limit the films and photos of an importer; uploads that have begun are finished"
        )
    )
    quota.add_argument("--organisation", metavar="CODE", help="customer code, when there are several")
    quota.add_argument("--stored", required=True, metavar="SIZE", help=f"such as 500GB; {NO_LIMIT}: no limit")
    quota.set_defaults(run=run_quota)


def run_list(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    with open_instance().database.read() as session:
        uses = quotas.organisation_uses(session)
    document = [
        {"id": one.id, "customer_code": one.name, "bytes": one.used, "limit_bytes": one.limit} for one in uses
    ]
    lines = [f"{one.name:20} {size_text(one.used):>10} of {limit_text(one.limit)}" for one in uses]
    say(args, out, {"organisations": document}, lines)
    return 0


def run_quota(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    limit = read_limit(args.stored)
    services = open_instance()
    now = services.clock.now()
    organisation_id = people.organisation_for_cli(services.database, customer_code=args.organisation, now=now)
    quotas.limit_organisation(services.database, organisation_id=organisation_id, limit=limit, now=now)
    say(args, out, {"id": organisation_id, "limit_bytes": limit}, [f"Films and photos: {limit_text(limit)}."])
    return 0


def limit_text(limit: int | None) -> str:
    return "no limit" if limit is None else size_text(limit)
