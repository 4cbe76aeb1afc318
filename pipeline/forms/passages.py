"""Passages: where a text says something, whatever the case, the endings and the line breaks.

Comes in: a document's paragraphs, and patterns such as ``"срок … действие согласие"`` that a rule
writes down. Goes out: the phrase as it stands in the document, with its paragraph. A pattern is a
row of words, and every word stands for all its forms:

* ``отозвать`` any form of the word, by the dictionary; ё is е
* ``компания|организация`` either word
* ``=третьим`` this form alone
* ``биометр*`` any word that begins so
* ``…`` up to eight words between
* ``{passport_number}`` the blank of that name, column or kind (``lint`` says which)

Punctuation between the words does not count, and a sentence may run on over paragraphs and cells
of a table, as it does in forms; no passage leaves its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.language.lettering import mend_lookalikes
from pipeline.language.morphology import parses

GAP = 8  # words that "…" may jump over: a relative clause, not a sentence
AROUND = 4  # words shown around a passage, so that a person sees what it is about
LONGEST_PHRASE = 160  # characters; what a line of a report holds

_PIECE = re.compile(r"\{\{\s*(?P<tag>[\w.]+)\s*\}\}|(?P<word>[^\W_]+)|(?P<end>[.!?](?=\s|$))")
_JINJA = re.compile(r"\{%.*?%\}")
_CAPTION = re.compile(r"\s*\([^()]*(\([^()]*\)[^()]*)*\)\s*")  # «(подпись)»: told to the pen
_WORD = r"(?:\{\{[^{}]*\}\}|[^\s,;:(){}]+)"
_BEFORE = re.compile(rf"(?:{_WORD}\s+){{0,{AROUND}}}$")
_AFTER = re.compile(rf"(?:\.\w+)*:?(?:\s+{_WORD}:?){{0,{AROUND}}}(?<![.!?:])")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_INITIAL = 2  # letters: a point after a word this short abbreviates («ст. 9», «г. Тамбов», «И.»)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document: its number (from 1) and its text, tags as ``{{ name }}``."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """What a pattern found.

    ``phrase`` stands as written, with a few words around it; ``paragraph`` counts from 1,
    ``sentence`` from 0.
    """

    phrase: str
    paragraph: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Token:
    """One word or tag: where it stands, and everything a pattern may call it."""

    paragraph: int  # index
    start: int
    end: int
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Text:
    """A document made ready for searching: its sentences as rows of tokens."""

    paragraphs: tuple[str, ...]
    numbers: tuple[int, ...]
    sentences: tuple[tuple[Token, ...], ...]

    def find(self, pattern: str) -> Iterator[Passage]:
        """Every passage of a pattern, the shortest from each place, in the document's order."""
        steps = _steps(pattern)
        for index, sentence in enumerate(self.sentences):
            after = 0
            for start in range(len(sentence)):
                if start >= after and (end := _match(sentence, start, steps)):
                    after = end
                    yield self._passage(sentence[start:end], index)

    def first(self, patterns: Iterable[str]) -> Passage | None:
        """The first pattern's passage that is found, patterns tried in their order."""
        return next((found for pattern in patterns for found in self.find(pattern)), None)

    def _passage(self, tokens: Sequence[Token], sentence: int) -> Passage:
        pieces = []
        for paragraph in dict.fromkeys(t.paragraph for t in tokens):
            inside = [t for t in tokens if t.paragraph == paragraph]
            text = self.paragraphs[paragraph]
            pieces.append(_clause(text, inside[0].start, inside[-1].end))
        return Passage(_shortened(" ".join(pieces)), self.numbers[tokens[0].paragraph], sentence)


