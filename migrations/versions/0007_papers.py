"""papers: agreements, payments, messages, terms of an order"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

APPEND_ONLY = ("order_terms", "supplier_address", "message", "message_withdrawal", "pre_filing_answers")


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=32), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _table(name: str, *columns: sa.Column[str], keys: dict[str, str], indexed: tuple[str, ...]) -> None:
    op.create_table(
        name,
        *columns,
        *(_key(name, column, target) for column, target in keys.items()),
        sa.PrimaryKeyConstraint(columns[0].name, name=op.f(f"pk_{name}")),
    )
    for column in indexed:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def _documents() -> None:
    op.add_column("document", sa.Column("dated_on", sa.String(length=10), nullable=True))
    op.add_column("document", _id("supplier_id", nullable=True))
    op.add_column("document", _text("slot", nullable=True))
    # Both kinds of documents that were there before, status and listing, belong to this folder.
    op.add_column("document", sa.Column("folder", sa.String(), server_default="order", nullable=False))
    op.add_column("document", sa.Column("hidden_at", sa.BigInteger(), nullable=True))
    op.add_column("document", _text("hidden_by", nullable=True))
    op.add_column("document", sa.Column("hidden_reason", sa.Text(), server_default="", nullable=False))
    op.create_index(op.f("ix_document_supplier_id"), "document", ["supplier_id"], unique=False)
    op.execute("UPDATE document SET slot = 'EV-21' WHERE kind = 'order_status'")
    op.execute("UPDATE document SET slot = 'EV-20' WHERE kind = 'listing'")


def _statements() -> None:
    owned = {"organisation_id": "organisation.id", "order_id": "order.id"}
    withdrawn = (
        lambda: sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        lambda: _text("withdrawn_by", nullable=True),
        lambda: sa.Column("withdrawn_reason", sa.Text(), server_default="", nullable=False),
    )
    _table(
        "agreement",
        _id("id"),
        _id("organisation_id"),
        _id("order_id"),
        _text("kind"),
        sa.Column("dated_on", sa.String(length=10), nullable=False),
        _text("attribute"),
        sa.Column("value", sa.Text(), nullable=False),
        _text("unit"),
        _text("tolerance"),
        _text("chat_ref"),
        _id("document_id", nullable=True),
        _text("stated_by"),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        *(column() for column in withdrawn),
        keys={**owned, "document_id": "document.id"},
        indexed=("organisation_id", "order_id"),
    )
    _table(
        "payment",
        _id("id"),
        _id("organisation_id"),
        _id("order_id"),
        sa.Column("paid_on", sa.String(length=10), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        _text("account"),
        _text("purpose"),
        sa.Column("note", sa.Text(), nullable=False),
        _id("document_id", nullable=True),
        _text("stated_by"),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        *(column() for column in withdrawn),
        keys={**owned, "document_id": "document.id"},
        indexed=("organisation_id", "order_id"),
    )
    _table(
        "order_terms",
        _id("id"),
        _id("organisation_id"),
        _id("order_id"),
        sa.Column("said", sa.JSON(), nullable=False),
        _text("stated_by"),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        keys=owned,
        indexed=("organisation_id", "order_id"),
    )
    _table(
        "supplier_address",
        _id("id"),
        _id("organisation_id"),
        _id("supplier_id"),
        sa.Column("address", sa.Text(), nullable=False),
        _id("document_id", nullable=True),
        _text("stated_by"),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        keys={
            "organisation_id": "organisation.id",
            "supplier_id": "supplier.id",
            "document_id": "document.id",
        },
        indexed=("organisation_id", "supplier_id"),
    )
    _table(
        "pre_filing_answers",
        _id("id"),
        _id("organisation_id"),
        _id("order_id"),
        _id("claim_id", nullable=True),
        sa.Column("said", sa.JSON(), nullable=False),
        _text("answered_by"),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        keys=owned,
        indexed=("organisation_id", "order_id", "claim_id"),
    )


def _messages() -> None:
    _table(
        "message",
        _id("id"),
        _id("organisation_id"),
        _id("order_id"),
        _id("claim_id", nullable=True),
        sa.Column("template", sa.String(length=4), nullable=False),
        _text("language"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        _text("remedy", nullable=True),
        _text("recipient"),
        _text("via"),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        _id("document_id"),
        _id("clock_event_id", nullable=True),
        _text("stated_by"),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        keys={
            "organisation_id": "organisation.id",
            "order_id": "order.id",
            "document_id": "document.id",
        },
        indexed=("organisation_id", "order_id", "claim_id"),
    )
    _table(
        "message_withdrawal",
        _id("message_id"),
        sa.Column("reason", sa.Text(), nullable=False),
        _text("withdrawn_by"),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=False),
        keys={"message_id": "message.id"},
        indexed=(),
    )


def _append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION append_only()"
        )


def upgrade() -> None:
    _documents()
    _statements()
    _messages()
    _append_only()
