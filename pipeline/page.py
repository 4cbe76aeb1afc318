"""Which sheet is it, and how does it lie: a page image laid over the page that was issued.

The codes' corners give a first estimate; patches of the issued page are found again in the scan,
near the codes first and then everywhere in ever smaller windows; a robust homography each round,
and a thin-plate mesh takes out bent paper and uneven feed. (Zhang 2000 for the homography's
use on planes; Bookstein 1989 for the thin plate.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from pipeline import marks
from pipeline.geometry import Box, mm_from_px, px_from_mm
from pipeline.marks import Mark

Image = NDArray[np.uint8]
Points = NDArray[np.float64]

DPI = 200  # all comparing happens on the issued page at this resolution
# (share of the page from its foot, how far to search in pixels at half of DPI)
ROUNDS = ((0.35, 22), (0.65, 20), (1.0, 20), (1.0, 8))
ROUND_PATCHES = 70
CELL_PX = 96  # one patch is sought in every cell of the page that has print: 12 mm
PATCH_PX = (44, 28)  # half width and half height of a patch: 11 x 7 mm, a word or two
MIN_NCC = 0.45  # a patch found worse than this is not found
MIN_PATCHES = 12
RESIDUAL_LIMIT_MM = 0.35  # median of what the mesh leaves: past it nothing on the page is read


@dataclass(frozen=True, slots=True)
class Seen:
    """One of our codes on a page image: what it says, and its corners in pixels.

    ``corners``: 4 x 2, in the order top left, top right, bottom right, bottom left of the
    code as printed.
    """

    mark: Mark
    corners: Points


@dataclass(frozen=True, slots=True)
class Laid:
    """A scan laid over its issued page.

    ``grey`` and ``colour`` (None for a grey scan) have the issued page's size at DPI;
    ``residual_mm`` is the median distance that patches still lie off; ``to_scan`` maps issued
    pixels to the scan's (before the mesh).
    """

    grey: Image
    colour: Image | None
    residual_mm: float
    found: int
    to_scan: Points


def codes(grey: Image) -> list[Seen]:
    """Our own valid codes on a page, at any turn; anybody else's are passed over."""
    for attempt in _attempts(grey):
        seen = []
        for code in zxingcpp.read_barcodes(
            attempt.image, formats=zxingcpp.BarcodeFormat.QRCode, try_downscale=True
        ):
            mark = marks.decode(code.text)
            if mark:
                at = code.position
                corners = np.array(
                    [(p.x, p.y) for p in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)],
                    dtype=np.float64,
                )
                seen.append(Seen(mark, corners / attempt.scale))
        if seen:
            return seen
    return []


@dataclass(frozen=True, slots=True)
class _Attempt:
    image: Image
    scale: float


def _attempts(grey: Image):  # type: ignore[no-untyped-def]
    """The page as it is, then mended in ways that bring back weak codes."""
    long_side = max(grey.shape)
    scale = min(1.0, 2400 / long_side)
    base = grey if scale == 1.0 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
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
        yield _Attempt(cv2.resize(smooth, None, fx=1.6, fy=1.6, interpolation=cv2.INTER_CUBIC), scale * 1.6)


def turn_of(to_scan: Points) -> int:
    """How far the scan must be turned clockwise to stand upright: 0, 90, 180 or 270."""
    x, y = to_scan[0, 0], to_scan[1, 0]  # where the issued page's x axis points in the scan
    angle = np.degrees(np.arctan2(y, x))
    return int(round(-angle / 90.0) * 90) % 360


def first_guess(seen: Sequence[Seen], width_mm: float, height_mm: float) -> Points:
    """Issued pixels to scan pixels from the codes' corners (3 x 3).

    One code gives an affine map, two a similarity over the page's whole width: a homography from
    corners that lie in one foot band would swing wildly at the head.
    """
    boxes = marks.code_boxes(width_mm, height_mm)
    best: tuple[float, Points] | None = None
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


def guesses_from_one(seen: Seen, width_mm: float, height_mm: float) -> list[Points]:
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


