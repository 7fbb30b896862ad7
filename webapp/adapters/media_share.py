"""A take as a chat can carry it: H.264 and AAC in MP4, the whole length, below a size. Runs in the child process only.

Rather less sharp than cut: what is left out of a take is what the other side will ask about. Only here
a GPL encoder (x264) is used: the PyAV wheel on the importer's machine holds it, we distribute none.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from webapp.adapters.media_facts import MediaFacts, MediaFailed
from webapp.adapters.media_frames import probe
from webapp.adapters.media_remux import AAC_BIT_RATE, MILLISECOND, MP4_OPTIONS, AudioToAac, remux
from webapp.adapters.media_source import PacketReader, audio_of, codec_name, open_source, origin_of, video_of
from webapp.adapters.media_timeline import Tally

_ENCODER = "libx264"
_LEAST_BITS = 24_000
_MOST_BITS = 2_500_000
_ROOM = Fraction(92, 100)
"""Of the size, for sound and picture; the rest is the container's and the encoder's overshoot."""
_TRIES = 4
_STEPS = ((1_100_000, 1280, 25), (450_000, 960, 20), (200_000, 720, 15), (90_000, 480, 10), (0, 320, 5))
"""Bits a second at least, longest side in pixels, pictures a second: sharp enough to read the running count."""


@dataclass(frozen=True)
class _Plan:
    bits: int
    side: int
    rate: int


def share(source: Path, target: Path, most_bytes: int, progress: Path) -> MediaFacts:
    """Writes ``target``; ``progress`` holds percent as text. Raises ``MediaFailed``: ``failed`` when it cannot fit."""
    facts = probe(source)
    if facts.video_codec == "h264" and source.stat().st_size <= most_bytes:
        copied = remux(source, target)
        if target.stat().st_size <= most_bytes:
            return copied
    bits = _bits(facts.duration_ms, _sound_bits(source), most_bytes)
    for _attempt in range(_TRIES):
        if bits < _LEAST_BITS:
            break
        made = _encode(source, target, _plan(bits), facts.duration_ms, progress)
        if target.stat().st_size <= most_bytes:
            return made
        bits = bits * 4 // 5
    raise MediaFailed("failed", f"{facts.duration_ms} ms do not fit into {most_bytes} bytes")


def _sound_bits(source: Path) -> int:
    """Bits a second, as ``AudioToAac`` writes them."""
    with open_source(source) as take:
        audio = audio_of(take)
        return 0 if audio is None else AAC_BIT_RATE * min(2, audio.codec_context.layout.nb_channels)


def _bits(duration_ms: int, sound: int, most_bytes: int) -> int:
    """Bits a second for the picture."""
    whole = most_bytes * 8 * 1000 * _ROOM / max(1, duration_ms)
    return min(_MOST_BITS, int(whole) - sound)


def _plan(bits: int) -> _Plan:
    side, rate = next((side, rate) for least, side, rate in _STEPS if bits >= least)
    return _Plan(bits, side, rate)


class _Picture:
    """Frames, scaled and thinned out, on a clock of milliseconds that only goes forward."""

    def __init__(self, video: VideoStream, output: OutputContainer, plan: _Plan, origin: Fraction) -> None:
        width, height = video.codec_context.width, video.codec_context.height
        scale = min(Fraction(1), Fraction(plan.side, max(width, height)))
        self.size = (_even(width * scale), _even(height * scale))
        options = {
            "preset": "veryfast",
            "profile": "main",
            "maxrate": str(plan.bits * 5 // 4),
            "bufsize": str(plan.bits * 2),
        }
        self.stream = cast(VideoStream, output.add_stream(_ENCODER, rate=plan.rate, options=options))
        self.stream.width, self.stream.height = self.size
        self.stream.pix_fmt = "yuv420p"
        self.stream.bit_rate = plan.bits
        self.stream.codec_context.time_base = MILLISECOND
        self.stream.codec_context.gop_size = 4 * plan.rate
        self.output, self.origin = output, origin
        self.step = 1000 // plan.rate
        self.last: int | None = None
        self.frames = 0

    def write(self, frame: VideoFrame) -> int:
        """Milliseconds of the take that are done."""
        if frame.pts is None or frame.time_base is None:
            return self.last or 0
        at = max(0, round((frame.pts * frame.time_base - self.origin) * 1000))
        if self.last is not None and at < self.last + self.step:
            return self.last
        scaled = frame.reformat(width=self.size[0], height=self.size[1], format="yuv420p")
        scaled.pts, scaled.time_base = at, MILLISECOND
        self.output.mux(self.stream.encode(scaled))
        self.last = at
        self.frames += 1
        return at

    def finish(self) -> None:
        self.output.mux(self.stream.encode(None))


def _even(length: Fraction | int) -> int:
    return max(16, int(length) // 2 * 2)


def _encode(source: Path, target: Path, plan: _Plan, duration_ms: int, progress: Path) -> MediaFacts:
    tally = Tally()
    with open_source(source) as take:
        video, audio = video_of(take), audio_of(take)
        origin = origin_of(video, audio)
        # One thread each: decoder threads take address space from the limit.
        video.codec_context.thread_count = 1
        with av.open(f"file:{target}", "w", format="mp4", options=MP4_OPTIONS) as output:
            picture = _Picture(video, output, plan, origin)
            sound = None if audio is None else AudioToAac(audio, output, origin, tally)
            told = -1
            for packet in _packets(take, video, audio):
                if packet.stream_index != video.index:
                    if sound is not None:
                        sound.accept(packet)
                    continue
                done = _write_frames(packet, picture, tally)
                percent = min(99, done * 100 // max(1, duration_ms))
                if percent > told:
                    told = percent
                    progress.write_text(str(percent), "ascii")
            picture.finish()
            if sound is not None:
                sound.finish()
    if picture.frames == 0:
        raise MediaFailed("not_media", "no frame that decodes")
    return _facts(target, picture, sound, tally)


def _packets(take: InputContainer, video: VideoStream, audio: AudioStream | None) -> PacketReader:
    return PacketReader(take, video) if audio is None else PacketReader(take, video, audio)


def _write_frames(packet: Packet[Any], picture: _Picture, tally: Tally) -> int:
    try:
        frames = packet.decode()
    except av.MemoryError:
        raise
    except (av.FFmpegError, ValueError):
        tally.dropped += 1
        return picture.last or 0
    done = picture.last or 0
    for frame in frames:
        assert isinstance(frame, VideoFrame)
        done = picture.write(frame)
    return done


def _facts(target: Path, picture: _Picture, sound: AudioToAac | None, tally: Tally) -> MediaFacts:
    """As the written file itself states them."""
    with open_source(target) as written:
        video, audio = video_of(written), audio_of(written)
        if written.duration is None:
            raise MediaFailed("failed", "the written file states no duration")
        return MediaFacts(
            duration_ms=round(written.duration * 1000 / av.time_base),
            video_codec=codec_name(video) or "",
            audio_codec=codec_name(audio) if audio else None,
            width=video.codec_context.width,
            height=video.codec_context.height,
            frames=picture.frames,
            dropped=tally.dropped,
            restamped=tally.restamped,
            audio=audio is not None,
            mime="video/mp4",
            start_ms=round(picture.origin * 1000),
            video_ms=picture.last or 0,
            audio_ms=sound.span_ms() if sound else 0,
            video_gap_ms=0,
            notes=tuple(tally.notes),
        )
