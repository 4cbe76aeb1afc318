"""Patches of print are found again where they are likely to be."""

from __future__ import annotations

import numpy as np

from pipeline.pages import patches


def test_rows_of_a_table_that_look_alike_are_not_mixed_up() -> None:
    rng = np.random.default_rng(3)
    row = np.where(rng.random((16, 400)) < 0.3, 20, 250)
    table = np.tile(row, (20, 1)).astype(np.uint8)
    noise = rng.normal(0, 12, table.shape)
    scan = np.clip(np.roll(table, (2, 3), axis=(0, 1)) + noise, 0, 255).astype(np.uint8)
    anchors = np.array([(x, y) for x in (100, 200, 300) for y in range(80, 240, 16)], np.float64)
    offsets, kept = patches.found(scan, table, anchors, (40, 20), 22)
    assert kept.all()
    assert np.abs(offsets - (3, 2)).max() < 0.5
