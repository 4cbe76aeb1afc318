"""Dates written by hand: figures, months and whole days, by pens that the reader never saw.

The figures of strangers are OpenCV's sample ``digits.png``: 5 rows of 100 for each figure, 20
pixels tall and as wide, or half as wide in a copy that was squeezed; PAPERLOOP_DIGITS says where
it is. Months and the dates on scans are synthetic: handwriting fonts left out of training.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box
from pipeline.language.wording import MONTHS, short_date
from pipeline.pages.page import DPI
from pipeline.pens import dates, script
from tests.bench import confidence
from tests.bench.judging import Judged, judge
from tests.bench.measure import NONE, Row, share_of
from tests.bench.people import DAY
from tests.bench.setting import SCANNER, Setting, scan
from tests.simulator import HELD_OUT_HANDS
from tests.simulator.dates import spell
from tests.simulator.dice import between, dice
from tests.simulator.pens import take_pen, write

DIGITS = "PAPERLOOP_DIGITS"
FORMS = ("non-disclosure-pledge", "consent-municipal", "consent-employee")
WITHIN_DAYS = 400  # of the issue is signed and scanned: one plausible day would be too easy
_ROWS, _COLUMNS = 50, 100
_TILE_PX = 20
Picture = NDArray[np.float32]


def measure(setting: Setting) -> list[Row]:
    """Single figures, months, dates put together of strangers' figures, dates on scans."""
    rows = []
    if path := os.environ.get(DIGITS):
        strangers = tiles(Path(path))
        seen = [(own, *figure(tile)) for own, tile in strangers]
        rows += _sure_ones(
            "figures of strangers", "real", [(own == said, s) for own, said, s in seen]
        )
        composed = [(day, dates.read(ink)) for day, ink in _composed(strangers, setting.seed)]
        rows += _read("dates of strangers' figures", "real figures", composed)
    count = 10 * setting.sizes.dates
    pens = [_figure_by_pen(setting.seed, number) for number in range(count)]
    rows += _sure_ones("figures by pens", "synthetic", pens)
    words = [_month_by_pen(setting.seed, number) for number in range(count)]
    rows += _sure_ones("months by pens", "synthetic", words)
    return rows + _scanned(setting)


