"""``python -m tests.picture``: docs/intake-page.png, a page of the demo as intake sees it.

Comes in: the registry and the scans that ``make demo`` left. Goes out: one accepted page as it was
scanned, stood upright, with what was found on it: green the printed fields, blue the signature and
the date. The frames follow the paper's own bends, as the page was laid over what had been issued.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, px_from_mm
from pipeline.pages import page, registration
from pipeline.pages.page import DPI
from pipeline.pages.reading import PageReading
from pipeline.papers import layout
from pipeline.papers.paper import Paper
from pipeline.registry import Registry
from pipeline.scans import scan
from pipeline.settings import Settings, load
from tests.demo import FOLDER
from tests.showing import CLONE

FORM = "consent-municipal"  # all of it on one page: printed fields, a signature and a date
PROFILES = ("phone", "worn")  # the roughest scans first
PICTURE = CLONE / "docs" / "intake-page.png"
WIDTH_PX = 1000
COLOURS = 256  # a palette, a third of the bytes
GREEN, BLUE = (60, 150, 30), (225, 90, 0)  # blue, green, red
TINT = 0.16
MARGIN_MM = 1.0
CORNERS_APART_MM = 2.0  # a frame's side is drawn through points this close, so that it can bend

Image = NDArray[np.uint8]


def main() -> int:
    """Draw the picture; 1 where the demo has left nothing to draw."""
    settings = load(FOLDER)
    with Registry.open_reading(settings.registry_url) as registry:
        reading = next(_pages(registry), None)
        paper = registry.paper(reading.paper) if reading and reading.paper else None
        if reading is None or paper is None:
            sys.stderr.write("no accepted page: run make demo first\n")
            return 1
        picture = _draw(reading, paper, registry.pdf_of(paper.id), settings)
    _save(picture, PICTURE)
    return 0


def _pages(registry: Registry) -> Iterator[PageReading]:
    """First pages of accepted consents, the roughest scans first."""
    documents = list(registry.documents(status="accepted", form=FORM))
    for profile in PROFILES:
        for document in documents:
            if f"/{profile}/" in document.source:
                yield document.pages[0]


def _draw(reading: PageReading, paper: Paper, pdf: bytes, settings: Settings) -> Image:
    number = reading.page or 1
    sheet = layout.sheet(pdf, number)
    path, last = settings.workspace / reading.source, reading.source_page
    image = scan.load_page(scan.open_scan(path, reading.source, reading.sha256), last)
    guess = page.first_guess(page.codes(image.grey), sheet.width, sheet.height)
    laid = registration.lay_over(image.grey, image.pixels, layout.render(pdf, number, DPI), guess)
    assert laid is not None, "this page was laid over before"
    flat = image.pixels if image.is_colour else cv2.cvtColor(image.pixels, cv2.COLOR_GRAY2BGR)
    canvas = np.array(flat, np.uint8)
    printed = layout.by_colour(sheet.glyphs)
    for place in paper.places:
        if place.page != number:
            continue
        if place.kind in ("signature", "date"):
            _frame(canvas, place.box, laid, BLUE)
        if place.hand:
            continue
        for line in layout.lines(printed[place.colour]):
            _frame(canvas, layout.box_of(line).grown(MARGIN_MM, MARGIN_MM / 2), laid, GREEN)
    return np.ascontiguousarray(np.rot90(canvas, -reading.turned // 90))


def _frame(canvas: Image, box: Box, laid: registration.Laid, colour: tuple[int, int, int]) -> None:
    """One box of the issued page, drawn where it lies on the scan."""
    rows, columns = laid.map_x.shape
    points = []
    for x, y in _around(box):
        column = min(max(round(px_from_mm(x, DPI)), 0), columns - 1)
        row = min(max(round(px_from_mm(y, DPI)), 0), rows - 1)
        points.append((laid.map_x[row, column], laid.map_y[row, column]))
    outline = np.rint(np.array(points)).astype(np.int32)
    tinted = canvas.copy()
    cv2.fillPoly(tinted, [outline], colour)
    cv2.addWeighted(tinted, TINT, canvas, 1 - TINT, 0, dst=canvas)
    cv2.polylines(canvas, [outline], True, colour, 3, cv2.LINE_AA)


def _around(box: Box) -> Iterator[tuple[float, float]]:
    """Points along the box's sides, clockwise from the top left corner."""
    corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
        steps = max(1, round((abs(x1 - x0) + abs(y1 - y0)) / CORNERS_APART_MM))
        for step in range(steps):
            yield x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps


def _save(picture: Image, path: Path) -> None:
    from PIL import Image as Pictures

    height = round(picture.shape[0] * WIDTH_PX / picture.shape[1])
    small = cv2.resize(picture, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    content = Pictures.fromarray(np.ascontiguousarray(small[..., ::-1]))
    path.parent.mkdir(exist_ok=True)
    few = content.quantize(COLOURS, Pictures.Quantize.MAXCOVERAGE, dither=Pictures.Dither.NONE)
    few.save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
