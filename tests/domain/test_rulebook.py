"""The shipped profiles are complete, cited and dated as their sources are; a broken file is one clear error."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from webapp.adapters.rulebook_files import RulebookBroken, load_directory, load_profile, load_rulebook
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import PARTIES, Profile, Rule, Rulebook

ROOT = Path(__file__).parents[2]
BOOK = load_rulebook()
WORDS = {
    language: json.loads((ROOT / "webapp" / "words" / f"{language}.json").read_text("utf-8"))
    for language in ("en", "zh_CN", "vi")
}

GOOD = """
[profile]
id = "test-profile"
name = "profile.test"
scope = "agent"
source_title = "Agent Chi's terms"
source_file = "chi.txt"

[[rule]]
id = "R-08"
name = "rule.R-08.name"
kind = "window"
value = 72
unit = "h"
start_event = "package_received_at"
zone = "local"
safe_mode = "due"
severity = "critical"
who = "importer"
towards = "agent"
if_missed = "rule.R-08.missed"
citations = ["S2-21"]
quote = "within 72 hours of package receipt"
"""


def test_fifteen_rules_stand_in_four_profiles() -> None:
    assert [rule.id for rule in BOOK.rules] == [f"R-{n:02}" for n in range(1, 16)]
    assert {profile.id: [rule.id for rule in profile.rules] for profile in BOOK.profiles} == {
        "ordinex-1688-2026-06": ["R-02", "R-03", "R-04", "R-05", "R-06", "R-11", "R-14", "R-15"],
        "agent-1688order": ["R-01", "R-07", "R-08", "R-12"],
        "record-keeping": ["R-09", "R-10"],
        "taobao": ["R-13"],
    }


def test_only_the_dated_source_has_dates() -> None:
    dated = BOOK.profile("ordinex-1688-2026-06")
    assert (dated.source_date, dated.effective_from, dated.undated) == (
        date(2026, 6, 29),
        date(2026, 6, 29),
        False,
    )
    for profile_id in ("taobao", "agent-1688order", "record-keeping"):
        profile = BOOK.profile(profile_id)
        assert profile.undated and profile.effective_from is None


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_each_rule_is_quoted_cited_and_worded(rule: Rule) -> None:
    assert rule.quote is None or len(rule.quote.split()) <= 15
    assert (rule.quote is None) == (rule.id == "R-15"), "only the platform's countdown comes from no seed"
    assert all(re.fullmatch(r"S[0-3]-\d\d|12\.2", fact) for fact in rule.citations)
    for language, words in WORDS.items():
        for key in (rule.name, rule.if_missed, f"party.{rule.who}", f"party.{rule.towards}"):
            assert words.get(key, "").strip(), (language, key)


def test_every_party_and_profile_has_its_word() -> None:
    keys = [f"party.{party}" for party in PARTIES] + [profile.name for profile in BOOK.profiles]
    assert [(language, key) for language, words in WORDS.items() for key in keys if key not in words] == []


def test_no_duration_stands_in_the_code() -> None:
    code = "".join(
        (ROOT / "webapp" / "domain" / name).read_text("utf-8") for name in ("rulebook.py", "deadlines.py")
    )
    assert re.findall(r"(?:hours|days)=\d+", code) == ["hours=1"], "only the next full hour of R-01"


def test_the_platforms_countdown_names_its_own_source() -> None:
    title, day = BOOK.source_of(BOOK.rule("R-15"))
    assert "gmtTimeOut" in title and day is None
    assert BOOK.source_of(BOOK.rule("R-02")) == (
        BOOK.profile("ordinex-1688-2026-06").source_title,
        date(2026, 6, 29),
    )


def test_unknown_names_are_refused() -> None:
    with pytest.raises(Refusal, match="rule_unknown"):
        BOOK.rule("R-16")
    with pytest.raises(Refusal, match="profile_unknown"):
        BOOK.profile("pinduoduo")


def test_a_rule_stands_in_one_profile_only() -> None:
    first = load_profile("a.toml", GOOD.encode())
    second = load_profile("b.toml", GOOD.replace("test-profile", "other-profile").encode())
    assert isinstance(first, Profile)
    with pytest.raises(ValueError, match="rule R-08 stands twice"):
        Rulebook((first, second))


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ("value = 72", "", "value missing"),
        ("value = 72", "value = 0", "above 0"),
        ("value = 72", 'value = "72"', "value has the wrong type"),
        ("value = 72", "value = 72.5", "value has the wrong type"),
        ("value = 72", "value = true", "value has the wrong type"),
        ("value = 72", "value = 72\nvalu = 1", "unknown key 'valu'"),
        ("value = 72", "value = 72\nvalue_from = 1", "value_from"),
        ('unit = "h"', 'unit = "working_day"', "counted in h"),
        ('kind = "window"', 'kind = "hunch"', "kind 'hunch'"),
        ('safe_mode = "due"', 'safe_mode = "hours"', "safe_value missing"),
        ('safe_mode = "due"', 'safe_mode = "hours_before"\nsafe_value = 1', "needs a given end"),
        ('zone = "local"', 'zone = "Asia/Nowhere"', "Asia/Nowhere"),
        ('who = "importer"', 'who = "nobody"', "no known party"),
        ('citations = ["S2-21"]', "citations = []", "cites at least one fact"),
        ('citations = ["S2-21"]', 'citations = ["S9-01"]', "no fact id"),
        ('citations = ["S2-21"]', "citations = [3]", "list of texts"),
        ("within 72 hours of package receipt", "one " * 16, "1 to 15 words"),
        ('source_file = "chi.txt"', "", "source_file is missing"),
        ('source_file = "chi.txt"', 'source_file = "chi.txt"\neffective_from = 2026-01-01', "undated source"),
        (
            'source_file = "chi.txt"',
            'source_file = "chi.txt"\nsource_date = 2026-01-01T00:00:00',
            "wrong type",
        ),
        ('id = "test-profile"', 'id = "Test Profile"', "bad id"),
        ("[profile]", "[profil]", "unknown table"),
        ("[profile]", "[profile", "is broken"),
        ("[[rule]]", "[rule]", "[[rule]]"),
    ],
)
def test_a_broken_file_is_one_clear_error(good: str, bad: str, says: str) -> None:
    assert good in GOOD
    with pytest.raises(RulebookBroken) as broken:
        load_profile("chi.toml", GOOD.replace(good, bad, 1).encode())
    sentence = str(broken.value)
    assert sentence.startswith("chi.toml is broken: ") and says in sentence and "\n" not in sentence


def test_bytes_that_are_no_text_are_a_broken_file() -> None:
    with pytest.raises(RulebookBroken, match=r"chi\.toml is broken"):
        load_profile("chi.toml", b"\xff\xfe")


def test_an_empty_or_missing_directory_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(RulebookBroken, match="holds no profile"):
        load_directory(tmp_path)
    with pytest.raises(RulebookBroken, match="cannot be read"):
        load_directory(tmp_path / "nowhere")


def test_the_importers_own_copy_loads_from_any_directory(tmp_path: Path) -> None:
    (tmp_path / "chi.toml").write_text(GOOD, "utf-8")
    (tmp_path / "notes.txt").write_text("not a profile", "utf-8")
    assert load_directory(tmp_path).rule("R-08").value == 72
