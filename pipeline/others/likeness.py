"""Which paper a page is whose codes and printed id are gone: by its text, against what was issued.

The wording tells the form and its page, the values tell the paper. Where two papers could be meant,
none is named; and what is named is still verified glyph by glyph, as every paper is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from pipeline.engines.tesseract import OcrEngine, Word
from pipeline.geometry import A4_MM, MM_PER_INCH
from pipeline.language.lettering import folded
from pipeline.pages import page
from pipeline.pages.ink import ink_of
from pipeline.pages.page import DPI, Homography
from pipeline.papers import layout
from pipeline.papers.layout import Sheet
from pipeline.papers.marks import Mark
from pipeline.prints.placing import words

Image = NDArray[np.uint8]
Pixels = tuple[float, float, float, float]

READ_DPI = 200  # of an A4 sheet; at 300 OCR takes twice as long and knows a page no better
LEAST_LETTERS = 4  # of a word that tells something
LEAST_WORDS = 20  # on a page that can be known by its wording
SKEWS = np.arange(-8, 8.25, 0.5)  # degrees; photographs lie no more askew
SKEW_SCALE = 0.25  # of READ_DPI: enough to see the lines
MARGIN = 0.15  # share of the sides that is not looked at for that: borders, a dark table
BAND = 0.15  # share of the height that is read first, to see which way up the page is
BAND_STARTS = np.arange(0.1, 0.8, 0.05)  # of the height: the one with the clearest lines is read
BANDS = 3  # that are read, one after the other, where nothing can be read on those before
READABLE = 15  # letters of the band: of pictures and borders fewer seem to be read
SURELY_UPRIGHT = 120  # letters of the band: upside down some 100 seem to be read
# Of the whole page, where it is read as it lies: letters, and their share of all that were read.
# Of 189 pages turned wrong the share was 0.14 at most; 52 of 63 that stood upright pass.
UPRIGHT_LETTERS, UPRIGHT_SHARE = 30, 0.4
GUESSED = 0.5  # what OCR says of a word no surer is a guess
WORDING_SHARE = 0.5  # of a page's wording that has to be read to take it for that page
WORDING_MARGIN = 0.1  # whose wording fits worse than the best by more is out
VALUES_SHARE = 0.85  # of the values' letters: bad scans lose some, other people's papers more
MARGIN_LETTERS = 10  # by which a paper has to fit better than any other; a wrong letter counts two
LEAST_PAIRS = 8  # words known on the page, to see how it lies
PAIR_PX = 12.0  # how far off they may be, scan pixels


@dataclass(frozen=True, slots=True)
class Wording:
    """The fixed words of one page (from 1) of a form's version."""

    form: str
    version: str
    page: int
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Text:
    """A page as OCR read it; ``turned`` degrees clockwise make it stand upright.

    ``to_scan`` maps the pixels of the words' boxes to the scan's.
    """

    words: tuple[Word, ...]
    turned: int
    to_scan: Homography


@dataclass(frozen=True, slots=True)
class Candidate:
    """A page of a paper that could be meant: the values that tell it, and how its wording fits.

    ``wording`` is the letters of the wording that were read, less those that were not.
    """

    mark: Mark
    values: tuple[str, ...]
    wording: float


def telling(texts: Iterable[str]) -> frozenset[str]:
    """Words of letters, long enough to tell something; ё counts as е."""
    joined = folded(" ".join(texts))
    return frozenset(re.findall(rf"[^\W\d_]{{{LEAST_LETTERS},}}", joined))


