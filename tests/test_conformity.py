"""The check for PDF/A-2b: nothing to say of our own copies, and every broken one is seen."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, ImageCms, ImageFont

from pipeline import icc
from pipeline.archival import conformity, facsimile, pdfa, unseen
from pipeline.archival.facsimile import Leaf
from pipeline.archival.pdfa import Identification
from pipeline.pages import lie
from pipeline.records.transcript import Word
from pipeline.scans import scan as scans
from tests import pdfs

NAMED = Identification("doc-7F3K9QX2MD", datetime(2026, 9, 14, 8, 0, tzinfo=UTC), UUID(int=7))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An archive copy of one small grey page."""
    path = tmp_path_factory.mktemp("one") / "page.png"
    Image.new("L", (210, 297), 250).save(path, dpi=(25.4, 25.4))
    scan = scans.open_scan(path, "page.png", "aa")
    words = (Word("Согласие", 30, 60, 50, 4.2), Word("№ 5 – «да»", 62, 90, 50, 4.2))
    return facsimile.make([Leaf(scan, 1, 0, lie.spread(210, 297, 0), words)], NAMED)


def changed(copy: bytes, change: Callable[[Pdf], object], **how: Any) -> bytes:
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out, **{"static_id": True, "fix_metadata_version": False, **how})
        return out.getvalue()


def font(pdf: Pdf) -> Any:
    return pdf.pages[0].resources.Font.F


def script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def link(pdf: Pdf) -> None:
    action = Dictionary(S=Name.URI, URI=String("https://example.org/"))
    pdf.pages[0].obj.Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.Link, F=4, Rect=[0, 0, 9, 9], A=action)]
    )


def attachment(pdf: Pdf) -> None:
    pdf.attachments["a.txt"] = b"outside"


def picture(pdf: Pdf) -> Any:
    return pdf.pages[0].resources.XObject.Im0


def draw(content: bytes) -> Callable[[Pdf], object]:
    return lambda pdf: pdf.pages[0].contents_add(pdf.make_stream(content))


def metadata(old: bytes, new: bytes) -> Callable[[Pdf], object]:
    def change(pdf: Pdf) -> None:
        packet = pdf.Root.Metadata.read_bytes()
        assert old in packet
        pdf.Root.Metadata.write(packet.replace(old, new))

    return change


def without_program(pdf: Pdf) -> None:
    del font(pdf).DescendantFonts[0].FontDescriptor["/FontFile2"]


def other_widths(pdf: Pdf) -> None:
    font(pdf).DescendantFonts[0].W = Array([0x0430, Array([777])])


def helvetica(pdf: Pdf) -> None:
    own = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.pages[0].resources.Font.G = pdf.make_indirect(own)


