"""Is it still what was printed? Every glyph of a page verified at its known place.

The issued page is first made to look like the scan: blurred as the scan is, its black and white
moved by the curve that the scan itself shows. Then each glyph is fitted by least squares:

    scan = a + b·print + small shift + β·(another letter − print)

β is 0 where the print is what it was and 1 where the other letter stands there, whatever the
contrast and the last third of a pixel of misplacement; the correlation of scan and fitted print
tells whether anything else stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from pipeline.geometry import MM_PER_INCH, mm_from_points, px_from_mm
from pipeline.pages.page import DPI
from pipeline.papers.layout import Glyph
from pipeline.prints import atlas as atlas_
from pipeline.prints import habits
from pipeline.prints.atlas import OVERSAMPLING, Atlas
from pipeline.prints.habits import Habits, Likened
from pipeline.prints.placing import MARGIN_PX, box_px, correlation, place_words

Array = NDArray[np.float32]
Sums = NDArray[np.float64]
Image = NDArray[np.uint8]

SIGMAS_PX = (0.45, 0.7, 0.95, 1.25, 1.6, 2.1)  # blurs tried: sharp flat-bed to a soft photograph
LEVELS = 33  # of the tone curve


@dataclass(frozen=True, slots=True)
class Look:
    """A scan and its issued page made alike: ink from 0 (paper) to 1 (black), at DPI.

    ``scan`` is the scan word by word on its place; ``model`` what it should look like;
    ``blurred`` the issued ink before the tone curve, ``curve`` that curve's values over 0 to 1;
    ``noise`` the standard deviation of scan minus model where there is print.
    """

    scan: Array
    model: Array
    blurred: Array
    curve: Array
    sigma: float
    noise: float

    @property
    def black(self) -> float:
        """The tone that print has in this scan."""
        return max(float(self.curve[-1]), 0.1)


@dataclass(frozen=True, slots=True)
class GlyphVerdict:
    """What one glyph's place shows.

    ``score``: correlation with the print (1 = the same); ``change``: the largest β of all letters
    it could have become, ``error`` its standard error from the page's noise, ``twin`` that letter.
    """

    glyph: Glyph
    score: float
    change: float
    error: float
    twin: str


def look(scan: Array, issued: Image, glyphs: Sequence[Glyph]) -> Look:
    """Put every word of the scan (its ink) on its place and find the blur and the tone curve."""
    print_ = np.asarray(1 - issued.astype(np.float32) / 255, np.float32)
    placed = place_words(scan, print_, glyphs)
    sample = slice(None, None, 3)  # every third row is enough for the page's figures
    near = cv2.dilate((issued < 180).astype(np.uint8), np.ones((9, 9), np.uint8))[sample] > 0
    sigma = _blur_of(placed, print_, issued)
    blurred = np.asarray(cv2.GaussianBlur(print_, (0, 0), sigma), np.float32)
    there = placed[sample][near]
    curve = _tone_curve(blurred[sample][near], there)
    model = _toned(blurred, curve)
    noise = float(np.sqrt(np.mean((there - model[sample][near]) ** 2)))
    return Look(placed, model, blurred, curve, sigma, noise)


BLUR_ROWS = 300


def _blur_of(scan: Array, print_: Array, issued: Image) -> float:
    """The blur that makes the print most like the scan, on the stretch with the most print."""
    counts = np.convolve((issued < 180).sum(axis=1), np.ones(BLUR_ROWS), "valid")
    top = int(counts.argmax())
    rows = slice(top, top + BLUR_ROWS)
    where = cv2.dilate((issued[rows] < 180).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    seen = scan[rows][where]
    scores = [
        correlation(seen, cv2.GaussianBlur(print_[rows], (0, 0), s)[where]) for s in SIGMAS_PX
    ]
    return SIGMAS_PX[int(np.argmax(scores))]


def _tone_curve(blurred: Array, scan: Array) -> Array:
    """The scan's mean ink for each level of the print's ink, never falling."""
    level = np.clip(np.rint(blurred * (LEVELS - 1)).astype(np.int64), 0, LEVELS - 1)
    total = np.bincount(level, weights=scan, minlength=LEVELS)
    count = np.bincount(level, minlength=LEVELS)
    seen = count > 20
    values = np.interp(np.arange(LEVELS), np.flatnonzero(seen), total[seen] / count[seen])
    return np.asarray(np.maximum.accumulate(values), np.float32)


def _table(curve: Array) -> Array:
    """The curve at 256 inks: a look-up is several times faster than interpolation."""
    return np.interp(np.linspace(0, LEVELS - 1, 256), np.arange(LEVELS), curve).astype(np.float32)


def _toned(ink: Array, curve: Array) -> Array:
    return _looked_up(_table(curve), np.asarray(cv2.convertScaleAbs(ink, alpha=255), np.uint8))


def _looked_up(table: Array, level: Image) -> Array:
    """``table[level]``, several times faster."""
    if not level.size:
        return np.zeros(level.shape, np.float32)
    flat = cv2.LUT(level.reshape(-1, level.shape[-1]), table)
    return np.asarray(flat.reshape(level.shape), np.float32)


def verify(seen: Look, glyphs: Sequence[Glyph], letters: Atlas) -> list[GlyphVerdict]:
    """A verdict for each glyph, in their order."""
    groups: dict[tuple[str, str, float], list[int]] = {}
    for i, glyph in enumerate(glyphs):
        groups.setdefault((glyph.font, glyph.char, glyph.size), []).append(i)
    likened = [
        (members, _liken(seen, [glyphs[i] for i in members], letters))
        for members in groups.values()
    ]
    every = habits.of([group for _members, group in likened])
    verdicts: dict[int, GlyphVerdict] = {}
    for members, group in likened:
        verdicts.update(zip(members, _verdicts(group, every), strict=True))
    return [verdicts[i] for i in range(len(glyphs))]


WINDOWS_KEPT = 500  # about 0.2 MB each; a page needs 80
INK_STEPS = 127
EMPTY = 1e-3  # the scan's variance in a window where nothing stands: a full stop has 1
RIDGE = 1e-4  # where a slope is flat all over
PHASES = 4  # a glyph's place within a pixel is kept to a quarter


@dataclass(frozen=True, slots=True)
class _Window:
    """The window about a character's origin that shows it and its twins.

    ``changes[phase_y][phase_x]``: twins x height x width, the ink that each would add or take,
    in steps of 1 / INK_STEPS.
    ``left``, ``top``: the window's corner from the origin's pixel.
    """

    left: int
    top: int
    height: int
    width: int
    twins: tuple[str, ...]
    changes: NDArray[np.int8]


def closest(seen: Look, glyph: Glyph, letters: Atlas) -> tuple[str, float]:
    """The letter that the place of a suspect glyph shows best, and its correlation.

    Every letter of the kind is tried, not only the likely twins: dirt looks like none of them.
    """
    window = _window(glyph.font, glyph.char, glyph.size, letters, seen.sigma, of_kind=True)
    if window is None or not window.twins:
        return "", 0.0
    power, rest, lever, product = _fit(seen, [glyph], window)
    # |rest - d|² = |rest|² - 2 rest·d + |d|², d being what shift and contrast leave of the change.
    left = (rest - 2 * product + lever)[0]
    best = int(np.argmin(left))
    return window.twins[best], float(np.sqrt(max(0.0, 1 - float(left[best] / power[0, 0]))))


def _window(
    font: str, char: str, size: float, letters: Atlas, sigma: float, *, of_kind: bool = False
) -> _Window | None:
    """The character's window with its likely twins, or with all of its kind."""
    key = (font, char, size, sigma, of_kind)
    if key in letters.cache:
        letters.cache.move_to_end(key)
    else:
        twins = letters.kind(font, char) if of_kind else letters.twins(font, char)
        letters.cache[key] = _make_window(font, char, size, letters, sigma, twins)
        if len(letters.cache) > WINDOWS_KEPT:
            letters.cache.popitem(last=False)
    found = letters.cache[key]
    assert found is None or isinstance(found, _Window)
    return found


