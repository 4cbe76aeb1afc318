"""Clauses that were crossed out: what a signed paper is without.

A form names its clauses by their words («…» stands for anything between) and says what the paper
is without them. Comes in: the issued pages and the strokes found on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.pages.reading import Alteration
from pipeline.papers import layout
from pipeline.papers.layout import Glyph, Sheet

BESIDE_MM = 2.3  # from the middle of a letter to the stroke: lines are 4 mm apart or more
MOST = 0.5  # of a clause's letters: fewer are a word in it, and a person must see what that means
BETWEEN = 400  # characters that «…» may stand for


def struck(
    clauses: Mapping[str, str], sheets: Sequence[Sheet], strikes: Sequence[Alteration]
) -> tuple[str, ...]:
    """What the paper is without, in the order of the form; ``clauses`` by their words."""
    read = [
        (char, glyph)
        for sheet in sheets
        for line in layout.lines(sheet.glyphs)
        for glyph in line
        for char in glyph.char
    ]
    text, glyphs = "".join(char for char, _glyph in read), [glyph for _char, glyph in read]
    return tuple(
        without
        for words, without in clauses.items()
        for mine in _places(words, text, glyphs)
        if sum(_is_struck(glyph, strikes) for glyph in mine) > MOST * len(mine)
    )


def _places(words: str, text: str, glyphs: Sequence[Glyph]) -> Iterator[Sequence[Glyph]]:
    parts = (re.escape("".join(part.split())) for part in words.split("…"))
    for found in re.finditer(f".{{0,{BETWEEN}}}?".join(parts), text):
        yield glyphs[found.start() : found.end()]


def _is_struck(glyph: Glyph, strikes: Sequence[Alteration]) -> bool:
    x, y = (glyph.box.x0 + glyph.box.x1) / 2, (glyph.box.y0 + glyph.box.y1) / 2
    return any(
        one.page == glyph.page
        and one.box.x0 <= x <= one.box.x1
        and one.box.y0 - BESIDE_MM <= y <= one.box.y1 + BESIDE_MM
        for one in strikes
    )
