"""Dirt on print: blots and dots, with the letter whole under them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pages import ink as ink_
from pipeline.papers.layout import Glyph
from pipeline.prints.glyphs import Look

Array = NDArray[np.float32]

ABOUT_MM = (0.6, 1.2)  # of a glyph, sideways and up and down: dirt that changes it lies in this
BEYOND_MM = 1.5  # further off dirt is not looked at, though it may go on
DARK = 0.4  # of the page's black: such ink is there
THICKER_PX = 1.5  # than half the thickest stroke of the glyph: corners swell by less
HIDDEN_SHARE = 0.3  # of the paper about it: past that nobody sees what is under it
EDGE_PX = 2  # a blot's own pale edge
EXPLAINED_SHARE = 0.8  # of the ink that is too much
FAINT = 0.06  # ink that may be lacking anywhere; a bilevel scan, all or nothing, lacks more
LOST_SHARE = 0.07  # of the glyph's ink may seem to be lacking: noise, a faint edge
# Nor much of it in one place, of black over 3 x 3 pixels: under dirt 0.30 at most seems to be gone,
# on bilevel scans; the bar that п has and н has not leaves 0.40.
LOST_SPOT = 0.35
LEAST_DOT_PX = 6  # 0.1 mm²
# A speck on a letter of the wording, however much it makes it look like another: of 260 changed
# glyphs one left such a speck alone, of 8 letters that dirt had made sure others five.
SPECK_PX, SPECK_SIDES = 5, 0.55
SPECK_LOST, SPECK_SHARE, SPECK_REST = 0.05, 0.5, 0.25  # of the ink lacking, of the excess, of black
ROUND_FILL = 0.82  # of its ellipse: a corner or a hook fills less
FULL = 0.85  # of its outline: a ring, or two dots, have paper within
ROUND_SIDES = 0.62  # the shorter side of the longer: scanned dots are a little drawn out


def is_blotted(glyph: Glyph, seen: Look) -> bool:
    """Whether dirt explains what is too much at a glyph, and nothing of the glyph is lacking.

    Dirt is a blot thicker than the glyph's strokes, or one solid dot: ё has two, й a flat bow.
    """
    scan, model = _about(glyph, seen)
    if not model.size or _is_lacking(scan, model, seen.black, LOST_SHARE):
        return False
    dark, print_ = scan > DARK * seen.black, model > DARK * seen.black
    if np.count_nonzero(dark & ~print_) > HIDDEN_SHARE * np.count_nonzero(~print_):
        return False
    excess = np.maximum(scan - model - seen.noise, 0)
    dirt = _thick(dark, print_) | _dot(excess > DARK * seen.black)
    return bool(excess[dirt].sum() > EXPLAINED_SHARE * excess.sum())


def is_specked(glyph: Glyph, seen: Look) -> bool:
    """Whether one speck is all that is too much at a glyph, and nothing of it is lacking."""
    return _specks(glyph, seen) is True


def is_dirty(glyph: Glyph, seen: Look) -> bool:
    """Whether a blot or a speck lies on a glyph that is whole under it."""
    return is_specked(glyph, seen) or is_blotted(glyph, seen)


def is_whole(glyph: Glyph, seen: Look) -> bool:
    """Whether nothing is lacking of a glyph, and at most one speck too much there.

    Without a speck what made the glyph suspect lies further off.
    """
    return _specks(glyph, seen) is not None


def _specks(glyph: Glyph, seen: Look) -> bool | None:
    """Whether a speck is at a glyph, None if there is more wrong than that."""
    scan, model = _about(glyph, seen)
    if not model.any() or _is_lacking(scan, model, seen.black, SPECK_LOST):
        return None
    excess = np.maximum(scan - model - seen.noise, 0)
    speck = _speck(glyph, seen)
    if speck is None or (speck.any() and excess[speck].sum() <= SPECK_SHARE * excess.sum()):
        return None
    rest = cv2.blur(excess, (3, 3))
    rest[speck] = 0
    return bool(speck.any()) if rest.max() < SPECK_REST * seen.black else None


def _speck(glyph: Glyph, seen: Look) -> NDArray[np.bool_] | None:
    """Where about a glyph a speck lies, if any, with its edge; None if what lies there is none.

    It is seen whole, where it reaches further off too; strokes of the letter may cut it to pieces.
    """
    about = glyph.box.grown(*ABOUT_MM)
    wide = ink_.window(about, seen.scan.shape, BEYOND_MM)
    here = ink_.within(ink_.window(about, seen.scan.shape, 0.0), wide)
    scan, least = seen.scan[wide], DARK * seen.black
    dark = scan - seen.model[wide] - seen.noise > least
    _count, labels = cv2.connectedComponents(dark.astype(np.uint8))
    sizes = np.bincount(labels[here].ravel())
    large = [n for n, size in enumerate(sizes) if n and size >= SPECK_PX]
    dirt = np.isin(labels, large)
    if large and not is_solid(dirt, scan > least, SPECK_SIDES):
        return None
    return np.asarray(cv2.dilate(dirt.astype(np.uint8), _disc(0))[here] > 0)


def _about(glyph: Glyph, seen: Look) -> tuple[Array, Array]:
    """The scan about a glyph, and what it should look like."""
    zone = ink_.window(glyph.box.grown(*ABOUT_MM), seen.scan.shape, 0.0)
    return seen.scan[zone], seen.model[zone]


def _is_lacking(scan: Array, model: Array, black: float, share: float) -> bool:
    """Whether more than such a share of the print's ink is not there, or a piece of a letter."""
    lacking = np.maximum(model - scan, 0)
    if cv2.blur(lacking, (3, 3)).max() > LOST_SPOT * black:
        return True
    return bool(np.maximum(lacking - FAINT, 0).sum() > share * model.sum())


