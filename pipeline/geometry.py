"""Places on paper, in millimetres from the top left corner of a page, y downwards.

The only unit arithmetic of the project: PDF points and pixels are turned into millimetres here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72.0
A4_MM = (210.0, 297.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, millimetres from its top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Millimetres."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Millimetres."""
        return self.y1 - self.y0

    def grown(self, dx: float, dy: float | None = None) -> Box:
        """The box with ``dx`` mm more left and right, ``dy`` (default dx) above and below."""
        dy = dx if dy is None else dy
        return Box(self.x0 - dx, self.y0 - dy, self.x1 + dx, self.y1 + dy)

    def overlaps(self, other: Box) -> bool:
        """True where the two share an area."""
        return (
            self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1
        )

    def contains(self, other: Box) -> bool:
        """True where ``other`` lies wholly inside."""
        return (
            self.x0 <= other.x0
            and self.y0 <= other.y0
            and other.x1 <= self.x1
            and other.y1 <= self.y1
        )

    def px(self, dpi: float) -> tuple[int, int, int, int]:
        """(x0, y0, x1, y1) in whole pixels of a page image at ``dpi``."""
        scale = dpi / MM_PER_INCH
        return (
            round(self.x0 * scale),
            round(self.y0 * scale),
            round(self.x1 * scale),
            round(self.y1 * scale),
        )

    def as_list(self) -> list[float]:
        """[x0, y0, x1, y1] to a hundredth of a millimetre, as the contract's JSON has it."""
        return [round(v, 2) for v in (self.x0, self.y0, self.x1, self.y1)]


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all ``boxes`` (at least one)."""
    items = list(boxes)
    return Box(
        min(b.x0 for b in items),
        min(b.y0 for b in items),
        max(b.x1 for b in items),
        max(b.y1 for b in items),
    )


def mm_from_points(points: float) -> float:
    """PDF points to millimetres."""
    return points / POINTS_PER_INCH * MM_PER_INCH


def mm_from_px(px: float, dpi: float) -> float:
    """Pixels at ``dpi`` to millimetres."""
    return px / dpi * MM_PER_INCH


def px_from_mm(mm: float, dpi: float) -> float:
    """Millimetres to pixels at ``dpi``."""
    return mm * dpi / MM_PER_INCH
