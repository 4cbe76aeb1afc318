"""Changed papers: what a forger, a faulty copier or a clerk in a hurry does to the print.

``PRINT_KINDS`` change the printed letters before the page is rasterised; ``SHEET_KINDS`` work on
the printed sheet with fluid, labels, pens and water. "control" prints the same letters once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from pipeline.geometry import Box, mm_from_points, union
from tests.simulator.dice import one_of
from tests.simulator.letters import Letter, Press, line_of, retype
from tests.simulator.printing import Sheet
from tests.simulator.tampering import SHEET_KINDS

_PAIRS = "38 17 68 ин шщ ес йи ьъ оа пн 06 49 ИН ШЩ ЕС ЬЪ ПН ЗЭ бв кх ец цщ мн тг"
NEAR_TWINS: dict[str, str] = {}
for _pair in _PAIRS.split():
    for _one, _two in ((_pair[0], _pair[1]), (_pair[1], _pair[0])):
        NEAR_TWINS[_one] = NEAR_TWINS.get(_one, "") + _two
_DIGITS = "0123456789"
_SMALL = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_KINDS_OF_CHAR = (_DIGITS, _SMALL, _SMALL.upper(), "abcdefghijklmnopqrstuvwxyz", ".,:;-")
PRINT_KINDS = ("twin", "random", "insert", "drop", "swap", "clause", "control")
KINDS = (*PRINT_KINDS, *SHEET_KINDS)
_WORDING_PT = 10.0  # captions are smaller
_FOOT_MM = 30.0  # the codes stand there, and the id


@dataclass(frozen=True, slots=True)
class Order:
    """What to do to a paper.

    ``field`` empty: any printed field that the kind suits. ``count``: how many letters (twin,
    random, insert, drop). ``text``: the new value (swap), words (clause, insertion, label).
    ``was``: the printed words that "clause" replaces; they stand on one line. ``words``: a sheet's
    kind lies over so many words of the fixed wording in a row (fewer where the line ends), on any
    page, and over no field.
    """

    kind: str
    field: str = ""
    count: int = 1
    text: str = ""
    was: str = ""
    words: int = 0


@dataclass(frozen=True, slots=True)
class Forged:
    """What was done, and where: ``box`` in millimetres on the issued page."""

    kind: str
    field: str
    page: int
    box: Box
    was: str
    now: str

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "field": self.field,
            "page": self.page,
            "box_mm": self.box.as_list(),
            "was": self.was,
            "now": self.now,
        }


def letters_in(press: Press, box: Box) -> list[Letter]:
    """The letters of the value printed in ``box``: those of the near-black colour that fills it."""
    inside = press.inside(box)
    runs = [[v for v in inside if v.rgb == rgb] for rgb in {v.rgb for v in inside} - {(0, 0, 0)}]
    return max(runs, key=lambda run: _share(press.box_mm(run), box), default=inside)


def _share(inner: Box, outer: Box) -> float:
    return inner.width * inner.height / (outer.width * outer.height)


def forge_print(
    press: Press,
    number: int,
    places: Sequence[Mapping[str, Any]],
    order: Order,
    rng: np.random.Generator,
) -> list[Forged]:
    """Carry ``order`` out on the letters of page ``number``; empty where nothing suits it."""
    if order.kind == "clause":
        return _clause(press, number, order)
    found: list[Forged] = []
    for _ in range(1 if order.kind == "swap" else order.count):
        done = _one_change(press, number, places, order, rng, found)
        if done is None:
            break
        found.append(done)
    return found


def _one_change(
    press: Press,
    number: int,
    places: Sequence[Mapping[str, Any]],
    order: Order,
    rng: np.random.Generator,
    before: Sequence[Forged],
) -> Forged | None:
    suited = [
        (place, letters)
        for place in places
        if (letters := _suited(press, place, order.kind, before))
    ]
    if not suited:
        return None
    place, letters = one_of(rng, suited)
    field = str(place["field"])
    if order.kind == "swap":
        return _swap(press, number, field, letters, order.text)
    old = one_of(rng, letters)
    now = _changed(old.char, order.kind, rng)
    return Forged(order.kind, field, number, retype(press, [old], now), old.char, now)


def _suited(
    press: Press, place: Mapping[str, Any], kind: str, before: Sequence[Forged]
) -> list[Letter]:
    letters = letters_in(press, Box(*place["box_mm"]))
    if kind == "swap":
        return letters
    if kind == "twin":
        letters = [v for v in letters if v.char in NEAR_TWINS]
    elif kind in ("random", "insert"):
        letters = [v for v in letters if any(v.char in chars for chars in _KINDS_OF_CHAR)]
    return [v for v in letters if not any(done.box.overlaps(press.box_mm([v])) for done in before)]


def _changed(char: str, kind: str, rng: np.random.Generator) -> str:
    if kind == "twin":
        return one_of(rng, NEAR_TWINS[char])
    if kind in ("drop", "control"):
        return "" if kind == "drop" else char
    chars = next(chars for chars in _KINDS_OF_CHAR if char in chars)
    if kind == "insert":
        small = chars.lower() if chars[0].isalpha() else chars
        return char + one_of(rng, small)
    return one_of(rng, [other for other in chars if other != char])


def _swap(press: Press, number: int, field: str, letters: list[Letter], text: str) -> Forged:
    """Print another value over the whole field, word by word over its lines."""
    runs: list[list[Letter]] = []
    for letter in letters:
        if runs and abs(runs[-1][-1].y - letter.y) < 1:
            runs[-1].append(letter)
        else:
            runs.append([letter])
    was, words, boxes = "", text.split(), []
    for index, run in enumerate(runs):
        line = line_of(press.letters, run[0])
        whole = line[line.index(run[0]) : line.index(run[-1]) + 1]
        was += (" " if was else "") + "".join(letter.char for letter in whole)
        below = len(runs) - 1 - index
        count = len(words) if not below else 1
        while count + below < len(words) and len(" ".join(words[: count + 1])) <= len(whole) + 2:
            count += 1
        taken = words[:count]
        words = words[len(taken) :]
        boxes.append(retype(press, whole, " ".join(taken)))
    return Forged("swap", field, number, union(boxes), was.replace("\xa0", " "), text)


def _spelled(letters: Sequence[Letter]) -> str:
    """The letters of one line as words: ``letters_in`` leaves the spaces out."""
    gaps = [b.box_pt[0] - a.box_pt[2] > 0.15 * a.size for a, b in pairwise(letters)]
    return "".join(v.char + " " * gap for v, gap in zip(letters, [*gaps, False], strict=True))


def _clause(press: Press, number: int, order: Order) -> list[Forged]:
    """Replace words of the fixed text; they must stand on one line."""
    letters = press.letters
    text = "".join(letter.char for letter in letters).replace("\xa0", " ")
    at = text.find(order.was)
    if at < 0:
        return []
    run = letters[at : at + len(order.was)]
    if abs(run[0].y - run[-1].y) > 1:
        return []
    return [Forged("clause", "", number, retype(press, run, order.text), order.was, order.text)]


def forge_sheet(
    sheet: Sheet,
    press: Press,
    number: int,
    places: Sequence[Mapping[str, Any]],
    order: Order,
    rng: np.random.Generator,
) -> list[Forged]:
    """Carry ``order`` out on the printed sheet, over a field of the page or its fixed wording."""
    if order.words:
        return _over_wording(sheet, press, number, order, rng)
    suited = [
        (place, letters)
        for place in places
        if (letters := letters_in(press, Box(*place["box_mm"])))
    ]
    if not suited:
        return []
    place, letters = one_of(rng, suited)
    first = [v for v in letters if abs(v.y - letters[0].y) < 1]
    box = SHEET_KINDS[order.kind](sheet, press.box_mm(first), order.text, rng)
    was = _spelled(first)
    return [Forged(order.kind, str(place["field"]), number, box, was, order.text)]


def _over_wording(
    sheet: Sheet, press: Press, number: int, order: Order, rng: np.random.Generator
) -> list[Forged]:
    wording = _words_of_wording(press)
    if not wording:
        return []
    at = int(rng.integers(len(wording)))
    level = [word for word in wording[at : at + order.words] if _level(word, wording[at])]
    run = [letter for word in level for letter in word]
    box = SHEET_KINDS[order.kind](sheet, press.box_mm(run), order.text, rng)
    return [Forged(order.kind, "", number, box, _spelled(run), order.text)]


def _level(one: Sequence[Letter], other: Sequence[Letter]) -> bool:
    return abs(one[0].y - other[0].y) < 1


def _words_of_wording(press: Press) -> list[list[Letter]]:
    """The words that every paper of the form says, in the order of reading.

    They are printed in black itself. Captions and the foot are no wording, single letters and
    signs no words.
    """
    words: list[list[Letter]] = [[]]
    for letter in press.letters:
        if not letter.char.strip():
            words.append([])
        elif not words[-1] or _level([letter], words[-1]):
            words[-1].append(letter)
        else:
            words.append([letter])
    return [
        word
        for word in words
        if sum(v.char.isalpha() for v in word) > 1
        and all(v.rgb == (0, 0, 0) and v.size >= _WORDING_PT for v in word)
        and mm_from_points(word[0].y) > _FOOT_MM
    ]
