"""The printed identity: no damaged code passes for another one, no id says whose paper it is."""

from __future__ import annotations

import io
import string

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.papers import layout, marks
from pipeline.papers.marks import ALPHABET, MAX_PAGES, Mark
from tests.pdfs import codes_on, plain

ids = st.text(ALPHABET, min_size=marks.ID_LENGTH, max_size=marks.ID_LENGTH)
pages = st.integers(1, MAX_PAGES).flatmap(lambda of: st.tuples(st.integers(1, of), st.just(of)))
SECRET = bytes(range(32))


@given(ids, pages)
def test_codes_are_read_back(paper: str, page: tuple[int, int]) -> None:
    mark = Mark(paper, *page)
    assert marks.decode(marks.encode(mark)) == mark


def test_every_single_change_of_a_code_is_refused() -> None:
    text = marks.encode(Mark("7F3K9QX2MD", 1, 2))
    for at, char in enumerate(text):
        for other in set(string.printable + "ОАЗ") - {char}:
            assert marks.decode(text[:at] + other + text[at + 1 :]) is None
        assert marks.decode(text[:at] + text[at + 1 :]) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PL1",
        "https://example.org/",
        "PL27F3K9QX2MD0102A",
        "pl17f3k9qx2md0102x",
        "4601234567893",
    ],
)
def test_other_peoples_codes_are_not_ours(text: str) -> None:
    assert marks.decode(text) is None


def test_pages_that_cannot_be_have_no_code() -> None:
    for page, of in ((0, 1), (2, 1), (1, MAX_PAGES + 1)):
        with pytest.raises(ValueError, match="page"):
            marks.encode(Mark("7F3K9QX2MD", page, of))


def test_ids_are_stable_and_say_nothing() -> None:
    one = marks.paper_id(SECRET, "a" * 64, 1)
    assert one == marks.paper_id(SECRET, "a" * 64, 1)
    others = {
        marks.paper_id(SECRET, "a" * 64, 2),
        marks.paper_id(SECRET, "b" * 64, 1),
        marks.paper_id(bytes(32), "a" * 64, 1),
    }
    assert len(others | {one}) == 4
    assert all(len(i) == marks.ID_LENGTH and set(i) <= set(ALPHABET) for i in others)


@given(ids)
def test_printed_ids_are_read_back(paper: str) -> None:
    shown = marks.printed(paper)
    assert marks.from_print(f"{shown} · стр. 1 из 2") == paper
    assert marks.from_print(shown.lower().replace("-", " ")) == paper


@given(ids)
def test_what_hurried_eyes_confuse_is_read_as_meant(paper: str) -> None:
    mistaken = marks.printed(paper).translate(str.maketrans("01V", "OIU"))
    assert marks.from_print(mistaken) == paper
    assert marks.from_print(mistaken.replace("I", "l")) == paper


@given(ids, st.integers(0, marks.ID_LENGTH - 1), st.sampled_from(ALPHABET))
def test_a_mistyped_id_is_never_another_one(paper: str, at: int, other: str) -> None:
    changed = paper[:at] + other + paper[at + 1 :]
    sign = marks.printed(paper)[-1]
    # O and 0, I and 1, U and V are one sign to the eye; only there can a check fail to tell.
    if changed != paper and sign not in "O0I1LUV":
        assert marks.from_print(f"{changed[:4]}-{changed[4:8]}-{changed[8:]}-{sign}") is None


@pytest.mark.parametrize("text", ["", "стр. 1 из 2", "7F3K-9QX2-MD", "7F3K-9QX2"])
def test_no_id_is_no_id(text: str) -> None:
    assert marks.from_print(text) is None


def test_both_codes_of_every_page_are_read_and_nothing_else_is_changed() -> None:
    pdf = plain(3)
    stamped = marks.stamp(pdf, "7F3K9QX2MD")
    for number in (1, 2, 3):
        found = codes_on(stamped, number)
        assert [marks.decode(text) for text, _box in found] == [Mark("7F3K9QX2MD", number, 3)] * 2
        expected = marks.code_boxes(210.0, 297.0)
        for (_text, box), place in zip(found, expected, strict=True):
            assert place.grown(1).contains(box)
            assert box.grown(1).contains(place)
        left, right = (box for _text, box in found)
        assert abs(left.y0 - right.y0) > 1 and right.x0 - left.x1 > 100
    assert layout.sheets(stamped) == layout.sheets(pdf)


def test_a_stamped_sheet_is_the_same_again_and_names_nobody() -> None:
    pdf = plain(1)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.docinfo["/Author"] = "somebody"
        out = io.BytesIO()
        document.save(out)
    stamped = marks.stamp(out.getvalue(), "7F3K9QX2MD")
    assert stamped == marks.stamp(out.getvalue(), "7F3K9QX2MD")
    with pikepdf.open(io.BytesIO(stamped)) as document:
        assert not document.docinfo
