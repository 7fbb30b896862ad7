"""Derivatives of takes: a seekable copy, stills, facts. The bytes are strangers', so a limited child parses them.

Nothing here changes an original or loads FFmpeg into the calling process. Every function raises `MediaFailed`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

import webapp
from webapp.adapters.media_facts import MediaFacts, MediaFailed

__all__ = [
    "Limits",
    "MediaFacts",
    "MediaFailed",
    "frame_at",
    "poster",
    "probe",
    "remux_seekable",
    "run_limited",
]

MIB = 1024 * 1024
POSTER_WIDTH = 640
ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True)
class Limits:
    """What one child may use: address space and file size in bytes, processor and wall time in seconds."""

    memory: int = 2048 * MIB
    cpu: int = 300
    file_size: int = 256 * MIB
    wall: float = 900

    @classmethod
    def for_take(cls, source: Path) -> Self:
        """Limits that grow with the take, so that an hour of film passes and a small hostile file stays cheap."""
        size = source.stat().st_size
        cpu = 300 + size // MIB  # an hour of sound takes 40 to 90 s on a slow core
        return cls(cpu=cpu, wall=3 * cpu, file_size=2 * size + 256 * MIB)


def remux_seekable(source: Path, target: Path, limits: Limits | None = None) -> MediaFacts:
    """Write a seekable copy of the take to `target`, whole or not at all; facts are those of the copy.

    H.264 and HEVC become MP4 with AAC sound and the index in front, VP8, VP9 and AV1 become WebM with cues; see
    `MediaFacts.mime`. An existing `target` is replaced.
    """
    if target.exists() and target.samefile(source):
        raise ValueError("a derivative may not replace its original")
    part = _part_beside(target)
    try:
        answer = run_limited("remux", source, limits or Limits.for_take(source), ["--target", str(part)])
        facts = _facts(answer)
        _fsync(part)
        part.replace(target)
        _fsync(target.parent)
        return facts
    finally:
        part.unlink(missing_ok=True)


def probe(source: Path, limits: Limits | None = None) -> MediaFacts:
    """Facts of the take as it is: true spans of picture and sound, even where the file states no duration."""
    return _facts(run_limited("probe", source, limits or Limits.for_take(source), []))


def frame_at(source: Path, ms: int, limits: Limits | None = None) -> bytes:
    """PNG of the picture on screen `ms` after the start, in full size; after the end the last picture."""
    return _still(source, ["--ms", str(max(0, ms)), "--form", "PNG"], limits)


def poster(source: Path, ms: int = 0, limits: Limits | None = None) -> bytes:
    """JPEG of the picture at `ms`, at most 640 pixels wide."""
    options = ["--ms", str(max(0, ms)), "--form", "JPEG", "--width", str(POSTER_WIDTH)]
    return _still(source, options, limits)


def run_limited(verb: str, source: Path, limits: Limits, options: list[str]) -> dict[str, Any]:
    """Run one verb of `media_process` under `limits` and return its answer; MediaFailed if there is none.

    The child has its own process group, no standard input and none of our environment (which may hold secrets).
    """
    command = [
        sys.executable,
        "-P",
        "-m",
        "webapp.adapters.media_process",
        verb,
        str(source.resolve()),
        *options,
    ]
    # The child's own alarm is only for a parent that was killed; ours comes first.
    command += [f"--memory={limits.memory}", f"--cpu={limits.cpu}", f"--file-size={limits.file_size}"]
    command += [f"--wall={int(limits.wall) + 5}"]
    environment = {"PYTHONPATH": str(Path(webapp.__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
    if "LD_LIBRARY_PATH" in os.environ:  # some Pythons do not start without it
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    # Files, not pipes: a child gone wrong cannot fill our memory.
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complained,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        try:
            status = child.wait(timeout=limits.wall)
        except subprocess.TimeoutExpired as error:
            raise MediaFailed("timeout", f"not done in {limits.wall} s") from error
        finally:
            _end_group(child)
        return _answer(status, said, complained)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of the child's group, then reap the child."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _answer(status: int, said: IO[bytes], complained: IO[bytes]) -> dict[str, Any]:
    if status in (-signal.SIGXCPU, -signal.SIGALRM):
        raise MediaFailed("timeout", signal.Signals(-status).name)
    if status == -signal.SIGKILL:  # not ours: the kernel's, out of memory
        raise MediaFailed("memory", "killed by the system")
    if status < 0:
        raise MediaFailed("failed", f"ended by signal {-status}")
    said.seek(0)
    lines = said.read(ANSWER_BYTES).decode("utf-8", "replace").splitlines()
    try:
        answer = json.loads(lines[-1])
        failed = answer.get("failed")
    except (IndexError, ValueError, AttributeError) as error:
        complained.seek(0)
        last = complained.read(ANSWER_BYTES).decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise MediaFailed(
            "memory" if "MemoryError" in last else "failed", last[:500] or "no answer"
        ) from error
    if failed is not None:
        raise MediaFailed.from_json(failed)
    return dict(answer)


def _facts(answer: dict[str, Any]) -> MediaFacts:
    try:
        return MediaFacts.from_json(answer["facts"])
    except (KeyError, TypeError) as error:
        raise MediaFailed("failed", "an answer without facts") from error


def _still(source: Path, options: list[str], limits: Limits | None) -> bytes:
    with tempfile.TemporaryDirectory(prefix="dockproof-still-") as folder:
        target = Path(folder) / "still"
        run_limited("frame", source, limits or Limits.for_take(source), ["--target", str(target), *options])
        return target.read_bytes()


def _part_beside(target: Path) -> Path:
    """An empty file in the target's folder, so that the rename stays within one file system."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent.resolve())
    os.close(handle)
    return Path(name)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
