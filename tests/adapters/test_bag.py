"""Bags as we write them, and what a reader says of bags that somebody worked on."""

from __future__ import annotations

import hashlib
import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from webapp.adapters.bag_reader import Unreadable, check_manifests, open_bag
from webapp.adapters.bag_writer import BagFile, write_bag

MADE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FILES = [BagFile("工厂/2026-06-29/Payments/50% off.txt", b"paid"), BagFile("index.html", b"<p>hi</p>")]


def bag(files: list[BagFile] = FILES) -> bytes:
    return b"".join(write_bag("case-1", files, info={"External-Identifier": "1"}, made=MADE))


def entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def codes(tmp_path: Path, data: bytes) -> list[str]:
    file = tmp_path / "bag.zip"
    file.write_bytes(data)
    try:
        with open_bag(file) as found:
            check_manifests(found)
            return [one.code for one in found.findings]
    except Unreadable as problem:
        return [problem.finding.code]


def test_a_bag_is_what_rfc_8493_says() -> None:
    found = entries(bag())
    assert found["case-1/bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert b"Payload-Oxum: 13.2\n" in found["case-1/bag-info.txt"]
    listed = found["case-1/manifest-sha256.txt"].decode("utf-8").splitlines()
    paid = hashlib.sha256(b"paid").hexdigest()
    assert listed[0] == f"{paid}  data/工厂/2026-06-29/Payments/50%25 off.txt"
    tags = {line.partition("  ")[2] for line in found["case-1/tagmanifest-sha256.txt"].decode().splitlines()}
    assert tags == {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}
    with zipfile.ZipFile(io.BytesIO(bag())) as archive:
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}


def test_a_whole_bag_has_no_finding(tmp_path: Path) -> None:
    assert codes(tmp_path, bag()) == []


def test_a_bag_is_written_in_pieces_of_a_file(tmp_path: Path) -> None:
    """Constant memory: no piece is as large as the film, and nothing is asked for before it is its turn."""
    film = tmp_path / "film"
    film.write_bytes(bytes(5 << 20))
    asked = []

    def files() -> Iterator[BagFile]:
        asked.append(1)
        yield BagFile("film.mp4", film)
        asked.append(2)
        yield BagFile("late.txt", b"late")

    pieces = write_bag("case-1", files(), info={}, made=MADE)
    assert asked == []
    sizes = [len(piece) for piece in pieces]
    assert asked == [1, 2] and max(sizes) <= 1 << 20 and sum(sizes) > 5 << 20


@pytest.mark.parametrize("path", ["../up", "a//b", "/abs", "a\\b", "."])
def test_no_path_leaves_the_payload(path: str) -> None:
    with pytest.raises(ValueError, match="no path"):
        b"".join(write_bag("case-1", [BagFile(path, b"")], info={}, made=MADE))


def test_no_path_stands_twice() -> None:
    with pytest.raises(ValueError, match="no path"):
        b"".join(write_bag("case-1", [BagFile("a", b""), BagFile("a", b"")], info={}, made=MADE))


def altered(change: Callable[[dict[str, bytes]], None]) -> bytes:
    found = entries(bag())
    change(found)
    return packed(found)


PAYLOAD = "case-1/data/index.html"


def wrong_hash(files: dict[str, bytes]) -> bytes:
    """The manifest with another hash for its last file."""
    lines = files["case-1/manifest-sha256.txt"].splitlines(keepends=True)
    return b"".join([*lines[:-1], b"0" * 64 + lines[-1][64:]])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda files: files.update({PAYLOAD: b"<p>ho</p>"}), "altered_file"),
        (lambda files: files.pop(PAYLOAD), "missing_file"),
        (lambda files: files.update({"case-1/data/extra.txt": b""}), "extra_file"),
        (lambda files: files.update({"case-1/extra.txt": b""}), "extra_file"),
        (lambda files: files.pop("case-1/manifest-sha256.txt"), "manifest_missing"),
        (lambda files: files.pop("case-1/tagmanifest-sha256.txt"), "manifest_missing"),
        (lambda files: files.update({"case-1/bag-info.txt": b"Payload-Oxum: 1.1\n"}), "oxum_differs"),
        (lambda files: files.update({"case-1/manifest-sha256.txt": b"nonsense\n"}), "manifest_malformed"),
        (lambda files: files.update({"case-1/manifest-sha256.txt": b"\xff\xfe"}), "not_text"),
        (lambda files: files.update({"case-1/manifest-sha256.txt": wrong_hash(files)}), "altered_file"),
        (
            lambda files: files.update({"case-1/bag-info.txt": files["case-1/bag-info.txt"] + b"By: me\n"}),
            "altered_file",
        ),
        (lambda files: files.update({"case-1/tagmanifest-sha256.txt": b""}), "extra_file"),
        (lambda files: files.update({"case-1/bagit.txt": b"BagIt-Version: 0.1\n"}), "not_a_bag"),
        (lambda files: files.pop("case-1/bagit.txt"), "not_a_bag"),
        (lambda files: files.update({"other/data/a.txt": b""}), "not_a_bag"),
        (lambda files: files.update({"case-1/data/INDEX.html": b""}), "doubled_entry"),
        (
            lambda files: files.update({"case-1/data/工厂/é": b"", "case-1/data/工厂/e\u0301": b""}),
            "doubled_entry",
        ),
        (lambda files: files.update({"case-1/../a.txt": b""}), "path_trick"),
        (lambda files: files.update({"/case-1/a.txt": b""}), "path_trick"),
        (lambda files: files.update({"case-1/data\\a.txt": b""}), "path_trick"),
        (lambda files: files.update({"C:/data/a.txt": b""}), "path_trick"),
    ],
)
def test_each_forgery_has_its_name(
    tmp_path: Path, change: Callable[[dict[str, bytes]], None], code: str
) -> None:
    assert code in codes(tmp_path, altered(change))


