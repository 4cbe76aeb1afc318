"""Pens: strokes with pressure, letters of handwriting fonts, and the inks they leave."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.geometry import MM_PER_INCH, px_from_mm
from tests.simulator.dice import between, one_of
from tests.simulator.printing import Cover, Pixels, cloud

FONTS = Path(__file__).parent / "fonts"
HANDS = ("caveat", "marck-script", "neucha")
HELD_OUT_HANDS = ("bad-script", "pangolin")  # for benches only: never tuned against
INKS = {
    "blue": (0.10, 0.17, 0.58),
    "violet": (0.27, 0.13, 0.52),
    "black": (0.11, 0.11, 0.13),
}
_INK_ODDS = (0.6, 0.15, 0.25)
THICKNESS_MM = (0.3, 0.8)
_BALL_POINT_MM = (0.3, 0.5)
_FINE = 4  # strokes are drawn that many times finer than the sheet, then averaged


@dataclass(frozen=True, slots=True)
class Pen:
    """A pen: the name of its ink, its line's thickness, how the hand slants and shakes."""

    ink: str
    thickness_mm: float
    slant: float
    shake: float
    hand: str

    @property
    def rgb(self) -> tuple[float, float, float]:
        return INKS[self.ink]


def take_pen(rng: np.random.Generator, hands: tuple[str, ...] = HANDS) -> Pen:
    """Somebody's pen; gel pens and felt tips are rarer than thin ball-points."""
    return Pen(
        ink=list(INKS)[int(rng.choice(3, p=_INK_ODDS))],
        thickness_mm=between(rng, THICKNESS_MM if rng.random() < 0.3 else _BALL_POINT_MM),
        slant=between(rng, (0.0, 0.45)),
        shake=between(rng, (0.02, 0.10)),
        hand=one_of(rng, hands),
    )


def smooth(points: Pixels, per_leg: int = 14) -> Pixels:
    """A Catmull-Rom spline through ``points`` (n, 2)."""
    if len(points) < 3:
        steps = np.linspace(0, 1, per_leg)[:, None]
        return np.asarray(points[:1] * (1 - steps) + points[-1:] * steps)
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, per_leg, endpoint=False)[None, :, None]
    a, b, c, d = (padded[i : len(padded) - 3 + i][:, None, :] for i in range(4))
    legs = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    return np.vstack([legs.reshape(-1, 2), points[-1:]])


def draw_strokes(strokes: list[Pixels], pen: Pen, dpi: float, rng: np.random.Generator) -> Cover:
    """Ink of ``strokes`` (points in sheet mm): heavier downwards, lighter where the pen flies."""
    allpoints = np.vstack(strokes)
    low = allpoints.min(axis=0) - 1.5
    high = allpoints.max(axis=0) + 1.5
    fine = dpi * _FINE / MM_PER_INCH
    low = np.floor(low * dpi / MM_PER_INCH) * MM_PER_INCH / dpi
    columns, rows = np.ceil((high - low) * dpi / MM_PER_INCH).astype(int)
    canvas = np.zeros((rows * _FINE, columns * _FINE), np.uint8)
    for stroke in strokes:
        widths = _pressure(stroke, pen, rng) * fine
        path = np.round((stroke - low) * fine * 16).astype(int)
        for (x0, y0), (x1, y1), width in zip(path[:-1], path[1:], widths, strict=False):
            cv2.line(
                canvas, (int(x0), int(y0)), (int(x1), int(y1)), 255,
                max(1, round(float(width))), cv2.LINE_8, 4,
            )  # fmt: skip
    mask = cv2.resize(canvas, (int(columns), int(rows)), interpolation=cv2.INTER_AREA)
    return Cover(_ink_flow(np.asarray(mask, np.float32) / 255.0, dpi, rng), *map(float, low))


