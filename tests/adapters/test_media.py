"""Takes from a real MediaRecorder become files that seek, whatever a crash or a stranger did to them."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import pytest
from PIL import Image, ImageChops, ImageStat

import webapp
from tests.fixtures import takes
from webapp.adapters import media
from webapp.adapters.media import Limits, MediaFailed

MIB = 1024 * 1024
KEY_INTERVAL_S = 1.1


def written(folder: Path, content: bytes, name: str = "take.mp4") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def decoded(path: Path) -> tuple[int, float]:
    """(frames that decode, seconds of the last one)."""
    count, last = 0, 0.0
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            count, last = count + 1, frame.time or last
    return count, last


def difference(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L"))).rms)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def test_the_mp4_take_becomes_seekable_with_aac_and_the_index_in_front(tmp_path: Path) -> None:
    target = tmp_path / "seekable.mp4"
    facts = media.remux_seekable(takes.CHROMIUM_MP4, target)
    assert (facts.mime, facts.video_codec, facts.audio_codec) == ("video/mp4", "h264", "aac")
    assert (facts.width, facts.height, facts.audio) == (640, 360, True)
    assert facts.duration_ms == 8014
    assert (facts.frames, facts.dropped, facts.restamped) == (160, 0, 0)
    assert facts.notes == ("audio_encoded",)
    names = [name for name, _offset, _length in takes.boxes(target.read_bytes())]
    assert names.index("moov") < names.index("mdat")
    assert "moof" not in names
    with av.open(str(target)) as container:
        container.seek(5 * av.time_base)
        frame = next(container.decode(video=0))
        assert frame.time is not None
        assert 5 - KEY_INTERVAL_S <= frame.time <= 5


def test_the_webm_take_gets_a_duration_and_cues_and_keeps_its_sound(tmp_path: Path) -> None:
    target = tmp_path / "seekable.webm"
    facts = media.remux_seekable(takes.CHROMIUM_WEBM, target)
    assert (facts.mime, facts.video_codec, facts.audio_codec) == ("video/webm", "vp8", "opus")
    assert facts.duration_ms == 8021
    content = target.read_bytes()
    cues, first_cluster = content.index(b"\x1c\x53\xbb\x6b"), content.index(b"\x1f\x43\xb6\x75")
    assert cues < first_cluster
    assert b"\x1c\x53\xbb\x6b" not in takes.CHROMIUM_WEBM.read_bytes()
    with av.open(str(target)) as container:
        container.seek(5 * av.time_base)
        assert 5 - KEY_INTERVAL_S <= (next(container.decode(video=0)).time or 0) <= 5


def test_pictures_are_copied_not_encoded_anew(tmp_path: Path) -> None:
    target = tmp_path / "seekable.mp4"
    media.remux_seekable(takes.CHROMIUM_MP4, target)
    with av.open(str(takes.CHROMIUM_MP4)) as before, av.open(str(target)) as after:
        old = [bytes(packet) for packet in before.demux(video=0) if packet.size]
        new = [bytes(packet) for packet in after.demux(video=0) if packet.size]
    assert old == new


def test_sound_keeps_its_length_and_its_beeps(tmp_path: Path) -> None:
    target = tmp_path / "seekable.mp4"
    media.remux_seekable(takes.CHROMIUM_MP4, target)

    def loud_at(path: Path) -> list[int]:
        """Tenths of a second in which something is heard."""
        heard = set()
        with av.open(str(path)) as container:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
            for frame in container.decode(audio=0):
                for piece in resampler.resample(frame):
                    samples = memoryview(bytes(piece.planes[0])).cast("h")[: piece.samples]
                    start = float((frame.pts or 0) * (frame.time_base or Fraction(0)))
                    heard |= {
                        int((start + n / 48_000) * 10) for n, level in enumerate(samples) if abs(level) > 2000
                    }
        return sorted(heard)

    before, after = loud_at(takes.CHROMIUM_MP4), loud_at(target)
    assert len(before) >= 4
    assert len(set(before) ^ set(after)) <= len(before) // 4  # a beep may cross into the next tenth


def test_twice_is_the_same_bytes_and_the_original_stays_as_it_was(tmp_path: Path) -> None:
    source = written(tmp_path, takes.CHROMIUM_MP4.read_bytes())
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    one, other = tmp_path / "one.mp4", tmp_path / "other.mp4"
    media.remux_seekable(source, one)
    media.remux_seekable(source, other)
    assert one.read_bytes() == other.read_bytes()
    assert hashlib.sha256(source.read_bytes()).hexdigest() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.mp4", "other.mp4", "take.mp4"]


def test_a_derivative_never_replaces_its_original(tmp_path: Path) -> None:
    source = written(tmp_path, takes.CHROMIUM_MP4.read_bytes())
    with pytest.raises(ValueError, match="original"):
        media.remux_seekable(source, source)


@pytest.mark.parametrize("share", [0.2, 0.41, 0.5, 0.77, 0.93])
@pytest.mark.parametrize("original", [takes.CHROMIUM_MP4, takes.CHROMIUM_WEBM], ids=["mp4", "webm"])
def test_a_take_cut_off_by_a_crash_plays_up_to_the_cut(tmp_path: Path, original: Path, share: float) -> None:
    content = original.read_bytes()
    source = written(tmp_path, content[: int(len(content) * share)], original.name)
    target = tmp_path / "seekable"
    facts = media.remux_seekable(source, target)
    frames, last = decoded(target)
    assert frames == facts.frames > 160 * (share - 0.25)
    assert 0 < last * 1000 <= facts.duration_ms < 8014 * (share + 0.25)


def test_a_take_cut_behind_its_first_fragment_plays_that_much(tmp_path: Path) -> None:
    content = takes.CHROMIUM_MP4.read_bytes()
    second = [offset for name, offset, _length in takes.boxes(content) if name == "moof"][1]
    for cut in (second, second + 3, second + 200):
        facts = media.remux_seekable(written(tmp_path, content[:cut]), tmp_path / "seekable.mp4")
        assert 900 <= facts.duration_ms <= 1200


def test_a_hole_of_zeros_ends_the_take_before_it(tmp_path: Path) -> None:
    content = bytearray(takes.CHROMIUM_MP4.read_bytes())
    fourth = [offset for name, offset, _length in takes.boxes(bytes(content)) if name == "moof"][3]
    content[fourth : fourth + 4096] = bytes(4096)
    facts = media.remux_seekable(written(tmp_path, bytes(content)), tmp_path / "seekable.mp4")
    assert "cut" in facts.notes
    assert 3_000 <= facts.duration_ms <= 3_200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n/etc/passwd\n",
        b"count the cartons\n" * 100,
        bytes(range(256)) * 64,
        b"\x1a\x45\xdf\xa3" + bytes(4096),
        b"\x00\x00\x00\x18ftypisom" + b"\xff" * 4096,
        takes.CHROMIUM_MP4.read_bytes()[: takes.FIRST_SLICE_BYTES],
        takes.CHROMIUM_WEBM.read_bytes()[:100],
    ],
    ids=["empty", "byte", "playlist", "text", "bytes", "ebml", "ftyp", "only-the-header", "webm-header"],
)
def test_what_is_no_take_is_told_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    source = written(tmp_path, content)
    for act in (
        lambda: media.remux_seekable(source, tmp_path / "seekable.mp4"),
        lambda: media.probe(source),
        lambda: media.poster(source),
    ):
        with pytest.raises(MediaFailed) as failure:
            act()
        assert failure.value.code == "not_media"
    assert [path.name for path in tmp_path.iterdir()] == ["take.mp4"]


def test_a_zip_is_no_take(tmp_path: Path) -> None:
    source = tmp_path / "take.mp4"
    with zipfile.ZipFile(source, "w") as archive:
        archive.write(takes.CHROMIUM_MP4, "take.mp4")
    with pytest.raises(MediaFailed) as failure:
        media.probe(source)
    assert failure.value.code == "not_media"


def test_details_of_failures_name_no_path(tmp_path: Path) -> None:
    with pytest.raises(MediaFailed) as failure:
        media.probe(written(tmp_path, b"\x1a\x45\xdf\xa3" + bytes(4096)))
    assert str(tmp_path) not in str(failure.value)


def test_times_that_leap_back_go_on_behind_what_was(tmp_path: Path) -> None:
    source = written(tmp_path, takes.spliced(takes.CHROMIUM_MP4.read_bytes()))
    facts = media.remux_seekable(source, tmp_path / "seekable.mp4")
    assert "time_went_back" in facts.notes
    assert facts.restamped >= 160
    assert facts.frames == 320
    assert 15_800 <= facts.duration_ms <= 16_200
    assert 15_700 <= facts.audio_ms <= facts.duration_ms
    assert decoded(tmp_path / "seekable.mp4")[0] == 320


def test_times_that_step_back_a_little_are_stamped_anew(tmp_path: Path) -> None:
    source = written(tmp_path, takes.moved_fragment(takes.CHROMIUM_MP4.read_bytes(), 3, -9_000))  # 0.3 s
    facts = media.remux_seekable(source, tmp_path / "seekable.mp4")
    assert "time_went_back" in facts.notes
    assert 1 <= facts.restamped <= 10
    assert decoded(tmp_path / "seekable.mp4")[0] == facts.frames == 160


def test_an_honest_gap_stays_and_its_sound_is_silence(tmp_path: Path) -> None:
    content = takes.CHROMIUM_MP4.read_bytes()
    for number in range(3, 8):
        content = takes.moved_fragment(content, number, 60_000, track=1)  # 2 s of 1/30000
        content = takes.moved_fragment(content, number, 96_000, track=2)  # 2 s of 1/48000
    source = written(tmp_path, content)
    facts = media.remux_seekable(source, tmp_path / "seekable.mp4")
    assert "audio_gap_filled" in facts.notes
    assert (facts.restamped, facts.frames) == (0, 160)
    assert 2000 <= facts.video_gap_ms <= 2150
    assert 9_900 <= facts.duration_ms <= 10_100
    assert 9_800 <= facts.audio_ms <= 10_100


def test_a_stamp_of_years_ahead_does_not_make_a_take_of_years(tmp_path: Path) -> None:
    content = takes.CHROMIUM_MP4.read_bytes()
    for track in (1, 2):
        content = takes.moved_fragment(content, 4, 2**45, track)
    facts = media.remux_seekable(written(tmp_path, content), tmp_path / "seekable.mp4")
    assert "time_jumped" in facts.notes
    assert 7_800 <= facts.duration_ms <= 8_200


def test_aac_sound_is_copied(tmp_path: Path) -> None:
    source = takes.make_take(tmp_path / "take.mp4", sound="aac")
    facts = media.remux_seekable(source, tmp_path / "seekable.mp4")
    assert (facts.audio_codec, facts.notes) == ("aac", ())
    with av.open(str(source)) as before, av.open(str(tmp_path / "seekable.mp4")) as after:
        old = [bytes(packet) for packet in before.demux(audio=0) if packet.size]
        new = [bytes(packet) for packet in after.demux(audio=0) if packet.size]
    assert old == new


def test_a_take_without_sound_stays_without(tmp_path: Path) -> None:
    source = takes.make_take(tmp_path / "take.mp4", sound=None)
    facts = media.remux_seekable(source, tmp_path / "seekable.mp4")
    assert (facts.audio, facts.audio_codec, facts.audio_ms) == (False, None, 0)
    assert facts.duration_ms == 2000


def test_a_phone_held_upright_stays_upright(tmp_path: Path) -> None:
    source = written(tmp_path, takes.quarter_turned(takes.make_take(tmp_path / "level.mp4").read_bytes()))
    media.remux_seekable(source, tmp_path / "seekable.mp4")
    for path in (source, tmp_path / "seekable.mp4"):
        still = opened(media.frame_at(path, 0))
        assert still.size == (180, 320)
        assert difference(still, takes.numbered(0).rotate(-90, expand=True)) < 25


@pytest.mark.parametrize("form", ["mp4", "webm"])
def test_the_still_is_the_picture_on_screen_at_that_time(
    tmp_path: Path, form: Literal["mp4", "webm"]
) -> None:
    source = takes.make_take(tmp_path / "take", frames=60, form=form, sound=None)
    target = tmp_path / "seekable"
    media.remux_seekable(source, target)
    for path in (source, target):
        for ms, index in ((0, 0), (49, 0), (51, 1), (1520, 30), (2975, 59), (60_000, 59)):
            still = opened(media.frame_at(path, ms))
            errors = {
                n: difference(still, takes.numbered(n)) for n in range(max(0, index - 2), min(60, index + 3))
            }
            assert min(errors, key=lambda n: errors[n]) == index, (path.name, ms, errors)


def test_a_poster_is_a_small_jpeg(tmp_path: Path) -> None:
    wide = takes.make_take(
        tmp_path / "take.mp4", frames=4, sound=None, draw=lambda n: takes.numbered(n).resize((1280, 720))
    )
    poster = opened(media.poster(wide, 50))
    assert (poster.format, poster.size) == ("JPEG", (640, 360))
    assert opened(media.poster(takes.make_take(tmp_path / "small.mp4", frames=4), 0)).size == takes.SIZE


def test_probe_knows_the_true_length_of_a_live_take() -> None:
    facts = media.probe(takes.CHROMIUM_WEBM)
    assert (facts.duration_ms, facts.video_ms, facts.audio_ms) == (8021, 7992, 8021)
    assert (facts.audio_codec, facts.mime, facts.frames) == ("opus", "video/webm", 159)


def test_a_child_past_its_wall_time_is_killed_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(MediaFailed) as failure:
        media.remux_seekable(takes.CHROMIUM_MP4, tmp_path / "seekable.mp4", Limits(wall=0.01))
    assert failure.value.code == "timeout"
    assert list(tmp_path.iterdir()) == []


def test_a_child_past_its_processor_time_is_ended(tmp_path: Path) -> None:
    content = takes.CHROMIUM_MP4.read_bytes()
    for number in range(2, 8):  # nearly ten minutes of silence after each second
        for track, rate in ((1, 30_000), (2, 48_000)):
            content = takes.moved_fragment(content, number, 590 * (number - 1) * rate, track)
    with pytest.raises(MediaFailed) as failure:
        media.remux_seekable(written(tmp_path, content), tmp_path / "seekable.mp4", Limits(cpu=1))
    assert (failure.value.code, failure.value.detail) == ("timeout", "SIGXCPU")
    assert [path.name for path in tmp_path.iterdir()] == ["take.mp4"]


@pytest.mark.parametrize("mib", [40, 80, 120])
def test_a_child_past_its_memory_says_so(tmp_path: Path, mib: int) -> None:
    with pytest.raises(MediaFailed) as failure:
        media.remux_seekable(takes.CHROMIUM_MP4, tmp_path / "seekable.mp4", Limits(memory=mib * MIB))
    assert failure.value.code == "memory"


def test_a_picture_past_the_memory_says_so(tmp_path: Path) -> None:
    large = takes.make_take(
        tmp_path / "take.mp4", frames=2, sound=None, draw=lambda _n: Image.new("RGB", (5120, 2880))
    )
    with pytest.raises(MediaFailed) as failure:
        media.frame_at(large, 0, Limits(memory=180 * MIB))
    assert failure.value.code == "memory"
    assert opened(media.frame_at(large, 0)).size == (5120, 2880)


def test_a_file_past_its_size_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(MediaFailed) as failure:
        media.remux_seekable(takes.CHROMIUM_MP4, tmp_path / "seekable.mp4", Limits(file_size=20_000))
    assert failure.value.code == "failed"
    assert list(tmp_path.iterdir()) == []


def test_folders_with_spaces_and_hanzi_work(tmp_path: Path) -> None:
    folder = tmp_path / "证据 kiểm đếm -x"
    folder.mkdir()
    source = written(folder, takes.CHROMIUM_MP4.read_bytes(), "-take 1%d.mp4")
    assert media.remux_seekable(source, folder / "复制 %d.mp4").frames == 160
    assert sorted(path.name for path in folder.iterdir()) == ["-take 1%d.mp4", "复制 %d.mp4"]


def test_without_pyav_the_child_says_unavailable(tmp_path: Path) -> None:
    (tmp_path / "av.py").write_text("raise ImportError('no av here')")
    command = [sys.executable, "-P", "-m", "webapp.adapters.media_process", "probe", str(takes.CHROMIUM_MP4)]
    limits = ["--memory=2147483648", "--cpu=60", "--file-size=1000000", "--wall=60"]
    path = f"{tmp_path}:{Path(webapp.__file__).parents[1]}"
    child = subprocess.run([*command, *limits], env={"PYTHONPATH": path}, capture_output=True, check=False)
    assert child.returncode == 1
    assert json.loads(child.stdout) == {"failed": {"code": "unavailable", "detail": "no av here"}}


def test_the_calling_process_loads_no_decoder() -> None:
    code = "import sys, webapp.adapters.media; print('av' in sys.modules)"
    root = Path(webapp.__file__).parents[1]
    child = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert child.stdout.strip() == "False"
