"""Who may do what (domain.md section 11). Deny by default: what is not granted here is refused."""

from __future__ import annotations

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


class Permission(StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    ORDERS_READ = "orders.read"
    ORDERS_IMPORT = "orders.import"
    ORDERS_EDIT = "orders.edit"
    LABELS_PRINT = "labels.print"
    EVIDENCE_VIEW = "evidence.view"
    PEOPLE_MANAGE = "people.manage"
    RECORDS_SEND = "records.send"
    FILES_SEND = "files.send"
    SNAPSHOT_READ = "snapshot.read"
    SHIFT_START = "shift.start"


_DESK = frozenset({Role.OWNER, Role.CLERK})
_DEVICE = frozenset({Role.DEVICE})

GRANTED: dict[Permission, frozenset[Role]] = {
    Permission.PUBLIC: frozenset(Role),
    Permission.SIGNED_IN: DESK_ROLES,
    Permission.ORDERS_READ: _DESK,
    Permission.ORDERS_IMPORT: _DESK,
    Permission.ORDERS_EDIT: _DESK,
    Permission.LABELS_PRINT: _DESK,
    Permission.EVIDENCE_VIEW: _DESK,
    Permission.PEOPLE_MANAGE: frozenset({Role.OWNER, Role.ADMINISTRATOR}),
    Permission.RECORDS_SEND: _DEVICE,
    Permission.FILES_SEND: _DEVICE,
    Permission.SNAPSHOT_READ: _DEVICE,
    Permission.SHIFT_START: _DEVICE,
}


def may(role: Role, permission: Permission) -> bool:
    return role in GRANTED.get(permission, frozenset())
