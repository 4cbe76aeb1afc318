"""Pages whose foot is torn off, codes and id with it: known by their text, or by a person."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pipeline.pages import page
from tests.bench.judging import identified
from tests.bench.measure import NONE, Row, at_least, share_of
from tests.bench.setting import Setting, scan

BEYOND_CODES = 12.0  # of a code's side, left and right: as far as the other one and the page's edge
AROUND_PX = 40  # above and below the codes


def measure(setting: Setting) -> list[Row]:
    """Papers of every profile, a file a page, the band of the codes painted over with paper."""
    office = setting.copy("torn")
    papers = setting.some(setting.sizes.torn, "torn")
    truth = scan(setting, office, "torn", papers, fmt="png", mixed=False, per_file=1, turns=(0,))
    torn = [one for one in truth if _tear(office.root / one.file)]
    known = identified(torn, setting.take_in(office))
    rows = []
    for profile in dict.fromkeys(one.profile for one in torn):
        mine = [k for k, one in zip(known, torn, strict=True) if one.profile == profile]
        rows.append(
            share_of("torn pages identified", profile, [k is True for k in mine], at_least(0.95))
        )
    wrong = [k is False for k in known]
    return [*rows, share_of("torn pages identified wrongly", "all", wrong, NONE)]


def _tear(path: Path) -> bool:
    """Paint over the band of the codes; False where none is seen any more as it is."""
    with Image.open(path) as scanned:
        picture = np.asarray(scanned.convert("L")).copy()
    seen = page.codes(picture)
    if not seen:
        return False
    corners = seen[0].corners
    aside = (corners[1] - corners[0]) * BEYOND_CODES
    ends = np.asarray([*(corners + aside), *(corners - aside)], np.float32)
    band = np.asarray(cv2.boxPoints(cv2.minAreaRect(ends)), np.float64)
    away = band - band.mean(axis=0)
    band += away * (AROUND_PX / np.linalg.norm(away, axis=1, keepdims=True))
    cv2.fillPoly(picture, [band.astype(np.int32)], (int(np.percentile(picture, 80)),))
    Image.fromarray(picture).save(path)
    return True
