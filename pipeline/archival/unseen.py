"""A font whose letters leave no ink: what an archive copy's text is set in.

PDF/A wants every font embedded, that of text nobody sees too (ISO 19005-2, 6.2.11.4). This one is
made here and is a few hundred bytes: every letter is one empty glyph, half as wide as it is high,
and the space another. A letter's code is its number in Unicode, so that nothing depends on which
letters a page has.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import lru_cache

import pikepdf
from pikepdf import Array, Dictionary, Name, String

ADVANCE, SPACE_ADVANCE = 500, 200  # thousandths of the size
ASCENT, DESCENT = 800, -200
_NAME = Name("/PaperloopUnseen")
_LETTER, _SPACE = 1, 2  # glyphs; 0 is .notdef, which PDF/A lets no text use
_CODES = 0x10000
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_PER_BLOCK = 100  # entries of a block in a CMap (Adobe Technical Note 5014)


def advance(text: str) -> float:
    """The width of a text, in sizes."""
    return sum(SPACE_ADVANCE if char == " " else ADVANCE for char in text) / 1000


def encoded(text: str) -> str:
    """The text as a string of the font, hexadecimal; what is beyond two bytes is replaced."""
    return "".join(f"{ord(char):04X}" for char in map(_in_plane, text))


def font(texts: Iterable[str], into: pikepdf.Pdf) -> Dictionary:
    """The font as an object of ``into``, with the Unicode of every character of ``texts``."""
    used = sorted({_in_plane(char) for text in texts for char in text})
    program = _program()
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=_NAME, Flags=4, FontBBox=[0, DESCENT, ADVANCE, ASCENT],
        ItalicAngle=0, Ascent=ASCENT, Descent=DESCENT, CapHeight=ASCENT, StemV=50,
        FontFile2=into.make_stream(program, Length1=len(program)),
    )  # fmt: skip
    glyphs = bytearray(struct.pack(">H", _LETTER) * _CODES)
    struct.pack_into(">H", glyphs, 2 * ord(" "), _SPACE)
    descendant = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=_NAME,
        CIDSystemInfo=Dictionary(
            Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
        ),
        FontDescriptor=into.make_indirect(descriptor), DW=ADVANCE,
        W=Array([ord(" "), Array([SPACE_ADVANCE])]), CIDToGIDMap=into.make_stream(bytes(glyphs)),
    )  # fmt: skip
    return into.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=_NAME, Encoding=Name("/Identity-H"),
            DescendantFonts=[into.make_indirect(descendant)],
            ToUnicode=into.make_stream(_to_unicode(used)),
        )
    )  # fmt: skip


def _in_plane(char: str) -> str:
    return char if 0x20 <= ord(char) < 0xD800 or 0xE000 <= ord(char) < 0xFFFE else _REPLACEMENT


def _to_unicode(chars: list[str]) -> bytes:
    """The CMap from codes to Unicode (ISO 32000-1, 9.10.3)."""
    lines = [
        "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def", "/CMapType 2 def",
        "1 begincodespacerange", "<0000> <FFFF>", "endcodespacerange",
    ]  # fmt: skip
    for start in range(0, len(chars), _PER_BLOCK):
        block = chars[start : start + _PER_BLOCK]
        lines += [f"{len(block)} beginbfchar"]
        lines += [f"<{ord(char):04X}> <{ord(char):04X}>" for char in block]
        lines += ["endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end", ""]
    return "\n".join(lines).encode("ascii")


@lru_cache(maxsize=1)
def _program() -> bytes:
    """The TrueType file: the tables that a CIDFontType2 needs, and the shortest ``post``."""
    widths = (ADVANCE, ADVANCE, SPACE_ADVANCE)
    notdef = _square(ADVANCE, ASCENT)
    bounds = struct.pack(">hhhh", 0, 0, ADVANCE, ASCENT)
    tables = {
        # Version 1.0, revision, checksum (later), magic, flags, units an em, two days, bounds,
        # style, least size, direction, long offsets in loca, glyph format.
        b"head": struct.pack(">IIIIHHQQ", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, 1000, 0, 0)
        + bounds + struct.pack(">HHhhh", 0, 8, 2, 1, 0),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x10000, ASCENT, DESCENT, 0, ADVANCE, 0, 0, ADVANCE, 1, 0, 0,
            0, 0, 0, 0, 0, len(widths),
        ),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, len(widths), 4, 1, *[0] * 2, 1, *[0] * 8),
        b"hmtx": b"".join(struct.pack(">Hh", width, 0) for width in widths),
        b"loca": struct.pack(">IIII", 0, *[len(notdef)] * 3),
        b"glyf": notdef,
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }  # fmt: skip
    return _assembled(tables)


def _square(width: int, height: int) -> bytes:
    """The outline of .notdef: a file without any outline is refused by some readers."""
    points = ((0, 0), (0, height), (width, height), (width, 0))
    steps = [(x - px, y - py) for (x, y), (px, py) in zip(points, ((0, 0), *points), strict=False)]
    outline = struct.pack(">hhhhhHH", 1, 0, 0, width, height, len(points) - 1, 0)
    outline += bytes([1] * len(points))  # every point on the curve, its steps two bytes each
    outline += b"".join(struct.pack(">h", x) for x, _y in steps)
    outline += b"".join(struct.pack(">h", y) for _x, y in steps)
    return outline + bytes(-len(outline) % 4)


def _assembled(tables: dict[bytes, bytes]) -> bytes:
    """A TrueType file of the tables, with its checksums."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    head = struct.pack(">IHHHH", 0x10000, count, 16 * power, power.bit_length() - 1,
                       16 * (count - power))  # fmt: skip
    at = len(head) + 16 * count
    directory, body, places = b"", b"", {}
    for tag in sorted(tables):
        table = tables[tag]
        places[tag] = at + len(body)
        directory += tag + struct.pack(">III", _checksum(table), places[tag], len(table))
        body += table + bytes(-len(table) % 4)
    whole = bytearray(head + directory + body)
    adjustment = (0xB1B0AFBA - _checksum(bytes(whole))) & 0xFFFFFFFF
    struct.pack_into(">I", whole, places[b"head"] + 8, adjustment)
    return bytes(whole)


def _checksum(data: bytes) -> int:
    data += bytes(-len(data) % 4)
    return int(sum(struct.unpack(f">{len(data) // 4}I", data))) & 0xFFFFFFFF
