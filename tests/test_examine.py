"""What was done to the print of a page, and what only happened to it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import layout, placing
from pipeline.geometry import MM_PER_INCH
from pipeline.page import DPI
from tests import scanning
from tests.bench import people
from tests.scanning import Json, Office, Pixels

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
    assert document["fields"]["passport_series"]["status"] == "mismatch"


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
    assert len(bent) > 10 and np.median(before) < 0.7
    assert np.median(after) > 0.9
