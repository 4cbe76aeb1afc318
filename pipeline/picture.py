"""Pictures as PDF stores them: compressed pixels passed through, or packed without loss.

Comes in: a JPEG, a PNG, pixels. Goes out: an image XObject of the PDF that it is to stand in. What
a camera writes beside the pixels (its owner, the place) is left out.
"""

from __future__ import annotations

import io
import struct
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


def jpeg(data: bytes, image: Image.Image, into: pikepdf.Pdf) -> Stream:
    """A JPEG as it is, but for what it tells beside its pixels; ``image`` is the same, opened."""
    space = Name.DeviceRGB if image.mode == "RGB" else Name.DeviceGray
    return xobject(bare_jpeg(data), image.size, space, 8, into, Filter=Name.DCTDecode)


_KEPT_SEGMENTS = {0xE0: b"JFIF", 0xE2: b"ICC_PROFILE", 0xEE: b"Adobe"}
_ALONE = (0x01, *range(0xD0, 0xD8))  # markers without a length: TEM, RST0 to RST7
_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE


def bare_jpeg(data: bytes) -> bytes:
    """A JPEG without what tells of camera, owner and place, its pixels untouched.

    Raises ValueError where it is no whole JPEG (ISO/IEC 10918-1, B.1).
    """
    kept = [data[:2]]
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker where one must be")
        marker = data[at + 1]
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        if marker == _EOI:
            return b"".join([*kept, data[at : at + 2]])  # what a phone puts behind is a preview
        end = at + 2 if marker in _ALONE else at + 2 + int.from_bytes(data[at + 2 : at + 4])
        told = 0xE0 <= marker <= 0xEF or marker == _COM
        if marker == _SOS:
            end = _end_of_scan(data, end)
        if not told or data[at + 4 :].startswith(_KEPT_SEGMENTS.get(marker, b"\0none")):
            kept.append(data[at:end])
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
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        chunks[kind] = chunks.get(kind, b"") + data[at + 8 : at + 8 + length]
        at += length + 12
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
