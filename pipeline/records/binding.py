"""A personal file as it is bound: what happened to it comes in, its lines with their sheets go out.

Nothing that happened is ever changed: taking out and replacing are happenings of their own. Sheets
are numbered through the whole file and keep their numbers; what is taken out leaves skipped ones,
what replaces a shorter document gets literal ones (12, 12а) (practice of archives; Росархив, order
77 of 31.07.2023).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pipeline.i18n import _

VOLUME_SHEETS = 250  # a volume is at most so thick, about 4 cm
LETTERS = "абвгдежиклмнпрстуфхцчшщэюя"  # without those that look like figures or other letters
APART = " (отдельное хранение)"  # in the number of the file of secret documents

# What a person may do to a file (``Event.action``); ``handover`` has two more.
ADD, REPLACE = "add", "replace"  # a document entered by hand, as a new one or for another
ENTERING = (ADD, REPLACE)
REMOVE, RETURN = "remove", "return"  # it is taken out; it is put back
FILED = "file"  # a paper of ours came in: it was accepted for the first time
WAIVE, NEED = "waive", "need"  # an item is not needed; it is, after all
TOLD = "removal-act"  # an act was made of a taking out
SENT, SENT_BACK = "sent", "sent-back"  # a file that moves (seed 000, п. 20, 21), and is here again
DONE = "done"  # a term was met

Sheet = tuple[int, str]  # a number, and "" or a letter


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person did to a file; append only.

    ``at`` is an ISO time in UTC, the machine's, by which what happened is put in order; ``on`` the
    day that the office says it was (None: that of ``at``); ``target`` the entry that is taken out,
    returned or replaced, or the term that is done; ``day`` the document's own date, ISO. ``copy``
    and ``certified`` (with the mark «Верно») are None where nobody said it; ``secret`` documents
    are kept apart.
    """

    subject: str
    action: str
    by: str
    at: str
    item: str | None = None
    title: str | None = None
    index: str | None = None
    day: str | None = None
    sheets: int | None = None
    copy: bool | None = None
    certified: bool | None = None
    place: str | None = None
    secret: bool | None = None
    target: str | None = None
    why: str | None = None
    on: date | None = None
    id: int | None = None

    @property
    def entry(self) -> str:
        """The name of what it entered."""
        return entry_of(self.id)

    @property
    def happened_on(self) -> date:
        """The day on which it happened, as papers say it."""
        return self.on or local_day(self.at)


@dataclass(frozen=True, slots=True)
class Entry:
    """A document that came into the file at ``at``, on the day ``on``; see ``Event``.

    ``id`` is that of the paper, or of the event that entered it by hand.
    """

    id: str
    at: str
    item: str
    title: str
    sheets: int
    index: str = ""
    day: date | None = None
    copy: bool | None = None
    certified: bool | None = None
    place: str = ""
    replaces: str = ""
    on: date | None = None

    @property
    def known_day(self) -> date:
        """The document's own day, or the one on which it came in."""
        return self.day or self.on or local_day(self.at)

    @property
    def is_uncertified(self) -> bool:
        """A copy of which somebody said that it has no mark «Верно»."""
        return self.copy is not False and self.certified is False


@dataclass(frozen=True, slots=True)
class Gone:
    """Why a document is no longer in the file; ``by_entry`` replaced it ("" = taken out)."""

    at: str
    by: str
    why: str
    by_entry: str = ""
    on: date | None = None

    @property
    def day(self) -> date:
        """The day on which it left, as papers say it."""
        return self.on or local_day(self.at)


