"""A page's words laid along a form's own words: which form it is, and what lies in its gaps.

Comes in: the words that OCR read, and the skeletons of the forms. Goes out: the form that the page
surely is a copy of, or nothing. Words are compared whole, in order and not too strictly, for OCR
errs; what the page says beside the form is counted against it where it is made of true words: a
regulation that quotes a form is not the form, nor is another office's that says something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from pipeline.language.morphology import is_word
from pipeline.others.skeleton import Skeleton, Token, tokens

ALIKE = 60.0  # percent: two words that may be one, misread
PLAIN = 80.0  # percent: less alike are one only where the words before them are
EXACT = 3  # letters: words as short must be read right
NEXT_BONUS = 1.5  # letters: words that follow each other in both texts belong together
LOST = 0.7  # a word of the form that was not read, against one that was: where the page ends
TRUE = 4  # letters of a word that is looked up in the dictionary
LONGEST = 40  # words that one field may hold; of the kinds that have an end
ROOM = {"word": 1, "digits": 1, "date": 4, "initials": 3, "name": 4, "signature": 2, "position": 10}
LEAST_LETTERS = 200  # of the form read on the page: a few lines are no page of it
LATER_LETTERS = 400  # without its head: how forms end is common to many
HEAD_WORDS = 12  # of the form that may be missing: a heading over a stamp
LAST_LETTERS = 25  # on a page that goes on where the one before it ends
LEAST_SHARE = 0.8  # or as much of a short form
# Letters read, of those and all that are foreign or lost; and of the lost only those in whose
# place no garbled ones stand: bad OCR loses words, another wording has others.
READ, SAID = 0.6, 0.93
CHANGED = 8  # letters of true words in one place that the form does not have: another wording
MOVED = 40  # letters on a page that OCR may read elsewhere: the end of a table's cell, a heading
REPLACED = 16  # letters left out in one place: more than one word that a pen ran into
BY_CHANCE = 0.02  # of garbled letters: some of them make words
OMITTED = 3  # as many letters left out weigh as one of another word: OCR overlooks lines, too
MARGIN = 0.08  # of the letters read: a form that fits as well to within this could be meant
LIKELY = 0.3  # of a form's different words that stand on its page: others need not be compared
OFFICE = 70.0  # percent: how like the office's name what stands in its place has to be


@dataclass(frozen=True, slots=True)
class Alignment:
    """A page along a skeleton: pairs of (the form's word, the page's token), both from 0.

    The page holds the words from ``first`` to before ``last``. In letters: how much of them was
    ``read`` and ``lost``, and what else stands there, ``foreign`` words and ``garbled`` ones;
    ``changed`` is the most that the page has in one place instead of the form's words, or leaves
    out without a trace.
    """

    skeleton: Skeleton
    said: tuple[Token, ...]
    pairs: tuple[tuple[int, int], ...]
    first: int
    last: int
    read: int
    lost: int
    foreign: int
    garbled: int
    changed: int

    @property
    def points(self) -> int:
        """How well it fits: letters for it less letters against it."""
        return self.read - self.lost - self.foreign

    @property
    def is_enough(self) -> bool:
        """Is so much of the form there that nothing else can be meant?"""
        whole = self.skeleton.part(0, len(self.skeleton.words))
        least = LATER_LETTERS if self.first > HEAD_WORDS else LEAST_LETTERS
        return self.read >= min(least, LEAST_SHARE * whole)

    @property
    def is_like(self) -> bool:
        """Is what is there the form's, with little else?"""
        unexplained = max(0, self.lost - self.garbled)
        return (
            self.read >= LAST_LETTERS
            and self.read >= READ * (self.read + self.lost + self.foreign)
            and self.read >= SAID * (self.read + unexplained + self.foreign)
            and self.changed < CHANGED + BY_CHANCE * self.garbled
        )


