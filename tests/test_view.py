"""A page's picture for the archive copy: the same pixels, whatever kind of file they come in."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from numpy.typing import NDArray
from pikepdf import Dictionary, Matrix, Name
from PIL import Image, ImageDraw

from pipeline.scans import picture, view
from pipeline.scans import scan as scans

Pixels = NDArray[np.uint8]


def sheet(mode: str = "RGB", size: tuple[int, int] = (210, 297)) -> Image.Image:
    """A page whose corners differ, so that no turn or mirror goes unseen."""
    image = Image.new("RGB", size, (240, 240, 235))
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((0, 0, width // 3, height // 5), fill=(20, 20, 20))
    draw.rectangle((width * 3 // 4, height * 3 // 4, width, height), fill=(180, 30, 40))
    draw.line((0, height, width, 0), fill=(30, 60, 160), width=3)
    return image.convert(mode)


def shown(path: Path, page: int = 1) -> tuple[Pixels, view.View, pikepdf.Pdf]:
    """The page as a viewer shows it, drawn by PDFium a point a pixel of the scan."""
    scan = scans.open_scan(path, path.name, "aa")
    pdf = pikepdf.new()
    seen = view.take(scan, page, pdf)
    expected = scans.load_page(scan, page).pixels
    height, width = expected.shape[:2]
    scale = Matrix(width, 0, 0, height, 0, 0)
    pdf.add_blank_page(page_size=(width, height))
    drawn, names = b"", {}
    for n, (image, lies) in enumerate(seen.images):
        cm = " ".join(f"{getattr(lies @ scale, k):.4f}" for k in "abcdef")
        drawn += f"q {cm} cm /Im{n} Do Q\n".encode()
        names[f"/Im{n}"] = image
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(names))
    pdf.pages[0].Contents = pdf.make_stream(drawn)
    out = io.BytesIO()
    pdf.save(out)
    document = pdfium.PdfDocument(out.getvalue())
    pixels = document[0].render(scale=1).to_numpy()[..., :3].copy()
    document.close()
    if expected.ndim == 2:
        expected = np.repeat(expected[..., None], 3, axis=2)
    off = np.abs(pixels.astype(int) - expected)
    assert np.percentile(off, 97) <= 8, path.name
    return pixels, seen, pdf


FILES: dict[str, tuple[str, dict[str, Any], str]] = {
    # name: mode, how it is saved, the filter that it keeps
    "colour.jpg": ("RGB", {"quality": 95, "subsampling": 0}, "/DCTDecode"),
    "grey.jpg": ("L", {"quality": 95}, "/DCTDecode"),
    "progressive.jpg": ("RGB", {"quality": 95, "progressive": True}, "/DCTDecode"),
    "cmyk.jpg": ("CMYK", {"quality": 95}, "/FlateDecode"),
    "colour.png": ("RGB", {}, "/FlateDecode"),
    "palette.png": ("P", {}, "/FlateDecode"),
    "bilevel.png": ("1", {}, "/FlateDecode"),
    "clear.png": ("RGBA", {}, "/FlateDecode"),
    "grey.tif": ("L", {"compression": "tiff_lzw"}, "/FlateDecode"),
    "grey-jpeg.tif": ("L", {"compression": "jpeg", "quality": 95}, "/DCTDecode"),
    "colour-jpeg.tif": ("RGB", {"compression": "jpeg", "quality": 95}, "/DCTDecode"),
    "fax.tif": ("1", {"compression": "group4"}, "/CCITTFaxDecode"),
    "plain.tif": ("1", {}, "/CCITTFaxDecode"),
    "high.tif": ("I;16", {}, "/FlateDecode"),
}


@pytest.mark.parametrize("name", FILES)
def test_picture_is_shown_as_intake_saw_it(tmp_path: Path, name: str) -> None:
    mode, how, kept = FILES[name]
    path = tmp_path / name
    if mode == "I;16":
        wide = np.asarray(sheet("L"), np.uint16) * 257
        Image.fromarray(wide).save(path)
    else:
        sheet(mode, (700, 990)).save(path, dpi=(200, 200), **how)
    _pixels, seen, _pdf = shown(path)
    ((image, _lies),) = seen.images
    assert image.Filter == Name(kept)
    if mode != "I;16":
        assert seen.size_pt == pytest.approx((252, 356.4), abs=0.1)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["phone.jpg", "phone.png", "phone.tif"])
def test_orientation_is_obeyed(tmp_path: Path, name: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / name
    how = {"compression": "jpeg"} if name.endswith("tif") else {}
    sheet().save(path, exif=exif, dpi=(72, 144), **how)
    pixels, seen, _pdf = shown(path)
    assert (pixels.shape[0] > pixels.shape[1]) is (orientation < 5)
    assert seen.size_pt == pytest.approx((210, 148.5) if orientation < 5 else (148.5, 210), abs=1)


def test_jpeg_keeps_its_pixels_and_loses_its_owner(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x013B] = "Иванов Иван".encode().decode("latin-1")  # Artist
    exif[0x010F] = "Phonemaker"
    path = tmp_path / "phone.jpg"
    sheet().save(path, quality=90, exif=exif, comment=b"from Ivanov", xmp=b"<x>Ivanov</x>")
    path.write_bytes(path.read_bytes() + b"a preview behind the picture")
    _pixels, seen, _pdf = shown(path)
    data = seen.images[0][0].read_raw_bytes()
    with Image.open(io.BytesIO(data)) as bare, Image.open(path) as whole:
        assert np.array_equal(np.asarray(bare), np.asarray(whole))
        assert not bare.getexif()
    for word in (b"Phonemaker", b"Ivanov", b"preview"):
        assert word in path.read_bytes()
        assert word not in data


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xd9"[:3], b"\xff\xd8 no jpeg"])
def test_broken_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        picture.bare_jpeg(data)


def scanned_pdf(path: Path, *, turned: int = 0, content: bytes = b"", **entries: Any) -> Path:
    """A scanner's PDF: a JPEG over a page that does not begin at zero."""
    stream = io.BytesIO()
    sheet("L", (420, 594)).save(stream, "JPEG", quality=95)
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(210, 297))
        page = pdf.pages[0]
        page.mediabox = pikepdf.Array([10, 20, 220, 317])
        how = {"Filter": Name.DCTDecode, "ColorSpace": Name.DeviceGray, **entries}
        image = pikepdf.Stream(
            pdf, stream.getvalue(), Type=Name.XObject, Subtype=Name.Image, Width=420, Height=594,
            BitsPerComponent=8, **how,
        )  # fmt: skip
        page.Resources = Dictionary(XObject=Dictionary(Im0=image))
        page.Contents = pdf.make_stream(b"q 210 0 0 297 10 20 cm /Im0 Do Q\n" + content)
        page.rotate(turned, relative=False)
        pdf.save(path)
    return path


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_scanned_pdf_passes_through(tmp_path: Path, turned: int) -> None:
    _pixels, seen, _pdf = shown(scanned_pdf(tmp_path / "scan.pdf", turned=turned))
    ((image, _lies),) = seen.images
    assert image.Filter == Name.DCTDecode
    assert seen.size_pt == pytest.approx((210, 297) if turned in (0, 180) else (297, 210))


@pytest.mark.parametrize(
    "content", [b"10 20 90 50 re f", b"1 0 0 rg 40 40 m 90 90 l S", b"BT 0 Tr (a) Tj ET"]
)
def test_page_that_shows_more_than_a_scan_is_drawn(tmp_path: Path, content: bytes) -> None:
    _pixels, seen, _pdf = shown(scanned_pdf(tmp_path / "more.pdf", content=content))
    ((image, _lies),) = seen.images
    assert image.Filter == Name.FlateDecode
    assert seen.size_pt == pytest.approx((210, 297))


def test_scanners_own_unseen_text_is_left_out(tmp_path: Path) -> None:
    _pixels, seen, pdf = shown(scanned_pdf(tmp_path / "text.pdf", content=b"BT 3 Tr (a) Tj ET"))
    assert seen.images[0][0].Filter == Name.DCTDecode
    assert not any(isinstance(o, Dictionary) and o.get("/Type") == Name.Font for o in pdf.objects)


def test_masked_image_is_drawn(tmp_path: Path) -> None:
    path = scanned_pdf(tmp_path / "mask.pdf", Mask=pikepdf.Array([0, 10]))
    _pixels, seen, _pdf = shown(path)
    assert "/Mask" not in seen.images[0][0]
