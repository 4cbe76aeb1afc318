"""A pen's ink is told from a copier's print where the scan has colour; a black pen passes."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.geometry import Box, px_from_mm
from pipeline.pages import ink, page
from pipeline.pages.registration import Laid
from pipeline.pens import hues, original, stamps
from pipeline.pens.original import Original
from tests import scanning
from tests.bench import people
from tests.simulator.pens import Pen
from tests.simulator.printing import Sheet, lay
from tests.simulator.signatures import STYLES, sign
from tests.simulator.traps import stamp_round

BLANK = Box(60, 60, 112, 72)
TINT = np.array([1.0, 0.985, 0.95])  # of a scanner's lamp
Pixels = NDArray[np.uint8]


def issued() -> Pixels:
    """Words about a blank."""
    size = [round(px_from_mm(mm, page.DPI)) for mm in (120, 170)]
    sheet = np.full(size, 255, np.uint8)
    for row in (20, 30, 40, 85, 95):
        x, y = (round(px_from_mm(mm, page.DPI)) for mm in (15, row))
        cv2.putText(sheet, "I have read and agree to it all", (x, y), 2, 1.6, (0,), 3, cv2.LINE_AA)
    return sheet


def scanned(sheet: Pixels, rng: np.random.Generator, noise: float) -> Pixels:
    """Blue, green, red as a scanner sees a sheet (red, green, blue)."""
    soft = cv2.GaussianBlur(sheet[..., ::-1], (0, 0), 0.7).astype(np.float32)
    seen = (15 + soft * 230 / 255) * TINT + rng.normal(0, noise, sheet.shape)
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def copied(sheet: Pixels, *, dark: bool) -> Pixels:
    """What a copier prints of a sheet: grey; ``dark`` as they are set for text."""
    grey = cv2.cvtColor(sheet, cv2.COLOR_RGB2GRAY).astype(np.float32)
    grey = np.clip((grey - 110) * 2.2, 0, 255) if dark else 60 + grey * 0.7
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)


def judged(
    colour: str,
    seed: int,
    *,
    copy: str = "",
    stamp: bool = False,
    fresh: bool = False,
    noise: float = 2.0,
) -> Original:
    """``fresh``: the stamp was pressed on the paper that is scanned, and the pen told from it."""
    rng = np.random.default_rng(seed)
    print_ = issued()
    sheet = Sheet(np.repeat(print_[..., None], 3, axis=2), page.DPI)
    pen = Pen(colour, 0.45, 0.2, 0.05, "caveat")
    lay(sheet, sign(BLANK, pen, page.DPI, rng, STYLES[seed % len(STYLES)])[0], pen.rgb)
    if stamp:
        stamp_round(sheet, Box(60, 46, 100, 86), rng)
    paper = copied(sheet.pixels, dark=copy == "dark") if copy else sheet.pixels
    if fresh:
        sheet = Sheet(paper.copy(), page.DPI)
        stamp_round(sheet, Box(60, 46, 100, 86), rng)
        paper = sheet.pixels
    seen = scanned(paper, rng, noise)
    grey = np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY), np.uint8)
    scan = ink.ink_of(grey)
    black = float(np.median(scan[print_ == 0]))
    x, y = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in grey.shape[::-1]))
    laid = Laid(grey, 0.0, np.eye(3), grey if copy == "grey scan" else seen, x, y)
    left = ink.unexplained(scan, print_, black)
    if not fresh:
        return original.judge(BLANK, left, scan, black, laid, print_, stamped=stamp)
    outline = stamps.about(BLANK, scan, print_, black)
    assert outline is not None
    told = hues.apart(BLANK, left, outline, laid)
    return original.judge(BLANK, left, scan, black, laid, print_, stamped=True, pen=told)


@pytest.mark.parametrize("colour", ["blue", "violet"])
def test_a_pen_with_a_hue_is_an_original(colour: str) -> None:
    assert all(judged(colour, seed).likely for seed in range(len(STYLES)))


@pytest.mark.parametrize("noise", [2, 10, 20])
def test_a_black_pen_is_never_called_a_copy(noise: float) -> None:
    seen = [judged("black", seed, noise=noise) for seed in range(2 * len(STYLES))]
    assert {one.likely for one in seen} == {None}


@pytest.mark.parametrize("colour", ["blue", "black"])
def test_a_dark_copy_is_seen(colour: str) -> None:
    seen = [judged(colour, seed, copy="dark") for seed in range(len(STYLES))]
    assert {one.likely for one in seen} <= {False, None}
    assert sum(one.likely is False for one in seen) >= len(STYLES) - 2
    assert {one.certainty for one in seen if one.likely is False} == {original.BY_TONE}


def test_of_a_pale_copy_nothing_is_said() -> None:
    """A black pen on a worn print looks the same."""
    assert judged("blue", 1, copy="pale") == original.NOT_SAID


def test_a_stamp_without_a_hue_shows_a_copy() -> None:
    assert judged("black", 1, copy="pale", stamp=True) == Original(False, original.BY_STAMP)
    assert judged("black", 1, stamp=True).likely is True  # the stamp is blue


def test_a_stamp_on_a_copy_makes_no_original_of_it() -> None:
    """Its hue says nothing of the signature under it."""
    seen = [judged("black", seed, copy="dark", fresh=True) for seed in range(len(STYLES))]
    assert True not in {one.likely for one in seen}
    assert False in {one.likely for one in seen}


def test_a_black_pen_under_a_stamp_is_never_called_a_copy() -> None:
    assert False not in {judged("black", n, fresh=True).likely for n in range(len(STYLES))}


def test_of_a_grey_scan_nothing_is_said() -> None:
    assert judged("blue", 1, copy="grey scan") == original.NOT_SAID


def test_a_copy_of_a_signed_paper_waits_for_a_person(tmp_path: Path) -> None:
    """The words say which signature, and how sure that is; the copy is not lost either."""
    office = scanning.open_office(tmp_path / "office")
    (paper,) = scanning.issue(office, people.hires(1, 31), "non-disclosure-pledge")
    dark = np.clip((office.page(paper).astype(np.float32) - 110) * 2.2, 0, 255)
    office.put("1.png", np.asarray(dark[..., None] * TINT, np.uint8))
    (document,) = office.take_in()
    assert document["status"] == "review"
    assert "copy-not-original" in document["reasons"]
    signature = document["hand"]["signature"]
    assert signature["present"]
    assert signature["original"] == {"likely": False, "certainty": original.BY_TONE}
    (waiting,) = office("review", "--json").lines()
    assert waiting["hand"]["signature"]["original"] == signature["original"]
    assert {"copy", "80%"} <= {*office("review").err.replace(",", "").split()}
