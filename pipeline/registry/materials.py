"""All that a registry knows of people's files, many people at a time and seen at one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from pipeline.papers.paper import Paper
from pipeline.records.binding import Event
from pipeline.records.record import Document, Settlement
from pipeline.registry import documents, events, papers
from pipeline.registry.papers import PersonRow
from pipeline.registry.tables import document

_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Material:
    """What one person's file is made of.

    Papers are in the order of issue, documents in that of their coming in, without crops;
    ``settlements`` are by document. In outline (``of``) papers are without their words and places,
    documents with the marks of a pen alone.
    """

    person: PersonRow
    papers: tuple[Paper, ...]
    documents: tuple[Document, ...]
    settlements: Mapping[str, Sequence[Settlement]]
    events: tuple[Event, ...]


def of(db: Connection, subjects: Sequence[str], *, outline: bool) -> list[Material]:
    """The material of these people's files, in the order of their numbers here."""
    known = {one.subject: one for one in papers.people(db, subjects)}
    people = [known[subject] for subject in subjects if subject in known]
    issued = _by_owner(papers.of(db, subjects, outline=outline), lambda it: it.subject)
    theirs = document.c.subject.in_(subjects)
    came = documents.some(db, theirs, after=None, limit=None, outline=outline)[0]
    back = _by_owner(came, lambda it: it.subject)
    said = _by_owner(documents.settlements(db, [it.id for it in came]), lambda it: it.document)
    happened = _by_owner(events.of(db, subjects), lambda it: it.subject)
    return [
        Material(
            one,
            tuple(issued[one.subject]),
            tuple(back[one.subject]),
            {it.id: said[it.id] for it in back[one.subject] if it.id in said},
            tuple(happened[one.subject]),
        )
        for one in people
    ]


def _by_owner(
    things: Iterable[_Thing], owner: Callable[[_Thing], str | None]
) -> defaultdict[str | None, list[_Thing]]:
    found: defaultdict[str | None, list[_Thing]] = defaultdict(list)
    for one in things:
        found[owner(one)].append(one)
    return found
