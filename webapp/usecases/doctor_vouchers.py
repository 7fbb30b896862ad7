"""Is every picture that went to a platform the one that the log names?"""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.store import shares as rows
from webapp.usecases.doctor_findings import Check


def check_vouchers(session: Session) -> Check:
    """Both ways: a picture without its entry, and an entry of which no picture is on record."""
    check = Check("vouchers")
    logged = rows.voucher_entries(session)
    found = set()
    for voucher, file in rows.every_voucher_file(session):
        found.add(file.entry_index)
        lines = logged.get(file.entry_index, "").splitlines()
        named = (f"order {voucher.order_id}", f"file sha256:{file.sha256} {file.bytes} image/jpeg")
        if not set(named) <= set(lines):
            check.add("voucher_without_entry", f"voucher {voucher.id}, picture {file.no}")
    for index in sorted(set(logged) - found):
        check.add("entry_without_voucher", f"entry {index}")
    check.facts.update(pictures=len(found))
    return check
