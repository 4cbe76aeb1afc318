"""What a scan does to all of a page's like signs, which nobody did to one of them.

A threshold takes the tails of all commas. How far most of them lean to a point is therefore no sign
that one of them was exchanged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.papers.layout import Glyph

Sums = NDArray[np.float64]
Habits = Mapping[tuple[str, str], float]

ALIKE = 5  # signs that make a habit
# Commas keep more or less of their tails by chance: so many times the middle deviation, which is
# two standard ones. Of 720 commas and semicolons scanned with a low threshold it leaves none.
TAILS = 3.0


@dataclass(frozen=True, slots=True)
class Likened:
    """Glyphs that are the same character in the same font and size, and how each fits.

    ``score`` is by glyph, ``change`` and ``error`` by glyph and twin: see ``glyphs.GlyphVerdict``.
    """

    alike: Sequence[Glyph]
    twins: tuple[str, ...]
    score: Sums
    change: Sums
    error: Sums


def of(groups: Sequence[Likened]) -> Habits:
    """How far a page's signs lean to their twins, whatever their font and size."""
    leans: dict[tuple[str, str], list[Sums]] = {}
    for group in groups:
        if group.alike[0].char.isalnum():
            continue
        for twin, changes in zip(group.twins, group.change.T, strict=True):
            leans.setdefault((group.alike[0].char, twin), []).append(changes)
    leans.setdefault((";", ":"), []).extend(leans.get((",", "."), ()))  # it is the same tail
    every = {pair: np.concatenate(parts) for pair, parts in leans.items() if parts}
    return {
        pair: float(_habit(changes[:, None])[0])
        for pair, changes in every.items()
        if len(changes) >= ALIKE
    }


def usual(group: Likened, habits: Habits) -> Sums:
    """How far signs such as these lean to each of their twins without anybody's doing.

    Letters and figures have no habits: a tenth of a lean may tell и from н.
    """
    char = group.alike[0].char
    if len(group.alike) >= ALIKE and not char.isalnum():
        return _habit(group.change)
    return np.array([habits.get((char, twin), 0.0) for twin in group.twins])


def _habit(changes: Sums) -> Sums:
    """How far most of these like signs (rows) lean to each twin (columns)."""
    middle = np.median(changes, axis=0)
    spread = np.median(abs(changes - middle), axis=0)
    return np.asarray(np.maximum(middle, 0.0) + TAILS * spread)
