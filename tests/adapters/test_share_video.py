"""The copy of a take that a chat can carry: the whole length, with sound, below the size."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.adapters.media import MediaFailed, probe
from webapp.adapters.share_video import percent_done, share_video

FIXTURES = Path(__file__).parents[1] / "fixtures"


def test_vp8_becomes_h264_and_aac_of_the_same_length(tmp_path: Path) -> None:
    source, target = FIXTURES / "take-chromium.webm", tmp_path / "share.mp4"
    facts = share_video(source, target, most_bytes=500_000, progress=tmp_path / "progress")
    assert (facts.video_codec, facts.audio_codec, facts.mime) == ("h264", "aac", "video/mp4")
    assert target.stat().st_size <= 500_000
    written, original = probe(target), probe(source)
    assert abs(written.duration_ms - original.duration_ms) < 100
    assert abs(written.audio_ms - original.audio_ms) < 100
    assert (percent_done(tmp_path / "progress") or 0) > 90


def test_h264_that_fits_is_not_encoded_again(tmp_path: Path) -> None:
    source, target = FIXTURES / "take-chromium.mp4", tmp_path / "share.mp4"
    facts = share_video(source, target, most_bytes=50_000_000, progress=tmp_path / "progress")
    assert facts.frames == probe(source).frames and facts.audio_codec == "aac"
    assert percent_done(tmp_path / "progress") is None


def test_a_film_that_cannot_fit_is_refused_and_never_cut(tmp_path: Path) -> None:
    with pytest.raises(MediaFailed, match="do not fit"):
        share_video(
            FIXTURES / "take-chromium.webm", tmp_path / "s.mp4", most_bytes=20_000, progress=tmp_path / "p"
        )


def test_what_is_no_film_fails_with_its_code(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\x1a\x45\xdf\xa3 nothing")
    with pytest.raises(MediaFailed) as failed:
        share_video(tmp_path / "x", tmp_path / "s.mp4", most_bytes=1_000_000, progress=tmp_path / "p")
    assert failed.value.code == "not_media"


@pytest.mark.parametrize("text", ["", "nonsense", "100", "-1"])
def test_a_word_of_progress_that_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "p").write_text(text)
    assert percent_done(tmp_path / "p") is None
