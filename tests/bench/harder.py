"""Scans worse than the profiles: copies of copies, coloured paper, a neighbour's edge, 150 dpi.

What intake can read of them it may accept, the rest goes to a person; nothing may be wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.bench.judging import identified, judge, printed, same
from tests.bench.measure import NONE, Row, at_least, share_of
from tests.bench.setting import Setting, scan
from tests.simulator import PROFILES, Profile, harsher
from tests.simulator.damage import scan as copied
from tests.simulator.dice import between, dice
from tests.simulator.printing import Sheet

Pixels = NDArray[np.uint8]
Harm = Callable[[Pixels, np.random.Generator], Pixels]

DPI = 200
COLOUR = harsher(PROFILES["office"], dpi=(DPI,), colours=("colour",))
COPIER = harsher(PROFILES["worn"], dpi=(300,), colours=("grey",), folds=(0, 0), stains=(0, 0))
PAPERS = ((1.0, 0.86, 0.80), (1.0, 0.97, 0.72), (0.80, 0.95, 0.84), (0.80, 0.90, 1.0))
ALL = at_least(1.0)


def _as_it_is(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    return pixels


def _copied_twice(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """What two copiers, one after the other, made of it."""
    for _time in range(2):
        seen = copied(Sheet(pixels, DPI), harsher(COPIER, dpi=(DPI,), skew_deg=0.8), 0, rng)
        pixels = np.asarray(np.repeat(np.asarray(seen.pixels)[..., None], 3, axis=2), np.uint8)
    return pixels


def _coloured(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    tint = np.array(PAPERS[int(rng.integers(len(PAPERS)))])
    return np.asarray(pixels * tint, np.uint8)


def _overlapped(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Another sheet lies over the right edge, its own words on it, and throws a shadow."""
    wide = round(between(rng, (5.0, 9.0)) * DPI / 25.4)
    answer = pixels.copy()
    answer[:, -wide:] = pixels[::-1, pixels.shape[1] // 3 : pixels.shape[1] // 3 + wide]
    answer[:, -wide - 3 : -wide] = 120
    return answer


def _shining_through(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """The print on the back, mirrored and pale."""
    back = cv2.GaussianBlur(pixels[:, ::-1], (0, 0), 2.0)
    share = between(rng, (0.08, 0.18))
    return np.asarray(np.clip(pixels - share * (255.0 - back), 0, 255), np.uint8)


HARDER: dict[str, tuple[Profile, Harm]] = {
    "a copy of a copy": (COLOUR, _copied_twice),
    "coloured paper": (COLOUR, _coloured),
    "another sheet over the edge": (COLOUR, _overlapped),
    "print shining through": (COLOUR, _shining_through),
    "dark borders": (harsher(COLOUR, border=0.04), _as_it_is),
    "150 dpi": (harsher(PROFILES["worn"], dpi=(150,)), _as_it_is),
}


def measure(setting: Setting) -> list[Row]:
    """Some papers of each kind, a file a page; identified, through, and wrong values."""
    office = setting.copy("harder")
    papers = setting.some(setting.sizes.harder * len(HARDER), "harder")
    truth = {}
    for number, (name, (profile, harm)) in enumerate(HARDER.items()):
        mine = papers[number :: len(HARDER)]
        truth[name] = scan(
            setting, office, f"harder-{number}", mine, profile=profile, fmt="png", mixed=False,
            per_file=1, turns=(0,),
        )  # fmt: skip
        for page in truth[name]:
            _hurt(office.root / page.file, harm, dice(setting.seed, page.file, name))
    said = setting.take_in(office)
    rows, known = [], []
    for number, (name, pages) in enumerate(truth.items()):
        known += identified(pages, said)
        judged = judge(papers[number :: len(HARDER)], pages, said)
        through = [one.accepted for one in judged]
        rows.append(share_of("harder scans: papers through", name, through))
        setting.note("harder", [one for one in judged if not one.accepted])
    everything = [page for pages in truth.values() for page in pages]
    wrong = [
        value is not None and not same(value, words)
        for one in judge(papers, everything, said)
        for field, words in printed(one.paper).items()
        for value in (one.said_of(field).get("value"),)
    ]
    return [
        *rows,
        share_of("harder scans: pages identified", "all", [k is True for k in known], ALL),
        share_of("harder scans: identified wrongly", "all", [k is False for k in known], NONE),
        share_of("harder scans: fields wrong, nobody told", "all", wrong, NONE),
    ]


def _hurt(path: Path, harm: Harm, rng: np.random.Generator) -> None:
    with Image.open(path) as scanned:
        pixels = np.asarray(scanned.convert("RGB")).copy()
        dpi = scanned.info.get("dpi", (DPI, DPI))
    Image.fromarray(harm(pixels, rng)).save(path, dpi=dpi)
