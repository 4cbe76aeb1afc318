"""The registry: papers issued, files taken in, documents found, what people settled.

Every method is one transaction: a program killed at any point leaves the registry as it was before
or after. What goes in and comes out are the frozen values of ``paper``, ``reading`` and ``record``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Self

import sqlalchemy as sa

from pipeline.errors import RegistryError
from pipeline.i18n import _
from pipeline.pages.reading import PageReading
from pipeline.papers.paper import Paper
from pipeline.records.binding import Event
from pipeline.records.record import Document, Settlement
from pipeline.registry import cards, database, documents, events, materials, papers, scans, tables
from pipeline.registry.cards import Card, Question
from pipeline.registry.materials import Material
from pipeline.registry.papers import PersonRow
from pipeline.registry.scans import Begun

__all__ = ["Card", "Material", "PersonRow", "Question", "Registry"]

LISTED_AT_ONCE = 200  # papers or documents held in memory by a listing
SECRET_BYTES = 32


class Registry:
    """An open registry; a context manager. Every method may raise RegistryError.

    Listings come in portions, each of one moment: what is entered while one runs may be in it.
    """

    def __init__(self, engine: sa.Engine, ways: events.Ways | None) -> None:
        self._engine, self._reading = engine, ways is None
        self._ways = ways or events.Ways()
        self._claims: dict[str, int] = {}  # SHA-256 of a file under way → its row

    @classmethod
    def open(cls, url: str, today: date | None = None, *, both_sides: bool = False) -> Self:
        """Open ``sqlite:///FILE`` or ``postgresql://…``, made and brought up to date if need be.

        What is entered bears the day ``today`` (None: the clock's); with ``both_sides`` two pages
        of a paper that is filed are one sheet.
        """
        engine = database.connect(url, create=True)
        try:
            database.migrate(engine)
            with database.writing(engine) as db:
                known = sa.select(tables.meta.c.name).where(tables.meta.c.name == "secret")
                if db.execute(known).first() is None:
                    value = secrets.token_bytes(SECRET_BYTES)
                    db.execute(tables.meta.insert(), {"name": "secret", "value": value})
                cards.bring_up_to_date(db)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, events.Ways(today, both_sides))

    @classmethod
    def open_reading(cls, url: str) -> Self:
        """Open for a worker process, which only reads: nothing is made, nothing migrated."""
        engine = database.connect(url, create=False)
        try:
            database.check_revision(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, None)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def alone(self, waits: Callable[[], None]) -> AbstractContextManager[None]:
        """One run at a time, whichever workspace it is of (see ``database.alone``)."""
        return database.alone(self._engine, waits)

    def secret(self) -> bytes:
        """32 random bytes, made once with the registry; paper ids are derived from them."""
        with self._look() as db:
            value = db.execute(
                sa.select(tables.meta.c.value).where(tables.meta.c.name == "secret")
            ).scalar_one()
            return bytes(value)

    # Specimen sheets

    def specimen(self, name: str) -> bytes | None:
        """The specimen sheet (PDF) of a set of fonts."""
        with self._look() as db:
            found = sa.select(tables.meta.c.value).where(tables.meta.c.name == f"specimen {name}")
            value = db.execute(found).scalar_one_or_none()
            return None if value is None else bytes(value)

    def keep_specimen(self, name: str, pdf: bytes) -> None:
        """Keep a specimen sheet; the first one stays."""
        if self.specimen(name) is None:
            with self._write() as db:
                db.execute(tables.meta.insert(), {"name": f"specimen {name}", "value": pdf})

    def specimens(self) -> list[bytes]:
        """All specimen sheets."""
        with self._look() as db:
            names = tables.meta.c.name
            found = (
                sa.select(tables.meta.c.value).where(names.startswith("specimen ")).order_by(names)
            )
            return [bytes(value) for value in db.execute(found).scalars()]

    # Issued papers and people

    def issue(
        self,
        issued: Sequence[tuple[Paper, bytes]],
        people: Sequence[PersonRow] = (),
        *,
        reinstated: Sequence[str] = (),
    ) -> None:
        """Enter papers with their PDFs, and what is known of the people, all or nothing.

        A paper of the same form, key and copy supersedes the earlier one; ``reinstated`` are the
        ids of superseded papers whose data came back, and which are in use again.
        """
        with self._write() as db:
            renamed = papers.remember(db, people)
            papers.issue(db, issued)
            papers.reinstate(db, reinstated)
            for subject in renamed:
                cards.rename(db, subject)

    def paper(self, paper_id: str) -> Paper | None:
        """The paper of this id."""
        with self._look() as db:
            return papers.get(db, paper_id)

    def pdf_of(self, paper_id: str) -> bytes:
        """The paper's PDF as issued."""
        with self._look() as db:
            return papers.pdf_of(db, paper_id)

    def editions(self) -> list[tuple[str, str, str]]:
        """Each version of a form that was issued: name, version, one of its papers' ids."""
        with self._look() as db:
            return papers.editions(db)

    def current(self, form: str, key: str) -> list[Paper]:
        """The copies in use (not superseded), by their number."""
        with self._look() as db:
            return papers.current(db, form, key)

    def papers(self, *, subject: str | None = None, form: str | None = None) -> Iterator[Paper]:
        """Every paper, superseded ones too, in the order of issue (day, then id)."""
        after = None
        while True:
            with self._look() as db:
                found = papers.some(
                    db, subject=subject, form=form, after=after, limit=LISTED_AT_ONCE
                )
            yield from found
            if len(found) < LISTED_AT_ONCE:
                return
            after = (found[-1].issued_on, found[-1].id)

    def papers_about(self, key: str) -> int:
        """How many papers were ever issued about ``key`` ("" = blank copies)."""
        with self._look() as db:
            count = sa.select(sa.func.count()).where(tables.paper.c.key == key)
            return int(db.execute(count).scalar_one())

    def person(self, subject: str) -> PersonRow | None:
        """The person of this number."""
        with self._look() as db:
            return papers.person(db, subject)

    def people(self) -> list[PersonRow]:
        """Everybody, by number."""
        with self._look() as db:
            return papers.people(db)

    def materials(
        self, subjects: Sequence[str] | None = None, *, outline: bool = False
    ) -> Iterator[Material]:
        """What these people's files are made of, by default everybody's; see ``Material``."""
        if subjects is None:
            with self._look() as db:
                subjects = papers.subjects(db)
        for at in range(0, len(subjects), LISTED_AT_ONCE):
            with self._look() as db:
                found = materials.of(db, subjects[at : at + LISTED_AT_ONCE], outline=outline)
            yield from found

    # Intake

    def begin_scan(self, sha256: str, source: str, *, again: bool = False) -> Begun:
        """Claim a file before its pages are entered.

        "done": it was taken in before (and ``again`` is not asked for), nothing is claimed;
        "again": it is read anew, what a dead run left of it is gone; else "new".
        """
        with self._write() as db:
            begun, claim = scans.begin(db, sha256, source, again=again)
        if begun != "done":
            self._claims[sha256] = claim
        return begun

    def add_page(self, sha256: str, page: PageReading) -> None:
        """Enter a page of a file begun here. Nobody sees it before ``finish_scan``."""
        with self._write() as db:
            scans.add_page(db, self._claim(sha256), page)

    def finish_scan(self, sha256: str, found: Sequence[Document]) -> None:
        """Finish a file begun here: its documents are entered, or replaced by id.

        A document lists all its pages, from earlier files too. Of a page only the judgement is
        taken from the document (status, expected, value, problems); readings and crops stay as
        ``add_page`` got them, so the pages may come without crops. Where the file was read
        before, that reading is replaced, and a document left without pages goes with it.
        Refused: a page that was never entered, and a document not given here that would lose
        one page of several.
        """
        with self._write() as db:
            scans.finish(db, self._claim(sha256), sha256, found, self._ways)
            cards.put(db, [one.id for one in found])
        del self._claims[sha256]

    def reject_scan(self, sha256: str, source: str, found: Document) -> None:
        """Enter a file that cannot be read, begun or not, as one document without pages."""
        with self._write() as db:
            claim = scans.begin(db, sha256, source, again=True)[1]
            scans.finish(db, claim, sha256, [found], self._ways)
            cards.put(db, [found.id])
        self._claims.pop(sha256, None)

    def purge_unfinished(self) -> int:
        """At the start of a run: throw away what dead runs left; how many files that was."""
        with self._write() as db:
            return scans.purge(db)

    # Documents

    def document(self, document_id: str) -> Document | None:
        """The document with its pages and readings, without crops."""
        return self._first(tables.document.c.id == document_id)

    def documents(
        self,
        *,
        status: str | None = None,
        form: str | None = None,
        subject: str | None = None,
        secret: bool | None = None,
    ) -> Iterator[Document]:
        """Documents without crops, in the order taken in, then by id.

        ``secret``: those about files of secret documents alone, or all but those.
        """
        wanted = documents.having(status, form, subject, secret=secret)
        after = None
        while True:
            with self._look() as db:
                found, after = documents.some(db, *wanted, after=after, limit=LISTED_AT_ONCE)
            yield from found
            if len(found) < LISTED_AT_ONCE:
                return

    def is_secret(self, document_id: str) -> bool:
        """Is it of a paper about a file of secret documents, and so kept apart itself?"""
        return self._first((tables.document.c.id == document_id) & documents.apart()) is not None

    def documents_of_paper(self, paper_id: str) -> list[Document]:
        """The paper's documents, the first first."""
        return self._all(tables.document.c.paper == paper_id)

    def documents_of_scan(self, sha256: str) -> list[Document]:
        """The documents that a finished file gave, or gave a page to."""
        return self._all(documents.of_scan(sha256))

    def document_of_scan(self, sha256: str) -> Document | None:
        """The first document of a finished file: what a duplicate repeats."""
        return self._first(documents.of_scan(sha256))

    def pages_of(self, document_id: str) -> tuple[PageReading, ...]:
        """The document's pages with every crop."""
        with self._look() as db:
            return documents.pages_of(db, document_id)

    def crop(self, document_id: str, field: str) -> bytes:
        """The PNG of a field or hand mark; of a field printed often, a doubtful print first.

        ``alterations.N`` is the picture of the Nth alteration, from 1.
        """
        with self._look() as db:
            return documents.crop(db, document_id, field)

    def taken_in_at(self, document_id: str) -> str:
        """When the document was first taken in: ISO, UTC."""
        with self._look() as db:
            return documents.taken_in_at(db, document_id)

    # Review

    def settle(self, settlements: Sequence[Settlement], new_status: str | None) -> None:
        """Append what a person said of documents, which take ``new_status`` (None: keep theirs)."""
        self.settle_all([(settlements, new_status)])

    def settle_all(self, decisions: Sequence[tuple[Sequence[Settlement], str | None]]) -> None:
        """``settle`` for several statuses, all or nothing."""
        with self._write() as db:
            for settlements, new_status in decisions:
                documents.settle(db, settlements, new_status, self._ways)
                cards.put(db, [*{one.document for one in settlements}])

    def settlements(self, document_id: str) -> list[Settlement]:
        """What people said of the document, oldest first."""
        with self._look() as db:
            return documents.settlements(db, [document_id])

    # Personal files

    def enter(self, event: Event) -> Event:
        """Append what a person did to a file; the event with its number."""
        return self.enter_all([event])[0]

    def enter_all(self, happened: Sequence[Event]) -> list[Event]:
        """Append what belongs together, all or nothing."""
        with self._write() as db:
            entered = [events.enter(db, event, self._ways.today) for event in happened]
            cards.enter(db, entered)
            return entered

    def events_having(self, *actions: str) -> list[Event]:
        """What of these actions (``Event.action``) was done to any file, the oldest first."""
        with self._look() as db:
            return events.having(db, actions)

    def events(self, subject: str) -> list[Event]:
        """What people did to a person's file, the oldest first."""
        with self._look() as db:
            return events.of(db, [subject])

    def targets(self, action: str) -> frozenset[str]:
        """What an action (``Event.action``) was ever done to, whosever file it was."""
        with self._look() as db:
            return events.targets(db, action)

    # Search

    def find(self, question: Question, limit: int) -> list[Card]:
        """The documents that meet all that is wanted, the newest first."""
        with self._look() as db:
            return cards.find(db, question, limit)

    def departments(self) -> list[str]:
        """The departments that people are in, in no order."""
        with self._look() as db:
            return cards.departments(db)

    def kinds(self) -> list[str]:
        """The forms and items that there are documents of, in no order."""
        with self._look() as db:
            return cards.kinds(db)

    def _first(self, condition: sa.ColumnElement[bool]) -> Document | None:
        with self._look() as db:
            return next(iter(documents.some(db, condition, after=None, limit=1)[0]), None)

    def _all(self, condition: sa.ColumnElement[bool]) -> list[Document]:
        with self._look() as db:
            return documents.some(db, condition, after=None, limit=None)[0]

    def _claim(self, sha256: str) -> int:
        try:
            return self._claims[sha256]
        except KeyError:
            raise RegistryError(_("this file was not begun")) from None

    def _look(self) -> AbstractContextManager[sa.Connection]:
        return database.looking(self._engine)

    def _write(self) -> AbstractContextManager[sa.Connection]:
        if self._reading:
            raise RegistryError(_("this registry is open for reading only"))
        return database.writing(self._engine)