def _make_window(
    font: str,
    char: str,
    size: float,
    letters: Atlas,
    sigma: float,
    twins: Sequence[atlas_.Twin],
) -> _Window | None:
    own = letters.letter(font, char, size)
    if own is None:
        return None
    pairs = []
    for twin in twins:
        other = letters.letter(font, twin.char, size)
        if other is not None:
            move = round(twin.shift * px_from_mm(mm_from_points(size), DPI * OVERSAMPLING))
            pairs.append((twin.char, *atlas_.pair(own, replace(other, left=other.left + move))))
    boxes = [(left, top, a.shape[1], a.shape[0]) for _t, a, _b, left, top in pairs]
    boxes.append((own.left, own.top, own.ink.shape[1], own.ink.shape[0]))
    pad = MARGIN_PX - 1
    x0 = int(np.floor(min(b[0] for b in boxes) / OVERSAMPLING)) - pad
    y0 = int(np.floor(min(b[1] for b in boxes) / OVERSAMPLING)) - pad
    x1 = int(np.ceil(max(b[0] + b[2] for b in boxes) / OVERSAMPLING)) + pad + 1
    y1 = int(np.ceil(max(b[1] + b[3] for b in boxes) / OVERSAMPLING)) + pad + 1
    width, height = x1 - x0, y1 - y0
    inks = [(b - a, left, top) for _twin, a, b, left, top in pairs]
    changes = _phases(inks, x0, y0, height, width, sigma)
    return _Window(x0, y0, height, width, tuple(p[0] for p in pairs), changes)


