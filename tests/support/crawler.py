"""Walks the desk as a browser would: follows links, reads forms, notices elements that nobody meant to be there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TEXT_TYPES = {
    "text",
    "search",
    "email",
    "url",
    "tel",
    "password",
    "number",
    "date",
    "datetime-local",
    "time",
    "",
}


@dataclass
class Field:
    name: str
    kind: str
    value: str
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    action: str
    method: str
    multipart: bool
    fields: list[Field] = field(default_factory=list)

    @property
    def writable(self) -> list[Field]:
        return [row for row in self.fields if row.kind in TEXT_TYPES or row.kind == "textarea"]


@dataclass
class Page(HTMLParser):
    """What a browser would make of a page, as far as links, forms, elements and attributes go."""

    path: str
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._form: Form | None = None
        self._select: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append((tag, values))
        if tag == "a":
            self.links.append(values.get("href", ""))
        elif tag == "form":
            multipart = values.get("enctype", "") == "multipart/form-data"
            self._form = Form(values.get("action") or self.path, values.get("method", "get"), multipart)
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, values)

    def _field(self, tag: str, values: dict[str, str]) -> None:
        assert self._form is not None
        name = values.get("name", "")
        if tag == "option" and self._select is not None:
            self._select.options.append(values.get("value", ""))
        elif name and tag in ("input", "textarea", "select", "button"):
            kind = values.get("type", "").lower() if tag == "input" else tag
            made = Field(name, kind, values.get("value", ""))
            self._form.fields.append(made)
            self._select = made if tag == "select" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None


def read(path: str, answer: TestResponse) -> Page:
    page = Page(path)
    page.feed(answer.text)
    return page


def crawl(client: FlaskClient, *starts: str, most: int = 150) -> Iterator[tuple[str, TestResponse]]:
    """Every page that links lead to; ids in paths stand for one another, and each kind of page comes three times."""
    waiting, seen = list(starts), set(starts)
    kinds: dict[str, int] = {}
    while waiting and len(seen) <= most:
        path = waiting.pop(0)
        answer = client.get(path, follow_redirects=True)
        answer.get_data()  # to its end: an export is streamed
        yield path, answer
        if answer.mimetype != "text/html":
            continue
        for link in read(path, answer).links:
            target, _ = urldefrag(link)
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or not target.startswith("/") or target in seen:
                continue
            kind = re.sub(r"[0-9A-Za-z_-]*[0-9][0-9A-Za-z_-]*", "#", parts.path)
            kinds[kind] = kinds.get(kind, 0) + 1
            if kinds[kind] <= 3:
                seen.add(target)
                waiting.append(target)


def forms(client: FlaskClient, *starts: str) -> Iterator[Form]:
    """Each form that the walk comes by, once: by where it goes and what it asks."""
    seen = set()
    for path, answer in crawl(client, *starts):
        if answer.mimetype != "text/html":
            continue
        for form in read(answer.request.path or path, answer).forms:
            kind = re.sub(r"[0-9a-f]{32}|\d{6,}", "#", form.action)
            key = (kind, tuple(sorted(row.name for row in form.fields)))
            if key not in seen:
                seen.add(key)
                yield form


def submit(client: FlaskClient, form: Form, text: Callable[[Field], str]) -> TestResponse:
    """Every text field gets ``text(field)``; hidden values stay, choices take their last option, files are small."""
    data: dict[str, object] = {}
    for row in form.fields:
        if row.kind in TEXT_TYPES or row.kind == "textarea":
            data[row.name] = text(row)
        elif row.kind == "file":
            data[row.name] = (io.BytesIO(b"\xff\xd8\xff not a picture"), text(row)[:200])
        elif row.kind == "select":
            data[row.name] = row.options[-1] if row.options else ""
        else:
            data[row.name] = row.value
    if form.method.lower() == "post":
        return client.post(form.action, data=data, follow_redirects=True)
    return client.get(form.action, query_string=data, follow_redirects=True)


def cells(answer: TestResponse) -> list[str]:
    """Of a CSV answer."""
    text = answer.get_data().decode("utf-8-sig")
    return [cell for row in csv.reader(io.StringIO(text)) for cell in row]
