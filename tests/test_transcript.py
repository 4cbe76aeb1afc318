"""What a page says: the words as issued, save where the paper or a person says otherwise."""

from __future__ import annotations

from pipeline.geometry import Box
from pipeline.pages.reading import FieldReading, PageReading
from pipeline.papers.layout import Glyph, Sheet
from pipeline.papers.paper import Place
from pipeline.records import transcript
from pipeline.records.verdict import Verdict

NAME, DATE = 3, 4  # the near-black colours of the prints


def print_of(words: str, x: float, y: float, colour: int = 0) -> list[Glyph]:
    """A line of print: letters two millimetres wide, a blank between words."""
    return [
        Glyph(char, Box(x + 2 * n, y - 2.5, x + 2 * n + 1.9, y), x + 2 * n, y, "F", 12, colour, 1)
        for n, char in enumerate(words)
        if char != " "
    ]


SHEET = Sheet(
    1, 210, 297,
    (
        *print_of("Я, Иван Ивнев", 30, 40, NAME),
        *print_of("Дата:", 30, 60),
        *print_of("_______", 42, 60, DATE),
    ),
)  # fmt: skip
NAME_BOX, DATE_BOX = Box(30, 37, 56, 40), Box(42, 53, 56, 60)
PLACES = (
    Place("full_name", "text", False, 1, NAME_BOX, NAME),
    Place("date", "date", True, 1, DATE_BOX, DATE),
    Place("elsewhere", "text", False, 2, NAME_BOX, NAME),
)


def said(status: str = "match", read: str = "", **values: str) -> list[transcript.Word]:
    field = FieldReading("full_name", read, 0.9, 1, NAME_BOX, status)
    page = PageReading("a.pdf", "aa", 1, page=1, fields=(field,))
    words = {"full_name": None, "date": None, **values}
    verdict = Verdict(words, values, True, None, (), None, None)
    return transcript.of(SHEET, PLACES, page, verdict)


def texts(words: list[transcript.Word]) -> list[str]:
    return [word.text for word in words]


def test_verified_print_is_told_word_by_word_and_blanks_are_not() -> None:
    words = said()
    assert texts(words) == ["Я,", "Иван", "Ивнев", "Дата:"]
    assert (words[1].x0, words[1].x1, words[1].baseline) == (36, 43.9, 40)


def test_print_that_surely_changed_is_told_as_it_was_read() -> None:
    assert texts(said("mismatch", "Я, Иван Ивнов")) == ["Дата:", "Я,", "Иван", "Ивнов"]
    assert texts(said("unreadable", "Я, ?")) == ["Я,", "Иван", "Ивнев", "Дата:"]


def test_a_persons_word_counts_most() -> None:
    assert texts(said("mismatch", "Ивнов", full_name="Ивнева Анна")) == [
        "Дата:",
        "Ивнева",
        "Анна",
    ]


def test_date_by_hand_is_told_as_it_is_searched_for_and_within_its_blank() -> None:
    word = said(date="2026-09-01")[-1]
    assert word.text == "01.09.2026"
    assert DATE_BOX.x0 <= word.x0 < word.x1 <= DATE_BOX.x1 + 0.01
    assert DATE_BOX.y0 < word.baseline <= DATE_BOX.y1


def test_long_words_stay_within_their_place() -> None:
    words = said(date="первого сентября две тысячи двадцать шестого года")
    assert max(word.x1 for word in words) <= DATE_BOX.x1 + 0.01
