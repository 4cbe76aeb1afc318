"""Where the issued page lies in its scan: a grid of points, small enough to be kept with the page.

Comes in: the maps of the registration. Goes out: bytes for the registry, and from them the place of
any point of the issued page. Places in the scan are shares of its width and height, so they hold
at every resolution that the picture is opened at.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from pipeline.geometry import mm_from_px

Map = NDArray[np.float32]
Points = NDArray[np.float64]

STEP_MM = 6.0  # the paper is bent less than a tenth of a millimetre between two points
_HEAD = struct.Struct("<HHff")  # rows and columns of the grid, width and height of the page in mm


def pack(map_x: Map, map_y: Map, dpi: float, shape: tuple[int, ...]) -> bytes:
    """The lie of a page whose pixel (at ``dpi``) is in the scan where the maps say.

    ``shape``: rows and columns of the scan's picture. Pixels are counted from the middle of the
    first.
    """
    height, width = (mm_from_px(side, dpi) for side in map_x.shape)
    counts = [max(2, round(side / STEP_MM) + 1) for side in (height, width)]
    at = np.meshgrid(
        *(np.linspace(-0.5, side - 0.5, n) for side, n in zip(map_x.shape, counts, strict=True)),
        indexing="ij",
    )
    x, y = (map_coordinates(one, at, order=1, mode="nearest") for one in (map_x, map_y))
    shares = np.stack([(x + 0.5) / shape[1], (y + 0.5) / shape[0]], axis=-1)
    return _HEAD.pack(*counts, width, height) + shares.astype("<f4").tobytes()


def spread(width_mm: float, height_mm: float, turned: int) -> bytes:
    """The lie of a page that fills its picture, ``turned`` degrees clockwise to be upright.

    What there is to say of a page that could not be laid over.
    """
    corners = np.array([[[0, 0], [1, 0]], [[0, 1], [1, 1]]], "<f4")
    for _quarter in range(turned // 90):
        corners = np.stack([corners[..., 1], 1 - corners[..., 0]], axis=-1)
    return _HEAD.pack(2, 2, width_mm, height_mm) + corners.astype("<f4").tobytes()


def size_mm(lie: bytes) -> tuple[float, float]:
    """Width and height of the issued page."""
    _rows, _columns, width, height = _HEAD.unpack_from(lie)
    return width, height


def places(lie: bytes, points_mm: Points) -> Points:
    """Where points of the issued page (n x 2, millimetres) lie: shares of width and height."""
    rows, columns, width, height = _HEAD.unpack_from(lie)
    grid = np.frombuffer(lie, "<f4", offset=_HEAD.size).reshape(rows, columns, 2)
    at = np.stack([points_mm[:, 1] / height * (rows - 1), points_mm[:, 0] / width * (columns - 1)])
    found = [map_coordinates(grid[..., i], at, order=1, mode="nearest") for i in (0, 1)]
    return np.stack(found, axis=-1).astype(np.float64)
