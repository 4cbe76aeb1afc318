"""Blanks for a pen: who signed is taken as signed, what merely lies there is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline.engines import tesseract
from pipeline.geometry import Box, px_from_mm
from pipeline.pages import ink, page
from pipeline.pages.registration import Laid
from pipeline.papers.paper import Place
from pipeline.pens import hand, stamps
from tests.bench import people
from tests.simulator import HANDS, STYLES, TRAPS, pens
from tests.simulator.filling import fill_in
from tests.simulator.printing import Sheet

BLACK = 0.8  # of print in a grey scan
PLACE = Place("signature", "signature", True, 1, Box(60, 40, 112, 50), 0x010000)
ALSO = Place("date", "date", True, 1, Box(60, 62, 102, 69), 0x020000)
ROOM = Box(0, 0, 170, 110)


def issued() -> NDArray[np.uint8]:
    """The end of a form: the blank's rule, and the caption under it."""
    sheet = np.full((round(px_from_mm(110, page.DPI)), round(px_from_mm(170, page.DPI))), 255, "u1")
    for place in (PLACE, ALSO):
        x0, _y0, x1, y1 = place.box.px(page.DPI)
        sheet[y1 : y1 + 2, x0:x1] = 0
    x, y = (round(px_from_mm(mm, page.DPI)) for mm in (78, 54))
    cv2.putText(sheet, "(signature)", (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0,))
    return sheet


def judged(
    what: str, seed: int, hands: tuple[str, ...] = HANDS, *, colour: bool = False
) -> bool | None:
    print_ = issued()
    sheet = Sheet(np.repeat(print_[..., None], 3, axis=2), page.DPI)
    places = [
        {"field": p.field, "kind": p.kind, "hand": True, "page": 1, "box_mm": p.box.as_list()}
        for p in (PLACE, ALSO)
    ]
    plan = {"signature": what, "date": "date"}
    fill_in(sheet, places, plan, seed, "PAPER", hands, people.DAY)
    way = cv2.COLOR_RGB2BGR if colour else cv2.COLOR_RGB2GRAY
    return present(cv2.cvtColor(sheet.pixels, way), seed)


def present(page_: cv2.typing.MatLike, seed: int = 1) -> bool | None:
    """What is seen in the signature's blank of such a page, as a scanner sees it."""
    print_ = issued()
    seen = cv2.GaussianBlur(page_, (0, 0), 0.8)
    rough = np.random.default_rng(seed).normal(0, 4, seen.shape)
    seen = np.clip(seen + rough, 0, 255).astype(np.uint8)
    grey = np.asarray(seen if seen.ndim == 2 else cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY), np.uint8)
    scan = ink.ink_of(grey)
    left = ink.unexplained(scan, print_, BLACK)
    x, y = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in grey.shape[::-1]))
    laid = Laid(grey, 0.0, np.eye(3), seen, x, y)
    mark = hand.judge(PLACE, [PLACE, ALSO], left, scan, BLACK, laid, print_, tesseract.installed())
    return mark.present


@pytest.mark.parametrize("style", STYLES)
def test_signature_is_seen(style: str) -> None:
    seen = [judged(f"sign:{style}", seed) for seed in range(6)]
    assert False not in seen
    # Two strokes of a pen may be initials or a tick: a person looks.
    assert seen.count(True) >= (4 if style == "short" else 5)


def drawn(*strokes: tuple[tuple[float, float], ...]) -> NDArray[np.uint8]:
    """The page with strokes in the signature's blank, in millimetres from its middle."""
    sheet = issued()
    for stroke in strokes:
        points = [[round(px_from_mm(at, page.DPI)) for at in (86 + x, 48 + y)] for x, y in stroke]
        cv2.polylines(sheet, [np.array(points, np.int32)], isClosed=False, color=(40,), thickness=3)
    return sheet


BAR, LEG = ((-6, -9.2), (0, -10), (6, -9.2)), ((0, -7.5), (-1, -5), (-6, 1))
WEDGE = ((2.5, 1), (3.5, -2), (3, 0.5))
WAVE = ((-4, -2), (-2, -8), (-1, -3), (0, -6), (1, -3), (2, -6), (3, -3))


def test_a_third_stroke_makes_more_than_a_tick() -> None:
    """Т and Л by straight strokes are a signature; two such strokes may be a tick."""
    assert present(drawn(BAR, LEG, WEDGE)) is True
    assert present(drawn(LEG, WEDGE)) is None


def test_a_short_signature_goes_to_and_fro() -> None:
    assert present(drawn(WAVE)) is True
    assert present(drawn(WAVE[:3])) is None


def written(name: str, font: str, high: float, base: float) -> NDArray[np.uint8]:
    """The page with a name in letters so high, so far below the rule (mm)."""
    sheet = Image.fromarray(issued())
    letters = ImageFont.truetype(font, round(px_from_mm(high, page.DPI)))
    at = round(px_from_mm(66, page.DPI)), round(px_from_mm(PLACE.box.y1 + base, page.DPI))
    ImageDraw.Draw(sheet).text(at, name, fill=40, font=letters, anchor="ls")
    return np.asarray(sheet, np.uint8)


