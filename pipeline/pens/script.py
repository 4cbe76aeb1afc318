"""Characters written by hand: how likely each is in every column of a line.

Comes in: the ink of a blank. Goes out: logarithms of probabilities. A small convolutional network
that ``tests/training`` taught on drawn pens; it saw figures and letters in any order, so it does
not know what usually follows what.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("script.npz")
# The network's classes: between two characters stands no character; UNCLEAR is a figure that was
# written over another.
UNCLEAR = "?"
CHARACTERS = "0123456789./-«»абвгдеиклмнопрстуфюя" + UNCLEAR
NOTHING = len(CHARACTERS)
HEIGHT_PX = 32  # of a line as the network sees it
CORE_PX = 15  # of it: where all but the outermost ink stands
OUTER_INK = 0.08  # of all ink, above and below the core
MARGIN_PX = 8  # of white before and after
WIDEST_PX = 480  # a date that is written wide has 260
STRONG = 0.35  # ink that tells where the line stands
STEP_PX = 2  # of the line for every column of the answer
BRIDGE_PX = 13  # of the page: a rule with its blurred edges has 8
_LEAST_CORE_PX = 5
_LEAST_INK_PX = 12


def bared(ink: Array, printed: NDArray[np.bool_]) -> Array:
    """The ink without what is ``printed``; a stroke that crosses a printed rule goes on through it.

    Of a picture at the page's resolution.
    """
    free = np.where(printed, np.float32(0), ink)
    bridge = np.ones((BRIDGE_PX, 1), np.uint8)
    joined = cv2.morphologyEx(free, cv2.MORPH_CLOSE, bridge)
    return np.asarray(np.where(printed, joined, ink), np.float32)


def line(ink: Array) -> Array | None:
    """The writing of a picture (ink 0 to 1) at the network's height; None where there is none."""
    strong = np.where(ink > STRONG, ink, 0.0)
    if np.count_nonzero(strong) < _LEAST_INK_PX:
        return None
    share = np.cumsum(strong.sum(axis=1)) / strong.sum()
    top, bottom = (int(v) for v in np.searchsorted(share, (OUTER_INK, 1 - OUTER_INK)))
    columns = np.flatnonzero(strong.any(axis=0))
    scale = CORE_PX / max(_LEAST_CORE_PX, bottom - top + 1)
    part = ink[:, columns[0] : columns[-1] + 1]
    width, height = (max(1, round(side * scale)) for side in part.shape[::-1])
    if width > WIDEST_PX:
        return None
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(part, (width, height), interpolation=way)
    middle = round((top + bottom + 1) / 2 * scale)
    answer = np.zeros((HEIGHT_PX, width + 2 * MARGIN_PX), np.float32)
    first = middle - HEIGHT_PX // 2
    rows = slice(max(0, first), min(height, first + HEIGHT_PX))
    answer[rows.start - first : rows.stop - first, MARGIN_PX:-MARGIN_PX] = small[rows]
    dark = small[small > STRONG / 2]
    if not dark.size:
        return None  # specks that are gone at that size
    black = max(0.2, float(np.percentile(dark, 90)))
    return np.asarray(np.clip(answer / black, 0, 1), np.float32)


def said(ink: Array) -> str:
    """What a picture (ink 0 to 1) says to the letter, the likeliest in every column; "": nothing.

    Letters that no month has come out as others, or as figures.
    """
    found = line(ink)
    if found is None:
        return ""
    best = likelihoods(found).argmax(axis=1)
    return "".join(CHARACTERS[one] for one, _again in groupby(best) if one != NOTHING)


def likelihoods(line: Array) -> Array:
    """For every column of a line the logarithm of each character's probability, NOTHING last.

    Of shape (columns, characters + 1), a column for STEP_PX of the line.
    """
    layers = _weights()
    seen = line[None]
    for number, (kernel, bias) in enumerate(layers, start=1):
        seen = _convolved(seen, kernel, bias)
        if number < len(layers):
            np.maximum(seen, 0, out=seen)
        if number <= len(POOLS):
            seen = _pooled(seen, *POOLS[number - 1])
    scores = seen[:, 0].T
    scores -= scores.max(axis=1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), np.float32)


POOLS = ((2, STEP_PX), (2, 1), (2, 1))  # after the first layers: down, across


@cache
def _weights() -> list[tuple[Array, Array]]:
    """Kernels (out, in, down, across) with their biases, layer by layer."""
    with np.load(WEIGHTS) as stored:
        count = len(stored.files) // 2
        return [
            (stored[f"kernel{n}"].astype(np.float32), stored[f"bias{n}"].astype(np.float32))
            for n in range(count)
        ]


def _convolved(seen: Array, kernel: Array, bias: Array) -> Array:
    """Across nothing is lost at the sides; down neither, but where the kernel is all the height."""
    _out, _in, down, across = kernel.shape
    above = 0 if down == seen.shape[1] else down // 2
    padded = np.pad(seen, ((0, 0), (above, above), (across // 2, across // 2)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (down, across), axis=(1, 2))
    return np.asarray(
        np.einsum("ihwyx,oiyx->ohw", windows, kernel, optimize=True) + bias[:, None, None]
    )


def _pooled(seen: Array, down: int, across: int) -> Array:
    channels, height, width = seen.shape
    whole = seen[:, : height - height % down, : width - width % across]
    parts = whole.reshape(channels, height // down, down, width // across, across)
    return np.asarray(parts.max(axis=(2, 4)))
