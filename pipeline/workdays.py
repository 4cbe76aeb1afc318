"""Terms as the law counts them, and working days in Russia: neither weekends nor holidays.

The public calendar (the package ``holidays``) knows what the government moved up to a year or two
ahead; what it does not know, or what was moved later, an office writes into ``paperloop.toml``.
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


def years_after(day: date, years: int) -> date:
    """The last day of a term of so many years that an event of ``day`` set running.

    It begins on the day after the event (ГК РФ, ст. 191) and ends on the same day and month of its
    last year (ст. 192, п. 1); where that month has no such day, on the month's last (п. 3).
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def or_next(day: date, moved: Moved) -> date:
    """The day, or the next working one: so a term ends whose last day is not one (ст. 193)."""
    while not is_working(day, moved):
        day += timedelta(1)
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
