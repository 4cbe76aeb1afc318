"""Our own check of what PDF/A-2b asks (ISO 19005-2), of any PDF.

It looks at what an archive copy could get wrong and at what harms most in an archive; it is no full
validator. Beyond level B it wants every font to have ToUnicode, and it allows no reference to
anything outside the file.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from pipeline import icc
from pipeline.archival import pdfa

_BROKEN = (pikepdf.PdfError, LookupError, AttributeError, TypeError, ValueError, ArithmeticError,
           struct.error)  # fmt: skip


def faults(content: bytes) -> list[str]:
    """What keeps a file from being a PDF/A-2b: each with its clause of ISO 19005-2."""
    found = list(_of_bytes(content))
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            found += [f"6.1 {text}" for text in pdf.check_pdf_syntax()]
            for look in (
                _of_trailer,
                _of_metadata,
                _of_intent,
                _of_actions,
                _of_pages,
                _of_objects,
            ):
                found += look(pdf)
    except pikepdf.PasswordError:
        found.append("6.1.3 encrypted")
    except _BROKEN as error:
        found.append(f"6.1 not as a PDF must be: {type(error).__name__}")
    return list(dict.fromkeys(found))


def _of_bytes(content: bytes) -> Iterator[str]:
    head = re.match(rb"%PDF-1\.[0-7]\r?\n%([^\r\n]*)", content)
    if not head or sum(byte > 127 for byte in head[1][:4]) < 4:
        yield "6.1.2 no header with a comment of four high bytes after it"
    if not re.search(rb"%%EOF\r?\n?\Z", content):
        yield "6.1.3 something after the last end-of-file marker"


def _of_trailer(pdf: pikepdf.Pdf) -> Iterator[str]:
    if pdf.is_encrypted:
        yield "6.1.3 encrypted"
    if len(pdf.trailer.get("/ID", ())) != 2:
        yield "6.1.3 no file identifier"


def _of_metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    try:
        xmp = pdfa.packet(pdf)
    except ValueError as error:
        yield f"6.6.2.1 {error}"
        return
    if pdfa.told(xmp, f"{pdfa.PDFAID}part") != "2":
        yield "6.6.4 not identified as part 2"
    if pdfa.told(xmp, f"{pdfa.PDFAID}conformance") not in ("A", "B", "U"):
        yield "6.6.4 not identified by its level"
    info = pdf.trailer.get("/Info", Dictionary())
    for key, name in (("/CreationDate", "CreateDate"), ("/ModDate", "ModifyDate")):
        if key in info and _digits(str(info[key])) != _digits(pdfa.told(xmp, f"{pdfa.XMP}{name}")):
            yield f"6.6.3 {key} and xmp:{name} differ"


def _digits(when: str) -> str:
    """The day and the time of day; time zones are written in too many ways to be compared."""
    return "".join(re.findall(r"\d", when))[:14]


def _of_intent(pdf: pikepdf.Pdf) -> Iterator[str]:
    profiles = {
        intent.DestOutputProfile.objgen: intent.DestOutputProfile
        for intent in pdf.Root.get("/OutputIntents", ())
        if intent.get("/S") == Name.GTS_PDFA1 and "/DestOutputProfile" in intent
    }
    if not profiles:
        yield "6.2.3 no output intent with a profile"
    if len(profiles) > 1:
        yield "6.2.3 output intents that disagree"
    for profile in profiles.values():
        if wrong := icc.fault(profile.read_bytes(), int(profile.get("/N", 0))):
            yield f"6.2.3 {wrong}"


_HARMLESS_ACTIONS = ("/GoTo", "/Named", "/Thread")
_NEVER = {
    "/JS": "6.5.1 JavaScript",
    "/JavaScript": "6.5.1 JavaScript",
    "/AA": "6.5.2 actions set off by events",
    "/EmbeddedFiles": "6.8 embedded files",
    "/EF": "6.8 embedded files",
    "/XFA": "6.4.2 an XFA form",
    "/Alternates": "6.2.8 other versions of an image",
    "/OPI": "6.2.8 a reference to an image outside",
    "/Ref": "6.2.9 a reference to a page outside",
    "/FFilter": "6.1.7.1 a stream outside the file",
}


def _of_actions(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/OpenAction" in pdf.Root and isinstance(pdf.Root.OpenAction, Dictionary):
        yield "6.5 an action on opening"
    for thing in pdf.objects:
        for one in _nested(thing):
            keys = set(one.keys())
            yield from (what for key, what in _NEVER.items() if key in keys)
            kind = str(one.get("/S", ""))
            is_action = one.get("/Type") == Name.Action or (
                kind in _ACTIONS and "/Type" not in keys
            )
            if is_action and kind not in _HARMLESS_ACTIONS:
                yield f"6.5.1 an action {kind}"
            if one.get("/Type") in (Name.Filespec, Name("/F")) or (
                isinstance(one, Stream) and "/F" in keys
            ):
                yield "6.1.7.1 a reference to a file outside"


_ACTIONS = ("/JavaScript", "/Launch", "/URI", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData",
            "/ResetForm", "/Hide", "/Sound", "/Movie", "/Rendition", "/Trans", "/SetOCGState",
            "/GoTo3DView")  # fmt: skip


def _nested(thing: Object) -> Iterator[Any]:
    """A dictionary or stream with those that stand directly in it, not by reference."""
    if isinstance(thing, Dictionary | Stream):
        yield thing
        children = [child for _key, child in thing.items()]
    elif isinstance(thing, Array):
        children = list(thing)
    else:
        return
    for child in children:
        if isinstance(child, Object) and not child.is_indirect:
            yield from _nested(child)


_SIDE_PT = (3, 14400)
_COLOURS = {"g": 1, "G": 1, "rg": 3, "RG": 3, "k": 4, "K": 4}


def _of_pages(pdf: pikepdf.Pdf) -> Iterator[str]:
    intended = _intended(pdf)
    for number, page in enumerate(pdf.pages, start=1):
        box = [float(v) for v in page.mediabox]
        sides = (abs(box[2] - box[0]), abs(box[3] - box[1]))
        if not all(_SIDE_PT[0] <= side <= _SIDE_PT[1] for side in sides):
            yield f"6.1.13 page {number} is too small or too large"
        group = page.obj.get("/Group", Dictionary())
        if group.get("/S") == Name.Transparency and "/CS" not in group and not intended:
            yield f"6.2.10 page {number} is blended in no named colours"
        for annotation in page.obj.get("/Annots", ()):
            yield from _of_annotation(annotation)
        for step in pikepdf.parse_content_stream(page):
            yield from _uncovered(_COLOURS.get(str(step.operator), 0), intended)


def _of_annotation(annotation: Object) -> Iterator[str]:
    kind = annotation.get("/Subtype")
    if kind in (Name("/3D"), Name.Sound, Name.Screen, Name.Movie):
        yield f"6.3.1 an annotation {kind}"
    flags = int(annotation.get("/F", 0))
    hidden, printed = 0b1_0010_0011, 0b100
    if kind != Name.Popup and (not flags & printed or flags & hidden):
        yield "6.3.2 an annotation that is not printed as it is shown"
    if kind not in (Name.Popup, Name.Link) and "/AP" not in annotation:
        yield "6.3.3 an annotation without an appearance"


_DEVICE = {"/DeviceGray": 1, "/G": 1, "/DeviceRGB": 3, "/RGB": 3, "/DeviceCMYK": 4, "/CMYK": 4}


def _intended(pdf: pikepdf.Pdf) -> int:
    """How many components the output intent's colours have; 0 where there is none."""
    for intent in pdf.Root.get("/OutputIntents", ()):
        if "/DestOutputProfile" in intent:
            return int(intent.DestOutputProfile.get("/N", 0))
    return 0


