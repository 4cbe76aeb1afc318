"""The registry, every test on SQLite and on a private PostgreSQL server."""

from __future__ import annotations

import os
import signal
import stat
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from pipeline import registry as registry_module
from pipeline.errors import RegistryError
from pipeline.geometry import Box
from pipeline.pages.reading import Alteration, Content, FieldReading, HandMark, PageReading
from pipeline.papers.paper import Paper, Place
from pipeline.records.record import Document, Settlement
from pipeline.registry import PersonRow, Registry, database, migrations, tables
from tests.postgres import Server

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork")
needs_modes = pytest.mark.skipif(sys.platform == "win32", reason="permissions are the folder's")

BOX = Box(30.123, 41.5, 92.25, 47.0)
ANNA = PersonRow("0042", "Ёлкина Анна Юрьевна", "employee", {"phone": "8 900 000-00-00"})


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a registry that is not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'output' / 'registry.db').as_posix()}"
    running: Server = request.getfixturevalue("server")
    return running.database()


@pytest.fixture
def registry(url: str) -> Iterator[Registry]:
    with Registry.open(url) as opened:
        yield opened


def paper(id: str = "7F3K9QX2MD", **changes: Any) -> Paper:  # noqa: A002
    made = Paper(
        id=id,
        form="consent-employee",
        version="2026-09-01",
        key="0042",
        subject="0042",
        copy=1,
        digest=f"digest of {id}",
        fields={"full_name": "Ёлкина Анна Юрьевна", "address": "г. Ясный, ул. Речная, д. 1"},
        values={"full_name": "Ёлкина Анна Юрьевна"},
        places=(
            Place("full_name", "text", False, 1, BOX, 3),
            Place("signature", "signature", True, 2, BOX, 4),
        ),
        pages=2,
        issued_on=date(2026, 9, 14),
        docx="output/issued/ёлкина.docx",
        pdf="output/issued/ёлкина.pdf",
    )
    return replace(made, **changes)


def page(sha256: str = "aa", number: int = 1, **changes: Any) -> PageReading:
    """A page as the intake sees it, with crops."""
    made = PageReading(
        source=f"inbox/{sha256}.pdf",
        sha256=sha256,
        source_page=number,
        paper="7F3K9QX2MD",
        page=number,
        of=2,
        turned=180,
        identified_by="code",
        residual_mm=0.07,
        problems=("date-missing", "altered"),
        lie=b"grid",
        content=Content("passport", ("passport:4510123456",), "Ёлкина Анна", date(1990, 5, 12)),
        fields=(
            FieldReading(
                "full_name", "Елкина", 0.97, number, BOX, "match", "Ёлкина", "Ёлкина", b"1"
            ),
            FieldReading("full_name", "Ёлк", 0.31, number, BOX, "unreadable", "Ёлкина", crop=b"2"),
            FieldReading("address", "г. Ясный", 0.9, number, BOX, crop=b"3"),
        ),
        hand=(
            HandMark("signature", "signature", True, 0.99, number, BOX, b"4"),
            HandMark("date", "date", None, 0.5, number, BOX, b"5"),
        ),
        alterations=(
            Alteration("strike", number, BOX, "третьим лицам", b"6"),
            Alteration("insertion", number, BOX, "не возражаю", b"7"),
        ),
    )
    return replace(made, **changes)


def light(seen: PageReading) -> PageReading:
    """The page as listings show it: without pictures."""
    return replace(
        seen,
        fields=tuple(replace(field, crop=b"") for field in seen.fields),
        hand=tuple(replace(mark, crop=b"") for mark in seen.hand),
        alterations=tuple(replace(alteration, crop=b"") for alteration in seen.alterations),
    )


def document(id: str, *pages: PageReading, **changes: Any) -> Document:  # noqa: A002
    made = Document(
        id=id,
        source=pages[0].source if pages else "inbox/locked.pdf",
        status="review",
        reasons=("signature-unclear", "altered"),
        paper="7F3K9QX2MD",
        form="consent-employee",
        subject="0042",
        pages=tuple(light(seen) for seen in pages),
        blanks=(2, 4),
    )
    return replace(made, **changes)


