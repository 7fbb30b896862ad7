"""rules and clocks: editions of the rulebook, dated facts, every clock"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

APPEND_ONLY = ("rulebook_edition", "clock_event", "deadline_change")


def upgrade() -> None:
    op.create_table(
        "rulebook_edition",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("profiles", sa.JSON(), nullable=False),
        sa.Column("switches", sa.JSON(), nullable=False),
        sa.Column("shipped_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_rulebook_edition_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_edition")),
        sa.UniqueConstraint(
            "organisation_id", "number", name=op.f("uq_rulebook_edition_organisation_id_number")
        ),
    )
    op.create_index(
        op.f("ix_rulebook_edition_organisation_id"), "rulebook_edition", ["organisation_id"], unique=False
    )
    op.create_table(
        "clock_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("claim_id", sa.String(length=32), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=True),
        sa.Column("retracts", sa.String(length=32), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_clock_event_document_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_clock_event_order_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_clock_event_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_event")),
    )
    op.create_index(op.f("ix_clock_event_order_id"), "clock_event", ["order_id"], unique=False)
    op.create_index(op.f("ix_clock_event_retracts"), "clock_event", ["retracts"], unique=False)
    op.create_table(
        "deadline_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_deadline_change_order_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_deadline_change_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_change")),
    )
    op.create_index("ix_deadline_change_order_id_at", "deadline_change", ["order_id", "at"], unique=False)
    _deadlines_anew()
    _guard()


def _deadlines_anew() -> None:
    """A projection: dropped, and computed at the start like every order's progress (usecases/order_progress.py)."""
    op.drop_table("deadline")
    op.create_table(
        "deadline",
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("profile_id", sa.String(), nullable=False),
        sa.Column("edition_id", sa.String(length=32), nullable=False),
        sa.Column("start_at", sa.BigInteger(), nullable=True),
        sa.Column("start_source", sa.String(), nullable=False),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("binding", sa.Boolean(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("act_by", sa.BigInteger(), nullable=True),
        sa.Column("burns_until", sa.BigInteger(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("towards", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("ended", sa.String(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_deadline_order_id")),
        sa.PrimaryKeyConstraint(
            "order_id", "rule_id", "subject_kind", "subject_id", name=op.f("pk_deadline")
        ),
    )
    op.create_index("ix_deadline_act_by", "deadline", ["act_by"], unique=False)
    op.create_index("ix_deadline_burns_until", "deadline", ["burns_until"], unique=False)
    op.execute('UPDATE "order" SET state = NULL')


def _guard() -> None:
    """What was stated, and how a clock moved, is never changed (0001 guards the dock's tables so)."""
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
