"""Which logins and passwords are taken."""

from __future__ import annotations

import pytest

from webapp.adapters.common_passwords import common_passwords
from webapp.domain.browsers import browser_note
from webapp.domain.passwords import fold_login, login_problem, password_problem

COMMON = common_passwords()


@pytest.mark.parametrize(
    "password, problem",
    [
        ("short one", "password_too_short"),
        ("x" * 201, "password_too_long"),
        ("chi.nguyen", "password_like_login"),
        ("CHI.NGUYEN1", "password_like_login"),
        ("neyugn.ihc", "password_like_login"),
        ("password123", "password_common"),
        ("PASSWORD123", "password_common"),
        ("basketball2026!", "password_common"),
        ("qwertyuiop", "password_common"),
        ("0987654321", "password_too_simple"),
        ("aaaaaaaaaaaa", "password_too_simple"),
        ("abababababab", "password_too_simple"),
        ("zyxwvutsrq", "password_too_simple"),
        ("ghijklmnop", "password_too_simple"),
        ("a long password", None),
        ("仓库收货点数要录像全程", None),
        ("kho hàng số 7", None),
    ],
)
def test_a_password_that_protects_nothing_is_refused(password: str, problem: str | None) -> None:
    assert password_problem(password, login="chi.nguyen", common=COMMON) == problem


def test_the_list_is_what_its_head_says() -> None:
    assert len(COMMON) > 1000
    assert all(len(one) >= 10 and one == one.casefold() for one in COMMON)


@pytest.mark.parametrize("typed", ["Chi", " chi ", "ＣＨＩ", "CHI\n"])
def test_a_login_is_the_same_however_a_phone_writes_it(typed: str) -> None:
    assert fold_login(typed) == "chi"


@pytest.mark.parametrize("login", ["", "c", "c hi", "chi\u202e", "x" * 61, "chi\x00"])
def test_a_login_that_people_cannot_read_is_refused(login: str) -> None:
    assert login_problem(login) == "login_format"


@pytest.mark.parametrize(
    "agent, note",
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36 MicroMessenger/8",
            "WeChat · Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_two_words(agent: str, note: str) -> None:
    assert browser_note(agent) == note
