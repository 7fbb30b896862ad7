"""The Flask application: security headers, access, words, pages and the phone's API."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from functools import cache
from typing import Any

from flask import Flask, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.adapters.catalogues import LANGUAGES
from webapp.domain.quantities import quantity_text
from webapp.domain.urgency import urgency_of
from webapp.locate import static_dir, templates_dir
from webapp.web import access, errors, headers, request_log
from webapp.web.api_enrolment import api as enrolment_api
from webapp.web.api_files import api as files_api
from webapp.web.api_keys import api as keys_api
from webapp.web.api_records import api as records_api
from webapp.web.api_spec import api as spec_api
from webapp.web.cookies import FORM_COOKIE, cookie_name, is_https
from webapp.web.pages_account import pages as own_pages
from webapp.web.pages_accounts import pages as account_pages
from webapp.web.pages_agents import open_pages as agent_door_pages
from webapp.web.pages_agents import pages as agent_pages
from webapp.web.pages_alerts import pages as alert_pages
from webapp.web.pages_audit import pages as audit_pages
from webapp.web.pages_board import pages as board_pages
from webapp.web.pages_case_files import pages as case_file_pages
from webapp.web.pages_claims import pages as claim_pages
from webapp.web.pages_fees import pages as fee_pages
from webapp.web.pages_find import pages as find_pages
from webapp.web.pages_handovers import pages as handover_pages
from webapp.web.pages_held import pages as held_pages
from webapp.web.pages_import import pages as import_pages
from webapp.web.pages_jobs import open_pages as job_pages
from webapp.web.pages_jobs import pages as job_link_pages
from webapp.web.pages_label_corrections import pages as label_correction_pages
from webapp.web.pages_labels import pages as label_pages
from webapp.web.pages_lan import pages as lan_pages
from webapp.web.pages_lines import pages as line_pages
from webapp.web.pages_messages import pages as message_pages
from webapp.web.pages_notices import count_unseen
from webapp.web.pages_notices import pages as notice_pages
from webapp.web.pages_orders import pages as order_pages
from webapp.web.pages_papers import pages as paper_pages
from webapp.web.pages_passkeys import pages as passkey_pages
from webapp.web.pages_people import pages as people_pages
from webapp.web.pages_phone import pages as phone_pages
from webapp.web.pages_photos import pages as photo_pages
from webapp.web.pages_plans import pages as plan_pages
from webapp.web.pages_quarantine import pages as quarantine_pages
from webapp.web.pages_queue_import import pages as queue_import_pages
from webapp.web.pages_reader import pages as reader_pages
from webapp.web.pages_rules import pages as rule_pages
from webapp.web.pages_share_in import pages as share_in_pages
from webapp.web.pages_share_in import target as share_in_target
from webapp.web.pages_shares import pages as share_pages
from webapp.web.pages_sign_in import pages as sign_in_pages
from webapp.web.pages_sites import pages as site_pages
from webapp.web.pages_status import pages as status_pages
from webapp.web.pages_suppliers import pages as supplier_pages
from webapp.web.pages_takes import pages as take_pages
from webapp.web.pages_team import pages as team_pages
from webapp.web.pages_terms import pages as term_pages
from webapp.web.words import HTML_LANG, instant, language, money, t, word_of, zone_name
from webapp.wiring import Services

MAX_FORM_BYTES = 64 * 1024 * 1024

PAGES = (
    order_pages,
    board_pages,
    find_pages,
    import_pages,
    take_pages,
    people_pages,
    quarantine_pages,
    phone_pages,
    sign_in_pages,
    passkey_pages,
    own_pages,
    team_pages,
    site_pages,
    audit_pages,
    status_pages,
    account_pages,
    plan_pages,
    line_pages,
    lan_pages,
    job_link_pages,
    label_pages,
    label_correction_pages,
    notice_pages,
    photo_pages,
    held_pages,
    case_file_pages,
    share_pages,
    agent_pages,
    reader_pages,
    rule_pages,
    fee_pages,
    message_pages,
    paper_pages,
    share_in_pages,
    supplier_pages,
    term_pages,
    alert_pages,
    claim_pages,
    handover_pages,
)
"""The desk's pages; forms on them carry a token."""


def create_app(services: Services) -> Flask:
    app = Flask("webapp", static_folder=None, template_folder=str(templates_dir()))
    app.extensions["dockproof"] = services
    https = is_https(services.settings)
    app.config.update(
        SECRET_KEY=hashlib.sha256(b"flask-session\n" + services.secret).hexdigest(),
        SESSION_COOKIE_NAME=cookie_name(services.settings, FORM_COOKIE),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    # Before the forms' token is looked for: a form of somebody who may not send it is not even read.
    access.install(app)
    csrf = CSRFProtect(app)
    for api in (records_api, files_api, enrolment_api, keys_api, spec_api):
        csrf.exempt(api)  # the API takes no cookie
        app.register_blueprint(api)
    for pages in PAGES:
        app.register_blueprint(pages)
    csrf.exempt(queue_import_pages)  # looks at the token itself, once its large body was let in
    app.register_blueprint(queue_import_pages)
    csrf.exempt(share_in_target)  # keeps nothing and changes nothing
    app.register_blueprint(share_in_target)
    csrf.exempt(job_pages)  # the token in the path is the right, no cookie
    app.register_blueprint(job_pages)
    csrf.exempt(agent_door_pages)  # as above
    app.register_blueprint(agent_door_pages)
    errors.install(app)
    request_log.install(app)
    headers.install(app, https=https)
    _install_words(app)
    if services.settings.trusted_proxy:
        # One proxy in front, which sets these headers itself: a stranger's own would be believed otherwise.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _install_words(app: Flask) -> None:
    app.jinja_env.globals.update(
        t=t,
        word_of=word_of,
        money=money,
        quantity=quantity_text,
        instant=instant,
        zone_name=zone_name,
        languages=LANGUAGES,
        asset=asset,
        principal=access.principal,
        can=access.can,
        home=access.home,
        unseen_notices=count_unseen,
        urgency_of=urgency_of,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def page_context() -> dict[str, Any]:
        return {"language": language(), "html_lang": HTML_LANG[language()]}


@cache
def asset_manifest() -> dict[str, str]:
    text = (static_dir() / "manifest.json").read_text("utf-8")
    manifest: dict[str, str] = json.loads(text)
    return manifest


def asset(name: str) -> str:
    """The URL of a built file by its logical name, e.g. ``desk.css``."""
    return url_for("phone.asset_file", name=asset_manifest()[name].removeprefix("/").removeprefix("assets/"))