def _pressure(stroke: Pixels, pen: Pen, rng: np.random.Generator) -> Pixels:
    steps = np.diff(stroke, axis=0)
    length = np.hypot(steps[:, 0], steps[:, 1]) + 1e-6
    down = np.clip(steps[:, 1] / length, -1, 1)
    fast = np.clip(length / (np.median(length) * 2.5), 0, 1)
    along = np.cumsum(length) / length.sum()
    ends = np.minimum(1, 0.45 + 9 * np.minimum(along, 0.35 * (1 - along) + 0.02))
    tremble = np.interp(along, np.linspace(0, 1, 12), rng.uniform(0.88, 1.12, 12))
    return np.asarray(pen.thickness_mm * (0.86 + 0.16 * down) * (1 - 0.25 * fast) * ends * tremble)


def _ink_flow(mask: Pixels, dpi: float, rng: np.random.Generator) -> Pixels:
    """Ball-points give ink unevenly: the line is lighter here and there."""
    cells = (max(2, int(mask.shape[0] / dpi * 12)), max(2, int(mask.shape[1] / dpi * 12)))
    flow = 0.93 + 0.07 * cloud(rng, mask.shape, cells)
    return np.asarray(mask * np.clip(flow, 0.6, 1.0), np.float32)


@cache
def _font(hand: str, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"{hand}.ttf"), size_px)


def write(
    text: str, height_mm: float, pen: Pen, dpi: float, rng: np.random.Generator
) -> tuple[Pixels, float, float]:
    """Write ``text`` letter by letter; digits stand ``height_mm`` tall.

    Returns the mask, the row of the baseline and the advance width, both in mm of the mask.
    """
    fine = 2
    size = px_from_mm(height_mm, dpi) * fine
    probe = _font(pen.hand, 200)
    tall = -probe.getbbox("4", anchor="ls")[1] / 200
    font = _font(pen.hand, max(8, round(size / tall)))
    pad = round(size * 0.9)
    width = round(sum(font.getlength(letter) for letter in text) * 1.15) + 2 * pad
    canvas = np.zeros((round(size * 2) + 2 * pad, width), np.uint8)
    base = round(size * 1.2) + pad
    x, drift = float(pad), 0.0
    for letter in text:
        drift = 0.7 * drift + float(rng.normal(0, size * pen.shake * 0.6))
        advance = font.getlength(letter)
        if letter.strip():
            _letter(canvas, font, letter, x, base + drift, pen, rng)
        x += advance * between(rng, (0.94, 1.07))
    canvas = np.asarray(
        cv2.resize(canvas, (width // fine, canvas.shape[0] // fine), interpolation=cv2.INTER_AREA)
    )
    mask = _ink_flow(canvas.astype(np.float32) / 255.0, dpi, rng)
    mm = MM_PER_INCH / dpi / fine
    mask = np.ascontiguousarray(mask[:, pad // fine // 2 :])
    return mask, base * mm, (x - pad) * mm


def _letter(
    canvas: Pixels,
    font: ImageFont.FreeTypeFont,
    letter: str,
    x: float,
    y: float,
    pen: Pen,
    rng: np.random.Generator,
) -> None:
    """Draw one letter at its place on the line, turned, stretched and slanted a little."""
    left, top, right, bottom = font.getbbox(letter, anchor="ls")
    pad = 6
    tile = Image.new("L", (int(right - left) + 2 * pad, int(bottom - top) + 2 * pad))
    ImageDraw.Draw(tile).text((pad - left, pad - top), letter, font=font, fill=255, anchor="ls")
    turn = float(rng.normal(0, pen.shake * 0.7))
    wide, high = rng.normal(1, pen.shake * 0.6, 2)
    shear = (pen.slant - 0.2) * 0.5 + float(rng.normal(0, pen.shake * 0.3))
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = linear @ np.array([[wide, -shear], [0, high]])
    shift = np.array([x, y]) - linear @ np.array([pad - left, pad - top])
    matrix = np.hstack([linear, shift[:, None]]).astype(np.float32)
    size = (canvas.shape[1], canvas.shape[0])
    np.maximum(canvas, np.asarray(cv2.warpAffine(np.asarray(tile), matrix, size)), out=canvas)
