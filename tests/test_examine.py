"""What was done to the print of a page, and what only happened to it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.geometry import MM_PER_INCH, Box
from pipeline.pages.page import DPI
from pipeline.papers import layout
from pipeline.prints import placing
from tests import scanning
from tests.bench import people
from tests.scanning import Json, Office, Pixels
from tests.simulator import tampering, traps
from tests.simulator.pens import take_pen
from tests.simulator.printing import Sheet, lay
from tests.simulator.signatures import sign

CONSENT = "consent-employee"
GLASS_DPI = 150  # of Office.page


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, Json, list[Pixels]]:
    """An office, a paper of two pages, and the pages as a scanner saw them."""
    office = scanning.open_office(tmp_path_factory.mktemp("examine") / "office")
    (paper,) = scanning.issue(office, people.hires(1, 31), CONSENT)
    return office, paper, [office.page(paper, number) for number in (1, 2)]


def px(mm: float) -> int:
    return round(mm / MM_PER_INCH * GLASS_DPI)


def seen_at(signed: tuple[Office, Json, list[Pixels]], field: str) -> tuple[int, int, int, int]:
    """Where a field of one line stands on the scan of page 1: left, top, right, bottom."""
    office, paper, pages = signed
    place = next(p for p in paper["places"] if p["field"] == field)
    assert place["page"] == 1
    x0, y0, x1, y1 = (px(side) for side in place["box_mm"])
    issued = layout.render((office.root / str(paper["pdf"])).read_bytes(), 1, GLASS_DPI)
    scores = cv2.matchTemplate(pages[0], issued[y0:y1, x0:x1], cv2.TM_CCOEFF_NORMED)
    _low, _high, _at, (left, top) = cv2.minMaxLoc(scores)
    assert abs(left - x0) < px(5) and abs(top - y0) < px(5)
    return left, top, left + x1 - x0, top + y1 - y0


def taken_in(signed: tuple[Office, Json, list[Pixels]], first: Pixels, root: Path) -> Json:
    office, _paper, pages = signed
    mine = office.copy_to(root / "office")
    mine.put("1.png", first)
    mine.put("2.png", pages[1])
    *_half, whole = mine.take_in()
    return whole


def test_a_figure_added_between_two_words_is_seen(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    """As large as the figures before it, so near that hardly any free paper is left about it."""
    page = signed[2][0].copy()
    _left, top, right, bottom = seen_at(signed, "passport_series")
    rows, wide = slice(top - 2, bottom + 2), px(2.0)
    room = page[rows, right + 1 : right + 1 + wide]
    np.minimum(room, page[rows, right - wide : right].copy(), out=room)
    document = taken_in(signed, page, tmp_path)
    assert document["status"] == "review"
    assert document["fields"]["passport_series"]["status"] == "mismatch"


def test_a_comma_added_behind_a_value_is_seen(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    page = signed[2][0].copy()
    _left, _top, right, bottom = seen_at(signed, "passport_series")
    cv2.ellipse(page, (right + px(0.5), bottom - px(0.7)), (px(0.2), px(0.35)), 20, 0, 360, 20, -1)
    document = taken_in(signed, page, tmp_path)
    assert document["status"] == "review"
    assert document["fields"]["passport_series"]["status"] in ("mismatch", "unreadable")
    assert [one["kind"] for one in document["alterations"]] == ["insertion"]


@pytest.mark.parametrize("how", ["bar", "hook", "bow"])
def test_a_stroke_through_a_figure_is_seen(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path, how: str
) -> None:
    """The figure can still be read as the issued one, and OCR does."""
    page = signed[2][0].copy()
    _left, top, right, bottom = seen_at(signed, "passport_series")
    middle, high = right - px(1.0), bottom - top
    if how == "bar":
        y = top + round(high * 0.55)
        cv2.line(page, (right - px(2.2), y), (right + px(0.3), y - 1), 40, 3)
    elif how == "hook":
        corner = (middle - px(1.2), top + high // 2)
        cv2.line(page, (middle - px(0.5), top), corner, 40, 3)
        cv2.line(page, corner, (middle + px(0.8), top + high // 2), 40, 3)
    else:
        bow = (middle, top + round(high * 0.7)), (px(1.0), round(high * 0.35))
        cv2.ellipse(page, *bow, 0, 0, 360, 40, 3)
    document = taken_in(signed, page, tmp_path)
    assert document["status"] == "review"
    assert document["fields"]["passport_series"]["status"] != "match"


@pytest.mark.parametrize("how", ["bar", "hook", "letters"])
def test_a_pale_pen_on_a_letter_of_the_wording_is_seen(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path, how: str
) -> None:
    """Most of it lies on print, and every letter is still like itself."""
    x0, y0, x1, y1 = word_at(signed, "гражданство")
    page, x, y = signed[2][0].copy(), (x0 + x1) // 2, (y0 + y1) // 2
    if how == "bar":
        cv2.line(page, (x - px(1.2), y), (x + px(1.2), y), 110, 2, cv2.LINE_AA)
    elif how == "hook":
        bend = [(x - px(0.4), y - px(0.9)), (x - px(0.8), y), (x + px(0.8), y)]
        cv2.polylines(page, [np.array(bend, np.int32)], False, 110, 2, cv2.LINE_AA)
    else:
        for at in (x - px(1.0), x + px(0.3)):
            cv2.line(page, (at, y - px(1.6)), (at, y - px(0.2)), 110, 2, cv2.LINE_AA)
            cv2.line(page, (at, y - px(0.9)), (at + px(0.8), y - px(0.9)), 110, 2, cv2.LINE_AA)
    document = taken_in(signed, page, tmp_path)
    assert document["status"] == "review"
    assert "altered" in document["reasons"]


def test_a_pale_blue_pen_on_letters_is_seen_by_its_colour(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    """In grey it is as pale as the rough edges of print."""
    x0, y0, x1, y1 = word_at(signed, "гражданство")
    page = np.asarray(signed[2][0][..., None] * (1, 0.99, 0.97), np.uint8)  # as a scanner sees it
    x, y = (x0 + x1) // 2, (y0 + y1) // 2
    ring = cv2.ellipse(np.zeros_like(page), (x, y), (px(0.9), px(0.7)), 0, 0, 360, (60, 50, 0), 2)
    document = taken_in(signed, np.asarray(cv2.subtract(page, ring), np.uint8), tmp_path)
    assert document["status"] == "review"
    assert "altered" in document["reasons"]


def specked(page: Pixels, free: tuple[int, int]) -> Pixels:
    """The page with specks all over, but for the rows (mm) of one line."""
    dirty = page.copy()
    for x, y in np.random.default_rng(3).uniform((30, 30), (190, 250), (900, 2)):
        if not px(y) - px(4) < free[0] < px(y) + px(8):
            cv2.circle(dirty, (px(x), px(y)), px(0.17), 40, -1)
    return dirty


@pytest.mark.parametrize("comma", [False, True])
def test_a_comma_added_among_specks_is_told_from_them(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path, comma: bool
) -> None:
    _left, top, right, bottom = seen_at(signed, "passport_series")
    page = specked(signed[2][0], (top, bottom))
    if comma:
        at = (right + px(0.8), bottom - px(0.7))
        cv2.ellipse(page, at, (px(0.2), px(0.35)), 20, 0, 360, 20, -1)
    document = taken_in(signed, page, tmp_path)
    is_match = document["fields"]["passport_series"]["status"] == "match"
    assert is_match == (not comma)


@pytest.mark.parametrize(("field", "is_match"), [("applicant", True), ("passport_series", False)])
def test_a_dot_among_specks_changes_a_number_but_no_word(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path, field: str, is_match: bool
) -> None:
    _left, top, right, bottom = seen_at(signed, field)
    page = specked(signed[2][0], (top, bottom))
    cv2.circle(page, (right + px(0.75), bottom - px(0.6)), px(0.3), 20, -1)
    document = taken_in(signed, page, tmp_path)
    assert (document["fields"][field]["status"] == "match") == is_match


def test_words_that_a_sharp_fold_runs_through_are_straightened(
    signed: tuple[Office, Json, list[Pixels]],
) -> None:
    """Letters slide down by most of a millimetre towards a crease, and up again behind it."""
    office, paper, _pages = signed
    pdf = (office.root / str(paper["pdf"])).read_bytes()
    issued = np.asarray(1 - layout.render(pdf, 1, DPI) / 255, np.float32)
    height, width = issued.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    crease, reach, depth = (mm / MM_PER_INCH * DPI for mm in (120.0, 8.0, 0.8))
    down = depth * np.clip(1 - np.abs(x - crease) / reach, 0, 1)
    map_y = np.asarray(y - down, np.float32)
    folded = np.asarray(cv2.remap(issued, x, map_y, cv2.INTER_LINEAR), np.float32)
    glyphs = [g for g in layout.sheet(pdf, 1).glyphs if g.char not in "•_"]
    placed = placing.place_words(folded, issued, glyphs)
    bent = [
        placing.box_px(word, 0, issued.shape)
        for word in placing.words(glyphs)
        if len(word) > 2 and word[0].box.x0 < 120.0 < word[-1].box.x1
    ]
    before, after = (
        [placing.correlation(ink[y0:y1, x0:x1], issued[y0:y1, x0:x1]) for x0, y0, x1, y1 in bent]
        for ink in (folded, placed)
    )
    assert len(bent) > 10 and np.median(before) < 0.75
    assert np.median(after) > 0.9


# Dirt on a letter


Ink = NDArray[np.float32]


def word_at(signed: tuple[Office, Json, list[Pixels]], word: str) -> tuple[int, int, int, int]:
    """Where a word of the wording stands on the scan of page 1: left, top, right, bottom."""
    office, paper, pages = signed
    pdf = (office.root / str(paper["pdf"])).read_bytes()
    found = [w for w in placing.words(layout.sheet(pdf, 1).glyphs)
             if "".join(glyph.char for glyph in w).strip(";,.") == word]  # fmt: skip
    x0, y0, x1, y1 = layout.box_of(found[0]).px(GLASS_DPI)
    issued = layout.render(pdf, 1, GLASS_DPI)[y0 - 4 : y1 + 4, x0 - 4 : x1 + 4]
    reach = px(5)
    near = pages[0][y0 - reach : y1 + reach, x0 - reach : x1 + reach]
    _low, _high, _at, (dx, dy) = cv2.minMaxLoc(
        cv2.matchTemplate(near, issued, cv2.TM_CCOEFF_NORMED)
    )
    left, top = x0 - reach + dx + 4, y0 - reach + dy + 4
    return left, top, left + x1 - x0, top + y1 - y0


@pytest.mark.parametrize("how", ["through", "over the top", "waving"])
def test_a_word_of_the_wording_that_is_crossed_out_is_named_with_its_line(
    how: str, signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    """Every letter by itself still looks like itself, and the letters hide most of the stroke."""
    x0, y0, x1, y1 = word_at(signed, "гражданство")
    page = signed[2][0].copy()
    level = (y0 + y1) // 2 if how != "over the top" else y0 + (y1 - y0) // 4
    if how == "waving":
        points = [
            (x, level + (3 if n % 2 else -3)) for n, x in enumerate(range(x0 - 4, x1 + 8, 12))
        ]
    else:
        points = [(x0 - 3, level + 1), (x1 + 3, level - 1)]
    cv2.polylines(page, [np.array(points, np.int32)], False, 90, 2, cv2.LINE_AA)
    whole = taken_in(signed, page, tmp_path)
    assert "altered" in whole["reasons"]
    (change,) = whole["alterations"]
    assert (change["kind"], change["near"].strip("•; ")) == ("strike", "гражданство")


def test_a_word_of_two_letters_that_is_crossed_out_is_seen(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    """As "не" would be: the stroke runs on a little on both sides."""
    x0, y0, x1, y1 = word_at(signed, "об")
    page = signed[2][0].copy()
    level = (y0 + y1) // 2
    cv2.line(page, (x0 - 6, level + 1), (x1 + 6, level + 2), (70,), 3, cv2.LINE_AA)
    found = taken_in(signed, page, tmp_path)["alterations"]
    assert [one["kind"] for one in found] == ["strike"]


@pytest.mark.parametrize("how", ["rubbed", "smeared"])
def test_a_word_of_the_wording_that_was_rubbed_or_smeared_is_for_a_person(
    how: str, signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    """It may be legible still; somebody wanted it not to be."""
    x0, y0, x1, y1 = word_at(signed, "гражданство")
    page = signed[2][0].copy()
    part = page[y0 - 2 : y1 + 2, x0:x1]
    if how == "rubbed":
        part[:] = 255 - 0.4 * (255 - part.astype(np.float32))
    else:
        part[:] = cv2.blur(part, (9, 1))
    (change,) = taken_in(signed, page, tmp_path)["alterations"]
    assert (change["kind"], change["near"].strip("•; ")) == ("erasure", "гражданство")


def test_a_speck_that_makes_a_letter_of_the_wording_like_another_is_dirt(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    """Under a letter's left stem, as the tail of a р would be."""
    x0, _y0, _x1, y1 = word_at(signed, "полиса")
    page = signed[2][0].copy()
    cv2.circle(page, (x0 + 4, y1 + 2), 2, (40,), -1, cv2.LINE_AA)
    assert not taken_in(signed, page, tmp_path)["alterations"]


