"""Round seals made pale: what they lie over can be read, and nothing else is lost."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.engines import tesseract
from pipeline.geometry import Box
from pipeline.others import seals
from pipeline.scans.scan import PageImage
from tests.simulator.dice import dice
from tests.simulator.printing import Pixels, Sheet
from tests.simulator.traps import stamp_box, stamp_round

LINE = "Копия документа сделана в отделе кадров"
DPI = 200
PLACE = Box(60, 60, 140, 90)  # of the seal, on the lines


def page(colour: tuple[int, int, int] = (25, 25, 25)) -> Sheet:
    """Lines of print from the left to the right, all about ``PLACE``."""
    picture = Image.new("RGB", (1654, 2339), (248, 246, 240))
    pen = ImageDraw.Draw(picture)
    face = ImageFont.truetype("LiberationSerif-Regular.ttf", 36)
    for row in range(8):
        pen.text((250, 440 + 45 * row), f"{LINE} {LINE}", font=face, fill=colour)
    return Sheet(np.array(picture), DPI)


def scanned(sheet: Sheet) -> PageImage:
    return PageImage(np.ascontiguousarray(sheet.pixels[..., ::-1]), True)


def ink(grey: Pixels) -> int:
    return int(np.count_nonzero(grey < 160))


@pytest.mark.parametrize("seed", range(3))
def test_print_under_a_seal_is_read(seed: int) -> None:
    clean, sealed = ink(scanned(page()).grey), page()
    stamp_round(sealed, PLACE, dice(seed))
    image = scanned(sealed)
    before, pale = ink(image.grey), seals.without(image)
    assert ink(pale) - clean < 0.1 * (before - clean)
    ocr = tesseract.installed()
    said = [
        " ".join(word.text for word in ocr.read_page(grey)).count("отделе кадров")
        for grey in (image.grey, pale)
    ]
    assert said[0] < said[1]
    assert said[1] >= 15  # of 16


@pytest.mark.parametrize("colour", [(30, 60, 170), (150, 20, 30)], ids=["blue", "red"])
def test_coloured_print_stays(colour: tuple[int, int, int]) -> None:
    image = scanned(page(colour))
    assert np.array_equal(seals.without(image), image.grey)


def test_a_frame_stays_whose_words_are_to_be_read() -> None:
    sheet = page()
    stamp_box(sheet, PLACE, dice(1))
    image = scanned(sheet)
    assert np.array_equal(seals.without(image), image.grey)


def test_a_grey_page_is_left_as_it_is() -> None:
    sheet = page()
    stamp_round(sheet, PLACE, dice(0))
    grey = np.asarray(cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    assert seals.without(PageImage(grey, False)) is grey


def test_a_page_without_paper_is_no_trouble() -> None:
    black = np.zeros((400, 300, 3), np.uint8)
    black[100:300, 100:200, 0] = 200
    assert seals.without(PageImage(black, True)).shape == (400, 300)
