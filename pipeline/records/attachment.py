"""Coded sheets laid before documents that we did not print: whose each is, and what it is.

The sheet says it on paper and by its code; it is no part of the file itself. A paper's key is
``NUMBER/ITEM``, and ``NUMBER/ITEM/2`` for a further document of the same item.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count

from pipeline.pages.reading import PageReading

FORM = "attachment-sheet"
NOTHING = "attachment-missing"  # the reason where no page follows a sheet


def key(subject: str, item: str, taken: Collection[str]) -> str:
    """The key of the next sheet for an item; ``taken`` are those that came back."""
    first = f"{subject}/{item}"
    if first not in taken:
        return first
    return next(name for n in count(2) if (name := f"{first}/{n}") not in taken)


def item(subject: str | None, key: str) -> str:
    """The item of the checklist that the document behind a sheet of this key is."""
    return key.removeprefix(f"{subject}/").partition("/")[0]


def behind(pages: Sequence[PageReading]) -> list[PageReading]:
    """The pages of the document, without the sheet before them."""
    return [page for page in pages if page.page is None]
