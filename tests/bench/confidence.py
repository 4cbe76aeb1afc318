"""Is a stated confidence worth its number? What was stated, beside how often it was right.

Each figure is judged against the mean of what was stated: it may be better, and it may be worse by
chance alone, which the interval says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from tests.bench.judging import MATCH, Judged, printed, same
from tests.bench.measure import Row, interval
from tests.bench.workspaces import Json

EDGES = (0.0, 0.5, 0.8, 0.9, 0.99, 1.0)
DAMAGED = 0.5  # said of a field that is verified, with strange ink in it: no word on what was read

Stated = tuple[float, bool]  # a confidence, and whether what it is about is true


def table(about: str, stated: Iterable[Stated]) -> list[Row]:
    """A row for each bin of confidences in which there is any."""
    heaps: dict[int, list[Stated]] = {}
    for one in stated:
        heaps.setdefault(_bin(one[0]), []).append(one)
    return [_row(about, number, heaps[number]) for number in sorted(heaps)]


def _bin(confidence: float) -> int:
    return sum(confidence >= edge for edge in EDGES[1:-1])


def _row(about: str, number: int, heap: Sequence[Stated]) -> Row:
    n, hits = len(heap), sum(right for _stated, right in heap)
    low, high = interval(hits, n)
    mean = sum(confidence for confidence, _right in heap) / n
    bracket = "]" if EDGES[number + 1] == 1.0 else ")"
    of = f"[{EDGES[number]:g}, {EDGES[number + 1]:g}{bracket}"
    name = f"right, of what was stated: {about}"
    return Row(name, of, n, hits / n, low, high, "share", f"≥ {mean:.3f}", high >= mean)


def matches(judged: Iterable[Judged]) -> Iterator[Stated]:
    """Of each verified field: is its value what was printed?"""
    for entry, words in _fields(judged):
        if entry["status"] == MATCH:
            yield entry["confidence"], same(entry["value"], words)


def readings(judged: Iterable[Judged]) -> Iterator[Stated]:
    """Of each field that was not verified: did OCR read what was printed?"""
    for entry, words in _fields(judged):
        if entry["status"] != MATCH and entry["confidence"] != DAMAGED:
            yield entry["confidence"], "".join(entry["read"].split()) == "".join(words.split())


def _fields(judged: Iterable[Judged]) -> Iterator[tuple[Json, str]]:
    for one in judged:
        for field, words in printed(one.paper).items():
            if entry := one.said_of(field):
                yield entry, words


def signatures(judged: Iterable[Judged]) -> Iterator[Stated]:
    """Of each signature's blank of which intake said yes or no: is it so?"""
    for one in judged:
        for entry, present in _marks(one, "signature"):
            if entry["present"] is not None:
                yield entry["confidence"], entry["present"] is present


def days(judged: Iterable[Judged], day_of: Callable[[Judged], date]) -> Iterator[Stated]:
    """Of each date that something was read of: is it the day that was written?"""
    for one in judged:
        for entry, present in _marks(one, "date"):
            if present and entry["read"]:
                yield entry["certainty"], entry["read"] == day_of(one).isoformat()


def _marks(one: Judged, kind: str) -> Iterator[tuple[Json, bool]]:
    """What was said of each blank, and whether what it is for is truly in it."""
    blanks: dict[str, bool] = {}
    for page in one.pages:
        for mark in page.marks:
            if mark.kind == kind:
                blanks[mark.field] = blanks.get(mark.field, False) or mark.present
    for field, present in blanks.items():
        if entry := one.marked(field):
            yield entry, present