def read(paragraphs: Iterable[Paragraph], blanks: Mapping[str, frozenset[str]]) -> Text:
    """The text of a document; ``blanks`` gives what each tag may be called besides its name."""
    texts: list[str] = []
    numbers: list[int] = []
    sentences: list[list[Token]] = [[]]
    for paragraph in paragraphs:
        text = mend_lookalikes(_JINJA.sub(" ", paragraph.text).translate(_INVISIBLE))[0]
        if not text.strip() or _CAPTION.fullmatch(text):
            continue
        index = len(texts)
        texts.append(text)
        numbers.append(paragraph.number)
        for piece in _PIECE.finditer(text):
            if piece["end"]:
                if _ends_sentence(text, piece.start(), sentences[-1]):
                    sentences.append([])
                continue
            tag = piece["tag"]
            names = blanks.get(tag, frozenset()) | {tag} if tag else _forms(piece["word"])
            sentences[-1].append(Token(index, piece.start(), piece.end(), names))
    return Text(tuple(texts), tuple(numbers), tuple(tuple(s) for s in sentences if s))


def _ends_sentence(text: str, at: int, tokens: Sequence[Token]) -> bool:
    """Does the point at ``at`` end a sentence: not «ст. 9», not «ул. Тополиная»?"""
    rest = text[at + 1 :].lstrip(' \t\n\N{NO-BREAK SPACE}»")')
    if not rest:
        return True
    last = tokens[-1] if tokens else None
    short = last is not None and last.end == at and last.end - last.start <= _INITIAL
    return not short and not rest[0].islower() and not rest[0].isdigit()


def _clause(text: str, start: int, end: int) -> str:
    """The words from ``start`` to ``end`` with a few around them, to the next comma or the like."""
    before, after = _BEFORE.search(text[:start]), _AFTER.match(text[end:])
    return (before[0] if before else "") + text[start:end] + (after[0] if after else "")


def _shortened(phrase: str) -> str:
    phrase = " ".join(phrase.split())
    return phrase if len(phrase) <= LONGEST_PHRASE else phrase[: LONGEST_PHRASE - 1] + "…"


@lru_cache(maxsize=16384)
def _forms(word: str) -> frozenset[str]:
    """What a word may be called: itself as ``=word``, and the dictionary form of every reading.

    The dictionary keeps «передаваться» apart from «передавать»; a rule means both.
    """
    lower = word.lower().replace("ё", "е")
    lemmas = {str(p.normal_form).replace("ё", "е") for p in parses(lower)}
    active = {lemma[:-2] for lemma in lemmas if lemma.endswith(("ться", "тись", "чься"))}
    return frozenset({lower, f"={lower}"} | lemmas | active)


Step = Callable[[frozenset[str]], bool] | None  # None is the gap


@lru_cache(maxsize=4096)
def _steps(pattern: str) -> tuple[Step, ...]:
    return tuple(None if word == "…" else _step(word) for word in pattern.split())


def _step(words: str) -> Step:
    """Is a token one of these words?"""
    whole: set[str] = set()
    begins: set[str] = set()
    for word in words.lower().replace("ё", "е").split("|"):
        bare = word.strip("{}")
        if bare.endswith("*"):
            begins.add(bare[:-1])
        elif word.startswith("{"):
            whole.add(bare)
        else:
            whole |= {word} if word.startswith("=") else _forms(word) - {f"={word}"}
    prefixes = tuple(begins)

    def holds(names: frozenset[str]) -> bool:
        return bool(names & whole) or any(n.startswith(prefixes) for n in names if prefixes)

    return holds


def _match(tokens: Sequence[Token], at: int, steps: Sequence[Step]) -> int:
    """The index after the passage that begins at ``at``; 0 where there is none."""
    if not steps:
        return at
    step, rest = steps[0], steps[1:]
    if step is None:
        last = min(at + GAP, len(tokens) - 1)
        ends = (_match(tokens, i, rest) for i in range(at, last + 1))
        return next((end for end in ends if end), 0)
    if at < len(tokens) and step(tokens[at].names):
        return _match(tokens, at + 1, rest)
    return 0