def test_a_cross_over_a_paragraph_strikes_each_of_its_lines(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    """Each line once, however many pieces the letters leave of the two strokes."""
    x0, y0, _x1, _y1 = word_at(signed, "гражданство")
    page = signed[2][0].copy()
    x1, y1 = x0 + px(60), y0 + px(20)
    for start, end in (((x0, y0), (x1, y1)), ((x1, y0), (x0, y1))):
        cv2.line(page, start, end, (70,), 3, cv2.LINE_AA)
    found = taken_in(signed, page, tmp_path)["alterations"]
    lines = [one["near"] for one in found if one["kind"] == "strike"]
    assert len(lines) == len(set(lines)) >= 3
    assert {one["kind"] for one in found} == {"strike"}


def test_a_not_written_between_two_lines_is_seen(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    """Two small letters and their caret: the lines leave little of them on white paper."""
    x0, y0, x1, y1 = word_at(signed, "гражданство")
    sheet = Sheet(np.repeat(signed[2][0][..., None], 3, axis=2).copy(), GLASS_DPI)
    box = Box(*(side * MM_PER_INCH / GLASS_DPI for side in (x0, y0, x1, y1)))
    tampering.insertion(sheet, box, "не", np.random.default_rng(3))
    page = np.asarray(cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    found = taken_in(signed, page, tmp_path)["alterations"]
    assert "insertion" in {one["kind"] for one in found}


def test_words_written_over_a_line_are_an_insertion(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    """Half over the print: the letters by hand run along the line as a stroke would."""
    x0, y0, x1, _y1 = word_at(signed, "гражданство")
    sheet = Sheet(np.repeat(signed[2][0][..., None], 3, axis=2).copy(), GLASS_DPI)
    box = Box(*(side * MM_PER_INCH / GLASS_DPI for side in (x0, y0, x1, y0 + px(3))))
    tampering.insertion(sheet, box, "без права передачи", np.random.default_rng(3))
    page = np.asarray(cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    found = taken_in(signed, page, tmp_path)["alterations"]
    assert {one["kind"] for one in found} <= {"insertion", "overprint"}
    assert "insertion" in {one["kind"] for one in found}


def test_a_signature_in_a_wrong_place_is_pointed_to(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    """Its blank is empty: the missing signature is the reason, and the words say where one is."""
    mine = signed[0].copy_to(tmp_path / "office")
    marks = {signed[1]["paper"]: {"date": "date"}}
    pages = [mine.page(signed[1], number, marks=marks) for number in (1, 2)]
    sheet = Sheet(np.repeat(pages[1][..., None], 3, axis=2).copy(), GLASS_DPI)
    low = Box(110, 244, 170, 258)
    pen = take_pen(np.random.default_rng(5))
    lay(sheet, sign(low, pen, GLASS_DPI, np.random.default_rng(5), "loops")[0], pen.rgb)
    mine.put("1.png", pages[0])
    mine.put("2.png", np.asarray(cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY), np.uint8))
    *_half, whole = mine.take_in()
    assert {"signature-missing", "altered"} <= set(whole["reasons"])
    assert "signature" in [one.get("looks_like") for one in whole["alterations"]]
    assert "elsewhere" in mine("review").err


STAMPS = {"round": traps.stamp_round, "framed": traps.stamp_box}


def stamped(page: Pixels, box: tuple[int, int, int, int], how: str) -> Pixels:
    """The page with a stamp over the middle of ``box`` (pixels), as a grey scanner sees it."""
    sheet = Sheet(np.repeat(page[..., None], 3, axis=2).copy(), GLASS_DPI)
    where = Box(*(side * MM_PER_INCH / GLASS_DPI for side in box))
    STAMPS[how](sheet, where, np.random.default_rng(5))
    return np.asarray(cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY), np.uint8)


@pytest.mark.parametrize("how", STAMPS)
def test_a_stamp_over_the_wording_is_no_alteration(
    how: str, signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    page = stamped(signed[2][0], word_at(signed, "гражданство"), how)
    assert not taken_in(signed, page, tmp_path)["alterations"]


def test_a_line_crossed_out_beside_a_stamp_is_one(
    signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    x0, y0, x1, y1 = word_at(signed, "гражданство")
    page = stamped(signed[2][0], (x0, y0 + px(40), x1, y1 + px(40)), "round")
    level = (y0 + y1) // 2
    cv2.line(page, (x0 - 3, level + 1), (x1 + 3, level - 1), (90,), 2, cv2.LINE_AA)
    found = taken_in(signed, page, tmp_path)["alterations"]
    assert [(one["kind"], one["near"].strip("•; ")) for one in found] == [("strike", "гражданство")]


@pytest.mark.parametrize("how", STAMPS)
def test_what_a_stamp_may_hide_in_a_value_is_for_a_person(
    how: str, signed: tuple[Office, Json, list[Pixels]], tmp_path: Path
) -> None:
    """A figure was added behind the series, and a stamp set over it."""
    page = signed[2][0].copy()
    left, top, right, bottom = seen_at(signed, "passport_series")
    rows, wide = slice(top - 2, bottom + 2), px(2.0)
    room = page[rows, right + 1 : right + 1 + wide]
    np.minimum(room, page[rows, right - wide : right].copy(), out=room)
    document = taken_in(signed, stamped(page, (left, top, right, bottom), how), tmp_path)
    assert document["status"] == "review"
    assert document["fields"]["passport_series"]["status"] != "match"
