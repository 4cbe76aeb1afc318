"""The dictionary of Russian words (pymorphy3), loaded once, behind a few plain functions."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pymorphy3

from pipeline.settings import CASES

# Our names of the cases and OpenCorpora's.
GRAMMEMES = dict(zip(CASES, ("nomn", "gent", "datv", "accs", "ablt", "loct"), strict=True))


@lru_cache(maxsize=1)
def analyzer() -> Any:
    """The one analyser (0.1 s and 15 MB to load)."""
    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=16384)
def parses(word: str) -> tuple[Any, ...]:
    """Every reading of a word, the likeliest first."""
    return tuple(analyzer().parse(word))


def nominative_nouns(word: str) -> list[Any]:
    """The readings of a word of the dictionary as a noun in the nominative singular."""
    if not analyzer().word_is_known(word):
        return []
    return [p for p in parses(word) if {"NOUN", "sing", "nomn"} in p.tag and p.normal_form[-1:]]


def inflected(parse: Any, case: str, *more: str, like: str) -> str | None:
    """The word of ``parse`` in ``case`` (and ``more`` grammemes), in lower case.

    The letter ё is kept only where ``like``, the word as given, has one: offices write е.
    """
    form = parse.inflect({GRAMMEMES[case], *more})
    if form is None:
        return None
    word = str(form.word)
    return word if "ё" in like.lower() else word.replace("ё", "е")


def is_word(word: str) -> bool:
    """Is it in the dictionary, in any form?"""
    return bool(analyzer().word_is_known(word))
