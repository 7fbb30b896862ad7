"""A take's bytes into a file with an index. Runs in the child process only (`media_process`).

Video is copied, never encoded, and sound is encoded with FFmpeg's own `aac` alone: no GPL encoder of the PyAV wheel is
used here.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from webapp.adapters.media_facts import MediaFacts, MediaFailed
from webapp.adapters.media_source import (
    VIDEO_TO_MP4,
    PacketReader,
    audio_of,
    codec_name,
    is_cut,
    open_source,
    origin_of,
    video_of,
)
from webapp.adapters.media_timeline import LEAP_BACK_S, LEAP_FORWARD_S, Tally, Timeline

MILLISECOND = Fraction(1, 1000)
AAC_RATES = frozenset({8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000})
AAC_BLOCK = 1024
AAC_BIT_RATE = 64_000
# Stamps of live recorders jitter by a few tens of milliseconds; only a larger hole is silence.
AUDIO_SLACK_MS = 80
# `bitexact` keeps the build's version out of the file: a job that runs twice writes the same bytes.
MP4_OPTIONS = {"movflags": "+faststart", "fflags": "+bitexact"}
WEBM_OPTIONS = {"cues_to_front": "1", "fflags": "+bitexact"}
WEBM_AUDIO = frozenset({"opus", "vorbis"})


class StreamCopy:
    """Copies one stream's packets with times moved to `origin` and made increasing."""

    def __init__(
        self, template: VideoStream | AudioStream, output: OutputContainer, origin: Fraction, tally: Tally
    ) -> None:
        self.is_video = isinstance(template, VideoStream)
        # Whole milliseconds would make AAC blocks uneven: sound counts in samples.
        self.time_base = MILLISECOND
        if isinstance(template, AudioStream):
            self.time_base = Fraction(1, template.codec_context.sample_rate)
        # opaque: takes the decoder's parameters, so that no encoder need exist for the codec.
        self.stream = output.add_stream_from_template(template, opaque=True)
        self.stream.time_base = self.time_base
        if codec_name(template) == "hevc":
            self.stream.codec_context.codec_tag = "hvc1"  # Apple players refuse the default hev1
        self.output, self.origin, self.tally = output, origin, tally
        self.timeline = Timeline(self.time_base, tally)
        self.started = not self.is_video

    def accept(self, packet: Packet[Any]) -> None:
        if packet.size == 0:
            return  # the demuxer's end mark
        if packet.time_base is None or packet.is_corrupt or (packet.pts is None and packet.dts is None):
            self.tally.dropped += 1
            return
        if not self.started and not packet.is_keyframe:
            self.tally.dropped += 1
            self.tally.note("before_key")
            return
        self.started = True
        pts = packet.pts if packet.pts is not None else packet.dts
        dts = packet.dts if packet.dts is not None else packet.pts
        assert pts is not None and dts is not None
        duration = self._ticks(packet.duration or 0, packet.time_base, Fraction(0))
        ticks = (
            self._ticks(pts, packet.time_base, self.origin),
            self._ticks(dts, packet.time_base, self.origin),
        )
        packet.pts, packet.dts = self.timeline.stamp(*ticks, duration)
        packet.duration = duration
        packet.time_base = self.time_base
        packet.stream = self.stream
        self.output.mux(packet)
        self.tally.frames += self.is_video

    def _ticks(self, value: int, base: Fraction, origin: Fraction) -> int:
        return round((value * base - origin) / self.time_base)

    def finish(self) -> None:
        """Nothing is held back."""

    def span_ms(self) -> int:
        return round(self.timeline.end * self.time_base * 1000)