def take_in(registry: Registry, *pages: PageReading, documents: list[Document]) -> None:
    """One file, whole."""
    registry.begin_scan(pages[0].sha256, pages[0].source, again=True)
    for seen in pages:
        registry.add_page(seen.sha256, seen)
    registry.finish_scan(pages[0].sha256, documents)


# Issued papers and people


def test_a_paper_comes_back_as_it_was_issued(registry: Registry) -> None:
    registry.issue([(paper(), b"%PDF-1.7 sheet")], [ANNA])
    assert registry.paper("7F3K9QX2MD") == paper()
    assert list(registry.paper("7F3K9QX2MD").fields) == ["full_name", "address"]  # type: ignore[union-attr]
    assert registry.pdf_of("7F3K9QX2MD") == b"%PDF-1.7 sheet"
    assert registry.person("0042") == ANNA
    assert registry.paper("unknown") is None
    assert registry.person("unknown") is None
    with pytest.raises(RegistryError, match="unknown"):
        registry.pdf_of("unknown")


def test_changed_data_supersede_and_a_second_copy_does_not(registry: Registry) -> None:
    registry.issue([(paper("FIRST"), b""), (paper("COPY", copy=2), b"")])
    assert [each.id for each in registry.current("consent-employee", "0042")] == ["FIRST", "COPY"]
    other = paper("OTHER", key="0043", subject="0043")
    registry.issue([(paper("SECOND", digest="other words"), b""), (other, b"")])
    # The second copy had the old data, too.
    assert [each.id for each in registry.current("consent-employee", "0042")] == ["SECOND"]
    assert registry.paper("FIRST") == paper("FIRST", superseded_by="SECOND")


def test_data_that_come_back_reinstate_the_first_paper(registry: Registry) -> None:
    registry.issue([(paper("FIRST"), b"")])
    registry.issue([(paper("SECOND"), b"")])
    registry.issue([], reinstated=["FIRST"])
    assert registry.current("consent-employee", "0042") == [paper("FIRST")]
    assert registry.paper("SECOND") == paper("SECOND", superseded_by="FIRST")


def test_blanks_about_nobody_do_not_supersede_each_other(registry: Registry) -> None:
    registry.issue([(paper("FIRST", key="", subject=None), b"")])
    registry.issue([(paper("SECOND", key="", subject=None), b"")])
    assert len(registry.current("consent-employee", "")) == 2


def test_an_id_is_issued_once_and_a_refused_batch_leaves_nothing(registry: Registry) -> None:
    registry.issue([(paper(), b"")])
    with pytest.raises(RegistryError, match="7F3K9QX2MD"):
        registry.issue([(paper("NEW"), b""), (paper(), b"")], [ANNA])
    assert list(registry.papers()) == [paper()]
    assert registry.people() == []


def test_papers_are_listed_by_day_whatever_the_portion(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "LISTED_AT_ONCE", 2)
    days = {"D": 3, "A": 2, "C": 1, "b": 1, "B": 1}
    registry.issue(
        [(paper(n, key=n, issued_on=date(2026, 9, day)), b"") for n, day in days.items()]
    )
    registry.issue([(paper("E", form="handover-act", key="5", subject=None), b"")])
    assert [each.id for each in registry.papers(subject="0042")] == ["B", "C", "b", "A", "D"]
    assert [each.id for each in registry.papers(form="handover-act")] == ["E"]


def test_a_later_sheet_adds_to_what_is_known_of_a_person(registry: Registry) -> None:
    registry.issue([], [ANNA, PersonRow("0007", "Дроздов Олег")])
    registry.issue([], [PersonRow("0042", "Лисина Анна Юрьевна", None, {"phone": "", "inn": "7"})])
    known = {"phone": "8 900 000-00-00", "inn": "7"}
    assert registry.people() == [
        PersonRow("0007", "Дроздов Олег"),
        PersonRow("0042", "Лисина Анна Юрьевна", "employee", known),
    ]


# Intake