@dataclass(frozen=True, slots=True)
class Inside:
    """A gap in a page's text, from ``start`` to ``end`` (None = to the end of the page).

    ``is_sure``: the form's words on both sides of it were read.
    """

    start: int
    end: int | None
    is_sure: bool


def compare(text: str, known: Iterable[Skeleton]) -> list[Alignment]:
    """The page's text along each form that it has many words of, the best first."""
    said = tokens(text)
    words = {token.word for token in said}
    likely = [one for one in known if len(words & set(one.words)) >= LIKELY * _few(one, said)]
    return sorted((lay(said, one) for one in likely), key=lambda it: -it.points)


def choose(text: str, laid: Sequence[Alignment]) -> Alignment | None:
    """The form that the page's text is surely a copy of, filled in or not."""
    if not laid or not (laid[0].is_like and laid[0].is_enough):
        return None
    best = laid[0]
    if len(laid) > 1 and best.points - laid[1].points < MARGIN * best.read:
        return None
    return None if _is_of_others(best, text) else best


def continuing(text: str, laid: Sequence[Alignment]) -> list[Alignment]:
    """The forms whose later page it may be: too little to tell, were the page before not there."""
    return [it for it in laid if it.first and it.is_like and not _is_of_others(it, text)]


def lay(said: Sequence[Token], skeleton: Skeleton) -> Alignment:
    """The page's tokens along the form's words."""
    pairs = _pairs(skeleton.words, [token.word for token in said])
    first, last = _span(skeleton.words, {i for i, _j in pairs})
    pairs = [(i, j) for i, j in pairs if first <= i < last]
    read = sum(len(skeleton.words[i]) for i, _j in pairs)
    foreign, garbled, changed = _beside(said, skeleton, pairs)
    return Alignment(
        skeleton=skeleton,
        said=tuple(said),
        pairs=tuple(pairs),
        first=first,
        last=last,
        read=read,
        lost=skeleton.part(first, last) - read,
        foreign=foreign,
        garbled=garbled,
        changed=changed,
    )


def _few(one: Skeleton, said: Sequence[Token]) -> int:
    """Of the form's words as many as can stand on the page."""
    return min(len(set(one.words)), len(said))


def _pairs(form: Sequence[str], page: Sequence[str]) -> list[tuple[int, int]]:
    """The heaviest run of pairs in the order of both texts."""
    if not form or not page:
        return []
    alike = process.cdist(form, page, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.float32)
    size = np.array([len(word) for word in form], np.float32)
    misread = (size[:, None] <= EXACT) & (alike < 100)
    weight = np.where(misread, 0, alike / 100 * size[:, None])
    best = np.zeros((len(form) + 1, len(page) + 1), np.float32)
    ends = np.full_like(best, -np.inf)  # the heaviest run that ends with this very pair
    for i in range(len(form)):
        next_ = ends[i, :-1] + NEXT_BONUS
        before = np.where(alike[i] >= PLAIN, np.maximum(best[i, :-1], next_), next_)
        ends[i + 1, 1:] = np.where(weight[i] > 0, weight[i] + before, -np.inf)
        best[i + 1] = np.maximum.accumulate(np.maximum(best[i], ends[i + 1]))
    return _traced(best, ends, alike)


def _traced(
    best: NDArray[np.float32], ends: NDArray[np.float32], alike: NDArray[np.float32]
) -> list[tuple[int, int]]:
    """The pairs of the heaviest run, found from its end."""
    found = []
    i, j = best.shape[0] - 1, best.shape[1] - 1
    paired = False
    while i and j:
        if paired or ends[i, j] >= best[i, j]:
            found.append((i - 1, j - 1))
            i, j = i - 1, j - 1
            paired = alike[i, j] < PLAIN or ends[i, j] + NEXT_BONUS > best[i, j]
        elif best[i - 1, j] >= best[i, j]:
            i -= 1
        else:
            j -= 1
    return found[::-1]


