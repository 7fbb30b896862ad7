"""What the dock recorded of an order, read as discrepancies (DT-1, DT-3, DT-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from webapp.domain import site_kinds
from webapp.domain.claim_types import CLAIM_TYPES
from webapp.domain.measurement import Quantity, deviation
from webapp.domain.responsibility import DamageFacts, Share, damage
from webapp.domain.situation import split_units
from webapp.domain.stickers import shown_text
from webapp.store.schema import OrderLine, Site
from webapp.store.schema_dock import DockFact
from webapp.usecases.diagnosed import Diagnosis, Found
from webapp.usecases.stage_counts import LineStages

WRONG_OUTSIDE: Final = frozenset({"dented", "crushed", "torn", "wet", "opened"})


@dataclass(frozen=True)
class Seen:
    """What the dock recorded, read as discrepancies."""

    of: Diagnosis
    facts: list[DockFact]
    sites: Mapping[str, Site]
    now: datetime

    def counts(self) -> list[Found]:
        return [
            found
            for one in self.of.counted
            for share in one.shortage.shares
            for found in self._split(one.stages, share)
        ]

    def _split(self, stages: LineStages, share: Share) -> list[Found]:
        """DT-1: the missing units of a mixed order fall to A and to B by where its parcels are."""
        type_id = "freight_loss" if share.stage == "transit" else "short_count"
        parcels = [parcel.id for parcel in self.of.order.parcels]
        if share.stage != "CN":
            return [self._share(type_id, stages, share, share.units_milli, parcels)]
        parts = split_units(
            share.units_milli,
            {one: self.of.custody[one] for one in parcels},
            platform=self.of.order.platform,
            authority_end=self.of.switches.authority_end,
            now=self.now,
        )
        return [self._share(type_id, stages, share, part.units_milli, list(part.parcels)) for part in parts]

    def _share(self, type_id: str, stages: LineStages, share: Share, milli: int, parcels: list[str]) -> Found:
        counts = (stages.china, stages.vietnam)
        return Found(
            type_id,
            stages.line,
            None,
            share.stage,
            self.of.situation(parcels, self.now),
            milli,
            share.party,
            share.towards,
            share.reason,
            tuple(take for count in counts if count is not None for take in count.take_ids),
        )

    def stated(self) -> list[Found]:
        """Discrepancies that a receiver stated at the table."""
        counted = {one.stages.line.id for one in self.of.counted if one.stages.china or one.stages.vietnam}
        lines = {line.id: line for line in self.of.order.lines}
        found: dict[str, Found] = {}
        for fact in self.facts:
            if fact.kind != "discrepancy" or (fact.line_id is not None and fact.line_id not in lines):
                continue
            type_id = str(fact.said["type"])
            # A surplus is no claim (DT-3); damage is judged by what the closed parcel looked like.
            if type_id not in CLAIM_TYPES or type_id == "damaged":
                continue
            # A count says it better than a word.
            if type_id == "short_count" and fact.line_id in counted:
                continue
            line = lines.get(fact.line_id or "")
            one = self._fact(type_id, fact, line, "supplier", ("supplier",), "stated_at_table")
            item = self._item_id(fact)
            found[one.key] = replace(one, said={**one.said, "item_id": item}) if item else one
        return list(found.values())

    def _item_id(self, stated: DockFact) -> str:
        """The ID of one received item, as it was read or typed about this statement last (S2-26); empty: none."""
        about = [one for one in self.facts if one.kind == "item-id" and one.said["about"] == stated.id]
        return shown_text(about[-1].said["text"]) if about else ""

    def damaged(self) -> list[Found]:
        """DT-4, one a parcel and place where it was seen."""
        found: dict[str, Found] = {}
        lines = {line.id: line for line in self.of.order.lines}
        for fact in self.facts:
            bad = fact.kind == "condition" and (
                fact.said["outer"] in WRONG_OUTSIDE or fact.said["tape"] == "broken"
            )
            said = fact.kind == "discrepancy" and fact.said["type"] == "damaged"
            if not (bad or said) or fact.parcel_id is None:
                continue
            judged = damage(
                DamageFacts(
                    seen_at="VN" if self._abroad(fact) else "CN",
                    outer_before_opening=self._outside_in_china(fact.parcel_id),
                    # Only what a courier or the post brought has a delivery on record (S2-09).
                    by_post=self._signed_present(fact.parcel_id) is not None,
                    signed_present=self._signed_present(fact.parcel_id),
                )
            )
            one = self._fact(
                "damaged", fact, lines.get(fact.line_id or ""), judged.party, judged.towards, judged.reason
            )
            if one.key not in found or one.units_milli is not None:
                found[one.key] = one
        # What the closed box looked like is the same damage that somebody named the goods of.
        named = {(one.parcel_id, one.stage) for one in found.values() if one.line}
        return [one for one in found.values() if one.line or (one.parcel_id, one.stage) not in named]

    def measured(self) -> list[Found]:
        """A measured deviation that qualifies suggests "not as described" (S1-19)."""
        lines = {line.id: line for line in self.of.order.lines}
        found: dict[str, Found] = {}
        for fact in self.facts:
            if fact.kind != "measurement" or (fact.line_id or "") not in lines:
                continue
            said = fact.said
            listed, measured = (Quantity(int(said[name]), said["unit"]) for name in ("listed", "measured"))
            if deviation(listed, measured).qualifies:
                line = lines[fact.line_id or ""]
                one = self._fact("dimension", fact, line, "supplier", ("supplier",), "measured")
                found[one.key] = one
        return list(found.values())

    def defective(self) -> list[Found]:
        """Defects found in samples and beside them, summed a line, stage and situation (DT-1)."""
        sums: dict[tuple[str, str, str], list[DockFact]] = {}
        lines = {line.id: line for line in self.of.order.lines}
        for fact in self.facts:
            if fact.kind == "defect" and (fact.line_id or "") in lines:
                stage = "VN" if self._abroad(fact) else "CN"
                letter = self.of.of(fact.parcel_id or "", self.now).letter
                sums.setdefault((fact.line_id or "", stage, letter), []).append(fact)
        found = []
        for (line_id, _, _), listed in sums.items():
            units = 1000 * sum(int(fact.said["quantity"]) for fact in listed)
            worst = listed[-1]
            one = self._fact(
                "functional_defect", worst, lines[line_id], "supplier", ("supplier",), "found_in_sample"
            )
            found.append(
                Found(
                    one.type_id,
                    one.line,
                    None,
                    one.stage,
                    one.situation,
                    units,
                    one.party,
                    one.towards,
                    one.reason,
                    tuple(fact.id for fact in listed),
                    one.said,
                )
            )
        return found

    def _fact(
        self,
        type_id: str,
        fact: DockFact,
        line: OrderLine | None,
        party: str,
        towards: tuple[str, ...],
        reason: str,
    ) -> Found:
        units = fact.said.get("units")
        return Found(
            type_id,
            line,
            fact.parcel_id,
            "VN" if self._abroad(fact) else "CN",
            self.of.situation([fact.parcel_id] if fact.parcel_id else [], self.now),
            1000 * int(units) if units not in (None, "") else None,
            party,
            towards,
            reason,
            (fact.id,),
            {key: str(value) for key, value in fact.said.items() if value is not None},
        )

    def _abroad(self, fact: DockFact) -> bool:
        return self.sites[fact.site_id].kind == site_kinds.VN

    def _outside_in_china(self, parcel_id: str) -> Literal["damaged", "intact"] | None:
        """What the closed parcel looked like in China; None: nobody looked (DT-4, S1-22)."""
        seen = [
            fact
            for fact in self.facts
            if fact.kind == "condition" and fact.parcel_id == parcel_id and not self._abroad(fact)
        ]
        if not seen:
            return None
        return "damaged" if any(fact.said["outer"] in WRONG_OUTSIDE for fact in seen) else "intact"

    def _signed_present(self, parcel_id: str) -> bool | None:
        """S2-09: inspected in front of the courier before signing."""
        said = [fact for fact in self.facts if fact.kind == "delivery" and fact.parcel_id == parcel_id]
        return said[-1].said["courier"] == "present" if said else None