def test_a_document_comes_back_as_it_was_found(registry: Registry) -> None:
    pages = page(number=1), page(number=2, problems=(), residual_mm=None)
    take_in(registry, *pages, documents=[document("doc-1", *pages)])
    assert registry.document("doc-1") == document("doc-1", *pages)
    assert list(registry.documents()) == [document("doc-1", *pages)]
    assert registry.documents_of_paper("7F3K9QX2MD") == [document("doc-1", *pages)]
    assert registry.document_of_scan("aa") == document("doc-1", *pages)
    assert registry.pages_of("doc-1") == pages
    assert registry.document("unknown") is None


def test_pictures_are_given_one_by_one_the_doubtful_print_first(registry: Registry) -> None:
    take_in(registry, page(), documents=[document("doc-1", page())])
    names = ("full_name", "address", "signature", "date", "alterations.1", "alterations.2")
    assert [registry.crop("doc-1", name) for name in names] == [b"2", b"3", b"4", b"5", b"6", b"7"]
    for wrong in ("surname", "alterations.3"):
        with pytest.raises(RegistryError, match=wrong):
            registry.crop("doc-1", wrong)
    with pytest.raises(RegistryError, match="doc-2"):
        registry.crop("doc-2", "address")


def test_nothing_of_a_file_is_seen_before_it_is_finished(registry: Registry) -> None:
    assert registry.begin_scan("aa", "inbox/aa.pdf") == "new"
    registry.add_page("aa", page())
    assert list(registry.documents()) == []
    assert registry.document_of_scan("aa") is None
    registry.finish_scan("aa", [document("doc-1", page())])
    assert registry.begin_scan("aa", "inbox/again.pdf") == "done"
    assert registry.document("doc-1") == document("doc-1", page())


def test_what_a_dead_run_left_is_thrown_away(url: str) -> None:
    with Registry.open(url) as dead:
        dead.begin_scan("aa", "inbox/aa.pdf")
        dead.add_page("aa", page(number=1))
        dead.begin_scan("bb", "inbox/bb.pdf")
    with Registry.open(url) as registry:
        assert registry.begin_scan("aa", "inbox/aa.pdf") == "again"
        registry.add_page("aa", page(number=1))
        assert registry.purge_unfinished() == 2
        assert registry.purge_unfinished() == 0
        with pytest.raises(RegistryError, match="another run"):
            registry.finish_scan("aa", [])


def test_a_claim_taken_over_by_another_run_is_lost(url: str) -> None:
    with Registry.open(url) as first, Registry.open(url) as second:
        first.begin_scan("aa", "inbox/aa.pdf")
        second.begin_scan("aa", "inbox/aa.pdf")
        with pytest.raises(RegistryError, match="another run"):
            first.add_page("aa", page())
        with pytest.raises(RegistryError, match="not begun"):
            first.add_page("bb", page("bb"))


def test_a_second_page_from_a_later_file_joins_its_document(registry: Registry) -> None:
    first, second = page("aa", 1), page("bb", 2)
    take_in(registry, first, documents=[document("doc-1", first)])
    at = registry.taken_in_at("doc-1")
    whole = document("doc-1", first, second, status="accepted", reasons=())
    take_in(registry, second, documents=[whole])
    assert list(registry.documents()) == [whole]
    assert registry.documents_of_scan("aa") == registry.documents_of_scan("bb") == [whole]
    assert registry.taken_in_at("doc-1") == at


def test_the_whole_document_may_judge_a_field_but_not_read_it_anew(registry: Registry) -> None:
    judged = light(page(problems=()))
    address = replace(judged.fields[2], status="match", expected="г. Ясный", value="г. Ясный")
    said = replace(judged, fields=(*judged.fields[:2], replace(address, read="слово")))
    take_in(registry, page(), documents=[document("doc-1", said)])
    assert registry.document("doc-1") == document(
        "doc-1", replace(judged, fields=(*judged.fields[:2], address))
    )
    assert registry.crop("doc-1", "address") == b"3"


def test_reading_a_file_again_replaces_its_pages_at_once(registry: Registry) -> None:
    old = page(number=1), page(number=2)
    take_in(registry, *old, documents=[document("doc-1", old[0]), document("doc-2", old[1])])
    new = page(number=1, turned=0)
    assert registry.begin_scan("aa", "inbox/aa.pdf", again=True) == "again"
    registry.add_page("aa", new)
    assert registry.pages_of("doc-1") == old[:1]
    registry.finish_scan("aa", [document("doc-1", new)])
    assert list(registry.documents()) == [document("doc-1", new)]
    assert registry.pages_of("doc-1") == (new,)


