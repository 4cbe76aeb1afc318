"""Positions, organisations and other noun phrases in the six cases.

Only the head declines, with the adjectives that agree with it: «главный специалист отдела
бухгалтерского учета» → «главного специалиста отдела …». What follows the head is a genitive tail
already, what stands in quotation marks is a name, an abbreviation is frozen: all of these stay.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pipeline.language import names
from pipeline.language.morphology import GRAMMEMES, analyzer, inflected, parses

# Where a second head may begin: «начальник отдела - главный бухгалтер», «машинист (кочегар)».
_POSITION_JOINTS = re.compile(r"(\s+[-–—]\s+|,\s+|\s+и\s+|\s*/\s*|\s*\(|\)\s*)")
_OTHER_JOINTS = re.compile(r"(\s+[-–—]\s+)")
_QUOTES = "«»\"“”„'"
# First halves that stay: генерал-майора, пресс-секретаря.
_FROZEN_HALVES = frozenset(
    re.findall(
        r"\w+",
        "арт аудит бизнес блок бренд веб вице генерал гоф интернет контент контр лейб медиа обер "
        "офис пиар премьер пресс смм топ унтер фитнес шеф штабс экс",
    )
)
_TRADER = re.compile(
    r"(ИП|индивидуальный предприниматель|нотариус|адвокат)"
    r"\s+([А-ЯЁ][\w-]+)\s+([А-ЯЁ]\w+)\s+([А-ЯЁ]\w+)",
    re.IGNORECASE,
)
_AGREEING = ("ADJF", "PRTF")


def position(text: str, case: str) -> str:
    """A person's position in ``case``; a man or woman, so the accusative is animate."""
    return _phrase(text, case, "position")


def organisation(text: str, case: str) -> str:
    """An organisation in ``case``: its generic head («администрация», «общество») declines.

    Of «индивидуальный предприниматель Зуев Пётр Ильич» the name declines as well.
    """
    trader = _TRADER.fullmatch(text)
    gender = names.gender_of(*trader.groups()[1:]) if trader else None
    if trader is None or gender is None:
        return _phrase(text, case, "organisation")
    kind, last, first, middle = trader.groups()
    parts = zip(("last", "first", "middle"), (last, first, middle), strict=True)
    declined = [names.decline(part, word, gender, case) for part, word in parts]
    return " ".join([_phrase(kind, case, "organisation"), *declined])


def phrase(text: str, case: str) -> str:
    """Any other noun phrase in ``case``: «государственный контракт» → «… контракта»."""
    return _phrase(text, case, "phrase")


@lru_cache(maxsize=16384)
def _phrase(text: str, case: str, kind: str) -> str:
    if case not in GRAMMEMES:
        raise ValueError(f"no such case: {case}")
    if case == "nominative":
        return text
    quote = next((i for i, letter in enumerate(text) if letter in _QUOTES), len(text))
    joints = _POSITION_JOINTS if kind == "position" else _OTHER_JOINTS
    parts = joints.split(text[:quote])
    return (
        "".join(
            part if index % 2 else _segment(part, case, kind, later=index > 0)
            for index, part in enumerate(parts)
        )
        + text[quote:]
    )


def _segment(text: str, case: str, kind: str, later: bool) -> str:
    """One stretch with at most one head.

    ``later``: it follows another head, so it may as well be the tail of that one («… русского
    языка и литературы») and must be a singular nominative.
    """
    tokens = re.split(r"(\s+)", text)
    changed = _changes(tokens[::2], case, kind, later)
    for index, word in changed.items():
        tokens[2 * index] = word
    return "".join(tokens)


def _changes(words: list[str], case: str, kind: str, later: bool) -> dict[int, str]:
    """The words that change, by index: adjectives, head, adjectives after it."""
    adjectives: list[int] = []
    head: Any = None
    changed: dict[int, str] = {}
    for index, word in enumerate(words):
        if head is None and not adjectives and _is_adverb(word):
            continue  # «временно исполняющий»
        if _is_frozen(word):
            break
        if head is None:
            agreeing = _adjective(word)
            following = words[index + 1] if index + 1 < len(words) else ""
            noun = _noun(word, kind, later)
            if agreeing is not None and not (noun is not None and _ends_here(following)):
                adjectives.append(index)
                continue
            if noun is None or not all(_agreeing(words[i], noun) for i in adjectives):
                break
            head = noun
            changed[index] = _word(word, noun, case, kind)
        elif word.islower() and _agreeing(word, head):
            adjectives.append(index)  # «врач-терапевт участковый»
        else:
            break
    if head is None and adjectives:  # «заведующий отделением»: the adjective is the head
        head = _adjective(words[adjectives[-1]])
    for index in adjectives:
        if _agreeing(words[index], head):
            changed[index] = _adjective_in(words[index], head, case, kind)
    return changed


