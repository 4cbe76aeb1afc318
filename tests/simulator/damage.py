"""Scanners, copiers and phones: what happens to a sheet on its way back into the computer.

Profiles stay at natural severities: "office" is what a decent office machine gives from a fresh
print, "worn" a handled sheet through an old copier, "bilevel" a fax-like black-and-white scan,
"phone" a photograph on a desk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.geometry import Box, px_from_mm
from tests.simulator.dice import between, one_of
from tests.simulator.printing import Pixels, Sheet, cloud
from tests.simulator.traps import fold
from tests.simulator.warp import Warp, lay_down, ripple

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Profile:
    """The ranges that one way of scanning draws from.

    ``blur_px`` and ``noise`` (standard deviation in grey levels) at the scan's resolution;
    ``gain`` thickens (+) or thins (-) the print; ``black`` and ``white`` are the grey levels that
    ink and paper come out at; ``specks`` and ``stains`` a page; ``salt`` share of flipped pixels.
    """

    name: str
    dpi: tuple[int, ...] = (200,)
    colours: tuple[str, ...] = ("grey",)
    skew_deg: float = 1.5
    print_scale: Span = (0.97, 1.01)
    shift_mm: float = 1.5
    bend_mm: float = 0.15
    tilt: float = 0.0
    border: float = 0.0
    blur_px: Span = (0.35, 0.6)
    noise: Span = (1.0, 3.0)
    gain: Span = (-0.1, 0.35)
    black: Span = (5, 40)
    white: Span = (246, 266)
    light: float = 0.0
    shadow: Span = (0.0, 0.0)
    fade: float = 0.0
    specks: Span = (0, 6)
    stains: Span = (0, 0)
    folds: Span = (0, 0)
    streaks: Span = (0, 0)
    salt: Span = (0.0, 0.0)
    jpeg: tuple[int, int] = (75, 90)


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("office", dpi=(200, 200, 300), colours=("grey", "colour")),
        Profile(
            "worn", dpi=(200, 200, 300), colours=("grey", "grey", "colour"), skew_deg=3.0,
            print_scale=(0.95, 1.03), shift_mm=2.5, bend_mm=0.35, blur_px=(0.6, 1.0),
            noise=(3, 8), gain=(-0.6, 0.5), black=(45, 95), white=(215, 245), light=0.10,
            fade=0.35, specks=(20, 140), stains=(0, 3), folds=(0, 2.4), streaks=(0, 3),
            jpeg=(60, 82),
        ),
        Profile(
            "bilevel", colours=("bilevel",), skew_deg=2.0, print_scale=(0.95, 1.03), bend_mm=0.25,
            blur_px=(0.4, 0.7), noise=(2, 6), gain=(-0.3, 0.4), black=(20, 70), white=(225, 250),
            light=0.06, specks=(2, 25), salt=(0.00005, 0.0007),
        ),
        Profile(
            "phone", dpi=(190, 200, 220, 240), colours=("colour",), skew_deg=4.0, bend_mm=2.2,
            tilt=0.035, border=0.05, blur_px=(0.6, 1.05), noise=(2, 6), black=(25, 65),
            white=(205, 245), light=0.18, shadow=(0.0, 0.3), specks=(0, 3), jpeg=(70, 88),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned page: ``pixels`` grey (rows, columns), RGB, or 0/255 when ``colour`` is bilevel.

    ``turned``: degrees clockwise that stand the page upright; ``warp`` maps page to pixels before
    that turn; ``jpeg`` is the quality to keep it with.
    """

    pixels: Pixels
    dpi: int
    colour: str
    turned: int
    jpeg: int
    warp: Warp

    def locate(self, page_mm: Pixels) -> Pixels:
        """Pixels in the finished scan of points given in millimetres of the issued page."""
        points = self.warp.to_px(page_mm)
        columns, rows = self.warp.size
        if self.turned == 90:  # turned left by a quarter
            points = np.stack([points[:, 1], columns - 1 - points[:, 0]], axis=1)
        elif self.turned == 180:
            points = np.array([columns - 1, rows - 1]) - points
        elif self.turned == 270:
            points = np.stack([rows - 1 - points[:, 1], points[:, 0]], axis=1)
        return points


def harsher(profile: Profile, **changes: object) -> Profile:
    """The profile with some of its ranges replaced, for benches of one kind of damage."""
    return replace(profile, **changes)  # type: ignore[arg-type]


