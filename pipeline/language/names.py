"""Names of people: their gender and their six cases.

Comes in: the parts of a name in the nominative. Goes out: the part in a case. pytrovich knows
the rules of endings; here stands what it gets wrong: surnames that are common nouns (Заяц,
Палец, Орёл), feminine nouns borne by men (Мышь → Мыша), foreign and frozen endings. The grammar
followed is «Русская грамматика» and gramota.ru's reference on surnames.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from pytrovich.enums import Case, Gender, NamePart
from pytrovich.maker import PetrovichDeclinationMaker

from pipeline.language.morphology import analyzer, inflected, nominative_nouns

GenderCode = Literal["m", "f"]

_CASES = {
    "genitive": Case.GENITIVE,
    "dative": Case.DATIVE,
    "accusative": Case.ACCUSATIVE,
    "instrumental": Case.INSTRUMENTAL,
    "prepositional": Case.PREPOSITIONAL,
}
_PARTS = {"last": NamePart.LASTNAME, "first": NamePart.FIRSTNAME, "middle": NamePart.MIDDLENAME}
_ENDINGS = dict(zip(_CASES, ("а", "у", "а", "ом", "е"), strict=True))
_SOFT_ENDINGS = dict(zip(_CASES, ("я", "ю", "я", "ем", "е"), strict=True))


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


SON = frozenset({"оглы", "оглу", "угли", "улы", "уулу"})
DAUGHTER = frozenset({"кызы", "гызы", "кизи"})
_FROZEN_WHOLE = SON | DAUGHTER | {"заде"}
PARTICLES = _set(
    "аль ас ан аш бен бин ван вон да дас де дель ден дер ди до дос дю ибн ла ле о сан сент тен тер "
    "фон цу эль эд эр"
)
# First parts of double surnames that never change.
_FROZEN_FIRST = PARTICLES | _set("бонч грум кара миклухо мак нар усть хан-бей")
# Stressed French and like endings, which no rule of spelling tells from Сковорода.
_STRESSED = _set("дюма золя петипа дега тома ферма труайя колла")
# Bearers of another tongue's -ин, -ов take -ом: Чаплином, but Пушкиным.
_FOREIGN = _set("чаплин дарвин кронин бюлов флотов вирхов гершвин спилберг ирвин мартин")
# First names that the dictionary gives to one gender and life to both.
_BOTH = _set(
    "адель али андреа ван валери габриэль даниэль жан иман камиль карен ким ли марлен мерлин "
    "микеле мишель никола ноэль нур рафаэль робин сан симон симоне шади"
)
_VOWELS = "аеёиоуыэюя"
_HUSHING = "жшщчц"


def gender_of(last: str, first: str, middle: str) -> GenderCode | None:
    """The gender that a name tells, or None where it tells none or contradicts itself.

    The patronymic decides; without one, a first name that only men or only women bear. A surname
    never decides, it can only contradict («Иванова Анна Петрович»). Never a guess.
    """
    by_first = _of_first(first)
    told = _of_middle(middle) or by_first
    if told is None or by_first not in (None, told) or _of_last(last) not in (None, told):
        return None
    return told


def _of_middle(middle: str) -> GenderCode | None:
    words = re.split(r"[\s-]+", middle.lower().strip())
    if words[-1] in SON or re.search(r"(оглы|оглу)$", words[-1]):
        return "m"
    if words[-1] in DAUGHTER or re.search(r"кызы$", words[-1]):
        return "f"
    if re.search(r"(ович|евич|ич)$", words[-1]):
        return "m"
    if re.search(r"(овна|евна|ична|инишна)$", words[-1]):
        return "f"
    return None


@lru_cache(maxsize=4096)
def _of_first(first: str) -> GenderCode | None:
    """By the dictionary: every reading of the word as a first name must agree."""
    word = first.lower().strip().split("-")[-1]
    found = {
        str(parse.tag.gender)
        for parse in analyzer().parse(word)
        if "Name" in parse.tag and parse.tag.case == "nomn" and parse.tag.number == "sing"
    }
    known = analyzer().word_is_known(word)
    if not known or word in _BOTH:
        return None
    return "m" if found == {"masc"} else "f" if found == {"femn"} else None


def _of_last(last: str) -> GenderCode | None:
    word = last.lower().strip()
    if re.search(r"(ова|ева|ёва|ская|цкая|[нтвл]ая)$", word):
        return "f"
    # One syllable may be anything: Львов is a man, Ков a Korean.
    if re.search(r"(ов|ев|ёв|ский|цкий|ской|цкой)$", word) and _syllables(word) > 1:
        return "m" if word not in _FOREIGN else None
    return None


@lru_cache(maxsize=65536)
def decline(part: str, name: str, gender: str, case: str) -> str:
    """One part of a name in ``case`` ("genitive" …); ``gender`` is "m" or "f".

    ``part`` is "last", "first" or "middle" (the patronymic).

    Each word and each half of a double name declines by itself; particles («фон», «оглы»),
    initials and words that are not Cyrillic stay.
    """
    if case == "nominative" or not name:
        return name
    if part != "first" and re.split(r"[\s-]+", name.lower())[-1] in _FROZEN_WHOLE:
        return name  # «Гасан оглы», «Турсун-заде»
    pieces = re.split(r"([\s-]+)", name)
    words = len(pieces)
    return "".join(
        piece
        if index % 2 or not piece or _frozen(part, piece, index + 1 < words)
        else _cased(_piece(part, piece.lower(), gender, case), piece)
        for index, piece in enumerate(pieces)
    )


def _frozen(part: str, piece: str, more_follow: bool) -> bool:
    """True for what no case changes wherever it stands."""
    word = piece.lower()
    if not re.fullmatch(r"[а-яё]+", word) or len(word) == 1:
        return True  # initials, Latin, digits
    return more_follow and word in (_FROZEN_FIRST if part == "last" else PARTICLES)


def _piece(part: str, word: str, gender: str, case: str) -> str:
    if part == "last":
        if _never_changes(word, gender):
            return word
        own = _by_noun(word, gender, case) or _by_rule(word, gender, case)
        if own:
            return own
    code = Gender.MALE if gender == "m" else Gender.FEMALE
    return str(_petrovich().make(_PARTS[part], code, _CASES[case], word))


@lru_cache(maxsize=1)
def _petrovich() -> PetrovichDeclinationMaker:
    return PetrovichDeclinationMaker()


def _never_changes(word: str, gender: str) -> bool:
    if word[-1] not in _VOWELS or word.endswith("й"):
        # A woman's surname in a consonant, ь or й; Черных, Долгих, but Дитриха and Рериха.
        frozen_plural = re.search(r"(ых|[^рл]их)$", word) is not None and _syllables(word) > 1
        return gender == "f" or frozen_plural
    if word[-1] in "еёиоуыэю":  # Гёте, Ли, Шевченко, Живаго, Шоу
        return True
    return word in _STRESSED or re.search(r"[иуоюэ]а$", word) is not None  # Гулиа, Моруа


def _by_noun(word: str, gender: str, case: str) -> str | None:
    """The case of a surname that is a common noun.

    The dictionary knows its fleeting vowel, its stress («Стрельцом», «Немцем») and its ending.
    """
    if re.search(r"(ов|ев|ёв|ин|ын|ий|ый|ой|ая|яя)$", word) and _syllables(word) > 1:
        return None  # these are surnames first: Павлин → Павлиным, but Лев → Львом
    if gender == "f" and re.search(r"(ова|ева|ина|ына)$", word):
        return None
    nouns = [n for n in nominative_nouns(word) if "Surn" not in n.tag and "Name" not in n.tag]
    noun = next((n for n in nouns if word[-1] in "ая" or "masc" in n.tag), None)
    if noun is None or word.endswith("ия") or "Fixd" in noun.tag:
        return None
    # A man is animate whatever the noun: the accusative is the genitive.
    if case == "accusative" and word[-1] not in "ая":
        case = "genitive"
    return inflected(noun, case, like=word)


def _by_rule(word: str, gender: str, case: str) -> str | None:
    if gender == "m":
        if word.endswith("ь") and word[-2] in _HUSHING:  # Мышь, Ночь: no я, ю after these
            return word[:-1] + ("ем" if case == "instrumental" else _ENDINGS[case])
        if word.endswith("ь"):
            return word[:-1] + _SOFT_ENDINGS[case]
        if word.endswith("ец"):
            return _ets(word, case)
        if word in _FOREIGN or (word.endswith("ин") and _syllables(word) == 1):  # Грин
            return word + _ENDINGS[case]
        if case == "instrumental" and re.search(r"а[чш]$", word) and _syllables(word) > 1:
            return word + "ом"  # Деркачом, Лукашом: the stress stands on the ending
        if word.endswith(("рих", "лих")):
            return word + _ENDINGS[case]
    if case == "instrumental" and re.search(f"[{_HUSHING}]а$", word):
        return word[:-1] + "ей"
    return None


def _ets(word: str, case: str) -> str:
    """Кравец → Кравца, Китаец → Китайца, Голец → Гольца, but Швец → Швеца, Чернец → Чернеца."""
    stem = word[:-2]
    if stem[-1] in _VOWELS:
        stem += "й"
    elif len(stem) < 2 or stem[-2] not in _VOWELS:
        stem += "е"  # two consonants need a vowel after them
    elif stem[-1] == "л":
        stem += "ь"
    if case == "instrumental" and _syllables(word) > 2:
        return stem + "цем"  # the stress of a long one stands before the end
    return stem + "ц" + _ENDINGS[case]


def _syllables(word: str) -> int:
    return sum(letter in _VOWELS for letter in word)


def _cased(word: str, like: str) -> str:
    """``word`` with the capitals of ``like``: ИВАНОВ → ИВАНОВА."""
    if like.isupper() and len(like) > 1:
        return word.upper()
    return "".join(
        letter.upper() if index < len(like) and like[index].isupper() else letter
        for index, letter in enumerate(word)
    )
