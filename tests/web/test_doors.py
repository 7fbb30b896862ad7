"""The desk's doors over HTTP: headers, cookies, tokens of forms, limits, addresses that strangers make up."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.authenticator import Authenticator
from tests.support.instance import FixedClock
from webapp.adapters.secrets import token_hash
from webapp.config import read_settings
from webapp.domain.permissions import Role
from webapp.domain.signatures import decode_base64url
from webapp.store.schema import DeskSession, User
from webapp.usecases import invitations, people, rates, sessions
from webapp.web import limits
from webapp.web.app import create_app
from webapp.wiring import build_services

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PASSWORD = "a long password"
PUBLIC = "https://dock.example"


class House:
    """An instance whose first owner is Chi; nobody is signed in yet."""

    def __init__(self, home: Path, public_url: str | None) -> None:
        environ = {
            "DOCKPROOF_HOME": str(home),
            **({"DOCKPROOF_PUBLIC_URL": public_url} if public_url else {}),
        }
        self.clock = FixedClock(NOW)
        self.services = build_services(read_settings(environ, home), clock=self.clock)
        self.app = create_app(self.services)
        token = people.make_sign_in_link(self.services.database, demo=False, now=NOW)
        assert token is not None
        people.become_first_owner(
            self.services.database,
            token,
            organisation="Chi Import",
            customer_code="CHI",
            name="Chi",
            login="chi",
            password=PASSWORD,
            language="en",
            now=NOW,
        )

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def signed_in(self) -> FlaskClient:
        client = self.browser()
        assert post(client, "/sign-in", login="chi", password=PASSWORD).status_code == 302
        return client


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, None)


@pytest.fixture
def public(tmp_path: Path) -> House:
    return House(tmp_path, PUBLIC)


def csrf(client: FlaskClient, base: str = "http://localhost") -> str:
    match = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in", base_url=base).text)
    assert match is not None
    return match.group(1)


def post(client: FlaskClient, path: str, base: str = "http://localhost", **typed: object) -> TestResponse:
    data = {"csrf_token": csrf(client, base), **typed}
    return client.post(path, data=data, base_url=base, headers={"Referer": f"{base}/sign-in"})


def cookies(answer: TestResponse) -> dict[str, str]:
    return {line.split("=", 1)[0]: line for line in answer.headers.getlist("Set-Cookie")}


def test_every_answer_says_what_is_safe(house: House) -> None:
    client = house.browser()
    for path in ("/sign-in", "/nowhere", "/", "/api/v1/snapshot", "/scan"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers


def test_https_is_insisted_on_only_where_it_is(public: House) -> None:
    headers = public.browser().get("/sign-in").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_cookies_under_https_cannot_be_set_by_a_neighbour(public: House) -> None:
    client = public.browser()
    answer = post(client, "/sign-in", PUBLIC, login="chi", password=PASSWORD)
    assert answer.status_code == 302
    set_now = cookies(answer)
    line = set_now["__Host-dockproof_session"]
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in line
    assert "Domain" not in line
    assert client.get("/account", base_url=PUBLIC).status_code == 200
    # The name without the prefix, which a neighbour could set, is not read.
    stranger = public.browser()
    token = line.split("=", 1)[1].split(";")[0]
    stranger.set_cookie("dockproof_session", token, domain="dock.example")
    assert stranger.get("/account", base_url=PUBLIC).status_code == 302


def test_a_sign_in_makes_a_new_session_and_a_new_form_token(house: House) -> None:
    client = house.browser()
    before = csrf(client)
    first = cookies(post(client, "/sign-in", login="chi", password=PASSWORD))["dockproof_session"]
    old = first.split("=", 1)[1].split(";")[0]
    answer = client.post("/account/sessions/end-all", data={"csrf_token": before})
    assert answer.status_code == 400  # the token from before the sign-in is void
    second = cookies(post(client, "/sign-in", login="chi", password=PASSWORD))["dockproof_session"]
    assert second != first
    assert sessions.session_user(house.services.database, old, now=NOW) is None


def test_forms_need_their_token_and_the_api_no_cookie(house: House) -> None:
    client = house.signed_in()
    for path in (
        "/team/invitations",
        "/account/password",
        "/account/passkeys/options",
        "/sites",
        "/language",
    ):
        assert client.post(path, data={}).status_code == 400, path
    # A device's request is authenticated by its signature; a cookie neither helps nor hurts.
    assert client.post("/api/v1/sessions").status_code == 200
    assert client.post("/api/v1/records", json={}).status_code == 401


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/%0d%0aSet-Cookie:x=1\r\nX: y",
        " //evil.example",
    ],
)
def test_no_redirect_leaves_our_house(house: House, target: str) -> None:
    client = house.browser()
    answer = client.post(
        "/sign-in",
        query_string={"next": target},
        data={"csrf_token": csrf(client), "login": "chi", "password": PASSWORD},
    )
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/begin"
    language = post(client, "/language", next=target, language="vi")
    assert language.headers["Location"] == "/begin"
    for response in (answer, language):
        assert "evil" not in str(response.headers).replace(target, "") and "X" not in response.headers


def test_a_path_of_our_own_is_gone_back_to(house: House) -> None:
    client = house.browser()
    refused = client.get("/orders/1?x=1")
    assert refused.headers["Location"] == "/sign-in?next=/orders/1?x%3D1"
    answer = client.post(
        "/sign-in",
        query_string={"next": "/team"},
        data={"csrf_token": csrf(client), "login": "chi", "password": PASSWORD},
    )
    assert answer.headers["Location"] == "/team"


@pytest.mark.parametrize("host", ["evil.example/x", "a b", "dock<script>", "dock.example@evil", "", "x:y"])
def test_a_host_that_is_no_host_is_refused(house: House, host: str) -> None:
    assert house.browser().get("/sign-in", headers={"Host": host}).status_code == 400


def test_links_name_the_configured_address_whatever_the_request_says(public: House) -> None:
    client = public.browser()
    post(client, "/sign-in", PUBLIC, login="chi", password=PASSWORD)
    answer = client.post(
        "/team/invitations",
        base_url=PUBLIC,
        data={"csrf_token": csrf(client, PUBLIC), "name": "An", "role": "clerk"},
        headers={"Referer": f"{PUBLIC}/team", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil"},
    )
    link = re.search(r'data-link="([^"]+)"', answer.text)
    assert link is not None and link.group(1).startswith(f"{PUBLIC}/invitation/")
    assert "evil" not in answer.text


def test_opening_an_invitation_consumes_nothing_and_ends_with_its_use(house: House) -> None:
    owner = house.signed_in()
    answer = post(owner, "/team/invitations", name="An <b>", role="viewer")
    link = re.search(r'data-link="http://localhost([^"]+)"', answer.text)
    assert link is not None
    path, guest = link.group(1), house.browser()
    for _ in range(3):
        assert guest.get(path).status_code == 200
    assert guest.head(path).status_code == 200
    refused = post(guest, path, name="An", login="an", password="short")
    assert (refused.status_code, guest.get(path).status_code) == (400, 200)
    assert post(guest, path, name="An", login="an", password=PASSWORD).headers["Location"] == "/account"
    assert guest.get(path).status_code == 404
    assert guest.get("/team").status_code == 403
    assert guest.get("/").status_code == 200


def test_too_many_tries_say_when_to_come_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "SIGN_IN", rates.Limit(2, timedelta(minutes=15)))
    client = house.browser()
    for expected in (403, 403, 429):
        answer = post(client, "/sign-in", login="nobody", password="guess")
        assert answer.status_code == expected
    assert answer.headers["Retry-After"] == "900"
    assert "15" in answer.text and "error." not in answer.text
    house.clock.pass_time(minutes=15)
    assert post(client, "/sign-in", login="nobody", password="guess").status_code == 403


def test_a_signed_in_person_changes_only_so_much_a_minute(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = house.signed_in()
    monkeypatch.setattr(limits, "DESK_CHANGES", rates.Limit(2, timedelta(minutes=1)))
    for expected in (302, 302, 429):
        answer = post(client, "/language", language="vi")
        assert answer.status_code == expected
    assert answer.headers["Retry-After"] == "60"
    assert client.get("/account").status_code == 200


def test_a_language_is_kept_with_the_person(house: House) -> None:
    client = house.signed_in()
    post(client, "/language", language="vi", next="/account")
    elsewhere = house.signed_in()
    elsewhere.set_cookie("dockproof_language", "zh_CN")
    assert 'lang="vi"' in elsewhere.get("/account").text
    post(elsewhere, "/sign-out")
    assert 'lang="zh-CN"' in elsewhere.get("/sign-in").text
    post(client, "/language", language="../../etc", next="/account")
    assert 'lang="vi"' in client.get("/account").text


def test_a_click_after_sign_out_everywhere_leads_to_the_sign_in(house: House) -> None:
    one, other = house.signed_in(), house.signed_in()
    assert post(one, "/account/sessions/end-all").headers["Location"] == "/sign-in"
    for client in (one, other):
        assert client.get("/team").headers["Location"] == "/sign-in?next=/team"


def test_who_has_no_page_of_orders_begins_elsewhere(house: House) -> None:
    with house.services.database.write() as session:
        session.query(User).one().roles = frozenset({Role.ADMINISTRATOR})
    client = house.signed_in()
    assert client.get("/begin").headers["Location"] == "/phones"
    assert client.get("/").status_code == 403
    assert 'href="/phones"' in client.get("/account").text


def test_a_session_of_a_role_that_is_not_the_desks_opens_nothing(house: House) -> None:
    client = house.signed_in()
    with house.services.database.write() as session:
        session.query(User).one().roles = frozenset({Role.CN_QC})
    assert client.get("/").status_code == 302


def test_only_hashes_of_tokens_are_kept(house: House) -> None:
    client = house.signed_in()
    token = client.get_cookie("dockproof_session")
    assert token is not None
    with house.services.database.read() as session:
        kept = {row.token_hash for row in session.query(DeskSession)}
    assert token_hash(token.value) in kept and token.value not in kept


def passkey_call(client: FlaskClient, path: str, base: str, body: str = "", **query: str) -> TestResponse:
    return client.post(
        path,
        base_url=base,
        query_string=query,
        data=body,
        content_type="application/json",
        headers={
            "Accept": "application/json",
            "X-CSRFToken": csrf(client, base),
            "Referer": f"{base}/account",
        },
    )


@pytest.mark.parametrize(
    "public_url, base, rp_id",
    [(None, "http://localhost:8000", "localhost"), (PUBLIC, PUBLIC, "dock.example")],
)
def test_a_passkey_works_at_localhost_and_at_the_public_name(
    tmp_path: Path, public_url: str | None, base: str, rp_id: str
) -> None:
    house = House(tmp_path, public_url)
    client, device = house.browser(), Authenticator(rp_id, base)
    post(client, "/sign-in", base, login="chi", password=PASSWORD)
    options = passkey_call(client, "/account/passkeys/options", base).json
    assert options is not None and options["rp"]["id"] == rp_id
    assert options["authenticatorSelection"]["userVerification"] == "required"
    answer = device.create(decode_base64url(options["challenge"]))
    assert passkey_call(client, "/account/passkeys", base, answer, name="laptop").status_code == 200
    # Once asked, once answered: the cookie no longer knows the challenge.
    assert passkey_call(client, "/account/passkeys", base, answer).status_code == 403
    assert "laptop" in client.get("/account", base_url=base).text
    fresh = house.browser()
    wanted = passkey_call(fresh, "/sign-in/passkey/options", base).json
    assert wanted is not None and not wanted.get("allowCredentials")
    entered = passkey_call(
        fresh,
        "/sign-in/passkey",
        base,
        device.get(decode_base64url(wanted["challenge"])),
        next="//evil.example",
    )
    assert (entered.status_code, entered.json) == (200, {"next": "/begin"})
    assert fresh.get("/account", base_url=base).status_code == 200


def test_an_address_has_no_passkeys_and_says_why(house: House) -> None:
    base = "https://192.168.1.5:8000"
    refused = passkey_call(house.browser(), "/sign-in/passkey/options", base)
    assert refused.status_code == 400
    assert refused.json is not None and "localhost" in refused.json["problem"]


def test_a_challenge_for_signing_in_adds_no_passkey(house: House) -> None:
    base = "http://localhost"
    client, device = house.signed_in(), Authenticator("localhost", base)
    options = passkey_call(client, "/sign-in/passkey/options", base).json
    assert options is not None
    answer = device.create(decode_base64url(options["challenge"]))
    assert passkey_call(client, "/account/passkeys", base, answer).status_code == 403


def test_a_reset_link_signs_in_and_says_whose_it_is(house: House) -> None:
    with house.services.database.write() as session:
        chi = session.query(User).one()
        token = invitations.make_reset_link(session, user=chi, actor="cli", now=NOW)
    guest = house.browser()
    assert 'value="chi"' in guest.get(f"/invitation/{token}").text
    assert post(guest, f"/invitation/{token}", password="another long one").headers["Location"] == "/account"
    assert guest.get("/account").status_code == 200
