"""Where the issued page lies in its scan, as kept with the page."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.pages import lie

DPI = 100
SHAPE = (1170, 827)  # of the issued page: A4
SCAN = (1400, 1000)
AT = np.array([[10, 12], [30, 40], [105, 148], [200, 290]])


def test_points_come_back_where_the_maps_have_them() -> None:
    """Turned, moved and gently bent paper, to a few hundredths of a millimetre."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    map_x = 40 + columns - 0.05 * rows + 4 * np.sin(rows / 300)
    map_y = 70 + rows + 0.05 * columns + 3 * np.sin(columns / 250)
    kept = lie.pack(map_x, map_y, DPI, SCAN)
    assert lie.size_mm(kept) == pytest.approx((210, 297), abs=0.3)
    x, y = np.rint(AT / 25.4 * DPI - 0.5).astype(int).T
    points = np.column_stack([(x + 0.5), (y + 0.5)]) * 25.4 / DPI
    found = lie.places(kept, points) * (SCAN[1], SCAN[0])
    expected = np.column_stack([map_x[y, x], map_y[y, x]]) + 0.5
    assert np.abs(found - expected).max() * 25.4 / DPI < 0.03


@pytest.mark.parametrize(
    ("turned", "corner"), [(0, (0, 0)), (90, (0, 1)), (180, (1, 1)), (270, (1, 0))]
)
def test_page_that_fills_its_picture(turned: int, corner: tuple[int, int]) -> None:
    """The upper left corner of a page that must be turned clockwise to stand upright."""
    kept = lie.spread(210, 297, turned)
    assert lie.places(kept, np.array([[0.0, 0.0]]))[0] == pytest.approx(corner)
    assert lie.places(kept, np.array([[105.0, 148.5]]))[0] == pytest.approx((0.5, 0.5))
