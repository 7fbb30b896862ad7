"""1,000 parcel labels: Dockproof's sheet against the same labels as HTML through WeasyPrint.

Run: python bench/labels.py [--labels 1000] [--stock 100x150]. The rival is measured when it can be imported; it is no
dependency of ours. Trust the ratio, not the seconds.
"""

from __future__ import annotations

import argparse
import base64
import html
import io
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import qrcode  # noqa: E402
from qrcode.image.svg import SvgPathImage  # noqa: E402

from webapp.adapters.label_sheets import STOCKS, LabelLine, ParcelLabel, parcel_labels_pdf  # noqa: E402
from webapp.domain.labels import label_code, label_payload, printed_code  # noqa: E402
from webapp.locate import fonts_dir  # noqa: E402

try:
    import weasyprint
except (ImportError, OSError):  # its system libraries may be missing
    weasyprint = None

URL = "https://dock.example"
CREATED = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)


def faces(count: int) -> list[ParcelLabel]:
    """Each with its own code, order and waybill, two lines, hanzi and Vietnamese."""
    return [
        ParcelLabel(
            code=label_code((n * 2_654_435_761 + (7 << 50)).to_bytes(8, "big")),
            order_nos=(f"36574992721{n:08}",),
            customer_code="VN-0815",
            site_name="广州集运仓 Kho Quảng Châu",
            waybills=(f"YT88{n:011}",),
            lines=(
                LabelLine("秋冬加厚连帽外套女士", "颜色：黑色；尺码：XL", f"{n % 90 + 1} 件", f"SKU-{n}"),
                LabelLine("Áo khoác nữ dày, có mũ", "Màu: Đỏ đô; Size: M", "12 cái", "AB-778"),
            ),
            carton=None,
        )
        for n in range(count)
    ]


def ours(labels: list[ParcelLabel], stock: str) -> bytes:
    return parcel_labels_pdf(labels, stock=stock, public_url=URL, created=CREATED, fonts_dir=fonts_dir())


def by_weasyprint(labels: list[ParcelLabel], stock: str) -> bytes:
    paper = STOCKS[stock]
    style = (
        f"@page {{ size: {paper.width}mm {paper.height}mm; margin: {paper.margin}mm }}"
        "@font-face { font-family: N; src: url(NotoSansSC-Regular.ttf) }"
        "body { font: 9pt N; margin: 0 } article { break-after: page } img { width: 50mm }"
        "h1 { font-size: 30pt; margin: 0 } p { margin: 1mm 0 }"
    )
    pages = "".join(_article(label) for label in labels)
    written: bytes = weasyprint.HTML(
        string=f"<body>{pages}</body>", base_url=str(fonts_dir()) + "/"
    ).write_pdf(stylesheets=[weasyprint.CSS(string=style, base_url=str(fonts_dir()) + "/")])
    return written


def _article(label: ParcelLabel) -> str:
    out = io.BytesIO()
    code: qrcode.QRCode = qrcode.QRCode(border=4, mask_pattern=3)  # type: ignore[type-arg]
    code.add_data(label_payload(URL, label.code))
    code.make_image(image_factory=SvgPathImage).save(out)
    picture = "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
    lines = "".join(
        f"<p><b>{html.escape(line[1])}</b> {line[2]}<br>{html.escape(line[0])}</p>" for line in label.lines
    )
    return (
        f'<article><img src="{picture}"><h1>{printed_code(label.code)}</h1><p>{label.customer_code}</p>'
        f"<p>{label.order_nos[0]}</p><p>{label.waybills[0]} · {label.site_name}</p>{lines}</article>"
    )


def timed(
    make: Callable[[list[ParcelLabel], str], bytes], labels: list[ParcelLabel], stock: str
) -> tuple[float, int]:
    started = time.perf_counter()
    size = len(make(labels, stock))
    return time.perf_counter() - started, size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=1_000)
    parser.add_argument("--stock", default="100x150", choices=list(STOCKS))
    args = parser.parse_args()
    labels = faces(args.labels)
    seconds, size = timed(ours, labels, args.stock)
    report: dict[str, object] = {
        "labels": args.labels,
        "stock": args.stock,
        "seconds": round(seconds, 2),
        "bytes": size,
    }
    if weasyprint is not None:
        other_seconds, other_size = timed(by_weasyprint, labels, args.stock)
        name = f"WeasyPrint {weasyprint.__version__}"
        report |= {"rival": name, "rival_seconds": round(other_seconds, 2), "rival_bytes": other_size}
        report["times_faster"] = round(other_seconds / seconds, 1)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
