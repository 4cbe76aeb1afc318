"""Documents of files at other organisations: on what ground they go, and that they come back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import RegistryError
from pipeline.flow import generate
from pipeline.forms import form as forms
from pipeline.pages.reading import HandMark
from pipeline.papers import layout
from pipeline.papers.paper import Paper
from pipeline.records import handover
from pipeline.records.binding import Event
from pipeline.registry import Registry
from tests import filing
from tests.conftest import Said
from tests.test_file import SERVANT, shown, text_of, tick

Paperloop = Callable[..., Said]
DAY = ("--today", "2026-09-14")
LATER = ("--today", "2026-10-02")
TO, PURPOSE = "САО «Рысь»", "оформления полиса добровольного медицинского страхования"
LAW = "статья 22 Федерального закона от 17.01.1992 № 2202-1"
RECIPIENT = {"third_party_dative": "страховому акционерному обществу «Рысь»"}
NAMED = {**RECIPIENT, "purpose": "оформление полиса добровольного медицинского страхования"}


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Papers are entered without LibreOffice; the wishes that would be printed."""
    wishes: list[Any] = []
    monkeypatch.setattr(generate, "issue", filing.unprinted(SERVANT, wishes))
    return wishes


def consent(
    registry: Registry,
    says: Mapping[str, str] = NAMED,
    form: str = "consent-transfer",
    **how: Any,
) -> str:
    """A consent in the file; the document that brought it."""
    it = filing.paper(form, pages=1, fields=says, values=says, copy=how.pop("copy", 1))
    filing.issue(registry, it, people=(SERVANT,))
    return filing.comes_back(registry, it, **how)


@pytest.fixture
def file(registry: Registry, paperloop: Paperloop, printed: list[Any]) -> str:
    """A file with a consent (1), a passport (2) and a diploma (3); the consent's document."""
    document = consent(registry)
    tick(paperloop, "passport", "--index", "45 08 123456", "--sheets", "2")
    tick(paperloop, "education", "--index", "107718 0012345")
    return document


def dated(day: str) -> tuple[HandMark, ...]:
    """The marks of a paper that was signed and dated so."""
    return (
        HandMark("signature", "signature", True, 0.99, 1, filing.BOX, filing.PNG),
        HandMark("date", "date", True, 0.99, 1, filing.BOX, filing.PNG, value=day),
    )


def hand(paperloop: Paperloop, *more: str, to: str = TO, purpose: str = PURPOSE) -> Said:
    return paperloop("handover", "issue", "0042", "--to", to, "--purpose", purpose, "--until",
                     "2026-10-01", "--by", "Irina", "--json", *DAY, *more)  # fmt: skip


def out(paperloop: Paperloop, *more: str) -> dict[int, bool]:
    """What the list says: number in the file, and whether it is out."""
    said = paperloop("handover", "list", "--json", *DAY, *more)
    assert said.code == 0, said.err
    return {one["number"]: one["out"] for one in said.lines()}


def terms(paperloop: Paperloop, *more: str) -> list[tuple[str, bool]]:
    said = paperloop("due", "--json", *more)
    return [(it["day"], it["overdue"]) for it in said.lines() if it["term"].startswith("act:")]


