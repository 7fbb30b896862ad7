"""Who may do what (domain.md section 11). Deny by default: what is not granted here is refused.

A person may hold several roles and may do what any of them may. There is no permission to delete evidence.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Role(StrEnum):
    """Roles of people, and two technical principals: an enrolled ``device`` and ``anonymous``."""

    OWNER = "owner"
    CLERK = "clerk"
    AGENT = "agent"
    CN_RECEIVER = "cn_receiver"
    CN_QC = "cn_qc"
    CN_LOADER = "cn_loader"
    VN_RECEIVER = "vn_receiver"
    VN_QC = "vn_qc"
    VIEWER = "viewer"
    ADMINISTRATOR = "administrator"
    DEVICE = "device"
    ANONYMOUS = "anonymous"


DESK_ROLES = frozenset({Role.OWNER, Role.CLERK, Role.AGENT, Role.VIEWER, Role.ADMINISTRATOR})
WORKER_ROLES = frozenset({Role.CN_RECEIVER, Role.CN_QC, Role.CN_LOADER, Role.VN_RECEIVER, Role.VN_QC})
INVITABLE_ROLES = frozenset({Role.OWNER, Role.CLERK, Role.AGENT, Role.VIEWER})
"""What an owner may hand out. An administrator works across organisations: only the command line makes one."""


class Permission(StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    ORDERS_READ = "orders.read"
    ORDERS_IMPORT = "orders.import"
    ORDERS_EDIT = "orders.edit"
    LABELS_PRINT = "labels.print"
    LABELS_CORRECT = "labels.correct"
    EVIDENCE_VIEW = "evidence.view"
    GOODS_COUNT = "goods.count"
    GOODS_DECIDE = "goods.decide"
    GOODS_HAND_OVER = "goods.hand_over"
    NOTICES_SEE = "notices.see"
    HELD_MATCH = "held.match"
    PEOPLE_MANAGE = "people.manage"
    TEAM_MANAGE = "team.manage"
    SITES_MANAGE = "sites.manage"
    AUDIT_READ = "audit.read"
    QUARANTINE_RELEASE = "quarantine.release"
    ACCOUNTS_CONFIRM = "accounts.confirm"
    DOCUMENTS_FILE = "documents.file"
    PLANS_DECIDE = "plans.decide"
    MESSAGES_SEND = "messages.send"
    POLICY_EDIT = "policy.edit"
    CLAIMS_READ = "claims.read"
    CLAIMS_MANAGE = "claims.manage"
    CLAIMS_FILE = "claims.file"
    GATES_WAIVE = "gates.waive"
    CASES_EXPORT = "cases.export"
    SHARES_MANAGE = "shares.manage"
    RECORDS_SEND = "records.send"
    FILES_SEND = "files.send"
    SNAPSHOT_READ = "snapshot.read"
    SHIFT_START = "shift.start"
    KEY_CHANGE = "key.change"


_DESK = frozenset({Role.OWNER, Role.CLERK})
_READERS = _DESK | {Role.AGENT, Role.VIEWER}
_DEVICE = frozenset({Role.DEVICE})

GRANTED: dict[Permission, frozenset[Role]] = {
    Permission.PUBLIC: frozenset(Role),
    Permission.SIGNED_IN: DESK_ROLES,
    Permission.ORDERS_READ: _READERS,
    Permission.ORDERS_IMPORT: _DESK,
    Permission.ORDERS_EDIT: _DESK,
    Permission.LABELS_PRINT: _DESK,
    Permission.LABELS_CORRECT: _DESK,
    Permission.EVIDENCE_VIEW: _READERS,
    # Receive, weigh, count: a record of anybody else is kept and carries a finding.
    Permission.GOODS_COUNT: frozenset({Role.CN_RECEIVER, Role.CN_QC, Role.VN_RECEIVER, Role.VN_QC}),
    # Pass, hold, reject: QC or the importer.
    Permission.GOODS_DECIDE: _DESK | {Role.CN_QC, Role.VN_QC},
    # Give goods to an international carrier: whoever works where they leave China (S0-39).
    Permission.GOODS_HAND_OVER: _DESK | {Role.CN_RECEIVER, Role.CN_QC, Role.CN_LOADER},
    # Whoever acts for the account takes note of a shortage: the agent too, in an agent's account (DT-2).
    Permission.NOTICES_SEE: _DESK | {Role.AGENT},
    Permission.HELD_MATCH: _DESK,
    Permission.PEOPLE_MANAGE: frozenset({Role.OWNER, Role.ADMINISTRATOR}),
    Permission.TEAM_MANAGE: frozenset({Role.OWNER}),
    Permission.SITES_MANAGE: frozenset({Role.ADMINISTRATOR}),
    Permission.AUDIT_READ: frozenset({Role.OWNER, Role.ADMINISTRATOR}),
    # What counts as an importer's evidence is the importer's own decision.
    Permission.QUARANTINE_RELEASE: frozenset({Role.OWNER}),
    # A lighter plan and the owner of an account are the importer's word, not the warehouse's or the agent's.
    Permission.ACCOUNTS_CONFIRM: _DESK,
    Permission.DOCUMENTS_FILE: _DESK,
    Permission.PLANS_DECIDE: _DESK,
    # What is written to a supplier binds the importer.
    Permission.MESSAGES_SEND: _DESK,
    # Domain.md section 11: the importer's owner alone edits the policy.
    Permission.POLICY_EDIT: frozenset({Role.OWNER}),
    Permission.CLAIMS_READ: _READERS,
    Permission.CLAIMS_MANAGE: _DESK,
    # DT-2: in an agent's account only the agent may file; what it states is a step of the claim.
    Permission.CLAIMS_FILE: _DESK | {Role.AGENT},
    # Waive a gate: importer only.
    Permission.GATES_WAIVE: _DESK,
    Permission.CASES_EXPORT: _DESK,
    Permission.SHARES_MANAGE: _DESK,
    Permission.RECORDS_SEND: _DEVICE,
    Permission.FILES_SEND: _DEVICE,
    Permission.SNAPSHOT_READ: _DEVICE,
    Permission.SHIFT_START: _DEVICE,
    Permission.KEY_CHANGE: _DEVICE,
}


def may(roles: Collection[Role], permission: Permission) -> bool:
    """Whether any of the roles holds the permission."""
    return not GRANTED.get(permission, frozenset()).isdisjoint(roles)


def ordered(roles: Collection[Role]) -> list[Role]:
    """The roles in the order of ``Role``, as screens list them."""
    return [role for role in Role if role in roles]


def may_run_site(roles: Collection[Role], organisation_id: str, served: Collection[str]) -> bool:
    """Workers and phones of a site: its administrator, or the owner of the only organisation that it serves.

    At a shared site one importer's owner must not stop another importer's shift.
    """
    if not may(roles, Permission.PEOPLE_MANAGE):
        return False
    return Role.ADMINISTRATOR in roles or set(served) == {organisation_id}


def may_manage_person(roles: Collection[Role], of_person: Collection[Role]) -> bool:
    """Roles, links and leaving of a person: an owner may, unless the person holds more than an owner can hand out.

    Else an owner could make a new password for an administrator, and be one.
    """
    return may(roles, Permission.TEAM_MANAGE) and set(of_person) <= INVITABLE_ROLES | set(roles)