@dataclass(frozen=True, slots=True)
class Line:
    """A document of the file with its sheets and volume (from 1); ``gone`` where it was there."""

    entry: Entry
    volume: int
    sheets: tuple[Sheet, ...]
    gone: Gone | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A file, or one volume of it: its lines in the order in which they came."""

    lines: tuple[Line, ...]

    @property
    def present(self) -> tuple[Line, ...]:
        """The lines whose documents are there."""
        return tuple(line for line in self.lines if line.gone is None)

    @property
    def volumes(self) -> int:
        """How many volumes there are."""
        return max((line.volume for line in self.lines), default=0)

    def volume(self, number: int) -> Bound:
        """One volume (from 1)."""
        return Bound(tuple(line for line in self.lines if line.volume == number))

    @property
    def sheets(self) -> int:
        """How many sheets are there."""
        return sum(len(line.sheets) for line in self.present)

    @property
    def numbers(self) -> range:
        """The numbers given, from the first to the last, skipped ones among them."""
        given = [number for line in self.lines for number, _letter in line.sheets]
        return range(min(given), max(given) + 1) if given else range(0)

    @property
    def literal(self) -> tuple[str, ...]:
        """The literal numbers that are there."""
        there = sorted(sheet for line in self.present for sheet in line.sheets)
        return tuple(f"{number}{letter}" for number, letter in there if letter)

    @property
    def skipped(self) -> tuple[str, ...]:
        """The numbers that no sheet has any more."""
        there = {number for line in self.present for number, letter in line.sheets if not letter}
        return tuple(str(number) for number in self.numbers if number not in there)


def bind(
    entries: Iterable[Entry], events: Iterable[Event], rejected: Mapping[str, Gone] | None = None
) -> Bound:
    """The file that these entries and what was done to them afterwards make.

    ``rejected`` are entries that a person said were none: their sheets keep their numbers.
    """
    came = {one.id: one for one in entries}
    if not came:
        return Bound(())
    happened: list[tuple[str, int, Entry | Event]] = [(one.at, 0, one) for one in came.values()]
    for event in events:
        if event.action in (REMOVE, RETURN) and event.target in came:
            happened.append((event.at, 1, event))
    lines: list[Line] = []
    given: defaultdict[int, set[Sheet]] = defaultdict(set)  # in each volume, ever
    last, volume = 0, 1
    for _at, _order, one in sorted(happened, key=lambda it: it[:2]):
        if isinstance(one, Event):
            if one.action == REMOVE:
                _take_out(lines, one.target or "", Gone(one.at, one.by, one.why or "", on=one.on))
            else:
                _give_back(lines, one.target or "")
            continue
        gone = Gone(one.at, "", "", one.id, one.on) if one.replaces else None
        taken = _take_out(lines, one.replaces, gone) if gone else None
        sheets = _in_place(taken, one.sheets, len(given[taken.volume])) if taken else None
        if taken and sheets:
            lines.append(Line(one, taken.volume, sheets))
            given[taken.volume].update(sheets)
            continue
        # What was taken out may be given back: its sheets count.
        if lines and len(given[volume]) + one.sheets > VOLUME_SHEETS:
            volume += 1
        sheets = tuple([(last + n, "") for n in range(1, one.sheets + 1)])
        last += one.sheets
        lines.append(Line(one, volume, sheets))
        given[volume].update(sheets)
    for target, gone in (rejected or {}).items():
        _take_out(lines, target, gone)
    return Bound(tuple(lines))


def _give_back(lines: list[Line], target: str) -> None:
    """Mark a line as there again; one whose sheets another has taken stays gone."""
    for i, line in enumerate(lines):
        if line.entry.id == target and line.gone and not line.gone.by_entry:
            lines[i] = Line(line.entry, line.volume, line.sheets)


def _take_out(lines: list[Line], target: str, gone: Gone) -> Line | None:
    """Mark the line as gone; None where it is not there."""
    for i, line in enumerate(lines):
        if line.entry.id == target and line.gone is None:
            lines[i] = Line(line.entry, line.volume, line.sheets, gone)
            return lines[i]
    return None


def _in_place(old: Line, count: int, thickness: int) -> tuple[Sheet, ...] | None:
    """The sheets of what replaces ``old``, in a volume so thick; None where it has no room."""
    if count <= len(old.sheets):
        return old.sheets[:count]
    number, letter = old.sheets[-1]
    more = LETTERS[LETTERS.index(letter) + 1 if letter else 0 :][: count - len(old.sheets)]
    if len(old.sheets) + len(more) < count or thickness + len(more) > VOLUME_SHEETS:
        return None
    return (*old.sheets, *((number, one) for one in more))


def words(sheets: Sequence[Sheet]) -> str:
    """Sheets as they are printed: «3», «3–4», «12–13, 13а»."""
    parts: list[str] = []
    start: int | None = None
    for i, (number, letter) in enumerate(sheets):
        if letter:
            parts.append(f"{number}{letter}")
            continue
        start = number if start is None else start
        if i + 1 == len(sheets) or sheets[i + 1] != (number + 1, ""):
            parts.append(str(number) if start == number else f"{start}–{number}")
            start = None
    return ", ".join(parts)


def sheets_of(line: Line) -> str:
    """Which sheets of the file a document takes, for who reads it on a screen."""
    said = _("sheet {sheets}") if len(line.sheets) == 1 else _("sheets {sheets}")
    return said.format(sheets=words(line.sheets))


def now() -> str:
    """The time in UTC, ISO, of one length, so that it sorts as text."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def entry_of(event: int | None) -> str:
    """The name of what an event of this number entered."""
    return f"entry-{event}"


def local_day(at: str) -> date:
    """The day of a moment (ISO, UTC) on this machine's calendar."""
    return datetime.fromisoformat(at).astimezone().date()
