"""The cards that documents are searched by: made from what was read or entered, and looked up.

A plain table of keys, not FTS5 and tsvector: those cut text each in its own way, and the hits must
be the same on both databases. A secret document has no card, nor has a paper that lists such ones,
so that no search can show it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.language import lemmas
from pipeline.language.lemmas import Clue
from pipeline.language.wording import date_words, day_of, short_date
from pipeline.papers import marks
from pipeline.records import attachment, verdict
from pipeline.records.binding import ENTERING, Event, entry_of, local_day
from pipeline.records.record import Document
from pipeline.records.verdict import Verdict
from pipeline.registry import documents
from pipeline.registry.tables import card, document, event, key, meta, paper, person

ENTERED = "entered"  # the status of what a person put into a file; documents have theirs
# Keys of what a card is about; no key of a text begins so.
ABOUT, KIND = "@", "="
_EDITION = "cards"
_AT_ONCE = 500  # cards made anew in one go


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a document without opening it.

    ``document`` is its id, or the entry's; ``kind`` its form or item; ``day`` its own date, else
    that of its coming in, ``came``; ``text`` what it is found by, a value a line.
    """

    document: str
    subject: str | None
    full_name: str
    kind: str | None
    status: str
    day: date
    came: date
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for; None and nothing ask for nothing."""

    clues: tuple[Clue, ...] = ()
    person: tuple[Clue, ...] = ()
    kinds: frozenset[str] | None = None
    departments: frozenset[str] | None = None
    since: date | None = None
    until: date | None = None
    statuses: tuple[str, ...] = ()


def find(db: Connection, question: Question, limit: int) -> list[Card]:
    """The cards that meet all that is wanted, the newest first."""
    about = [tuple(tuple(ABOUT + it for it in way) for way in clue) for clue in question.person]
    conditions = [_meets(clue) for clue in (*question.clues, *about)]
    if question.kinds is not None:
        conditions.append(card.c.kind.in_(sorted(question.kinds)))
    if question.departments is not None:
        theirs = _department().in_(sorted(question.departments))
        conditions.append(card.c.subject.in_(sa.select(person.c.subject).where(theirs)))
    if question.since or question.until:
        first, last = question.since or date.min, question.until or date.max
        conditions.append(card.c.day.between(first, last) | card.c.came.between(first, last))
    if question.statuses:
        conditions.append(card.c.status.in_(question.statuses))
    query = (
        sa.select(card, person.c.full_name)
        .outerjoin(person, person.c.subject == card.c.subject)
        .where(*conditions)
        .order_by(card.c.day.desc(), card.c.id.desc())
        .limit(limit)
    )
    return [
        Card(
            row.document or entry_of(row.event),
            row.subject,
            row.full_name or "",
            row.kind,
            row.status,
            row.day,
            row.came,
            row.text,
        )
        for row in db.execute(query)
    ]


def departments(db: Connection) -> list[str]:
    """The departments that people are in, in no order."""
    return [str(name) for name in db.execute(sa.select(_department()).distinct()).scalars() if name]


def kinds(db: Connection) -> list[str]:
    """The kinds that there are cards of, in no order."""
    return [str(name) for name in db.execute(sa.select(card.c.kind).distinct()).scalars() if name]


def bring_up_to_date(db: Connection) -> None:
    """Make all cards anew if other rules or another dictionary made them."""
    edition = lemmas.edition().encode()
    made = meta.c.name == _EDITION
    if db.execute(sa.select(meta.c.value).where(made)).scalar() == edition:
        return
    db.execute(meta.delete().where(made))
    db.execute(key.delete())
    db.execute(card.delete())
    ids = list(db.execute(sa.select(document.c.id).order_by(*documents.ORDER)).scalars())
    put(db, ids)
    entered = sa.select(event).where(event.c.action.in_(ENTERING)).order_by(event.c.id)
    came = [Event(**row._mapping) for row in db.execute(entered)]
    for at in range(0, len(came), _AT_ONCE):
        enter(db, came[at : at + _AT_ONCE])
    db.execute(meta.insert(), {"name": _EDITION, "value": edition})


def put(db: Connection, ids: Sequence[str]) -> None:
    """Make the documents' cards, in the place of those that they had."""
    for at in range(0, len(ids), _AT_ONCE):
        _put(db, ids[at : at + _AT_ONCE])


def _put(db: Connection, ids: Sequence[str]) -> None:
    db.execute(card.delete().where(card.c.document.in_(ids)))
    its = document.c.id.in_(ids) & ~documents.apart()
    rows = db.execute(sa.select(document).where(its))
    days = {row.id: row.came_on or local_day(row.taken_in_at) for row in rows}
    behind = _behind(db, ids)
    made = []
    for one in documents.some(db, its, after=None, limit=None)[0]:
        said = verdict.of(one, documents.settlements(db, [one.id]))
        came = days[one.id]
        values = {
            "document": one.id,
            "subject": one.subject,
            "kind": behind.get(one.paper or "", one.form),
            "status": one.status,
            "day": day_of(said.signed_on) or came,
            "came": came,
        }
        made.append((values, _texts(one, said)))
    _file(db, made)


