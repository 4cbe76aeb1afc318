"""What lies over a signature's place although nobody signed: stamps, folds, staples and the like.

Each trap changes the sheet in place and returns the box of what it left, in sheet millimetres.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.geometry import Box, mm_from_px, px_from_mm
from tests.simulator.dates import spell, write_on_rule
from tests.simulator.dice import between, one_of
from tests.simulator.pens import Pen, draw_strokes, smooth
from tests.simulator.printing import Cover, Pixels, Sheet, cloud, lay

_STAMP_INKS = ((0.16, 0.18, 0.62), (0.35, 0.20, 0.60), (0.25, 0.15, 0.45))
_RING_TEXTS = (
    "МУНИЦИПАЛЬНОЕ КАЗЕННОЕ УЧРЕЖДЕНИЕ * ГОРОД ЗАРЕЧЕНСК * ",
    "ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ * «СЕВЕРНЫЙ БЕРЕГ» * ",
)
_STAMP_LINES = (
    ("ПОЛУЧЕНО", "Вх. № 1147", "«    » ________ 20__ г."),
    ("КОПИЯ ВЕРНА", "Специалист по кадрам", "_____________"),
    ("ОТДЕЛ КАДРОВ", "принято к учету", "№ 58-к"),
)
_STAMP_WORDS = ("ВЕРНО", "КОПИЯ", "ПРИНЯТО", "УЧТЕНО")
_FINE = 2


def _face(size_px: float, bold: bool = True) -> ImageFont.FreeTypeFont:
    name = "LiberationSans-Bold.ttf" if bold else "LiberationSans-Regular.ttf"
    return ImageFont.truetype(name, max(6, round(size_px)))


def stamp_round(sheet: Sheet, box: Box, rng: np.random.Generator) -> Box:
    """A round seal, 36-42 mm, across the signature's place."""
    size_mm = between(rng, (36.0, 42.0))
    scale = px_from_mm(1, sheet.dpi) * _FINE
    size = round(size_mm * scale)
    tile = Image.new("L", (size, size))
    pen = ImageDraw.Draw(tile)
    for inset, width in ((0.5, 0.8), (1.6, 0.25), (size_mm * 0.19, 0.3)):
        edge = inset * scale
        pen.ellipse((edge, edge, size - edge, size - edge), outline=255, width=round(width * scale))
    text = one_of(rng, _RING_TEXTS)
    face = _face(2.6 * scale)
    radius = size / 2 - 4.0 * scale
    for number, letter in enumerate(text):
        angle = 2 * np.pi * number / len(text)
        mark = Image.new("L", (round(5 * scale), round(5 * scale)))
        half = mark.width / 2
        ImageDraw.Draw(mark).text((half, half), letter, font=face, fill=255, anchor="mm")
        mark = mark.rotate(-np.degrees(angle), resample=Image.Resampling.BILINEAR)
        x, y = size / 2 + radius * np.sin(angle), size / 2 - radius * np.cos(angle)
        tile.paste(255, (round(x - half), round(y - half)), mark)
    for row, line in enumerate(("ДЛЯ", "ДОКУМЕНТОВ")):
        place = (size / 2, size / 2 + (row - 0.5) * 4 * scale)
        pen.text(place, line, font=_face(2.8 * scale), fill=255, anchor="mm")
    return _press(sheet, box, tile, rng)


def stamp_box(sheet: Sheet, box: Box, rng: np.random.Generator) -> Box:
    """A rectangular office stamp, about 50 by 20 mm."""
    scale = px_from_mm(1, sheet.dpi) * _FINE
    wide, high = between(rng, (42.0, 56.0)), between(rng, (16.0, 22.0))
    tile = Image.new("L", (round(wide * scale), round(high * scale)))
    pen = ImageDraw.Draw(tile)
    edge = 0.5 * scale
    pen.rectangle(
        (edge, edge, tile.width - edge, tile.height - edge), outline=255, width=round(0.6 * scale)
    )
    for row, line in enumerate(one_of(rng, _STAMP_LINES)):
        face = _face((3.4 if row == 0 else 2.5) * scale, row == 0)
        place = (tile.width / 2, tile.height * (0.26 + 0.26 * row))
        pen.text(place, line, font=face, fill=255, anchor="mm")
    return _press(sheet, box, tile, rng)