def lay_over(image: Image, colour: Image | None, issued: Image, guess: Points) -> Laid | None:
    """Lay a scan over the issued page (an image at DPI); None where it does not lie there.

    ``guess`` maps issued pixels to the scan's.
    """
    height, width = issued.shape
    anchors = _anchors(issued)
    if len(anchors) < MIN_PATCHES:
        return None
    matrix = guess
    # From the foot band upwards, then everywhere: half resolution first, ever smaller windows.
    for share, reach in ROUNDS:
        near = anchors[anchors[:, 1] > height * (1 - share)]
        near = near[:: max(1, len(near) // ROUND_PATCHES)]
        if len(near) < MIN_PATCHES:
            near = anchors[np.argsort(-anchors[:, 1])[: MIN_PATCHES * 2]]
        pairs = _search(image, issued, near, matrix, 0.5, reach)
        found = _refit(pairs, matrix, share)
        if found is None:
            return None
        matrix = found
    mesh = _mesh(image, issued, anchors, matrix)
    if mesh is None:
        return None
    grid_x, grid_y, residual, count = mesh
    grey = _remap(image, grid_x, grid_y)
    return Laid(
        grey,
        None if colour is None else _remap(colour, grid_x, grid_y),
        mm_from_px(residual, DPI),
        count,
        matrix,
    )


def _anchors(issued: Image) -> Points:
    """The best patch centre of every cell that has print: x, y in issued pixels."""
    ink = (issued < 128).astype(np.float32)
    # Strokes both ways make a patch that can slide neither way: the smaller eigenvalue tells.
    strength = cv2.cornerMinEigenVal(cv2.GaussianBlur(ink, (0, 0), 1.0), 24, 3)
    strength = cv2.boxFilter(strength, -1, (PATCH_PX[0], PATCH_PX[1]))
    height, width = issued.shape
    margin_x, margin_y = PATCH_PX[0] + 2, PATCH_PX[1] + 2
    found = []
    for top in range(margin_y, height - margin_y, CELL_PX):
        for left in range(margin_x, width - margin_x, CELL_PX):
            cell = strength[top : min(top + CELL_PX, height - margin_y), left : min(left + CELL_PX, width - margin_x)]
            at = int(cell.argmax())
            y, x = divmod(at, cell.shape[1])
            found.append((cell[y, x], left + x, top + y))
    values = np.array(found)
    floor = np.percentile(values[:, 0], 95) * 0.15
    return values[values[:, 0] > floor][:, 1:]


def _search(
    image: Image, issued: Image, anchors: Points, matrix: Points, scale: float, reach: int
) -> tuple[Points, Points]:
    """Find patches again near where ``matrix`` says: (issued points, scan points)."""
    height, width = issued.shape
    size = (round(width * scale), round(height * scale))
    shrink = np.diag([scale, scale, 1.0])
    flat = cv2.warpPerspective(
        image, shrink @ np.linalg.inv(matrix), size, flags=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT, borderValue=255,
    )
    reference = issued if scale == 1 else cv2.resize(issued, size, interpolation=cv2.INTER_AREA)
    offsets, kept = _offsets(flat, reference, anchors * scale, (round(PATCH_PX[0] * max(scale, 0.6)), round(PATCH_PX[1] * max(scale, 0.6))), reach)
    source = anchors[kept]
    if not len(source):
        return source, source
    moved = (source * scale + offsets) / scale
    target = cv2.perspectiveTransform(moved[None], matrix)[0]
    return source, target


def _offsets(
    flat: Image, reference: Image, anchors: Points, half: tuple[int, int], reach: int
) -> tuple[Points, NDArray[np.bool_]]:
    """How far each patch of ``reference`` lies off in ``flat``: offsets of the found, and which."""
    height, width = reference.shape
    kept = np.zeros(len(anchors), bool)
    offsets = []
    for i, (x, y) in enumerate(np.rint(anchors).astype(int)):
        x0, y0, x1, y1 = x - half[0], y - half[1], x + half[0], y + half[1]
        if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
            continue
        sx0, sy0 = max(0, x0 - reach), max(0, y0 - reach)
        window = flat[sy0 : min(height, y1 + reach), sx0 : min(width, x1 + reach)]
        scores = cv2.matchTemplate(window, reference[y0:y1, x0:x1], cv2.TM_CCOEFF_NORMED)
        _low, best, _at, (bx, by) = cv2.minMaxLoc(scores)
        if not best >= MIN_NCC:
            continue
        kept[i] = True
        offsets.append((sx0 + bx + _peak(scores[by], bx) - x0, sy0 + by + _peak(scores[:, bx], by) - y0))
    return np.array(offsets, dtype=np.float64).reshape(-1, 2), kept


def _peak(scores: NDArray[np.float32], at: int) -> float:
    """The parabola's peak beside ``at``, in parts of a pixel."""
    if not 0 < at < len(scores) - 1:
        return 0.0
    left, middle, right = (float(v) for v in scores[at - 1 : at + 2])
    bend = left - 2 * middle + right
    return 0.0 if abs(bend) < 1e-6 else float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5))