def _span(words: Sequence[str], read: set[int]) -> tuple[int, int]:
    """From which to before which of the form's words the page has them: where most are read."""
    sums, low, at = 0.0, 0.0, 0
    best, span = 0.0, (0, 0)
    for i, word in enumerate(words):
        sums += len(word) if i in read else -LOST * len(word)
        if sums - low > best:
            best, span = sums - low, (at, i + 1)
        if sums < low:
            low, at = sums, i + 1
    return span


def _beside(
    said: Sequence[Token], skeleton: Skeleton, pairs: Sequence[tuple[int, int]]
) -> tuple[int, int, int]:
    """Letters neither the form's nor in its gaps: in true words, in others; and ``changed``."""
    foreign = garbled = changed = moved = 0
    missing = Counter(
        word for (i, _j), (after, _end) in pairwise(pairs) for word in skeleton.words[i + 1 : after]
    )
    # Of a table's cell OCR reads the lines between those of the cell beside it.
    office = {token.word for words in skeleton.office.values() for token in tokens(words)}
    edges = [(-1, -1), *pairs, (len(skeleton.words), len(said))]
    for (i, j), (after, end) in pairwise(edges):
        gaps = range(i + 1, after + 1)
        if i < 0:  # what the form says before stands on another page
            gaps = range(after, after + 1)
        elif after == len(skeleton.words):
            gaps = range(i + 1, i + 2)
        names = [name for gap in gaps for name in skeleton.slots.get(gap, ())]
        is_inner = i >= 0 and after < len(skeleton.words)
        left_out = skeleton.part(i + 1, after) if is_inner else 0
        others = [token.word for token in said[j + 1 : end]]
        room = LONGEST * len(names)
        if left_out >= REPLACED:  # in its place may stand what is no field's
            others = [word for word in others if word not in office]
            room = sum(_room(skeleton, name) for name in names)
        others = others[room:]
        for word in [word for word in others if len(word) >= TRUE]:
            if missing[word] and moved + len(word) <= MOVED:
                others.remove(word)
                missing[word] -= 1
                moved += len(word)
        true = sum(len(w) for w in others if len(w) >= TRUE and w not in office and is_word(w))
        foreign += true
        garbled += sum(map(len, others)) - true
        if is_inner:
            lost = left_out // OMITTED if not (others or names) else 0
            changed = max(changed, true, lost)
    return foreign, garbled, changed


def _room(skeleton: Skeleton, name: str) -> int:
    """How many words a field may hold beside the office's own: few where its kind tells."""
    field = skeleton.fields.get(name)
    if field is None or name in skeleton.office:
        return LONGEST if field is None else 0
    return ROOM.get(field.kind, LONGEST)


def _is_of_others(one: Alignment, text: str) -> bool:
    """Does another office stand where the form names this one?"""
    skeleton = one.skeleton
    for gap, names in skeleton.slots.items():
        office = " ".join(skeleton.office[name] for name in names if _is_office(skeleton, name))
        place = inside(one, gap) if office else None
        if place is None or not place.is_sure:
            continue
        shown = tokens(text[place.start : place.end])
        if shown and fuzz.partial_ratio(_plain(tokens(office)), _plain(shown)) < OFFICE:
            return True
    return False


def _is_office(skeleton: Skeleton, name: str) -> bool:
    return name in skeleton.office and skeleton.fields[name].kind == "organisation"


def _plain(said: Iterable[Token]) -> str:
    return " ".join(token.word for token in said)


def inside(one: Alignment, gap: int) -> Inside | None:
    """Where in the page's text a gap of the form lies; None: on another page."""
    size = len(one.skeleton.words)
    if not one.first <= gap <= one.last or not one.pairs:
        return None
    before = max((pair for pair in one.pairs if pair[0] < gap), default=None)
    after = min((pair for pair in one.pairs if pair[0] >= gap), default=None)
    is_sure = (before[0] == gap - 1 if before else gap == 0) and (
        after[0] == gap if after else gap == size
    )
    start = one.said[before[1]].end if before else 0
    end = one.said[after[1]].start if after else None
    return Inside(start, end, is_sure)
