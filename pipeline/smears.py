"""Prints that were smeared or rubbed: legible perhaps, but for a person to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pipeline import ink, layout
from pipeline.glyphs import Look, Verdict
from pipeline.layout import Glyph
from pipeline.page import DPI
from pipeline.placing import words

# Of 37,600 honest words of four kinds of scan none fell by more than 0.033 below its page, none was
# paler than 0.69; of 27 smeared lines none fell by less than 0.11, and of 28 rubbed ones those that
# fell by less than 0.08 were paler than 0.46.
HURT_DROP = 0.045
SMEARED_GLYPHS = 4
RUBBED_SHARE = 0.6  # of the ink that the page's print has
GONE_SHARE = 0.35


def smeared(verdicts: Sequence[Verdict], seen: Look) -> frozenset[int]:
    """The colours of prints with a line that is far less like its print, or paler, than the page.

    A wet thumb, water, an eraser: it may be legible still, but a person has to say so.
    """
    usual, score_of = _usual(verdicts), {id(v.glyph): v.score for v in verdicts}
    found = set()
    for colour, glyphs in layout.by_colour([v.glyph for v in verdicts]).items():
        for line in layout.lines(glyphs):
            drops = [usual[round(g.size)] - score_of[id(g)] for g in line]
            pale = median(ink_share(g, seen) for g in line) < RUBBED_SHARE
            if len(line) >= SMEARED_GLYPHS and (pale or median(drops) > HURT_DROP):
                found.add(colour)
    return frozenset(found)


def words_hurt(
    verdicts: Sequence[Verdict], seen: Look, excused: NDArray[np.bool_]
) -> list[list[Glyph]]:
    """The words that were rubbed or smeared, but for what lies under ``excused`` ink."""
    usual, score_of = _usual(verdicts), {id(v.glyph): v.score for v in verdicts}
    found = []
    for word in words([v.glyph for v in verdicts]):
        zone = ink.window(layout.box_of(word), excused.shape, 0.0)
        if len(word) < 2 or excused[zone].any():
            continue
        drops = [usual[round(g.size)] - score_of[id(g)] for g in word]
        pale = median(ink_share(g, seen) for g in word) < RUBBED_SHARE
        if pale or _typical(drops) > HURT_DROP:
            found.append(word)
    return found


def _typical(drops: Sequence[float]) -> float:
    """Of a short word the least: there one speck is much, and every letter has to be hurt."""
    return median(drops) if len(drops) >= SMEARED_GLYPHS else min(drops)


def is_gone(glyph: Glyph, seen: Look) -> bool:
    """Whether a glyph is not there any more."""
    return ink_share(glyph, seen) < GONE_SHARE


def ink_share(glyph: Glyph, seen: Look) -> float:
    """How much of a glyph's ink is there."""
    x0, y0, x1, y1 = glyph.box.px(DPI)
    there = float(seen.scan[y0:y1, x0:x1].sum())
    return there / max(1e-6, float(seen.model[y0:y1, x0:x1].sum()))


def _usual(verdicts: Sequence[Verdict]) -> dict[int, float]:
    """How well the page's print of each size fits."""
    scores: dict[int, list[float]] = defaultdict(list)
    for verdict in verdicts:
        scores[round(verdict.glyph.size)].append(verdict.score)
    return {size: median(found) for size, found in scores.items()}
