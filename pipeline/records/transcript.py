"""What a page says, word by word, and where on the issued page each word stands.

Comes in: the issued page, what was read of it, and the verdict on its document. The exact words
that were printed are known, so no OCR is asked for; where the print on the paper is surely not what
was issued, the words are what a person said or, failing that, what was read. What a pen wrote is
there once somebody said it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.geometry import mm_from_points
from pipeline.language import wording
from pipeline.pages.reading import PageReading
from pipeline.papers import layout
from pipeline.papers.draft import BODY_PT
from pipeline.papers.layout import Glyph, Sheet
from pipeline.papers.paper import Place
from pipeline.prints import placing
from pipeline.records.verdict import Verdict

_RULE = "_"  # what blanks are drawn with says nothing
_EM_PER_LETTER = 0.5  # of a word whose width is not known
_BODY_MM = mm_from_points(BODY_PT)
_ABOVE_RULE = 0.3  # of the size: how high over its rule a pen's word stands


@dataclass(frozen=True, slots=True)
class Word:
    """A word on the issued page: from ``x0`` to ``x1`` on its base line, ``size`` high; all mm."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float


def of(sheet: Sheet, places: Sequence[Place], page: PageReading, verdict: Verdict) -> list[Word]:
    """The words of an issued page as the paper says them; ``places`` are those of the paper."""
    here = [place for place in places if place.page == sheet.number]
    instead = _instead(here, page, verdict)
    shown = [g for g in sheet.glyphs if g.colour not in instead and g.char != _RULE]
    found = [_printed(word) for word in placing.words(shown)]
    by_colour = layout.by_colour(sheet.glyphs)
    for place in here:
        if words := instead.get(place.colour, ""):
            found += _said(words, place, by_colour.get(place.colour, ()))
    return found


def _instead(here: Sequence[Place], page: PageReading, verdict: Verdict) -> dict[int, str]:
    """The prints whose words on the paper are not the issued ones, by colour."""
    changed = {f.name: f.read for f in page.fields if f.status == "mismatch"}
    answer = {}
    for place in here:
        if place.hand:
            answer[place.colour] = _shown(verdict.values.get(place.field) or "")
        elif place.field in verdict.said:
            answer[place.colour] = _shown(verdict.said[place.field])
        elif place.field in changed:
            answer[place.colour] = changed[place.field]
    return answer


def _shown(value: str) -> str:
    """A value as Russians write it: a record's day is 2026-09-01, theirs 01.09.2026."""
    day = wording.day_of(value)
    return wording.short_date(day) if day else value


def _printed(word: Sequence[Glyph]) -> Word:
    first, last = word[0], word[-1]
    size = mm_from_points(max(glyph.size for glyph in word))
    text = "".join(glyph.char for glyph in word)
    return Word(text, first.box.x0, last.box.x1, first.origin_y, size)


def _said(words: str, place: Place, glyphs: Sequence[Glyph]) -> Iterator[Word]:
    """The words one after another where the print began, or on the rule; never past the place."""
    line = layout.lines(glyphs)[0] if glyphs and not place.hand else []
    size = mm_from_points(line[0].size) if line else min(_BODY_MM, place.box.height)
    baseline = line[0].origin_y if line else place.box.y1 - _ABOVE_RULE * size
    at = line[0].box.x0 if line else place.box.x0
    letter = min(_EM_PER_LETTER * size, (place.box.x1 - at) / len(words))
    for text in words.split():
        yield Word(text, at, at + len(text) * letter, baseline, size)
        at += (len(text) + 1) * letter
