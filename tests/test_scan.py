"""Files that come back: which are scans, what is on their pages, what is wrong with the others."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image

from pipeline.errors import ScanError
from pipeline.scans import scan
from pipeline.scans.scan import PageImage, Scan

GREY = Image.fromarray(np.tile(np.arange(200, dtype=np.uint8), (300, 2)))


def write(path: Path, image: Image.Image = GREY, **how: Any) -> Path:
    image.copy().save(path, **how)  # saving as JPEG leaves settings behind
    return path


def opened(path: Path) -> Scan:
    return scan.open_scan(path, path.name, scan.fingerprint(path, path.name))


def first_page(path: Path) -> PageImage:
    return scan.load_page(opened(path), 1)


def refused(path: Path) -> ScanError:
    with pytest.raises(ScanError) as caught:
        first_page(path)
    assert caught.value.problem.where == path.name
    assert caught.value.problem.hint
    return caught.value


@pytest.mark.parametrize("name", ["a.pdf", "a.tif", "a.tiff", "a.jpg", "a.jpeg", "a.png", "a.PNG"])
def test_every_format_is_read(tmp_path: Path, name: str) -> None:
    page = first_page(write(tmp_path / name))
    assert not page.is_colour
    assert abs(float(page.pixels.mean()) - 99.5) < 3


def test_pages_of_files_of_several(tmp_path: Path) -> None:
    for name in ("a.pdf", "a.tiff"):
        more = [GREY.copy(), GREY.rotate(180)]
        found = opened(write(tmp_path / name, save_all=True, append_images=more))
        assert found.pages == 3
        last = scan.load_page(found, 3).pixels
        assert last[:, 0].mean() > last[:, -1].mean() - 60


def test_what_a_file_is_is_told_by_its_bytes(tmp_path: Path) -> None:
    misnamed = write(tmp_path / "a.png").rename(tmp_path / "scan.pdf")
    assert opened(misnamed).pages == 1


def test_colour_and_grey_are_told_apart(tmp_path: Path) -> None:
    pen = GREY.convert("RGB")
    pen.paste((30, 40, 200), (50, 50, 120, 60))
    assert first_page(write(tmp_path / "pen.png", pen)).is_colour
    assert not first_page(write(tmp_path / "tint.png", GREY.convert("RGB"))).is_colour


def test_photographs_are_stood_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright, the sensor lay on its side
    page = first_page(write(tmp_path / "phone.jpg", exif=exif))
    assert page.pixels.shape == (GREY.width, GREY.height)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_pictures_of_any_kind_are_read(tmp_path: Path, mode: str) -> None:
    image = GREY.convert("I") if mode == "I;16" else GREY
    page = first_page(write(tmp_path / "a.tif", image.convert(mode)))
    assert page.pixels.dtype == np.uint8
    assert page.pixels.shape[:2] == (300, 400)


def test_fine_pictures_are_made_coarser(tmp_path: Path) -> None:
    fine = Image.new("RGB", (5000, 7000), "white")
    for name in ("fine.jpg", "fine.png", "fine.tif"):
        page = first_page(write(tmp_path / name, fine))
        assert max(page.pixels.shape) <= scan.WORK_LONG_SIDE_PX * 1.05


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_fine_pictures_of_any_kind_are_made_coarser(
    tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "REDUCED_MEGAPIXELS", 0.02)  # of 0.12
    monkeypatch.setattr(scan, "_BAND_ROWS", 7)
    image = GREY.convert("I").point(lambda v: v * 257) if mode == "I;16" else GREY
    page = first_page(write(tmp_path / "a.tif", image.convert(mode)))
    assert page.pixels.shape[:2] == (100, 134)
    ramp = page.grey.mean(axis=0)
    if mode != "1":
        assert np.abs(ramp[1:60] - np.arange(1, 60) * 3 - 1).max() < 4
    assert np.ptp(page.grey[:, 30]) <= (255 if mode == "1" else 2)


def test_ribbon_is_refused(tmp_path: Path) -> None:
    refused(write(tmp_path / "ribbon.png", Image.new("1", (40_000, 2))))


def huge_png(path: Path) -> Path:
    """A header that promises 400 megapixels, and nothing behind it."""
    content = b"\x89PNG\r\n\x1a\n"
    header = struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0)
    for body in (b"IHDR" + header, b"IDAT" + zlib.compress(b"")):
        content += struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    path.write_bytes(content)
    return path


def test_huge_pictures_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    error = refused(huge_png(tmp_path / "poster.png"))
    assert error.reason == "unreadable-file"
    assert "400 megapixels" in error.problem.what


def test_huge_picture_in_a_pdf_is_refused(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        image = pikepdf.Stream(pdf, zlib.compress(bytes(20000 * 20000 // 8)))
        image.update(
            pikepdf.Dictionary(
                Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=20000, Height=20000,
                ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=1,
                Filter=pikepdf.Name.FlateDecode,
            )
        )  # fmt: skip
        page = pdf.pages[0]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        page.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")
        pdf.save(tmp_path / "poster.pdf")
    assert "400 megapixels" in refused(tmp_path / "poster.pdf").problem.what


@pytest.mark.filterwarnings("ignore:This document has 1 form widget")
@pytest.mark.parametrize("kind", ["Tx", "Sig", "Ch", "Btn"])
@pytest.mark.parametrize("form", ["named", "unnamed", "xfa", "none"])
def test_field_over_a_page_is_seen(tmp_path: Path, kind: str, form: str) -> None:
    """A stroke that a field draws over the print is there for whoever opens the file."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        look = pdf.make_stream(b"3 w 0 10 m 200 10 l S")
        look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        look.BBox = pikepdf.Array([0, 0, 200, 20])
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name(f"/{kind}"),
                T="x", F=4, Rect=pikepdf.Array([100, 500, 300, 520]),
                AP=pikepdf.Dictionary(N=look if kind != "Btn" else pikepdf.Dictionary(On=look)),
                AS=pikepdf.Name.On,
            )
        )  # fmt: skip
        pdf.pages[0].obj.Annots = pikepdf.Array([field])
        if form != "none":
            fields = pikepdf.Array([] if form == "unnamed" else [field])
            pdf.Root.AcroForm = pikepdf.Dictionary(Fields=fields)
        if form == "xfa":
            pdf.Root.AcroForm.XFA = pdf.make_stream(b"<template/>")
        pdf.save(tmp_path / "a.pdf")
    grey = first_page(tmp_path / "a.pdf").grey
    dark = np.argwhere(grey < 128) / grey.shape
    assert len(dark) > 500
    # From the left edge 100 to 300 of 595 points, from the top 332 of 842.
    assert np.allclose([dark.min(axis=0), dark.max(axis=0)], [[332 / 842, 100 / 595],
                       [332 / 842, 300 / 595]], atol=0.005)  # fmt: skip