def stamp_small(sheet: Sheet, box: Box, rng: np.random.Generator) -> Box:
    """One word in capitals, bare or in a small frame or oval: whole in the signature's place."""
    scale = px_from_mm(1, sheet.dpi) * _FINE
    shape = one_of(rng, ("frame", "oval", "bare"))
    wide, high = between(rng, (24.0, 36.0)), between(rng, (7.0, 11.0))
    tile = Image.new("L", (round(wide * scale), round(high * scale)))
    pen = ImageDraw.Draw(tile)
    edge, width = 0.5 * scale, round(between(rng, (0.4, 0.8)) * scale)
    around = (edge, edge, tile.width - edge, tile.height - edge)
    if shape == "frame":
        pen.rectangle(around, outline=255, width=width)
    elif shape == "oval":
        pen.ellipse(around, outline=255, width=width)
    word, middle = one_of(rng, _STAMP_WORDS), (tile.width / 2, tile.height / 2)
    pen.text(middle, word, font=_face(between(rng, (3.2, 4.0)) * scale), fill=255, anchor="mm")
    return _press(sheet, box, tile, rng)


def _press(sheet: Sheet, box: Box, tile: Image.Image, rng: np.random.Generator) -> Box:
    """Press a stamp near the middle of ``box``: turned a little, its ink patchy."""
    turned = tile.rotate(between(rng, (-18, 18)), resample=Image.Resampling.BILINEAR, expand=True)
    small = turned.resize(
        (turned.width // _FINE, turned.height // _FINE), resample=Image.Resampling.BOX
    )
    mask = np.asarray(small, np.float32) / 255.0
    patchy = np.clip(0.8 + 0.22 * cloud(rng, mask.shape, (7, 7)), 0.15, 1)
    grain = np.clip(1.0 + 0.25 * cloud(rng, mask.shape, (90, 90)), 0.3, 1)
    mask = mask * patchy * grain * between(rng, (0.75, 0.95))
    x = (box.x0 + box.x1) / 2 + between(rng, (-0.25, 0.25)) * box.width
    y = (box.y0 + box.y1) / 2 + between(rng, (-0.3, 0.3)) * box.height
    cover = Cover(
        np.asarray(mask, np.float32),
        x - mm_from_px(mask.shape[1] / 2, sheet.dpi),
        y - mm_from_px(mask.shape[0] / 2, sheet.dpi),
    )
    lay(sheet, cover, one_of(rng, _STAMP_INKS))
    return cover.box(sheet.dpi)


def fold(sheet: Sheet, box: Box, rng: np.random.Generator) -> Box:
    """A crease across the whole sheet, through ``box``; toner flakes off where it runs."""
    slope = float(rng.normal(0, 0.01))
    upright = rng.random() < 0.25
    at = between(rng, (box.x0 + 5, box.x1 - 5) if upright else (box.y0 + 1, box.y1 - 0.5))
    reach = 4.0
    length = sheet.height_mm if upright else sheet.width_mm
    low, high = at - reach - abs(slope) * length, at + reach + abs(slope) * length
    band = Box(low, 0, high, length) if upright else Box(0, low, length, high)
    rows, columns = sheet.window(band)
    y, x = np.mgrid[rows, columns].astype(np.float32)
    mm = np.float32(mm_from_px(1, sheet.dpi))
    across, along = (x * mm, y * mm) if upright else (y * mm, x * mm)
    wander = cloud(rng, along.shape, (1, 40) if not upright else (40, 1)) * 0.05
    away = across - at - slope * (along - length / 2) + wander
    broken = np.clip(
        0.75 + 0.4 * cloud(rng, along.shape, (2, 60) if not upright else (60, 2)), 0, 1
    )
    line = np.exp(-((away / between(rng, (0.08, 0.16))) ** 2)) * broken
    valley = np.sign(away) * np.exp(-np.abs(away) / 1.6)
    dark = line * between(rng, (0.15, 0.5)) + valley * between(rng, (0.02, 0.06))
    flakes = (np.abs(away) < 0.18) & (cloud(rng, along.shape, (60, 200)) > 0.9)
    part = sheet.pixels[rows, columns].astype(np.float32)
    part = np.where(flakes[..., None] & (part < 128), 215.0, part) * (1 - dark[..., None])
    sheet.pixels[rows, columns] = np.clip(part, 0, 255).astype(np.uint8)
    return band.grown(-reach + 0.5, 0) if upright else band.grown(0, -reach + 0.5)


def staple(sheet: Sheet, box: Box, rng: np.random.Generator) -> Box:
    """A staple, its shine and its shadow; or the two holes that it left."""
    x, y = between(rng, (box.x0 + 7, box.x1 - 7)), between(rng, (box.y0 + 1, box.y1 - 1))
    angle = float(rng.normal(0, 0.35))
    half = np.array([np.cos(angle), np.sin(angle)]) * between(rng, (5.0, 6.2))
    ends = np.array([[x, y]]) + np.array([-half, half])
    wire = Pen("black", between(rng, (0.45, 0.65)), 0, 0, "")
    if rng.random() < 0.3:
        holes = [ends[i] + np.array([[0.0, 0.0], [0.15, 0.1]]) for i in (0, 1)]
        lay(sheet, draw_strokes(holes, Pen("black", 0.8, 0, 0, ""), sheet.dpi, rng), (0.3,) * 3)
        shade = draw_strokes([smooth(ends)], wire, sheet.dpi, rng)
        lay(sheet, _softened(shade, sheet.dpi, 0.5, 0.35), (0.6, 0.6, 0.6))
        return shade.box(sheet.dpi).grown(0.5)
    cover = draw_strokes([smooth(ends)], wire, sheet.dpi, rng)
    shadow = _softened(cover, sheet.dpi, 0.35, 0.8)
    lay(sheet, Cover(shadow.mask, shadow.x_mm + 0.3, shadow.y_mm + 0.45), (0.45, 0.45, 0.45))
    lay(sheet, cover, (0.5, 0.5, 0.5))
    return cover.box(sheet.dpi).grown(0.7)


def _softened(cover: Cover, dpi: float, spread_mm: float, strength: float) -> Cover:
    blurred = cv2.GaussianBlur(cover.mask, (0, 0), px_from_mm(spread_mm, dpi))
    return Cover(np.asarray(blurred, np.float32) * strength, cover.x_mm, cover.y_mm)


def bleed(sheet: Sheet, box: Box, rng: np.random.Generator) -> Box:
    """The print of the sheet's back, seen through it in mirror image."""
    back = sheet.pixels.min(axis=2)[:, ::-1]
    rows, columns = sheet.window(box)
    ink = (255 - back[:, columns]).astype(np.float32).mean(axis=1)
    height = rows.stop - rows.start
    starts = rng.integers(0, max(1, back.shape[0] - height), 24)
    best = max(starts, key=lambda start: float(ink[start : start + height].sum()))
    back = np.roll(back, rows.start - int(best), axis=0)
    seen = cv2.GaussianBlur(back, (0, 0), px_from_mm(between(rng, (0.12, 0.3)), sheet.dpi))
    strength = between(rng, (0.08, 0.24))
    through = 1 - strength * (1 - np.asarray(seen, np.float32) / 255.0)
    sheet.pixels[:] = (sheet.pixels * through[..., None]).astype(np.uint8)
    return box


def _drawn(sheet: Sheet, strokes: list[Pixels], pen: Pen, rng: np.random.Generator) -> Box:
    cover = draw_strokes([smooth(stroke) for stroke in strokes], pen, sheet.dpi, rng)
    lay(sheet, cover, pen.rgb)
    return cover.box(sheet.dpi)


def tick(sheet: Sheet, box: Box, pen: Pen, rng: np.random.Generator) -> Box:
    """A clerk's tick or cross that says "sign here"."""
    size = between(rng, (3.5, 7.5))
    x = between(rng, (box.x0, box.x1 - size))
    y = box.y1 - between(rng, (0.5, max(0.6, box.height - size)))
    if rng.random() < 0.75:
        shape = np.array([[0, -0.45], [0.12, -0.4], [0.33, 0], [0.38, 0.02], [1.0, -1.0]])
        shape = shape + rng.normal(0, 0.03, shape.shape)
        return _drawn(sheet, [shape * size + (x, y)], pen, rng)
    cross = [np.array([[0.0, 0.0], [0.5, -0.45], [0.9, -0.9]])]
    cross.append(np.array([[0.05, -0.85], [0.5, -0.5], [0.95, 0.05]]))
    return _drawn(
        sheet, [(leg + rng.normal(0, 0.04, (3, 2))) * size + (x, y) for leg in cross], pen, rng
    )


def stray_line(sheet: Sheet, box: Box, pen: Pen, rng: np.random.Generator) -> Box:
    """A pen that slipped over the place."""
    x = np.linspace(box.x0 + between(rng, (-8, 12)), box.x1 + between(rng, (-12, 8)), 5)
    start, end = (between(rng, (box.y0 - 1, box.y1 + 1)) for _ in range(2))
    y = np.linspace(start, end, 5) + rng.normal(0, 0.5, 5)
    return _drawn(sheet, [np.stack([x, y], axis=1)], pen, rng)


def date_over(
    sheet: Sheet, box: Box, pen: Pen, day: date, rng: np.random.Generator
) -> tuple[Box, str]:
    """The date written where the signature should be."""
    text = spell(day, box, rng)
    cover = write_on_rule(text, box, pen, sheet.dpi, rng)
    lay(sheet, cover, pen.rgb)
    return cover.box(sheet.dpi), text


def smudge(sheet: Sheet, box: Box, rng: np.random.Generator) -> Box:
    """A dirty finger."""
    x, y = between(rng, (box.x0 + 4, box.x1 - 4)), between(rng, (box.y0, box.y1))
    spot = Box(x - 9, y - 8, x + 9, y + 8)
    rows, columns = sheet.window(spot)
    v, u = np.mgrid[rows, columns].astype(np.float32) * np.float32(mm_from_px(1, sheet.dpi))
    near = np.exp(-(((u - x) / 5.0) ** 2) - ((v - y) / 4.0) ** 2)
    ridges = 0.75 + 0.25 * np.sin(np.hypot(u - x + 3, v - y) * 2 * np.pi / 0.5)
    dark = near * ridges * np.clip(0.6 + 0.4 * cloud(rng, near.shape, (6, 6)), 0, 1)
    part = sheet.pixels[rows, columns] * (1 - between(rng, (0.12, 0.35)) * dark[..., None])
    sheet.pixels[rows, columns] = np.clip(part, 0, 255).astype(np.uint8)
    return spot


# The pages around a place: these need no pen.
SHEET_TRAPS: dict[str, Callable[[Sheet, Box, np.random.Generator], Box]] = {
    "stamp-round": stamp_round,
    "stamp-box": stamp_box,
    "fold": fold,
    "staple": staple,
    "bleed": bleed,
    "smudge": smudge,
    "stamp-small": stamp_small,
}
PEN_TRAPS: dict[str, Callable[[Sheet, Box, Pen, np.random.Generator], Box]] = {
    "tick": tick,
    "line": stray_line,
}
TRAPS = (*SHEET_TRAPS, *PEN_TRAPS, "date-over", "nothing")
