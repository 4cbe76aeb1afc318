"""An office with many personal files, put straight into the registry's tables.

Issuing and scanning so much would take days; what is measured only reads. Each file holds papers
of ours, accepted with their readings and marks, and documents that were entered by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, timedelta

from sqlalchemy import Table

from pipeline import settings
from pipeline.forms import checklists
from pipeline.papers import marks
from pipeline.personnel.dossier import CLOSING
from pipeline.records.binding import Event
from pipeline.registry import Registry, database, tables
from tests.bench import people
from tests.bench.workspaces import Json, Workspace

CATEGORY = "municipal-servant"
DOCUMENTS = 40  # in each file: four papers and what was entered
CLOSED_IN = 2025
_FORMS = ("consent-municipal", "non-disclosure-pledge", "familiarisation-sheet", "consent-transfer")
_FIELDS = 10  # of each paper, beside the name
_AT_ONCE = 500  # files written together
_DEPARTMENTS = 40
_HIRED, _ISSUED, _BACK = date(2015, 3, 2), date(2026, 9, 1), "2026-09-02T08:00:00+00:00"
_CROP = b"x" * 64

Rows = Iterator[tuple[Table, Json]]


def fill(office: Workspace, count: int, closed: int, seed: int) -> None:
    """Give a new office ``count`` files, the first ``closed`` of them closed in ``CLOSED_IN``.

    They are not in the index of the search: see ``forget_index``.
    """
    here = settings.load(office.root, today=office.today)
    checklist = checklists.load(CATEGORY, here, here.today)
    assert checklist is not None  # the project's own
    entered = [i for i in dict.fromkeys(one.item for one in checklist.items) if i != CLOSING]
    Registry.open(here.registry_url).close()
    engine = database.connect(here.registry_url, create=False)
    hired = people.hires(count, seed)
    for at in range(0, count, _AT_ONCE):
        heaps: dict[Table, list[Json]] = defaultdict(list)
        for number, row in enumerate(hired[at : at + _AT_ONCE], at):
            for table, values in _file(number, row, entered, is_closed=number < closed):
                heaps[table].append(values)
        with database.writing(engine) as db:
            for table in tables.metadata.sorted_tables:
                if table in heaps:
                    db.execute(table.insert(), heaps[table])
    engine.dispose()


def forget_index(office: Workspace) -> None:
    """The next command that opens the registry makes the index of the search anew."""
    here = settings.load(office.root, today=office.today)
    engine = database.connect(here.registry_url, create=False)
    with database.writing(engine) as db:
        db.execute(tables.meta.delete().where(tables.meta.c.name == "cards"))
    engine.dispose()


def _file(number: int, hired: Json, items: Sequence[str], *, is_closed: bool) -> Rows:
    subject = hired["personnel_number"]
    name = " ".join(hired[part] for part in ("last_name", "first_name", "middle_name"))
    data = {
        **hired,
        "category": CATEGORY,
        "hired_on": (_HIRED + timedelta(days=number % 900)).isoformat(),
        "department": f"Отдел {1 + number % _DEPARTMENTS}",
    }
    yield tables.person, {
        "subject": subject, "full_name": name, "category": CATEGORY, "data": data,
    }  # fmt: skip
    for place, form in enumerate(_FORMS):
        yield from _paper(number * len(_FORMS) + place, form, subject, name)
    for place in range(DOCUMENTS - len(_FORMS)):
        item = items[(place + number) % len(items)]
        day = date(2020, 1, 13) + timedelta(days=40 * place + number % 28)
        if is_closed and place == 0:
            item, day = CLOSING, date(CLOSED_IN, 1, 9) + timedelta(days=number % 350)
        yield tables.event, _event(
            Event(
                subject, "add", "архив", f"2026-09-03T08:00:{place:02}+00:00", item,
                f"Документ № {number}-{place}", f"{number}/{place}", day.isoformat(), 1 + place % 3,
                True, True, "шкаф 2",
            )
        )  # fmt: skip


def _paper(number: int, form: str, subject: str, name: str) -> Rows:
    """A paper that was issued, came back on one sheet, and was accepted and filed."""
    paper = marks.paper_id(b"bench", f"{subject} {form}", 1)
    document = f"doc-{paper}"
    words = {"full_name": name} | {f"field_{n}": f"слово {n}" for n in range(_FIELDS)}
    yield tables.paper, {
        "id": paper, "form": form, "version": "1", "key": subject, "subject": subject, "copy": 1,
        "digest": paper, "fields": words, "values": words, "places": [], "pages": 1,
        "issued_on": _ISSUED, "docx": "", "pdf": "", "superseded_by": None,
    }  # fmt: skip
    yield tables.sheet, {"paper_id": paper, "pdf": b"%PDF"}
    yield tables.scan, {
        "id": number, "sha256": f"{number:064x}", "source": "pile.pdf", "finished": True,
        "begun_at": _BACK,
    }  # fmt: skip
    yield tables.document, {
        "id": document, "source": "pile.pdf", "status": "accepted", "reasons": (), "paper": paper,
        "form": form, "subject": subject, "blanks": (), "earlier": None, "taken_in_at": _BACK,
        "scan_id": None,
    }  # fmt: skip
    yield tables.page, {
        "id": number, "scan_id": number, "document_id": document, "position": 0,
        "source": "pile.pdf", "source_page": 1, "paper": paper, "page": 1, "of": 1, "turned": 0,
        "identified_by": "code", "blank": False, "residual_mm": 0.1, "problems": (), "lie": None,
    }  # fmt: skip
    here = {"page": 1, "x0": 20.0, "y0": 20.0, "x1": 90.0, "y1": 25.0, "crop": _CROP}
    for place, (field, value) in enumerate(words.items()):
        yield tables.reading, {
            "page_id": number, "position": place, "name": field, "read": value, "expected": value,
            "value": value, "confidence": 0.999, "status": "match", **here,
        }  # fmt: skip
    for place, (field, day) in enumerate((("signature", None), ("date", _ISSUED.isoformat()))):
        yield tables.mark, {
            "page_id": number, "position": place, "name": field, "kind": field, "present": True,
            "confidence": 0.99, "days": (day,) if day else (), "certainty": 0.99 if day else 0.0,
            "value": day, "objection": None, **here,
        }  # fmt: skip
    yield tables.event, _event(Event(subject, "file", "", _BACK, sheets=1, target=paper))


def _event(one: Event) -> Json:
    return {name: value for name, value in asdict(one).items() if name != "id"}