def _uncovered(components: int, intended: int) -> Iterator[str]:
    """Grey is covered by any output intent, other colours by one of their own."""
    if components and (not intended or components not in (1, intended)):
        yield "6.2.4.3 device colours that no output intent covers"


_FORBIDDEN_FILTERS = {"/LZWDecode": "LZW", "/LZW": "LZW", "/Crypt": "Crypt"}
_BLEND_MODES = {
    "/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten",
    "/ColorDodge", "/ColorBurn", "/HardLight", "/SoftLight", "/Difference", "/Exclusion", "/Hue",
    "/Saturation", "/Color", "/Luminosity",
}  # fmt: skip


def _of_objects(pdf: pikepdf.Pdf) -> Iterator[str]:
    intended = _intended(pdf)
    for thing in pdf.objects:
        if not isinstance(thing, Dictionary | Stream):
            continue
        kind = thing.get("/Subtype")
        if isinstance(thing, Stream):
            filters = thing.get("/Filter", Array())
            for one in filters if isinstance(filters, Array) else [filters]:
                if str(one) in _FORBIDDEN_FILTERS:
                    yield f"6.1.7.2 the filter {_FORBIDDEN_FILTERS[str(one)]}"
            if kind == Name.Image:
                yield from _of_image(thing, intended)
            elif kind == Name.PS:
                yield "6.2.9 PostScript"
        elif thing.get("/Type") == Name.ExtGState:
            if str(thing.get("/BM", "/Normal")) not in _BLEND_MODES:
                yield "6.2.10 an unknown way of blending"
            if "/TR" in thing or thing.get("/TR2", Name.Default) != Name.Default:
                yield "6.2.5 a transfer function"
        elif thing.get("/Type") == Name.Font:
            yield from _of_font(thing)


