"""Opening strangers' video bytes with as little of FFmpeg as a take needs. Runs in the child process only."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from webapp.adapters.media_facts import MediaFailed

EBML = b"\x1a\x45\xdf\xa3"
MP4_BOXES = frozenset({b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"free", b"skip", b"wide", b"sidx"})
VIDEO_TO_MP4 = frozenset({"h264", "hevc"})
VIDEO_TO_WEBM = frozenset({"vp8", "vp9", "av1"})
AUDIO_CODECS = frozenset(
    {
        "aac",
        "opus",
        "vorbis",
        "mp3",
        "flac",
        "alac",
        "amr_nb",
        "amr_wb",
        "pcm_s16le",
        "pcm_s16be",
        "pcm_f32le",
    }
)
MAX_PIXELS = 8192 * 4320
MAX_READ_ERRORS = 100
PRIMING = Fraction(1, 10)
READ_BYTES = 256 * 1024


def demuxer_of(path: Path) -> str:
    """Name of the demuxer for the first bytes. FFmpeg's own guess also opens playlists that name other files."""
    with path.open("rb") as file:
        head = file.read(12)
    if head.startswith(EBML):
        return "matroska"
    if head[4:8] in MP4_BOXES:
        return "mov"
    raise MediaFailed("not_media", "neither MP4 nor WebM" if head else "empty file")


def whole_length(path: Path) -> tuple[int, bool]:
    """(bytes of an MP4 that may be read, True if some are missing or damaged behind them).

    FFmpeg refuses a whole fragmented file when a crash cut it inside a `moof`; a cut `mdat` it reads as far as it goes.
    """
    size, offset = path.stat().st_size, 0
    with path.open("rb") as file:
        while offset < size:
            file.seek(offset)
            head = file.read(16)
            length, name = int.from_bytes(head[:4], "big"), head[4:8]
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            elif length == 0:  # up to the end of the file
                length = size - offset
            if len(head) < 8 or length < 8 or not all(0x20 <= letter < 0x7F for letter in name):
                return offset, True
            if offset + length > size:
                return (size if name == b"mdat" else offset), True
            offset += length
    return size, False


class Prefix:
    """The first `length` bytes of a file, as the file object that PyAV reads: FFmpeg itself opens nothing."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self.file, self.length = file, length

    def read(self, size: int) -> bytes:
        return self.file.read(max(0, min(size, self.length - self.file.tell())))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_END:
            return self.file.seek(self.length + offset)
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()


@contextlib.contextmanager
def open_source(path: Path) -> Iterator[InputContainer]:
    """Open `path` for reading with its demuxer forced and no protocol allowed; ``not_media`` if that fails."""
    demuxer = demuxer_of(path)
    length, _cut = whole_length(path) if demuxer == "mov" else (path.stat().st_size, False)
    with path.open("rb") as file:
        try:
            container = av.open(
                Prefix(file, length),
                "r",
                format=demuxer,
                options={"protocol_whitelist": ""},
                # Tags are the stranger's text: undecodable ones must not fail the take.
                metadata_errors="replace",
                buffer_size=READ_BYTES,
            )
        except (av.InvalidDataError, av.EOFError, av.OSError) as error:
            # A header that ends too early reads as EIO; a failing disk raises Python's own OSError instead.
            if isinstance(error, av.OSError) and error.errno != errno.EIO:
                raise
            raise MediaFailed("not_media", error.strerror or "unreadable header") from error
        with container:
            yield container


def is_cut(path: Path) -> bool:
    """True when the file's own box lengths say that bytes are missing. WebM is recorded without lengths."""
    return demuxer_of(path) == "mov" and whole_length(path)[1]


def codec_name(stream: VideoStream | AudioStream) -> str | None:
    """FFmpeg's name of the codec (`av1`, not the decoder `libdav1d`); None when no decoder knows the stream."""
    context: Any = stream.codec_context
    return None if context is None else str(context.codec.canonical_name)


def video_of(container: InputContainer) -> VideoStream:
    """The first stream with a picture that a take may hold; ``not_media`` if there is none."""
    for stream in container.streams.video:
        if codec_name(stream) in VIDEO_TO_MP4 | VIDEO_TO_WEBM:
            if stream.codec_context.width * stream.codec_context.height > MAX_PIXELS:
                raise MediaFailed("failed", "picture too large")
            return stream
    raise MediaFailed("not_media", "no video stream that a take may hold")


def audio_of(container: InputContainer) -> AudioStream | None:
    """The first sound stream that can be carried; None if there is none."""
    for stream in container.streams.audio:
        if codec_name(stream) in AUDIO_CODECS and stream.codec_context.sample_rate > 0:
            return stream
    return None


def origin_of(video: VideoStream, audio: AudioStream | None) -> Fraction:
    """Media time in seconds of the take's start: zero of the derivative and of `ms` in `frame_at`.

    The first picture's time, unless sound starts well before it: an encoder's priming samples are no start.
    """
    start = Fraction(video.start_time or 0) * (video.time_base or 1)
    if audio is not None and audio.start_time is not None and audio.time_base is not None:
        heard = audio.start_time * audio.time_base
        return heard if heard < start - PRIMING else start
    return start


class PacketReader:
    """Packets of some streams in file order, going on behind damage; `cut` tells that there was some."""

    def __init__(self, container: InputContainer, *streams: VideoStream | AudioStream) -> None:
        self.container = container
        self.streams = streams
        self.cut = False

    def __iter__(self) -> Iterator[Packet[Any]]:
        for _attempt in range(MAX_READ_ERRORS):
            try:
                yield from self.container.demux(self.streams)
                return
            except (av.InvalidDataError, av.EOFError):
                self.cut = True
