"""The case file of the demo's filmed order: all of it, checked by strangers' tools, and every forgery named."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.cases import a_claim
from tests.support.instance import Instance, make_instance
from tests.support.situation_parts import FILM_MS, LAST_UNIT_MS
from webapp.domain.refusals import Refusal
from webapp.store.schema import AuditEvent, Order, Take
from webapp.usecases import case_file
from webapp.usecases.case_data import case_of
from webapp.usecases.case_verify import Verdict, verify_case_file

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    made = make_instance(tmp_path_factory.mktemp("home"), NOW)
    a_claim(made)
    return made


@pytest.fixture(scope="module")
def exported(instance: Instance) -> bytes:
    return b"".join(export(instance).pieces)


def export(instance: Instance, order_no: str = "", organisation: str = "Chi") -> case_file.CaseFile:
    return case_file.write(
        instance.services.database,
        instance.services.blobs,
        organisation_id=instance.organisations[organisation],
        order_no=order_no or instance.names["order_no"],
        language="zh_CN",
        actor="user:chi",
        now=NOW,
    )


def inside(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def verified(tmp_path: Path, data: bytes) -> Verdict:
    file = tmp_path / "case.zip"
    file.write_bytes(data)
    return verify_case_file(file)


def test_originals_lie_in_the_tree_byte_for_byte(instance: Instance, exported: bytes) -> None:
    files = inside(exported)
    folder = "data/义乌市晨光服饰有限公司/2026-11-12"
    films = [
        name for name in files if name.startswith(f"{folder}/Receiving and QC/") and name.endswith(".mp4")
    ]
    with instance.services.database.read() as session:
        take = session.get_one(Take, instance.names["take"])
    assert len(films) == 1 and hashlib.sha256(files[films[0]]).hexdigest() == take.file_sha256
    order = json.loads(files[f"{folder}/Order and confirmation/{instance.names['order_no']}_order.json"])
    assert order["order_no"] == instance.names["order_no"] and len(order["lines"]) == 2
    assert not {"recipient", "phone", "address"} & {key for key in order}


def test_facts_from_the_table_and_claims_are_in_it(exported: bytes) -> None:
    files = inside(exported)
    facts = files["data/义乌市晨光服饰有限公司/2026-11-12/Receiving and QC/receiving.csv"].decode("utf-8-sig")
    assert "weighing" in facts and "grams=4985" in facts and "tape=intact" in facts
    claims = json.loads(files["data/claims.json"])["claims"]
    assert [(one["type"], one["amount_fen"]) for one in claims] == [("short_count", 1_850)]


def test_the_listing_says_who_when_where_and_which_record(exported: bytes) -> None:
    told = json.loads(inside(exported)["data/manifest.json"])
    film = next(one for one in told["exhibits"] if one["mime"] == "video/mp4")
    assert (film["slot"], film["level"]) == ("EV-18", "E0")
    assert {"captured_at", "device_time", "server_time", "offset_ms", "device", "worker"} <= set(film)
    assert film["worker"] == "安 An" and abs(film["offset_ms"]) < 50 and 0 < film["offset_pm_ms"] < 100
    assert abs(film["unbroken_ms"] - FILM_MS) < 200


def test_a_stranger_checks_it_with_sha256sum_and_openssl(exported: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        archive.extractall(tmp_path)
    top = next(tmp_path.iterdir())
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        assert subprocess.run(["sha256sum", "-c", "--quiet", manifest], cwd=top, check=False).returncode == 0
    signatures = sorted((top / "data" / "records").glob("*/*.sig"))
    assert len(signatures) > 5
    for signature in signatures:
        said = subprocess.run(
            [
                *("openssl", "dgst", "-sha256", "-verify", str(signature.parent / "key.pem")),
                *("-signature", str(signature), str(signature.with_suffix(".txt"))),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.stdout == "Verified OK\n", said.stderr


def test_a_whole_case_file_has_no_finding_and_an_honest_level(exported: bytes, tmp_path: Path) -> None:
    verdict = verified(tmp_path, exported)
    assert (verdict.ok, verdict.findings) == (True, ())
    assert verdict.levels["E0"].state == "holds" and verdict.levels["E0"].proven == 3
    assert {verdict.levels[level].state for level in ("E1", "E2", "E3", "E4", "E5")} == {"not_proven"}


def test_the_page_inside_reaches_for_nothing_outside(exported: bytes) -> None:
    page = inside(exported)["data/index.html"].decode("utf-8")
    assert "http://" not in page and "https://" not in page and "<script" not in page
    assert "<video" in page and "%E4%B9%89%E4%B9%8C" in page and f"#t={(LAST_UNIT_MS + 900) // 1000}" in page


def test_the_export_is_in_the_audit(instance: Instance, exported: bytes) -> None:
    with instance.services.database.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "case_file.exported")).all()
    assert events and events[0].actor == "user:chi" and events[0].details["exhibits"] == 3


def test_an_order_of_somebody_else_is_unknown(instance: Instance) -> None:
    with pytest.raises(Refusal, match="order_unknown"):
        export(instance, organisation="Dung")


def test_two_orders_of_one_factory_and_day_do_not_share_a_folder(tmp_path: Path) -> None:
    instance = make_instance(tmp_path, NOW)
    with instance.services.database.write() as session:
        one = session.scalars(select(Order).where(Order.order_no == instance.names["order_no"])).one()
        other = session.scalars(select(Order).where(Order.order_no != instance.names["order_no"])).first()
        assert other is not None
        other.supplier_id, other.placed_at = one.supplier_id, one.placed_at
        numbers = [one.order_no, other.order_no]
    with instance.services.database.read() as session:
        folders = [
            case_of(session, organisation_id=instance.organisations["Chi"], order_no=number, now=NOW).folder
            for number in numbers
        ]
    assert [folder.rpartition(" ")[2] for folder in folders] == numbers


def test_a_file_that_is_gone_from_the_store_is_named_and_left_out(tmp_path: Path) -> None:
    instance = make_instance(tmp_path, NOW)
    with instance.services.database.read() as session:
        take = session.get_one(Take, instance.names["take"])
    instance.services.blobs.path(take.file_sha256 or "").unlink()
    made = export(instance)
    assert len(made.missing) == 1 and made.missing[0].endswith(".mp4")
    assert not any(name.endswith(".mp4") for name in inside(b"".join(made.pieces)))


Change = Callable[[dict[str, bytes]], None]


def forged(exported: bytes, change: Change) -> bytes:
    """By somebody who can make hashes: the manifests fit again after the change."""
    files = inside(exported)
    change(files)
    listed = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    files["manifest-sha256.txt"] = "".join(
        f"{sha256}  {name}\n" for name, sha256 in listed.items() if name.startswith("data/")
    ).encode("utf-8")
    payload = [data for name, data in files.items() if name.startswith("data/")]
    files["bag-info.txt"] = f"Payload-Oxum: {sum(map(len, payload))}.{len(payload)}\n".encode()
    files["tagmanifest-sha256.txt"] = "".join(
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n"
        for name in ("bagit.txt", "bag-info.txt", "manifest-sha256.txt")
    ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"case-1/{name}", data)
    return out.getvalue()


def named(files: dict[str, bytes], ending: str, *, holding: bytes = b"") -> str:
    return next(name for name in sorted(files) if name.endswith(ending) and holding in files[name])


def say_more(files: dict[str, bytes]) -> None:
    """The count in the signed record is made larger."""
    name = named(files, ".txt", holding=b"kind take\n")
    files[name] = files[name].replace(b" 11\nfile", b" 12\nfile")


def other_film(files: dict[str, bytes]) -> None:
    files[named(files, ".mp4")] += b"\0"


def other_film_and_listing(files: dict[str, bytes]) -> None:
    name = named(files, ".mp4")
    files[name] += b"\0"
    told: dict[str, Any] = json.loads(files["data/manifest.json"])
    for one in told["exhibits"]:
        if f"data/{one['path']}" == name:
            one["sha256"] = hashlib.sha256(files[name]).hexdigest()
    files["data/manifest.json"] = json.dumps(told).encode("utf-8")


def drop(ending: str) -> Change:
    return lambda files: files.pop(named(files, ending)) and None


def put(ending: str, data: bytes) -> Change:
    return lambda files: files.update({named(files, ending): data})


def drop_record(files: dict[str, bytes]) -> None:
    base = named(files, ".txt", holding=b"kind take\n").removesuffix(".txt")
    for name in [name for name in files if name.startswith(base)]:
        del files[name]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (say_more, "signature_wrong"),
        (other_film, "listing_differs"),
        (drop(".sig"), "signature_missing"),
        (put(".sig", b"0"), "signature_wrong"),
        (drop("key.pem"), "key_missing"),
        (put("key.pem", b"-----BEGIN PUBLIC KEY-----\n"), "key_malformed"),
        (drop(".entry.txt"), "entry_missing"),
        (put(".entry.txt", b"type record\n"), "entry_differs"),
        (drop(".events.txt"), "side_missing"),
        (put(".events.txt", b"1 hidden\n"), "side_altered"),
        (put(".chunks.txt", b"0 0 1 1 " + b"0" * 64 + b"\n"), "side_altered"),
        (drop_record, "record_missing"),
        (drop("manifest.json"), "listing_missing"),
        (put("manifest.json", b"[" * 100_000), "listing_malformed"),
        (put("manifest.json", b'{"exhibits":[{"path":1}]}'), "listing_malformed"),
    ],
)
def test_a_forgery_with_fitting_manifests_is_named(
    exported: bytes, tmp_path: Path, change: Change, code: str
) -> None:
    verdict = verified(tmp_path, forged(exported, change))
    assert not verdict.ok and code in {one.code for one in verdict.findings}
    assert all(level.state == "not_proven" for level in verdict.levels.values())


def test_a_film_that_no_record_names_is_proven_by_nothing(exported: bytes, tmp_path: Path) -> None:
    """Whoever changes film and listing alike keeps a whole bag; what was signed no longer covers the film."""
    verdict = verified(tmp_path, forged(exported, other_film_and_listing))
    assert verdict.ok and verdict.levels["E0"].state == "in_part"
    assert (verdict.levels["E0"].proven, verdict.levels["E0"].of) == (2, 3)


def test_a_chain_with_another_record_in_it_is_broken(exported: bytes, tmp_path: Path) -> None:
    def change(files: dict[str, bytes]) -> None:
        first = named(files, ".txt", holding=b"kind arrival\n")
        text = files[first]
        files[first] = text[:-2] + (b"0" if text[-2:-1] != b"0" else b"1") + b"\n"  # another salt

    codes = {one.code for one in verified(tmp_path, forged(exported, change)).findings}
    assert {"chain_broken", "signature_wrong", "entry_differs"} <= codes
