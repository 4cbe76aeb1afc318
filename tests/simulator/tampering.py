"""What is done to a printed sheet by hand: fluid, labels, smears, strike-outs, insertions.

Every kind changes the sheet in place over ``box`` (the ink of one printed line of a value, mm)
and returns the box of what it touched.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.geometry import Box, mm_from_px, px_from_mm, union
from tests.simulator.dice import between, one_of
from tests.simulator.pens import draw_strokes, smooth, take_pen, write
from tests.simulator.printing import Cover, Pixels, Sheet, cloud, lay

_PARAGRAPH_MM = 22.0  # how far a strike-out of a paragraph reaches down
_FOOT_MM = 27.0  # where no paragraph stands


def smear(sheet: Sheet, box: Box, text: str, rng: np.random.Generator) -> Box:
    """A wet thumb: the ink runs sideways and the letters go soft."""
    zone = box.grown(2.0, 0.8)
    rows, columns = sheet.window(zone)
    part = sheet.pixels[rows, columns].astype(np.float32)
    reach = max(3, round(px_from_mm(between(rng, (0.8, 2.2)), sheet.dpi)))
    kernel = np.linspace(1, 0.1, reach, dtype=np.float32)
    kernel = np.hstack([np.zeros(reach, np.float32), kernel])[None, :]
    if rng.random() < 0.5:
        kernel = kernel[:, ::-1].copy()
    dragged = cv2.filter2D(part, -1, kernel / kernel.sum())
    soft = cv2.GaussianBlur(np.asarray(dragged), (0, 0), px_from_mm(0.15, sheet.dpi))
    blend = _soft_edge(part.shape[:2]) * between(rng, (0.75, 0.97))
    wet = np.asarray(soft) * (1 - 0.06 * blend)
    _put(sheet, rows, columns, part * (1 - blend) + wet * blend)
    return zone


def rub(sheet: Sheet, box: Box, text: str, rng: np.random.Generator) -> Box:
    """A hard eraser: the print is scraped off in part, the fibres are grey."""
    zone = box.grown(1.0, 0.5)
    rows, columns = sheet.window(zone)
    part = sheet.pixels[rows, columns].astype(np.float32)
    scratches = cloud(rng, part.shape[:2], (60, 12))
    gone = np.clip(between(rng, (0.7, 0.95)) + 0.2 * scratches, 0, 1)[..., None]
    gone = gone * _soft_edge(part.shape[:2])
    paper = 246 + 4 * cloud(rng, part.shape[:2], (50, 50))[..., None]
    _put(sheet, rows, columns, part * (1 - gone) + paper * gone)
    return zone


def fluid(sheet: Sheet, box: Box, text: str, rng: np.random.Generator) -> Box:
    """Correction fluid: a ragged white patch with a shaded rim; ``text`` is written over it."""
    zone = box.grown(between(rng, (0.8, 2.0)), between(rng, (0.4, 0.9)))
    rows, columns = sheet.window(zone)
    part = sheet.pixels[rows, columns].astype(np.float32)
    shape = part.shape[:2]
    edge = _soft_edge(shape)[..., 0] * 2.2 - 0.5 + 0.12 * cloud(rng, shape, (6, 18))
    patch = np.clip(edge * 3, 0, 1)
    rim = np.clip(1 - np.abs(edge - 0.25) * 4, 0, 1)
    white = 250 - 14 * rim + 1.5 * cloud(rng, shape, (20, 60))
    _put(sheet, rows, columns, part * (1 - patch[..., None]) + (white * patch)[..., None])
    if text:
        _by_hand(sheet, text, box, rng)
    return zone


def label(sheet: Sheet, box: Box, text: str, rng: np.random.Generator) -> Box:
    """A strip of paper glued over the print, ``text`` printed on it."""
    zone = box.grown(between(rng, (0.8, 2.5)), between(rng, (0.5, 1.0)))
    rows, columns = sheet.window(zone)
    high, wide = rows.stop - rows.start, columns.stop - columns.start
    shade = int(between(rng, (238, 252)))
    strip = Image.new("L", (wide, high), shade)
    pen = ImageDraw.Draw(strip)
    pen.line((0, high - 1, wide, high - 1), fill=shade - 55)
    pen.line((wide - 1, 0, wide - 1, high), fill=shade - 40)
    face = ImageFont.truetype("LiberationSerif-Regular.ttf", max(8, round(high * 0.62)))
    if text:
        pen.text((high * 0.25, high * 0.72), text, font=face, fill=12, anchor="ls")
    _put(sheet, rows, columns, np.repeat(np.asarray(strip, np.float32)[..., None], 3, axis=2))
    return zone


def _soft_edge(shape: tuple[int, ...]) -> Pixels:
    """1 in the middle of a patch, falling to 0 at its rim."""
    y = np.minimum(np.arange(shape[0]), np.arange(shape[0])[::-1]) / max(1, shape[0] * 0.22)
    x = np.minimum(np.arange(shape[1]), np.arange(shape[1])[::-1]) / max(1, shape[0] * 0.35)
    edge = np.clip(y, 0, 1)[:, None] * np.clip(x, 0, 1)[None, :]
    return np.asarray(edge[..., None], np.float32)


def _put(sheet: Sheet, rows: slice, columns: slice, part: Pixels) -> None:
    sheet.pixels[rows, columns] = np.clip(part, 0, 255).astype(np.uint8)


def _pen_over(sheet: Sheet, strokes: list[Pixels], rng: np.random.Generator) -> Box:
    pen = take_pen(rng)
    cover = draw_strokes([smooth(stroke) for stroke in strokes], pen, sheet.dpi, rng)
    lay(sheet, cover, pen.rgb)
    return cover.box(sheet.dpi)


def _across(box: Box, at: float, rng: np.random.Generator, legs: int = 5) -> Pixels:
    x = np.linspace(box.x0 - between(rng, (0, 1.5)), box.x1 + between(rng, (0, 1.5)), legs)
    y = at + np.linspace(0, float(rng.normal(0, 0.3)), legs) + rng.normal(0, 0.12, legs)
    return np.stack([x, y], axis=1)


def strike(sheet: Sheet, box: Box, text: str, rng: np.random.Generator) -> Box:
    """One or two lines through the words."""
    middle = (box.y0 + box.y1) / 2
    levels = (middle,) if rng.random() < 0.7 else (middle - 0.5, middle + 0.6)
    return _pen_over(sheet, [_across(box, level, rng) for level in levels], rng)


def strike_wavy(sheet: Sheet, box: Box, text: str, rng: np.random.Generator) -> Box:
    """A wavy line through the words."""
    legs = max(6, round(box.width / between(rng, (1.2, 2.2))))
    line = _across(box, (box.y0 + box.y1) / 2, rng, legs)
    line[:, 1] += np.where(np.arange(legs) % 2, 1, -1) * between(rng, (0.5, 1.1))
    return _pen_over(sheet, [line], rng)


def strike_paragraph(sheet: Sheet, box: Box, text: str, rng: np.random.Generator) -> Box:
    """A cross or a zigzag over several lines."""
    down = min(box.y0 + _PARAGRAPH_MM, max(box.y1, sheet.height_mm - _FOOT_MM))
    deep = Box(box.x0, box.y0, min(sheet.width_mm - 12, box.x0 + 120), down)
    if rng.random() < 0.5:
        ends = np.array([[deep.x0, deep.y0], [deep.x1, deep.y1]])
        other = np.array([[deep.x1, deep.y0], [deep.x0, deep.y1]])
        legs = [
            np.linspace(run[0], run[1], 4) + rng.normal(0, 0.6, (4, 2)) for run in (ends, other)
        ]
        return _pen_over(sheet, legs, rng)
    x = np.linspace(deep.x0, deep.x1, 9)
    y = np.where(np.arange(9) % 2, deep.y1, deep.y0) + rng.normal(0, 1.0, 9)
    return _pen_over(sheet, [np.stack([x, y], axis=1)], rng)


def insertion(sheet: Sheet, box: Box, text: str, rng: np.random.Generator) -> Box:
    """Words written between the lines, with a caret where they belong."""
    at = between(rng, (box.x0, max(box.x0, min(box.x1, sheet.width_mm - 40))))
    caret = np.array([[at - 1.0, box.y1 + 1.0], [at, box.y1 - 0.8], [at + 1.1, box.y1 + 1.1]])
    first = _pen_over(sheet, [caret], rng)
    words = text or one_of(rng, ("не", "кроме", "без права передачи", "до 31.12", "нет"))
    second = _by_hand(sheet, words, Box(at, box.y0 - 3, at + 40, box.y0 + 0.2), rng)
    return union((first, second))


def _by_hand(sheet: Sheet, text: str, box: Box, rng: np.random.Generator) -> Box:
    pen = take_pen(rng)
    mask, base, _ = write(text, between(rng, (2.6, 3.6)), pen, sheet.dpi, rng)
    cover = Cover(mask, box.x0, box.y1 - base)
    lay(sheet, cover, pen.rgb)
    return cover.box(sheet.dpi)


def overprint(sheet: Sheet, box: Box, text: str, rng: np.random.Generator) -> Box:
    """The line printed twice, the second time a little off."""
    zone = box.grown(0.5, 0.3)
    rows, columns = sheet.window(zone)
    part = sheet.pixels[rows, columns]
    off = round(px_from_mm(between(rng, (0.5, 1.2)), sheet.dpi))
    _put(sheet, rows, columns, np.minimum(part, np.roll(part, (off // 3, off), axis=(0, 1))))
    return Box(zone.x0, zone.y0, zone.x1 + mm_from_px(off, sheet.dpi), zone.y1)


def touch(sheet: Sheet, box: Box, text: str, rng: np.random.Generator) -> Box:
    """A pen on a letter or a figure or two: a bar, a hook, a bow, or small letters over them."""
    x = between(rng, (box.x0 + 0.8, max(box.x0 + 0.9, box.x1 - 0.8)))
    y = box.y0 + box.height * between(rng, (0.35, 0.7))
    half = between(rng, (0.8, 1.6))
    how = one_of(rng, ("bar", "hook", "bow", "letters"))
    if how == "letters":
        pen = take_pen(rng)
        mask, _base, _ = write("не", between(rng, (1.4, 2.2)), pen, sheet.dpi, rng)
        cover = Cover(mask, x, y - mm_from_px(mask.shape[0], sheet.dpi) / 2)
        lay(sheet, cover, pen.rgb)
        return cover.box(sheet.dpi)
    if how == "bow":
        turn = np.linspace(0, 2 * np.pi, 12)
        stroke = np.stack([x + half * 0.7 * np.cos(turn), y + 0.6 * np.sin(turn)], axis=1)
    elif how == "bar":
        stroke = np.array([[x - half, y], [x, y], [x + half, y - between(rng, (-0.2, 0.2))]])
    else:
        corner = (x - half, y)
        stroke = np.array([[x - half / 2, y - 1.2], corner, corner, (x + half, y)])
    return _pen_over(sheet, [stroke], rng)


SHEET_KINDS: dict[str, Callable[[Sheet, Box, str, np.random.Generator], Box]] = {
    "smear": smear,
    "rub": rub,
    "fluid": fluid,
    "label": label,
    "strike": strike,
    "strike-wavy": strike_wavy,
    "strike-paragraph": strike_paragraph,
    "insertion": insertion,
    "overprint": overprint,
    "touch": touch,
}
