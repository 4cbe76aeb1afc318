"""Dates written by hand: what is read for sure is right, and rules decide what it is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.forms import rules
from pipeline.forms.rules import Since
from pipeline.geometry import Box
from pipeline.language.wording import MONTHS
from pipeline.pages.page import DPI
from pipeline.pages.reading import HandMark, PageReading
from pipeline.papers.paper import Paper
from pipeline.pens import dates, script
from pipeline.records import reasons, record, verdict
from pipeline.records.record import Document
from tests import filing, scanning
from tests.bench import people
from tests.bench.dates import figure
from tests.scanning import Json, Office
from tests.simulator import HELD_OUT_HANDS, STYLES
from tests.simulator.dates import spell
from tests.simulator.dice import between, dice
from tests.simulator.pens import take_pen, write
from tests.simulator.signatures import sign

BOX = Box(0, 0, 45, 7)
SINCE = Since(date(2026, 9, 1), date(2026, 9, 14))
TODAY = date(2026, 11, 16)


def written(text: str, *names: object) -> NDArray[np.float32]:
    """A line of writing by a pen that the reader was not taught on."""
    rng = dice(11, text, *names)
    pen = take_pen(rng, HELD_OUT_HANDS)
    return np.asarray(write(text, between(rng, (3.4, 5.2)), pen, DPI, rng)[0], np.float32)


def test_figures_of_unknown_pens_are_read() -> None:
    right = [figure(written(str(n), turn))[0] == n for n in range(10) for turn in range(10)]
    assert np.mean(right) >= 0.8


def test_dates_of_unknown_pens_are_read_and_never_wrong_where_sure() -> None:
    right, sure, wrong = 0, 0, []
    for number in range(50):
        rng = dice(12, number)
        day = date(2020, 1, 1) + timedelta(days=int(rng.integers(3650)))
        text = spell(day, BOX, rng)
        for best in dates.read(written(text, number))[:1]:
            right += best.day == day
            sure += best.certainty >= dates.SURE
            if best.certainty >= dates.SURE and best.day != day:
                wrong.append((text, best))
    assert wrong == []
    assert right >= 25 and sure >= 5


def test_a_figure_over_another_is_seldom_sure() -> None:
    sure = 0
    for number in range(20):
        one, other = (written(f"1{figure}.10.2026", number) for figure in (4, 9))
        width = min(one.shape[1], other.shape[1])
        height = min(one.shape[0], other.shape[0])
        both = np.maximum(one[:height, :width], other[:height, :width])
        sure += any(guess.certainty >= dates.SURE for guess in dates.read(both))
    assert sure <= 2


def test_months_of_unknown_pens_are_read() -> None:
    seen = [
        (month, dates.read(written(f"12 {word} 2026", turn)))
        for turn in range(2)
        for month, word in enumerate(MONTHS, start=1)
    ]
    assert np.mean([bool(found) and found[0].day.month == month for month, found in seen]) >= 0.5


@pytest.mark.parametrize("style", STYLES)
def test_a_signature_is_no_date(style: str) -> None:
    for number in range(3):
        rng = dice(13, style, number)
        cover, _style = sign(Box(5, 5, 50, 15), take_pen(rng), DPI, rng, style)
        ink = np.pad(np.asarray(cover.mask, np.float32), 20)
        assert all(guess.certainty < dates.SURE for guess in dates.read(ink))


@pytest.mark.parametrize(
    "text", ["31.02.2026", "12.2026", "сентября", "13.13.2026", "1234567890", "августа августа"]
)
def test_what_is_no_day_is_never_sure(text: str) -> None:
    for turn in range(3):
        assert all(guess.certainty < dates.SURE for guess in dates.read(written(text, turn)))


def test_an_empty_blank_says_nothing() -> None:
    assert dates.read(np.zeros((60, 300), np.float32)) == ()


def test_every_column_is_shared_out() -> None:
    line = script.line(written("13.08.2026"))
    assert line is not None
    shares = np.exp(script.likelihoods(line))
    assert shares.shape == (line.shape[1] // script.STEP_PX, script.NOTHING + 1)
    assert shares.sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_a_stroke_through_a_rule_goes_on() -> None:
    ink = np.zeros((40, 30), np.float32)
    ink[5:35, 14:17] = 1
    printed = np.zeros(ink.shape, bool)
    printed[20:26] = True
    ink[20:26] = 1
    bared = script.bared(ink, printed)
    assert bared[20:26, 14:17].min() == 1
    assert bared[20:26, :13].max() == 0


def test_the_weights_are_small() -> None:
    assert script.WEIGHTS.stat().st_size < 300_000


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 9, 14), None),
        (TODAY, None),
        (TODAY + timedelta(days=1), "scan"),
        (date(2026, 9, 13), "issue"),
        (date(2026, 8, 31), "form"),
        (date(2015, 5, 11), "passport"),
        (date(1990, 5, 12), "birth"),
    ],
)
def test_rules_say_why_a_day_cannot_be_right(day: date, why: str | None) -> None:
    values = {"birth_date": "1990-05-12", "passport_issued_on": "2015-05-12"}
    assert rules.objection(day, values, SINCE, TODAY) == why


def seen(*days: str, certainty: float = 0.999, name: str = "date") -> HandMark:
    return HandMark(name, "date", True, 0.99, 1, BOX, b"", days, certainty)


def assembled(*marks: HandMark) -> Document:
    it: Paper = replace(filing.paper(), pages=1)
    page: PageReading = filing.page(it, hand=marks)
    return record.assemble("doc-X", it, [page], since=SINCE, today=TODAY)


def test_a_sure_and_plausible_day_is_the_records() -> None:
    document = assembled(seen("2026-09-20", "2026-09-26"))
    assert document.status == "accepted"
    assert verdict.of(document, []).signed_on == "2026-09-20"
    assert record.as_json(document)["hand"]["date"]["value"] == "2026-09-20"


def test_a_sure_day_that_cannot_be_right_goes_to_a_person_who_hears_why() -> None:
    document = assembled(seen("2026-09-02"))
    assert (document.status, document.reasons) == ("review", ("date-implausible",))
    assert verdict.of(document, []).signed_on is None
    (words,) = reasons.explained(document)
    assert "02.09.2026" in words and "before the paper was issued" in words


def test_a_doubtful_day_is_only_proposed_and_holds_nothing_up() -> None:
    document = assembled(seen("2020-09-20", "2026-09-20", certainty=0.6))
    assert document.status == "accepted"
    assert verdict.of(document, []).signed_on is None
    date_ = record.as_json(document)["hand"]["date"]
    # What can be right comes first; the certainty was that of the other day.
    assert (date_["read"], date_["value"], date_["certainty"]) == ("2026-09-20", None, 0.0)
    (words,) = reasons.proposed(document)
    assert "20.09.2026" in words


def test_nothing_is_taken_from_ink_that_a_person_must_look_at() -> None:
    document = assembled(replace(seen("2026-09-20"), present=None))
    assert document.reasons == ("date-missing",)
    assert verdict.of(document, []).signed_on is None


@pytest.mark.parametrize(
    ("said", "may_be"),
    [
        ("46.2оа6", True), ("16.ао26", True), ("/а6", True), ("6//6", True), ("16.77.26г.", True),
        ("46ноября2са6г.", True), ("16ноябряо26г.", True),
        ("0тка3", False), ("700м", False), ("нес0гласен", False), ("14е00ла040", False),
        ("см.060р07т", False), ("6е3да61", False), ("", False),
    ],
)  # fmt: skip
def test_figures_or_a_month_make_a_day_of_what_a_pen_wrote(
    said: str, may_be: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the reader spells dates by bad pens, and words."""
    monkeypatch.setattr(script, "said", lambda ink: said)
    assert dates.may_be_day(np.zeros((40, 200), np.float32)) is may_be