def _refit(pairs: tuple[Points, Points], matrix: Points, share: float) -> Points | None:
    source, target = pairs
    if len(source) < MIN_PATCHES // 2:
        return None
    # A band of the page cannot hold a homography steady: an affine map until all is in view.
    if share < 1 or len(source) < MIN_PATCHES:
        affine, _inliers = cv2.estimateAffine2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=4)
        return None if affine is None else np.vstack([affine, [0, 0, 1]])
    found, _inliers = cv2.findHomography(source, target, cv2.USAC_MAGSAC, 4.0)
    return found


# (resolution against DPI, how far to search there, how far from its neighbours a patch may lie, px)
MESH_ROUNDS = ((0.5, 14, 8.0), (1.0, 8, 3.0), (1.0, 4, 1.5))
MIN_SHARE = 0.6  # of the patches: with fewer found again the page is not this page, or not flat
MESH_STEP_PX = 16
MESH_SMOOTHING = 0.02


def _mesh(
    image: Image, issued: Image, anchors: Points, matrix: Points
) -> tuple[NDArray[np.float32], NDArray[np.float32], float, int] | None:
    """Full-size maps (issued pixel → scan pixel) bent by what the homography left."""
    height, width = issued.shape
    columns, rows = (_centres(length) for length in (width, height))
    grid = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    bend = np.zeros_like(grid)
    left_over, count = np.inf, 0
    bent = np.zeros_like(anchors)
    for scale, reach, tolerance in MESH_ROUNDS:
        map_x, map_y = _maps(grid, bend, matrix, (len(rows), len(columns)), issued.shape)
        flat, reference = _remap(image, map_x, map_y), issued
        if scale < 1:
            flat, reference = (
                cv2.resize(i, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                for i in (flat, issued)
            )
        half = (round(PATCH_PX[0] * 2 / 3 * max(scale, 0.75)), round(PATCH_PX[1] * 2 / 3 * max(scale, 0.75)))
        offsets, kept = _offsets(flat, reference, anchors * scale, half, reach)
        if len(offsets) < MIN_PATCHES:
            return None
        total = bent[kept] + offsets / scale
        good = _agree(anchors[kept], offsets / scale, tolerance)
        count = int(good.sum())
        if count < MIN_PATCHES:
            return None
        left_over = float(np.median(np.hypot(*(offsets[good] / scale).T)))
        plate = _plate(anchors[kept][good], total[good])
        bend, bent = plate(grid), plate(anchors)
    if count < len(anchors) * MIN_SHARE:
        return None
    map_x, map_y = _maps(grid, bend, matrix, (len(rows), len(columns)), issued.shape)
    return map_x, map_y, left_over, count


def _agree(points: Points, offsets: Points, tolerance: float) -> NDArray[np.bool_]:
    """False for offsets far from their neighbours' median."""
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    nearest = np.argsort(distance, axis=1)[:, 1:9]
    around = np.median(offsets[nearest], axis=1)
    return np.asarray(np.hypot(*(offsets - around).T) < tolerance)


def _plate(points: Points, offsets: Points) -> Callable[[Points], Points]:
    """The smooth field through the offsets (points in inches keep the system well scaled)."""
    field = RBFInterpolator(
        points / DPI, offsets, smoothing=MESH_SMOOTHING, kernel="thin_plate_spline"
    )
    return lambda at: np.asarray(field(at / DPI), np.float64)


def _maps(
    grid: Points, bend: Points, matrix: Points, shape: tuple[int, int], size: tuple[int, ...]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    target = cv2.perspectiveTransform((grid + bend)[None], matrix)[0].astype(np.float32)
    rows, columns = shape
    full = (columns * MESH_STEP_PX, rows * MESH_STEP_PX)
    map_x, map_y = (
        cv2.resize(target[:, axis].reshape(rows, columns), full)[: size[0], : size[1]]
        for axis in (0, 1)
    )
    return np.ascontiguousarray(map_x), np.ascontiguousarray(map_y)


def _centres(length: int) -> Points:
    """Where the coarse map is computed: the points that ``cv2.resize`` blows up from."""
    return (np.arange(-(-length // MESH_STEP_PX)) + 0.5) * MESH_STEP_PX - 0.5


def _remap(image: Image, map_x: NDArray[np.float32], map_y: NDArray[np.float32]) -> Image:
    return np.asarray(
        cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255, 255, 255)),
        np.uint8,
    )
