"""Tables for a person, drawn in lines: as wide as the terminal, whatever stands in the cells.

An office's list has thousands of rows: a cell that fits is only measured, never looked at again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

_PADDED = 3  # columns that a cell takes beside its text: a blank on either side and a line
# What takes one column each, and is nearly all that we show; elsewhere there are accents that take
# no room, and signs that take two columns.
_EVEN = re.compile("[ -~\u00a0-\u00ac\u00ae-\u00ff\u0400-\u0482\u048a-\u052f\u2010-\u2027\u2116]*")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]+")  # what would move the cursor
_PIECE = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Frame:
    """The lines of a table: over the headings, between their columns, and so on downwards."""

    top: str
    heads: str
    under: str
    cells: str
    bottom: str


DRAWN = Frame("┏━┳┓", "┃", "┡━╇┩", "│", "└─┴┘")
PLAIN = Frame("+-++", "|", "+-++", "|", "+-++")  # where nothing but ASCII can be written


def lines(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int,
    frame: Frame = DRAWN,
    strong: Callable[[str], str] = str,
) -> Iterator[str]:
    """The table's lines, at most ``width`` wide where that is possible at all.

    What is too long for its column goes on in the next line, broken between words where it can be.
    ``strong`` makes the headings stand out.
    """
    heads = [_clean(text) for text in columns]
    body = [[_clean(text) for text in row] for row in rows]
    widths = _widths([heads, *body], width - 1 - _PADDED * len(heads))
    yield _rule(frame.top, widths)
    yield from _row(heads, widths, frame.heads, strong)
    yield _rule(frame.under, widths)
    for row in body:
        yield from _row(row, widths, frame.cells)
    yield _rule(frame.bottom, widths)


def _widths(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """How wide each column is: as its longest line, the widest ones cut down to the room."""
    wanted = [max(1, *(max(map(measure, text.split("\n"))) for text in column))
              for column in zip(*rows, strict=True)]  # fmt: skip
    widest = max(wanted)
    while widest > 1 and sum(min(it, widest) for it in wanted) > room:
        widest -= 1
    left = room - sum(min(it, widest) for it in wanted)
    found = []
    for it in wanted:
        more = it > widest and left > 0
        left -= more
        found.append(min(it, widest) + more)
    return found


def _row(
    cells: Sequence[str], widths: Sequence[int], line: str, shown: Callable[[str], str] = str
) -> Iterator[str]:
    parts_of = [list(wrapped(text, width)) for text, width in zip(cells, widths, strict=True)]
    for parts in zip_longest(*parts_of, fillvalue=""):
        padded = (
            shown(part) + " " * (width - measure(part))
            for part, width in zip(parts, widths, strict=True)
        )
        yield f"{line} " + f" {line} ".join(padded) + f" {line}"


def _rule(corners: str, widths: Sequence[int]) -> str:
    left, across, between, right = tuple(corners)
    return left + between.join(across * (width + 2) for width in widths) + right


def wrapped(text: str, width: int) -> Iterator[str]:
    """The text in lines of at most ``width``."""
    for line in text.split("\n"):
        if measure(line) <= width:
            yield line
            continue
        here = ""
        for piece in _PIECE.findall(line):
            if here and measure(here + piece) > width:
                yield here
                here, piece = "", piece.lstrip()
            here += piece
            while measure(here) > width:  # a word longer than the column
                fits = (n for n in range(len(here) - 1, 1, -1) if measure(here[:n]) <= width)
                at = next(fits, 1)
                yield here[:at]
                here = here[at:]
        yield here


def measure(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if _EVEN.fullmatch(text):
        return len(text)
    return sum(
        0 if unicodedata.combining(it) or unicodedata.category(it) == "Cf"
        else 1 + (unicodedata.east_asian_width(it) in "WF")
        for it in text
    )  # fmt: skip


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text)
