"""case files, share links, agents"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

APPEND_ONLY = ("share_view", "voucher", "voucher_file")


def upgrade() -> None:
    op.create_table(
        "agent",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_agent_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
    )
    op.create_index(op.f("ix_agent_organisation_id"), "agent", ["organisation_id"], unique=False)
    op.create_table(
        "share_link",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=True),
        sa.Column("claim_id", sa.String(length=32), nullable=True),
        sa.Column("agent_id", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_share_link_agent_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_share_link_claim_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_share_link_order_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_share_link_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_share_link_token_hash")),
    )
    for column in ("agent_id", "order_id", "organisation_id"):
        op.create_index(op.f(f"ix_share_link_{column}"), "share_link", [column], unique=False)
    op.create_table(
        "share_view",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("link_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["share_link.id"], name=op.f("fk_share_view_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_view")),
    )
    op.create_index(op.f("ix_share_view_link_id"), "share_view", ["link_id"], unique=False)
    _vouchers()
    # Without a foreign key: SQLite would have to copy the table, and with it drop its triggers.
    op.add_column("platform_account", sa.Column("agent_id", sa.String(length=32), nullable=True))
    _guard()


def _vouchers() -> None:
    op.create_table(
        "voucher",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("claim_id", sa.String(length=32), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_voucher_claim_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_voucher_order_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_voucher_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
    )
    for column in ("claim_id", "order_id"):
        op.create_index(op.f(f"ix_voucher_{column}"), "voucher", [column], unique=False)
    op.create_table(
        "voucher_file",
        sa.Column("voucher_id", sa.String(length=32), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("entry_index", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_index"], ["log_entry.index"], name=op.f("fk_voucher_file_entry_index")
        ),
        sa.ForeignKeyConstraint(["voucher_id"], ["voucher.id"], name=op.f("fk_voucher_file_voucher_id")),
        sa.PrimaryKeyConstraint("voucher_id", "no", name=op.f("pk_voucher_file")),
    )


def _guard() -> None:
    """Who looked through a link, and what was made for a platform, is never changed (as 0001 does)."""
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION append_only()"
            )