def is_solid(
    ink: NDArray[np.bool_],
    dark: NDArray[np.bool_],
    sides: float = ROUND_SIDES,
    full: float = FULL,
    spare_px: int = 0,
) -> bool:
    """Whether some ink is one solid dot, its shorter side at least such a share of the longer.

    ``dark`` is all the ink there: the strokes of a letter that a blot lies on are counted in.
    ``full``: of its outline so much has ink; be it so or not, ``spare_px`` pixels may lack.
    """
    points = cv2.findNonZero(ink.astype(np.uint8))
    if points is None:
        return False
    hull = cv2.convexHull(points)
    width, height = (side + 1 for side in cv2.minAreaRect(hull)[1])
    inside = cv2.fillConvexPoly(np.zeros(ink.shape, np.uint8), hull, 1) > 0
    size, empty = np.count_nonzero(inside), np.count_nonzero(inside & ~(ink | dark))
    is_full = empty <= max((1 - full) * size, spare_px)
    fills = size + spare_px >= ROUND_FILL * np.pi / 4 * width * height
    return bool(min(width, height) >= sides * max(width, height) and is_full and fills)


def count(strange: NDArray[np.bool_], seen: Look) -> int:
    """How many solid dots lie on the page's bare paper, of the ink that nothing explains there."""
    mask = strange.astype(np.uint8)
    dark = seen.scan > DARK * seen.black
    return sum(
        is_solid(shape, dark[y : y + height, x : x + width])
        for (x, y, width, height), shape in ink_.connected(mask, SPECK_PX)
    )


def _thick(scan: NDArray[np.bool_], print_: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where ink lies thicker than any stroke of the print."""
    deep = depth(scan)
    core = deep > float(depth(print_).max()) + THICKER_PX
    if not core.any():
        return core
    return np.asarray(cv2.dilate(core.astype(np.uint8), _disc(float(deep.max()))) > 0)


def _dot(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where the only piece of ink worth the name is a dot."""
    _count, labels, stats, _centres = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    large = [n for n, row in enumerate(stats) if n and row[cv2.CC_STAT_AREA] >= LEAST_DOT_PX]
    if len(large) != 1:
        return np.zeros(ink.shape, np.bool_)
    dot = labels == large[0]
    if not is_solid(dot, dot):
        return np.zeros(ink.shape, np.bool_)
    return np.asarray(cv2.dilate(dot.astype(np.uint8), _disc(0)) > 0)


def depth(ink: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How deep in the ink each pixel lies."""
    padded = np.pad(ink.astype(np.uint8), 1)
    found = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(found[1:-1, 1:-1], np.float32)


def _disc(radius: float) -> NDArray[np.uint8]:
    size = 2 * (round(radius) + EDGE_PX) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