def _behind(db: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Of those of these documents that lay behind a sheet, what they are, by the sheet's id."""
    its = document.c.id.in_(ids), paper.c.form == attachment.FORM
    query = sa.select(paper.c.id, paper.c.subject, paper.c.key)
    rows = db.execute(query.join(document, document.c.paper == paper.c.id).where(*its))
    return {row.id: attachment.item(row.subject, row.key) for row in rows}


def enter(db: Connection, came: Iterable[Event]) -> None:
    """Make the cards of documents that a person put into a file, but of no secret one."""
    made = []
    for one in came:
        if one.action not in ENTERING or one.secret:
            continue
        day = one.happened_on
        values = {
            "event": one.id,
            "subject": one.subject,
            "kind": one.item,
            "status": ENTERED,
            "day": day_of(one.day) or day,
            "came": day,
        }
        made.append((values, (one.title, one.index, _shown(one.day or ""), one.place)))
    _file(db, made)


def rename(db: Connection, subject: str) -> None:
    """Let the cards of a person be found by the new name too."""
    its = card.c.subject == subject
    ids = list(db.execute(sa.select(card.c.id).where(its)).scalars())
    names = key.c.key.startswith(ABOUT) & key.c.card_id.in_(sa.select(card.c.id).where(its))
    db.execute(key.delete().where(names))
    keys = _about(db, [subject])[subject]
    if rows := [{"card_id": number, "key": one} for number in ids for one in keys]:
        db.execute(key.insert(), rows)


def _file(db: Connection, made: Sequence[tuple[dict[str, Any], Iterable[str | None]]]) -> None:
    """Enter cards, each with its lines, and their keys."""
    about = _about(db, {values["subject"] for values, _lines in made} - {None})
    rows = []
    for values, texts in made:
        lines = [line for line in dict.fromkeys(texts) if line]
        answer = db.execute(card.insert().values(**values, text="\n".join(lines)))
        assert answer.inserted_primary_key is not None
        keys = {one for line in lines for one in lemmas.of(line)}
        keys |= about.get(values["subject"], set())
        if values["kind"]:
            keys.add(KIND + values["kind"])
        rows += [{"card_id": answer.inserted_primary_key[0], "key": one} for one in sorted(keys)]
    if rows:
        db.execute(key.insert(), rows)


def _texts(one: Document, said: Verdict) -> Iterator[str]:
    """What a document says: what is sure or a person said, else what was read; its number."""
    if one.paper:
        yield f"{marks.printed(one.paper)} {one.paper}"  # asked for as printed, or as in JSON
    for value in said.values.values():
        if value:
            yield _shown(value)
    for field in verdict.fields(one):
        if said.values.get(field.name) is None:
            yield field.read
    passport = [said.values.get(f"passport_{part}") for part in ("series", "number")]
    if all(passport):
        yield " ".join(map(str, passport))  # two fields, one number


def _shown(value: str) -> str:
    """A value as Russians write it; a day in both ways in which one is asked for."""
    day = day_of(value)
    if day is None:
        return value
    return f"{short_date(day)}, {date_words(day)}"


def _about(db: Connection, subjects: Collection[str]) -> dict[str, set[str]]:
    """The keys of people: the number, and every name that a paper was issued in."""
    printed = paper.c.fields["full_name"].as_string()
    names = sa.union(
        sa.select(paper.c.subject, printed).where(paper.c.subject.in_(subjects)),
        sa.select(person.c.subject, person.c.full_name).where(person.c.subject.in_(subjects)),
    )
    keys = {subject: lemmas.of(subject) for subject in subjects}
    for subject, name in db.execute(names):
        keys[subject] |= lemmas.of_name(name or "")
    return {subject: {ABOUT + one for one in found} for subject, found in keys.items()}


def _meets(clue: Clue) -> sa.ColumnElement[bool]:
    """Has a card all keys of one of the ways?"""
    alone = [way[0] for way in clue if len(way) == 1]
    ways = [_has(alone)] if alone else []
    ways += [sa.and_(*(_has([one]) for one in way)) for way in clue if len(way) > 1]
    return sa.or_(*ways)


def _has(keys: Sequence[str]) -> sa.ColumnElement[bool]:
    return card.c.id.in_(sa.select(key.c.card_id).where(key.c.key.in_(keys)))


def _department() -> sa.ColumnElement[str]:
    answer: sa.ColumnElement[str] = person.c.data["department"].as_string()
    return answer
