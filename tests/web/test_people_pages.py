"""The pages around people, in three languages, with the worst names that people can have."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.instance import Instance, make_instance
from tests.web.test_pages import HOSTILE, KEY, LANGUAGES, MARK, read, spoil
from webapp.adapters.catalogues import catalogue
from webapp.domain.permissions import Role
from webapp.store.schema import Device, Organisation, User
from webapp.store.schema_doors import Invitation, Passkey

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    instance = make_instance(tmp_path_factory.mktemp("spoilt"), NOW)
    spoil(instance)
    with instance.services.database.write() as session:
        for number, user in enumerate(session.scalars(select(User))):
            user.name, user.login = HOSTILE, f"{HOSTILE}{number}"
        for number, organisation in enumerate(session.scalars(select(Organisation))):
            organisation.name, organisation.customer_code = HOSTILE, f"{HOSTILE}{number}"
        an_invitation(session.scalars(select(User)).all()[0], session)
    return instance


def an_invitation(user: User, session: object) -> None:
    session.add_all(  # type: ignore[attr-defined]
        [
            Invitation(
                token_hash="a" * 64,
                organisation_id=user.organisation_id,
                purpose="join",
                roles=frozenset({Role.CLERK}),
                name=HOSTILE,
                made_by="cli",
                made_at=NOW,
                expires_at=NOW.replace(year=2027),
            )
        ]
    )


def pages(instance: Instance, language: str) -> dict[str, TestResponse]:
    """As the first organisation's owner, who is the administrator too."""
    client = instance.client(Role.OWNER, Role.ADMINISTRATOR, language=language)
    csrf = instance.csrf(client)
    with instance.services.database.write() as session:
        me = session.scalars(select(User).order_by(User.created_at.desc(), User.id)).all()
        mine = next(one for one in me if one.name == "Chi")
        mine.name = HOSTILE
        key = session.get(Passkey, f"key-{language}")
        if key is None:
            session.add(
                Passkey(
                    credential_id=f"key-{language}",
                    user_id=mine.id,
                    public_key=b"",
                    sign_count=0,
                    name=HOSTILE,
                    made_at=NOW,
                )
            )
    typed = {"csrf_token": csrf, "name": HOSTILE}
    return {
        "team": client.get("/team"),
        "invited": client.post("/team/invitations", data={**typed, "role": "clerk"}),
        "not invited": client.post("/team/invitations", data={**typed, "role": "king"}),
        "sites": client.get("/sites"),
        "no site": client.post("/sites", data={**typed, "kind": HOSTILE}),
        "audit": client.get("/audit"),
        "audit asked": client.get(
            "/audit", query_string=dict.fromkeys(("group", "person", "since"), HOSTILE)
        ),
        "account": client.get("/account"),
        "wrong password": client.post("/account/password", data={**typed, "current": HOSTILE}),
        "phones": client.get("/phones"),
        "phone": client.get(f"/phones/{a_phone(instance)}"),
        "invitation": invitation(client),
    }


def a_phone(instance: Instance) -> str:
    """Of the first site; another took its place."""
    with instance.services.database.write() as session:
        first, second = session.scalars(select(Device).order_by(Device.enrolled_at, Device.id).limit(2))
        second.in_place_of = first.id
        return first.id


def invitation(client: FlaskClient) -> TestResponse:
    page = client.post(
        "/team/invitations",
        data={"csrf_token": csrf_of(client), "name": HOSTILE, "role": "viewer"},
    ).text
    link = re.search(r'data-link="http://localhost([^"]+)"', page)
    assert link is not None
    return client.get(link.group(1))


def csrf_of(client: FlaskClient) -> str:
    match = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert match is not None
    return match.group(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_stay_names_on_every_page(spoilt: Instance, language: str) -> None:
    met = set()
    for name, answer in pages(spoilt, language).items():
        assert answer.status_code < 500, name
        assert "<script>alert" not in answer.text, name
        seen = read(answer)
        assert ("html", {"lang": LANGUAGES[language]}) in seen.attributes, name
        assert seen.tags.count("h1") == 1 and seen.tags.count("main") == 1, name
        assert "49" not in [text for _, text in seen.texts], name
        assert [text for _, text in seen.texts if KEY.fullmatch(text)] == [], name
        assert [text for _, text in seen.texts if re.search(r"\{[a-z_]+\}", text)] == [], name
        for stack, text in seen.texts:
            if MARK in text:
                met.add(name)
                assert "bdi" in stack or "title" in stack or "\u2068" in text, (name, stack)
        for tag, attributes in seen.attributes:
            assert "style" not in attributes and not [one for one in attributes if one.startswith("on")], tag
        ids = [attributes["id"] for _, attributes in seen.attributes if "id" in attributes]
        assert len(ids) == len(set(ids)), (name, sorted(one for one in ids if ids.count(one) > 1))
    assert met >= {"team", "invited", "sites", "audit", "account", "phones", "phone", "invitation"}


def test_a_viewer_is_offered_nothing_that_is_refused(tmp_path: Path) -> None:
    instance = make_instance(tmp_path, NOW)
    client = instance.client(Role.VIEWER)
    html = client.get("/").text
    words = catalogue("en")
    for word in ("import.nav", "phones.nav"):
        assert f">{words[word]}</a>" not in html
    for path in re.findall(r'<a[^>]+href="(/[^"#?]*)"', html):
        assert client.get(path).status_code == 200, path


def test_every_action_that_the_code_audits_has_a_word() -> None:
    root = Path(__file__).parents[2] / "webapp"
    said = set()
    for path in root.rglob("*.py"):
        text = path.read_text("utf-8")
        if "audit" in text:
            said |= set(re.findall(r'action="([a-z_.]+)"', text))
            said |= set(re.findall(r'_audit\([^)]*?"([a-z_]+\.[a-z_]+)"', text))
    assert len(said) > 25
    for language in LANGUAGES:
        assert [one for one in sorted(said) if f"audit.action.{one}" not in catalogue(language)] == []
