"""Lines of writing to learn from: figures, signs and words by drawn pens, as a scan shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.language.wording import MONTHS
from pipeline.pens import script
from tests.simulator.dice import between, one_of
from tests.simulator.pens import FONTS, HANDS
from tests.simulator.printing import Pixels
from tests.training import figures

_TALL_PX = 36  # figures are drawn that tall, then made as small as on a page
_ROOM = 2.0  # above and below the line, in heights of a figure
_PAGE_PX = (17.0, 46.0)  # how tall a figure is on the page: 2.2 to 5.8 mm
_FOLDERS = (FONTS, Path(__file__).parent / "fonts", Path("/usr/share/fonts/truetype/liberation"))
_PRINTED = ("LiberationSerif-Italic", "LiberationSans-Italic")
_LETTERED = (
    *HANDS, *HANDS, "shantell-sans-cyrillic-400-normal", "pacifico-cyrillic-400-normal",
    "comforter-cyrillic-400-normal", "balsamiq-sans-cyrillic-400-normal", *_PRINTED,
)  # fmt: skip
_FIGURED = (
    *HANDS, "shantell-sans-latin-400-normal", "comforter-latin-400-normal",
    "balsamiq-sans-latin-400-normal", "kalam-latin-400-normal", "patrick-hand-latin-400-normal",
    "reenie-beanie-latin-400-normal", "nothing-you-could-do-latin-400-normal",
    "la-belle-aurore-latin-400-normal", "cedarville-cursive-latin-400-normal",
    "gloria-hallelujah-latin-400-normal", *_PRINTED,
)  # fmt: skip
_LOW = 0.62  # a small letter beside a figure
_LETTERS = "".join(c for c in script.CHARACTERS if c.isalpha())
_SIGNS = "./-"
_CORRECTED = 0.08  # of the lines have a figure written over another


def some_text(rng: np.random.Generator) -> str:
    """What is written: dates of any figures, months, or figures in any order."""
    text = _some_line(rng)
    figures_at = [place for place, char in enumerate(text) if char.isdigit()]
    if figures_at and rng.random() < _CORRECTED:
        place = one_of(rng, figures_at)
        text = text[:place] + script.UNCLEAR + text[place + 1 :]
    return text


def _some_line(rng: np.random.Generator) -> str:
    digits = "".join(str(v) for v in rng.integers(0, 10, 8))
    kind = rng.random()
    if kind < 0.12:
        return digits[: int(rng.integers(1, 4))]
    if kind < 0.25:
        return "".join(one_of(rng, "0123456789./- ") for _ in range(int(rng.integers(3, 9))))
    if kind < 0.6:
        day, month = (str(int(v)) if rng.random() < 0.3 else v for v in (digits[:2], digits[2:4]))
        year = one_of(rng, ("20", "20", "19", "")) + digits[4:6]
        sign = one_of(rng, ("..", "..", "..", "//", "--", ". ", "", "  ")) or one_of(rng, _SIGNS)
        sign = sign if len(sign) == 2 else sign * 2
        return day + sign[0] + month + sign[1] + year + one_of(rng, ("", "", "", " г.", "г.", "г"))
    day = str(int(digits[:2])) if rng.random() < 0.5 else digits[:2]
    if rng.random() < 0.5:
        day = f"«{day}»"
    word = one_of(rng, MONTHS)
    if rng.random() < 0.15:
        word = "".join(one_of(rng, _LETTERS) for _ in range(int(rng.integers(3, 8))))
    year = one_of(rng, ("20", "20", "20", "19", "")) + digits[4:6]
    ending = one_of(rng, ("", "", " г.", "г.", " г", " года"))
    return f"{day} {word} {year}{ending}"


def strip(rng: np.random.Generator) -> tuple[Pixels, str]:
    """One line as the network sees it, and what is written there, without blanks."""
    while True:
        text = some_text(rng)
        seen = script.line(_on_page(_written(text, rng), rng))
        if seen is not None:
            return seen, text.replace(" ", "")


@cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    path = str(next(found for folder in _FOLDERS for found in folder.glob(f"{name}.*")))
    probe = ImageFont.truetype(path, 200)
    char, share = ("н", _LOW) if "cyrillic" in name else ("4", 1.0)
    tall = -probe.getbbox(char, anchor="ls")[1] / 200
    return ImageFont.truetype(path, round(share * _TALL_PX / tall))


@cache
def _glyph(name: str, char: str) -> tuple[Pixels, float, float, float]:
    """A letter's picture, where its origin lies in it, and how far the pen goes on."""
    font, pad = _font(name), _TALL_PX // 2
    left, top, right, bottom = font.getbbox(char, anchor="ls")
    tile = Image.new("L", (int(right - left) + 2 * pad, int(bottom - top) + 2 * pad))
    ImageDraw.Draw(tile).text((pad - left, pad - top), char, font=font, fill=255, anchor="ls")
    picture = np.asarray(tile, np.float32) / 255
    return picture, pad - left, pad - top, font.getlength(char)


