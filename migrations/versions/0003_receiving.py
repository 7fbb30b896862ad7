"""receiving: facts from the table, photos, parcels nobody knows, notices"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "photo",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("file_state", sa.String(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_photo_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    op.create_index(op.f("ix_photo_file_sha256"), "photo", ["file_sha256"], unique=False)
    op.create_table(
        "unidentified",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_norm", sa.String(), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=False),
        sa.Column("matched_parcel_id", sa.String(length=32), nullable=True),
        sa.Column("matched_at", sa.BigInteger(), nullable=True),
        sa.Column("matched_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["matched_parcel_id"], ["parcel.id"], name=op.f("fk_unidentified_matched_parcel_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_unidentified_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unidentified")),
    )
    op.create_index(op.f("ix_unidentified_site_id"), "unidentified", ["site_id"], unique=False)
    op.create_table(
        "dock_fact",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("worker_id", sa.String(length=32), nullable=True),
        sa.Column("parcel_id", sa.String(length=32), nullable=True),
        sa.Column("order_id", sa.String(length=32), nullable=True),
        sa.Column("line_id", sa.String(length=32), nullable=True),
        sa.Column("slot", sa.String(), nullable=True),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("corrects", sa.String(length=32), nullable=True),
        sa.Column("gone_by", sa.String(length=32), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_dock_fact_device_id")),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_dock_fact_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_dock_fact_order_id")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_dock_fact_parcel_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_dock_fact_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dock_fact")),
    )
    op.create_index(op.f("ix_dock_fact_order_id"), "dock_fact", ["order_id"], unique=False)
    op.create_index(op.f("ix_dock_fact_parcel_id"), "dock_fact", ["parcel_id"], unique=False)
    op.create_index("ix_dock_fact_site_id_at", "dock_fact", ["site_id", "at"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("parcel_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("line_id", sa.String(length=32), nullable=True),
        sa.Column("units", sa.BigInteger(), nullable=True),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_notice_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_notice_order_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_notice_organisation_id")
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_notice_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_order_id"), "notice", ["order_id"], unique=False)
    op.create_index(op.f("ix_notice_organisation_id"), "notice", ["organisation_id"], unique=False)
    op.add_column("take", sa.Column("slot", sa.String(), nullable=True))
    op.add_column("order", sa.Column("verdict", sa.String(), nullable=True))
    op.add_column("receiving_plan", sa.Column("sampling", sa.String(), nullable=True))
    # What the desk corrects about labels and stickers (usecases/label_corrections.py).
    op.add_column("label_alias", sa.Column("ended_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "label_correction",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=True),
        sa.Column("site_id", sa.String(length=32), nullable=True),
        sa.Column("text_norm", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("from_parcel_id", sa.String(length=32), nullable=True),
        sa.Column("to_parcel_id", sa.String(length=32), nullable=True),
        sa.Column("bound_record_id", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["label.code"], name=op.f("fk_label_correction_code")),
        sa.ForeignKeyConstraint(
            ["from_parcel_id"], ["parcel.id"], name=op.f("fk_label_correction_from_parcel_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_label_correction_organisation_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_label_correction_site_id")),
        sa.ForeignKeyConstraint(
            ["to_parcel_id"], ["parcel.id"], name=op.f("fk_label_correction_to_parcel_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_correction")),
    )
    for column in ("code", "from_parcel_id", "organisation_id", "text_norm", "to_parcel_id"):
        op.create_index(op.f(f"ix_label_correction_{column}"), "label_correction", [column], unique=False)
    # Closed trades and counts that nobody asked for are states now: usecases/order_progress.py fills them at the start.
    op.execute('UPDATE "order" SET state = NULL')
    op.add_column("organisation", sa.Column("quota_bytes", sa.BigInteger(), nullable=True))
    op.add_column("site", sa.Column("quota_bytes", sa.BigInteger(), nullable=True))
    op.add_column("site", sa.Column("phone_day_bytes", sa.BigInteger(), nullable=True))
    op.add_column("quarantine", sa.Column("released_at", sa.BigInteger(), nullable=True))
    op.add_column("quarantine", sa.Column("released_by", sa.String(), nullable=True))
