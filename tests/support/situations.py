"""The six situations of a claim as facts: imported orders, signed records, films, papers; nothing is diagnosed here."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.phone import Phone, SignedRecord
from tests.support.situation_parts import (
    ACCOUNTS,
    AGENT,
    EXPIRED,
    FILM_MIME,
    FILM_MS,
    POST,
    SHORT,
    SPLIT,
    TAOBAO,
    Scene,
    copied,
    counted_at_the_end,
    film,
    imported,
    screenshot,
)
from tests.support.world import World, opaque, public_key_of
from webapp.adapters.demo_pictures import carton
from webapp.adapters.secrets import new_id, slow_hash
from webapp.domain.evidence import Span
from webapp.domain.order_columns import EXPORT_1688, TAOBAO_LINES
from webapp.domain.order_sheet import SheetReading
from webapp.domain.permissions import Role
from webapp.locate import fonts_dir
from webapp.store.schema import Device, Order, Site, SiteOrganisation, Worker
from webapp.store.uploads import add_blob
from webapp.usecases import documents, handovers, order_terms, stated_facts
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.demo import PIN
from webapp.usecases.document_filing import Upload
from webapp.usecases.enrolled_devices import add_device
from webapp.usecases.evidence import Item, accept_records
from webapp.usecases.labels import print_labels
from webapp.usecases.orders import import_orders
from webapp.usecases.sessions import Desk
from webapp.wiring import Services


@dataclass
class Situations:
    """Lays facts on a home as they would have come, at their own times before ``now``."""

    services: Services
    owner: Desk
    now: datetime
    china: World = field(init=False)
    vietnam: World = field(init=False)
    _phones: dict[str, Phone] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.services.database.write() as session:
            roles = frozenset({Role.CN_RECEIVER, Role.CN_QC})
            self.china = self._site(session, "cn_warehouse", "Asia/Shanghai", "cn", roles)
            roles = frozenset({Role.VN_RECEIVER})
            self.vietnam = self._site(session, "vn_warehouse", "Asia/Ho_Chi_Minh", "vn", roles)
        self._phones = {
            "CN": Phone(self.china, "case phone cn"),
            "VN": Phone(self.vietnam, "case phone vn"),
        }

    def _site(self, session: Session, kind: str, zone: str, name: str, roles: frozenset[Role]) -> World:
        """A warehouse of its own with one enrolled phone and one receiver, whose PIN is the demo's."""
        at = self.now - timedelta(days=60)
        site = Site(id=new_id(), name=f"Kho {name}", kind=kind, zone=zone, language="vi", created_at=at)
        session.add(site)
        session.flush()
        session.add(SiteOrganisation(site_id=site.id, organisation_id=self.owner.organisation_id))
        worker = Worker(
            id=new_id(),
            site_id=site.id,
            name=f"Lan {name}",
            roles=roles,
            pin_hash=slow_hash(PIN),
            created_at=at,
        )
        session.add(worker)
        phone = f"case phone {name}"
        device = Device(
            id=opaque(phone), site_id=site.id, name=phone, public_key=public_key_of(phone), enrolled_at=at
        )
        add_device(session, device, by="test", now=at)
        return replace(World(), dongguan=site.id, an=worker.id)

    # -- the six -------------------------------------------------------------------------------------------------

    def short_count(self, copy: int = 0) -> Scene:
        """(a) Own account in China: the first line ordered 12, filmed 11; closed parcel photographed and weighed."""
        scene, at = self._order(copied(SHORT, copy), days=6), self._ago(hours=20)
        self._received(scene, at)
        self._film(scene, "CN", at + timedelta(minutes=6), (11, 12))
        return scene

    def defect_at_agent(self, copy: int = 0) -> Scene:
        """(b) Agent's account, in stock 20 h ago with a screenshot; a sample of the first line found 3 that do not
        work, filmed."""
        scene, at = self._order(copied(AGENT, copy), days=6), self._ago(hours=20)
        self._received(scene, at)
        opened = self._film(scene, "CN", at + timedelta(minutes=6), (12, 12))
        phone, said = self._phones["CN"], partial(self._name, scene)
        later = at + timedelta(minutes=20)
        defect = {
            "line": scene.lines[0],
            "draw": opaque(said("draw")),
            "unit": 3,
            "code": "no-power",
            "quantity": 3,
        }
        draw = {"line": scene.lines[0], "lot": 12, "n": 5, "take": opaque(opened)}
        inspected = {"draw": opaque(said("draw")), "inspected": 5, "defective": "0 3 0"}
        about = {"about": opaque(said("defect")), "line": scene.lines[0]}
        self._send(
            "CN",
            [
                phone.say("draw", said("draw"), later, draw),
                phone.say("defect", said("defect"), later + timedelta(minutes=2), defect),
                self._photo(scene, "CN", "broken", "EV-09", later + timedelta(minutes=3), about),
                self._photo(scene, "CN", "inside", "EV-01p", later + timedelta(minutes=4), {}),
                phone.say("inspection", said("inspect"), later + timedelta(minutes=5), inspected),
            ],
            later + timedelta(minutes=6),
        )
        self._film(scene, "CN", later + timedelta(minutes=7), None, slot="EV-06")
        self._platform(scene, "in_stock", at)
        return scene

    def damaged_by_post(self, copy: int = 0) -> Scene:
        """(c) By post to Vietnam 10 h ago, left without a signature, crushed; the carrier's site said so 11 h ago."""
        scene, at = self._order(copied(POST, copy), days=25), self._ago(hours=10)
        self._received(scene, self._ago(days=20))
        phone, said = self._phones["VN"], partial(self._name, scene)
        self._at(scene)
        minute = timedelta(minutes=1)
        self._send(
            "VN",
            [
                phone.say("delivery", said("delivery"), at, {"courier": "absent"}),
                phone.arrival(said("arrival vn"), at + minute),
                phone.say("condition", said("crushed"), at + 2 * minute, {"outer": "crushed"}),
                self._photo(scene, "VN", "slip", "EV-12", at + 3 * minute, {"also": "EV-04"}),
                self._photo(scene, "VN", "outer", "EV-17", at + 4 * minute, {}),
                phone.say("skip", said("weight"), at + 5 * minute, {"step": "weight", "reason": "no-scale"}),
                phone.say("opening", said("opening"), at + 7 * minute),
                self._photo(scene, "VN", "place", "EV-09", at + 9 * minute, {"line": scene.lines[0]}),
                phone.say("skip", said("count"), at + 9 * minute, {"step": "count", "reason": "no-time"}),
                phone.say(
                    "discrepancy",
                    said("damaged"),
                    at + 10 * minute,
                    {"type": "damaged", "line": scene.lines[0], "units": 4},
                ),
            ],
            at + 11 * minute,
        )
        self._state(
            scene.order_no, "carrier_site_delivered", self._ago(hours=11), about=f"parcel:{scene.parcel}"
        )
        return scene

    def split_shortage(self, copy: int = 0) -> Scene:
        """(d) Ordered 12, China filmed 11, given to freight 12 days ago, Vietnam filmed 9 yesterday."""
        scene = self._order(copied(SPLIT, copy), days=20)
        self._received(scene, self._ago(days=14))
        self._film(scene, "CN", self._ago(days=13, hours=20), (11, 12))
        left = handovers.HandoverSaid(
            at=self._ago(days=12), carrier="Bắc Nam Logistics", seals="SZ88123", parcel_ids=[scene.parcel]
        )
        handovers.hand_over(
            self.services.database,
            self.services.rulebook,
            actor=self.owner,
            order_no=scene.order_no,
            said=left,
            now=self.now,
        )
        arrived = self._ago(hours=18)
        self._at(scene)
        self._send("VN", [self._phones["VN"].arrival(self._name(scene, "arrival vn"), arrived)], arrived)
        self._film(scene, "VN", arrived + timedelta(minutes=8), (9, 12))
        return scene

    def changed_mind(self, copy: int = 0) -> Scene:
        """(e) Taobao, received 20 h ago, opened and unused; the no-reason label of 168 h was captured."""
        scene, at = self._order(copied(TAOBAO, copy), days=6), self._ago(hours=20)
        self._received(scene, at)
        self._send(
            "CN",
            [self._photo(scene, "CN", "inside", "EV-01p", at + timedelta(minutes=9), {"also": "EV-11"})],
            at + timedelta(minutes=9),
        )
        order_terms.state(
            self.services.database,
            actor=self.owner,
            order_no=scene.order_no,
            form={
                "category": "ordinary",
                "label_no_reason": "yes",
                "no_reason_hours": "168",
                "unused": "yes",
            },
            now=self.now,
        )
        self.file(scene.order_no, "label_protection", "7 days no reason")
        self._state(scene.order_no, "service_window", at, hours=168)
        return scene

    def expired(self, copy: int = 0) -> Scene:
        """(f) Own account; delivered and received 20 days ago, one missing on film, nobody has filed."""
        scene, at = self._order(copied(EXPIRED, copy), days=26), self._ago(days=20)
        self._received(scene, at)
        self._film(scene, "CN", at + timedelta(minutes=6), (12, 11))
        self._platform(scene, "platform_delivered", at)
        return scene

    # -- what they are made of -----------------------------------------------------------------------------------

    def paper(self, words: str) -> Upload:
        """A screenshot that says ``words``, no two the same."""
        return Upload(io.BytesIO(screenshot(words)), f"{words}.png")

    def file(self, order_no: str, kind: str, words: str, *, dated_on: str | None = None) -> str:
        """Files a paper at the desk; returns the document's id."""
        (document,) = documents.file_many(
            self.services.database,
            self.services.blobs,
            actor=self.owner,
            kind=kind,
            order_nos=[order_no],
            uploads=[self.paper(f"{words} {order_no}")],
            now=self.now,
            dated_on=dated_on,
        )
        return document

    def _state(
        self, order_no: str, kind: str, at: datetime, *, about: str = "", hours: int | None = None
    ) -> None:
        """A dated fact with its screenshot."""
        said = stated_facts.FactSaid(kind, at, about, self.paper(f"{kind} {order_no}"), hours=hours)
        stated_facts.state(
            self.services.database,
            self.services.blobs,
            self.services.rulebook,
            actor=self.owner,
            order_no=order_no,
            said=said,
            now=self.now,
        )

    def _platform(self, scene: Scene, kind: str, at: datetime) -> None:
        """What the platform says of the order, with its screenshot."""
        times = documents.StatedTimes(kind, {scene.order_no: at}, self.paper(f"{kind} {scene.order_no}"))
        documents.state_times(
            self.services.database,
            self.services.blobs,
            self.services.rulebook,
            actor=self.owner,
            said=times,
            now=self.now,
        )

    def _ago(self, *, days: int = 0, hours: int = 0) -> datetime:
        return self.now - timedelta(days=days, hours=hours)

    def _order(self, order_no: str, *, days: int) -> Scene:
        account, owner = ACCOUNTS.get(copied(order_no, 0), ("chi-buyer", "self"))
        account += f"-{order_no[11]}" if owner == "agent" else ""
        layout = TAOBAO_LINES if account == "chi-taobao" else EXPORT_1688
        import_orders(
            self.services.database,
            self.services.rulebook,
            SheetReading((imported(order_no, self._ago(days=days), account),), (), (), layout),
            organisation_id=self.owner.organisation_id,
            account_name=account,
            account_owner=owner,
            actor=f"user:{self.owner.id}",
            now=self._ago(days=days),
        )
        (label,) = print_labels(
            self.services.database,
            organisation_id=self.owner.organisation_id,
            order_nos=[order_no],
            stock="100x150",
            public_url=None,
            fonts_dir=fonts_dir(),
            actor=f"user:{self.owner.id}",
            now=self._ago(days=days),
        )[1]
        with self.services.database.read() as session:
            order = session.scalars(select(Order).where(Order.order_no == order_no)).one()
            first, second = (line.id for line in order.lines)
            return Scene(
                order_no, order.id, order.parcels[0].id, (first, second), label, order.waybills[0].number_raw
            )

    def _at(self, scene: Scene) -> None:
        """What the phones hold in their hands from now on."""
        for phone in self._phones.values():
            phone.world = replace(
                phone.world,
                order=scene.order,
                parcel=scene.parcel,
                label=scene.label,
                red_line=scene.lines[0],
                blue_line=scene.lines[1],
            )

    def _received(self, scene: Scene, at: datetime) -> None:
        """In China: the parcel came, looked intact, was photographed and weighed before it was opened."""
        self._at(scene)
        phone, said = self._phones["CN"], partial(self._name, scene)
        records = [
            phone.arrival(said("arrival"), at),
            phone.say("condition", said("condition"), at + timedelta(minutes=1)),
            self._photo(scene, "CN", "waybill", "EV-12", at + timedelta(minutes=2), {"also": "EV-04"}),
            phone.say("weighing", said("weighing"), at + timedelta(minutes=3)),
            self._photo(scene, "CN", "scale", "EV-16", at + timedelta(minutes=4), {}),
        ]
        self._send("CN", records, at + timedelta(minutes=5))

    def _film(
        self, scene: Scene, where: str, at: datetime, counts: Sequence[int] | None, *, slot: str = "EV-18"
    ) -> str:
        """A whole film at the table; ``counts`` None: of something else than a count. Returns its opening's name."""
        self._at(scene)
        phone = self._phones[where]
        opens, closes = (self._name(scene, f"{word} {where} {slot}") for word in ("o", "c"))
        data = film(f"{scene.order_no} {where} {slot}")
        third = len(data) // 3
        slices = (data[:third], data[third : 2 * third], data[2 * third :])
        said = phone.take_fields(closes, at, opens=opens, slices=slices, counts=counts or (0, 0))
        fields, side = counted_at_the_end(*said)
        assert fields.file is not None
        fields = replace(
            fields,
            slot=slot,
            file=replace(fields.file, mime=FILM_MIME),
            mono=Span(fields.mono.start, fields.mono.start + FILM_MS),
            wall=replace(fields.wall, stop=fields.wall.start + FILM_MS),
            tally=fields.tally if counts else (),
        )
        self._keep(data, FILM_MIME)
        opening = phone.take_open(opens, at, slot=slot)
        self._send(where, [opening, phone.next(fields, side)], at + timedelta(minutes=2))
        return opens

    def _photo(
        self,
        scene: Scene,
        where: str,
        name: str,
        slot: str,
        at: datetime,
        said: Mapping[str, object],
        **changes: Any,
    ) -> SignedRecord:
        data = carton(f"{scene.waybill} {name} {where}", dented=name in ("outer", "place"))
        self._keep(data, "image/jpeg")
        return self._phones[where].photo(
            self._name(scene, f"p {name} {where}"), at, data, slot=slot, said=said, **changes
        )

    def _keep(self, data: bytes, mime: str) -> None:
        """The bytes are here already, as after an upload."""
        stored = self.services.blobs.put_bytes(data)
        with self.services.database.write() as session:
            add_blob(session, sha256=stored.sha256, size=stored.bytes, mime=mime, now=self.now)

    def _name(self, scene: Scene, what: str) -> str:
        """Sixteen characters make an id: the order by two digits of its number."""
        return f"{scene.order_no[11:13]}{what}"[:16]

    def _send(self, where: str, records: Sequence[SignedRecord], now: datetime) -> None:
        phone = self._phones[where]
        receipts = accept_records(
            self.services.database,
            phone.device,
            [Item(one.text, one.signature, dict(one.side)) for one in records],
            now=now,
            on_orders_changed=lambda session, orders: recompute_deadlines(
                session, self.services.rulebook, orders, now=now
            ),
        )
        assert [one.state for one in receipts] == ["accepted"] * len(records), receipts