class AudioToAac:
    """Decodes one sound stream and encodes it as AAC on an unbroken sample clock: holes become silence."""

    def __init__(
        self, template: AudioStream, output: OutputContainer, origin: Fraction, tally: Tally
    ) -> None:
        source = template.codec_context
        self.rate = source.sample_rate if source.sample_rate in AAC_RATES else 48_000
        layout = "mono" if source.layout.nb_channels == 1 else "stereo"
        # The fast coder: an hour of sound in about a minute of processor time, enough for voices and scanner beeps.
        self.stream = output.add_stream(
            "aac",
            rate=self.rate,
            options={"aac_coder": "fast"},
            layout=layout,
            time_base=Fraction(1, self.rate),
        )
        self.stream.bit_rate = AAC_BIT_RATE if layout == "mono" else 2 * AAC_BIT_RATE
        self.decoder = source
        self.resampler = AudioResampler(format="fltp", layout=layout, rate=self.rate)
        self.layout = layout
        self.fifo = AudioFifo()
        self.output, self.origin, self.tally = output, origin, tally
        self.slack = self.rate * AUDIO_SLACK_MS // 1000
        self.shift = 0
        self.written: int | None = None  # sample clock of the next sample into the buffer
        self.encoded = 0  # sample clock of the next sample out of it

    def accept(self, packet: Packet[Any]) -> None:
        if packet.is_corrupt:
            self.tally.dropped += 1
            return
        if packet.is_discard and self.written is not None:
            # FFmpeg discards what it takes for an overlap; only priming at the start is none of the take.
            packet = _kept(packet)
        try:
            frames = self.decoder.decode(packet)
        except (av.FFmpegError, ValueError):
            self.tally.dropped += 1
            self.tally.note("audio_broken")
            return
        for frame in frames:
            if self._placed(frame):
                self._write(frame)

    def _placed(self, frame: AudioFrame) -> bool:
        """Bring the sample clock to the frame's time; False when its time has been filled already."""
        if frame.pts is None or frame.time_base is None:
            self.written = self.written or 0
            return True
        at = round((frame.pts * frame.time_base - self.origin) * self.rate) + self.shift
        if self.written is None:
            self.written = self.encoded = min(max(at, 0), LEAP_FORWARD_S * self.rate)
            self.shift = self.written - at
            return True
        hole = at - self.written
        if hole > LEAP_FORWARD_S * self.rate or hole < -LEAP_BACK_S * self.rate:
            self.tally.note("time_jumped" if hole > 0 else "time_went_back")
            self.tally.restamped += 1
            self.shift -= hole
        elif hole > self.slack:
            self.tally.note("audio_gap_filled")
            self._silence(hole)
        elif hole < -self.slack:
            self.tally.note("time_went_back")
            self.tally.dropped += 1
            return False
        return True

    def _write(self, frame: AudioFrame) -> None:
        try:
            converted = self.resampler.resample(frame)
        except ValueError:  # the stream changed its rate or layout midway
            self.tally.dropped += 1
            self.tally.note("audio_broken")
            return
        for piece in converted:
            self._buffer(piece)

    def _silence(self, samples: int) -> None:
        while samples > 0:
            block = AudioFrame(format="fltp", layout=self.layout, samples=min(samples, AAC_BLOCK))
            block.sample_rate = self.rate
            for plane in block.planes:
                plane.update(bytes(plane.buffer_size))
            self._buffer(block)
            samples -= block.samples

    def _buffer(self, frame: AudioFrame) -> None:
        assert self.written is not None
        frame.pts = None
        frame.time_base = Fraction(1, self.rate)
        self.fifo.write(frame)
        self.written += frame.samples
        self._encode(partial=False)

    def _encode(self, partial: bool) -> None:
        for block in self.fifo.read_many(AAC_BLOCK, partial=partial):
            block.pts = self.encoded
            block.time_base = Fraction(1, self.rate)
            self.encoded += block.samples
            self.output.mux(self.stream.encode(block))

    def finish(self) -> None:
        self._encode(partial=True)
        self.output.mux(self.stream.encode(None))

    def span_ms(self) -> int:
        return self.encoded * 1000 // self.rate


def _kept(packet: Packet[Any]) -> Packet[Any]:
    """The packet without its discard flag, which cannot be taken off."""
    kept: Packet[Any] = Packet(bytes(packet))
    kept.pts, kept.dts, kept.time_base = packet.pts, packet.dts, packet.time_base
    return kept


def audio_writer(
    audio: AudioStream | None, output: OutputContainer, mp4: bool, origin: Fraction, tally: Tally
) -> StreamCopy | AudioToAac | None:
    """Copy what the container may hold, encode the rest for MP4, leave out what WebM cannot carry."""
    if audio is None:
        return None
    if mp4 and codec_name(audio) != "aac":
        tally.note("audio_encoded")
        return AudioToAac(audio, output, origin, tally)
    if not mp4 and codec_name(audio) not in WEBM_AUDIO:
        tally.note("audio_left_out")
        return None
    return StreamCopy(audio, output, origin, tally)


def remux(source: Path, target: Path) -> MediaFacts:
    """Write `target` (MP4 with its index in front, or WebM with cues) from the take at `source`.

    Raises MediaFailed ``not_media`` when no frame could be copied; `target` is then not usable.
    """
    tally = Tally()
    with open_source(source) as take:
        video, audio = video_of(take), audio_of(take)
        origin = origin_of(video, audio)
        if audio is None and take.streams.audio:
            tally.note("audio_left_out")
        mp4 = codec_name(video) in VIDEO_TO_MP4
        options = MP4_OPTIONS if mp4 else WEBM_OPTIONS
        with av.open(f"file:{target}", "w", format="mp4" if mp4 else "webm", options=options) as output:
            picture = StreamCopy(video, output, origin, tally)
            sound = audio_writer(audio, output, mp4, origin, tally)
            reader = (
                PacketReader(take, video)
                if audio is None or sound is None
                else PacketReader(take, video, audio)
            )
            for packet in reader:
                writer = picture if packet.stream_index == video.index else sound
                if writer is not None:
                    writer.accept(packet)
            if tally.frames == 0:
                raise MediaFailed("not_media", "no frame that could be copied")
            if sound is not None:
                sound.finish()
        if reader.cut or is_cut(source):
            tally.note("cut")
        return facts_of_remux(target, "video/mp4" if mp4 else "video/webm", picture, sound, origin)


def facts_of_remux(
    target: Path, mime: str, picture: StreamCopy, sound: StreamCopy | AudioToAac | None, origin: Fraction
) -> MediaFacts:
    """Facts as the written file itself states them when opened anew, with the counts of the remux."""
    tally = picture.tally
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
            frames=tally.frames,
            dropped=tally.dropped,
            restamped=tally.restamped,
            audio=audio is not None,
            mime=mime,
            start_ms=round(origin * 1000),
            video_ms=picture.span_ms(),
            audio_ms=sound.span_ms() if sound else 0,
            video_gap_ms=picture.timeline.longest_gap,
            notes=tuple(tally.notes),
        )
