"""A phone that asks for changes of its snapshot, as `static/src/store/snapshot_rows.js` merges them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.support.dock import Dock
from webapp.adapters.snapshot_states import SnapshotStates
from webapp.usecases.snapshot import snapshot
from webapp.usecases.snapshot_delta import changes


@dataclass
class Holder:
    """What a phone does with the answers. ``told``: orders and parcels that it was sent so far."""

    dock: Dock
    states: SnapshotStates
    token: str = ""
    held: dict[str, Any] = field(default_factory=dict)
    told: int = 0
    device: str = ""
    later: timedelta = timedelta()

    @property
    def asker(self) -> tuple[str, datetime]:
        return self.device or self.dock.world.phone, self.dock.world.start + self.later

    def ask(self, *, most: int | None = None) -> dict[str, Any]:
        device, now = self.asker
        answer = changes(
            self.dock.database, self.states, device_id=device, since=self.token, most=most, now=now
        )
        if answer["since"] is None:
            self.held = {"orders": {}, "parcels": {}}
        for name in ("orders", "parcels"):
            self.held[name] |= {item["id"]: item for item in answer[name]}
            self.told += len(answer[name])
            for gone in answer["gone"][name]:
                del self.held[name][gone]
        rest = {"orders", "parcels", "gone", "since", "token", "more"}
        self.held |= {name: part for name, part in answer.items() if name not in rest}
        self.token = answer["token"] or ""
        return answer

    def whole(self) -> dict[str, Any]:
        device, now = self.asker
        sent = snapshot(self.dock.database, device_id=device, now=now)
        return sent | {name: {item["id"]: item for item in sent[name]} for name in ("orders", "parcels")}
