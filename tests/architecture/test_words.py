"""Every word shown to people stands in three catalogues, and no word is left over."""

from tests.architecture.catalogue import check_sources, compare, findings


def test_catalogues_are_complete():
    assert findings() == []


def test_differences_between_languages_are_found():
    catalogues = {
        "en": {"a.one": "Parcel {number}", "a.two": "Two", "a.three": " "},
        "vi": {"a.one": "Kiện {so}", "a.three": "Ba"},
    }

    assert list(compare(catalogues)) == [
        "a.one: placeholders differ: en ['number']; vi ['so']",
        "a.three: empty in en",
        "a.two: missing in vi",
    ]


def test_sources_are_held_against_the_catalogue():
    sources = {
        "page.html": "{{ t('board.title') }} {{ t('board.gone', n=1) }}",
        "screen.js": 'html`${t("scan.hint")} ${t(`state.${state}`)}`',
        "verb.py": 'TITLE = "label.title"\nraise Refusal("pin_unknown")',
    }
    keys = {"board.title", "scan.hint", "label.title", "state.open", "error.pin_wrong"}

    assert list(check_sources(keys, sources, ["error.", "size."])) == [
        "page.html: board.gone is in no catalogue",
        "screen.js: t('state.' …) is put together at run time; declare its prefix in DYNAMIC",
        "verb.py: error.pin_unknown is in no catalogue",
        "size.: declared in DYNAMIC, and no key starts with it",
        "state.open: no source asks for it",
    ]
