"""How does it lie: a page image laid over the page that was issued.

From a first guess, patches of the issued page are found again in the scan, near the codes first
and then everywhere in ever smaller windows; a robust homography each round, and a thin-plate
mesh takes out bent paper and uneven feed. (Zhang 2000 for the homography of planes; Bookstein
1989 for the thin plate.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from pipeline.geometry import Box, mm_from_px, px_from_mm
from pipeline.pages import lie as lies
from pipeline.pages import patches
from pipeline.pages.page import DPI, Homography

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Points = NDArray[np.float64]
Map = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Way:
    """How the patches are sought.

    ``rounds``: share of the page from its foot, how far to search (pixels at half of DPI).
    Below ``affine`` of the page an affine map is fitted, then a homography.
    """

    rounds: tuple[tuple[float, int], ...]
    affine: float


# Flat-bed scans and most photographs lie well the first way; the second is for steep perspectives.
WAYS = (
    _Way(((0.35, 22), (0.65, 20), (1.0, 20), (1.0, 8)), 1.0),
    _Way(((0.35, 22), (0.5, 20), (0.75, 20), (1.0, 20), (1.0, 8)), 0.5),
)
# Where the guess comes from words all over the page, it is as good at the head as at the foot.
EVERYWHERE = (_Way(((1.0, 20), (1.0, 8)), 0.0),)
ROUND_PATCHES = 70
CELL_PX = 96  # one patch is sought in every cell of the page that has print: 12 mm
PATCH_PX = (44, 28)  # half width and half height of a patch: 11 x 7 mm, a word or two
MIN_PATCHES = 12
RESIDUAL_LIMIT_MM = 0.35  # median of what the mesh leaves: past it nothing on the page is read
# (resolution against DPI, how far to search there, how far from its neighbours a patch may lie, px)
MESH_ROUNDS = (*6 * ((0.5, 14, 8.0),), (1.0, 7, 2.5))
# What seems to lie off may be bent paper or the next line of print: the mesh grows from the foot,
# where the codes are, to patches that lie as those before them let expect.
FOOT_SHARE = 0.3  # of the page's height
BEFORE = 8
WHOLE_SHARE = 0.995  # of the patches: the coarse mesh has grown over the whole page
GROWN_SHARE = 0.95  # this way of laying over is good enough
MESH_PATCH = 2 / 3  # of a patch: bent paper is nearly flat over 7 mm
MIN_SHARE = 0.6  # of the patches: with fewer found again the page is not this page, or not flat
MESH_STEP_PX = 32
MESH_SMOOTHING = 0.02
FINE_SCALE = 1.25  # a scan finer than DPI by this is searched at half its size


@dataclass(frozen=True, slots=True)
class Laid:
    """A scan laid over its issued page.

    ``grey`` has the issued page's size at DPI; ``residual_mm`` is the median distance that
    patches still lie off; ``to_scan`` maps issued pixels to the scan's (before the mesh).
    """

    grey: Image
    residual_mm: float
    to_scan: Homography
    source: Image
    map_x: Map
    map_y: Map

    def picture(self, box: Box) -> Image:
        """A part of the page in the scan's own colours."""
        x0, y0, x1, y1 = box.px(DPI)
        rows = slice(max(0, y0), max(1, y1))
        columns = slice(max(0, x0), max(1, x1))
        return _remap(
            self.source,
            np.ascontiguousarray(self.map_x[rows, columns]),
            np.ascontiguousarray(self.map_y[rows, columns]),
        )

    @property
    def lie(self) -> bytes:
        """Where the page lies in the scan, to be kept (see the module ``lie``)."""
        return lies.pack(self.map_x, self.map_y, DPI, self.source.shape)

    def beyond(self, margin_mm: float) -> Mask:
        """Where the scan ends or is about to: the sheet lay partly beside the glass."""
        height, width = self.source.shape[:2]
        x, y = self.map_x, self.map_y
        out = ((x < 1) | (y < 1) | (x > width - 2) | (y > height - 2)).astype(np.uint8)
        if not out.any():
            return np.asarray(out > 0)
        reach = 2 * round(px_from_mm(margin_mm, DPI)) + 1
        return np.asarray(cv2.dilate(out, np.ones((reach, reach), np.uint8)) > 0)


