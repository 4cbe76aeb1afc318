"""Prints that were smeared or rubbed: legible perhaps, but for a person to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median, median_low

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import ink
from pipeline.pages.page import DPI
from pipeline.papers import layout
from pipeline.papers.layout import Glyph
from pipeline.prints import blots
from pipeline.prints.glyphs import GlyphVerdict, Look
from pipeline.prints.placing import words

# How far a word or a line may fall below the page's own print: so far, and on pages whose print is
# uneven so many times what a tenth of the words fall by. Of 37,600 honest words of four kinds of
# scan none fell by more than 0.033, and no page's tenth by more than 0.009; on pages that Augraphy
# blurred in places they fell by 0.085 and 0.037. Of 141 smeared or rubbed stretches the worst word
# fell by 0.052 at least; of the honest words none was paler than 0.69.
LEAST_DROP, UNEVEN, MOST_DROP = 0.045, 4.5, 0.09
SMEARED_GLYPHS = 4
RUBBED_SHARE = 0.6  # of the ink that the page's print has
GONE_SHARE = 0.35


def found(
    verdicts: Sequence[GlyphVerdict], seen: Look, excused: NDArray[np.bool_]
) -> tuple[frozenset[int], list[list[Glyph]]]:
    """What was rubbed or smeared: the colours of prints with such a line or word, and such words.

    Lines and words that are far less like their print, or paler, than the page: a wet thumb, water,
    an eraser. They may be legible still, but a person has to say so. Words under ``excused`` ink
    are left out.
    """
    drop_of = _drops(verdicts)
    every = words([v.glyph for v in verdicts])
    limit = _limit([_typical(word, drop_of) for word in every])
    smeared = {
        colour
        for colour, glyphs in layout.by_colour([v.glyph for v in verdicts]).items()
        for line in layout.lines(glyphs)
        if len(line) >= SMEARED_GLYPHS and _is_hurt(line, drop_of, limit, seen)
    }
    hurt = [
        word
        for word in every
        if len(word) > 1
        and not excused[ink.window(layout.box_of(word), excused.shape, 0.0)].any()
        and _is_hurt(word, drop_of, limit, seen)
        and _is_hurt(word, _without_dirt(word, drop_of, seen), limit, seen)
    ]
    return frozenset(smeared | {glyph.colour for word in hurt for glyph in word}), hurt


def _is_hurt(
    glyphs: Sequence[Glyph], drop_of: Mapping[int, float], limit: float, seen: Look
) -> bool:
    if _typical(glyphs, drop_of) > limit:
        return True
    return median(ink_share(glyph, seen) for glyph in glyphs) < RUBBED_SHARE


def _without_dirt(
    word: Sequence[Glyph], drop_of: Mapping[int, float], seen: Look
) -> Mapping[int, float]:
    """A word's drops, 0 where a glyph is whole under a speck, in a short word under a fold."""
    is_clean = blots.is_whole if len(word) < SMEARED_GLYPHS else blots.is_specked
    return {id(g): 0.0 if is_clean(g, seen) else drop_of[id(g)] for g in word}


def _typical(word: Sequence[Glyph], drop_of: Mapping[int, float]) -> float:
    """Of a short word the least: there one speck is much, and every letter has to be hurt."""
    drops = [drop_of[id(glyph)] for glyph in word]
    return median_low(drops) if len(drops) >= SMEARED_GLYPHS else min(drops)


def is_gone(glyph: Glyph, seen: Look) -> bool:
    """Whether a glyph is not there any more."""
    return ink_share(glyph, seen) < GONE_SHARE


def ink_share(glyph: Glyph, seen: Look) -> float:
    """How much of a glyph's ink is there."""
    x0, y0, x1, y1 = glyph.box.px(DPI)
    there = float(seen.scan[y0:y1, x0:x1].sum())
    return there / max(1e-6, float(seen.model[y0:y1, x0:x1].sum()))


def _drops(verdicts: Sequence[GlyphVerdict]) -> dict[int, float]:
    """How much worse each glyph fits than the page's print of its size, by the glyph's identity."""
    scores: dict[int, list[float]] = defaultdict(list)
    for verdict in verdicts:
        scores[round(verdict.glyph.size)].append(verdict.score)
    usual = {size: median(fits) for size, fits in scores.items()}
    return {id(v.glyph): usual[round(v.glyph.size)] - v.score for v in verdicts}


def _limit(typical: Sequence[float]) -> float:
    """How far a page's words may fall, by how far they do."""
    tenth = float(np.percentile(typical or [0.0], 90))
    return min(MOST_DROP, max(LEAST_DROP, UNEVEN * tenth))
