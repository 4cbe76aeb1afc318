"""The codes on a page image: which page it is, and a first guess of how it lies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from pipeline.geometry import Box, px_from_mm
from pipeline.papers import marks
from pipeline.papers.marks import Mark

Image = NDArray[np.uint8]
Points = NDArray[np.float64]
Homography = NDArray[np.float64]  # 3 x 3: pixels of one picture to those of another

DPI = 200  # all comparing happens on the issued page at this resolution


@dataclass(frozen=True, slots=True)
class Seen:
    """One of our codes on a page image: what it says, and its corners in pixels.

    ``corners``: 4 x 2, in the order top left, top right, bottom right, bottom left of the
    code as printed.
    """

    mark: Mark
    corners: Points


def codes(grey: Image) -> list[Seen]:
    """Our own valid codes on a page, at any turn; anybody else's are passed over."""
    for attempt in _attempts(grey):
        seen = []
        for code in zxingcpp.read_barcodes(
            attempt.image,
            formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
            try_downscale=True,
        ):
            mark = marks.decode(code.text)
            if mark:
                at = code.position
                corners = np.array(
                    [
                        (p.x, p.y)
                        for p in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
                    ],
                    dtype=np.float64,
                )
                seen.append(Seen(mark, corners / attempt.scale))
        if seen:
            return seen
    return []


@dataclass(frozen=True, slots=True)
class _Attempt:
    image: NDArray[Any]
    scale: float


def _attempts(grey: Image) -> Iterator[_Attempt]:
    """The page as it is, then mended in ways that bring back weak codes."""
    long_side = max(grey.shape)
    scale = min(1.0, 2400 / long_side)
    base = (
        grey
        if scale == 1.0
        else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    )
    yield _Attempt(base, scale)
    smooth = cv2.GaussianBlur(base, (0, 0), 1.2)
    yield _Attempt(smooth, scale)
    even = cv2.adaptiveThreshold(
        cv2.medianBlur(base, 3), 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 51, 12
    )
    yield _Attempt(even, scale)
    yield _Attempt(cv2.morphologyEx(even, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), scale)
    if scale < 1.0:
        yield _Attempt(grey, 1.0)
    else:
        yield _Attempt(
            cv2.resize(smooth, None, fx=1.6, fy=1.6, interpolation=cv2.INTER_CUBIC), scale * 1.6
        )
    # Ink that lies on the paper in crumbs: a worn drum, little toner.
    joined = cv2.GaussianBlur(base, (0, 0), 1.5)
    yield _Attempt(
        cv2.adaptiveThreshold(joined, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 61, 4),
        scale,
    )


def turn_of(to_scan: Homography) -> int:
    """How far the scan must be turned clockwise to stand upright: 0, 90, 180 or 270."""
    x, y = to_scan[0, 0], to_scan[1, 0]  # where the issued page's x axis points in the scan
    angle = np.degrees(np.arctan2(y, x))
    return int(round(-angle / 90.0) * 90) % 360


def turned_back(shape: tuple[int, ...], turned: int) -> Homography:
    """From pixels of a page that was turned clockwise to those of the page as it was.

    ``shape`` is the page's before it was turned by 0, 90, 180 or 270 degrees.
    """
    rows, columns = shape[:2]
    return np.array(
        {
            0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
            90: [[0, 1, 0], [-1, 0, rows - 1], [0, 0, 1]],
            180: [[-1, 0, columns - 1], [0, -1, rows - 1], [0, 0, 1]],
            270: [[0, -1, columns - 1], [1, 0, 0], [0, 0, 1]],
        }[turned],
        np.float64,
    )


def first_guess(seen: Sequence[Seen], width_mm: float, height_mm: float) -> Homography:
    """Issued pixels to scan pixels from the codes' corners.

    One code gives an affine map, two a similarity over the page's whole width: a homography from
    corners that lie in one foot band would swing wildly at the head.
    """
    boxes = marks.code_boxes(width_mm, height_mm)
    best: tuple[float, Homography] | None = None
    for order in ((0, 1), (1, 0)) if len(seen) > 1 else ((0,), (1,)):
        source = np.concatenate([_corners(boxes[i]) for i in order])
        target = np.concatenate([s.corners for s in seen[: len(order)]])
        matrix, _inliers = cv2.estimateAffinePartial2D(source, target, method=cv2.LMEDS)
        if matrix is None:
            continue
        off = np.abs(source @ matrix[:, :2].T + matrix[:, 2] - target).mean()
        if best is None or off < best[0]:
            best = (float(off), np.vstack([matrix, [0, 0, 1]]))
    if best is None:
        raise ValueError("codes without an area")
    return best[1]


def guesses_from_one(seen: Seen, width_mm: float, height_mm: float) -> list[Homography]:
    """With one code only, which of the two it is decides where the page lies: both answers."""
    answers = []
    for box in marks.code_boxes(width_mm, height_mm):
        matrix, _inliers = cv2.estimateAffinePartial2D(_corners(box), seen.corners)
        if matrix is not None:
            answers.append(np.vstack([matrix, [0, 0, 1]]))
    return answers


def _corners(box: Box) -> Points:
    x0, y0, x1, y1 = (px_from_mm(v, DPI) for v in (box.x0, box.y0, box.x1, box.y1))
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], dtype=np.float64)
