"""The child that parses strangers' video bytes: `python -m webapp.adapters.media_process VERB SOURCE …`.

Limits itself first, then loads FFmpeg, does one thing, prints one JSON line (`{"facts": …}` or `{"failed": …}`) and
ends. Started by `webapp.adapters.media` alone.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import importlib.util
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from webapp.adapters.media_facts import MediaFailed


def limit_self(memory: int, cpu: int, file_size: int, wall: int) -> None:
    """Bytes of address space, processor seconds, bytes a file, seconds of life (outlives a killed parent by that)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # The soft limit's signal comes before the hard limit's SIGKILL, which would read as out of memory.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    signal.alarm(wall)


def work(arguments: argparse.Namespace) -> dict[str, Any]:
    """Do the verb. FFmpeg is loaded here, under the limits, and may be missing."""
    try:
        importlib.import_module("av").logging.set_level(None)
    except ImportError as error:
        # Out of address space while its libraries are mapped is also an ImportError.
        starved = importlib.util.find_spec("av") is not None and "map segment" in str(error)
        raise MediaFailed("memory" if starved else "unavailable", str(error)) from error
    if arguments.verb == "remux":
        remux = importlib.import_module("webapp.adapters.media_remux")
        return {"facts": remux.remux(arguments.source, arguments.target).to_json()}
    if arguments.verb == "share":
        share = importlib.import_module("webapp.adapters.media_share")
        made = share.share(arguments.source, arguments.target, arguments.most, arguments.progress)
        return {"facts": made.to_json()}
    frames = importlib.import_module("webapp.adapters.media_frames")
    if arguments.verb == "probe":
        return {"facts": frames.probe(arguments.source).to_json()}
    frames.save_frame(arguments.source, arguments.target, arguments.ms, arguments.width, arguments.form)
    return {}


def answer(arguments: argparse.Namespace) -> dict[str, Any]:
    """The verb's answer, each kind of failure under its code."""
    try:
        return work(arguments)
    except MediaFailed as failure:
        code, detail = failure.code, failure.detail
    except MemoryError:
        code, detail = "memory", "out of address space"
    except OSError as error:
        # Anything FFmpeg raises with an errno; its text would name paths of this machine.
        code = "memory" if error.errno == errno.ENOMEM else "failed"
        detail = error.strerror or type(error).__name__
    except Exception as error:
        code, detail = "failed", f"{type(error).__name__}: {error}"
    return {"failed": {"code": code, "detail": detail}}


def main() -> int:
    parser = argparse.ArgumentParser(prog="media_process", description=__doc__)
    parser.add_argument("verb", choices=["remux", "probe", "frame", "share"])
    parser.add_argument("source", type=Path)
    parser.add_argument("--target", type=Path)
    parser.add_argument("--ms", type=int, default=0)
    parser.add_argument("--most", type=int)
    parser.add_argument("--progress", type=Path)
    parser.add_argument("--width", type=int)
    parser.add_argument("--form", choices=["PNG", "JPEG"], default="PNG")
    for name in ("memory", "cpu", "file-size", "wall"):
        parser.add_argument(f"--{name}", type=int, required=True)
    arguments = parser.parse_args()
    limit_self(arguments.memory, arguments.cpu, arguments.file_size, arguments.wall)
    result = answer(arguments)
    print(json.dumps(result))
    return 1 if "failed" in result else 0


if __name__ == "__main__":
    sys.exit(main())
