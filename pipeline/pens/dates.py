"""Days written by hand: the few that the ink of a blank may say, each with its probability.

Comes in: the picture of a blank. Goes out: guesses. What may stand there is spelt out slot by slot
(«13» августа 2010 г., 13.08.10), and every spelling is scored over all ways in which the columns
of ``script`` can say it (connectionist temporal classification, Graves et al. 2006). Nothing here
knows which days are plausible: that is for ``rules``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from pipeline.language.wording import MONTHS
from pipeline.pens import script

Logs = NDArray[np.float64]

# What seems sure is read again leaning a little to either side: where it is another day then, it
# was not.
LEANS = (-0.12, 0.12)
KEPT = 48  # beginnings that are followed up
WORST = 14.0  # as much less likely than the best one (in nats) a beginning is given up
GUESSES = 5
LEAST = 0.02  # what is less likely is not worth telling a person
SURE = 0.8  # of 657 dates by unknown pens one was wrong at 0.55, none above
LEAST_FIGURES = 4  # with a letter among them
MONTH_ALIKE = 80.0  # percent
_NEVER = -1e30

_FIGURES = tuple("0123456789")
_SIGNS = (".", "/", "-", "")
# A day is spelt by one of each; without a century it is of this one.
_SLOTS: tuple[tuple[str, ...], ...] = (
    ("", "«"), ("", *_FIGURES), _FIGURES, (*_SIGNS, "»"),
    ("", *_FIGURES), (*_FIGURES, *MONTHS), _SIGNS, ("20", "19", ""), _FIGURES, _FIGURES,
    ("", ".", "г", "г.", "года"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guess:
    """A day that may be written there.

    ``certainty`` is the probability that the line says this day and nothing else, the least of all
    leans that were tried.
    """

    day: date
    certainty: float


def read(ink: NDArray[np.float32]) -> tuple[Guess, ...]:
    """What a blank's ink (0 to 1, at the page's resolution) may say, the best guess first."""
    found = _probabilities(ink)
    if max(found.values(), default=0.0) >= SURE:
        leaning = [_probabilities(_leaning(ink, lean)) for lean in LEANS]
        found = {
            day: min(share, *(other.get(day, 0.0) for other in leaning))
            for day, share in found.items()
        }
    guesses = (Guess(day, round(share, 4)) for day, share in found.items() if share > LEAST)
    return tuple(sorted(guesses, key=lambda one: (-one.certainty, one.day))[:GUESSES])


def may_be_day(ink: NDArray[np.float32]) -> bool:
    """Whether what stands there has the figures of a day, or some and a month: a word has neither.

    Figures are misread for letters, too, but fewer than half of them.
    """
    said = script.said(ink)
    figures = sum(char.isdigit() for char in said)
    letters = sum(char.isalpha() for char in said.rstrip("года.").replace("г", ""))
    is_parted = any(sign in said for sign in _SIGNS if sign)
    if letters <= 1:
        return figures >= (1 if is_parted else LEAST_FIGURES if letters else 2)
    if is_parted and figures >= max(LEAST_FIGURES, 2 * letters):
        return True
    return figures >= 2 and max(fuzz.partial_ratio(it, said) for it in MONTHS) >= MONTH_ALIKE


def spellings(columns: NDArray[np.float32], words: Sequence[str]) -> Logs:
    """The logarithm of the probability that a line says just this word, for each of ``words``."""
    logs = columns.astype(np.float64)
    return np.array([_ended(_extended(_begun(logs), word, logs))[0] for word in words])


def _leaning(ink: NDArray[np.float32], lean: float) -> NDArray[np.float32]:
    height, width = ink.shape
    way = np.array([[1, lean, -lean * height / 2], [0, 1, 0]], np.float32)
    return np.asarray(cv2.warpAffine(ink, way, (width, height)), np.float32)


def _probabilities(ink: NDArray[np.float32]) -> dict[date, float]:
    """Of every day, all its spellings together."""
    line = script.line(ink)
    found: dict[date, float] = {}
    for day, score in () if line is None else _spelt(script.likelihoods(line).astype(np.float64)):
        if day:
            found[day] = found.get(day, 0.0) + float(np.exp(score))
    return found


@dataclass(frozen=True, slots=True)
class _Begun:
    """Beginnings of spellings, one a row.

    ``said`` are the slots so far; ``ends`` the logarithms of the probability that the beginning
    has been said when a column ends, by its last character or by nothing: (2, rows, columns).
    """

    said: list[tuple[str, ...]]
    ends: Logs

    def some(self, rows: Sequence[int] | NDArray[np.intp]) -> _Begun:
        return _Begun([self.said[row] for row in rows], self.ends[:, rows])


def _spelt(columns: Logs) -> Iterator[tuple[date | None, float]]:
    """Every spelling of a day that is not hopeless, with its score."""
    begun = _begun(columns)
    rest = np.append(np.cumsum(columns.max(axis=1)[::-1])[::-1][1:], 0.0)
    for words in _SLOTS:
        begun = _followed(begun, words, columns, rest)
    for said, score in zip(begun.said, _ended(begun), strict=True):
        yield _day(said), float(score)


def _begun(columns: Logs) -> _Begun:
    nothing = np.cumsum(columns[:, script.NOTHING])
    return _Begun([()], np.stack([np.full_like(nothing, _NEVER), nothing])[:, None])


def _ended(begun: _Begun) -> Logs:
    return np.asarray(np.logaddexp(begun.ends[0, :, -1], begun.ends[1, :, -1]))


def _day(said: tuple[str, ...]) -> date | None:
    _quote, *day, _sign, before, month, _other, century, tens, ones, _ending = said
    if month in MONTHS and before:
        return None
    number = MONTHS.index(month) + 1 if month in MONTHS else int(before + month)
    try:
        return date(int((century or "20") + tens + ones), number, int("".join(day)))
    except ValueError:
        return None


def _followed(begun: _Begun, words: Sequence[str], columns: Logs, rest: Logs) -> _Begun:
    """Every beginning with every one of ``words`` after it, the hopeless ones left out.

    ``rest``: what the columns behind each one can add at best.
    """
    found = [_extended(begun, word, columns) for word in words]
    whole = _Begun(
        [said for part in found for said in part.said],
        np.concatenate([part.ends for part in found], axis=1),
    )
    hope = (np.logaddexp(*whole.ends) + rest).max(axis=1)
    order = np.argsort(-hope, kind="stable")[:KEPT]
    return whole.some(order[hope[order] > hope[order[0]] - WORST])


def _extended(begun: _Begun, word: str, columns: Logs) -> _Begun:
    ends = begun.ends
    last = ["".join(said)[-1:] for said in begun.said]
    nothing = np.cumsum(columns[:, script.NOTHING])
    for char in word:
        own = np.cumsum(columns[:, script.CHARACTERS.index(char)])
        same = np.array([before == char for before in last])
        # From a like character one gets to this only over a column of nothing.
        ways = np.where(same[:, None], ends[1], np.logaddexp(ends[0], ends[1]))
        said = _from_then_on(ways, own, at_start=[not before for before in last])
        quiet = _from_then_on(said, nothing, at_start=[False] * len(last))
        ends = np.stack([said, quiet])
        last = [char] * len(last)
    return _Begun([(*said, word) for said in begun.said], ends)


def _from_then_on(ways: Logs, run: Logs, *, at_start: Sequence[bool]) -> Logs:
    """Entered from ``ways`` one column before and kept up since; ``run`` sums what each costs."""
    entered = np.full_like(ways, _NEVER)
    entered[:, 1:] = ways[:, :-1]
    entered[np.array(at_start), 0] = 0.0
    before = np.concatenate([[0.0], run[:-1]])
    return np.asarray(np.logaddexp.accumulate(entered - before, axis=1) + run)