def read(grey: Image, ocr: OcrEngine) -> Text:
    """The whole page by OCR, whichever way it lay on the glass. Raises ToolFailedError."""
    clean = _cleaned(grey)
    scale = min(1.0, READ_DPI * A4_MM[1] / MM_PER_INCH / max(clean.shape))
    small = np.asarray(
        cv2.resize(clean, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )
    straight, back = _straightened(small)
    # Most pages lie upright: what was read tells it, and then nothing else has to be read.
    found = ocr.read_page(straight) if _is_level(straight) else []
    turned = 0 if _is_upright(found) else _way_up(straight, ocr)
    if turned or not found:
        found = ocr.read_page(_upright(straight, turned))
    to_small = back @ page.turned_back(straight.shape, turned)
    return Text(tuple(found), turned, np.diag([1 / scale, 1 / scale, 1.0]) @ to_small)


def around(words: Iterable[Word], air: float = 0.0) -> Pixels:
    """The box of some words of a line, with a share of its height of paper about it."""
    left, top, right, foot = zip(*(word.box for word in words), strict=True)
    return aired((min(left), min(top), max(right), max(foot)), air)


def aired(box: Pixels, air: float) -> Pixels:
    """A box with a share of its height of paper about it."""
    left, top, right, foot = box
    about = air * (foot - top)
    return left - about, top - about, right + about, foot + about


def cut(grey: Image, text: Text, box: Pixels) -> Image:
    """A box of the text's pixels, upright and as fine as the scan is, dark on white."""
    fine = max(1.0, float(np.hypot(*text.to_scan[:2, 0])))
    size = (round((box[2] - box[0]) * fine), round((box[3] - box[1]) * fine))
    there = np.array([[1 / fine, 0, box[0]], [0, 1 / fine, box[1]], [0, 0, 1]])
    piece = cv2.warpPerspective(
        grey,
        text.to_scan @ there,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return _cleaned(np.asarray(piece, np.uint8))


def shortlist(text: Text, known: Iterable[Wording]) -> list[tuple[Wording, float]]:
    """The pages of forms that the text may be of.

    Beside each the letters of its wording that were read, less those that were not.
    """
    said = telling(word.text for word in text.words)
    shares = [
        (len(one.words & said) / len(one.words), one)
        for one in known
        if len(one.words) >= LEAST_WORDS
    ]
    best = max((share for share, _one in shares), default=0.0)
    least = max(WORDING_SHARE, best - WORDING_MARGIN)
    return [
        (one, float(_letters(one.words & said) - _letters(one.words - said)))
        for share, one in shares
        if share >= least
    ]


def choose(text: Text, candidates: Iterable[Candidate]) -> tuple[Mark | None, bool]:
    """The page that is meant, or None; True beside it where several could be meant."""
    said = _plain(" ".join(word.text for word in text.words))
    scored = [(score, one.mark) for one in candidates if (score := _fit(one, said)) is not None]
    if not scored:
        return None, False
    scored.sort(key=lambda it: -it[0])
    if len(scored) > 1 and scored[0][0] - scored[1][0] < MARGIN_LETTERS:
        return None, True
    return scored[0][1], False


def guess(text: Text, sheet: Sheet) -> Homography | None:
    """How the page lies, by the words that stand on it once: issued pixels to scan pixels.

    None where too few are known.
    """
    printed = _once(
        ("".join(glyph.char for glyph in word), layout.box_of(word).px(DPI))
        for word in words(sheet.glyphs)
    )
    seen = _once((word.text, word.box) for word in text.words)
    pairs = [(printed[name], seen[name]) for name in printed.keys() & seen.keys()]
    if len(pairs) < LEAST_PAIRS:
        return None
    source, seen_at = (np.array([_ends(pair[side]) for pair in pairs]) for side in (0, 1))
    target = cv2.perspectiveTransform(seen_at.reshape(1, -1, 2), text.to_scan)[0]
    matrix, _inliers = cv2.findHomography(source.reshape(-1, 2), target, cv2.USAC_MAGSAC, PAIR_PX)
    return None if matrix is None else np.asarray(matrix, np.float64)


def _cleaned(grey: Image) -> Image:
    """Dark on white, whatever the paper."""
    return np.asarray(255 - 255 * ink_of(grey), np.uint8)


def _fit(one: Candidate, said: str) -> float | None:
    """Letters of the page that were read, less those that were not; None: it is another page."""
    letters = found = 0.0
    for value in map(_plain, one.values):
        letters += len(value)
        found += len(value) * fuzz.partial_ratio(value, said) / 100
    if found < VALUES_SHARE * letters:
        return None
    return 2 * found - letters + one.wording


def _plain(text: str) -> str:
    """Only letters and figures: blanks and signs are read one way and another."""
    return re.sub(r"[\W_]+", "", folded(text))


def _letters(found: Iterable[str]) -> int:
    return sum(map(len, found))


def _sureness(found: Iterable[Word]) -> float:
    """How much was read: letters of telling words, weighted by how sure OCR is of them.

    Words that are taller than wide do not count: Tesseract reads print on its side, too; nor those
    that it only guesses, as most of a line that stands on its head.
    """
    wide = [word for word in found if word.box[2] - word.box[0] > word.box[3] - word.box[1]]
    return sum(
        len(word.text) * word.sure for word in wide if word.sure > GUESSED and telling([word.text])
    )


def _is_upright(found: Sequence[Word]) -> bool:
    """Does a page that was read as it lay surely stand upright?"""
    sure = _sureness(found)
    return sure > max(UPRIGHT_LETTERS, UPRIGHT_SHARE * _letters(word.text for word in found))


def _way_up(image: Image, ocr: OcrEngine) -> int:
    """How far the page must be turned clockwise to stand upright: 0, 90, 180 or 270."""
    scores: dict[int, float] = {}
    # Both ways up the same piece is read: a page may be empty but for its head.
    bands = {0: _bands(image), 90: _bands(_upright(image, 90))}
    for number in range(BANDS):
        for turned in (0, 180, 90, 270):
            piece = _upright(bands[turned % 180][number], turned - turned % 180)
            scores[turned] = _sureness(ocr.read_page(piece))
            if scores[turned] > SURELY_UPRIGHT:
                return turned
        if max(scores.values()) >= READABLE:
            break
    return max(scores, key=lambda turned: scores[turned])


def _straightened(image: Image) -> tuple[Image, Homography]:
    """The page with its lines along the rows or the columns, and the way back."""
    tiny = cv2.resize(image, None, fx=SKEW_SCALE, fy=SKEW_SCALE, interpolation=cv2.INTER_AREA)
    angle = max(SKEWS, key=lambda degrees: _sharpness(_rotated(tiny, degrees)))
    back = np.vstack([cv2.invertAffineTransform(_rotation(image.shape, angle)), [0, 0, 1]])
    return np.asarray(_rotated(image, angle), np.uint8), np.asarray(back, np.float64)


def _rotation(shape: tuple[int, ...], degrees: float) -> NDArray[np.float64]:
    middle = ((shape[1] - 1) / 2, (shape[0] - 1) / 2)
    return np.asarray(cv2.getRotationMatrix2D(middle, degrees, 1.0), np.float64)


def _rotated(image: NDArray[Any], degrees: float) -> NDArray[Any]:
    if not degrees:
        return image
    size = (image.shape[1], image.shape[0])
    return cv2.warpAffine(image, _rotation(image.shape, degrees), size, borderValue=(255,))


def _is_level(image: Image) -> bool:
    """Do a straightened page's lines lie along the rows? Few pages deceive, in columns of words."""
    columns, rows = _partings(image)
    return rows >= columns


def _sharpness(image: NDArray[Any]) -> float:
    return max(_partings(image))


def _partings(image: NDArray[Any]) -> tuple[float, float]:
    """How clearly lines and the blanks between them part along the columns, and the rows."""
    rows, columns = (round(side * MARGIN) for side in image.shape)
    inner = image[rows : image.shape[0] - rows, columns : image.shape[1] - columns]
    across, along = (float(np.diff(inner.mean(axis=axis)).std()) for axis in (0, 1))
    return across, along


def _upright(image: Image, turned: int) -> Image:
    return np.ascontiguousarray(np.rot90(image, -turned // 90))


def _bands(image: Image) -> list[Image]:
    """Parts of the page whose lines part most clearly from the blanks between them, apart."""
    rows = len(image)
    size = round(BAND * rows)
    jumps = np.diff(image.mean(axis=1))
    tops = [round(start * rows) for start in BAND_STARTS]
    found: list[int] = []
    for top in sorted(tops, key=lambda top: -float(jumps[top : top + size].std())):
        if len(found) < BANDS and all(abs(top - other) >= size for other in found):
            found.append(top)
    return [image[top : top + size] for top in found]


def _once(found: Iterable[tuple[str, Pixels]]) -> dict[str, Pixels]:
    """Boxes by word, of telling words that stand there once."""
    boxes = [(name, box) for text, box in found if len(name := _plain(text)) >= LEAST_LETTERS]
    count = Counter(name for name, _box in boxes)
    return {name: box for name, box in boxes if count[name] == 1}


def _ends(box: Pixels) -> tuple[tuple[float, float], ...]:
    """The middles of its left and right ends: how high a box is depends on who measures it."""
    middle = (box[1] + box[3]) / 2
    return (box[0], middle), (box[2], middle)
