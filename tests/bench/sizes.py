"""How much is measured: enough for a look in 20 minutes, or for the figures that are quoted."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

CELLS = 8  # four profiles, two resolutions
_PAGES_A_HIRE = 2.5  # three pages of an employee, two of a municipal servant


@dataclass(frozen=True, slots=True)
class Sizes:
    """Pages or papers of each measure. ``kills`` is for each command; 0 leaves it out.

    ``glyphed``: papers with one changed glyph in every field; ``single``: with one in all.
    ``harder``: papers of each kind of such scan.
    ``others``: copies of forms out of other programs, of each profile; of the rest in keeping.
    ``files``: of a small and of a large office; ``indexes_all``: the large one is searched too,
    whose index takes minutes.
    """

    honest_pages: int
    torn: int
    harder: int
    glyphed: int
    single: int
    swapped: int
    smeared: int
    worded: int
    covered: int
    struck: int
    touched: int
    retyped: int
    unsigned: int
    dates: int
    stamped: int
    others: int
    speed_pages: int
    issued: int
    memory_pages: tuple[int, int]
    files: tuple[int, int]
    indexes_all: bool
    kills: int

    @property
    def people(self) -> int:
        """Hires enough for every measure's papers to differ."""
        papers = max(self.glyphed, self.single, self.unsigned, self.retyped, self.dates) / 2
        return max(60, ceil(self.honest_pages / _PAGES_A_HIRE), ceil(papers))

    @property
    def acts(self) -> int:
        """Handover acts: one for each ten hires."""
        return ceil(self.people / 10)


LOOK = Sizes(
    honest_pages=128, torn=12, harder=2, glyphed=16, single=8, swapped=8, smeared=8, worded=8,
    covered=16, struck=24, touched=24, retyped=8,
    unsigned=40, dates=32, stamped=12, others=2, speed_pages=40, issued=300, memory_pages=(20, 80),
    files=(400, 1000), indexes_all=False, kills=0,
)  # fmt: skip
TINY = Sizes(
    honest_pages=16, torn=2, harder=1, glyphed=4, single=2, swapped=2, smeared=2, worded=2,
    covered=4, struck=4, touched=4, retyped=2,
    unsigned=10, dates=4, stamped=2, others=1, speed_pages=4, issued=6, memory_pages=(2, 8),
    files=(4, 20), indexes_all=False, kills=2,
)  # fmt: skip


def full(pages: int) -> Sizes:
    """The long bench with ``pages`` honest pages."""
    return Sizes(
        honest_pages=pages, torn=400, harder=60, glyphed=300, single=100, swapped=100, smeared=100,
        worded=100, covered=400, struck=400, touched=400, retyped=100,
        unsigned=300, dates=400, stamped=100, others=300, speed_pages=40, issued=4000,
        memory_pages=(50, 500), files=(1000, 10_000), indexes_all=True, kills=30,
    )  # fmt: skip
