"""What the words of a gap can say: a field's value, or the values of several, shared out in order.

Comes in: the words that OCR read between a form's own words. Goes out: each field's words, and
whether they can be what it holds. Where nothing tells where one field ends, nothing is shared out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from rapidfuzz import fuzz

from pipeline.engines.tesseract import Word
from pipeline.forms import rules
from pipeline.forms.form import Field
from pipeline.language.lettering import mend_lookalikes
from pipeline.language.morphology import is_word
from pipeline.others.skeleton import Skeleton

OFFICE_ALIKE = 90.0  # percent: a slip or two of OCR
SOUND = 2.4  # of FITS: a name of the office, misread in a letter or two
FREE = ("text", "address", "organisation", "position")  # kinds that may be any words
FITS, STANDS, ENDS = 3.0, 1.0, 0.5  # a part is what its field holds; it may be; it ends in a comma

_BEFORE, _BEHIND = " _,.;:|()«»\"'‘’‚`—–-/№", " _,;:|(«\"'‘’‚`—–-/№!"
# What OCR makes of commas, stops, specks and the rule; and of «д.» before a number.
_ODD = re.compile(r"[;:_|‘’‚`]|\b(?:Д|К|КВ|УЛ|Г)\.? ?\d| [.,](?: |$)|\b0[а-яё]|[а-яё]{6}\. ")
_PLAIN_WORD = re.compile(r"(?<![\w.-])[а-яё]{2,}(?![\w.-])")  # no name, and cut short nowhere
NAME = re.compile(r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?(?: [А-ЯЁ][а-яё]+){1,3},?|[А-ЯЁ -]{8,},?")
_INITIALS = re.compile(
    r"(?:[А-ЯЁ]\. ?){1,2} ?[А-ЯЁ][а-яё-]+,?|[А-ЯЁ][а-яё-]+ (?:[А-ЯЁ]\. ?){1,2},?"
)
_SHAPES = {"name": NAME, "initials": _INITIALS}


def said(item: Field, part: Sequence[tuple[str, Word]]) -> str:
    """The words without the signs of the form about them, letters that look alike mended."""
    text = " ".join(piece for piece, _word in part).lstrip(_BEFORE).rstrip(_BEHIND)
    for opening, closing in ("()", "«»"):
        if text.endswith(closing) and opening not in text:
            text = text[:-1].rstrip(_BEHIND)
    if item.kind not in ("initials", "date"):
        text = text.rstrip(". ").rstrip(_BEHIND)
    if item.kind == "date":
        return mend_lookalikes(text)[0]
    return rules.normalise(item.kind, text)


def is_office(wanted: str | None, read: str) -> bool:
    """Is it what the office prints there, where it alone decides that?"""
    return wanted is None or fuzz.ratio(wanted.casefold(), read.casefold()) >= OFFICE_ALIKE


def holds(item: Field, value: str, today: date) -> bool:
    """Can the field hold the value, by the rules for what is printed there?"""
    if item.kind == "date":
        return rules.parse_date(value) is not None
    if item.kind in ("name", "initials") and not re.fullmatch(r"[А-ЯЁа-яё .-]{5,}", value):
        return False
    if re.search(r"@|://", value) and not value.isascii():
        return False  # read as Russian
    column = item.record or item.name
    return not any(p.level == "error" for p in rules.check({column: value}, today))


def is_odd(item: Field, value: str) -> bool:
    """Has a value what OCR makes of print: signs of specks, no words, a name in no name's shape?"""
    if item.kind in _SHAPES:
        return _SHAPES[item.kind].fullmatch(value) is None
    if item.kind not in FREE or "://" in value:
        return False
    if item.kind in ("text", "position"):  # begun with a capital, and with no name
        value = value[:1].lower() + value[1:]
    return bool(_ODD.search(value)) or not all(map(is_word, _PLAIN_WORD.findall(value)))


def shared(
    items: Sequence[Field], words: Sequence[tuple[str, Word]], skeleton: Skeleton, today: date
) -> list[list[tuple[str, Word]]] | None:
    """The words shared out among the fields of one gap, in order; None: in more ways than one."""
    if len(items) == 1:
        return [list(words)]
    if sum(item.kind in FREE and item.name not in skeleton.office for item in items) > 1:
        return None  # nothing tells where one ends
    size = len(words)
    best: list[tuple[float, int, tuple[int, ...]]] = [(0.0, 1, ())]
    best += [(-np.inf, 0, ())] * size
    for at, item in enumerate(items):
        fit = {
            (i, j): _fits(item, words[i:j], skeleton, today, is_last=at == len(items) - 1)
            for i in range(size + 1)
            for j in range(i, size + 1)
        }
        after: list[tuple[float, int, tuple[int, ...]]] = []
        for j in range(size + 1):
            ways = [(best[i][0] + fit[i, j], best[i][1], (*best[i][2], j)) for i in range(j + 1)]
            most = max(way[0] for way in ways)
            good = [way for way in ways if way[0] == most]
            after.append((most, sum(way[1] for way in good), good[0][2]))
        best = after
    _most, ways_found, ends = best[size]
    if ways_found != 1:
        return None
    starts = (0, *ends[:-1])
    parts = [list(words[i:j]) for i, j in zip(starts, ends, strict=True)]
    return None if _is_mingled(items, parts, skeleton, today) else parts


def _is_mingled(
    items: Sequence[Field],
    parts: Sequence[Sequence[tuple[str, Word]]],
    skeleton: Skeleton,
    today: date,
) -> bool:
    """May a field that takes any words have taken those of another: of one beside it in a table?"""
    taken = [
        bool(part)
        for item, part in zip(items, parts, strict=True)
        if item.kind in FREE and item.name not in skeleton.office
    ]
    return any(taken) and any(
        _fits(item, part, skeleton, today, is_last=True) < SOUND
        for item, part in zip(items, parts, strict=True)
        if not item.by_hand and (item.kind not in FREE or item.name in skeleton.office)
    )


def _fits(
    item: Field,
    part: Sequence[tuple[str, Word]],
    skeleton: Skeleton,
    today: date,
    *,
    is_last: bool,
) -> float:
    """How well the words fit the field: more than nothing where they do, less where they do not."""
    if not part:
        return 0.0
    words = " ".join(piece for piece, _word in part)
    ends = ENDS if not is_last and words.endswith(",") else 0.0
    if office := skeleton.office.get(item.name):
        return ends + FITS * (fuzz.ratio(office.casefold(), words.casefold()) / 50 - 1)
    value = said(item, part)
    if item.kind not in FREE:
        fits = item.kind != "signature" and holds(item, value, today)
        if item.kind in _SHAPES:
            fits = fits and _SHAPES[item.kind].fullmatch(value) is not None
        elif item.kind == "word":
            fits = len(part) == 1
        elif item.kind == "digits":
            fits = fits and value.isdecimal()
        return ends + FITS if fits else -STANDS * len(part)
    return ends + (STANDS if value else 0.0)
