"""``POST /api/v1/records``: a batch of records in, a receipt for each out."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from pydantic import ValidationError
from sqlalchemy.orm import Session

from webapp.domain.evidence import MalformedRecord
from webapp.domain.ledger import iso_milliseconds
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.evidence import Item, Receipt, accept_records
from webapp.web.access import requires
from webapp.web.api_models import (
    MAX_RECORDS,
    ErrorOut,
    FileOut,
    FindingOut,
    ReceiptOut,
    RecordIn,
    RecordsOut,
)
from webapp.web.services import services
from webapp.web.words import t

api = Blueprint("api_records", __name__, url_prefix="/api/v1")


@api.post("/records")
@requires(Permission.RECORDS_SEND)
def send_records() -> Response:
    items = [_item(sent) for sent in _sent_records()]
    now = services().clock.now()
    rulebook = services().rulebook

    def orders_changed(session: Session, order_ids: set[str]) -> None:
        recompute_deadlines(session, rulebook, order_ids, now=now)

    receipts = accept_records(
        services().database, g.device_id, items, now=now, on_orders_changed=orders_changed
    )
    answer = RecordsOut(
        receipts=[_receipt(receipt) for receipt in receipts], server_time_ms=round(now.timestamp() * 1000)
    )
    body = answer.model_dump()
    for receipt in body["receipts"]:
        if receipt["error"] is None:
            del receipt["error"]
    return jsonify(body)


def _sent_records() -> list[Any]:
    try:
        # Not pydantic's own parser: one record with a lone surrogate must not take the whole batch with it.
        records = json.loads(request.get_data())["records"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refusal("request_malformed") from None
    if not isinstance(records, list):
        raise Refusal("request_malformed")
    if len(records) > MAX_RECORDS:
        raise Refusal("too_many_records", most=MAX_RECORDS)
    return records


def _item(sent: Any) -> Item:
    try:
        record = RecordIn.model_validate(sent)
    except ValidationError:
        # Kept as it came, and answered as malformed in its place: the rest of the batch goes on.
        return Item(text=json.dumps(sent, ensure_ascii=True), signature="")
    return Item(record.text, record.signature, {side.name: side.text for side in record.side})


def _receipt(receipt: Receipt) -> ReceiptOut:
    return ReceiptOut(
        id=receipt.id,
        state=receipt.state,
        record=receipt.record,
        entry=receipt.entry,
        received=iso_milliseconds(receipt.received),
        findings=[
            FindingOut(code=finding.code, message=t(f"finding.{finding.code}"))
            for finding in receipt.findings
        ],
        file=None
        if receipt.file is None
        else FileOut(sha256=receipt.file.sha256, bytes=receipt.file.bytes, state=receipt.file.state),
        error=None if receipt.error is None else _error(receipt.error),
    )


def _error(malformed: MalformedRecord) -> ErrorOut:
    return ErrorOut(code=malformed.code, message=t(f"error.{malformed.code}", detail=malformed.detail))
