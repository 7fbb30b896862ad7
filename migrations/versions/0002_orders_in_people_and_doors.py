"""orders in, people and doors"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "rate_count",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("window_start", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "window_start", name=op.f("pk_rate_count")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_document_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_organisation_id"), "document", ["organisation_id"], unique=False)
    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("dong_e4", sa.BigInteger(), nullable=False),
        sa.Column("stated_by", sa.String(), nullable=False),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_exchange_rate_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
    )
    op.create_index(
        op.f("ix_exchange_rate_organisation_id"), "exchange_rate", ["organisation_id"], unique=False
    )
    op.create_table(
        "import_draft",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("account_name", sa.String(), nullable=False),
        sa.Column("account_owner", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("orders_done", sa.Integer(), nullable=False),
        sa.Column("orders_total", sa.Integer(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_import_draft_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
    )
    op.create_index(
        op.f("ix_import_draft_organisation_id"), "import_draft", ["organisation_id"], unique=False
    )
    op.create_table(
        "import_mapping",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_import_mapping_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mapping")),
        sa.UniqueConstraint(
            "organisation_id", "fingerprint", name=op.f("uq_import_mapping_organisation_id_fingerprint")
        ),
    )
    op.create_table(
        "label_roll",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=True),
        sa.Column("site_id", sa.String(length=32), nullable=True),
        sa.Column("stock", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.BigInteger(), nullable=False),
        sa.Column("printed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_label_roll_organisation_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_label_roll_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_roll")),
    )
    op.create_table(
        "load_unit",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_load_unit_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_load_unit")),
        sa.UniqueConstraint(
            "organisation_id", "kind", "number", name=op.f("uq_load_unit_organisation_id_kind_number")
        ),
    )
    op.create_index(op.f("ix_load_unit_organisation_id"), "load_unit", ["organisation_id"], unique=False)
    op.create_table(
        "device_key",
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_key_device_id")),
        sa.PrimaryKeyConstraint("device_id", "until", name=op.f("pk_device_key")),
    )
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_invitation_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_organisation_id"), "invitation", ["organisation_id"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_passkey_user_id")),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_passkey")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("side", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_quarantine_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_index(op.f("ix_quarantine_device_id"), "quarantine", ["device_id"], unique=False)
    op.create_table(
        "saved_view",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_view_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_view_user_id_name")),
    )
    op.create_table(
        "job_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("parcel_id", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_job_link_organisation_id")
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_job_link_parcel_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_job_link")),
    )
    op.create_index(op.f("ix_job_link_organisation_id"), "job_link", ["organisation_id"], unique=False)
    op.create_table(
        "label_alias",
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("text_norm", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("parcel_id", sa.String(length=32), nullable=False),
        sa.Column("bound_at", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_label_alias_parcel_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_label_alias_site_id")),
        sa.PrimaryKeyConstraint("site_id", "text_norm", name=op.f("pk_label_alias")),
    )
    op.create_index(op.f("ix_label_alias_parcel_id"), "label_alias", ["parcel_id"], unique=False)
    op.create_table(
        "receiving_plan",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=True),
        sa.Column("supplier_id", sa.String(length=32), nullable=True),
        sa.Column("least_fen", sa.BigInteger(), nullable=True),
        sa.Column("clean_receipts", sa.Integer(), nullable=True),
        sa.Column("depth", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_receiving_plan_order_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_receiving_plan_organisation_id")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_receiving_plan_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receiving_plan")),
    )
    op.create_index(
        op.f("ix_receiving_plan_organisation_id"), "receiving_plan", ["organisation_id"], unique=False
    )
    op.create_table(
        "document_order",
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("line_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_order_document_id")),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_document_order_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_document_order_order_id")),
        sa.PrimaryKeyConstraint("document_id", "order_id", name=op.f("pk_document_order")),
    )
    op.create_index(op.f("ix_document_order_order_id"), "document_order", ["order_id"], unique=False)
    op.create_table(
        "job_capture",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("parcel_id", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("over_https", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_hash"], ["job_link.token_hash"], name=op.f("fk_job_capture_link_hash")
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_job_capture_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_capture")),
    )
    op.create_index(op.f("ix_job_capture_link_hash"), "job_capture", ["link_hash"], unique=False)
    op.create_index(op.f("ix_job_capture_parcel_id"), "job_capture", ["parcel_id"], unique=False)
    op.create_table(
        "order_check",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("line_id", sa.String(length=32), nullable=True),
        sa.Column("phrase", sa.String(), nullable=True),
        sa.Column("free_text", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_order_check_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_order_check_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_check")),
    )
    op.create_index(op.f("ix_order_check_order_id"), "order_check", ["order_id"], unique=False)
    op.add_column("desk_session", sa.Column("device_note", sa.Text(), server_default="", nullable=False))
    op.add_column("desk_session", sa.Column("seen_at", sa.BigInteger(), nullable=True))
    # SQLite cannot loosen a column in place; `label` and `milestone` carry no trigger, so a copy is safe.
    with op.batch_alter_table("label") as label:
        label.add_column(sa.Column("kind", sa.String(), server_default="parcel", nullable=False))
        label.add_column(sa.Column("carton_no", sa.Integer(), nullable=True))
        label.add_column(sa.Column("carton_of", sa.Integer(), nullable=True))
        label.add_column(sa.Column("line_id", sa.String(length=32), nullable=True))
        label.add_column(sa.Column("load_unit_id", sa.String(length=32), nullable=True))
        label.add_column(sa.Column("roll_id", sa.String(length=32), nullable=True))
        label.add_column(sa.Column("bound_at", sa.BigInteger(), nullable=True))
        label.add_column(sa.Column("bound_record_id", sa.String(length=32), nullable=True))
        label.alter_column("parcel_id", existing_type=sa.String(length=32), nullable=True)
        label.create_foreign_key(op.f("fk_label_line_id"), "order_line", ["line_id"], ["id"])
        label.create_foreign_key(op.f("fk_label_roll_id"), "label_roll", ["roll_id"], ["id"])
        label.create_foreign_key(op.f("fk_label_load_unit_id"), "load_unit", ["load_unit_id"], ["id"])
        label.create_index(op.f("ix_label_roll_id"), ["roll_id"])
    with op.batch_alter_table("milestone") as milestone:
        milestone.add_column(sa.Column("document_id", sa.String(length=32), nullable=True))
        milestone.create_foreign_key(op.f("fk_milestone_document_id"), "document", ["document_id"], ["id"])
    op.add_column("order", sa.Column("order_kind", sa.String(), nullable=True))
    op.add_column("order", sa.Column("arrived_parcels", sa.Integer(), server_default="0", nullable=False))
    op.add_column("order", sa.Column("expected_parcels", sa.Integer(), server_default="0", nullable=False))
    op.add_column("order", sa.Column("state", sa.String(), nullable=True))
    op.create_index("ix_order_organisation_id_state", "order", ["organisation_id", "state"], unique=False)
    op.add_column("order_line", sa.Column("unit_weight_mg", sa.BigInteger(), nullable=True))
    op.add_column("order_line", sa.Column("pack_factor", sa.Integer(), nullable=True))
    op.add_column("order_line", sa.Column("listing_url", sa.Text(), server_default="", nullable=False))
    op.add_column("order_line", sa.Column("listing_spec", sa.Text(), server_default="", nullable=False))
    op.add_column("platform_account", sa.Column("order_tail6", sa.String(), nullable=True))
    op.add_column("platform_account", sa.Column("owner_confirmed_by", sa.String(), nullable=True))
    op.add_column("platform_account", sa.Column("owner_confirmed_at", sa.BigInteger(), nullable=True))
