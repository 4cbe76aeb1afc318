"""The archive copy of a document: its scan as it was, with unseen text where the words stand.

Comes in: leaves, each a page of a kept scan with the words of the issued page and how that lies in
the picture. Goes out: a PDF/A-2b. The same leaves give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pikepdf
from numpy.typing import NDArray
from pikepdf import Dictionary, Matrix

from pipeline.archival import pdfa, unseen
from pipeline.archival.pdfa import Identification
from pipeline.geometry import MM_PER_INCH, POINTS_PER_INCH
from pipeline.pages import lie as lies
from pipeline.records.transcript import Word
from pipeline.scans import view
from pipeline.scans.scan import Scan
from pipeline.scans.view import TURNS, View

_A4_LONG_PT = 841.89
_LONGEST_PT = 14400.0  # ISO 19005-2, 6.1.13
_TRUSTED = 0.1  # a file's word for its size is taken when the print on it agrees to this share
_INVISIBLE = "3 Tr"  # neither filled nor stroked (ISO 32000-1, 9.3.6)
# Sine of the slant up to which a word is set level, its box still over its print: many readers
# take the letters of slanted words for lines of their own.
_LEVEL = 0.12
_LEAST_PT = 0.1

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a document.

    ``number`` is that of the page in its file, from 1; ``turned`` the clockwise turn in degrees
    that stands it upright; ``lie`` (see the module ``lie``) where the issued page with its
    ``words`` lies in the picture, None where it belongs to no paper.
    """

    scan: Scan
    number: int
    turned: int
    lie: bytes | None
    words: tuple[Word, ...]


def make(leaves: Sequence[Leaf], identification: Identification, *, anew: bool = False) -> bytes:
    """The archive copy of the leaves, in their order; ``anew``: no picture is passed through.

    Raises:
        ScanError: a page cannot be decoded.
    """
    pdf = pikepdf.new()
    font = unseen.font((word.text + " " for leaf in leaves for word in leaf.words), pdf)
    for leaf in leaves:
        _add(leaf, view.take(leaf.scan, leaf.number, pdf, anew=anew), font, pdf)
    pdfa.identify(pdf, identification)
    out = io.BytesIO()
    pdf.save(
        out, deterministic_id=True, min_version="1.7",
        object_stream_mode=pikepdf.ObjectStreamMode.generate, fix_metadata_version=False,
    )  # fmt: skip
    return out.getvalue()


def _add(leaf: Leaf, seen: View, font: Dictionary, pdf: pikepdf.Pdf) -> None:
    width, height = _upright_pt(leaf, seen)
    upright = TURNS[leaf.turned] @ Matrix(width, 0, 0, height, 0, 0)
    images = {f"/Im{n}": stream for n, (stream, _lies) in enumerate(seen.images)}
    content = [
        f"q {_numbers(lies @ upright)} cm /Im{n} Do Q"
        for n, (_image, lies) in enumerate(seen.images)
    ]
    content += _text(leaf, upright)
    pdf.add_blank_page(page_size=(width, height))
    page = pdf.pages[-1]
    page.Resources = Dictionary(XObject=Dictionary(images), Font=Dictionary(F=font))
    page.Contents = pdf.make_stream("\n".join(content).encode("ascii"))


def _upright_pt(leaf: Leaf, seen: View) -> tuple[float, float]:
    """Width and height of the upright page in points.

    What the file says counts, unless the print on the page is of quite another size: phones give
    their pictures any resolution.
    """
    measured = _measured_pt(leaf, seen)
    size = seen.size_pt or measured or _as_a4(seen.ratio)
    if measured and abs(size[1] / measured[1] - 1) > _TRUSTED:
        size = measured
    shrink = min(1.0, _LONGEST_PT / max(size))
    size = size[0] * shrink, size[1] * shrink
    return size if leaf.turned in (0, 180) else (size[1], size[0])


def _as_a4(ratio: float) -> tuple[float, float]:
    """A page as long as A4, upright or not."""
    return (_A4_LONG_PT * ratio, _A4_LONG_PT) if ratio < 1 else (_A4_LONG_PT, _A4_LONG_PT / ratio)


def _measured_pt(leaf: Leaf, seen: View) -> tuple[float, float] | None:
    """The size of the picture by the print on it: so many points a millimetre of the page."""
    if leaf.lie is None:
        return None
    width, height = lies.size_mm(leaf.lie)
    middle = np.array([[width / 2, height / 2 - 50], [width / 2, height / 2 + 50]])
    shares = lies.places(leaf.lie, middle)
    across, down = np.abs(shares[1] - shares[0]) * (seen.ratio, 1.0)
    tall = 100 / float(np.hypot(across, down)) / MM_PER_INCH * POINTS_PER_INCH
    return tall * seen.ratio, tall


def _text(leaf: Leaf, upright: Matrix) -> list[str]:
    """Each word with a matrix of its own: as wide as its print, about the middle of it."""
    if not leaf.words or leaf.lie is None:
        return []
    corners = np.array(
        [((w.x0, w.baseline), (w.x1, w.baseline), (w.x0, w.baseline - w.size)) for w in leaf.words]
    )
    shares = lies.places(leaf.lie, corners.reshape(-1, 2))
    page = _moved(np.column_stack([shares[:, 0], 1 - shares[:, 1]]), upright).reshape(-1, 3, 2)
    content = ["BT", "/F 1 Tf", _INVISIBLE]
    for word, (start, end, above) in zip(leaf.words, page, strict=True):
        width, height = float(np.hypot(*(end - start))), float(np.hypot(*(above - start)))
        along = (end - start) / max(width, _LEAST_PT)
        if abs(along[1]) < _LEVEL:
            along = np.array([1.0, 0.0])
        across = along * max(width, _LEAST_PT) / unseen.advance(word.text)
        up = np.array([-along[1], along[0]]) * max(height, _LEAST_PT)
        matrix = (*across, *up, *((start + end - along * width) / 2))
        placed = " ".join(f"{value:.3f}" for value in matrix)
        content.append(f"{placed} Tm <{unseen.encoded(word.text + ' ')}> Tj")
    return [*content, "ET"]


def _moved(points: Points, matrix: Matrix) -> Points:
    turn = [[matrix.a, matrix.b], [matrix.c, matrix.d]]
    return np.asarray(points @ turn + [matrix.e, matrix.f], np.float64)


def _numbers(matrix: Matrix) -> str:
    return " ".join(f"{getattr(matrix, name):.4f}" for name in "abcdef")
