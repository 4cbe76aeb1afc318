"""What of a file is at another organisation for a time: who has had which document, and why.

Comes in: what happened to files. Goes out: ``Handed``, one a document that left. Handing over and
taking back are happenings of their own; a document that is out keeps its sheets and is counted with
the others, for it is still the file's (seed 000, п. 7; the list of those who were told, п. 8 г).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipeline.language.wording import day_of
from pipeline.records.binding import Event

FORM = "handover-act"
OUT, BACK = "hand-over", "hand-back"
CONSENT, LAW = "consent", "law"


@dataclass(frozen=True, slots=True)
class Ground:
    """What lets a document out: ``kind`` consent (its document) or law (its words)."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Handed:
    """A document that was handed over; ``back`` is what happened when it returned."""

    event: Event
    back: Event | None = None

    @property
    def subject(self) -> str:
        """Whose file it belongs to."""
        return self.event.subject

    @property
    def entry(self) -> str:
        """The entry of the file."""
        return self.event.target or ""

    @property
    def act(self) -> str:
        """The paper under which it went."""
        return self.event.index or ""

    @property
    def to(self) -> str:
        """Who has it."""
        return self.event.place or ""

    @property
    def purpose(self) -> str:
        """What for, as the act prints it."""
        return self.event.why or ""

    @property
    def until(self) -> date | None:
        """The day by which it must be back."""
        return day_of(self.event.day)

    @property
    def ground(self) -> Ground:
        """What let it out."""
        return Ground(self.event.item or "", self.event.title or "")

    @property
    def handed_on(self) -> date:
        """The day on which it left."""
        return self.event.happened_on

    @property
    def returned_on(self) -> date | None:
        """The day on which it came back."""
        return self.back.happened_on if self.back else None

    def is_overdue(self, today: date) -> bool:
        """Still out after its term."""
        return self.back is None and self.until is not None and self.until < today


@dataclass(frozen=True, slots=True)
class Going:
    """What all documents of one act have in common."""

    act: str
    to: str
    purpose: str
    until: date
    ground: Ground

    def event(self, subject: str, entry: str, sheets: int, by: str, at: str) -> Event:
        """What happens to one of them."""
        return Event(
            subject,
            OUT,
            by,
            at,
            item=self.ground.kind,
            title=self.ground.words,
            index=self.act,
            day=self.until.isoformat(),
            sheets=sheets,
            place=self.to,
            target=entry,
            why=self.purpose,
        )


def of(events: Iterable[Event]) -> tuple[Handed, ...]:
    """Everything that was ever handed over, the oldest first."""
    found: dict[str, Handed] = {}
    for event in events:
        if event.action == OUT:
            found[event.entry] = Handed(event)
        elif event.action == BACK and event.target in found:
            earlier = found[event.target]
            found[event.target] = Handed(earlier.event, earlier.back or event)
    return tuple(found.values())


def out(events: Iterable[Event]) -> dict[str, Handed]:
    """What is out now, by its entry."""
    return {one.entry: one for one in of(events) if one.back is None}