def test_a_date_that_the_text_speaks_of_may_be_older_than_the_paper() -> None:
    document = assembled(seen("2024-03-01", name="consent_date"), seen(name="date"))
    assert document.status == "accepted"
    assert verdict.of(document, []).signed_on is None
    assert verdict.of(document, []).values["consent_date"] == "2024-03-01"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, list[Json]]:
    office = scanning.open_office(tmp_path_factory.mktemp("dates") / "office")
    return office, scanning.issue(office, people.hires(3, 51)[:3], "non-disclosure-pledge")


def test_dates_are_read_from_scans(office: tuple[Office, list[Json]], tmp_path: Path) -> None:
    """One dated on its day, one long before it was issued."""
    here, papers = office[0].copy_to(tmp_path / "office"), office[1]
    texts = (f"{scanning.DAY:%d.%m.%Y}", "14.10.2020")
    for number, (paper, text) in enumerate(zip(papers, texts, strict=False)):
        marks = {paper["paper"]: {"signature": "sign", "date": f"date:{text}"}}
        here.scan([paper], str(number), marks=marks, seed=4)
    said = {document["paper"]: document for document in here.take_in()}
    good, old = (said[paper["paper"]] for paper in papers[:2])
    assert (good["status"], good["reasons"]) == ("accepted", [])
    assert good["hand"]["date"]["value"] == scanning.DAY.isoformat()
    assert (old["status"], old["reasons"]) == ("review", ["date-implausible"])
    assert (old["hand"]["date"]["read"], old["hand"]["date"]["value"]) == ("2020-10-14", None)
    assert {r["signed_on"] for r in here("records", "--all").lines()} == {
        scanning.DAY.isoformat(),
        None,
    }
    assert "14.10.2020" in here("review").err
