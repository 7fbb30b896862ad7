"""what a phone is told: changes are noted by the database itself"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_OF_PARCEL = "SELECT 'parcel', {row}.parcel_id WHERE {row}.parcel_id IS NOT NULL"
_OF_ORDER = "SELECT 'order', {row}.order_id WHERE {row}.order_id IS NOT NULL"
_HOLDS = "SELECT 'holds', {row}.site_id"
_EVERYTHING = "SELECT 'everything', ''"
_GOODS_OF_ORDER = (
    "SELECT 'goods', offer_id FROM order_line WHERE order_id = {row}.order_id AND offer_id <> ''"
)
_ANY = ("INSERT", "UPDATE", "DELETE")

# What a snapshot tells, by the table that it is read from: (event, what it touches). A test compares them with what the
# snapshot reads (tests/architecture/test_snapshot_changes.py).
TOLD: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = {
    "order": ((_ANY, ("SELECT 'order', {row}.id",)),),
    "order_line": (
        # ``goods``: what a weighing and a count say about other parcels with the same listing.
        (_ANY, (_OF_ORDER, "SELECT 'goods', {row}.offer_id WHERE {row}.offer_id <> ''")),
    ),
    "parcel": ((_ANY, ("SELECT 'parcel', {row}.id",)),),
    "parcel_order": ((_ANY, (_OF_PARCEL, _OF_ORDER, _GOODS_OF_ORDER)),),
    "waybill": ((("UPDATE",), ("SELECT 'parcel', id FROM parcel WHERE waybill_id = {row}.id",)),),
    "label": (
        (
            _ANY,
            (
                _OF_PARCEL,
                "SELECT 'order', order_id FROM order_line WHERE id = {row}.line_id",
                "SELECT 'blanks', {row}.roll_id WHERE {row}.roll_id IS NOT NULL",
            ),
        ),
    ),
    "label_roll": ((_ANY, ("SELECT 'blanks', {row}.id",)),),
    "label_alias": ((_ANY, ("SELECT 'aliases', {row}.site_id",)),),
    "unidentified": ((_ANY, (_HOLDS,)),),
    "organisation": ((("UPDATE OF customer_code",), (_EVERYTHING,)),),
    "site": ((("UPDATE OF kind",), (_EVERYTHING,)),),
    "site_organisation": ((_ANY, ("SELECT 'site', {row}.site_id",)),),
    "worker": ((("INSERT", "UPDATE OF name", "DELETE"), (_EVERYTHING,)),),
    "user": ((("INSERT", "UPDATE OF name", "DELETE"), (_EVERYTHING,)),),
    "supplier": ((("UPDATE OF company",), (_EVERYTHING,)),),
    "deadline": ((_ANY, (_OF_ORDER,)),),
    "dock_fact": (
        (
            _ANY,
            (
                _OF_PARCEL,
                "SELECT 'weight', {row}.parcel_id WHERE {row}.kind = 'weighing' AND {row}.parcel_id > ''",
                # A hold that was taken back is held no more.
                f"{_HOLDS} WHERE {{row}}.kind = 'unidentified'",
            ),
        ),
    ),
    # The hash of a take-open seeds its parcel's samples, also of a draw that came before it.
    "record": ((("INSERT",), (f"{_OF_PARCEL} AND {{row}}.kind = 'take-open'",)),),
    "take": (
        (("UPDATE OF closed, opened_at, site_id", "DELETE"), ("SELECT 'weight', {row}.parcel_id",)),
        (
            _ANY,
            (
                _OF_PARCEL,
                "SELECT 'order', order_line.order_id FROM tally JOIN order_line ON order_line.id = tally.line_id "
                "WHERE tally.take_id = {row}.id",
            ),
        ),
    ),
    "tally": (
        (
            _ANY,
            (
                "SELECT 'parcel', parcel_id FROM take WHERE id = {row}.take_id",
                "SELECT 'weight', parcel_id FROM take WHERE id = {row}.take_id",
                "SELECT 'order', order_id FROM order_line WHERE id = {row}.line_id",
            ),
        ),
    ),
    "receiving_plan": (
        (
            _ANY,
            (_OF_ORDER, "SELECT 'organisation', {row}.organisation_id WHERE {row}.order_id IS NULL"),
        ),
    ),
    "order_check": ((_ANY, (_OF_ORDER,)),),
    # What a claim still lacks is asked of the phones at its parcels.
    "claim": ((_ANY, (_OF_ORDER,)),),
}


def _tell(table: str, name: str, event: str, touched: tuple[str, ...]) -> None:
    # Both ends of a change: what left its parcel is news of both parcels.
    rows = {"INSERT": ("NEW",), "DELETE": ("OLD",)}.get(event, ("OLD", "NEW"))
    found = dict.fromkeys(one.format(row=row) for one in touched for row in rows)
    body = "".join(f"INSERT INTO snapshot_change (what, subject) {one}; " for one in found)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(sa.text(f'CREATE TRIGGER {name} AFTER {event} ON "{table}" BEGIN {body}END'))
        return
    # One writer at a time until its commit, so that nobody reads a number before a lower one is there.
    op.execute(
        sa.text(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_advisory_xact_lock(6); {body}RETURN NULL; END $$"
        )
    )
    op.execute(
        sa.text(f'CREATE TRIGGER {name} AFTER {event} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}()')
    )


def upgrade() -> None:
    for table, told in TOLD.items():
        for n, (events, touched) in enumerate(told):
            for event in events:
                _tell(table, f"snapshot_{table}_{n}_{event.split()[0].lower()}", event, touched)