def test_what_goes_is_listed_reminded_of_and_taken_back_one_by_one(
    file: str, paperloop: Paperloop, printed: list[Any]
) -> None:
    before = shown(paperloop)
    said = hand(paperloop, "--consent", file, "--document", "2", "--document", "3")
    assert said.code == 0, said.err
    (answer,) = said.lines()
    assert (answer["act"], answer["documents"], answer["sheets"]) == ("0042/1", 2, 3)
    assert answer["ground"] == {"consent": file}
    words = printed[-1].filled.printed
    assert words["items.1.name"].startswith("Копия паспорта № 45 08 123456")
    assert "листы 2–3" in words["items.1.name"]
    assert words["items.2.quantity"] == "1"

    after = shown(paperloop)
    assert [row["out"] for row in after["rows"]] == [False, True, True]
    assert "выдан до 01.10.2026: САО «Рысь»" in after["rows"][1]["note"]
    assert (after["documents"], after["sheets"]) == (before["documents"], before["sheets"])

    assert terms(paperloop, *DAY) == [("2026-10-01", False)]
    assert terms(paperloop, *LATER) == [("2026-10-01", True)]
    assert "САО «Рысь»" in paperloop("file", "check", *LATER).err
    assert paperloop("handover", "return", "0042", "--document", "2", "--by", "Oleg").code == 0
    assert out(paperloop) == {2: False, 3: True}
    assert terms(paperloop, *DAY) == [("2026-10-01", False)]  # one is still out
    again = paperloop("handover", "return", "0042/1", "--document", "2", "--json")
    assert (again.code, again.out) == (3, "") and "is back already" in again.err
    assert paperloop("handover", "return", answer["paper"]).code == 0
    assert out(paperloop) == {2: False, 3: False}
    assert terms(paperloop, *LATER) == []
    assert not any(row["out"] for row in shown(paperloop)["rows"])
    assert paperloop("handover", "return", "0042/1").code == 3  # nothing is out


def test_a_consent_of_a_day_ahead_lets_nothing_go(
    registry: Registry, paperloop: Paperloop, printed: list[Any]
) -> None:
    document = consent(registry, hand=dated("2026-09-15"))
    tick(paperloop, "passport")
    said = hand(paperloop, "--consent", document, "--document", "2")
    assert (said.code, "15.09.2026, which lies ahead" in said.err) == (3, True), said.err


def test_nothing_comes_back_before_it_went(
    file: str, paperloop: Paperloop, printed: list[Any]
) -> None:
    assert hand(paperloop, "--consent", file, "--document", "2").code == 0
    said = paperloop("handover", "return", "0042", "--today", "2026-09-13")
    assert (said.code, "14.09.2026" in said.err) == (3, True)
    assert out(paperloop) == {2: True}


def test_the_inventory_stays_right_while_a_document_is_out(
    file: str, paperloop: Paperloop, registry: Registry, workspace: Path
) -> None:
    from pipeline.personnel import dossier, inventory

    def listed() -> dict[str, Any]:
        (one,) = dossier.read(registry, filing.of(workspace), ["0042"])
        return inventory.data(inventory.of(one), 1)

    before = listed()
    assert hand(paperloop, "--consent", file, "--document", "2").code == 0
    assert listed() == before


def test_what_is_out_neither_goes_again_nor_leaves_the_file(
    file: str, paperloop: Paperloop
) -> None:
    assert hand(paperloop, "--consent", file, "--document", "2").code == 0
    for more in (("--consent", file), ("--law", LAW)):
        said = hand(paperloop, *more, "--document", "3", "--document", "2")
        assert (said.code, "handed over already" in said.err) == (3, True), said.err
    assert out(paperloop) == {2: True}  # nothing half done
    said = paperloop("file", "remove", "0042", "2", "--why", "x")
    assert (said.code, "handover return" in said.err) == (2, True)
    said = paperloop("file", "replace", "0042", "2", "--item", "passport", "--why", "x")
    assert said.code == 2
    said = paperloop("file", "transfer", "0042", "--to", "район", "--ground", "перевод")
    assert (said.code, "handed over" in said.err) == (3, True)


def test_after_it_came_back_it_may_go_again_under_an_act_of_its_own(
    file: str, paperloop: Paperloop
) -> None:
    for act in ("0042/1", "0042/2"):
        (answer,) = hand(paperloop, "--consent", file, "--document", "2").lines()
        assert answer["act"] == act
        assert paperloop("handover", "return", act).code == 0
    assert len(paperloop("handover", "list", "0042", "--json").lines()) == 2


