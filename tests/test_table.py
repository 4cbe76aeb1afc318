"""Tables for a person: whole lines, whatever stands in the cells and however narrow the window."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import table

CELLS = st.text(max_size=40)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6)


@given(rows=ROWS, width=st.integers(20, 100))
def test_every_line_is_as_wide_as_the_others_and_no_wider_than_the_window(
    rows: list[tuple[str, str, str]], width: int
) -> None:
    drawn = list(table.lines(("number", "person", "what is missing"), rows, width))
    wide = {table.measure(line) for line in drawn}
    assert len(wide) == 1 and wide.pop() <= width
    assert not any(it.isascii() and not it.isprintable() for line in drawn for it in line)


def test_what_is_too_long_goes_on_between_words() -> None:
    drawn = list(table.lines(("n", "why"), [("1", "no signature and no date")], 20))
    assert drawn == [
        "┏━━━┳━━━━━━━━━━━━━━┓",
        "┃ n ┃ why          ┃",
        "┡━━━╇━━━━━━━━━━━━━━┩",
        "│ 1 │ no signature │",
        "│   │ and no date  │",
        "└───┴──────────────┘",
    ]


def test_a_word_longer_than_its_column_is_folded_and_every_letter_stays() -> None:
    name = "consent-representative-of-a-child"
    drawn = list(table.lines(("form",), [(name,)], 14, table.PLAIN))
    said = "".join(line.strip("| ") for line in drawn[3:-1])
    assert (said, drawn[0]) == (name, "+------------+")


def test_accents_and_wide_signs_take_the_room_they_take() -> None:
    drawn = list(table.lines(("a",), [("Ё́лка",), ("漢字",), ("abcd",)], 40, table.PLAIN))
    assert drawn[3:6] == ["| Ё́лка |", "| 漢字 |", "| abcd |"]
