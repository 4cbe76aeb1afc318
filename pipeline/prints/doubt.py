"""Suspect glyphs: where the print on the paper may not be what was issued, and who may decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from pipeline.pages.page import DPI
from pipeline.papers.layout import Glyph
from pipeline.prints import blots, smears
from pipeline.prints import glyphs as glyphs_
from pipeline.prints.atlas import Atlas
from pipeline.prints.glyphs import GlyphVerdict, Look
from pipeline.prints.placing import words

# A glyph is suspect past these. Of 316,000 honest glyphs of four kinds of scan 54 are past the
# first and 45 past the last, none of them on clean or photographed pages; of 760 glyphs that were
# exchanged all but 1 in 100 are past 0.37. β counts less 1.5 standard errors; small print
# (captions) is blurred more than it is known, so a twin must be told more clearly there.
SMALL_PT = 10.0
SUSPECT_BETA = 0.30
SUSPECT_BETA_SMALL = 0.60
SUSPECT_SCORE = 0.84
SUSPECT_SCORE_SMALL = 0.72
SUSPECT_DROP = 0.10  # below the page's own letters
# A suspect glyph may still be good print: a heavy stroke leans a little to another letter, dirt
# fits none. Where another letter fits clearly, it stands there; else OCR of the word decides.
LEAN_BETA, LEAN_BETA_SMALL = 0.62, 0.85
LETTER_SCORE, SIGN_SCORE = 0.85, 0.90  # of letters and figures; of points and quotes
LETTER_GAIN = 0.05
# A comma whose tail is pale is much like a point; but what it would take to make it one has not
# happened. Of 740 changed glyphs none that became a likely twin is below 0.38.
UNCHANGED_BETA = 0.25
# Where another letter stands, it looks as the page prints; where OCR takes it for the issued one
# (и й, е с, ь ъ), even the issued one fits. Of 500 changed glyphs OCR read 22 as issued: none of
# them was further than 0.055 from the page's own letters, none fitted worse than 0.87.
DIRT_SHORTFALL = 0.06
DIRT_SCORE = 0.86
TRUSTED_OCR = 0.85
AGREED_BETA = 0.2  # enough where OCR read the same other letter; honest glyphs hardly reach it
LOST_SCORE = 0.45  # below it there is no print to save
ONE_BLOT_MM = 1.0  # between the letters that it reaches: the next, but none further off
STOPS = ",;:."  # behind words, where a speck more changes nothing
# What OCR takes a speck beside a word for.
SPECK_SIGNS = ".,:;'`‘’“”\"*°^·•-—_"
MADE_BY_A_SPECK = {"ш": "щЩ", "и": "йцЙЦ", "е": "ёЁ", "ь": "ыъЫЪ", "г": "тТ", "с": "еЕ"}
# From a pen's ink, which is told from print only so far from it; captions stand close under rules.
CROSSED_MM, CROSSED_SMALL_MM = 0.8, 1.4
MOST_TRIED = 40  # suspects a page that are tried with every letter: past it the page is not ours


@dataclass(frozen=True, slots=True)
class Doubt:
    """A suspect glyph with its word; ``sure`` where no OCR can save it.

    ``leans``: it is more like another letter, so that only OCR that is certain can save it.
    ``blotted``: dirt lies on it, and the letter is whole.
    """

    verdict: GlyphVerdict
    word: tuple[Glyph, ...]
    sure: bool
    leans: bool
    blotted: bool


def doubts_of(
    verdicts: Sequence[GlyphVerdict],
    text: Sequence[Glyph],
    excused: NDArray[np.bool_],
    seen: Look,
    letters: Atlas,
) -> list[Doubt]:
    """The suspect glyphs of a page's ``text``; ``excused`` is the ink of its pens."""
    usual = median([v.score for v in verdicts] or [1.0])
    suspect = {id(v.glyph): v for v in verdicts if _is_suspect(v, usual)}
    if not suspect:
        return []
    found: list[Doubt] = []
    tried = 0
    for word in words(text):
        of_word: list[Doubt] = []
        for glyph in word:
            verdict = suspect.get(id(glyph))
            if verdict is None:
                continue
            if _crossed(glyph, excused):
                continue  # a signature runs over it: its ink is accounted for
            tried += 1
            sure, leans, blotted = True, True, False
            if tried <= MOST_TRIED:
                sure, leans, blotted = _tried(verdict, usual, seen, letters)
            if sure or glyph.size >= SMALL_PT:  # OCR cannot read small print: it decides nothing
                of_word.append(Doubt(verdict, tuple(word), sure, leans, blotted))
        # Dirt lies on one letter. Where several lean, a letter may have come or gone, which OCR
        # overlooks in "нн".
        if len(of_word) > 1:
            of_word = [replace(doubt, sure=doubt.sure or doubt.leans) for doubt in of_word]
        found += of_word
    return found


def _tried(
    verdict: GlyphVerdict, usual: float, seen: Look, letters: Atlas
) -> tuple[bool, bool, bool]:
    """A suspect glyph tried with every letter: see ``Doubt`` for what is told of it."""
    glyph, is_lost = verdict.glyph, verdict.score < LOST_SCORE
    # Never a figure or sign: a pen makes 4 of 1, and a comma of a point, by adding to it.
    blotted = glyph.char.isalpha() and blots.is_blotted(glyph, seen)
    if blotted and (is_lost or _is_a_letter_still(verdict)):
        return False, False, True
    sure, leans = (True, True) if is_lost else _weighed(verdict, usual, seen, letters)
    if blotted and not sure:  # else it makes the whole of another letter, as the bar of an е does
        return False, False, True
    is_mild = not (sure or leans) and _is_a_letter_still(verdict)
    return sure, leans, is_mild and blots.is_whole(glyph, seen)


