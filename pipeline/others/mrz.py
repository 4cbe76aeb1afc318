"""The machine-readable zone of the Russian internal passport: two lines of 44 signs in OCR-B.

Comes in: lines as OCR read them. Goes out: the passport's data where every check digit holds, else
None. Source: order of the Federal Migration Service 279 of 15.04.2011, appendix 2: the layout of
ICAO 9303, with the numbers and the transliteration of its own, which is exactly reversible. The
line of the names has no check digits; only the numbers and dates are proven.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.forms.rules import PASSPORT_AGE_YEARS
from pipeline.language.lettering import mend_digits
from pipeline.language.names import gender_of
from pipeline.language.wording import years_later

_LATIN = "ABVGDE2JZIQKLMNOPRSTUFHC34WXY9678"
_CYRILLIC = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
_BACK = str.maketrans(_LATIN, _CYRILLIC)
# What OCR makes of the signs: Russian capitals that look like Latin ones, brackets for fillers.
_SEEN = str.maketrans("АВСЕНКМОРТХУІЅЈ«‹≤([{", "ABCEHKMOPTXYISJ<<<<<<")
_NO_FIGURES = str.maketrans("015", "OIS")  # signs that the transliteration does not use
_NAMES = re.compile(
    r"P[NM]RU[S58](?P<last>[A-Z0-9]+(<[A-Z0-9]+)*)<<(?P<given>[A-Z0-9]+(<[A-Z0-9]+)*)(<<|<?$)"
)
_READ_FOR_FILLERS = re.compile(r"(VNA|I3NA|VI3)[KCLE]+$")  # behind a patronymic's ending
# How many signs OCR makes of «RUS» nobody knows, and no check digit tells.
_NUMBERS = [
    re.compile(
        rf"(?P<number>[^<]{{9}})(?P<number_check>[^<]).{{{size}}}(?P<born>[^<]{{6}})"
        r"(?P<born_check>[^<])(?P<sex>[MFE])[<KCLEG]*<[<KCLEG]*(?P<more>[^<]{13})<?"
        r"(?P<more_check>[^<])(?P<check>[^<])"
    )
    for size in (3, 2, 4, 1, 5)
]
_GENDERS = {"M": "m", "F": "f", "E": "f"}
_WEIGHTS = (7, 3, 1)
_CENTURY = 2000  # of every day of issue: the zone came in 2011
FILLERS = 3  # in a word: brackets of ordinary texts come in twos
LONGEST_NAMES = 39  # signs of a line that are left for the names; longer ones are cut


@dataclass(frozen=True, slots=True)
class Passport:
    """What the zone says; ``name`` as "Ёлкина Анна Юрьевна", or "" where it may be cut or misread.

    ``gender`` is m or f; ``code`` the division's, as 123-456.
    """

    name: str
    born: date
    gender: str
    series: str
    number: str
    issued: date
    code: str


def check_digit(signs: str) -> str:
    """The check digit of a part: weights 7, 3, 1, the sum modulo 10; a filler counts nothing."""
    total = sum(_value(sign) * _WEIGHTS[i % 3] for i, sign in enumerate(signs))
    return str(total % 10)


def read(lines: Sequence[str]) -> Passport | None:
    """The one passport that the lines hold; None where there is none whole, or there are several.

    Look-alike letters and lost fillers are mended; the check digits tell whether rightly.
    """
    clean = [_clean(line) for line in lines]
    found = {
        passport
        for i, line in enumerate(clean)
        for pattern in _NUMBERS
        for seen in pattern.finditer(line)
        if (passport := _passport(seen, clean[:i]))
    }
    return found.pop() if len(found) == 1 else None


def looks_like(word: str) -> bool:
    """May a word that OCR read on a page be of the zone: does it have fillers?"""
    return _clean(word).count("<") >= FILLERS


def written(passport: Passport) -> tuple[str, str]:
    """The two lines as a passport of these data prints them."""
    last, *given = passport.name.upper().split()
    names = "<<".join((_forward(last), "<".join(map(_forward, given))))
    first = f"PNRUS{names}"[:44].ljust(44, "<")
    number = passport.series[:3] + passport.number
    more = f"{passport.series[3]}{passport.issued:%y%m%d}{passport.code.replace('-', '')}<"
    born = f"{passport.born:%y%m%d}"
    sex = "M" if passport.gender == "m" else "F"
    summed = (number + check_digit(number), born + check_digit(born))
    tail = f"<<<<<<<{more}{check_digit(more)}"
    return first, f"{summed[0]}RUS{summed[1]}{sex}{tail}{check_digit(''.join(summed) + tail)}"


def _clean(line: str) -> str:
    return re.sub(r"[^A-Z0-9<]", "", line.upper().translate(_SEEN))


def _value(sign: str) -> int:
    return 0 if sign == "<" else int(sign, 36)


def _passport(seen: re.Match[str], above: Sequence[str]) -> Passport | None:
    """The passport of a second line; its names are in the nearest line above that has any."""
    part = {name: mend_digits(seen[name]) for name in seen.groupdict() if name != "sex"}
    if not all(re.fullmatch("[0-9]+", digits) for digits in part.values()):
        return None
    number, born, more = part["number"], part["born"], f"{part['more']}<"
    summed = f"{number}{part['number_check']}{born}{part['born_check']}"
    if (
        check_digit(number) != part["number_check"]
        or check_digit(born) != part["born_check"]
        or check_digit(more) != part["more_check"]
        or check_digit(f"{summed}<<<<<<<{more}{part['more_check']}") != part["check"]
    ):
        return None
    issued = _day(more[1:7], _CENTURY)
    birth = issued and (_born(born, _CENTURY, issued) or _born(born, _CENTURY - 100, issued))
    if birth is None or issued is None:
        return None
    name = next(filter(None, map(_name, reversed(above))), "")
    gender = _GENDERS[seen["sex"]]
    if name and gender_of(*name.split(maxsplit=2)) not in (gender, None):
        return None
    return Passport(
        name,
        birth,
        gender,
        number[:3] + more[0],
        number[3:],
        issued,
        f"{more[7:10]}-{more[10:13]}",
    )


def _name(line: str) -> str:
    """The names in Cyrillic; none where they may be cut, or there is no patronymic."""
    seen = _NAMES.search(line)
    if seen is None or len(seen["last"]) + len(seen["given"]) + 2 >= LONGEST_NAMES:
        return ""
    last, given = (
        part.translate(_NO_FIGURES).translate(_BACK).title().split("<")
        for part in (seen["last"], _READ_FOR_FILLERS.sub(r"\1", seen["given"]))
    )
    return " ".join(("-".join(last), *given)) if len(given) > 1 else ""


def _forward(word: str) -> str:
    return word.translate(str.maketrans(_CYRILLIC + "- ", _LATIN + "<<"))


def _born(figures: str, century: int, issued: date) -> date | None:
    """The birthday, where the passport could be given out: none is before the age of 14."""
    day = _day(figures, century)
    return day if day and years_later(day, PASSPORT_AGE_YEARS) <= issued else None


def _day(figures: str, century: int) -> date | None:
    try:
        return date(century + int(figures[:2]), int(figures[2:4]), int(figures[4:]))
    except ValueError:
        return None
