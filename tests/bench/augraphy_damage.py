"""Damages page images with Augraphy; runs in an environment of its own (see ``augraphy_set``).

``python augraphy_damage.py FOLDER SEED``: every PNG of the folder becomes a JPEG beside it.
"""

from __future__ import annotations

import importlib
import random
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

_QUALITY = 38


def main(folder: Path, seed: int) -> None:
    """One draw of damage for each page, the same for the same seed."""
    for number, path in enumerate(sorted(folder.glob("*.png"))):
        random.seed(seed + number)
        np.random.seed(seed + number)  # what Augraphy draws from
        page = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        damaged = _pipeline()(page)
        if damaged.ndim == 3:
            damaged = cv2.cvtColor(damaged, cv2.COLOR_BGR2GRAY)
        quality = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
        cv2.imwrite(str(path.with_suffix(".jpg")), damaged, quality)
        path.unlink()


def _pipeline() -> Any:
    """An old office copier: thin ink, dirty rollers and glass, uneven light, a crooked sheet.

    Severities are those of a machine still in use: whatever leaves the text unreadable to a
    person would measure nothing.
    """
    a = importlib.import_module("augraphy")
    ink = [
        a.InkBleed(intensity_range=(0.1, 0.3), severity=(0.2, 0.4)),
        a.LowInkRandomLines(count_range=(2, 6), use_consistent_lines=False),
        a.LowInkPeriodicLines(count_range=(1, 2), period_range=(60, 120)),
        a.Letterpress(n_samples=(40, 120), value_range=(180, 240), blur=0),
        a.InkMottling(ink_mottling_alpha_range=(0.1, 0.2)),
    ]
    dirt = [
        a.DirtyDrum(line_width_range=(1, 2), line_concentration=0.03, noise_intensity=0.1,
                    noise_value=(200, 240)),
        a.BadPhotoCopy(noise_type=1, noise_sparsity=(0.1, 0.3), noise_iteration=(1, 1),
                       noise_size=(1, 2), noise_value=(160, 220)),
        a.Folding(fold_count=1, fold_noise=0.0, gradient_width=(0.02, 0.05),
                  gradient_height=(0.002, 0.005)),
        a.ShadowCast(shadow_opacity_range=(0.1, 0.35), shadow_iterations_range=(1, 1)),
    ]  # fmt: skip
    return a.AugraphyPipeline(
        ink_phase=[a.OneOf(ink, p=0.8)],
        paper_phase=[
            a.BrightnessTexturize(texturize_range=(0.95, 0.99), deviation=0.02, p=0.4),
            a.NoiseTexturize(sigma_range=(2, 4), turbulence_range=(2, 4), p=0.15),
        ],
        post_phase=[
            a.OneOf(dirt, p=0.8),
            a.Gamma(gamma_range=(0.8, 1.25), p=0.5),
            a.Geometric(rotate_range=(-2, 2), randomize=0, p=0.8),
            a.SubtleNoise(subtle_range=2, p=0.3),
        ],
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