def scan(sheet: Sheet, profile: Profile, turned: int, rng: np.random.Generator) -> Scan:
    """Put ``sheet`` through the damage of ``profile``; ``turned`` is 0, 90, 180 or 270."""
    dpi, colour = int(one_of(rng, profile.dpi)), one_of(rng, profile.colours)
    pixels = sheet.pixels
    if colour != "colour":
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    worn = Sheet(_printed(pixels, sheet.dpi, profile, rng), sheet.dpi)
    _age(worn, profile, rng)
    warp = _place(worn, dpi, profile, rng)
    seen = warp.apply(worn)
    seen = _sense(seen, warp, profile, rng)
    if colour == "bilevel":
        seen = _threshold(seen, profile, rng)
    quality = int(rng.integers(profile.jpeg[0], profile.jpeg[1] + 1))
    seen = np.ascontiguousarray(np.rot90(seen, turned // 90))
    return Scan(seen, dpi, colour, turned, quality, warp)


def _printed(pixels: Pixels, dpi: float, profile: Profile, rng: np.random.Generator) -> Pixels:
    """Toner spreads or is thin; a light copy loses whole regions."""
    gain = between(rng, profile.gain)
    near = cv2.erode(pixels, np.ones((3, 3))) if gain > 0 else cv2.dilate(pixels, np.ones((3, 3)))
    share = abs(gain) * dpi / 300
    pixels = np.asarray(cv2.addWeighted(near, share, pixels, 1 - share, 0))
    if profile.fade:
        thin = np.clip(
            between(rng, (0, 1)) * 0.5 + 0.35 * cloud(rng, pixels.shape[:2], (5, 4)), 0, 1
        )
        keep = 1 - profile.fade * thin
        keep = keep if pixels.ndim == 2 else keep[..., None]
        pixels = (255 - (255 - pixels) * keep).astype(np.uint8)
    return pixels


def _age(sheet: Sheet, profile: Profile, rng: np.random.Generator) -> None:
    """Folds, stains and dirt on the paper itself."""
    grey = sheet.pixels.ndim == 2
    if grey:
        sheet.pixels = sheet.pixels[..., None]
    everywhere = Box(8, 20, sheet.width_mm - 8, sheet.height_mm - 20)
    for _ in range(round(between(rng, profile.folds))):
        fold(sheet, everywhere, rng)
    for _ in range(round(between(rng, profile.stains))):
        _stain(sheet, rng)
    for _ in range(round(between(rng, profile.specks))):
        x = int(rng.integers(sheet.pixels.shape[1]))
        y = int(rng.integers(sheet.pixels.shape[0]))
        size = max(1, round(px_from_mm(float(rng.exponential(0.08)) + 0.05, sheet.dpi)))
        shape = (size, max(1, round(size * between(rng, (0.5, 1.6)))))
        spot = np.ascontiguousarray(sheet.pixels[max(0, y - 20) : y + 20, max(0, x - 20) : x + 20])
        at = (min(x, 20), min(y, 20))
        shade = (int(between(rng, (20, 150))),) * 3
        cv2.ellipse(spot, at, shape, between(rng, (0, 180)), 0, 360, shade, -1, cv2.LINE_AA)
        sheet.pixels[max(0, y - 20) : y + 20, max(0, x - 20) : x + 20] = spot
    if grey:
        sheet.pixels = np.ascontiguousarray(sheet.pixels[..., 0])


def _stain(sheet: Sheet, rng: np.random.Generator) -> None:
    """Tea, water or a greasy hand: a pale blot, darker at its rim."""
    x, y = between(rng, (10, sheet.width_mm - 10)), between(rng, (10, sheet.height_mm - 10))
    radius = between(rng, (6, 22))
    rows, columns = sheet.window(Box(x - radius, y - radius, x + radius, y + radius))
    v, u = np.mgrid[rows, columns].astype(np.float32)
    scale = px_from_mm(1, sheet.dpi)
    away = np.hypot(u - x * scale, v - y * scale) / (radius * scale)
    away = away + 0.08 * cloud(rng, away.shape, (6, 6))
    blot = np.clip((0.85 - away) * 12, 0, 1) * 0.5 + np.exp(-(((away - 0.83) / 0.03) ** 2))
    tint = np.array([0.7, 0.85, 1.0] if sheet.pixels.shape[2] == 3 else [0.85])
    dark = 1 - between(rng, (0.03, 0.12)) * blot[..., None] * tint
    sheet.pixels[rows, columns] = (sheet.pixels[rows, columns] * dark).astype(np.uint8)


def _place(sheet: Sheet, dpi: int, profile: Profile, rng: np.random.Generator) -> Warp:
    skew = float(np.clip(rng.normal(0, profile.skew_deg / 2), -profile.skew_deg, profile.skew_deg))
    size = between(rng, profile.print_scale)
    shift = (
        between(rng, (-profile.shift_mm, profile.shift_mm)),
        between(rng, (-profile.shift_mm, profile.shift_mm)),
    )
    if not profile.border:
        return lay_down(sheet, dpi, skew, size, shift, ripple(rng, (9, 2), profile.bend_mm))
    bend = ripple(rng, (4, 3), profile.bend_mm * between(rng, (0.3, 1)))
    corners = rng.uniform(-profile.tilt, profile.tilt, (4, 2))
    border = (
        profile.border * between(rng, (0.5, 1.6)),
        profile.border * between(rng, (0.5, 1.6)),
    )
    return lay_down(sheet, dpi, skew, size, shift, bend, border=border, corners=corners)


def _sense(seen: Pixels, warp: Warp, profile: Profile, rng: np.random.Generator) -> Pixels:
    """Lens, light, sensor: blur, tone, shade and noise, worked out once in floats."""
    sigma = between(rng, profile.blur_px)
    image = np.asarray(cv2.GaussianBlur(seen, (0, 0), sigma), np.float32)
    if image.ndim == 2:
        image = image[..., None]
    shape = image.shape[:2]
    if rng.random() < 0.5 or profile.border:
        image = _beyond(image, warp, profile, rng)
    black, white = between(rng, profile.black), between(rng, profile.white)
    tint = np.ones(3) if image.shape[2] == 3 else np.ones(1)
    if image.shape[2] == 3:
        warm = 0.06 if profile.border else 0.012
        tint = 1 + rng.normal(0, 1, 3) * warm * np.array([0.5, 0.2, 1.0])
    image *= ((white - black) / 255 * tint).astype(np.float32)
    image += black
    if profile.light:
        x, y = np.linspace(-1, 1, shape[1])[None, :], np.linspace(-1, 1, shape[0])[:, None]
        slope = rng.uniform(-1, 1, 2)
        light = 1 + profile.light * (0.6 * slope[0] * x + 0.6 * slope[1] * y - 0.35 * (x**2 + y**2))
        light += profile.light * 0.15 * cloud(rng, shape, (4, 3))
        image *= (light * _shadow(shape, between(rng, profile.shadow), rng)).astype(np.float32)[
            ..., None
        ]
    for _ in range(round(between(rng, profile.streaks))):
        column = int(rng.integers(shape[1] - 3))
        image[:, column : column + int(rng.integers(1, 3))] -= between(rng, (8, 45))
    grain = rng.standard_normal(shape, dtype=np.float32) * between(rng, profile.noise)
    image += grain[..., None]
    np.clip(image, 0, 255, out=image)
    return np.ascontiguousarray(np.squeeze(image.astype(np.uint8)))


def _shadow(shape: tuple[int, ...], strength: float, rng: np.random.Generator) -> Pixels:
    """The shadow of the hand that holds the phone: one soft edge across the page."""
    if strength < 0.02:
        return np.ones(shape[:2], np.float32)
    angle = between(rng, (0, 2 * np.pi))
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    edge = x * np.cos(angle) + y * np.sin(angle) + between(rng, (-0.4, 0.6))
    edge = edge + 0.06 * cloud(rng, (shape[0], shape[1]), (3, 3))
    return np.asarray(1 - strength / (1 + np.exp(-edge / between(rng, (0.05, 0.25)))), np.float32)


def _beyond(image: Pixels, warp: Warp, profile: Profile, rng: np.random.Generator) -> Pixels:
    """What lies around the sheet: a desk under a phone, the lid or a dark gap in a scanner."""
    inside = warp.paper_mask()[..., None]
    if not profile.border:
        ground = np.float32(one_of(rng, (255, 248, 225, 30)))
        return np.asarray(image * inside + ground * (1 - inside))
    desk = rng.uniform(35, 120) * np.array(one_of(rng, ((1.0, 0.8, 0.6), (1, 1, 1), (0.7, 0.8, 1))))
    grain = (
        1 + 0.10 * cloud(rng, image.shape[:2], (50, 4)) + 0.05 * cloud(rng, image.shape[:2], (9, 9))
    )
    shade = cv2.GaussianBlur(inside[::8, ::8, 0], (0, 0), 2.5)
    dim = 1 - 0.5 * np.asarray(cv2.resize(shade, (image.shape[1], image.shape[0])))
    ground_desk = desk.astype(np.float32) * (grain * dim).astype(np.float32)[..., None]
    return np.asarray(image * inside + ground_desk * (1 - inside), np.float32)


def _threshold(grey: Pixels, profile: Profile, rng: np.random.Generator) -> Pixels:
    """Black or white, by the neighbourhood; then the line noise of a fax."""
    block = 2 * int(rng.integers(12, 30)) + 1
    margin = between(rng, (18, 32))
    black = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, block, margin
    )
    black = np.asarray(black)
    for value in (0, 255):
        count = int(grey.size * between(rng, profile.salt) * (1 if value == 0 else 3))
        black.reshape(-1)[rng.integers(0, grey.size, count)] = value
    return black
