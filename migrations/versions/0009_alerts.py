"""alerts, where they are told, calendar feeds"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("act_by", sa.BigInteger(), nullable=False),
        sa.Column("rung_hours", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("fired_at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_alert_order_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_alert_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "order_id",
            "rule_id",
            "subject_kind",
            "subject_id",
            "act_by",
            "rung_hours",
            name=op.f("uq_alert_order_id_rule_id_subject_kind_subject_id_act_by_rung_hours"),
        ),
    )
    op.create_index("ix_alert_organisation_id_at", "alert", ["organisation_id", "at"], unique=False)
    op.create_table(
        "alert_target",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("digest_day", sa.String(length=10), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_alert_target_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_alert_target_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_target")),
    )
    op.create_index(
        op.f("ix_alert_target_organisation_id"), "alert_target", ["organisation_id"], unique=False
    )
    op.create_table(
        "alert_delivery",
        sa.Column("alert_id", sa.String(length=32), nullable=False),
        sa.Column("target_id", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("given_up_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_delivery_alert_id")),
        sa.ForeignKeyConstraint(["target_id"], ["alert_target.id"], name=op.f("fk_alert_delivery_target_id")),
        sa.PrimaryKeyConstraint("alert_id", "target_id", name=op.f("pk_alert_delivery")),
    )
    op.create_index(op.f("ix_alert_delivery_target_id"), "alert_delivery", ["target_id"], unique=False)
    op.create_table(
        "calendar_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_calendar_link_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_calendar_link_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_calendar_link")),
    )
    op.create_index(op.f("ix_calendar_link_user_id"), "calendar_link", ["user_id"], unique=False)