def _written(text: str, rng: np.random.Generator) -> Pixels:
    """The line, its figures ``_TALL_PX`` tall."""
    size = float(_TALL_PX)
    hand, other = one_of(rng, _LETTERED), one_of(rng, _FIGURED)
    if hand in _FIGURED and rng.random() < 0.5:
        other = hand
    own = rng.random() < 0.6  # figures by strokes, else by a font
    thick = size * between(rng, (0.05, 0.15))
    shake, slant = between(rng, (0.01, 0.1)), between(rng, (-0.15, 0.55))
    font_slant = between(rng, (-0.25, 0.3))
    gap, blank = between(rng, (-0.06, 0.3)), between(rng, (0.15, 0.9))
    old_style = rng.random() < 0.12
    small = between(rng, (0.85, 1.15))  # letters beside figures
    canvas = np.zeros((round(size * (1 + 2 * _ROOM)), round(size * (len(text) + 3) * 1.3)), "f4")
    x, base, drift = size, size * (1 + _ROOM), 0.0
    for char, stays in _drawn(text, rng):
        if char == " ":
            x += size * blank
            continue
        drift = 0.7 * drift + float(rng.normal(0, size * shake * 0.6))
        wide, high = 1 + rng.normal(0, shake, 2)
        down = drift
        if char in figures.WAYS and own:
            picture, advance = figures.draw(char, size, thick, rng)
            left, low, lean = size, 2 * size, slant
            advance += size * (gap + float(rng.normal(0, 0.04)))
        else:
            picture, left, low, advance = _glyph(hand if char.isalpha() else other, char)
            advance *= between(rng, (0.93, 1.08))
            lean = font_slant
            if char.isalpha():
                wide, high = wide * small, high * small
        if old_style and char in "34579":
            down += 0.25 * size
        if old_style and char in "68":
            high *= 1.25
        turn = float(rng.normal(0, shake * 0.8))
        linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        linear = linear @ np.array([[wide, -lean - rng.normal(0, shake * 0.4)], [0, high]])
        shift = np.array([x, base + down]) - linear @ np.array([left, low])
        matrix = np.hstack([linear, shift[:, None]]).astype(np.float32)
        x0 = max(0, round(x - 1.2 * size))  # only the letter's surroundings are touched
        x1 = min(canvas.shape[1], round(x + advance + 2.2 * size))
        matrix[0, 2] -= x0
        drawn = cv2.warpAffine(picture, matrix, (x1 - x0, canvas.shape[0]))
        np.maximum(canvas[:, x0:x1], drawn, out=canvas[:, x0:x1])
        x += 0.0 if stays else advance * wide
    canvas = canvas[:, : round(x + 2 * size)]
    if rng.random() < 0.5:
        reach = int(rng.integers(1, 3 if own else 4))
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
        canvas = (cv2.dilate if rng.random() < 0.7 else cv2.erode)(canvas, kernel)
    return _bent(canvas, rng) if rng.random() < 0.6 else canvas


