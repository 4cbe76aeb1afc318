"""A paper that came back again: which documents the later scan would replace, and what is mended.

Comes in: the paper's documents in the order in which they came. Goes out: ``Offer``. Nothing is
decided here: a person accepts the later scan, and the earlier ones are settled with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.records.record import ACCEPTED, REJECTED, Document, amiss

REASON = "rescan"


@dataclass(frozen=True, slots=True)
class Offer:
    """An earlier document of the same paper that a later scan would replace.

    ``mended`` are the reasons that only the earlier one has, ``added`` those that only the later
    one has. ``is_better``: something is mended, and nothing is amiss that was not before.
    """

    earlier: Document
    mended: tuple[str, ...]
    added: tuple[str, ...]
    is_better: bool

    def as_json(self) -> dict[str, Any]:
        """What ``review`` says of it."""
        return {
            "document": self.earlier.id,
            "status": self.earlier.status,
            "mended": list(self.mended),
            "added": list(self.added),
            "better": self.is_better,
        }


def offers(later: Document, known: Sequence[Document]) -> list[Offer]:
    """What accepting ``later`` replaces; ``known`` are all documents of its paper.

    One paper has one accepted document: those that came before, and any that is accepted. What a
    person has turned away stays as it is; what came after goes on waiting.
    """
    ids = [document.id for document in known]
    before = ids[: ids.index(later.id)] if later.id in ids else ids
    return [
        _compared(later, document)
        for document in known
        if document.id != later.id
        and document.status != REJECTED
        and (document.id in before or document.status == ACCEPTED)
    ]


def standing(known: Sequence[Document]) -> str | None:
    """The id of the document that a further scan repeats: the accepted one, else the last."""
    accepted = [document.id for document in known if document.status == ACCEPTED]
    return next(iter(accepted), known[-1].id if known else None)


def _compared(later: Document, earlier: Document) -> Offer:
    here = tuple(reason for reason in later.reasons if reason != REASON)
    there = tuple(reason for reason in earlier.reasons if reason != REASON)
    own = (REASON, "")
    return Offer(
        earlier,
        mended=tuple(reason for reason in there if reason not in here),
        added=tuple(reason for reason in here if reason not in there),
        is_better=amiss(later) - {own} < amiss(earlier) - {own},
    )