@pytest.mark.parametrize("base", [-1.0, 0.5, 1.5, 2.5])
def test_a_name_may_be_written_across_the_rule(base: float) -> None:
    """The rule cuts each letter in two; in pieces, but not in the other side's print."""
    script = str(pens.FONTS / "bad-script.ttf")
    assert present(written("Хачатурян", script, 8.0, base)) is True


def test_a_name_in_type_is_no_signature() -> None:
    assert present(written("Хачатурян", "LiberationSerif-Regular.ttf", 4.5, -0.7)) is None


def test_the_edge_of_the_sheet_is_no_stamps_side() -> None:
    """A dark table shows beside the sheet, and long strokes run towards it."""
    sheet = drawn(((40, -20), (81, -20)), ((40, 0), (81, 0)))
    sheet[:, -round(px_from_mm(4, page.DPI)) :] = 60
    scan = ink.ink_of(np.asarray(cv2.GaussianBlur(sheet, (0, 0), 0.8), np.uint8))
    moved = Box(PLACE.box.x0 + 40, PLACE.box.y0, PLACE.box.x1 + 40, PLACE.box.y1)
    assert stamps.about(moved, scan, issued(), BLACK) is None


@pytest.mark.parametrize("trap", TRAPS)
def test_what_nobody_signed_is_no_signature(trap: str) -> None:
    assert True not in [judged(trap, seed) for seed in range(6)]


def test_blank_that_nobody_touched_is_empty() -> None:
    assert judged("nothing", 0) is False


@pytest.fixture
def black_pens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in pens.INKS:
        monkeypatch.setitem(pens.INKS, name, (0.11, 0.11, 0.13))


@pytest.mark.usefixtures("black_pens")
@pytest.mark.parametrize("stamp", ["stamp-round", "stamp-box"])
def test_a_signature_under_a_stamp_of_another_hue_is_seen(stamp: str) -> None:
    """In grey a person has to look."""
    styles = ("initials", "loops", "illegible", "knot")
    seen = [judged(f"sign:{style}+{stamp}", seed, colour=True) for seed, style in enumerate(styles)]
    assert False not in seen
    assert seen.count(True) >= 2
    assert True not in [judged(f"sign:{style}+{stamp}", n) for n, style in enumerate(styles)]


@pytest.mark.usefixtures("black_pens")
@pytest.mark.parametrize("stamp", ["stamp-round", "stamp-box"])
@pytest.mark.parametrize("trap", [trap for trap in TRAPS if not trap.startswith("stamp")])
def test_nothing_else_under_a_stamp_is_a_signature(stamp: str, trap: str) -> None:
    assert True not in [judged(f"{trap}+{stamp}", seed, colour=True) for seed in range(3)]


@pytest.mark.parametrize("pen", ["frame", "ring", "capitals"])
def test_a_second_stamp_of_another_hue_is_no_signature(pen: str) -> None:
    """All in the blank, over a large one."""
    sheet = np.repeat(issued()[..., None], 3, axis=2)
    x, y = (round(px_from_mm(mm, page.DPI)) for mm in (86, 45))
    cv2.circle(sheet, (x, y), round(px_from_mm(19, page.DPI)), (150, 60, 90), 5)
    cv2.circle(sheet, (x, y), round(px_from_mm(12, page.DPI)), (150, 60, 90), 2)
    ink_, half = (150, 40, 20), (round(px_from_mm(15, page.DPI)), round(px_from_mm(4.5, page.DPI)))
    if pen == "frame":
        cv2.rectangle(sheet, (x - half[0], y - half[1]), (x + half[0], y + half[1]), ink_, 4)
    elif pen == "ring":
        cv2.ellipse(sheet, (x, y), half, 0, 0, 360, ink_, 4)
    cv2.putText(sheet, "ACCEPTED", (x - half[0] + 30, y + 12), 2, 1.1, ink_, 4)
    assert present(sheet) is None


def test_two_long_sides_are_a_frame() -> None:
    sheet = np.zeros((200, 400), np.uint8)
    cv2.rectangle(sheet, (50, 60), (290, 130), (1,), 4)
    assert stamps.is_framed(sheet > 0)
    sheet[:] = 0
    cv2.line(sheet, (50, 60), (290, 130), (1,), 4)  # two strokes that go apart
    cv2.line(sheet, (50, 90), (290, 60), (1,), 4)
    assert not stamps.is_framed(sheet > 0)


def test_a_code_that_shines_through_is_no_signature() -> None:
    """In a bilevel scan it has fallen to pieces."""
    sheet = issued()
    rng = np.random.default_rng(5)
    x, y = (round(px_from_mm(mm, page.DPI)) for mm in (80, 36))
    for row, column in np.argwhere(rng.random((7, 9)) < 0.45):
        at = (x + 16 * int(column), y + 15 * int(row))
        cv2.ellipse(sheet, at, (9, 2), int(rng.integers(180)), 0, 360, (0,), -1)
    assert present(sheet) is None
