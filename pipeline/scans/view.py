"""A page's picture as the scanner wrote it, made fit to stand in another PDF.

Comes in: a page of a kept original. Goes out: a ``View``, the page's images with where each lies.
Compressed pixels are passed through wherever PDF/A knows their kind (JPEG, Group 4, JBIG2, PNG's
deflate), so nothing is lost and nothing grows. What it does not know (CMYK, transparency, JPEG
2000, a PDF that draws more than pictures) is stored without loss as ``scan`` shows it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Matrix, Name, Object, Stream, String
from PIL import ExifTags, Image, ImageOps
from PIL import TiffImagePlugin as Tiff

from pipeline import icc
from pipeline.geometry import POINTS_PER_INCH
from pipeline.scans import picture
from pipeline.scans import scan as scans
from pipeline.scans.scan import Scan

_PLAUSIBLE_DPI = (50, 2400)  # outside of it the file's word for its resolution is not taken
# A turn clockwise of the unit square, whose y axis points up.
TURNS = {
    0: Matrix(1, 0, 0, 1, 0, 0),
    90: Matrix(0, -1, 1, 0, 0, 1),
    180: Matrix(-1, 0, 0, -1, 1, 1),
    270: Matrix(0, 1, -1, 0, 1, 0),
}
_MIRROR = Matrix(-1, 0, 0, 1, 1, 0)
# How Exif and TIFF say that a picture is to be shown (TIFF 6.0, Orientation).
_ORIENTATIONS = {
    1: TURNS[0], 2: _MIRROR, 3: TURNS[180], 4: _MIRROR @ TURNS[180],
    5: _MIRROR @ TURNS[270], 6: TURNS[90], 7: _MIRROR @ TURNS[90], 8: TURNS[270],
}  # fmt: skip
_SIDEWAYS = 5  # orientations from here on change width and height
_DAMAGE = (pikepdf.PdfError, pikepdf.ForeignObjectError, ValueError, LookupError, TypeError,
           AttributeError, ArithmeticError, OSError, RuntimeError, zlib.error)  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """A page as it is shown, before it is turned upright.

    ``images``: each with the matrix that lays its unit square into the page's, y upwards.
    ``size_pt``: width and height as the file has them, None where it does not say; ``ratio`` is
    width by height.
    """

    images: tuple[tuple[Stream, Matrix], ...]
    size_pt: tuple[float, float] | None
    ratio: float


def take(scan: Scan, number: int, into: pikepdf.Pdf, *, anew: bool = False) -> View:
    """Page ``number`` (from 1) of a scan, its images made objects of ``into``.

    ``anew``: nothing is passed through, in case that what a stranger packed cannot be unpacked.
    Raises ScanError where the page cannot be decoded.
    """
    seen = None
    with suppress(*_DAMAGE):
        if not anew:
            seen = (_of_pdf if scan.is_pdf else _of_image)(scan, number, into)
    return seen or _as_shown(scan, number, into)


def _as_shown(scan: Scan, number: int, into: pikepdf.Pdf) -> View:
    """The pixels that intake saw."""
    pixels = scans.load_page(scan, number).pixels
    rows, columns = pixels.shape[:2]
    size_pt = None
    with suppress(*_DAMAGE):  # PDFium mends what others cannot open
        if scan.is_pdf:
            with pikepdf.open(scan.path) as pdf:
                size_pt = _frame(pdf.pages[number - 1])[1]
        else:
            with _frame_of(scan, number) as image:
                size_pt = _sizes(image)[1]
    return View(((picture.lossless(pixels, into), TURNS[0]),), size_pt, columns / rows)


# Pictures that are files


def _of_image(scan: Scan, number: int, into: pikepdf.Pdf) -> View | None:
    with _frame_of(scan, number) as image:
        size, size_pt = _sizes(image)
        lies = _ORIENTATIONS.get(_orientation(image), TURNS[0])
        stream = _passed(image, scan, into)
        if stream is None:
            lies = TURNS[0]
            stream = _stored(ImageOps.exif_transpose(image), into)
    return None if stream is None else View(((stream, lies),), size_pt, size[0] / size[1])


@contextmanager
def _frame_of(scan: Scan, number: int) -> Iterator[Image.Image]:
    with Image.open(scan.path, formats=("TIFF", "JPEG", "PNG", "MPO")) as image:
        if number > 1:
            image.seek(number - 1)
        yield image


def _orientation(image: Image.Image) -> int:
    return int(image.getexif().get(ExifTags.Base.Orientation, 1))


def _sizes(image: Image.Image) -> tuple[tuple[int, int], tuple[float, float] | None]:
    """Width and height as the picture is shown, in pixels and in points."""
    tags = getattr(image, "tag_v2", {})  # Pillow turns a TIFF's size, but not its pixels yet
    size = (tags.get(Tiff.IMAGEWIDTH, image.width), tags.get(Tiff.IMAGELENGTH, image.height))
    size_pt = _size_pt(size, image.info.get("dpi"))
    if _orientation(image) >= _SIDEWAYS:
        return size[::-1], size_pt and size_pt[::-1]
    return size, size_pt


def _size_pt(size: tuple[int, int], dpi: Any) -> tuple[float, float] | None:
    low, high = _PLAUSIBLE_DPI
    if not dpi or not all(low <= float(one) <= high for one in dpi):
        return None
    across, down = (px / float(one) * POINTS_PER_INCH for px, one in zip(size, dpi, strict=True))
    return across, down


def _passed(image: Image.Image, scan: Scan, into: pikepdf.Pdf) -> Stream | None:
    """The compressed pixels as they are; None where PDF cannot take them so."""
    if image.mode not in ("L", "RGB", "P", "1"):
        return None
    if image.format in ("JPEG", "MPO"):
        return picture.jpeg(scan.path.read_bytes(), into)
    if image.format == "PNG":
        return picture.png(scan.path.read_bytes(), into)
    tags = getattr(image, "tag_v2", {})
    colours = tags.get(Tiff.PHOTOMETRIC_INTERPRETATION)
    if (tags.get(Tiff.COMPRESSION), colours) not in _TIFF_JPEG:
        return None
    rows = tags[Tiff.IMAGELENGTH]
    strips = []
    with scan.path.open("rb") as file:
        for start, size in zip(tags[Tiff.STRIPOFFSETS], tags[Tiff.STRIPBYTECOUNTS], strict=True):
            file.seek(start)
            strips.append(file.read(size))
    tables = tags.get(Tiff.JPEGTABLES, b"")
    try:
        data = picture.joined_jpeg(
            strips, tables, rows, tags.get(Tiff.ROWSPERSTRIP, rows), is_rgb=colours == _RGB
        )
    except (ValueError, LookupError):
        return None
    return picture.jpeg(data, into)


_RGB = 2
_TIFF_JPEG = ((7, 1), (7, 2), (7, 6))  # JPEG in grey, RGB and YCbCr (TIFF Technical Note 2)


def _stored(image: Image.Image, into: pikepdf.Pdf) -> Stream | None:
    """The pixels without loss; None for kinds that PDF/A has other ideas of."""
    if image.mode == "1":
        return picture.group4(image, into)
    if image.mode == "P" and "transparency" not in image.info:
        image = image.convert("RGB")
    if image.mode not in ("L", "RGB"):
        return None
    pixels = np.asarray(image)
    return picture.lossless(pixels if image.mode == "L" else pixels[..., ::-1], into)


# Pages of a PDF


def _of_pdf(scan: Scan, number: int, into: pikepdf.Pdf) -> View | None:
    with pikepdf.open(scan.path) as pdf:
        page = pdf.pages[number - 1]
        to_page, size_pt = _frame(page)
        images = []
        for image, lies in _drawn(page):
            stream = _of_object(image, into)
            if stream is None:
                return None
            images.append((stream, lies @ to_page))
        return View(tuple(images), size_pt, size_pt[0] / size_pt[1]) if images else None


def _frame(page: pikepdf.Page) -> tuple[Matrix, tuple[float, float]]:
    """From the page's own space to the unit square as it is shown, and its size in points."""
    boxes = [[float(v) for v in box] for box in (page.mediabox, page.cropbox)]
    x0, y0 = (max(min(b[i], b[i + 2]) for b in boxes) for i in (0, 1))
    x1, y1 = (min(max(b[i], b[i + 2]) for b in boxes) for i in (0, 1))
    unit = float(page.obj.get("/UserUnit", 1))
    width, height = (x1 - x0) * unit, (y1 - y0) * unit
    turned = int(_inherited(page.obj, "/Rotate", 0)) % 360
    square = Matrix(unit / width, 0, 0, unit / height, -x0 * unit / width, -y0 * unit / height)
    size = (height, width) if turned in (90, 270) else (width, height)
    return square @ TURNS[turned], size


