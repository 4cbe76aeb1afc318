"""A file that came back: PDF, TIFF, JPEG or PNG, seen as page images. Only ever read.

Everything here is untrusted: sizes, pages and pixels are bounded before anything is decoded.
"""

from __future__ import annotations

import contextlib
import logging
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.errors import UNREADABLE, ScanError
from pipeline.files import sha256_of
from pipeline.geometry import A4_MM, MM_PER_INCH, POINTS_PER_INCH
from pipeline.i18n import _

MAX_BYTES = 2 << 30
MAX_PAGES = 5000
MAX_MEGAPIXELS = 120  # A3 at 600 dpi is 70
_BAND_ROWS = 64  # of the smaller picture: a band of a large one is some megabytes
REDUCED_MEGAPIXELS = 25  # a picture of more is made smaller before anything else is done to it
THUMBNAIL_PX = 240  # of its long side: the sheet is known again, its words hardly read
WORK_DPI = 300  # finer than this tells nothing more about print and pen
VECTOR_DPI = 200  # for pages that are not a picture
WORK_LONG_SIDE_PX = 3508  # A4's long side at WORK_DPI: the same bound for photographs
_A4_LONG_INCH = A4_MM[1] / MM_PER_INCH
_PDF_PASSWORD = 4  # FPDF_ERR_PASSWORD
_PDF_SECURITY = 5  # FPDF_ERR_SECURITY
# What PDFium, Pillow and OpenCV raise over files that are broken, cut short or meant to harm.
_DAMAGE = (
    OSError, ValueError, RuntimeError, MemoryError, SyntaxError, TypeError, LookupError,
    ArithmeticError, AssertionError, AttributeError, EOFError, struct.error, zlib.error,
    Image.DecompressionBombError, cv2.error,
)  # fmt: skip
logging.getLogger("PIL").setLevel(logging.CRITICAL)  # what is wrong with a file we say ourselves
Image.MAX_IMAGE_PIXELS = None  # the bound is MAX_MEGAPIXELS, looked at before decoding


