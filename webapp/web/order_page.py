"""The page of one order, which many steps come back to."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.adapters import label_sheets
from webapp.adapters.catalogues import translate
from webapp.domain.line_facts import grams_text
from webapp.domain.phrases import GROUPS
from webapp.domain.receiving_plan import DEPTHS
from webapp.domain.refusals import Refusal
from webapp.usecases import board as reading
from webapp.usecases import job_links
from webapp.usecases.order_setup import OrderSetup, order_setup
from webapp.web import errors
from webapp.web.access import desk
from webapp.web.services import services


def order_page(order_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The order, with why the last step was refused. Raises ``order_unknown``."""
    now = services().clock.now()
    organisation = desk().organisation_id
    view = reading.order_view(
        services().database, services().rulebook, organisation_id=organisation, order_no=order_no, now=now
    )
    setup = order_setup(services().database, organisation_id=organisation, order_no=order_no)
    page = render_template(
        "orders/order.html",
        view=view,
        setup=setup,
        jobs=job_links.of_parcels(services().database, parcels=view.parcels, now=now),
        phrase_groups=GROUPS,
        depths=DEPTHS,
        grams=grams_text,
        agent_remark=_agent_remark(setup),
        rulebook=services().rulebook,
        label_stocks=label_sheets.STOCKS,
        label_warnings=label_sheets.warnings(services().settings.public_url),
        problem=None if refusal is None else errors.sentence(refusal),
        now=now,
    )
    return page, 200 if refusal is None else errors.status_of(refusal)


def back_to_order(order_no: str, anchor: str) -> ResponseReturnValue:
    return redirect(url_for("orders.show", order_no=order_no) + f"#{anchor}")


def _agent_remark(setup: OrderSetup) -> str:
    """The checks in Chinese, for the remark of an order placed through an agent (S2-17)."""
    return "；".join(
        translate("zh_CN", f"phrase.{one.phrase}") if one.phrase else one.free_text for one in setup.checks
    )
