"""One measured figure with its interval and the target that it should meet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from scipy.stats import beta

_TAIL = 0.025  # of each side: 95 % between


@dataclass(frozen=True, slots=True)
class Target:
    """``sign`` is ≥ or ≤; ``limit`` in the unit of the figure."""

    sign: str
    limit: float

    def met_by(self, value: float) -> bool:
        """Does the measured value itself keep to the limit?"""
        return value >= self.limit if self.sign == "≥" else value <= self.limit

    def __str__(self) -> str:
        return f"{self.sign} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the bench's table; ``met`` is None where there is nothing to meet.

    ``low95`` and ``high95`` are None for figures measured once (times, memory).
    """

    name: str
    profile: str
    n: int
    value: float
    low95: float | None
    high95: float | None
    unit: str
    target: str | None
    met: bool | None

    def as_json(self) -> dict[str, Any]:
        """The contract's object."""
        return asdict(self)


def at_least(limit: float) -> Target:
    """A target from below."""
    return Target("≥", limit)


def at_most(limit: float) -> Target:
    """A target from above."""
    return Target("≤", limit)


NONE = at_most(0.0)


def interval(hits: int, n: int) -> tuple[float, float]:
    """95 % bounds of a share (Clopper and Pearson 1934: exact, never too narrow).

    None or all of n leave one side open, so the other bound takes the whole 5 %: the exact form
    of the rule of three (at most 3/n).
    """
    if not n:
        return 0.0, 1.0
    if hits == 0:
        return 0.0, float(beta.ppf(1 - 2 * _TAIL, 1, n))
    if hits == n:
        return float(beta.ppf(2 * _TAIL, n, 1)), 1.0
    low = beta.ppf(_TAIL, hits, n - hits + 1)
    return float(low), float(beta.ppf(1 - _TAIL, hits + 1, n - hits))


def share(name: str, profile: str, hits: int, n: int, target: Target | None = None) -> Row:
    """How many of n, with the interval; nothing counted meets no target."""
    low, high = interval(hits, n)
    value = hits / n if n else 0.0
    met = None if target is None else bool(n) and target.met_by(value)
    return Row(name, profile, n, value, low, high, "share", str(target) if target else None, met)


def share_of(name: str, profile: str, cases: Iterable[bool], target: Target | None = None) -> Row:
    """The share of cases that are true."""
    seen = list(cases)
    return share(name, profile, sum(seen), len(seen), target)


def figure(
    name: str, profile: str, n: int, value: float, unit: str, target: Target | None = None
) -> Row:
    """A figure measured once over n things: a speed, a ratio, a size."""
    met = None if target is None else target.met_by(value)
    return Row(name, profile, n, value, None, None, unit, str(target) if target else None, met)
