"""Dates and numbers as Russian papers write them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from pipeline.language.morphology import GRAMMEMES, inflected, nominative_nouns, parses

MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
_NBSP = "\N{NO-BREAK SPACE}"
# num2words knows the cases by their Russian initials.
_NUM2WORDS = dict(zip(GRAMMEMES, "ngdaip", strict=True))
_GENDERS = {"masc": "m", "femn": "f", "neut": "n"}


def day_of(said: object) -> date | None:
    """A day as data and records keep it: a date, or 2026-09-14; None where it is neither."""
    if isinstance(said, date):
        return said
    return _iso_day(said) if isinstance(said, str) else None


@lru_cache(maxsize=4096)  # an office's list asks for those of every document
def _iso_day(said: str) -> date | None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if day.isoformat() == said else None  # 20260914 is a number


def short_date(day: date) -> str:
    """13.08.2010."""
    return f"{day:%d.%m}.{day.year:04}"


def date_words(day: date) -> str:
    """13 августа 2010."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def long_date(day: date) -> str:
    """«13» августа 2010 г., with spaces that no line breaks at."""
    return f"«{day.day:02}»{_NBSP}{MONTHS[day.month - 1]}{_NBSP}{day.year}{_NBSP}г."


def full_years(born: date, today: date) -> int:
    """Somebody's age; who is born on 29 February grows older on 1 March."""
    birthday_to_come = (today.month, today.day) < (born.month, born.day)
    return today.year - born.year - birthday_to_come


def years_later(day: date, years: int) -> date:
    """The birthday years later: who was born on 29 February has come of age on 1 March.

    A term of years is counted otherwise: ``workdays.years_after``.
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


@lru_cache(maxsize=4096)
def in_words(number: int, case: str = "nominative", gender: str = "m") -> str:
    """A whole number in words: 22 in the genitive, feminine, is «двадцати двух».

    ``gender`` is m, f or n; what is counted is taken for a thing: in the accusative «двадцать
    один лист», not «двадцать одного».
    """
    from num2words import num2words  # slow to import: it knows all languages

    words = num2words(number, lang="ru", case=_NUM2WORDS[case], gender=gender, animate=False)
    return str(words)


def counted(number: int, noun: str, case: str = "nominative") -> str:
    """The number in digits with its noun: «21 лист», «5 листов», in the genitive «5 листов»."""
    return f"{number}{_NBSP}{_agreed(number, noun, case)}"


def counted_in_words(number: int, noun: str, case: str = "nominative") -> str:
    """The number in words with its noun, agreed: «двадцать одна опись», «два дела»."""
    found = nominative_nouns(noun.lower())
    gender = _GENDERS.get(str(found[0].tag.gender), "m") if found else "m"
    return f"{in_words(number, case, gender)} {_agreed(number, noun, case)}"


def digits_and_words(number: int, noun: str = "") -> str:
    """The number as inventories state it: «21 (двадцать один) лист»; the two cannot differ."""
    if not noun:
        return f"{number} ({in_words(number)})"
    words = counted_in_words(number, noun)
    return f"{number} ({words.rpartition(' ')[0]}) {words.rpartition(' ')[2]}"


@lru_cache(maxsize=4096)
def _agreed(number: int, noun: str, case: str) -> str:
    """The noun (nominative singular) in the form that the number asks for."""
    found = nominative_nouns(noun.lower()) or parses(noun.lower())[:1]
    parse = found[0]
    one = abs(number) % 10 == 1 and abs(number) % 100 != 11
    if case in ("nominative", "accusative"):  # два листа, пять листов
        few = 2 <= abs(number) % 10 <= 4 and not 12 <= abs(number) % 100 <= 14
        if one:
            return inflected(parse, case, "sing", like=noun) or noun
        return inflected(parse, "genitive", "sing" if few else "plur", like=noun) or noun
    return inflected(parse, case, "sing" if one else "plur", like=noun) or noun
