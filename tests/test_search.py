"""Documents found again: declined words, names old and new, numbers, and what must not be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline import settings
from pipeline.language import lemmas
from pipeline.papers import marks
from pipeline.records.binding import Event
from pipeline.records.record import Settlement
from pipeline.registry import PersonRow, Question, Registry, cards, database, tables
from tests import filing
from tests.conftest import Said
from tests.postgres import Server

Paperloop = Callable[..., Said]
DAY = ("--today", "2026-09-14")
AT = "2026-09-10T08:00:00.000000+00:00"
QUEEN = PersonRow(
    "0007", "Королёва Ирина Игоревна", "municipal-servant", {"department": "Отдел кадров"}
)
IVANOV = PersonRow(
    "0011", "Иванов Иван Иванович", "employee", {"department": "Отдел бухгалтерского учёта"}
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, workspace: Path) -> str:
    """The address of the workspace's registry, which is not there yet."""
    if request.param == "sqlite":
        return filing.of(workspace).registry_url
    running: Server = request.getfixturevalue("server")
    return running.database()


@pytest.fixture
def registry(url: str, paperloop: Paperloop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """Three people; a paper that came back, one that waits, one rejected, and what was ticked."""
    monkeypatch.setenv(settings.REGISTRY_VARIABLE, url)
    with Registry.open(url) as opened:
        came = filing.paper()
        waits = about(QUEEN, "non-disclosure-pledge")
        refused = about(IVANOV, "consent-employee")
        filing.issue(opened, came, waits, refused, people=(filing.ANNA, QUEEN, IVANOV))
        filing.comes_back(opened, came)
        filing.comes_back(opened, waits, "signature-missing", fields=said(QUEEN))
        filing.comes_back(opened, refused, status="rejected", fields=said(IVANOV))
        enter(
            opened, "0007", "awards", title="Приказы о награждении", index="12-к", day="2019-03-02"
        )
        enter(opened, "0007", "secrets-access", title="Приказ о допуске", secret=True)
        enter(opened, "0011", "passport", index="45 08 123456", place="шкаф 3")
        yield opened


def about(person: PersonRow, form: str) -> Any:
    printed = {"full_name": person.full_name, "signature": "", "date": ""}
    return filing.paper(
        form, key=person.subject, subject=person.subject, fields=printed, values=printed
    )


def said(person: PersonRow, *more: Any) -> tuple[Any, ...]:
    return (filing.field(said=person.full_name), *more)


def enter(registry: Registry, subject: str, item: str, **about: Any) -> Event:
    return registry.enter(Event(subject, "add", "Irina", AT, item=item, sheets=1, **about))


@pytest.fixture
def found(registry: Registry, paperloop: Paperloop) -> Callable[..., list[str]]:
    """What a search finds: whose, and of what kind, in alphabetical order."""

    def call(*arguments: str) -> list[str]:
        answer = paperloop("search", *arguments, "--json", *DAY)
        assert answer.code == 0, answer.err
        return sorted(f"{hit['subject']} {hit['kind']}" for hit in answer.lines())

    return call


Found = Callable[..., list[str]]


@pytest.mark.parametrize("words", ["приказ", "ПРИКАЗАМИ", "приказ о награждениях", "награждение"])
def test_words_are_found_in_any_form(found: Found, words: str) -> None:
    assert found(words) == ["0007 awards"]


@pytest.mark.parametrize("name", ["Королева", "Королёвой", "королеву Ирину", "Королева И.И."])
def test_a_name_is_found_declined_and_with_either_letter(found: Found, name: str) -> None:
    assert found(name) == found("--person", name) == ["0007 awards", "0007 non-disclosure-pledge"]


@pytest.mark.parametrize(
    "name", ["Иванов И.И.", "И. И. Иванов", "иванов иван", "иванов и.и.", "Иванов И.", "0011"]
)
def test_initials_stand_for_the_names(found: Found, name: str) -> None:
    assert found("--person", name) == found(name) == ["0011 passport"]


@pytest.mark.parametrize("name", ["Иванов П.П.", "Иванов Пётр", "И.П. Иванов", "011"])
def test_other_names_are_not_found(found: Found, name: str) -> None:
    assert found("--person", name) == found(name) == []


def test_either_letter_will_do_in_a_word_that_no_dictionary_has() -> None:
    (clue,) = lemmas.asked("Зюзёвкиной")
    assert lemmas.meets(lemmas.of("Зюзевкина"), clue)
    (clue,) = lemmas.asked("зюзевкин-ерш")[1:]
    assert lemmas.meets(lemmas.of("ЁРШ"), clue)


def test_a_form_that_is_gone_is_found_by_its_name(registry: Registry, found: Found) -> None:
    it = about(IVANOV, "consent-of-old")
    filing.issue(registry, it, people=())
    filing.comes_back(registry, it, fields=said(IVANOV))
    assert found("--kind", "consent-of-old") == ["0011 consent-of-old"]


def test_a_first_name_is_not_a_surname() -> None:
    (clue,) = lemmas.asked("Сергеев")
    assert lemmas.meets(lemmas.of_name("Сергеев Пётр Ильич"), clue)
    (part, surname) = lemmas.asked("Д'Артаньян")
    assert all(lemmas.meets(lemmas.of_name("Д’Артаньян Шарль"), one) for one in (part, surname))
    assert not lemmas.meets(lemmas.of_name("Белов Сергей Ильич"), clue)


def test_a_surname_that_changed_finds_old_and_new_papers(registry: Registry, found: Found) -> None:
    married = replace(QUEEN, full_name="Бессонова Ирина Игоревна")
    later = about(married, "consent-municipal")
    filing.issue(registry, later, people=(married,))
    filing.comes_back(registry, later, fields=said(married))
    enter(registry, "0007", "education", title="Диплом")
    everything = [
        "0007 awards",
        "0007 consent-municipal",
        "0007 education",
        "0007 non-disclosure-pledge",
    ]
    for name in ("Королева", "Бессонова"):
        assert found("--person", name) == found(name) == everything


@pytest.mark.parametrize(
    ("kind", "kinds"),
    [
        ("awards", ["0007 awards"]),
        ("обязательство о неразглашении", ["0007 non-disclosure-pledge"]),
        ("согласия на обработку", ["0042 consent-employee"]),
        ("pledge", ["0007 non-disclosure-pledge"]),
    ],
)
def test_a_kind_is_its_name_or_words_of_its_title(
    found: Found, kind: str, kinds: list[str]
) -> None:
    assert found("--kind", kind) == kinds
    assert set(kinds) <= set(found(kind))


def test_a_kind_that_there_is_not_is_named(registry: Registry, paperloop: Paperloop) -> None:
    said = paperloop("search", "--kind", "накладная", *DAY)
    assert said.code == 2
    assert "накладная" in said.err


def test_a_period_is_that_of_the_document_or_of_its_coming(found: Found) -> None:
    assert found("--from", "01.03.2019", "--until", "2019-03-31") == ["0007 awards"]
    assert found("--from", "2026-09-10", "--until", "2026-09-10") == [
        "0007 awards",
        "0011 passport",
    ]
    assert found("--until", "2019-03-01") == []


def test_a_department_is_found_by_its_words(found: Found, paperloop: Paperloop) -> None:
    assert found("--department", "бухгалтерский учет") == ["0011 passport"]
    assert found("--department", "отдел", "--kind", "passport") == ["0011 passport"]
    said = paperloop("search", "--department", "склад", *DAY)
    assert said.code == 2
    assert "Отдел кадров" in said.err


@pytest.mark.parametrize("number", ["4508123456", "45 08 123456", "4508 123456", "№ 45-08-123456"])
def test_a_number_is_found_with_spaces_and_without(found: Found, number: str) -> None:
    assert found(number) == ["0011 passport"]


def test_numbers_are_found_exactly(registry: Registry, found: Found) -> None:
    for number in ("12-К", "12-k", "12-к"):  # a paper's id may hold it, too
        assert "0007 awards" in found(number)
    assert found("0801") == found("450812345") == []
    (paper,) = registry.papers(subject="0042")
    assert found(paper.id) == found(marks.printed(paper.id)) == ["0042 consent-employee"]
    assert found("12 мая 1990") == found("12.05.1990") == found("1990-05-12") != []


def test_an_id_without_a_figure_is_found(registry: Registry, found: Found) -> None:
    it = replace(about(IVANOV, "consent-employee"), id="SEZWRAEFJX")
    filing.issue(registry, it, people=())
    filing.comes_back(registry, it, fields=said(IVANOV))
    for asked in (it.id, marks.printed(it.id), it.id.lower()):
        assert found(asked) == ["0011 consent-employee"]


def test_series_and_number_of_a_passport_are_one(registry: Registry, found: Found) -> None:
    it = about(IVANOV, "consent-employee")
    parts = (filing.field("passport_series", "4511"), filing.field("passport_number", "654321"))
    filing.issue(registry, it, people=())
    filing.comes_back(registry, it, fields=said(IVANOV, *parts))
    assert found("4511654321") == found("45 11 654321") == ["0011 consent-employee"]


def test_a_secret_document_is_never_found(registry: Registry, found: Found) -> None:
    for asked in (["допуск"], ["--kind", "secrets-access"], ["--person", "0007"]):
        assert "0007 secrets-access" not in found(*asked, "--rejected")


def test_rejected_documents_are_found_on_request(found: Found) -> None:
    asked = ("--person", "Иванов", "--kind", "consent-employee")
    assert found(*asked) == []
    assert found(*asked, "--rejected") == ["0011 consent-employee"]


def test_what_a_person_decides_is_found_at_once(registry: Registry, found: Found) -> None:
    (document,) = registry.documents(subject="0007")
    address = Settlement(document.id, "set", "Irina", AT, "address", "пос. Заречный")
    registry.settle([address, Settlement(document.id, "reject", "Irina", AT, why="чужая")], None)
    assert found("заречному") == ["0007 non-disclosure-pledge"]
    registry.settle([Settlement(document.id, "reject", "Irina", AT, why="чужая")], "rejected")
    assert found("заречному") == []


def test_what_is_read_anew_is_found_by_what_it_says_now(registry: Registry, found: Found) -> None:
    it = about(IVANOV, "consent-municipal")
    filing.issue(registry, it, people=())
    filing.comes_back(registry, it, fields=(filing.field("address", "г. Ясный"),))
    assert found("Ясный") == ["0011 consent-municipal"]
    filing.comes_back(registry, it, fields=(filing.field("address", "г. Тихий"),))
    assert (found("Ясный"), found("Тихий")) == ([], ["0011 consent-municipal"])


def test_a_hit_says_where_it_is_and_what_matched(registry: Registry, paperloop: Paperloop) -> None:
    number = registry.events("0011")[-1].entry
    (hit,) = paperloop("search", "123456", "--json", *DAY).lines()
    assert hit["file"] == {
        "number": 1, "volume": 1, "sheets": "1", "place": "шкаф 3", "gone": False
    }  # fmt: skip
    assert (hit["document"], hit["subject"]) == (number, "0011")
    assert (hit["full_name"], hit["status"]) == ("Иванов Иван Иванович", "entered")
    assert (hit["date"], hit["came_in"]) == ("2026-09-10", "2026-09-10")
    assert hit["snippet"] == "45 08 123456"
    registry.enter(Event("0011", "remove", "Irina", AT, target=number, why="взят"))
    (hit,) = paperloop("search", "123456", "--json", *DAY).lines()
    assert hit["file"]["gone"]
    (hit,) = paperloop("search", "--kind", "non-disclosure-pledge", "--json", *DAY).lines()
    assert (hit["status"], hit["file"]) == ("review", None)


def test_the_newest_come_first_and_there_may_be_more(
    registry: Registry, paperloop: Paperloop
) -> None:
    for year in (2011, 2013, 2012):
        enter(registry, "0011", "awards", title="Грамота", day=f"{year}-01-01")
    said = paperloop("search", "грамота", "--limit", "2", "--json", *DAY)
    assert [hit["date"] for hit in said.lines()] == ["2013-01-01", "2012-01-01"]
    assert "there are more" in said.err
    assert "there are more" not in paperloop("search", "грамота", "--limit", "3", *DAY).err


@pytest.mark.parametrize(
    "odd",
    ['"', "*", "' OR 1=1 --", "NEAR(приказ)", "приказ\x00\x07", "key:приказ", "%", "_"],
)
def test_odd_words_do_no_harm(registry: Registry, paperloop: Paperloop, odd: str) -> None:
    for option in ([], ["--person"], ["--kind"], ["--department"]):
        said = paperloop("search", *option, "--", odd) if not option else paperloop(
            "search", *option, odd
        )  # fmt: skip
        assert said.code in (0, 2)
    assert len(list(registry.documents())) == 3


def test_a_very_long_question_is_answered_or_refused(
    registry: Registry, paperloop: Paperloop
) -> None:
    assert paperloop("search", "щ" * 100_000).code == 0
    assert paperloop("search", " ".join(f"слово{n}х" for n in range(5000))).code == 2
    assert paperloop("search", "1 " * 20_000).code in (0, 2)
    assert paperloop("search").code == 2


def test_an_older_registry_is_indexed_when_it_is_opened(registry: Registry, url: str) -> None:
    """What a search finds does not hang on when the documents came in."""

    def everything(opened: Registry) -> list[tuple[Any, ...]]:
        asked = [lemmas.asked(words) for words in ("приказ", "королева", "123456", "согласие")]
        hits = [opened.find(Question(), 99), *(opened.find(Question(person=a), 99) for a in asked)]
        return [(hit.document, hit.day, hit.text) for one in hits for hit in one]

    before = everything(registry)
    engine = database.connect(url, create=False)
    with database.writing(engine) as db:
        db.execute(sa.schema.DropTable(tables.key))
        db.execute(sa.schema.DropTable(tables.card))
        for later in (
            tables.page.c.content, tables.document.c.came_on, tables.settlement.c.on,
            tables.event.c.on, tables.mark.c.original, tables.alteration.c.looks_like,
        ):  # fmt: skip
            column = engine.dialect.identifier_preparer.format_column(later)
            db.execute(sa.text(f"ALTER TABLE {later.table.name} DROP COLUMN {column}"))
        db.execute(sa.text(f"UPDATE {database.VERSION_TABLE} SET version_num = '0004'"))
        db.execute(tables.meta.delete().where(tables.meta.c.name == "cards"))
    engine.dispose()
    with Registry.open(url) as opened:
        assert everything(opened) == before


def test_an_act_that_fails_leaves_no_card(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(cards, "enter", fail)
    with pytest.raises(RuntimeError):
        enter(registry, "0011", "awards", title="Грамота")
    assert [event.item for event in registry.events("0011")] == ["passport"]


def test_a_number_that_could_be_a_day_stays_a_number(registry: Registry, found: Found) -> None:
    it = about(IVANOV, "consent-employee")
    filing.issue(registry, it, people=())
    filing.comes_back(registry, it, fields=(filing.field("inn", "20260914"),))
    assert found("20260914") == ["0011 consent-employee"]
