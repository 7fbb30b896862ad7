"""claims: discrepancies as confirmed, claims and their events, what was sent, hand-over to freight"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

APPEND_ONLY = ("discrepancy", "claim_event", "submission", "submission_proof")


def upgrade() -> None:
    op.create_table(
        "freight_contract",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("notice_hours", sa.Integer(), nullable=True),
        sa.Column("notice_from", sa.String(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=True),
        sa.Column("stated_by", sa.String(), nullable=False),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_freight_contract_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_freight_contract_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freight_contract")),
    )
    op.create_index(
        op.f("ix_freight_contract_organisation_id"), "freight_contract", ["organisation_id"], unique=False
    )
    op.create_table(
        "handover",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("seals", sa.String(), nullable=False),
        sa.Column("contract_id", sa.String(length=32), nullable=True),
        sa.Column("load_unit_id", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=True),
        sa.Column("record_id", sa.String(length=32), nullable=True),
        sa.Column("stated_by", sa.String(), nullable=False),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_back_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_back_by", sa.String(), nullable=True),
        sa.Column("taken_back_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["freight_contract.id"], name=op.f("fk_handover_contract_id")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_handover_document_id")),
        sa.ForeignKeyConstraint(["load_unit_id"], ["load_unit.id"], name=op.f("fk_handover_load_unit_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_handover_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(op.f("ix_handover_organisation_id"), "handover", ["organisation_id"], unique=False)
    op.create_table(
        "handover_parcel",
        sa.Column("handover_id", sa.String(length=32), nullable=False),
        sa.Column("parcel_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name=op.f("fk_handover_parcel_handover_id")
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_handover_parcel_parcel_id")),
        sa.PrimaryKeyConstraint("handover_id", "parcel_id", name=op.f("pk_handover_parcel")),
    )
    op.create_index(op.f("ix_handover_parcel_parcel_id"), "handover_parcel", ["parcel_id"], unique=False)
    op.create_table(
        "discrepancy",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("line_id", sa.String(length=32), nullable=True),
        sa.Column("parcel_id", sa.String(length=32), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("ordered_milli", sa.BigInteger(), nullable=True),
        sa.Column("china_milli", sa.BigInteger(), nullable=True),
        sa.Column("vietnam_milli", sa.BigInteger(), nullable=True),
        sa.Column("units_milli", sa.BigInteger(), nullable=True),
        sa.Column("situation", sa.String(), nullable=False),
        sa.Column("responsibility", sa.String(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_discrepancy_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_discrepancy_order_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_discrepancy_organisation_id")
        ),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_discrepancy_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy")),
    )
    op.create_index(op.f("ix_discrepancy_order_id"), "discrepancy", ["order_id"], unique=False)
    op.create_index(op.f("ix_discrepancy_organisation_id"), "discrepancy", ["organisation_id"], unique=False)
    op.create_table(
        "claim",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("discrepancy_id", sa.String(length=32), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("filer", sa.String(), nullable=False),
        sa.Column("situation", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=True),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("description_zh", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("remedy", sa.String(), nullable=True),
        sa.Column("remedy_fen", sa.BigInteger(), nullable=True),
        sa.Column("remedy_milli", sa.BigInteger(), nullable=True),
        sa.Column("edition_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["discrepancy_id"], ["discrepancy.id"], name=op.f("fk_claim_discrepancy_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["rulebook_edition.id"], name=op.f("fk_claim_edition_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_claim_order_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_claim_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_claim_organisation_id_number")),
    )
    op.create_index(op.f("ix_claim_order_id"), "claim", ["order_id"], unique=False)
    op.create_index(op.f("ix_claim_organisation_id"), "claim", ["organisation_id"], unique=False)
    op.create_index("ix_claim_organisation_id_state", "claim", ["organisation_id", "state"], unique=False)
    op.create_table(
        "claim_line",
        sa.Column("claim_id", sa.String(length=32), nullable=False),
        sa.Column("line_id", sa.String(length=32), nullable=False),
        sa.Column("units_milli", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_line_claim_id")),
        sa.ForeignKeyConstraint(["line_id"], ["order_line.id"], name=op.f("fk_claim_line_line_id")),
        sa.PrimaryKeyConstraint("claim_id", "line_id", name=op.f("pk_claim_line")),
    )
    op.create_index(op.f("ix_claim_line_line_id"), "claim_line", ["line_id"], unique=False)
    op.create_table(
        "claim_exhibit",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("claim_id", sa.String(length=32), nullable=False),
        sa.Column("slot", sa.String(), nullable=True),
        sa.Column("source_kind", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_exhibit_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_exhibit")),
    )
    op.create_index(op.f("ix_claim_exhibit_claim_id"), "claim_exhibit", ["claim_id"], unique=False)
    op.create_table(
        "claim_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("claim_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=True),
        sa.Column("entry_index", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_event_claim_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_claim_event_document_id")),
        sa.ForeignKeyConstraint(
            ["entry_index"], ["log_entry.index"], name=op.f("fk_claim_event_entry_index")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_event")),
        sa.UniqueConstraint("claim_id", "seq", name=op.f("uq_claim_event_claim_id_seq")),
    )
    op.create_index(op.f("ix_claim_event_claim_id"), "claim_event", ["claim_id"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("claim_id", sa.String(length=32), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("entry_index", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_submission_claim_id")),
        sa.ForeignKeyConstraint(["entry_index"], ["log_entry.index"], name=op.f("fk_submission_entry_index")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("claim_id", "no", name=op.f("uq_submission_claim_id_no")),
    )
    op.create_index(op.f("ix_submission_claim_id"), "submission", ["claim_id"], unique=False)
    op.create_table(
        "submission_proof",
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("stated_by", sa.String(), nullable=False),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_submission_proof_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_proof_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", "document_id", name=op.f("pk_submission_proof")),
    )
    _guard()


def _guard() -> None:
    """What was confirmed, what happened and what was sent is never changed (0001 guards the dock's tables so)."""
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
