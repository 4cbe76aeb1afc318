"""What was taken out of a file, and the act that says so (акт об изъятии).

Comes in: a file. Goes out: ``Taken``, one a document that was taken out and is not back, and the
data of the form ``removal-act``. Which act tells of which taking out is a happening of its own; the
sheets that the act names are the ones that the file has no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.language.wording import short_date
from pipeline.personnel.dossier import Dossier, columns_of
from pipeline.records import binding
from pipeline.records.binding import REMOVE, REPLACE, TOLD, Event, Line

FORM = "removal-act"
REPLACED = "заменен новым документом"  # the reason where nobody said another


@dataclass(frozen=True, slots=True)
class Taken:
    """A document that was taken out: its number and line in the file, what happened to it.

    ``acts`` are the papers that tell of it, the oldest first.
    """

    number: int
    line: Line
    event: Event
    acts: tuple[str, ...] = ()


def of(file: Dossier) -> tuple[Taken, ...]:
    """What a person took out or replaced and nobody has put back, as the file is numbered."""
    last = {one.target: one for one in file.events if one.action in (REMOVE, REPLACE)}
    acts: dict[str, list[str]] = {}
    for one in file.events:
        if one.action == TOLD and one.target and one.index:
            acts.setdefault(one.target, []).append(one.index)
    return tuple(
        Taken(number, line, event, tuple(dict.fromkeys(acts.get(event.entry, []))))
        for number, line in enumerate(file.bound.lines, start=1)
        # What was rejected in review is gone as well, but nobody took it out.
        if line.gone and (event := last.get(line.entry.id)) and event.at == line.gone.at
    )


def data(file: Dossier, taken: Sequence[Taken], act: str) -> dict[str, Any]:
    """The values that the form is filled from."""
    return {
        **columns_of(file.person),
        "personnel_number": file.number,
        "act": act,
        "documents": [_row(one) for one in taken],
        "sheets": sum(len(one.line.sheets) for one in taken),
        "taken_by": ", ".join(dict.fromkeys(one.event.by for one in taken)),
    }


def told(taken: Taken, act: str, by: str, at: str) -> Event:
    """That an act tells of it."""
    return Event(taken.event.subject, TOLD, by, at, index=act, target=taken.event.entry)


def _row(taken: Taken) -> dict[str, Any]:
    entry = taken.line.entry
    day = short_date(taken.event.happened_on)
    why = taken.event.why or (REPLACED if taken.event.action == REPLACE else "")
    return {
        "title": entry.title,
        "date": short_date(entry.day) if entry.day else "",
        "index": entry.index,
        "sheets": binding.words(taken.line.sheets),
        "reason": f"{day}: {why}".removesuffix(": "),
    }