def test_a_document_cannot_lose_a_page_behind_its_back(registry: Registry) -> None:
    first, second = page("aa", 1), page("bb", 2)
    take_in(registry, first, documents=[document("doc-1", first)])
    take_in(registry, second, documents=[document("doc-1", first, second)])
    with pytest.raises(RegistryError, match="doc-1"):
        take_in(registry, second, documents=[document("doc-2", second)])
    with pytest.raises(RegistryError, match="never read"):
        take_in(registry, page("cc"), documents=[document("doc-3", page("cc"), page("dd"))])
    assert list(registry.documents()) == [document("doc-1", first, second)]


def test_a_file_that_cannot_be_read_is_known_the_next_time(registry: Registry) -> None:
    refused = document("doc-ee", status="rejected", reasons=("encrypted",), paper=None, blanks=())
    registry.begin_scan("ee", "inbox/locked.pdf")
    registry.add_page("ee", page("ee"))
    registry.reject_scan("ee", "inbox/locked.pdf", refused)
    registry.reject_scan("ff", "inbox/empty.pdf", replace(refused, id="doc-ff"))
    assert registry.begin_scan("ee", "inbox/locked.pdf") == "done"
    assert registry.document_of_scan("ee") == refused
    at = registry.taken_in_at("doc-ee")
    registry.reject_scan("ee", "inbox/moved.pdf", refused)
    assert registry.taken_in_at("doc-ee") == at
    take_in(registry, page("ee"), documents=[document("doc-1", page("ee"))])
    assert [found.id for found in registry.documents()] == ["doc-ff", "doc-1"]


def test_documents_are_listed_in_the_order_taken_in_while_they_are_settled(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "LISTED_AT_ONCE", 2)
    for number, sha256 in enumerate(("cc", "aa", "bb")):
        pages = page(sha256, 1), page(sha256, 2)
        found = [
            document(f"doc-{sha256}-{seen.source_page}", seen, subject=str(number))
            for seen in pages
        ]
        take_in(registry, *pages, documents=found[::-1])
    order = ["doc-cc-1", "doc-cc-2", "doc-aa-1", "doc-aa-2", "doc-bb-1", "doc-bb-2"]
    seen_ids = []
    for each in registry.documents(status="review"):
        registry.settle([Settlement(each.id, "accept", "clerk", "2026-09-15")], "accepted")
        seen_ids.append(each.id)
    assert seen_ids == order
    assert [each.id for each in registry.documents(status="accepted")] == order
    assert [each.id for each in registry.documents(subject="1")] == order[2:4]
    assert list(registry.documents(form="handover-act")) == []


# Review


def test_settlements_are_added_and_never_touch_what_was_read(registry: Registry) -> None:
    take_in(registry, page(), documents=[document("doc-1", page())])
    said = [
        Settlement("doc-1", "set", "clerk", "2026-09-15T08:00:00+00:00", "full_name", "Ёлкина"),
        Settlement("doc-1", "accept", "clerk", "2026-09-15T08:00:01+00:00", why="паспорт сверен"),
    ]
    registry.settle(said[:1], None)
    assert registry.document("doc-1") == document("doc-1", page())
    registry.settle(said[1:], "accepted")
    assert registry.document("doc-1") == document("doc-1", page(), status="accepted")
    assert registry.settlements("doc-1") == said
    with pytest.raises(RegistryError, match="doc-2"):
        registry.settle([said[0], replace(said[0], document="doc-2")], "rejected")
    assert registry.settlements("doc-1") == said


# Opening


def test_the_secret_is_made_once(url: str) -> None:
    with Registry.open(url) as first, Registry.open(url) as second:
        assert len(first.secret()) == 32
        assert first.secret() == second.secret()