def _drawn(text: str, rng: np.random.Generator) -> Iterator[tuple[str, bool]]:
    """What is drawn one after another, and whether the next one comes over it."""
    for char in text:
        if char == script.UNCLEAR:
            first, second = rng.choice(10, 2, replace=False)
            yield str(first), True
            yield str(second), False
        else:
            yield char, False


def _bent(canvas: Pixels, rng: np.random.Generator) -> Pixels:
    """As a hand that is not sure draws it: pushed here and there."""
    height, width = canvas.shape
    reach = _TALL_PX * between(rng, (0.3, 0.8))
    coarse = max(2, round(height / reach)), max(2, round(width / reach))
    push = rng.normal(0, _TALL_PX * between(rng, (0.01, 0.06)), (2, *coarse)).astype(np.float32)
    dx, dy = (cv2.resize(p, (width, height), interpolation=cv2.INTER_CUBIC) for p in push)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    tilt = (x - width / 2) * float(rng.normal(0, 0.02))
    across, down = np.asarray(x + dx, np.float32), np.asarray(y + dy + tilt, np.float32)
    return np.asarray(cv2.remap(canvas, across, down, cv2.INTER_LINEAR))


def _on_page(canvas: Pixels, rng: np.random.Generator) -> Pixels:
    """The line's ink at the page's resolution: over a rule or not, pale, rough, black and white."""
    scale = between(rng, _PAGE_PX) / _TALL_PX
    size = tuple(max(2, round(side * scale)) for side in canvas.shape[::-1])
    ink = np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.float32)
    ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), between(rng, (0.3, 1.3))), np.float32)
    ink *= between(rng, (0.45, 1.0))
    height, width = ink.shape
    cells = max(2, height // 20), max(2, width // 20)
    uneven = rng.uniform(0.75, 1.1, cells).astype(np.float32)
    ink *= cv2.resize(uneven, (width, height), interpolation=cv2.INTER_CUBIC)
    base = height * (1 + _ROOM) / (1 + 2 * _ROOM)
    printed = np.zeros(ink.shape, bool)
    if rng.random() < 0.6:
        middle = round(base + between(rng, (-3, 14)))
        half = int(rng.integers(3, 6))
        printed[middle - half : middle + half] = True
        if rng.random() < 0.25:  # where the rule lies a little off what was printed
            ink[middle + half] = np.maximum(ink[middle + half], between(rng, (0, 0.4)))
    if rng.random() < 0.06:
        ink[:, int(rng.integers(width))] += between(rng, (0.1, 0.6))
    ink += rng.normal(between(rng, (0, 0.06)), between(rng, (0.005, 0.06)), ink.shape)
    for _speck in range(int(rng.poisson(1.0)) if rng.random() < 0.5 else 0):
        at = int(rng.integers(width)), int(rng.integers(height))
        cv2.circle(ink, at, int(rng.integers(0, 2)), (between(rng, (0.4, 1.0)),), -1)
    if rng.random() < 0.3:
        level = between(rng, (0.35, 0.6)) * float(np.percentile(ink, 99.5))
        black = np.asarray(ink > level, np.float32)
        ink = np.asarray(cv2.GaussianBlur(black, (0, 0), between(rng, (0.3, 0.7))), np.float32)
    return script.bared(np.asarray(np.clip(ink, 0, 1), np.float32), printed)


def batch(drawn: Sequence[tuple[Pixels, str]]) -> tuple[Pixels, list[str]]:
    """Lines of one width, white behind the shorter ones: (n, 1, height, width)."""
    width = max(line.shape[1] for line, _text in drawn)
    lines = np.zeros((len(drawn), 1, script.HEIGHT_PX, width + width % 2), np.float32)
    for place, (line, _text) in zip(lines, drawn, strict=True):
        place[0, :, : line.shape[1]] = line
    return lines, [text for _line, text in drawn]