def _of_image(image: Stream, intended: int) -> Iterator[str]:
    if image.get("/Interpolate", False):
        yield "6.2.8 an interpolated image"
    yield from _uncovered(_DEVICE.get(str(image.get("/ColorSpace")), 0), intended)


def _of_font(font: Dictionary) -> Iterator[str]:
    name, kind = str(font.get("/BaseFont", "?")), font.get("/Subtype")
    is_descendant = kind in (Name.CIDFontType0, Name.CIDFontType2)
    if not is_descendant and "/ToUnicode" not in font:
        yield f"6.2.11.7 no ToUnicode for {name}"
    if kind in (Name.Type0, Name.Type3):
        return
    descriptor = font.get("/FontDescriptor", Dictionary())
    programs = [key for key in ("/FontFile", "/FontFile2", "/FontFile3") if key in descriptor]
    if not programs:
        yield f"6.2.11.4.1 {name} is not embedded"
    elif kind == Name.CIDFontType2:
        if "/CIDToGIDMap" not in font:
            yield f"6.2.11.3.2 no CIDToGIDMap for {name}"
        elif programs == ["/FontFile2"] and not _widths_agree(
            font, descriptor.FontFile2.read_bytes()
        ):
            yield f"6.2.11.5 the widths of {name} are not those of its program"


def _widths_agree(font: Dictionary, program: bytes) -> bool:
    """Are the widths told (by W; of all others DW) those of the glyphs, to a thousandth?"""
    tables = {
        program[at : at + 4]: struct.unpack(">II", program[at + 8 : at + 16])[0]
        for at in range(12, 12 + 16 * struct.unpack(">H", program[4:6])[0], 16)
    }
    per_em = struct.unpack_from(">H", program, tables[b"head"] + 18)[0]
    metrics = struct.unpack_from(">H", program, tables[b"hhea"] + 34)[0]
    mapped = font.CIDToGIDMap.read_bytes() if isinstance(font.CIDToGIDMap, Stream) else b""

    def width_of(code: int) -> float:
        glyph = struct.unpack_from(">H", mapped, 2 * code)[0] if mapped else code
        at = tables[b"hmtx"] + 4 * min(glyph, metrics - 1)
        return int(struct.unpack_from(">H", program, at)[0]) * 1000 / int(per_em)

    told = _told_widths(font)
    return all(abs(width_of(code) - width) <= 1 for code, width in told.items())


def _told_widths(font: Dictionary) -> dict[int, float]:
    """The array W as a table (ISO 32000-1, 9.7.4.3)."""
    told: dict[int, float] = {}
    items = list(font.get("/W", ()))
    while items:
        first, second = int(items.pop(0)), items.pop(0)
        if isinstance(second, Array):
            told |= {first + n: float(width) for n, width in enumerate(second)}
        else:
            width = float(items.pop(0))
            told |= dict.fromkeys(range(first, int(second) + 1), width)
    return told
