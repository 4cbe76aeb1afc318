"""Working days in Russia: neither weekends nor holidays, with the days that were moved.

The public calendar (the package ``holidays``) knows what the government moved up to a year or two
ahead; what it does not know, an office writes into ``paperloop.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Moved:
    """Days that are otherwise than the public calendar has them (ТК РФ, ст. 112)."""

    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()


def after(day: date, count: int, moved: Moved) -> date:
    """The last day of a term of so many working days: it begins on the day after (ГК РФ, ст. 191).

    ``count`` is at least 1.
    """
    left = count
    while left:
        day += timedelta(1)
        left -= is_working(day, moved)
    return day


def is_working(day: date, moved: Moved) -> bool:
    """Does the office work on this day? What ``moved`` says goes before the calendar."""
    if day in moved.working or day in moved.off:
        return day in moved.working
    return bool(_calendar().is_working_day(day))


@cache
def _calendar() -> Any:
    import holidays  # a tenth of a second, which only terms need

    return holidays.country_holidays("RU")