def tiles(path: Path) -> list[tuple[int, Picture]]:
    """Every figure of the picture: which it is, and its ink with white about it."""
    whole = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.float32) / 255
    size = (_COLUMNS * _TILE_PX, _ROWS * _TILE_PX)
    whole = np.asarray(cv2.resize(whole, size), np.float32)
    found = []
    for row in range(_ROWS):
        for column in range(_COLUMNS):
            y, x = row * _TILE_PX, column * _TILE_PX
            tile = whole[y : y + _TILE_PX, x : x + _TILE_PX]
            found.append((row * 10 // _ROWS, np.pad(tile, _TILE_PX).astype(np.float32)))
    return found


def figure(ink: Picture) -> tuple[int, float]:
    """Which figure the reader takes it for, and how sure it is that it is just this."""
    best, share = _likeliest(ink, "0123456789")
    return int(best), share


def _likeliest(ink: Picture, words: Sequence[str]) -> tuple[str, float]:
    line = script.line(ink)
    if line is None:
        return words[0], 0.0
    scores = dates.spellings(script.likelihoods(line), words)
    return words[int(scores.argmax())], float(np.exp(scores.max()))


def _figure_by_pen(seed: int, number: int) -> tuple[bool, float]:
    rng = dice(seed, "figure", number)
    own = str(number % 10)
    said, share = figure(_written(own, rng))
    return str(said) == own, share


def _month_by_pen(seed: int, number: int) -> tuple[bool, float]:
    rng = dice(seed, "month", number)
    own = MONTHS[number % 12]
    said, share = _likeliest(_written(own, rng), MONTHS)
    return said == own, share


def _written(text: str, rng: np.random.Generator) -> Picture:
    pen = take_pen(rng, HELD_OUT_HANDS)
    mask, _base, _width = write(text, between(rng, (3.4, 5.2)), pen, DPI, rng)
    return np.asarray(mask, np.float32)


def _composed(
    strangers: Sequence[tuple[int, Picture]], seed: int
) -> Iterator[tuple[date, Picture]]:
    """Dates of single strangers' figures side by side, every figure used once."""
    rng = dice(seed, "composed")
    heaps = [[tile for own, tile in strangers if own == number] for number in range(10)]
    for heap in heaps:
        rng.shuffle(heap)
    while True:
        day = date(2020, 1, 1) + timedelta(days=int(rng.integers(3650)))
        text = short_date(day) if rng.random() < 0.5 else f"{day:%d.%m.%y}"
        parts = []
        for char in text:
            if char == ".":
                dot = np.zeros((3 * _TILE_PX, 6), np.float32)
                dot[36:39, 2:5] = 0.9
                parts.append(dot)
            elif heap := heaps[int(char)]:
                tile = heap.pop()
                columns = np.flatnonzero(tile.max(axis=0) > 0.2)
                gap = int(rng.integers(0, 4))
                parts.append(np.pad(tile[:, columns[0] : columns[-1] + 1], ((0, 0), (1, gap))))
            else:
                return
        yield day, np.pad(np.hstack(parts), ((0, 0), (10, 10)))


def _sure_ones(name: str, of: str, seen: Sequence[tuple[bool, float]]) -> list[Row]:
    """How many are right; of those that are sure, how many are wrong."""
    sure = [right for right, share in seen if share >= dates.SURE]
    return [
        share_of(f"{name} right", of, [right for right, _share in seen]),
        share_of(f"{name} sure", of, [share >= dates.SURE for _right, share in seen]),
        share_of(f"{name} sure and wrong", of, [not right for right in sure]),
    ]


def _read(name: str, of: str, seen: Sequence[tuple[date, Sequence[dates.Guess]]]) -> list[Row]:
    """Whole dates: right at first guess; sure and right; sure and wrong."""
    first = [(guesses[0].day == day, guesses[0].certainty) if guesses else (False, 0.0)
             for day, guesses in seen]  # fmt: skip
    return [
        share_of(f"{name} right", of, [right for right, _share in first]),
        share_of(f"{name} accepted", of, [right and s >= dates.SURE for right, s in first]),
        share_of(f"{name} wrong accepted", of,
                 [not right and s >= dates.SURE for right, s in first], NONE),
    ]  # fmt: skip


def _scanned(setting: Setting) -> list[Row]:
    """Papers dated by hand on any day of a year and more, scanned at its end."""
    office = setting.copy("dates")
    papers = setting.some(setting.sizes.dates, "dates", FORMS)
    days, marks = {}, {}
    for paper in papers:
        rng = dice(setting.seed, paper["paper"], "dated")
        days[paper["paper"]] = day = DAY + timedelta(days=int(rng.integers(WITHIN_DAYS)))
        marks[paper["paper"]] = {
            place["field"]: "sign" if place["kind"] == "signature" else
            f"date:{spell(day, Box(*place['box_mm']), rng)}"
            for place in paper["places"] if place["hand"]
        }  # fmt: skip
    truth = scan(setting, office, "dates", papers, marks=marks)
    said = setting.take_in(replace(office, today=DAY + timedelta(days=WITHIN_DAYS)))
    judged = judge(papers, truth, said)
    rows = []
    for profile in (*SCANNER, "all"):
        mine = [one for one in judged if profile in (one.profile, "all")]
        rows += _of_profile(profile, mine, days)
    stated = confidence.days(judged, lambda one: days[one.paper["paper"]])
    return [*rows, *confidence.table("a date", stated)]


def _of_profile(profile: str, judged: Sequence[Judged], days: dict[str, date]) -> list[Row]:
    read, value = [], []
    for one in judged:
        day, entry = days[one.paper["paper"]].isoformat(), one.marked("date")
        read.append(entry.get("read") == day)
        value.append((entry.get("value"), day))
    held = ["date-implausible" in one.reasons for one in judged]
    return [
        share_of("dates on scans right", profile, read),
        share_of("dates on scans accepted", profile, [got == day for got, day in value]),
        share_of("dates on scans for a person to read", profile, [not got for got, _day in value]),
        share_of("dates on scans wrong accepted", profile,
                 [bool(got) and got != day for got, day in value], NONE),
        share_of("plausible dates said to be implausible", profile, held, NONE),
    ]  # fmt: skip
