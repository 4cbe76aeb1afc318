"""The printed identity of a page: what the codes in its foot say, encoded and decoded side by side.

A code holds "PL1", the paper's opaque id, the page's number, how many there are, and a check
character (ISO 7064, MOD 37,36: finds every single wrong character). No personal data.
The text fits QR version 1-M, whose modules are 0.76 mm wide at 16 mm.
"""

from __future__ import annotations

import base64
import hmac
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

from pipeline.geometry import MM_PER_INCH, POINTS_PER_INCH, Box

if TYPE_CHECKING:
    import pikepdf

PREFIX = "PL1"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U to be misread
ID_LENGTH = 10  # 50 bits: opaque, and no two of a million papers meet
MAX_PAGES = 99

CODE_MM = 16.0
# The two codes stand at different x and y: one streak of a scanner's line cannot kill both.
# Measured from the page's left and bottom edges, to the code's lower left corner.
LEFT_CODE_MM = (33.0, 6.0)
RIGHT_FROM_RIGHT_MM = 30.0  # the right code's left side, from the page's right edge
RIGHT_CODE_BOTTOM_MM = 8.0

_PAYLOAD = re.compile(rf"{PREFIX}([{ALPHABET}]{{{ID_LENGTH}}})(\d\d)(\d\d)[0-9A-Z]")
_SIGN = rf"([{ALPHABET}]{{%d}})"
_PRINTED = re.compile(rf"{_SIGN % 4}\W?{_SIGN % 4}\W?{_SIGN % 2}\W?(\w)")
_FOLDED = str.maketrans("OILU", "011V")
_TO_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET)


@dataclass(frozen=True, slots=True)
class Mark:
    """Which page of which paper a sheet is; ``page`` and ``of`` count from 1."""

    paper: str
    page: int
    of: int


def paper_id(secret: bytes, digest: str, copy: int) -> str:
    """The opaque id of a paper: the same for the same form, data and copy in one registry.

    Keyed with the registry's secret, so that nobody can tell from an id whose paper it is.
    """
    raw = hmac.digest(secret, f"{digest}/{copy}".encode(), "sha256")
    return base64.b32encode(raw).decode()[:ID_LENGTH].translate(_TO_CROCKFORD)


def encode(mark: Mark) -> str:
    """The text of a page's code."""
    if not 1 <= mark.page <= mark.of <= MAX_PAGES:
        raise ValueError(f"page {mark.page} of {mark.of}")
    body = f"{PREFIX}{mark.paper}{mark.page:02d}{mark.of:02d}"
    return body + str(mod_37_36.calc_check_digit(body))


def decode(text: str) -> Mark | None:
    """The mark that a code's text stands for; None for anybody else's code or a damaged one."""
    found = _PAYLOAD.fullmatch(text)
    if not found or not _is_valid(text):
        return None
    mark = Mark(found[1], int(found[2]), int(found[3]))
    return mark if 1 <= mark.page <= mark.of else None


def printed(paper: str) -> str:
    """The id as it is printed for people: grouped, with its check character."""
    return f"{paper[:4]}-{paper[4:8]}-{paper[8:]}-{mod_37_36.calc_check_digit(paper)}"


def from_print(text: str) -> str | None:
    """The id in a printed line, or None unless its check character is right.

    O, I, L and U are never printed: they are read as the digits they look like.
    """
    found = _PRINTED.search(text.upper().translate(_FOLDED))
    if not found:
        return None
    paper = found[1] + found[2] + found[3]
    # The check character alone is from the whole alphabet.
    expected = str(mod_37_36.calc_check_digit(paper)).translate(_FOLDED)
    return paper if found[4] == expected else None


def code_boxes(width_mm: float, height_mm: float) -> tuple[Box, Box]:
    """Where the two codes of a page of this size stand."""
    boxes = []
    for left, bottom in (
        LEFT_CODE_MM,
        (width_mm - RIGHT_FROM_RIGHT_MM, RIGHT_CODE_BOTTOM_MM),
    ):
        top = height_mm - bottom - CODE_MM
        boxes.append(Box(left, top, left + CODE_MM, top + CODE_MM))
    return boxes[0], boxes[1]


def stamp(pdf: bytes, paper: str) -> bytes:
    """An issued PDF with both codes in the foot of every page."""
    import pikepdf  # here and below: slow to import, and only what prints needs it

    with pikepdf.open(io.BytesIO(pdf)) as source:
        return stamped(source, range(len(source.pages)), paper)


def stamped(source: pikepdf.Pdf, pages: range, paper: str) -> bytes:
    """A paper's pages (indexes) of a larger PDF as its own, both codes in the foot of each."""
    import pikepdf

    with pikepdf.new() as document:
        document.pages.extend(source.pages[i] for i in pages)
        of = len(document.pages)
        for number, page in enumerate(document.pages, start=1):
            left, bottom, right, top = (float(v) for v in page.mediabox)
            mm = MM_PER_INCH / POINTS_PER_INCH
            boxes = code_boxes((right - left) * mm, (top - bottom) * mm)
            drawing = _drawing(encode(Mark(paper, number, of)), boxes, top, left)
            page.contents_add(document.make_stream(b"q"), prepend=True)
            page.contents_add(document.make_stream(b"Q " + drawing))
        out = io.BytesIO()
        # A fixed id keeps the bytes the same for the same paper.
        document.save(out, deterministic_id=True, compress_streams=True)
        return out.getvalue()


def _is_valid(text: str) -> bool:
    try:
        mod_37_36.validate(text)
    except ValidationError:
        return False
    return True


def _drawing(text: str, boxes: tuple[Box, Box], top: float, left: float) -> bytes:
    """Content-stream operators that fill the dark modules of ``text`` in each box."""
    import numpy as np
    import zxingcpp

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    matrix = np.array(code.to_image(add_quiet_zones=False)) == 0  # True: dark
    size = len(matrix)
    modules = [
        f"{start} {size - 1 - row} {length} 1 re"
        for row, dark in enumerate(matrix)
        for start, length in _runs(dark.tobytes())
    ]
    points = POINTS_PER_INCH / MM_PER_INCH
    parts = []
    for box in boxes:
        scale = box.width / size * points  # of a module
        x, y = left + box.x0 * points, top - box.y1 * points
        parts += [f"q 0 g {scale:.5f} 0 0 {scale:.5f} {x:.3f} {y:.3f} cm", *modules, "f Q"]
    return "\n".join(parts).encode()


def _runs(modules: bytes) -> list[tuple[int, int]]:
    """(start, length) of each run of dark modules in a row."""
    return [(m.start(), m.end() - m.start()) for m in re.finditer(rb"\x01+", modules)]