def test_the_law_stands_for_a_consent(file: str, paperloop: Paperloop, printed: list[Any]) -> None:
    said = hand(paperloop, "--law", LAW, "--document", "2", to="прокуратура района",
                purpose="проведения проверки")  # fmt: skip
    assert said.lines()[0]["ground"] == {"law": LAW}
    words = printed[-1].filled.printed
    assert (words["basis"], words["basis_date"], words["basis_number"]) == (
        "статьи 22 Федерального закона",
        "«17»\xa0января\xa01992",
        "2202-1",
    )
    assert words["handed_by"] == ""  # a pen knows
    assert words["handed"] == "Передал"


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        ((), 2, "--consent"),
        (("--consent", "1", "--law", LAW), 2, "--consent"),
        (("--consent", "doc-none"), 3, "no such document"),
        (("--consent", "2"), 3, "not issued here"),
        (("--consent", "1", "--document", "9"), 2, "no document"),
        (("--consent", "1", "--until", "2026-09-13"), 3, "lies behind"),
        (("--consent", "1", "--act", "0042"), 3, "person's number"),
        (("--consent", "1", "--to", "САО «Волк»"), 3, "another recipient"),
        (("--consent", "1", "--to", "«Рысь»"), 3, "another recipient"),
        (("--consent", "1", "--purpose", "проверки бухгалтерии"), 3, "this purpose"),
        (("--consent", "1", "--purpose", "страхования"), 3, "this purpose"),
        (("--consent", "1", "--to", "a\x07b"), 3, ""),
        (("--law", "x"), 3, "names no law"),
    ],
)
def test_without_a_ground_that_covers_it_nothing_goes(
    more: tuple[str, ...], code: int, told: str, file: str, paperloop: Paperloop,
    printed: list[Any],
) -> None:  # fmt: skip
    said = hand(paperloop, "--document", "2", *more)
    assert (said.code, told in said.err) == (code, True), said.err
    assert len(said.err.strip().splitlines()) == 1
    assert (printed, out(paperloop)) == ([], {})


def test_nobodys_number_and_a_secret_document_are_refused(file: str, paperloop: Paperloop) -> None:
    said = paperloop("handover", "issue", "0099", "--to", TO, "--purpose", PURPOSE, "--law", LAW,
                     "--until", "2026-10-01", "--document", "1", *DAY)  # fmt: skip
    assert said.code == 2
    secret = tick(paperloop, "secrets-access")
    assert secret.code == 0
    said = hand(paperloop, "--law", LAW, "--document", "entry-4")
    assert (said.code, "secret" in said.err) == (3, True), said.err
    assert paperloop("handover", "return", "0042").code == 2  # nothing ever went


def unsigned() -> dict[str, Any]:
    (signature, *others) = filing.page(filing.paper()).hand
    return {"hand": (replace(signature, present=False), *others)}


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ({"status": "review"}, "not accepted"),
        ({"status": "rejected"}, "not accepted"),
        (unsigned(), "not signed"),
        ({"alterations": (filing.struck(),)}, "crossed out"),
        ({"form": "non-disclosure-pledge"}, "not a consent"),
        ({"form": "consent-2025", "says": {}}, "names no recipient"),
        ({"says": RECIPIENT}, "this purpose"),
        ({"says": {**NAMED, "valid_until": "2026-09-13"}}, "term ended on 13.09.2026"),
    ],
)
def test_a_consent_that_is_none_does_not_cover(
    made: dict[str, Any], told: str, file: str, registry: Registry, paperloop: Paperloop
) -> None:
    document = consent(registry, made.pop("says", NAMED), copy=2, **made)
    said = hand(paperloop, "--consent", document, "--document", "2")
    assert (said.code, told in said.err) == (3, True), said.err


def test_another_persons_consent_does_not_cover(
    file: str, registry: Registry, paperloop: Paperloop
) -> None:
    other = filing.paper("consent-transfer", key="0043", subject="0043", fields=NAMED)
    filing.issue(registry, other, people=(replace(SERVANT, subject="0043"),))
    said = hand(paperloop, "--consent", filing.comes_back(registry, other), "--document", "2")
    assert (said.code, "another person" in said.err) == (3, True), said.err