def lay_over(
    grey: Image, source: Image, issued: Image, guess: Homography, ways: Sequence[_Way] = WAYS
) -> Laid | None:
    """Lay a scan over the issued page (an image at DPI); None where it does not lie there.

    ``grey`` is the scan in grey, ``source`` the same in its own colours; ``guess`` maps issued
    pixels to the scan's, near the foot or EVERYWHERE.
    """
    anchors = _anchors(issued)
    if len(anchors) < MIN_PATCHES:
        return None
    coarse = _Coarse(grey, issued, guess)
    best: _Mesh | None = None
    for way in ways:
        matrix = _homography(coarse, anchors, guess, way)
        mesh = None if matrix is None else _mesh(grey, issued, anchors, matrix, coarse)
        if mesh is not None and (best is None or mesh.share > best.share):
            best = mesh
        if best is not None and best.share > GROWN_SHARE:
            break
    if best is None or best.share < MIN_SHARE:
        return None
    residual_mm = mm_from_px(best.residual_px, DPI)
    if residual_mm > RESIDUAL_LIMIT_MM:
        return None
    flat = _remap(grey, best.map_x, best.map_y)
    return Laid(flat, residual_mm, best.matrix, source, best.map_x, best.map_y)


def _homography(
    coarse: _Coarse, anchors: Points, guess: Homography, way: _Way
) -> Homography | None:
    """From the foot band upwards, then everywhere, in ever smaller windows."""
    matrix = guess
    height = 2 * coarse.issued.shape[0]
    for share, reach in way.rounds:
        near = anchors[anchors[:, 1] > height * (1 - share)]
        near = near[:: max(1, len(near) // ROUND_PATCHES)]
        if len(near) < MIN_PATCHES:
            near = anchors[np.argsort(-anchors[:, 1])[: MIN_PATCHES * 2]]
        printed, scanned = coarse.search(near, matrix, reach)
        found = _refit(printed, scanned, affine=share < way.affine)
        if found is None:
            return None
        matrix = found
        if share == 1.0 and len(printed) > GROWN_SHARE * len(near):
            break  # flat paper: nothing is left for a closer look but what the mesh does
    return matrix


class _Coarse:
    """The scan and the issued page at half of DPI, for the wide searches."""

    SCALE = 0.5

    def __init__(self, grey: Image, issued: Image, guess: Homography) -> None:
        fineness = float(np.sqrt(abs(np.linalg.det(guess[:2, :2]))))
        self._shrink = 0.5 if fineness > FINE_SCALE else 1.0
        self._image = _resized(grey, self._shrink)
        self.issued = _resized(issued, self.SCALE)

    def search(self, anchors: Points, matrix: Homography, reach: int) -> tuple[Points, Points]:
        """Find patches again near where ``matrix`` says: (issued points, scan points)."""
        rows, columns = self.issued.shape
        into = np.diag([self._shrink, self._shrink, 1.0]) @ matrix @ np.diag([2.0, 2.0, 1.0])
        flat = np.asarray(
            cv2.warpPerspective(
                self._image, into, (columns, rows), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_CONSTANT, borderValue=(255,),
            ),
            np.uint8,
        )  # fmt: skip
        half = (round(PATCH_PX[0] * 0.6), round(PATCH_PX[1] * 0.6))
        offsets, kept = patches.found(flat, self.issued, anchors * self.SCALE, half, reach)
        source = anchors[kept]
        if not len(source):
            return source, source
        moved = source + offsets / self.SCALE
        return source, cv2.perspectiveTransform(moved[None], matrix)[0].astype(np.float64)

    def flat(self, map_x: Map, map_y: Map) -> Image:
        """The scan through maps at half of DPI."""
        # Pixels are counted from the middle of the first.
        return _remap(self._image, *((m + 0.5) * self._shrink - 0.5 for m in (map_x, map_y)))


def _resized(image: Image, scale: float) -> Image:
    if scale == 1.0:
        return image
    return np.asarray(
        cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )


def _anchors(issued: Image) -> Points:
    """The best patch centre of every cell that has print: x, y in issued pixels."""
    ink = (_resized(issued, 0.5) < 160).astype(np.float32)
    # Strokes both ways make a patch that can slide neither way: the smaller eigenvalue tells.
    strength = cv2.cornerMinEigenVal(ink, 12, ksize=3)
    strength = cv2.boxFilter(strength, -1, (PATCH_PX[0] // 2, PATCH_PX[1] // 2))
    height, width = strength.shape
    cell_px = CELL_PX // 2
    margin_x, margin_y = PATCH_PX[0] // 2 + 2, PATCH_PX[1] // 2 + 2
    found = []
    for top in range(margin_y, height - margin_y, cell_px):
        for left in range(margin_x, width - margin_x, cell_px):
            cell = strength[
                top : min(top + cell_px, height - margin_y),
                left : min(left + cell_px, width - margin_x),
            ]
            y, x = divmod(int(cell.argmax()), cell.shape[1])
            found.append((cell[y, x], 2 * (left + x), 2 * (top + y)))
    values = np.array(found)
    floor = np.percentile(values[:, 0], 95) * 0.15
    return np.asarray(values[values[:, 0] > floor][:, 1:], np.float64)


def _refit(source: Points, target: Points, *, affine: bool) -> Homography | None:
    if len(source) < MIN_PATCHES // 2:
        return None
    # A band of the page cannot hold a homography steady.
    if affine or len(source) < MIN_PATCHES:
        matrix, _inliers = cv2.estimateAffine2D(
            source, target, method=cv2.RANSAC, ransacReprojThreshold=4
        )
        return None if matrix is None else np.vstack([matrix, [0, 0, 1]])
    found, _inliers = cv2.findHomography(source, target, cv2.USAC_MAGSAC, 4.0)
    return None if found is None else np.asarray(found, np.float64)


@dataclass(frozen=True, slots=True)
class _Mesh:
    """Full-size maps (issued pixel → scan pixel): ``matrix`` bent by what it left.

    ``share`` of the patches were found where the mesh has them, ``residual_px`` off in the median.
    """

    matrix: Homography
    map_x: Map
    map_y: Map
    residual_px: float
    share: float


def _mesh(
    grey: Image, issued: Image, anchors: Points, matrix: Homography, coarse: _Coarse
) -> _Mesh | None:
    grid = _Grid(issued.shape, matrix)
    bend, bent = np.zeros_like(grid.points), np.zeros_like(anchors)
    left_over, share = np.inf, 0.0
    for scale, reach, tolerance in MESH_ROUNDS:
        # Bent paper is caught where the homography fits; each coarse round reaches further out.
        if scale < 1 and share > WHOLE_SHARE:
            continue
        maps = grid.maps(bend, scale)
        if scale < 1:
            flat, reference = coarse.flat(*maps), coarse.issued
        else:
            flat, reference = _remap(grey, *maps), issued
        half = tuple(round(side * MESH_PATCH * max(scale, 0.75)) for side in PATCH_PX)
        offsets, kept = patches.found(flat, reference, anchors * scale, (half[0], half[1]), reach)
        if len(offsets) < MIN_PATCHES:
            return None
        offsets = offsets / scale
        good = _grown(anchors[kept], offsets, tolerance)
        if int(good.sum()) < MIN_PATCHES:
            return None
        share = float(good.sum()) / len(anchors)
        left_over = float(np.median(np.hypot(*offsets[good].T)))
        plate = _plate(anchors[kept][good], (bent[kept] + offsets)[good])
        bend, bent = plate(grid.points), plate(anchors)
    map_x, map_y = grid.maps(bend, 1.0)
    return _Mesh(matrix, map_x, map_y, left_over, share)


def _grown(points: Points, offsets: Points, tolerance: float) -> Mask:
    """Which patches lie as their neighbours do: from the foot of the page upwards.

    Or, where that leads nowhere for the foot is bent, from those that lie where they should.
    """
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    around = np.median(offsets[np.argsort(distance, axis=1)[:, 1 : BEFORE + 1]], axis=1)
    alike: Mask = np.hypot(*(offsets - around).T) < tolerance
    high, low = points[:, 1].min(), points[:, 1].max()
    foot = np.asarray(alike & (points[:, 1] >= low - FOOT_SHARE * (low - high)))
    if foot.sum() < BEFORE:  # little print there
        lowest = np.flatnonzero(alike)[np.argsort(-points[alike, 1])[:BEFORE]]
        foot[lowest] = True
    good = _spread(foot, offsets, tolerance, distance)
    if good.mean() >= MIN_SHARE:
        return good
    placed = np.asarray(alike & (np.hypot(*offsets.T) < tolerance))
    return max(good, _spread(placed, offsets, tolerance, distance), key=np.count_nonzero)


def _spread(good: Mask, offsets: Points, tolerance: float, distance: Points) -> Mask:
    """The patches that are reached from the good ones, each lying as those nearest to it do."""
    while True:
        known = np.flatnonzero(good)
        if len(known) < BEFORE:
            return good
        near = known[np.argsort(distance[:, known], axis=1)[:, :BEFORE]]
        expected = np.median(offsets[near], axis=1)
        new = ~good & (np.hypot(*(offsets - expected).T) < tolerance)
        if not new.any():
            return good
        # Only the next ones, over a gap if need be: further out the paper may have bent on.
        away = distance[np.arange(len(good)), near[:, 0]]
        good = good | (new & (away <= max(2 * CELL_PX, float(away[new].min()))))


def _plate(points: Points, offsets: Points) -> Callable[[Points], Points]:
    """The smooth field through the offsets (points in inches keep the system well scaled)."""
    field = RBFInterpolator(
        points / DPI, offsets, smoothing=MESH_SMOOTHING, kernel="thin_plate_spline"
    )
    return lambda at: np.asarray(field(at / DPI), np.float64)


class _Grid:
    """The coarse points that the maps are computed at, and blown up from."""

    def __init__(self, shape: tuple[int, ...], matrix: Homography) -> None:
        self._shape, self._matrix = shape, matrix
        columns, rows = (_centres(length) for length in (shape[1], shape[0]))
        self._size = (len(rows), len(columns))
        self.points = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)

    def maps(self, bend: Points, scale: float) -> tuple[Map, Map]:
        """Where each issued pixel lies in the scan, with ``bend`` added at the coarse points.

        ``scale``: of the maps against DPI.
        """
        rows, columns = self._size
        step = round(MESH_STEP_PX * scale)
        full = (columns * step, rows * step)
        target = cv2.perspectiveTransform((self.points + bend)[None], self._matrix)[0]
        fine = cv2.resize(target.astype(np.float32).reshape(rows, columns, 2), full)
        fine = fine[: round(self._shape[0] * scale), : round(self._shape[1] * scale)]
        return np.ascontiguousarray(fine[..., 0]), np.ascontiguousarray(fine[..., 1])


def _centres(length: int) -> Points:
    """Where the coarse map is computed: the points that ``cv2.resize`` blows up from."""
    return np.asarray(
        (np.arange(-(-length // MESH_STEP_PX)) + 0.5) * MESH_STEP_PX - 0.5, np.float64
    )


def _remap(image: Image, map_x: Map, map_y: Map) -> Image:
    white = (255, 255, 255)
    flat = cv2.remap(
        image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=white
    )
    return np.asarray(flat, np.uint8)
