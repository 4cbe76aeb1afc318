"""What a text is found by: its words by their lemmas, its numbers exactly, the initials of names.

Comes in: a text, or what somebody asks for. Goes out: keys, and the clues that they are held to.
ё is е and case is no matter. A word of several parses has a key for each that is likely:
«королева» is a queen and a surname. Nothing here knows a database, so all find the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from itertools import combinations
from typing import Literal

from pipeline.language.lettering import TWINS, folded, mend_lookalikes, plain
from pipeline.language.morphology import parses
from pipeline.language.russian import parse_person

# The ways to meet one thing asked for: any will do, and of each all its keys must be there.
Clue = tuple[tuple[str, ...], ...]

LIKELY = 0.05  # of all parses of a word: a lemma that has less is a freak («иван» for «Иванов»)
LONGEST_WORD = 60  # letters; what is longer is no word and is not looked up
LONGEST_RUN = 5  # parts of a number: +7 900 123-45-67
_RULES = 2  # raise it when the keys of a text change: the index is then built anew
_UNSEEN = {0xAD: None, 0x301: None}  # a soft hyphen, the stress
_PART = r"(?:[^\W_]*\d[^\W_]*|[A-Za-z]+)"
_PIECE = re.compile(
    rf"(?P<number>{_PART}(?:[\s№()+./-]*{_PART})*(?:[-/][^\W\d_]\b)?)"
    r"|(?P<initials>\b[^\W\d_](?:[.\s]+[^\W\d_]\b)*(?![^\W_])\.?)"
    r"|(?P<word>[^\W_]+)"
)
_WORD = re.compile(r"[^\W_]+")
_JOINING = ("PREP", "CONJ", "PRCL")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word, the parts of a number, or the letters of initials; ``start`` is where it stands."""

    kind: Literal["word", "number", "initials"]
    parts: tuple[str, ...]
    start: int


def edition() -> str:
    """What the keys depend on: another edition may give other keys."""
    return f"{_RULES} {version('pymorphy3')} {version('pymorphy3-dicts-ru')}"


def of(text: str) -> set[str]:
    """The keys of a text."""
    return {key for piece in _pieces(text) for key in _keys(piece)}


def of_name(full_name: str) -> set[str]:
    """The keys of a person's name, which stands in the nominative; initials with and without.

    A letter that stands alone (Д'Артаньян) is asked for as an initial.
    """
    words = _WORD.findall(_folded(full_name))
    keys = {key for word in words for key in _lemmas(word, nominative=True)}
    keys |= {f"{_key(word)}." for word in words if len(word) == 1}
    person = parse_person(full_name)
    first, middle = (_key(name[:1]) for name in (person.first, person.middle))
    return (
        keys | ({f"{first}."} if first else set()) | ({f"{first}.{middle}."} if middle else set())
    )


def asked(text: str) -> tuple[Clue, ...]:
    """The clues of a question; each word, number and pair of initials is one."""
    return tuple(dict.fromkeys(clue for piece in _pieces(text) for clue in _clues(piece)))


def meets(keys: Set[str], clue: Clue) -> bool:
    """Are the keys those of what is asked for?"""
    return any(keys >= set(way) for way in clue)


def place(text: str, clues: Sequence[Clue]) -> int | None:
    """Where in the text the first of the clues is met; None where none is."""
    wanted = {key for clue in clues for way in clue for key in way}
    return next((p.start for p in _pieces(text) if not wanted.isdisjoint(_keys(p))), None)


def _folded(text: str) -> str:
    return mend_lookalikes(plain(text).translate(_UNSEEN))[0]


def _key(word: str) -> str:
    return folded(word)[:LONGEST_WORD]


def _pieces(text: str) -> Iterator[_Piece]:
    """The pieces of a text in their order. A letter that stands alone says nothing."""
    for found in _PIECE.finditer(_folded(text)):
        words = tuple(_WORD.findall(found[0]))
        if found["number"] and re.search(r"\d", found[0]):
            codes = tuple(_key(word).translate(TWINS) for word in words)
            for at in range(0, len(codes), LONGEST_RUN):
                yield _Piece("number", codes[at : at + LONGEST_RUN], found.start())
        elif found["initials"]:
            # «и.и.» are initials, «и» is not; nor is «г.» before a town.
            if all(map(str.isupper, words)) or 1 < len(words) == found[0].count("."):
                yield _Piece("initials", tuple(map(_key, words)), found.start())
        else:
            yield from (_Piece("word", (word,), found.start()) for word in words if word[1:])


def _keys(piece: _Piece) -> set[str]:
    if piece.kind == "word":
        return set(_lemmas(piece.parts[0]))
    if piece.kind == "initials":
        return {_initials(piece)}
    ends = combinations(range(len(piece.parts) + 1), 2)
    return {"".join(piece.parts[start:end]) for start, end in ends}


def _clues(piece: _Piece) -> Iterator[Clue]:
    if piece.kind == "initials":
        yield ((_initials(piece),),)
    elif piece.kind == "word":
        if lemmas := _lemmas(piece.parts[0]):
            yield tuple((lemma,) for lemma in lemmas)
    else:  # spaces are typed anywhere: «45 08 123456», «4508 123456»
        inner = range(1, len(piece.parts))
        cuts = [cut for n in range(len(piece.parts)) for cut in combinations(inner, n)]
        yield tuple(_cut(piece.parts, cut) for cut in cuts)


def _cut(parts: Sequence[str], cuts: Sequence[int]) -> tuple[str, ...]:
    ends = zip((0, *cuts), (*cuts, len(parts)), strict=True)
    return tuple("".join(parts[start:end]) for start, end in ends)


def _initials(piece: _Piece) -> str:
    return "".join(f"{letter}." for letter in piece.parts)


@lru_cache(maxsize=32768)
def _lemmas(word: str, *, nominative: bool = False) -> tuple[str, ...]:
    """The likely lemmas of a word; none of one that only joins others, unless it is a name."""
    key = _key(word)
    if len(word) > LONGEST_WORD or key.isascii():
        return (key.translate(TWINS),)
    # First names have no plural here: «Сергеев» is nobody's «Сергей».
    found = [p for p in parses(key) if not ("Name" in p.tag and "plur" in p.tag)] or parses(key)
    if nominative:
        found = [p for p in found if {"nomn", "sing"} in p.tag] or found
    elif found[0].tag.POS in _JOINING and (word.islower() or found[0].tag.POS == "PREP"):
        return ()  # «Ли» is a surname
    shares: Counter[str] = Counter()
    for parse in found:
        shares[_key(parse.normal_form)] += parse.score
    least = LIKELY * shares.total()
    return tuple(lemma for lemma, share in shares.items() if share >= least)