def test_a_copy_that_was_not_issued_here_covers_what_a_person_read_in_it(
    file: str, registry: Registry, workspace: Path, paperloop: Paperloop, printed: list[Any]
) -> None:
    form = forms.load("consent-transfer", filing.of(workspace))
    read = filing.field("third_party_dative", RECIPIENT["third_party_dative"], status="read",
                        expected=None, value=None)  # fmt: skip
    names = ("--set", copy := filing.unissued(registry, form, read), "subject=0042")
    said = paperloop("review", *names, "--set", copy, "date=2026-09-02", "--accept", copy)
    assert said.code == 0, said.err
    refused = hand(paperloop, "--consent", copy, "--document", "2")
    assert (refused.code, "which recipient" in refused.err) == (3, True), refused.err

    named = f"third_party_dative={RECIPIENT['third_party_dative']}"
    assert paperloop("review", "--again", "--set", copy, named).code == 0
    refused = hand(paperloop, "--consent", copy, "--document", "2", purpose="проверки бухгалтерии")
    assert (refused.code, "this purpose" in refused.err) == (3, True), refused.err
    said = hand(paperloop, "--consent", copy, "--document", "2")
    assert said.code == 0, said.err
    assert said.lines()[0]["ground"] == {"consent": copy}
    words = printed[-1].filled.printed
    assert words["basis_date"].split() == ["«02»", "сентября", "2026"]
    assert words["basis_number"] == ""
    assert "handed over under" not in paperloop("file", "check", "--json", *DAY).out
    assert paperloop("review", "--again", "--reject", copy, "--why", "чужое").code == 0
    gone = "handed over under a consent that is no longer in the file"
    assert gone in paperloop("file", "check", "--json", *DAY).out


