"""Stills and plain facts from a take's bytes. Runs in the child process only (`media_process`)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL.Image import Image, Resampling

from webapp.adapters.media_facts import MediaFacts, MediaFailed
from webapp.adapters.media_source import (
    VIDEO_TO_WEBM,
    PacketReader,
    audio_of,
    codec_name,
    is_cut,
    open_source,
    origin_of,
    video_of,
)
from webapp.adapters.media_timeline import Tally, Timeline

MICROSECOND = Fraction(1, 1_000_000)
JPEG_QUALITY = 82


def probe(source: Path) -> MediaFacts:
    """Facts of the file as it is, by reading every packet: live takes state no duration. Decodes nothing."""
    tally = Tally()
    with open_source(source) as take:
        video, audio = video_of(take), audio_of(take)
        origin = origin_of(video, audio)
        lines = {stream.index: Timeline(MICROSECOND, tally) for stream in (video, audio) if stream}
        reader = PacketReader(take, video, audio) if audio else PacketReader(take, video)
        for packet in reader:
            pts = packet.pts if packet.pts is not None else packet.dts
            if packet.size == 0 or pts is None or packet.time_base is None:
                continue
            dts = packet.dts if packet.dts is not None else pts
            base, duration = packet.time_base, packet.duration or 0
            lines[packet.stream_index].stamp(
                round((pts * base - origin) / MICROSECOND),
                round((dts * base - origin) / MICROSECOND),
                round(duration * base / MICROSECOND),
            )
            tally.frames += packet.stream_index == video.index
        if tally.frames == 0:
            raise MediaFailed("not_media", "no frame inside")
        if reader.cut or is_cut(source):
            tally.note("cut")
        picture, sound = lines[video.index], lines[audio.index] if audio else None
        return MediaFacts(
            duration_ms=max(line.end for line in lines.values()) // 1000,
            video_codec=codec_name(video) or "",
            audio_codec=codec_name(audio) if audio else None,
            width=video.codec_context.width,
            height=video.codec_context.height,
            frames=tally.frames,
            dropped=tally.dropped,
            restamped=tally.restamped,
            audio=audio is not None,
            mime=_mime(take, video),
            start_ms=round(origin * 1000),
            video_ms=picture.end // 1000,
            audio_ms=sound.end // 1000 if sound else 0,
            video_gap_ms=picture.longest_gap // 1000,
            notes=tuple(tally.notes),
        )


def _mime(take: InputContainer, video: VideoStream) -> str:
    """Chromium answers `video/webm;codecs=h264` with Matroska: WebM may not hold it."""
    if "matroska" not in take.format.name:
        return "video/mp4"
    return "video/webm" if codec_name(video) in VIDEO_TO_WEBM else "video/x-matroska"


def save_frame(source: Path, target: Path, ms: int, width: int | None, form: Literal["PNG", "JPEG"]) -> None:
    """Write the picture on screen at `ms` after the start; before the first frame the first, after the end the last.

    `width`: at most so many pixels wide, never enlarged. Turned as the file's display matrix says.
    """
    picture = frame_image(source, ms)
    if width is not None and picture.width > width:
        height = max(1, picture.height * width // picture.width)
        picture = picture.resize((width, height), Resampling.LANCZOS)
    picture.save(target, form, **({"quality": JPEG_QUALITY, "optimize": True} if form == "JPEG" else {}))


def frame_image(source: Path, ms: int) -> Image:
    """The picture on screen at `ms`, by seeking; from the start where the file has no index or a wrong one."""
    for seeking in (True, False):
        with open_source(source) as take:
            video = video_of(take)
            at = Fraction(ms, 1000) + origin_of(video, audio_of(take))
            found = _frame_at(take, video, at, seeking)
            if found is not None:
                return found
    raise MediaFailed("not_media", "no frame that decodes")


def _frame_at(take: InputContainer, video: VideoStream, at: Fraction, seeking: bool) -> Image | None:
    """None when nothing decodes, or when the seek landed behind `at` and an earlier frame may exist."""
    # One thread: each decoder thread takes address space from the limit.
    video.codec_context.thread_count = 1
    if seeking:
        try:
            take.seek(round(at * av.time_base), backward=True)
        except av.FFmpegError:
            return None
    best: VideoFrame | None = None
    for frame in _decoded(take, video):
        if frame.pts is None or frame.time_base is None:
            continue
        if frame.pts * frame.time_base > at:
            if best is None and not seeking:
                best = frame
            break
        best = frame
    if best is None:
        return None
    image: Image = best.to_image()  # type: ignore[no-untyped-call]
    return image.rotate(best.rotation, expand=True) if best.rotation else image


def _decoded(take: InputContainer, video: VideoStream) -> Iterator[VideoFrame]:
    for packet in PacketReader(take, video):
        try:
            frames = packet.decode()
        except av.MemoryError:
            raise
        except (av.FFmpegError, ValueError):
            continue
        for frame in frames:
            assert isinstance(frame, VideoFrame)
            yield frame
