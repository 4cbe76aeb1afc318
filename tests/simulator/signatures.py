"""Signatures as people make them: capitals, loops, waves and flourishes, one set of strokes each.

Strokes are built on a line at y = 0 (y downwards, a small letter one unit tall), then slanted,
sized and set on the rule of the place they are meant for; they may overflow it a little.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pipeline.geometry import Box
from tests.simulator.dice import between, one_of
from tests.simulator.pens import Pen, draw_strokes, smooth, write
from tests.simulator.printing import Cover, Pixels

# Handwritten capitals: strokes parted by "/", points "x,y" with y up, three units tall.
_CAPITALS = {
    "А": "0,.2 .4,0 1.5,3 1.9,.1 2.3,.3 / .5,1 1.2,.8 2.2,1.2",
    "Б": "2,2.9 .7,2.8 .5,.3 1.4,0 2,.8 1.3,1.6 .6,1.2",
    "В": ".4,2.6 .3,.1 .5,2.8 1.6,2.7 .7,1.6 1.9,.9 .9,-.1 .2,.4",
    "Г": ".3,0 .7,2.6 .2,2.3 1.2,2.8 2.3,3",
    "Д": "1.8,2.8 .8,.3 0,-.2 .9,.3 2.2,.4 2.4,2 1,2.9 .2,2.3",
    "Е": "1.7,2.5 1,3 .4,2.2 1.2,1.6 .2,.8 .9,0 1.8,.5",
    "К": ".3,2.8 .3,0 / 1.9,2.9 .4,1.4 1,1.5 1.6,0 2.2,.4",
    "Л": "-.2,.3 .2,0 1.3,2.9 1.7,.2 2.2,.2",
    "М": "0,.1 .7,2.8 1.4,.4 2.3,2.9 2.5,.2 3,.4",
    "Н": ".3,2.8 .2,0 / 1.9,2.9 1.7,.1 2.1,.3 / .2,1.3 1,1.7 1.9,1.4",
    "П": ".2,0 .6,2.5 / 1.7,2.5 1.5,.1 1.9,.2 / -.1,2.5 1,2.9 2.3,2.7",
    "Р": ".3,-.3 .6,2.6 .3,2.3 1.4,3 2,2.1 .6,1.3",
    "С": "1.8,2.3 1.3,3 .3,1.7 .6,.1 1.7,.4",
    "Т": "1,2.7 .8,0 / -.3,2.4 .9,2.9 2.3,2.8",
    "Ф": "1.2,3.1 1,-.3 / 1.1,2.3 .1,2 .4,.9 2,1.2 1.9,2.3 1,2.2",
}
_CURSIVE = {"neucha": "marck-script", "pangolin": "bad-script"}  # nobody signs in block letters
SURNAMES = ("Громова", "Ветров", "Лаптева", "Ершов", "Калинина", "Рудь", "Тихонова", "Босых")


def _points(*pairs: tuple[float, float]) -> Pixels:
    return np.array(pairs, np.float64)


def _capital(rng: np.random.Generator, x: float) -> tuple[list[Pixels], float]:
    shape = _CAPITALS[one_of(rng, tuple(_CAPITALS))]
    runs = [
        [[float(number) for number in pair.split(",")] for pair in run.split()]
        for run in shape.split("/")
    ]
    stretch = rng.uniform(0.8, 1.25, 2)
    strokes = []
    for run in runs:
        points = np.array(run) + rng.normal(0, 0.12, (len(run), 2))
        strokes.append(smooth(points * stretch * (1, -1) + (x, 0)))
    return strokes, float(max(stroke[:, 0].max() for stroke in strokes))


def _wave(rng: np.random.Generator, x: float, legs: int) -> Pixels:
    """Letters gone flat: up and down, ever lower."""
    run: list[tuple[float, float]] = [(x, -0.1)]
    step = between(rng, (0.35, 0.8))
    fade = between(rng, (0.86, 0.99))
    height = between(rng, (0.7, 1.5))
    for _ in range(legs):
        run.append((x + step * between(rng, (0.35, 0.65)), -height * between(rng, (0.6, 1.3))))
        x += step * between(rng, (0.8, 1.3))
        run.append((x, between(rng, (-0.15, 0.18))))
        height *= fade
    return smooth(np.array(run))


def _loops(rng: np.random.Generator, x: float, turns: float) -> Pixels:
    """A run of loops, as a pen left to itself makes them."""
    t = np.linspace(0, 2 * np.pi * turns, int(46 * turns))
    height = between(rng, (0.7, 1.8)) * np.interp(t, [0, t[-1]], [1, between(rng, (0.3, 0.9))])
    pace = between(rng, (0.07, 0.16))
    wobble = np.interp(t, np.linspace(0, t[-1], 7), rng.uniform(0.75, 1.25, 7))
    along = x + pace * t - np.sin(t) * between(rng, (0.25, 0.6)) * wobble
    return np.stack([along, -height * wobble * (1 - np.cos(t)) / 2], axis=1)


def _tail(rng: np.random.Generator, x: float) -> Pixels:
    """The last stroke, flung out to the right."""
    end = x + between(rng, (1.5, 5))
    rise = between(rng, (-1.6, 0.9))
    return smooth(_points((x, 0), (x + 0.5, 0.3), ((x + end) / 2, rise * 0.3), (end, rise)))


def _underline(rng: np.random.Generator, width: float) -> Pixels:
    """A flourish back under the whole and out again."""
    sag = between(rng, (0.3, 0.9))
    back = between(rng, (-0.4, 0.2)) * width
    return smooth(
        _points(
            (width, -0.3), (width * 1.05, sag * 0.5), (width * 0.5, sag), (back, sag * 0.9),
            (back + 0.3, sag * 1.3), (width * 0.6, sag * 1.2), (width * 1.1, sag * 0.7),
        )
    )  # fmt: skip


def _initials(rng: np.random.Generator) -> list[Pixels]:
    strokes, x = _capital(rng, 0)
    if rng.random() < 0.6:
        more, x = _capital(rng, x - between(rng, (0.0, 0.8)))
        strokes += more
    return [*strokes, _wave(rng, x, int(rng.integers(2, 5))), _tail(rng, x + 1.2)]


def _capital_and_loops(rng: np.random.Generator) -> list[Pixels]:
    strokes, x = _capital(rng, 0)
    loops = _loops(rng, x - 0.2, between(rng, (2, 5.5)))
    return [*strokes, np.vstack([loops, _tail(rng, float(loops[-1, 0]))])]


def _illegible(rng: np.random.Generator) -> list[Pixels]:
    wave = _wave(rng, 0, int(rng.integers(5, 12)))
    first = smooth(_points((-0.6, 0.2), (0.2, -between(rng, (1.6, 3))), (0.1, 0.1), (0, -0.1)))
    return [np.vstack([first, wave, _tail(rng, float(wave[-1, 0]))])]


def _short(rng: np.random.Generator) -> list[Pixels]:
    strokes, x = _capital(rng, 0)
    return [*strokes, _wave(rng, x - 0.3, int(rng.integers(1, 4)))]


def _knot(rng: np.random.Generator) -> list[Pixels]:
    """Rounds over rounds, and out."""
    t = np.linspace(0, 2 * np.pi * between(rng, (2.2, 4)), 150)
    radius = 1 + 0.25 * np.interp(t, np.linspace(0, t[-1], 9), rng.normal(0, 1, 9))
    x = 1.6 * radius * np.cos(t) + t * between(rng, (0.05, 0.25))
    y = -1 + radius * np.sin(t + between(rng, (0.0, 0.8)))
    return [np.stack([x, y], axis=1), _tail(rng, float(x[-1]))]


def _underlined(rng: np.random.Generator) -> list[Pixels]:
    strokes = one_of(rng, (_initials, _capital_and_loops, _short))(rng)
    return [*strokes, _underline(rng, float(max(stroke[:, 0].max() for stroke in strokes)))]


_DRAWN: dict[str, Callable[[np.random.Generator], list[Pixels]]] = {
    "initials": _initials,
    "loops": _capital_and_loops,
    "illegible": _illegible,
    "short": _short,
    "knot": _knot,
    "underlined": _underlined,
}
STYLES = (*_DRAWN, "script")


def sign(
    box: Box, pen: Pen, dpi: float, rng: np.random.Generator, style: str | None = None
) -> tuple[Cover, str]:
    """Sign on the rule at the foot of ``box``; returns the ink and the style it was made in."""
    style = style or one_of(rng, STYLES)
    if style == "script":
        return _script(box, pen, dpi, rng), style
    strokes = _DRAWN[style](rng)
    strokes = [stroke + (-pen.slant * stroke[:, 1:] * (1, 0)) for stroke in strokes]
    ink = np.vstack(strokes)
    low, high = ink.min(axis=0), ink.max(axis=0)
    room = (9.0, 20.0) if style == "short" else (20.0, 52.0)
    width = min(between(rng, room), box.width * between(rng, (0.8, 1.03)))
    across = width / (high[0] - low[0])
    tall = min(between(rng, (6.5, 13.0)), box.height * 1.12) / max(0.5, -low[1])
    tall = float(np.clip(tall, across * 0.45, across * 2.2))
    tall = min(tall, box.height * 1.2 / max(0.5, -low[1]))
    left = box.x0 + between(rng, (0.0, 1.0)) * max(0.0, box.width - width)
    base = box.y1 - between(rng, (0.0, 1.6))
    climb = float(rng.normal(0.03, 0.04))
    placed = []
    for stroke in strokes:
        x = left + (stroke[:, 0] - low[0]) * across
        placed.append(np.stack([x, base + stroke[:, 1] * tall - climb * (x - left)], axis=1))
    return draw_strokes(placed, pen, dpi, rng), style


def _script(box: Box, pen: Pen, dpi: float, rng: np.random.Generator) -> Cover:
    """A plain written surname."""
    name = one_of(rng, SURNAMES)
    pen = replace(pen, hand=_CURSIVE.get(pen.hand, pen.hand))
    height = between(rng, (4.5, 7.5))
    mask, base, width = write(name, height, pen, dpi, rng)
    if width > box.width:
        height *= box.width / width
        mask, base, width = write(name, height, pen, dpi, rng)
    left = box.x0 + between(rng, (0.0, 1.0)) * max(0.0, box.width - width)
    return Cover(mask, left, box.y1 - between(rng, (0.2, 1.6)) - base)
