"""what a site's phones are told: changes and digests, so that a delta costs what changed"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEPT = 20_000
"""Changes; who knows only older ones reckons everything anew."""


def _changes() -> None:
    """Written by triggers of the tables that a snapshot is read from: 0010."""
    mark = {"sqlite": "(lower(hex(randomblob(8))))"}.get(
        op.get_bind().dialect.name, "substr(md5(random()::text), 1, 16)"
    )
    op.create_table(
        "snapshot_change",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("mark", sa.String(length=16), server_default=sa.text(mark), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_snapshot_change")),
    )
    _forget_old()


def _forget_old() -> None:
    when = "(NEW.seq % 1000 = 0)"
    forget = f"DELETE FROM snapshot_change WHERE seq <= NEW.seq - {KEPT};"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER snapshot_change_forget AFTER INSERT ON snapshot_change WHEN {when} BEGIN {forget} END"
        )
        return
    op.execute(
        "CREATE FUNCTION snapshot_change_forget() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {forget} RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER snapshot_change_forget AFTER INSERT ON snapshot_change FOR EACH ROW "
        f"WHEN {when} EXECUTE FUNCTION snapshot_change_forget()"
    )


def upgrade() -> None:
    _changes()
    # Peers of a parcel's goods are found by their listing (usecases/parcel_weights.py).
    op.create_index(op.f("ix_order_line_offer_id"), "order_line", ["offer_id"], unique=False)
