"""A personal file as it is bound: whatever is done to it, its counts agree."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import binding
from pipeline.records.binding import VOLUME_SHEETS, Bound, Entry, Event, Gone


def entry(number: int, sheets: int = 1, replaces: str = "") -> Entry:
    """The ``number``-th thing that happened: a document came."""
    return Entry(f"e{number}", f"{number:04}", "other", f"Документ {number}", sheets, "",
                 replaces=replaces)  # fmt: skip


def out(number: int, target: str) -> Event:
    """The ``number``-th thing that happened: a document was taken out."""
    return Event("0042", "remove", "архивариус", f"{number:04}", target=target, why="ошибка")


def sheets(bound: Bound) -> list[str]:
    return [binding.words(line.sheets) for line in bound.lines]


def test_sheets_run_through_the_file() -> None:
    bound = binding.bind([entry(1, 2), entry(2), entry(3, 3)], [])
    assert sheets(bound) == ["1–2", "3", "4–6"]
    assert (bound.sheets, bound.skipped, bound.literal) == (6, (), ())


def test_what_is_taken_out_leaves_skipped_numbers() -> None:
    bound = binding.bind([entry(1, 2), entry(2, 2), entry(4)], [out(3, "e2")])
    assert sheets(bound) == ["1–2", "3–4", "5"]
    assert [line.gone is None for line in bound.lines] == [True, False, True]
    assert (bound.sheets, bound.skipped) == (3, ("3", "4"))


def test_a_longer_document_in_the_place_of_another_gets_literal_sheets() -> None:
    bound = binding.bind([entry(1, 2), entry(2), entry(3, 4, replaces="e1")], [])
    assert sheets(bound) == ["1–2", "3", "1–2, 2а, 2б"]
    assert (bound.sheets, bound.skipped, bound.literal) == (5, (), ("2а", "2б"))
    assert bound.lines[0].gone
    assert bound.lines[0].gone.by_entry == "e3"


def test_a_shorter_one_leaves_skipped_numbers() -> None:
    bound = binding.bind([entry(1, 3), entry(2), entry(3, 1, replaces="e1")], [])
    assert sheets(bound)[2] == "1"
    assert (bound.sheets, bound.skipped) == (2, ("2", "3"))


def test_a_new_volume_begins_where_the_old_one_is_full() -> None:
    bound = binding.bind([entry(1, 200), entry(2, 51), entry(3, 10)], [])
    assert [line.volume for line in bound.lines] == [1, 2, 2]
    assert binding.words(bound.lines[1].sheets) == "201–251"
    second = bound.volume(2)
    assert (second.sheets, second.numbers) == (61, range(201, 262))


def test_what_has_no_room_in_its_volume_goes_to_the_end() -> None:
    bound = binding.bind([entry(1, 249), entry(2), entry(3, 5, replaces="e2")], [])
    assert (bound.lines[2].volume, sheets(bound)[2]) == (2, "251–255")
    assert bound.skipped == ("250",)


def test_what_is_given_back_has_its_sheets_again() -> None:
    back = Event("0042", "return", "архивариус", "0004", target="e1", why="свой")
    bound = binding.bind([entry(1, 2), entry(2)], [out(3, "e1"), back])
    assert (bound.sheets, bound.skipped) == (3, ())


def test_what_is_rejected_later_keeps_its_numbers() -> None:
    gone = {"e1": Gone("0009", "Ирина", "не его")}
    bound = binding.bind([entry(1, 2), entry(2)], [], gone)
    assert sheets(bound) == ["1–2", "3"]
    assert (bound.sheets, bound.skipped) == (1, ("1", "2"))


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "remove", "replace", "return"]),
        st.integers(1, 120),
        st.integers(0, 50),
    ),
    max_size=40,
)


@given(_STEPS)
def test_whatever_happens_the_counts_agree(steps: list[tuple[str, int, int]]) -> None:
    entries: list[Entry] = []
    events: list[Event] = []
    before: Bound = Bound(())
    for number, (action, count, which) in enumerate(steps, start=1):
        there = [line.entry.id for line in before.present]
        target = there[which % len(there)] if there else ""
        gone = [line.entry.id for line in before.lines if line.gone]
        if action == "remove" and target:
            events.append(out(number, target))
        elif action == "return" and gone:
            events.append(replace(out(number, gone[which % len(gone)]), action="return"))
        else:
            entries.append(entry(number, count, target if action == "replace" else ""))
        bound = binding.bind(entries, events)
        own = [sheet for line in bound.present for sheet in line.sheets]
        assert len(own) == len(set(own)) == bound.sheets
        assert all(len(line.sheets) == line.entry.sheets for line in bound.lines)
        assert bound.sheets == len(bound.numbers) - len(bound.skipped) + len(bound.literal)
        assert all(bound.volume(n).sheets <= VOLUME_SHEETS for n in range(1, bound.volumes + 1))
        assert sum(bound.volume(n).sheets for n in range(1, bound.volumes + 1)) == bound.sheets
        # What is there keeps its sheets for ever: they are written on the paper.
        was = {line.entry.id: (line.volume, line.sheets) for line in before.lines}
        now = {line.entry.id: (line.volume, line.sheets) for line in bound.lines}
        assert was.items() <= now.items()
        before = bound