def _is_adverb(word: str) -> bool:
    return bool(word) and parses(word.lower())[0].tag.POS == "ADVB"


def _is_frozen(word: str) -> bool:
    """Abbreviations, numbers, Latin: «ТОГБПОУ», «и.о.», «№», «I»."""
    if not re.fullmatch(r"[А-ЯЁа-яёA-Za-z]+(-[А-ЯЁа-яё]+)*", word):
        return True
    last = word.rsplit("-", 1)[-1]
    if not re.fullmatch(r"[А-ЯЁа-яё]+", last):
        return True
    if any("Abbr" in p.tag or "Fixd" in p.tag for p in parses(last.lower())[:1]):
        return True
    return last.isupper() and not analyzer().word_is_known(last.lower())


def _ends_here(word: str) -> bool:
    """True where no head can follow: nothing, a preposition, an oblique word."""
    return not word or (_noun(word, "phrase", later=False) is None and _adjective(word) is None)


def _adjective(word: str) -> Any:
    last = word.lower().rsplit("-", 1)[-1]
    return next((p for p in parses(last) if p.tag.POS in _AGREEING and p.tag.case == "nomn"), None)


def _noun(word: str, kind: str, later: bool) -> Any:
    """The reading of ``word`` as a head, in the nominative: people first for a position."""
    if not word:
        return None
    last = word.lower().rsplit("-", 1)[-1]
    found = [p for p in parses(last) if p.tag.POS == "NOUN" and p.tag.case == "nomn"]
    if later:
        found = [p for p in found if p.tag.number == "sing"]
        if kind == "position":
            found = [p for p in found if p.tag.animacy == "anim"]
    wanted = "anim" if kind == "position" else "inan"
    found.sort(
        key=lambda p: (
            "Name" in p.tag or "Surn" in p.tag or "Patr" in p.tag,
            p.tag.number != "sing",
            p.tag.animacy != wanted,
        )
    )
    return found[0] if found else None


def _agreeing(word: str, head: Any) -> Any:
    """The reading of ``word`` as an adjective that agrees with ``head``, or None."""
    last = word.lower().rsplit("-", 1)[-1]
    return next(
        (
            p
            for p in parses(last)
            if p.tag.POS in _AGREEING
            and p.tag.case == "nomn"
            and p.tag.number == head.tag.number
            # «глава», «судья» are of both genders
            and ("plur" in p.tag or "ms-f" in head.tag or p.tag.gender == head.tag.gender)
        ),
        None,
    )


def _adjective_in(word: str, head: Any, case: str, kind: str) -> str:
    first, dash, last = word.rpartition("-")
    reading = _agreeing(word, head)
    more = ["plur"] if reading.tag.number == "plur" else ["sing", str(reading.tag.gender)]
    if case == "accusative" and reading.tag.gender != "femn":
        people = kind == "position" or head.tag.animacy == "anim"
        more.append("anim" if people else "inan")
    form = inflected(reading, case, *more, like=word) or inflected(reading, case, like=word)
    return first + dash + _cased(form or last, last)


def _word(word: str, noun: Any, case: str, kind: str) -> str:
    """The head in ``case``; in «бухгалтер-кассир» both halves decline."""
    *halves, last = word.split("-")
    answer = []
    for half in halves:
        reading = _noun(half, kind, later=True)
        if half.lower() in _FROZEN_HALVES or reading is None or _is_frozen(half):
            answer.append(half)
        else:
            answer.append(_cased(inflected(reading, case, "sing", like=half) or half, half))
    form = inflected(noun, case, str(noun.tag.number), like=last)
    return "-".join([*answer, _cased(form or last, last)])


def _cased(word: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word