def test_a_worker_reads_and_cannot_write(url: str) -> None:
    with pytest.raises(RegistryError):
        Registry.open_reading(url)
    with Registry.open(url) as registry:
        registry.issue([(paper(), b"sheet")])
        with Registry.open_reading(url) as worker:
            assert worker.paper("7F3K9QX2MD") == paper()
            with pytest.raises(RegistryError, match="reading only"):
                worker.begin_scan("aa", "inbox/aa.pdf")


def test_the_migrations_give_just_these_tables(url: str) -> None:
    Registry.open(url).close()
    engine = database.connect(url, create=False)
    with engine.connect() as db:
        context = MigrationContext.configure(
            db, opts={"version_table": database.VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, tables.metadata) == []
        assert context.get_current_revision() == tables.REVISION == migrations.newest()
    engine.dispose()


def test_a_registry_of_a_newer_program_is_left_alone(url: str) -> None:
    Registry.open(url).close()
    engine = database.connect(url, create=False)
    with database.writing(engine) as db:
        db.execute(sa.text(f"UPDATE {database.VERSION_TABLE} SET version_num = '9999'"))
    engine.dispose()
    for opener in (Registry.open, Registry.open_reading):
        with pytest.raises(RegistryError, match="newer Paperloop"):
            opener(url)


@needs_modes
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_new_file_is_its_owner_s_alone(url: str, tmp_path: Path) -> None:
    with Registry.open(url):
        modes = {path.name: path.stat().st_mode for path in (tmp_path / "output").iterdir()}
    assert "registry.db" in modes
    assert {stat.S_IMODE(mode) for mode in modes.values()} == {0o600}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("output/registry.db", "cannot be understood"),
        ("mysql://clerk:hunter2@localhost/office", "cannot live in mysql"),
        ("postgresql://clerk:hunter2@127.0.0.1:1/office", "connection"),
        ("postgresql://clerk@127.0.0.1:1/office?password=hunter2", "connection"),
        ("postgresql://clerk:sec@hunter2@127.0.0.1:1/office", "cannot be understood.*%40"),
        ("sqlite:///{folder}", "no registry here"),
        ("sqlite:///{folder}/notes.txt", "not a database"),
        ("sqlite:///{folder}/notes.txt/registry.db", "cannot be made"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_line(tmp_path: Path, address: str, said: str) -> None:
    (tmp_path / "notes.txt").write_text("Купить бумагу. " * 500, encoding="utf-8")
    with pytest.raises(RegistryError, match=said) as caught:
        Registry.open(address.format(folder=tmp_path.as_posix()))
    assert len(str(caught.value).splitlines()) == 1
    assert "hunter2" not in str(caught.value)


def test_a_database_that_lacks_letters_is_refused(server: Server) -> None:
    with pytest.raises(RegistryError, match=r"SQL_ASCII.*--encoding=UTF8"):
        Registry.open(server.database("SQL_ASCII"))


# Two programs at once, and one that dies


def test_two_workspaces_on_one_registry_write_one_after_the_other(server: Server) -> None:
    """Each sweeps away what dead runs began, and had taken a living one's files for that."""

    class Waits(Exception):  # noqa: N818
        pass

    def waits() -> None:
        raise Waits

    address = server.database()
    with Registry.open(address) as one, Registry.open(address) as other:
        with one.alone(waits), pytest.raises(Waits), other.alone(waits):
            pass
        with other.alone(waits):
            pass


def test_a_writer_that_waits_too_long_says_so_and_readers_do_not_wait(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Registry.open(url) as registry:
        registry.issue([(paper(), b"")])
        monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
        other = database.connect(url, create=False)
        with Registry.open_reading(url) as reader, database.writing(other):
            assert reader.paper("7F3K9QX2MD") == paper()
            with pytest.raises(RegistryError, match="too long"), Registry.open(url) as late:
                late.purge_unfinished()
        other.dispose()


@needs_fork
def test_programs_that_open_and_write_at_once_wait_for_each_other(url: str) -> None:
    names = ("aa", "bb", "cc")

    def intake(sha256: str) -> None:
        with Registry.open(url) as registry:
            pages = [page(sha256, number) for number in range(1, 9)]
            take_in(registry, *pages, documents=[document(f"doc-{sha256}", *pages)])

    children = [fork(lambda name=name: intake(name)) for name in names]  # type: ignore[misc]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    with Registry.open(url) as registry:
        assert {found.id: len(found.pages) for found in registry.documents()} == {
            f"doc-{name}": 8 for name in names
        }


@needs_fork
def test_a_program_killed_anywhere_leaves_a_whole_fact_or_none(url: str) -> None:
    """Killed before its nth word to the database, for n over the whole job, then run again."""
    undisturbed = []
    with Registry.open(url) as registry:
        undisturbed.append(state(registry))
        undisturbed += [state(registry) for _fact in a_day_s_work(registry)]
    assert all(before != after for before, after in pairwise(undisturbed))

    for n in count(1, step=6):
        wipe(url)
        _pid, status = os.waitpid(fork(lambda n=n: doomed(url, n)), 0)  # type: ignore[misc]
        if status == 0:
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
        with Registry.open(url) as registry:
            registry.purge_unfinished()
            assert state(registry) in undisturbed
            assert unfinished_rows(url) == 0
            for _fact in a_day_s_work(registry):
                pass
            assert state(registry) == undisturbed[-1]
    assert n > 100  # it was killed often enough


def a_day_s_work(registry: Registry) -> Iterator[None]:
    """Issue, issue again, take in three files, settle; what is done already is not repeated."""
    for papers in ([paper("FIRST"), paper("OTHER", key="7")], [paper("SECOND")]):
        if registry.paper(papers[0].id) is None:
            registry.issue([(each, each.id.encode()) for each in papers], [ANNA])
            yield
    one, two, again = page("aa", 1), page("bb", 2), page("aa", 1, turned=0)
    files = [([one], [one]), ([two], [one, two])]
    for pages, whole in files:
        if registry.begin_scan(pages[0].sha256, pages[0].source) != "done":
            for seen in pages:
                registry.add_page(seen.sha256, seen)
            registry.finish_scan(pages[0].sha256, [document("doc-1", *whole)])
            yield
    if registry.pages_of("doc-1")[0] != again:
        take_in(registry, again, documents=[document("doc-1", again, two)])
        yield
    if not registry.settlements("doc-1"):
        registry.settle([Settlement("doc-1", "accept", "clerk", "2026-09-15")], "accepted")
        yield


def state(registry: Registry) -> object:
    """Everything that a user can get out of the registry, but for times."""
    found = list(registry.documents())
    return (
        [(each, registry.pdf_of(each.id)) for each in registry.papers()],
        registry.people(),
        [(each, registry.pages_of(each.id), registry.settlements(each.id)) for each in found],
    )


def unfinished_rows(url: str) -> int:
    """How many pages and readings no finished file owns."""
    engine = database.connect(url, create=False)
    with database.looking(engine) as db:
        finished = sa.select(tables.page.c.id).join(tables.scan).where(tables.scan.c.finished)
        stray = sum(
            db.execute(
                sa.select(sa.func.count()).select_from(table).where(key.not_in(finished))
            ).scalar_one()
            for table, key in (
                (tables.page, tables.page.c.id),
                (tables.reading, tables.reading.c.page_id),
                (tables.mark, tables.mark.c.page_id),
            )
        )
    engine.dispose()
    return stray


def wipe(url: str) -> None:
    """Back to a registry that is not there."""
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite":
        for path in Path(str(address.database)).parent.iterdir():
            path.unlink()
        return
    engine = database.connect(url, create=False)
    with engine.begin() as db:
        db.execute(sa.text("DROP SCHEMA public CASCADE"))
        db.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()


def doomed(url: str, n: int) -> None:
    """The day's work in a process that kills itself before its nth statement or commit."""
    left = count(n, step=-1)

    def step(*_: object) -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.Engine, "before_cursor_execute", step)
    sa.event.listen(sa.Engine, "commit", step)
    with Registry.open(url) as registry:
        for _fact in a_day_s_work(registry):
            pass


def fork(job: Callable[[], None]) -> int:
    """Run the job in a child process; its exit status is 0 if all went well."""
    with warnings.catch_warnings():
        # Newer Pythons warn of threads, which pytest's workers have and the child does not use.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    try:
        job()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)
