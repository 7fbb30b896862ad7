"""`dockproof user`, `site` and `device` on a real instance."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_commands import command, json_of
from webapp.cli.instance import open_instance
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store.schema import User
from webapp.usecases import invitations, people, sessions

PASSWORD = "a long password"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCKPROOF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOCKPROOF_PUBLIC_URL", "https://dock.example")
    return tmp_path


def join(link: str, login: str) -> str:
    services = open_instance()
    return invitations.accept(
        services.database,
        link.rsplit("/", 1)[1],
        name=login.title(),
        login=login,
        password=PASSWORD,
        language="vi",
        now=services.clock.now(),
    )


def test_a_person_is_added_listed_given_a_link_and_leaves(home: Path) -> None:
    made = json_of("user", "add", "--name", "Chi", "--role", "administrator,owner")
    assert made["link"].startswith("https://dock.example/invitation/")
    assert made["roles"] == ["owner", "administrator"]
    join(made["link"], "chi")
    session = join(json_of("user", "add", "--name", "An", "--role", "clerk")["link"], "an")
    users = json_of("user", "list")["users"]
    assert [(one["login"], one["roles"], one["left"]) for one in users] == [
        ("chi", ["owner", "administrator"], None),
        ("an", ["clerk"], None),
    ]
    reset = json_of("user", "reset-link", "AN")["link"]
    services = open_instance()
    now = services.clock.now()
    assert invitations.link(services.database, reset.rsplit("/", 1)[1], now=now).login == "an"
    assert json_of("user", "leave", "an") == {"left": "an"}
    assert sessions.session_user(services.database, session, now=now) is None
    with pytest.raises(Refusal, match="sign_in_wrong"):
        people.sign_in(services.database, login="an", password=PASSWORD, now=now)


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "leave", "nobody"),
        ("user", "reset-link", "nobody"),
        ("user", "add", "--name", "An", "--role", "king"),
        ("user", "add", "--name", "An", "--role", "cn_qc"),
        ("user", "add", "--name", " ", "--role", "clerk"),
        ("user", "add", "--name", "An", "--role", "owner", "--new-organisation", "Dung"),
        ("user", "list", "--organisation", "NOBODY"),
        ("device", "revoke", "0" * 32),
        ("site", "add", "--name", "CN", "--kind", "cn_warehouse", "--zone", "../etc/passwd"),
        ("site", "serve-organisation", "--site", "nowhere", "--organisation", "NOBODY"),
    ],
)
def test_a_refusal_is_one_sentence(home: Path, arguments: tuple[str, ...]) -> None:
    code, out, err = command(*arguments)
    assert (code, out, err.count("\n")) == (1, "", 1), err
    assert "error." not in err


def test_a_second_organisation_and_a_site_that_serves_both(home: Path) -> None:
    join(json_of("user", "add", "--name", "Chi", "--role", "owner")["link"], "chi")
    first = json_of("site", "list")["sites"][0]["organisations"][0]
    made = json_of(
        *("user", "add", "--name", "Dung", "--role", "owner"),
        *("--new-organisation", "Dung Trading", "--organisation", "DUNG"),
    )
    join(made["link"], "dung")
    with open_instance().database.read() as session:
        owner = session.query(User).filter_by(login="dung").one()
        assert owner.roles == {Role.OWNER}
    json_of("site", "add", "--name", "VN-1", "--kind", "vn_warehouse")
    for code in (first, "DUNG"):
        json_of("site", "serve-organisation", "--site", "VN-1", "--organisation", code)
    listed = {one["name"]: one for one in json_of("site", "list")["sites"]}
    assert sorted(listed["VN-1"]["organisations"]) == sorted([first, "DUNG"])
    assert listed["VN-1"]["zone"] == "Asia/Ho_Chi_Minh"
    json_of("site", "serve-organisation", "--site", "VN-1", "--organisation", first, "--stop")
    listed = {one["name"]: one for one in json_of("site", "list")["sites"]}
    assert listed["VN-1"]["organisations"] == ["DUNG"]
    code, _, err = command("user", "list")
    assert (code, err.count("\n")) == (1, 1)  # several organisations: name one


def test_phones_are_listed_and_shut_out(home: Path) -> None:
    json_of("demo")
    devices = json_of("device", "list")["devices"]
    assert devices and devices[0]["revoked"] is None
    assert json_of("device", "revoke", devices[0]["id"]) == {"revoked": devices[0]["id"]}
    again = {one["id"]: one for one in json_of("device", "list")["devices"]}
    assert again[devices[0]["id"]]["revoked"] is not None


def test_without_json_people_read_lines(home: Path) -> None:
    code, out, _ = command("user", "add", "--name", "Chi", "--role", "owner")
    assert code == 0 and out.startswith("https://dock.example/invitation/") and out.count("\n") == 1
    assert "CN-1" in command("site", "list")[1]


def test_limits_on_films_are_set_shown_and_taken_away(home: Path) -> None:
    json_of("user", "add", "--name", "Chi", "--role", "owner")
    name = json_of("site", "list")["sites"][0]["name"]
    code = json_of("organisation", "list")["organisations"][0]["customer_code"]
    assert json_of("organisation", "quota", "--stored", "500GB")["limit_bytes"] == 500 * 10**9
    set_both = json_of("site", "quota", "--site", name, "--stored", "2TB", "--phone-day", "40GB")
    assert (set_both["limit_bytes"], set_both["phone_day_bytes"]) == (2 * 10**12, 40 * 10**9)
    # What is not named keeps its limit.
    one = json_of("site", "quota", "--site", name, "--stored", "none")
    assert (one["limit_bytes"], one["phone_day_bytes"]) == (None, 40 * 10**9)
    assert command("organisation", "list")[1].strip().endswith("0 MB of 500 GB")
    assert json_of("organisation", "quota", "--organisation", code, "--stored", "none")["limit_bytes"] is None
    for wrong in ("0GB", "a lot"):
        exit_code, out, err = command("organisation", "quota", "--stored", wrong)
        assert (exit_code, out) == (1, "")
        assert "none for no limit" in err
