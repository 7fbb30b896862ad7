"""The voucher's JPEGs: below the limit, legible at a third of their size, without a code that a machine reads."""

from __future__ import annotations

import dataclasses
import io
from importlib.resources import as_file, files
from pathlib import Path

import qrcode
import zxingcpp
from PIL import Image, ImageChops, ImageDraw

from tests.support.situation_parts import LAST_UNIT_MS
from webapp.adapters.code_reader import read_codes, without_qr
from webapp.adapters.contact_sheets import WIDTH, CaseFace, SheetPicture, case_jpeg, contact_sheet
from webapp.adapters.demo_pictures import carton
from webapp.adapters.media import frame_at
from webapp.adapters.qr_remains import qr_remains
from webapp.domain.voucher import MOST_BYTES
from webapp.locate import fonts_dir

FACE = CaseFace(
    order="订单编号 3657499272179232333",
    figures=[("订购", "24 件", False), ("实收", "23 件", False), ("短少", "1 件", True)],
    waybill="快递单号 YT7598163190233、SF1234567890123、JDVA00123456789",
    facts=[("快递单号相符：未证实", False), ("开箱前封口完好：已核实", True)],
    foot="义乌市晨光服饰有限公司",
)


def noisy(file: Path, size: tuple[int, int] = (1600, 1200)) -> Path:
    noise = Image.effect_noise(size, 60)
    Image.merge("RGB", (noise, noise.rotate(180), noise)).save(file, "JPEG", quality=92)
    return file


def with_qr(file: Path) -> Path:
    symbol = qrcode.make("HTTPS://DOCK.EXAMPLE/L/1FXDRY92W9").convert("RGB")
    picture = Image.new("RGB", (1000, 800), "#c8a06a")
    picture.paste(symbol, (200, 150))
    picture.save(file, "JPEG", quality=92)
    return file


def test_the_first_picture_is_a_phone_wide_and_below_the_limit(tmp_path: Path) -> None:
    jpeg = case_jpeg(FACE, noisy(tmp_path / "still.jpg"), fonts_dir())
    assert len(jpeg) < MOST_BYTES
    assert Image.open(io.BytesIO(jpeg)).width == WIDTH == 3 * 360


def test_a_still_that_cannot_be_read_leaves_its_place_out(tmp_path: Path) -> None:
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    assert case_jpeg(FACE, tmp_path / "no.jpg", fonts_dir()) == case_jpeg(FACE, None, fonts_dir())


def test_40_noisy_photos_on_a_sheet_stay_below_the_limit(tmp_path: Path) -> None:
    photo = noisy(tmp_path / "photo.jpg")
    jpeg = contact_sheet([SheetPicture(photo, f"{n} 标签、包装与货品") for n in range(40)], fonts_dir())
    assert jpeg is not None and len(jpeg) < MOST_BYTES


def test_a_sheet_of_nothing_readable_is_none(tmp_path: Path) -> None:
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    assert contact_sheet([SheetPicture(tmp_path / "no.jpg", "1")], fonts_dir()) is None


def test_no_qr_code_is_left_to_read(tmp_path: Path) -> None:
    label = with_qr(tmp_path / "label.jpg")
    assert read_codes(label) == ["HTTPS://DOCK.EXAMPLE/L/1FXDRY92W9"]
    for jpeg in (
        case_jpeg(FACE, label, fonts_dir()),
        contact_sheet([SheetPicture(label, "1")], fonts_dir()),
    ):
        assert jpeg is not None
        assert not zxingcpp.read_barcodes(Image.open(io.BytesIO(jpeg)))


def test_the_original_picture_is_not_touched(tmp_path: Path) -> None:
    label = with_qr(tmp_path / "label.jpg")
    with Image.open(label) as picture:
        before = picture.tobytes()
        without_qr(picture)
        assert picture.tobytes() == before


def test_what_is_no_picture_holds_no_code(tmp_path: Path) -> None:
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    assert read_codes(tmp_path / "no.jpg") == []


def ink(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    """Dark pixels within a box."""
    return picture.convert("L").crop(box).histogram()[0]


def test_a_code_that_a_band_covers_in_part_is_covered_as_a_whole(tmp_path: Path) -> None:
    """As a film's own band does: no reader reads what is left, and a person at the platform sees a code."""
    with Image.open(with_qr(tmp_path / "label.jpg")) as picture:
        torn = picture.copy()
    ImageDraw.Draw(torn).rectangle((0, 0, 1000, 230), fill="#000000")
    symbol = (200, 232, 530, 480)
    assert not zxingcpp.read_barcodes(torn) and ink(torn, symbol) > 5_000
    covered = without_qr(torn)
    assert ink(covered, symbol) < 200
    beside = (600, 232, 1000, 800)
    assert covered.crop(beside).tobytes() == torn.crop(beside).tobytes()


def test_the_result_of_the_demos_count_goes_out_without_its_code() -> None:
    film = files("webapp").joinpath("demo", "take.mp4")
    with as_file(film) as path, Image.open(io.BytesIO(frame_at(path, LAST_UNIT_MS))) as still:
        covered = without_qr(still.convert("RGB"))
    assert not zxingcpp.read_barcodes(covered) and not qr_remains(covered)
    differs = ImageChops.difference(covered, still.convert("RGB")).getbbox()
    assert differs is not None, "its label has a code"
    assert (differs[2] - differs[0]) * (differs[3] - differs[1]) < covered.width * covered.height / 8


def test_nothing_is_covered_where_there_is_no_code(tmp_path: Path) -> None:
    for place, data in enumerate(
        (carton("SF1620304050607", dented=False), carton("YT7598163190233", dented=True))
    ):
        file = tmp_path / f"{place}.jpg"
        file.write_bytes(data)
        with Image.open(file) as picture:
            assert without_qr(picture).tobytes() == picture.tobytes()
    with Image.open(noisy(tmp_path / "noise.jpg")) as picture:
        assert without_qr(picture).tobytes() == picture.tobytes()


def test_what_is_wrong_stands_below_the_picture_and_an_address_does_not() -> None:
    said = dataclasses.replace(FACE, said="少1件，开箱视频为证 https://dock.example/s/abc 申请退款")
    without, with_it = (Image.open(io.BytesIO(case_jpeg(one, None, fonts_dir()))) for one in (FACE, said))
    assert with_it.height > without.height
    plain = dataclasses.replace(FACE, said="少1件，开箱视频为证 申请退款")
    assert case_jpeg(said, None, fonts_dir()) == case_jpeg(plain, None, fonts_dir())