@dataclass(frozen=True, slots=True)
class Scan:
    """One file of scans; ``source`` is its path as JSON prints it, ``path`` where to read it.

    ``attached`` is how many files a PDF carries within it, which are not read.
    """

    path: Path
    source: str
    sha256: str
    pages: int
    is_pdf: bool
    attached: int = 0


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as it lay on the glass: grey, or blue-green-red where it has colour."""

    pixels: NDArray[np.uint8]
    is_colour: bool

    @property
    def grey(self) -> NDArray[np.uint8]:
        """The picture in grey."""
        if not self.is_colour:
            return self.pixels
        return np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def open_scan(path: Path, source: str, sha256: str) -> Scan:
    """Look at a file without decoding its pages.

    Raises:
        ScanError: encrypted, no file at all, or not what its name says.
    """
    try:
        if not path.is_file():  # a pipe would be waited for
            raise _unreadable(source, _("this is no file"), _("check the path"))
        is_pdf = _is_pdf(path)
        pages, attached = _in_pdf(path, source) if is_pdf else (_image_pages(path, source), 0)
    except OSError as error:
        raise _unreadable(source, str(error.strerror or error), _("check the file")) from error
    if not 0 < pages <= MAX_PAGES:
        raise _unreadable(
            source, _("the file has {n} pages").format(n=pages), _("split it or scan again")
        )
    return Scan(path, source, sha256, pages, is_pdf, attached)


def fingerprint(path: Path, source: str) -> str:
    """The SHA-256 of a file that may be one of scans.

    Raises:
        ScanError: empty, too large, or it cannot be opened.
    """
    try:
        size = path.stat().st_size
        if 0 < size <= MAX_BYTES:
            return sha256_of(path)
    except OSError as error:
        raise _unreadable(source, str(error.strerror or error), _("check the file")) from error
    if size:
        raise _unreadable(
            source, _("the file is larger than {gb} GB").format(gb=MAX_BYTES >> 30), _("split it")
        )
    raise _unreadable(source, _("the file is empty"), _("scan the sheets again"))


def count_pages(paths: Sequence[Path]) -> int:
    """How many pages the files have, those that cannot be read left out: for a progress bar."""
    total = 0
    for path in paths:
        with contextlib.suppress(ScanError):
            total += open_scan(path, "", "").pages
    return total


def load_page(scan: Scan, number: int) -> PageImage:
    """Decode page ``number`` (from 1), at most as fine as WORK_DPI.

    Raises:
        ScanError: this page cannot be decoded.
    """
    try:
        pixels = _pdf_page(scan, number) if scan.is_pdf else _image_page(scan, number)
        long_side = max(pixels.shape[:2])
        if long_side > WORK_LONG_SIDE_PX * 1.05:
            scale = WORK_LONG_SIDE_PX / long_side
            pixels = np.asarray(
                cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
            )
    except ScanError:
        raise
    except _DAMAGE as error:
        raise _unreadable(
            scan.source,
            _("the page cannot be decoded"),
            _("scan this sheet again"),
        ) from error
    colour = pixels.ndim == 3
    if colour and not _is_colour_scan(pixels):
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
        colour = False
    return PageImage(pixels, colour)


def _unreadable(source: str, what: str, hint: str, reason: str = UNREADABLE) -> ScanError:
    return ScanError(what, reason=reason, where=source, hint=hint)


def _is_pdf(path: Path) -> bool:
    """By its first bytes: scanners and people misname files."""
    with path.open("rb") as stream:
        return b"%PDF-" in stream.read(1024)


def _open_pdf(path: Path, source: str) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        why = pdfium_c.FPDF_GetLastError()
        if why in (_PDF_PASSWORD, _PDF_SECURITY) or "assword" in str(error):
            raise _unreadable(
                source,
                _("the PDF is locked with a password"),
                _("save it without a password and take it in again"),
                "encrypted",
            ) from error
        raise _unreadable(
            source, _("not a readable PDF"), _("scan the sheets again or save the file anew")
        ) from error


def _in_pdf(path: Path, source: str) -> tuple[int, int]:
    """How many pages, and how many files are attached to the whole."""
    document = _open_pdf(path, source)
    try:
        return len(document), document.count_attachments()
    finally:
        document.close()


def _pdf_page(scan: Scan, number: int) -> NDArray[np.uint8]:
    document = _open_pdf(scan.path, scan.source)
    try:
        _show_fields(document)
        page = document[number - 1]
        width, height = page.get_size()
        if min(width, height) < 1:
            raise ValueError("a page without an area")
        scale = _picture_dpi(page, max(width, height), scan.source) / POINTS_PER_INCH
        _bound(width * scale, height * scale, scan.source)
        bitmap = page.render(scale=scale, rev_byteorder=False)
        return np.array(bitmap.to_numpy()[..., :3])
    finally:
        document.close()


def _show_fields(document: pdfium.PdfDocument) -> None:
    """Have the fields over its pages drawn, as every viewer draws them; nothing in them is run.

    To be called before a page is opened. Those that no form of the document names are drawn too,
    which is more than ``PdfDocument.init_forms`` does; and an XFA form is not loaded. It costs
    some hundredths of a millisecond.
    """
    config = pdfium_c.FPDF_FORMFILLINFO(version=2)
    if raw := pdfium_c.FPDFDOC_InitFormFillEnvironment(document, config):
        document.formenv = pdfium.PdfFormEnv(raw, config)


def _picture_dpi(page: pdfium.PdfPage, long_side_pt: float, source: str) -> float:
    """The resolution to render at.

    A page that is one picture is rendered at the picture's own resolution, so that it is
    resampled as little as can be; never so fine that the long side passes WORK_LONG_SIDE_PX.
    """
    finest = 0.0
    for item in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = item.get_bounds()
        columns, rows = item.get_px_size()
        _bound(columns, rows, source)
        if right > left and top > bottom:
            longest = max(columns, rows) / max(right - left, top - bottom) * POINTS_PER_INCH
            finest = max(finest, longest)
    most = WORK_LONG_SIDE_PX / long_side_pt * POINTS_PER_INCH
    if not finest:
        return min(VECTOR_DPI, most)
    least = VECTOR_DPI * _A4_LONG_INCH / (long_side_pt / POINTS_PER_INCH)
    return min(max(finest, min(least, VECTOR_DPI)), most)


@contextlib.contextmanager
def _frames(path: Path, source: str) -> Iterator[Image.Image]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd tags in strangers' files are not our user's business
        try:
            image = Image.open(path, formats=("TIFF", "JPEG", "PNG"))  # MPO opens as JPEG
        except UnidentifiedImageError as error:
            raise _unreadable(
                source, _("not a PDF, TIFF, JPEG or PNG file"), _("scan to one of these")
            ) from error
        except Image.DecompressionBombError as error:
            raise _unreadable(
                source, _("the picture is too large"), _("scan at 300 dpi")
            ) from error
        except _DAMAGE as error:
            raise _unreadable(source, _("a damaged picture"), _("scan again")) from error
        with image:
            yield image


def _image_pages(path: Path, source: str) -> int:
    with _frames(path, source) as image:
        _bound(*image.size, source)
        if image.format == "MPO":
            return 1  # a phone's JPEG with a preview behind it
        try:
            return int(getattr(image, "n_frames", 1))
        except _DAMAGE as error:
            raise _unreadable(source, _("a damaged picture"), _("scan again")) from error


def _bound(width: float, height: float, source: str) -> None:
    if width * height > MAX_MEGAPIXELS * 1e6:
        raise _unreadable(
            source,
            _("the picture has {n} megapixels, more than {most}").format(
                n=round(width * height / 1e6), most=MAX_MEGAPIXELS
            ),
            _("scan at 300 dpi"),
        )


def _image_page(scan: Scan, number: int) -> NDArray[np.uint8]:
    with _frames(scan.path, scan.source) as image:
        if number > 1:
            image.seek(number - 1)
        _bound(*image.size, scan.source)
        upright = ImageOps.exif_transpose(_reduced(image))
        if upright.mode in ("L", "1"):
            return np.array(upright.convert("L"))
        if upright.mode.startswith("I"):
            high = np.asarray(upright, dtype=np.float32)
            return np.asarray(np.clip(high / 257, 0, 255), np.uint8)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            white = Image.new("RGBA", upright.size, "white")
            upright = Image.alpha_composite(white, upright.convert("RGBA"))
        rgb = np.asarray(upright.convert("RGB"))
        return np.ascontiguousarray(rgb[..., ::-1])


def _reduced(image: Image.Image) -> Image.Image:
    """A very large picture made smaller by a whole factor, so that copies of it stay small."""
    width, height = image.size
    factor = 1
    while width * height > REDUCED_MEGAPIXELS * 1e6 * factor**2:
        factor += 1
    if factor == 1:
        return image
    image.draft(image.mode, (width // factor, height // factor))  # a JPEG is decoded smaller
    if image.width < width:
        return image
    return _averaged(image, factor)


# Pictures that cannot be averaged as they are: to what can. Pillow makes a copy of RGBA as well.
_AVERAGED_AS = {"1": "L", "P": "RGBA", "PA": "RGBA", "LA": "RGBA", "RGBA": "RGBA"}


def _averaged(image: Image.Image, factor: int) -> Image.Image:
    """The picture smaller by ``factor``, band after band, so that no second large one is made."""
    mode = "I" if image.mode.startswith("I;") else _AVERAGED_AS.get(image.mode, image.mode)
    width, height = image.size
    small = Image.new(mode, (-(-width // factor), -(-height // factor)))
    small.info = image.info
    rows = factor * _BAND_ROWS
    for top in range(0, height, rows):
        band = image.crop((0, top, width, min(top + rows, height))).convert(mode)
        small.paste(band.reduce(factor), (0, top // factor))
    return small


COLOUR_SPREAD = 1  # of 255: a grey scan kept in colour has none at all


def _is_colour_scan(pixels: NDArray[np.uint8]) -> bool:
    """True where the scanner saw colour: even of a grey page it sees the paper's and its own."""
    blue, green, red = cv2.split(np.ascontiguousarray(pixels[::4, ::4]))
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    return bool(np.count_nonzero(spread > COLOUR_SPREAD) > spread.size * 1e-4)


def thumbnail(grey: NDArray[np.uint8], turned: int) -> bytes:
    """A page as a small JPEG, ``turned`` degrees clockwise so that it stands upright."""
    upright = np.rot90(grey, -turned // 90)
    scale = THUMBNAIL_PX / max(upright.shape)
    size = [max(1, round(side * scale)) for side in upright.shape[::-1]]  # of a strip, too
    small = cv2.resize(np.ascontiguousarray(upright), size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 60])[1].tobytes()


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """A crop as PNG bytes."""
    done, content = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise ValueError("a crop without an area")
    return bytes(content)
