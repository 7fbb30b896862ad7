"""Subset the printed fonts: GB2312, Latin, Vietnamese and the marks of titles; 10 MB a weight become 2.4 MB.

What else the family has (traditional and rare hanzi) goes into a third file, of one weight: a document opens it only
when it needs one of them.

Run: ``python static/build/fonts.py [node_modules] [out_dir]``. Needs fontTools; the source is the npm package
below (SIL Open Font License 1.1, whose text is copied beside the output).
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fontTools import __version__ as fonttools_version
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

PACKAGE = "@expo-google-fonts/noto-sans-sc"
WEIGHTS = {
    "NotoSansSC-Regular.ttf": "400Regular/NotoSansSC_400Regular.ttf",
    "NotoSansSC-Bold.ttf": "700Bold/NotoSansSC_700Bold.ttf",
}
REST = "NotoSansSC-Rest.ttf"
"""Medium: one weight has to stand beside both."""
REST_SOURCE = "500Medium/NotoSansSC_500Medium.ttf"
LICENCE = ("LICENSE_FONT", "NotoSansSC-OFL.txt")
STAMP = "fonts.stamp"

_RANGES = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x024F),  # Latin-1, Latin Extended A and B (ă đ ơ ư)
    (0x0300, 0x036F),  # combining marks, for what has no composed form
    (0x0400, 0x045F),  # Cyrillic, which some buyers' names hold
    (0x1E00, 0x1EFF),  # Latin Extended Additional: Vietnamese
    (0x2000, 0x206F),  # punctuation
    (0x20A0, 0x20BF),  # currency, the dong among them
    (0x2100, 0x218F),  # ℃ № ™ ⅓ Ⅳ
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # ≤ ≥ ≈ √
    (0x2460, 0x24FF),  # ① and its like, loved by sellers
    (0x2500, 0x25FF),  # boxes; U+25A1 stands for a missing character
    (0x2600, 0x27BF),  # ★ ✓
    (0x3000, 0x303F),  # CJK punctuation
    (0x3200, 0x33FF),  # ㎡ ㎝ ㊣
    (0xFF00, 0xFFEF),  # full-width forms
)


def characters() -> frozenset[int]:
    """Code points the subset keeps, as far as the source font has them."""
    wanted = {point for first, last in _RANGES for point in range(first, last + 1)}
    return frozenset(wanted | set(_gb2312()))


def _gb2312() -> Iterator[int]:
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            yield from map(ord, bytes((row, cell)).decode("gb2312", "ignore"))


def subset_fonts(node_modules: Path, out_dir: Path) -> None:
    """Write the three fonts and the licence to ``out_dir``; does nothing when they are up to date.

    Raises ``FileNotFoundError`` with one sentence when the npm package is not installed.
    """
    package = node_modules / PACKAGE
    sources = {out_dir / name: package / source for name, source in WEIGHTS.items()}
    sources[out_dir / REST] = package / REST_SOURCE
    sources[out_dir / LICENCE[1]] = package / LICENCE[0]
    for source in sources.values():
        if not source.is_file():
            raise FileNotFoundError(f"{source} is missing: run npm install so that {PACKAGE} is there")
    stamp = _stamp(sources)
    stamp_file = out_dir / STAMP
    if (
        all(made.is_file() for made in sources)
        and stamp_file.is_file()
        and stamp_file.read_text("utf-8") == stamp
    ):
        return
    out_dir.mkdir(parents=True, exist_ok=True)
    for made, source in sources.items():
        _replace(made, _made(made, source))
    _replace(stamp_file, stamp.encode())


def _stamp(sources: dict[Path, Path]) -> str:
    lines = [f"fonttools {fonttools_version}", f"rules {_sha256(Path(__file__))}"]
    lines += [f"{made.name} {_sha256(source)}" for made, source in sources.items()]
    return "".join(line + "\n" for line in lines)


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _made(made: Path, source: Path) -> bytes:
    if made.suffix != ".ttf":
        return source.read_bytes()
    return _subset(source, rest=made.name == REST)


def _subset(source: Path, *, rest: bool) -> bytes:
    options = Options()
    options.layout_features = []  # print sets plain glyphs: no kerning, no vertical forms
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "DSIG"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # copyright and licence must stay
    options.recalc_timestamp = False
    # The source's bounds hold for a part of it; computed anew, each glyph would be read and written: 24 s, not 3.
    with TTFont(source, recalcBBoxes=False, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=set(font.getBestCmap()) - characters() if rest else characters())
        subsetter.subset(font)
        with tempfile.SpooledTemporaryFile(max_size=64 << 20) as made:
            font.save(made)
            made.seek(0)
            return made.read()


def _replace(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as made:
        made.write(content)
    os.chmod(made.name, 0o644)
    os.replace(made.name, path)


if __name__ == "__main__":
    root = Path(__file__).resolve().parents[2]
    arguments = [Path(argument) for argument in sys.argv[1:3]]
    subset_fonts(*(arguments + [root / "node_modules", root / "static" / "dist" / "fonts"][len(arguments) :]))