def test_a_finding_names_its_file_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    file = tmp_path / "bag.zip"
    file.write_bytes(altered(lambda files: files.update({PAYLOAD: b"<p>ho</p>", "case-1/data/a.txt": b""})))
    with open_bag(file) as found:
        check_manifests(found)
        told = {(one.code, one.where) for one in found.findings}
    assert told >= {("altered_file", "data/index.html"), ("extra_file", "data/a.txt")}
    assert all(one.what for one in found.findings)


def test_a_long_film_is_written_and_checked_in_constant_memory(tmp_path: Path) -> None:
    film, file = tmp_path / "film", tmp_path / "bag.zip"
    with film.open("wb") as empty:
        empty.truncate(150 << 20)
    tracemalloc.start()
    try:
        with file.open("wb") as target:
            for piece in write_bag("case-1", [BagFile("film.mp4", film), *FILES], info={}, made=MADE):
                target.write(piece)
        with open_bag(file) as found:
            check_manifests(found)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.findings == [] and file.stat().st_size > 150 << 20
    assert peak < 12 << 20


def test_a_packed_bomb_is_never_unpacked(tmp_path: Path) -> None:
    files = {**entries(bag()), "case-1/data/bomb": bytes(30 << 20)}
    assert codes(tmp_path, packed(files, zipfile.ZIP_DEFLATED)) == ["bomb"]
    assert codes(tmp_path, packed(entries(bag()), zipfile.ZIP_DEFLATED)) in (["packed"], ["bomb"])


def test_entries_that_lie_over_each_other_are_a_bomb(tmp_path: Path) -> None:
    """Two directory entries, one body: 42.zip's newer trick."""
    whole = bytearray(bag([BagFile("a", b"x" * 4000), BagFile("b", b"x" * 4000)]))
    with zipfile.ZipFile(io.BytesIO(bytes(whole))) as archive:
        start = archive.start_dir
    body = bytes(whole[:start])
    directory = bytes(whole[start:])
    overlapping = body.replace(b"x" * 4000, b"", 1) + directory
    assert codes(tmp_path, overlapping)[0] in ("not_zip", "bomb", "unreadable")


def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries(bag()).items():
            archive.writestr(name, data)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(PAYLOAD, b"<p>ho</p>")
    assert codes(tmp_path, out.getvalue()) == ["doubled_entry"]


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries(bag()).items():
            archive.writestr(name, data)
        link = zipfile.ZipInfo("case-1/data/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert codes(tmp_path, out.getvalue()) == ["path_trick"]


def test_every_cut_and_every_flipped_byte_is_a_finding_and_no_crash(tmp_path: Path) -> None:
    whole = bag()
    for end in range(0, len(whole), 37):
        assert codes(tmp_path, whole[:end]) != []
    for place in range(0, len(whole), 11):
        forged = bytearray(whole)
        forged[place] ^= 0x20
        codes(tmp_path, bytes(forged))  # a flipped byte in a time stamp changes nothing that counts


def test_a_directory_that_claims_terabytes_is_a_bomb(tmp_path: Path) -> None:
    forged = bytearray(bag())
    place = forged.rindex(b"PK\x01\x02")
    forged[place + 20 : place + 28] = struct.pack("<II", 0xFFFFFFF0, 0xFFFFFFF0)
    assert codes(tmp_path, bytes(forged)) == ["bomb"]
