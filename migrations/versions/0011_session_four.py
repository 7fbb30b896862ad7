"""counts that go on in another film; a phone that takes the place of one whose storage was cleared"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

# As in 0010: what a phone is told of a parcel that went to freight. (event, what it touches) by table.
_HANDED_OVER = {
    "handover_parcel": ("INSERT", "UPDATE", "DELETE"),
    "handover": ("UPDATE",),
}
_TOUCHED = {
    "handover_parcel": "SELECT 'parcel', {row}.parcel_id",
    "handover": "SELECT 'parcel', parcel_id FROM handover_parcel WHERE handover_id = {row}.id",
}


def _tell(table: str, event: str) -> None:
    name = f"snapshot_{table}_0_{event.lower()}"
    rows = {"INSERT": ("NEW",), "DELETE": ("OLD",)}.get(event, ("OLD", "NEW"))
    body = "".join(
        f"INSERT INTO snapshot_change (what, subject) {_TOUCHED[table].format(row=row)}; " for row in rows
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(sa.text(f'CREATE TRIGGER {name} AFTER {event} ON "{table}" BEGIN {body}END'))
        return
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
    op.add_column("take", sa.Column("goes_on", sa.String(32), nullable=True))
    op.add_column("tally", sa.Column("carried", sa.BigInteger(), nullable=True, server_default="0"))
    op.add_column("enrolment_code", sa.Column("in_place_of", sa.String(32), nullable=True))
    op.add_column("device", sa.Column("in_place_of", sa.String(32), nullable=True))
    op.add_column("device", sa.Column("former_seq", sa.BigInteger(), nullable=True))
    op.add_column("document", sa.Column("firm", sa.String(), nullable=False, server_default=""))
    op.add_column("document", sa.Column("report_no", sa.String(), nullable=False, server_default=""))
    op.add_column("platform_account", sa.Column("standing", sa.Text(), nullable=False, server_default=""))
    for table, events in _HANDED_OVER.items():
        for event in events:
            _tell(table, event)
