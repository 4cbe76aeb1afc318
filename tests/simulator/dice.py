"""Chance that can be repeated: what is thrown depends on names, never on the order of work."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def dice(seed: int, *names: object) -> np.random.Generator:
    """A generator of its own for every (seed, paper, page, purpose)."""
    text = "\x1f".join(str(part) for part in (seed, *names))
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def between(rng: np.random.Generator, span: tuple[float, float]) -> float:
    """A number out of ``span``."""
    return float(rng.uniform(*span))


def one_of(rng: np.random.Generator, items: Sequence[T]) -> T:
    """One of ``items``."""
    return items[int(rng.integers(len(items)))]
