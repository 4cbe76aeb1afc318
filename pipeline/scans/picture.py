"""Pictures as PDF stores them: compressed pixels passed through, or packed without loss.

Comes in: a JPEG, a PNG, pixels. Goes out: an image XObject of the PDF that it is to stand in. What
a camera writes beside the pixels (its owner, the place) is left out.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name, Object, Stream
from PIL import Image
from PIL import TiffImagePlugin as Tiff


def lossless(pixels: NDArray[np.uint8], into: pikepdf.Pdf) -> Stream:
    """Grey or blue-green-red pixels as a PNG packs them."""
    done, data = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, _PNG_LEVEL])
    stream = png(data.tobytes(), into) if done else None
    if stream is None:
        raise ValueError("a picture without an area")
    return stream


def group4(image: Image.Image, into: pikepdf.Pdf) -> Stream:
    """A bilevel picture anew in the one compression that every reader of PDF knows."""
    file = io.BytesIO()
    image.save(file, "TIFF", compression="group4", strip_size=1 << 30)
    with Image.open(file) as packed:
        tags = packed.tag_v2  # type: ignore[attr-defined]
        start, count = (tags[t][0] for t in (Tiff.STRIPOFFSETS, Tiff.STRIPBYTECOUNTS))
        white = tags[Tiff.PHOTOMETRIC_INTERPRETATION] == 0
    columns, rows = image.size
    return xobject(
        file.getvalue()[start : start + count], image.size, Name.DeviceGray, 1, into,
        Filter=Name.CCITTFaxDecode,
        DecodeParms=Dictionary(K=-1, Columns=columns, Rows=rows, BlackIs1=not white),
    )  # fmt: skip


def xobject(
    data: bytes, size: tuple[int, int], space: Object, bits: int, into: pikepdf.Pdf, **how: Any
) -> Stream:
    """An image that has nothing else about it; ``how`` says how its data are packed."""
    entries: dict[str, Any] = {
        "Type": Name.XObject, "Subtype": Name.Image, "Width": size[0], "Height": size[1],
        "ColorSpace": space, "BitsPerComponent": bits, **how,
    }  # fmt: skip
    return Stream(into, data, Dictionary(**entries))


def jpeg(data: bytes, into: pikepdf.Pdf) -> Stream:
    """A JPEG as it is, but for what it tells beside its pixels.

    Raises ValueError or LookupError where it is none, or neither grey nor of three colours.
    """
    frame = next(segment for marker, segment in _segments(data) if marker in _FRAMES)
    size = int.from_bytes(frame[7:9]), int.from_bytes(frame[5:7])
    space = {1: Name.DeviceGray, 3: Name.DeviceRGB}[frame[9]]
    return xobject(bare_jpeg(data), size, space, 8, into, Filter=Name.DCTDecode)


_KEPT_SEGMENTS = {0xE0: b"JFIF", 0xE2: b"ICC_PROFILE", 0xEE: b"Adobe"}
_ALONE = (0x01, *range(0xD0, 0xD8))  # markers without a length: TEM, RST0 to RST7
_ADOBE_RGB = b"\xff\xee\x00\x0eAdobe\x00\x64" + bytes(5)
_START, _END = b"\xff\xd8", b"\xff\xd9"
_FRAMES = (0xC0, 0xC1, 0xC2)  # sequential, the same with more tables, progressive
_SOF, _EOI, _SOS, _DRI, _COM = (0xC0, 0xC1), 0xD9, 0xDA, 0xDD, 0xFE


def bare_jpeg(data: bytes) -> bytes:
    """A JPEG without what tells of camera, owner and place, its pixels untouched.

    Raises ValueError or IndexError where it is no whole JPEG (ISO/IEC 10918-1, B.1).
    """
    kept = [
        segment
        for marker, segment in _segments(data)
        if not (0xE0 <= marker <= 0xEF or marker == _COM)
        or segment.startswith(_KEPT_SEGMENTS.get(marker, b"-"), 4)
    ]
    return b"".join([_START, *kept, _END])


def joined_jpeg(
    strips: Sequence[bytes], tables: bytes, rows: int, strip_rows: int, *, is_rgb: bool
) -> bytes:
    """The strips of a TIFF, each a JPEG that lacks the ``tables``, as one JPEG of ``rows``.

    A strip is coded as what stands between two restart markers is, so nothing is coded anew.
    ``is_rgb``: its three colours are not YCbCr, which is said in the way of Adobe.
    Raises ValueError or IndexError where the strips are of another kind.
    """
    parts = [dict(_segments(strip)) for strip in strips]
    frame = next(parts[0][marker] for marker in _SOF if marker in parts[0])
    columns, components = int.from_bytes(frame[7:9]), frame[9]
    factors = frame[11 : 11 + 3 * components : 3] if components > 1 else b"\x11"
    across, down = (8 * max(f >> 4 for f in factors), 8 * max(f & 15 for f in factors))
    interval = -(-columns // across) * (strip_rows // down)
    if any(_DRI in part for part in parts) or strip_rows % down or interval > 0xFFFF:
        raise ValueError("strips that cannot be joined")
    head = parts[0][_SOS][: 2 + int.from_bytes(parts[0][_SOS][2:4])]
    answer = [_START, _ADOBE_RGB if is_rgb else b"", tables[2:-2]]
    answer += [segment for marker, segment in parts[0].items() if marker not in (*_SOF, _SOS)]
    answer.append(frame[:5] + rows.to_bytes(2) + frame[7:])
    if len(strips) > 1:
        answer.append(struct.pack(">BBHH", 0xFF, _DRI, 4, interval))
    answer.append(head)
    for number, part in enumerate(parts):
        if not part[_SOS].startswith(head):
            raise ValueError("strips that cannot be joined")
        answer += [bytes([0xFF, 0xD0 + (number - 1) % 8])] if number else []
        answer.append(part[_SOS][len(head) :])
    return b"".join([*answer, _END])


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The parts of a JPEG between its first and its last marker; a scan with its pixels is one.

    What a phone puts behind the picture, a preview of it, is no part.
    """
    at = 2
    while (marker := data[at + 1]) != _EOI:
        if data[at] != 0xFF:
            raise ValueError("no marker where one must be")
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        end = at + 2 if marker in _ALONE else at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker == _SOS:
            end = _end_of_scan(data, end)
        yield marker, data[at:end]
        at = end


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker stands that is not part of the compressed pixels."""
    while True:
        at = data.index(b"\xff", at)
        if data[at + 1] not in (0x00, *_ALONE):
            return at
        at += 2


_IHDR = struct.Struct(">IIBBBBB")
_GREY, _RGB, _PALETTE = 0, 2, 3
_PNG_SPACES = {_GREY: Name.DeviceGray, _RGB: Name.DeviceRGB, _PALETTE: Name.Indexed}
_PNG_LEVEL = 4  # twice as fast as the usual 6, for a few hundredths more


def png(data: bytes, into: pikepdf.Pdf) -> Stream | None:
    """A PNG's own compressed pixels; None where it is interlaced, transparent or turned.

    PDF's deflate with predictor 15 is what PNG has (ISO 32000-1, 7.4.4.4).
    """
    pieces: dict[bytes, list[bytes]] = {}
    at = 8
    while at < len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        pieces.setdefault(kind, []).append(data[at + 8 : at + 8 + length])
        at += length + 12
    chunks = {kind: b"".join(parts) for kind, parts in pieces.items()}
    columns, rows, bits, kind_of, *_how, interlaced = _IHDR.unpack(chunks[b"IHDR"])
    if interlaced or bits > 8 or kind_of not in _PNG_SPACES or {b"tRNS", b"eXIf"} & chunks.keys():
        return None
    space: Object = _PNG_SPACES[kind_of]
    if kind_of == _PALETTE:
        colours = chunks[b"PLTE"]
        table = into.make_stream(colours)
        space = Array([Name.Indexed, Name.DeviceRGB, len(colours) // 3 - 1, table])
    shape = Dictionary(
        Predictor=15, Colors=3 if kind_of == _RGB else 1, BitsPerComponent=bits, Columns=columns
    )
    return xobject(
        chunks[b"IDAT"], (columns, rows), space, bits, into,
        Filter=Name.FlateDecode, DecodeParms=shape,
    )  # fmt: skip
