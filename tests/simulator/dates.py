"""Dates and words written by hand on a rule."""

from __future__ import annotations

from datetime import date

import numpy as np

from pipeline.geometry import Box
from tests.simulator.dice import between, one_of
from tests.simulator.pens import Pen, write
from tests.simulator.printing import Cover

_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_SHORT = (
    "{d:02}.{m:02}.{y}",
    "{d:02}.{m:02}.{yy:02} г.",
    "{d}.{m:02}.{y}",
    "{d:02}/{m:02}/{yy:02}",
)
_LONG = ("«{d}» {month} {y} г.", "{d} {month} {y} г.", "{d} {month} {y}")
_WIDE_MM = 42.0  # below that nobody writes the month as a word


def spell(day: date, box: Box, rng: np.random.Generator) -> str:
    """``day`` as a person writes it into a place of that width."""
    shapes = _SHORT if box.width < _WIDE_MM or rng.random() < 0.5 else _LONG
    return one_of(rng, shapes).format(
        d=day.day, m=day.month, y=day.year, yy=day.year % 100, month=_MONTHS[day.month - 1]
    )


def write_on_rule(text: str, box: Box, pen: Pen, dpi: float, rng: np.random.Generator) -> Cover:
    """Write ``text`` on the rule at the foot of ``box``, smaller where it would not fit."""
    height = min(between(rng, (3.4, 5.2)), box.height * 0.8)
    mask, base, width = write(text, height, pen, dpi, rng)
    room = box.width * between(rng, (0.93, 1.04))
    if width > room:
        height *= room / width
        mask, base, width = write(text, height, pen, dpi, rng)
    left = box.x0 + between(rng, (0.0, 1.0)) * max(0.0, box.width - width)
    return Cover(mask, left, box.y1 - between(rng, (0.3, 1.4)) - base)
