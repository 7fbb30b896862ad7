"""The tables and listings inside a case file: for programs and for Excel, without personal data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from webapp.domain.case import Case, CaseExhibit
from webapp.domain.csv_text import BOM, csv_line, number_text_cell
from webapp.domain.ledger import iso_milliseconds
from webapp.store.schema import Order
from webapp.usecases.case_exhibits import device_time


def listing(case: Case, here: Iterable[CaseExhibit], records: Sequence[str]) -> str:
    """``manifest.json``: every exhibit with its hash, when, where and by whom it was captured."""
    told = {
        "format": 1,
        "order_no": case.order_no,
        "made_at": iso_milliseconds(case.made_at),
        "exhibits": [_listed(case, one) for one in here],
        "undelivered": [
            {
                "slot": one.slot,
                "sha256": one.sha256,
                "bytes": one.bytes,
                "record": f"sha256:{one.record}",
                "received": iso_milliseconds(one.received_at),
            }
            for one in case.undelivered
        ],
        "records": list(records),
    }
    return as_json(told)


def _listed(case: Case, one: CaseExhibit) -> dict[str, Any]:
    by_device = device_time(one)
    return {
        "number": one.number,
        "path": f"{case.folder}/{one.path}",
        "sha256": one.sha256,
        "bytes": one.bytes,
        "mime": one.mime,
        "slot": one.slot,
        "source": one.source_kind,
        "id": one.source_id,
        "captured_at": None if one.captured_at is None else iso_milliseconds(one.captured_at),
        "captured_zone": one.zone,
        "device_time": None if by_device is None else iso_milliseconds(by_device),
        "server_time": None if one.received_at is None else iso_milliseconds(one.received_at),
        "offset_ms": one.offset_ms,
        "offset_pm_ms": one.offset_pm,
        "device": one.device,
        "worker": one.worker,
        "record": None if one.record is None else f"sha256:{one.record}",
        "log_entry": one.entry,
        "level": one.level,
        "unbroken_ms": one.unbroken_ms,
    }


def export_row(order: Order) -> dict[str, Any]:
    """The order as its export had it, without the columns that name persons (recipient, phone, address)."""
    return {
        "order_no": order.order_no,
        "platform": order.platform,
        "supplier_company": order.supplier.company,
        "supplier_member": order.supplier.member,
        "status": order.status_raw,
        "placed_at": None if order.placed_at is None else iso_milliseconds(order.placed_at),
        "paid_at": None if order.paid_at is None else iso_milliseconds(order.paid_at),
        "goods_fen": order.goods_fen,
        "freight_fen": order.freight_fen,
        "adjust_fen": order.adjust_fen,
        "paid_fen": order.paid_fen,
        "remark": order.remark,
        "waybills": [f"{one.courier} {one.number_raw}".strip() for one in order.waybills],
        "lines": [
            {
                "seq": line.seq,
                "title": line.title,
                "spec": line.spec,
                "quantity_milli": line.quantity_milli,
                "unit": line.unit,
                "unit_price_fen": line.unit_price_fen,
                "offer_id": line.offer_id,
                "sku_id": line.sku_id,
                "article_no": line.article_no,
                "model": line.model,
                "single_item_no": line.single_item_no,
            }
            for line in order.lines
        ],
    }


def order_table(row: Mapping[str, Any]) -> str:
    """A line of the file a line of the order, as the export has it."""
    whole = {key: value for key, value in row.items() if key not in ("lines", "waybills")}
    whole["waybills"] = " ".join(row["waybills"])
    return table([{**whole, **line} for line in row["lines"]])


def payments_table(case: Case) -> str:
    return table(
        [
            {
                "date": one.day,
                "amount_hundredths": one.amount_fen,
                "currency": one.currency,
                "purpose": one.purpose,
                "note": one.note,
            }
            for one in case.payments
        ]
    )


def timeline_table(case: Case) -> str:
    return table(
        [
            {
                "at": iso_milliseconds(one.at),
                "zone": one.zone,
                "what": one.key,
                "proven": "yes" if one.proven else "no",
                **{str(name): value for name, value in one.vars.items()},
            }
            for one in case.moments
        ]
    )


def as_json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def table(lines: Sequence[Mapping[str, Any]]) -> str:
    """CSV with a column for each key, in the order in which keys first come."""
    columns = list(dict.fromkeys(key for line in lines for key in line))
    rows = [[_cell(line.get(column)) for column in columns] for line in lines]
    return BOM + "".join(csv_line(row) for row in [columns, *rows])


def _cell(value: object) -> str:
    if value is None:
        return ""
    # A number that we wrote is a number, also below zero; a text of digits stays text.
    return str(value) if isinstance(value, int) else number_text_cell(str(value))
