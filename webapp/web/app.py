"""The Flask application: security headers, access, words, pages and the phone's API."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from functools import cache
from typing import Any

from flask import Flask, Response, url_for
from flask_wtf.csrf import CSRFProtect

from webapp.adapters.catalogues import LANGUAGES
from webapp.domain.quantities import quantity_text
from webapp.locate import static_dir, templates_dir
from webapp.web import access, errors
from webapp.web.api_enrolment import api as enrolment_api
from webapp.web.api_files import api as files_api
from webapp.web.api_records import api as records_api
from webapp.web.api_spec import api as spec_api
from webapp.web.pages_import import pages as import_pages
from webapp.web.pages_orders import pages as order_pages
from webapp.web.pages_people import pages as people_pages
from webapp.web.pages_phone import pages as phone_pages
from webapp.web.pages_sign_in import pages as sign_in_pages
from webapp.web.pages_takes import pages as take_pages
from webapp.web.words import HTML_LANG, instant, language, money, t, zone_name
from webapp.wiring import Services

MAX_FORM_BYTES = 64 * 1024 * 1024

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
        "img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
        "manifest-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), screen-wake-lock=(self), geolocation=()",
}


def create_app(services: Services) -> Flask:
    app = Flask("webapp", static_folder=None, template_folder=str(templates_dir()))
    app.extensions["dockproof"] = services
    app.config.update(
        SECRET_KEY=hashlib.sha256(b"flask-session\n" + services.secret).hexdigest(),
        SESSION_COOKIE_NAME="dockproof_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure_cookies(services),
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    csrf = CSRFProtect(app)
    for api in (records_api, files_api, enrolment_api, spec_api):
        csrf.exempt(api)  # the API takes no cookie
        app.register_blueprint(api)
    for pages in (order_pages, import_pages, take_pages, people_pages, phone_pages, sign_in_pages):
        app.register_blueprint(pages)
    errors.install(app)
    access.install(app)
    app.after_request(_secure)
    _install_words(app)
    return app


def secure_cookies(services: Services) -> bool:
    return (services.settings.public_url or "").startswith("https://")


def _secure(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _install_words(app: Flask) -> None:
    app.jinja_env.globals.update(
        t=t,
        money=money,
        quantity=quantity_text,
        instant=instant,
        zone_name=zone_name,
        languages=LANGUAGES,
        asset=asset,
        principal=access.principal,
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