def _phases(
    inks: Sequence[tuple[Array, int, int]], x0: int, y0: int, height: int, width: int, sigma: float
) -> NDArray[np.int8]:
    """What changes of ink look like from every place within a pixel: see ``_Window.changes``.

    Each is drawn once, PHASES times as fine as the scan; its phases are the finer picture's
    pixels taken by turns.
    """
    fine = np.zeros((len(inks), PHASES * height, PHASES * width), np.int8)
    step = OVERSAMPLING / PHASES
    half = 0.5 / OVERSAMPLING - 0.5  # a pixel's centre, seen in the finer picture
    for k, (ink, left, top) in enumerate(inks):
        from_x = (x0 - half) * OVERSAMPLING - left - (PHASES - 0.5) * step
        from_y = (y0 - half) * OVERSAMPLING - top - (PHASES - 0.5) * step
        matrix = np.array([[step, 0, from_x], [0, step, from_y]])
        soft = cv2.GaussianBlur(ink, (0, 0), OVERSAMPLING * 0.35)
        flat = cv2.warpAffine(
            soft, matrix, fine.shape[:0:-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        flat = cv2.GaussianBlur(flat, (0, 0), sigma * PHASES)
        fine[k] = np.rint(np.clip(flat, -1, 1) * INK_STEPS)
    turns = fine.reshape(len(inks), height, PHASES, width, PHASES).transpose(2, 4, 0, 1, 3)
    return np.ascontiguousarray(turns[::-1, ::-1])


def _liken(seen: Look, alike: Sequence[Glyph], letters: Atlas) -> Likened:
    first = alike[0]
    window = _window(first.font, first.char, first.size, letters, seen.sigma)
    if window is None:  # a sign that the specimen lacks: its own box, nothing to compare with
        x0, y0, x1, y1 = box_px(alike[:1], MARGIN_PX, seen.scan.shape)
        window = _Window(
            x0 - int(px_from_mm(first.origin_x, DPI)),
            y0 - int(px_from_mm(first.origin_y, DPI)),
            y1 - y0,
            x1 - x0,
            (),
            np.zeros((PHASES, PHASES, 0, y1 - y0, x1 - x0), np.int8),
        )
    power, rest, lever, product = _fit(seen, alike, window)
    score = np.where(power > EMPTY, np.sqrt(np.clip(1 - rest / power, 0, 1)), 0.0)[:, 0]
    return Likened(alike, window.twins, score, product / lever, seen.noise / np.sqrt(lever))


def _verdicts(group: Likened, every: Habits) -> list[GlyphVerdict]:
    if not group.twins:
        pairs = zip(group.alike, group.score, strict=True)
        return [GlyphVerdict(glyph, float(score), 0.0, 0.0, "") for glyph, score in pairs]
    change = group.change - habits.usual(group, every)
    worst = np.argmax(change, axis=1)
    each = np.arange(len(worst))
    return [
        GlyphVerdict(glyph, float(score), float(beta), float(error), group.twins[twin])
        for glyph, score, beta, error, twin in zip(
            group.alike, group.score, change[each, worst], group.error[each, worst], worst,
            strict=True,
        )
    ]  # fmt: skip


def _fit(seen: Look, alike: Sequence[Glyph], window: _Window) -> tuple[Sums, Sums, Sums, Sums]:
    """The sums of squares that everything follows from, for each glyph (rows) and twin (columns).

    The scan's variance; what contrast and shift leave of it; what they leave of each change d;
    and the product of the last two.
    """
    shape = (window.height, window.width)
    limit = np.array(seen.scan.shape)[::-1] - shape[::-1]
    origin = np.array([(g.origin_x, g.origin_y) for g in alike]) * (DPI / MM_PER_INCH)
    whole = np.floor(origin).astype(int)
    phase = ((origin - whole) * PHASES).astype(int)
    x, y = np.clip(whole + np.array([window.left, window.top]), 0, limit).T
    scan, model, blurred = (
        sliding_window_view(picture, shape)[y, x]
        for picture in (seen.scan, seen.model, seen.blurred)
    )
    n, size = len(alike), window.height * window.width
    slope_y, slope_x = np.gradient(model, axis=(1, 2))
    # Contrast, ink and both shifts are the known; the scan comes last.
    known = np.stack([np.ones_like(model), model, slope_y, slope_x, scan], axis=1).reshape(
        n, -1, size
    )
    change = window.changes[phase[:, 1], phase[:, 0]]  # n x twins x height x width
    inked = np.rint(blurred * (2 * INK_STEPS)).astype(np.int16)[:, None]
    level = np.multiply(change, 2, dtype=np.int16)
    level += inked
    np.clip(level, 0, 255, out=level)
    other = _looked_up(_table(seen.curve), level.astype(np.uint8).reshape(n, -1, size))
    other -= model.reshape(n, 1, size)
    across = known.transpose(0, 2, 1)
    gram = (known @ across).astype(np.float64)
    products = (other @ across).astype(np.float64)
    squares = np.einsum("ntp,ntp->nt", other, other).astype(np.float64)
    # What the known leaves of a square or a product: Schur complements of their Gram matrix.
    inverse = np.linalg.inv(gram[:, :-1, :-1] + RIDGE * np.eye(len(gram[0]) - 1))
    of_scan = (inverse @ gram[:, :-1, -1:])[..., 0]
    rest = gram[:, -1, -1] - (of_scan * gram[:, :-1, -1]).sum(axis=1)
    power = gram[:, -1, -1] - gram[:, 0, -1] ** 2 / size
    lever = squares - ((products[..., :-1] @ inverse) * products[..., :-1]).sum(axis=2)
    product = products[..., -1] - (products[..., :-1] @ of_scan[..., None])[..., 0]
    return (
        np.maximum(power, 1e-6)[:, None],
        np.maximum(rest, 0.0)[:, None],
        np.maximum(lever, 1e-6),
        product,
    )