def lzw(pdf: Pdf) -> None:
    pdf.Root.Extra = Stream(pdf, b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", Filter=Name.LZWDecode)


def outside(pdf: Pdf) -> None:
    pdf.Root.Extra = Stream(pdf, b"", F=String("other.dat"))


def dated(pdf: Pdf) -> None:
    pdf.docinfo["/CreationDate"] = "D:19990101000000Z"


def no_intent(pdf: Pdf) -> None:
    del pdf.Root["/OutputIntents"]


def other_intent(pdf: Pdf) -> None:
    pdf.Root.OutputIntents[0].DestOutputProfile.write(b"not a profile")


def tiny(pdf: Pdf) -> None:
    pdf.pages[0].mediabox = Array([0, 0, 2, 2])


def blended(pdf: Pdf) -> None:
    state = Dictionary(Type=Name.ExtGState, BM=Name("/Glow"))
    pdf.pages[0].resources.ExtGState = Dictionary(G=pdf.make_indirect(state))


WAYS: dict[str, tuple[Callable[[Pdf], object], str]] = {
    "JavaScript": (script, "6.5.1 JavaScript"),
    "web address": (link, "6.5.1 an action /URI"),
    "attachment": (attachment, "6.8"),
    "no XMP": (lambda pdf: pdf.Root.__delitem__("/Metadata"), "6.6.2.1"),
    "XMP is no XML": (metadata(b"<x:xmpmeta", b"<<"), "6.6.2.1"),
    "another part": (metadata(b"part>2<", b"part>1<"), "6.6.4"),
    "no level": (metadata(b"conformance>B<", b"conformance><"), "6.6.4"),
    "dates disagree": (dated, "6.6.3"),
    "no output intent": (no_intent, "6.2.3"),
    "broken profile": (other_intent, "6.2.3 no ICC"),
    "font not embedded": (without_program, "6.2.11.4.1"),
    "standard font": (helvetica, "6.2.11.4.1"),
    "no ToUnicode": (lambda pdf: font(pdf).__delitem__("/ToUnicode"), "6.2.11.7"),
    "no glyph map": (
        lambda pdf: font(pdf).DescendantFonts[0].__delitem__("/CIDToGIDMap"),
        "6.2.11.3.2",
    ),
    "widths disagree": (other_widths, "6.2.11.5"),
    "interpolation": (lambda pdf: setattr(picture(pdf), "Interpolate", True), "6.2.8"),
    "CMYK picture": (lambda pdf: setattr(picture(pdf), "ColorSpace", Name.DeviceCMYK), "6.2.4.3"),
    "CMYK ink": (draw(b"0 0 0 1 k 0 0 9 9 re f"), "6.2.4.3"),
    "LZW": (lzw, "6.1.7.2"),
    "stream outside": (outside, "6.1.7.1"),
    "page too small": (tiny, "6.1.13"),
    "unknown blending": (blended, "6.2.10"),
}  # fmt: skip


def test_our_copy_has_no_fault(copy: bytes) -> None:
    assert conformity.faults(copy) == []


@pytest.mark.parametrize("way", WAYS)
def test_broken_copy_is_seen_through(copy: bytes, way: str) -> None:
    change, clause = WAYS[way]
    keep = {"stream_decode_level": pikepdf.StreamDecodeLevel.none, "compress_streams": False}
    faults = conformity.faults(changed(copy, change, **keep))
    assert any(fault.startswith(clause) for fault in faults), faults


def test_encrypted_file_is_seen_through(copy: bytes) -> None:
    for password in ("", "secret"):
        locked = changed(
            copy, lambda pdf: None, static_id=False,
            encryption=pikepdf.Encryption(owner="owner", user=password),
        )  # fmt: skip
        assert "6.1.3 encrypted" in conformity.faults(locked)


def test_bytes_before_and_behind_are_seen(copy: bytes) -> None:
    assert any(fault.startswith("6.1.2") for fault in conformity.faults(b"\n" + copy))
    assert any(fault.startswith("6.1.3") for fault in conformity.faults(copy + b"more"))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"no PDF at all", b"\x00" * 999])
def test_what_is_no_pdf_has_faults_and_raises_nothing(content: bytes) -> None:
    assert conformity.faults(content)


def test_cut_copy_has_faults(copy: bytes) -> None:
    assert conformity.faults(copy[: len(copy) // 2])


def test_ordinary_pdf_is_no_archive_copy() -> None:
    faults = conformity.faults(pdfs.plain(1, b"BT /F 12 Tf (a) Tj ET"))
    assert {fault.split()[0] for fault in faults} >= {"6.6.2.1", "6.2.3"}


def test_same_leaves_give_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    Image.new("L", (210, 297), 250).save(path)
    leaf = Leaf(scans.open_scan(path, "page.png", "aa"), 1, 90, None, ())
    assert facsimile.make([leaf, leaf], NAMED) == facsimile.make([leaf, leaf], NAMED)


def test_copy_says_what_it_was_made_of(copy: bytes, tmp_path: Path) -> None:
    path = tmp_path / "copy.pdf"
    assert pdfa.instance_of(path) is None
    path.write_bytes(copy)
    assert pdfa.instance_of(path) == NAMED.instance
    path.write_bytes(b"no PDF at all")
    assert pdfa.instance_of(path) is None


def test_independent_reader_takes_the_font(copy: bytes) -> None:
    """FreeType, which is strict about a font's tables, sees our letters as wide as the PDF says."""
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        program = font(pdf).DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()
    assert ImageFont.truetype(io.BytesIO(program), 1000).getmetrics() == (
        unseen.ASCENT,
        -unseen.DESCENT,
    )


def test_our_profile_is_one_that_colour_engines_take() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc.srgb()))
    assert profile.profile.xcolor_space.strip() == "RGB"
    assert icc.fault(icc.srgb(), 3) == ""
    assert icc.fault(icc.srgb(), 1)