def _crossed(glyph: Glyph, excused: NDArray[np.bool_]) -> bool:
    near = CROSSED_MM if glyph.size >= SMALL_PT else CROSSED_SMALL_MM
    x0, y0, x1, y1 = glyph.box.grown(near).px(DPI)
    return bool(excused[max(0, y0) : y1, max(0, x0) : x1].any())


def _is_suspect(verdict: GlyphVerdict, usual: float) -> bool:
    beta = verdict.change - 1.5 * verdict.error
    if verdict.glyph.size < SMALL_PT:
        return beta > SUSPECT_BETA_SMALL or verdict.score < SUSPECT_SCORE_SMALL
    return beta > SUSPECT_BETA or verdict.score < max(SUSPECT_SCORE, usual - SUSPECT_DROP)


def _weighed(verdict: GlyphVerdict, usual: float, seen: Look, letters: Atlas) -> tuple[bool, bool]:
    """Whether another letter stands there for sure, and whether it leans to one.

    ``usual`` is how well the page's letters fit.
    """
    is_small = verdict.glyph.size < SMALL_PT
    glyph, beta = verdict.glyph, verdict.change - 1.5 * verdict.error
    letter, score = glyphs_.closest(seen, glyph, letters)
    least = LETTER_SCORE if glyph.char.isalnum() else SIGN_SCORE
    leans = beta > (LEAN_BETA_SMALL if is_small else LEAN_BETA)
    likely = {twin.char for twin in letters.twins(glyph.font, glyph.char)}
    if beta > UNCHANGED_BETA or letter not in likely:
        leans = leans or score > max(least, verdict.score + LETTER_GAIN)
    is_dirt = score < usual - DIRT_SHORTFALL and verdict.score < DIRT_SCORE
    return leans and (is_small or not is_dirt), leans


def is_speck(doubt: Doubt, others: Sequence[Doubt], seen: Look) -> bool:
    """Dirt on one letter of a word of the fixed wording, the letter still under it.

    It looks like no other letter, or only for a speck, so the word says what it said.
    """
    glyph = doubt.verdict.glyph
    same = [d for d in others if d.word == doubt.word]
    blotted = [d.verdict.glyph for d in same if d.blotted]
    if smears.is_gone(glyph, seen) or len(same) - len(blotted) > 1:
        return False
    if len(blotted) > 1 and not _is_one_blot(blotted, seen):
        return False
    if doubt.blotted:
        return True
    if not doubt.sure and not doubt.leans:
        return True
    if glyph.char in STOPS and not any(one.char.isdigit() for one in doubt.word):
        return blots.is_whole(glyph, seen)
    return _is_a_letter_still(doubt.verdict) and blots.is_specked(glyph, seen)


def _is_one_blot(glyphs: Sequence[Glyph], seen: Look) -> bool:
    """Whether it reaches all of these letters of a word; a smear makes each a little worse."""
    is_near = glyphs[-1].box.x0 - glyphs[0].box.x1 <= ONE_BLOT_MM
    return is_near and all(blots.is_dirty(glyph, seen) for glyph in glyphs)


def _is_a_letter_still(verdict: GlyphVerdict) -> bool:
    """Whether it is a letter that no speck makes the one that it seems to be."""
    char = verdict.glyph.char
    return char.isalpha() and verdict.twin not in MADE_BY_A_SPECK.get(char.lower(), "")


def says(doubts: Sequence[Doubt], read: str) -> bool:
    """Whether OCR read a word as issued, but for letters under dirt; ``doubts`` are the word's.

    A speck beside the word that it took for a sign is left to ``gaps``.
    """
    word = doubts[0].word
    if len(read) > len(word):
        read = read.strip(SPECK_SIGNS)
    blotted = [d.verdict.glyph for d in doubts if d.blotted]
    return len(read) == len(word) and all(
        seen == glyph.char or any(glyph is one for one in blotted)
        for seen, glyph in zip(read, word, strict=True)
    )


def contradicted(print_: Sequence[GlyphVerdict], read: str) -> list[Doubt]:
    """Glyphs that OCR took for another letter to which they lean themselves, be it a little."""
    if len(read) != len(print_):
        return []
    return [
        _leaning(verdict)
        for verdict, char in zip(print_, read, strict=True)
        if verdict.twin == char and verdict.change - 1.5 * verdict.error > AGREED_BETA
    ]


def left_out(print_: Sequence[GlyphVerdict], read: str) -> list[Doubt]:
    """Glyphs that OCR did not read, and put no sign for, and that do not look whole.

    It omits whole ones too, in long values: 3 of 1,260 values on worn and photographed pages.
    """
    chars = [one.glyph.char for one in print_]
    if len(read) >= len(chars) or _letters(read) >= _letters(chars):
        return []
    ops = Levenshtein.editops(chars, list(read))
    # Of a double letter either may be the one, so the neighbours count.
    near = {i for op in ops for i in range(op.src_pos - 1, op.src_pos + 2)} & set(range(len(chars)))
    return [_leaning(print_[i]) for i in sorted(near) if print_[i].score < SUSPECT_SCORE]


def _letters(text: Iterable[str]) -> int:
    return sum(char.isalnum() for char in text)


def _leaning(verdict: GlyphVerdict) -> Doubt:
    return Doubt(verdict, (verdict.glyph,), sure=False, leans=True, blotted=False)


def is_saved(doubt: Doubt, confidence: float | None) -> bool:
    """Whether OCR clears it: ``confidence`` with which it read the word as issued, else None."""
    if doubt.sure or confidence is None:
        return False
    return not doubt.leans or confidence >= TRUSTED_OCR
