"""The "who may" matrix of docs/security.md from the code: `python -m tests.architecture.role_matrix --write`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.architecture.places import ROOT
from webapp.domain.permissions import Permission, Role, may

PAGE = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- matrix: generated, do not edit -->", "<!-- /matrix -->"

SAID = {
    Permission.PUBLIC: "open a page that needs no sign-in",
    Permission.SIGNED_IN: "own account: password, passkeys, sessions",
    Permission.ORDERS_READ: "read orders",
    Permission.ORDERS_IMPORT: "import orders",
    Permission.ORDERS_EDIT: "edit orders, state dates",
    Permission.LABELS_PRINT: "print labels",
    Permission.LABELS_CORRECT: "void a label, undo or move the binding of a label or sticker",
    Permission.EVIDENCE_VIEW: "see films and photos",
    Permission.GOODS_COUNT: "receive, weigh, count (else the record carries a finding)",
    Permission.GOODS_HAND_OVER: "give goods to international freight (else the record hands nothing over)",
    Permission.GOODS_DECIDE: "pass, hold, reject goods (else the record carries a finding and decides nothing)",
    Permission.NOTICES_SEE: "mark a notice (short, damaged, rejected …) as seen",
    Permission.HELD_MATCH: "see parcels that nobody knows at the own sites, match them to an order",
    Permission.PEOPLE_MANAGE: "workers and phones of a site (a shared site: its administrator only)",
    Permission.TEAM_MANAGE: "invite, roles, reset links, leaving",
    Permission.SITES_MANAGE: "sites and whom they serve",
    Permission.AUDIT_READ: "read the audit",
    Permission.QUARANTINE_RELEASE: "release what a blocked phone sent into the evidence",
    Permission.ACCOUNTS_CONFIRM: "confirm whose a platform account is (who files, DT-2)",
    Permission.DOCUMENTS_FILE: "file documents, listings and dated facts",
    Permission.PLANS_DECIDE: "decide how deep goods are checked",
    Permission.CLAIMS_READ: "read claims",
    Permission.CLAIMS_MANAGE: "open, change and withdraw claims, confirm a diagnosis, state a hand-over",
    Permission.CLAIMS_FILE: "state what happened to a claim",
    Permission.GATES_WAIVE: "waive a gate",
    Permission.CASES_EXPORT: "export a case file",
    Permission.SHARES_MANAGE: "share a case, name agents",
    Permission.MESSAGES_SEND: "write to a supplier, state what was sent",
    Permission.POLICY_EDIT: "edit the rulebook",
    Permission.KEY_CHANGE: "change the phone's own key",
    Permission.RECORDS_SEND: "send records",
    Permission.FILES_SEND: "send files",
    Permission.SNAPSHOT_READ: "read a site's snapshot",
    Permission.SHIFT_START: "start a shift",
}


def table() -> str:
    """A Markdown table: a row per permission, a column per role."""
    roles = list(Role)
    head = ["may", *(str(role) for role in roles)]
    rows = [
        [
            f"{SAID.get(permission, '?')} (`{permission}`)",
            *("●" if may({role}, permission) else "" for role in roles),
        ]
        for permission in Permission
    ]
    rows.append(["**delete evidence**", *("" for _ in roles)])
    lines = [head, ["---", *(":-:" for _ in roles)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def with_table(text: str) -> str:
    """The page with the matrix of today between its markers."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main(arguments: list[str], page: Path = PAGE) -> int:
    text = page.read_text("utf-8")
    if "--write" in arguments:
        page.write_text(with_table(text), "utf-8")
        return 0
    print(table())
    return 0 if text == with_table(text) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
