"""Files as scanners write them: PDF, multi-page TIFF, JPEG and PNG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import pikepdf
from PIL import Image

from pipeline.geometry import POINTS_PER_INCH
from tests.simulator.damage import Scan

FORMATS = ("pdf", "tiff", "jpeg", "png")
_ENDINGS = {"pdf": ".pdf", "tiff": ".tif", "jpeg": ".jpg", "png": ".png"}
_TIFF_PHOTOMETRIC, _TIFF_STRIPS, _TIFF_COUNTS = 262, 273, 279


@dataclass(frozen=True, slots=True)
class Encoded:
    """A page as it goes into a file: ``kind`` is jpeg, png or g4 (a one-strip TIFF)."""

    data: bytes
    kind: str
    columns: int
    rows: int
    channels: int
    dpi: int


def encode(scan: Scan, fmt: str) -> Encoded:
    """Compress a page for a file of ``fmt``: JPEG, lossless, or Group 4 where it is bilevel."""
    rows, columns = scan.pixels.shape[:2]
    channels = 1 if scan.pixels.ndim == 2 else 3
    stream = io.BytesIO()
    dpi = (scan.dpi, scan.dpi)
    if scan.colour == "bilevel" and fmt != "jpeg":
        black = Image.fromarray(scan.pixels).convert("1", dither=Image.Dither.NONE)
        if fmt == "png":
            black.save(stream, "PNG", dpi=dpi)
            return Encoded(stream.getvalue(), "png", columns, rows, 1, scan.dpi)
        black.save(stream, "TIFF", compression="group4", dpi=dpi, strip_size=1 << 30)
        return Encoded(stream.getvalue(), "g4", columns, rows, 1, scan.dpi)
    if fmt in ("pdf", "jpeg"):
        Image.fromarray(scan.pixels).save(stream, "JPEG", quality=scan.jpeg, dpi=dpi)
        return Encoded(stream.getvalue(), "jpeg", columns, rows, channels, scan.dpi)
    if fmt == "png":
        Image.fromarray(scan.pixels).save(stream, "PNG", dpi=dpi, compress_level=1)
        return Encoded(stream.getvalue(), "png", columns, rows, channels, scan.dpi)
    order = scan.pixels if channels == 1 else scan.pixels[:, :, ::-1]
    done, png = cv2.imencode(".png", order, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    assert done
    return Encoded(png.tobytes(), "png", columns, rows, channels, scan.dpi)


def write_stack(
    pages: Sequence[Encoded], folder: Path, stem: str, fmt: str
) -> list[tuple[str, int]]:
    """Write ``pages`` in their order; returns each page's file name and its number there."""
    folder.mkdir(parents=True, exist_ok=True)
    if fmt in ("jpeg", "png"):
        names = [
            f"{stem}{f'-{number:03}' if len(pages) > 1 else ''}{_ENDINGS[fmt]}"
            for number in range(1, len(pages) + 1)
        ]
        for name, page in zip(names, pages, strict=True):
            (folder / name).write_bytes(page.data)
        return [(name, 1) for name in names]
    name = stem + _ENDINGS[fmt]
    (_write_pdf if fmt == "pdf" else _write_tiff)(pages, folder / name)
    return [(name, number) for number in range(1, len(pages) + 1)]


def _write_pdf(pages: Sequence[Encoded], path: Path) -> None:
    with pikepdf.new() as pdf:
        for page in pages:
            width, height = (
                round(px / page.dpi * POINTS_PER_INCH, 2) for px in (page.columns, page.rows)
            )
            pdf.add_blank_page(page_size=(width, height))
            sheet = pdf.pages[-1]
            sheet.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=_image(pdf, page)))
            draw = f"q {width} 0 0 {height} 0 0 cm /Im0 Do Q".encode("ascii")
            sheet.Contents = pdf.make_stream(draw)
        pdf.save(path, deterministic_id=True)


def _image(pdf: pikepdf.Pdf, page: Encoded) -> pikepdf.Stream:
    image = pikepdf.Stream(pdf, page.data)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height = page.columns, page.rows
    image.ColorSpace = pikepdf.Name.DeviceRGB if page.channels == 3 else pikepdf.Name.DeviceGray
    if page.kind == "jpeg":
        image.BitsPerComponent = 8
        image.write(page.data, filter=pikepdf.Name.DCTDecode)
        return image
    with Image.open(io.BytesIO(page.data)) as tiff:
        tags = getattr(tiff, "tag_v2")  # noqa: B009 - only TIFF images have it
        start, count = tags[_TIFF_STRIPS][0], tags[_TIFF_COUNTS][0]
        black_is_one = tags[_TIFF_PHOTOMETRIC] == 1
    image.BitsPerComponent = 1
    image.write(
        page.data[start : start + count],
        filter=pikepdf.Name.CCITTFaxDecode,
        decode_parms=pikepdf.Dictionary(
            K=-1, Columns=page.columns, Rows=page.rows, BlackIs1=black_is_one
        ),
    )
    return image


def _write_tiff(pages: Sequence[Encoded], path: Path) -> None:
    images: list[Image.Image] = [Image.open(io.BytesIO(page.data)) for page in pages]
    bilevel = all(page.kind == "g4" for page in pages)
    if not bilevel:
        images = [image.convert("L") if image.mode == "1" else image for image in images]
    how = {"compression": "group4"} if bilevel else {"compression": "jpeg", "quality": 85}
    dpi = (pages[0].dpi, pages[0].dpi)
    images[0].save(path, "TIFF", save_all=True, append_images=images[1:], dpi=dpi, **how)
