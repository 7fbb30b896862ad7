"""The page of one order, which many steps come back to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.adapters import label_sheets
from webapp.adapters.catalogues import translate
from webapp.domain.clock_facts import MET_BY, STARTS
from webapp.domain.line_facts import grams_text
from webapp.domain.measurement import Deviation, Quantity, deviation
from webapp.domain.order_clocks import OrderClock
from webapp.domain.phrases import GROUPS
from webapp.domain.receiving_plan import DEPTHS, Plan
from webapp.domain.record_kinds import LEVELS
from webapp.domain.refusals import Refusal
from webapp.domain.sampling import AQLS, LARGEST_LOT
from webapp.domain.verdicts import qc_open
from webapp.store.schema import OrderLine
from webapp.usecases import board as reading
from webapp.usecases import claim_views, clock_panel, job_links, notices, papers
from webapp.usecases.board import CountedLine
from webapp.usecases.order_setup import OrderSetup, order_setup
from webapp.usecases.receiving_record import receiving_record
from webapp.usecases.sample_views import Miss, what_it_misses
from webapp.usecases.stated_facts import OFFERED
from webapp.web import errors
from webapp.web.access import desk
from webapp.web.services import services

SAMPLING_CHOICES: Final = {"levels": ("II", "I", "III", *LEVELS[:4]), "aqls": AQLS}
"""As forms offer them, the usual level first."""

MET_KINDS: Final = {rule: kind for kind, rule in MET_BY.items() if kind in OFFERED}
"""Rule → what people state to show that it was done."""

FACT_KINDS: Final = {
    "starts": [kind for kind in OFFERED if kind in STARTS],
    "done": [kind for kind in OFFERED if kind in MET_BY],
}


def order_page(order_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The order, with why the last step was refused. Raises ``order_unknown``."""
    now = services().clock.now()
    organisation = desk().organisation_id
    view = reading.order_view(services().database, organisation_id=organisation, order_no=order_no, now=now)
    setup = order_setup(services().database, organisation_id=organisation, order_no=order_no)
    order = view.row.order
    page = render_template(
        "orders/order.html",
        view=view,
        setup=setup,
        record=receiving_record(services().database, organisation_id=organisation, order_no=order_no),
        notices=notices.unseen(services().database, organisation_id=organisation, order_id=order.id),
        qc_open=qc_open(
            received=order.received_at is not None,
            state=order.state,
            verdict=order.verdict,
            trade_closed=view.row.closed,
        ),
        order_claims=claim_views.claims_of_order(
            services().database, organisation_id=organisation, order_id=order.id
        ),
        samples=planned_samples(view.row.lines, setup.plan),
        sampling=SAMPLING_CHOICES,
        deviation_of=_deviation,
        jobs=job_links.of_parcels(services().database, parcels=view.parcels, now=now),
        completeness=papers.summary(services().database, order_id=order.id, now=now),
        phrase_groups=GROUPS,
        depths=DEPTHS,
        grams=grams_text,
        agent_remark=_agent_remark(setup),
        panel=clock_panel.clock_panel(
            services().database,
            organisation_id=organisation,
            order_no=order_no,
            clocks=view.row.clocks,
            now=now,
        ),
        met_kinds=MET_KINDS,
        fact_kinds=FACT_KINDS,
        about_of=_about_of,
        label_stocks=label_sheets.STOCKS,
        label_warnings=label_sheets.warnings(services().settings.public_url),
        problem=None if refusal is None else errors.sentence(refusal),
        now=now,
    )
    return page, 200 if refusal is None else errors.status_of(refusal)


def planned_samples(lines: Iterable[CountedLine], plan: Plan) -> list[tuple[OrderLine, Miss]]:
    """What the plan's sample of each line can miss; nothing where no sample is asked."""
    if not plan.asks("sample"):
        return []
    found = []
    for item in lines:
        lot = item.count.counted or item.line.quantity_milli // 1000
        if 0 < lot <= LARGEST_LOT and (miss := what_it_misses(lot, plan.sampling.units_of(lot))):
            found.append((item.line, miss))
    return found


def _deviation(said: Mapping[str, str]) -> Deviation:
    listed, measured = (Quantity(int(said[key]), said["unit"]) for key in ("listed", "measured"))
    return deviation(listed, measured)


def _about_of(clock: OrderClock) -> str:
    """The subject as the form of dated facts offers it; a submission's facts are its claim's."""
    if clock.claim_id:
        return f"claim:{clock.claim_id}"
    return ":".join(clock.subject) if clock.subject[0] == "parcel" else ""


def back_to_order(order_no: str, anchor: str) -> ResponseReturnValue:
    return redirect(url_for("orders.show", order_no=order_no) + f"#{anchor}")


def _agent_remark(setup: OrderSetup) -> str:
    """The checks in Chinese, for the remark of an order placed through an agent (S2-17)."""
    return "；".join(
        translate("zh_CN", f"phrase.{one.phrase}") if one.phrase else one.free_text for one in setup.checks
    )