def _inherited(node: Object, key: str, default: Any) -> Any:
    for _level in range(_DEEPEST):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            break
        node = node.Parent
    return default


_DEEPEST = 50  # levels of a tree of pages; a loop in a broken file ends there
_SHOWS_TEXT = ("Tj", "TJ", "'", '"')
_PAINTS = ("S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "BI", "INLINE IMAGE")
_INVISIBLE = 3
_BLENDS = {"/SMask", "/ca", "/CA", "/BM", "/TR", "/TR2", "/HTP"}


def _drawn(page: pikepdf.Page) -> list[tuple[Object, Matrix]]:
    """The images of a page and where they lie; raises ValueError where it shows anything else.

    Text that a scanner put there unseen is left out: the archive copy has its own.
    """
    if len(page.obj.get("/Annots", ())):
        raise ValueError("something is stuck on the page")
    lies, mode = Matrix(), 0
    kept: list[tuple[Matrix, int]] = []
    found = []
    for step in pikepdf.parse_content_stream(page):
        name, operands = str(step.operator), step.operands
        if name == "q":
            kept.append((lies, mode))
        elif name == "Q":
            lies, mode = kept.pop()
        elif name == "cm":
            lies = Matrix(*(float(v) for v in operands)) @ lies
        elif name == "Tr":
            mode = int(operands[0])
        elif name == "Do":
            found.append((page.resources.XObject[str(operands[0])], lies))
        elif name == "gs" and _BLENDS & set(page.resources.ExtGState[str(operands[0])].keys()):
            raise ValueError("the page is blended")
        elif name in _PAINTS or (name in _SHOWS_TEXT and mode != _INVISIBLE):
            raise ValueError("the page shows more than images")
    return found


_NOT_PLAIN = {"/SMask", "/Mask", "/ImageMask", "/SMaskInData"}
_UNPACKED = {"/ASCIIHexDecode", "/ASCII85Decode", "/LZWDecode", "/RunLengthDecode", "/FlateDecode"}
_PACKED = ("/FlateDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/DCTDecode")


def _of_object(image: Object, into: pikepdf.Pdf) -> Stream | None:
    """An image of a PDF with the entries that an archive copy may have; None for other kinds."""
    if image.Subtype != Name.Image or _NOT_PLAIN & set(image.keys()):
        return None
    space = _space(image.ColorSpace, into)
    if space is None:
        return None
    how: dict[str, Any] = {}
    if "/Decode" in image:
        how["Decode"] = Array([float(v) for v in image.Decode])
    filters = [str(one) for one in _list(image.get("/Filter", Array()))]
    if len(filters) == 1 and filters[0] in _PACKED:
        data = image.read_raw_bytes()
        how["Filter"] = Name(filters[0])
        parms = _list(image.get("/DecodeParms", Array()))
        if parms and isinstance(parms[0], Dictionary):
            how["DecodeParms"] = _parms(parms[0], into)
        if filters == ["/DCTDecode"]:
            data = picture.bare_jpeg(data)
    elif set(filters) <= _UNPACKED:
        data = image.read_bytes()
    else:
        return None
    size = int(image.Width), int(image.Height)
    return picture.xobject(data, size, space, int(image.BitsPerComponent), into, **how)


def _list(thing: Object) -> list[Object]:
    return list(thing) if isinstance(thing, Array) else [thing]


def _parms(parms: Object, into: pikepdf.Pdf) -> Object:
    own = Dictionary({k: v for k, v in parms.items() if not isinstance(v, Stream)})
    if "/JBIG2Globals" in parms:
        own.JBIG2Globals = into.make_stream(parms.JBIG2Globals.read_bytes())
    return own


def _space(space: Object, into: pikepdf.Pdf) -> Object | None:
    """A colour space that an sRGB output intent covers or that needs none; None for others."""
    if isinstance(space, Name):
        return space if space in (Name.DeviceGray, Name.DeviceRGB) else None
    kind = space[0]
    if kind == Name.ICCBased:
        components, profile = int(space[1].N), space[1].read_bytes()
        if icc.fault(profile, components):
            return {1: Name.DeviceGray, 3: Name.DeviceRGB}.get(components)
        return Array([Name.ICCBased, into.make_stream(profile, N=components)])
    if kind == Name.Indexed and (base := _space(space[1], into)) is not None:
        table = bytes(space[3]) if isinstance(space[3], String) else space[3].read_bytes()
        return Array([Name.Indexed, base, space[2], String(table)])
    return None