def test_a_copy_of_another_edition_of_the_form_says_nobody_knows_what(
    file: str, registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    form = forms.load("consent-transfer", filing.of(workspace))
    copy = filing.unissued(registry, replace(form, version="00000000"))
    says = [f"{name}={value}" for name, value in RECIPIENT.items()]
    said = paperloop("review", "--set", copy, "subject=0042", "--set", copy, *says,
                     "--accept", copy)  # fmt: skip
    assert said.code == 0, said.err
    said = hand(paperloop, "--consent", copy, "--document", "2")
    assert (said.code, "this purpose" in said.err) == (3, True), said.err


def test_a_consent_that_was_withdrawn_covers_nothing_more(
    file: str, registry: Registry, paperloop: Paperloop
) -> None:
    assert hand(paperloop, "--consent", file, "--document", "2").code == 0
    consent(registry, {}, "consent-withdrawal", hand=dated("2026-09-05"))
    said = hand(paperloop, "--consent", file, "--document", "3")
    assert (said.code, "withdrawn" in said.err) == (3, True), said.err
    assert "withdrawn" in paperloop("file", "check", *DAY).err  # what is out is asked back
    later = consent(registry, copy=2, hand=dated("2026-09-06"))
    assert hand(paperloop, "--consent", later, "--document", "3").code == 0
    # Which was scanned first tells nothing.
    late = consent(registry, copy=3, hand=dated("2026-09-04"))
    assert "withdrawn" in hand(paperloop, "--consent", late, "--document", "1").err


def test_a_withdrawal_that_waits_for_a_person_stops_what_it_may_be_about(
    file: str, registry: Registry, paperloop: Paperloop
) -> None:
    it = filing.paper("consent-withdrawal", pages=1)
    filing.issue(registry, it)
    waiting = filing.comes_back(registry, it, "signature-unclear")
    said = hand(paperloop, "--consent", file, "--document", "2")
    assert (said.code, waiting in said.err) == (3, True), said.err


def rescan(registry: Registry, document: str) -> str:
    """A better scan of the same paper, which waits."""
    scan = registry.document(document)
    paper = registry.paper(scan.paper or "") if scan else None
    assert paper
    return filing.comes_back(registry, paper, "rescan", again=2)


def test_what_is_out_is_not_rejected_in_review(
    file: str, registry: Registry, paperloop: Paperloop
) -> None:
    assert hand(paperloop, "--law", LAW, "--document", "1").code == 0
    rejecting = ("review", "--again", "--why", "не его подпись", "--reject", file)
    other = consent(registry, {}, "consent-2025", status="review")
    refused = paperloop(*rejecting, "--accept", other)
    assert (refused.code, TO in refused.err, "handover return" in refused.err) == (2, True, True)
    assert len(refused.err.strip().splitlines()) == 1
    states = [one and one.status for one in map(registry.document, (file, other))]
    assert states == ["accepted", "review"]  # nothing half done
    assert registry.settlements(other) == []

    better = rescan(registry, file)
    assert paperloop("review", "--reject", better, "--why", "криво").code == 0  # one stays
    assert paperloop("review", "--accept", better, "--again").code == 0  # the other is replaced
    assert paperloop("review", "--reject", better, "--again", "--why", "x").code == 2
    assert paperloop("handover", "return", "0042", *DAY).code == 0
    assert paperloop("review", "--reject", better, "--again", "--why", "x").code == 0


@pytest.mark.parametrize("how", ["remove", "reject"])
def test_what_is_out_under_a_consent_that_is_gone_is_named(
    how: str, file: str, registry: Registry, paperloop: Paperloop
) -> None:
    assert hand(paperloop, "--consent", file, "--document", "2").code == 0
    better = rescan(registry, file)
    assert paperloop("review", "--accept", better).code == 0
    assert "handed over under" not in paperloop("file", "check", *DAY).err
    if how == "remove":
        assert paperloop("file", "remove", "0042", "1", "--why", "чужое").code == 0
    else:
        said = paperloop("review", "--reject", better, "--again", "--why", "не его подпись")
        assert said.code == 0, said.err
    (answer,) = paperloop("file", "check", "--json", *DAY).lines()
    (told,) = (it["what"] for it in answer["faults"] if "handed over under" in it["what"])
    assert told == f"handed over under a consent that is no longer in the file: {TO}"


def test_a_withdrawal_of_another_consent_does_not_touch_this_one(
    file: str, registry: Registry, paperloop: Paperloop
) -> None:
    pen = filing.smeared("consent_date", said="")
    consent(registry, copy=2, hand=dated("2026-08-01"))
    withdrawal = consent(registry, {}, "consent-withdrawal", fields=(pen,))
    for document, day in ((file, "date=2026-09-02"), (withdrawal, "consent_date=2026-08-01")):
        told = paperloop("review", "--set", document, day, "--again")
        assert told.code == 0, told.err
        assert paperloop("review", "--accept", document, "--again", "--why", "x").code == 0
    said = hand(paperloop, "--consent", file, "--document", "2")
    assert said.code == 0, said.err
    # On this day none was given: it may be a slip of the pen.
    slip = paperloop("review", "--set", withdrawal, "consent_date=2026-08-02", "--again")
    assert slip.code == 0, slip.err
    assert paperloop("review", "--accept", withdrawal, "--again", "--why", "x").code == 0
    assert "withdrawn" in hand(paperloop, "--consent", file, "--document", "3").err


def test_a_run_that_was_killed_goes_on_with_its_act(
    file: str, paperloop: Paperloop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: Registry, happened: list[Event]) -> None:
        raise RegistryError("the power is gone")

    with monkeypatch.context() as broken:
        broken.setattr(Registry, "enter_all", fails)
        assert hand(paperloop, "--consent", file, "--document", "2").code == 8
    assert out(paperloop) == {}
    (answer,) = hand(paperloop, "--consent", file, "--document", "2").lines()
    assert (answer["act"], answer["new"]) == ("0042/1", False)


def test_an_act_of_another_hand_keeps_its_number(
    file: str, registry: Registry, paperloop: Paperloop
) -> None:
    act: Paper = filing.paper(handover.FORM, key="А-7", subject=None)
    filing.issue(registry, act)
    said = hand(paperloop, "--consent", file, "--document", "2", "--act", "А-7")
    assert (said.code, "А-7" in said.err) == (3, True), said.err
    (answer,) = hand(paperloop, "--consent", file, "--document", "2", "--act", "А-8").lines()
    assert answer["act"] == "А-8"


def test_the_act_is_printed_from_the_words_of_a_printed_consent(
    workspace: Path, registry: Registry, paperloop: Paperloop
) -> None:
    row = {
        "personnel_number": "0042",
        "last_name": "Ёлкина",
        "first_name": "Анна",
        "middle_name": "Юрьевна",
        "category": "municipal-servant",
        "address": "г. Новозареченск, ул. Мира, д. 5",
        "passport_series": "4508",
        "passport_number": "123456",
        "passport_issued_on": "01.06.2010",
        "passport_issued_by": "ОВД г. Новозареченска",
        "third_party": "страховое акционерное общество «Рысь»",
        "third_party_address": "г. Москва, ул. Лесная, д. 1",
        "position": "специалист",
        "insurer": "Рысь-Мед",
    }
    data = workspace / "row.json"
    data.write_text(json.dumps([row]), encoding="utf-8")
    both = ("consent-transfer", "consent-municipal")
    assert paperloop("generate", *both, "--data", data, *DAY).code == 0
    (paper,) = registry.papers(form="consent-transfer")
    document = filing.comes_back(registry, paper)
    wrong = hand(paperloop, "--consent", document, "--document", "1",
                 purpose="оформления полиса страхования имущества")  # fmt: skip
    assert (wrong.code, "this purpose" in wrong.err) == (3, True), wrong.err
    said = hand(paperloop, "--consent", document, "--document", "1", "--handed-by",
                "Сидорова Мария Ивановна", "--handed-by-position", "специалист")  # fmt: skip
    assert said.code == 0, said.err
    (answer,) = said.lines()
    text = text_of(workspace / answer["pdf"])
    for words in ("согласия на передачу персональных данных", "САО «Рысь»", "1 октября 2026",
                  PURPOSE, "Передала Сидорова Мария Ивановна", "дело № 0042, лист 1"):  # fmt: skip
        assert words in text
    act = registry.paper(answer["paper"])
    assert act
    pen = {place.field for place in act.places if place.hand}
    assert {"basis_date", "recipient_representative", "signature_taker"} <= pen
    assert layout.texts(registry.pdf_of(act.id))
    assert paperloop("handover", "list", "--json").lines()[0]["signed"] is False
    filing.comes_back(registry, act)
    assert paperloop("handover", "list", "--json").lines()[0]["signed"] is True

    # One sentence of the other consent names an insurer, and what the insurer gets data for.
    (general,) = registry.papers(form="consent-municipal")
    more = ("--consent", filing.comes_back(registry, general), "--document", "2")
    for purpose, code in (("расчетов работодателя с работником", 3),
                          ("обязательного медицинского страхования", 0)):  # fmt: skip
        said = hand(paperloop, *more, to="«Рысь-Мед»", purpose=purpose)
        assert said.code == code, said.err

    # The consent says that it ends with the contract.
    tick(paperloop, "dismissal", "--date", "2026-09-10")
    said = hand(paperloop, "--consent", document, "--document", "3")
    assert (said.code, "ended with the work on 10.09.2026" in said.err) == (3, True), said.err


def test_a_servant_signs_once_a_year_and_the_same_sheet_until_then(
    file: str, registry: Registry, paperloop: Paperloop, printed: list[Any]
) -> None:
    def sheets(*more: str) -> list[dict[str, Any]]:
        said = paperloop("familiarisation", "--json", *more)
        assert said.code == 0, said.err
        return said.lines()

    (first,) = sheets(*DAY)
    assert (first["sheet"], first["new"], first["due"]) == ("0042/2026", True, "2016-03-02")
    assert printed[-1].filled.printed["rows.1.name"] == "Ёлкина Анна Юрьевна"
    (again,) = sheets("--today", "2027-01-11")
    assert (again["paper"], again["new"]) == (first["paper"], False)
    sheet = registry.paper(first["paper"])
    assert sheet
    filing.comes_back(registry, sheet)
    day = date.fromisoformat(registry.taken_in_at(f"doc-{sheet.id}")[:10])
    assert sheets("--today", day.isoformat()) == []
    (asked,) = sheets("0042", "--today", day.isoformat())  # the servant asks to see it
    assert asked["new"] and asked["sheet"] != first["sheet"]
    said = paperloop("due", "--until", "2999-01-01", "--json", "--today", day.isoformat())
    assert f"0042:familiarisation:{day.year + 1}" in [one["term"] for one in said.lines()]


def test_who_is_no_servant_is_not_asked_to_sign(
    registry: Registry, paperloop: Paperloop, printed: list[Any]
) -> None:
    filing.issue(registry, filing.paper())
    assert paperloop("familiarisation", "--json", *DAY).lines() == []
    assert paperloop("familiarisation", "0099", *DAY).code == 2