def test_locked_pdf_is_named_as_such(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "a.pdf", encryption=pikepdf.Encryption(user="one", owner="two"))
        pdf.save(tmp_path / "b.pdf", encryption=pikepdf.Encryption(user="", owner="two"))
    assert refused(tmp_path / "a.pdf").reason == "encrypted"
    assert opened(tmp_path / "b.pdf").pages == 1  # anybody may look at this one


def pdf_bytes() -> bytes:
    stream = io.BytesIO()
    GREY.save(stream, "PDF")
    return stream.getvalue()


def png_bytes() -> bytes:
    stream = io.BytesIO()
    GREY.save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.pdf", b""),
        ("text.pdf", "Это не PDF, а письмо.".encode()),
        ("cut.pdf", pdf_bytes()[:200]),
        ("header.pdf", b"%PDF-1.7\n"),
        ("cut.png", png_bytes()[: len(png_bytes()) // 2]),
        ("noise.tif", b"II*\x00\x08\x00\x00\x00\xff\xff"),
        ("noise.jpg", b"\xff\xd8\xff\xe0" + bytes(100)),
        ("movie.png", b"RIFF\x00\x00\x00\x00AVI "),
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refused(path).reason == "unreadable-file"


@pytest.mark.parametrize("kind", ["BMP", "GIF", "WEBP"])
def test_whole_pictures_of_other_kinds_are_named_as_such(tmp_path: Path, kind: str) -> None:
    GREY.convert("RGB").save(tmp_path / "scan.png", kind)
    assert "TIFF, JPEG or PNG" in refused(tmp_path / "scan.png").problem.what


def test_of_a_phones_pair_of_pictures_the_first_is_the_page(tmp_path: Path) -> None:
    small = GREY.resize((100, 75)).convert("RGB")
    GREY.convert("RGB").save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[small])
    assert opened(tmp_path / "a.jpg").pages == 1
    assert first_page(tmp_path / "a.jpg").pixels.shape[:2] == GREY.size[::-1]


def test_missing_and_secret_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match=r"gone\.pdf"):
        scan.fingerprint(tmp_path / "gone.pdf", "gone.pdf")


def test_files_attached_to_a_pdf_are_counted(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "a.pdf")
        for name in ("passport.jpg", "order.pdf"):
            pdf.attachments[name] = b"a scan"
        pdf.save(tmp_path / "b.pdf")
    assert [opened(tmp_path / name).attached for name in ("a.pdf", "b.pdf")] == [0, 2]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")
def test_a_pipe_is_no_scan_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    with pytest.raises(ScanError, match="no file"):
        scan.open_scan(tmp_path / "a.pdf", "a.pdf", "")


def test_a_strip_of_one_pixel_has_a_thumbnail() -> None:
    assert scan.thumbnail(np.zeros((2000, 1), np.uint8), 0)
