"""Letters that look alike, letters for digits, and what no form can print."""

from __future__ import annotations

import re
import unicodedata

# The same shapes in print, capitals and small letters (Times New Roman).
_LATIN = "ABCEHKMOPTXYaceopxyËë"
_CYRILLIC = "АВСЕНКМОРТХУасеорхуЁё"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
# Folded letters whose capitals look alike: numbers are typed in either alphabet («12-К», «12-K»).
TWINS = str.maketrans("abcehkmoptxy", "авсенкмортху")
_TO_DIGITS = str.maketrans("OoОоQDIl|ІіZzЗзЧSsбGВB", "0000001111122334556688")

# What Times New Roman and its metric twin, Liberation Serif, both have (its font's table of
# characters, hexadecimal). Left out: what PDFs do not keep as it was (ligatures, other hyphens).
_REPERTOIRE = """
20-7e a0-ac ae-17f 192 1fa-1ff 218-21b 2c6-2c7 2c9 2d8-2dd 37e 384-38a 38c 38e-3a1 3a3-3ce 400-45f
490-491 1e80-1e85 1ef2-1ef3 2013-2015 2017-201e 2020-2022 2026 2030 2032-2033 2039-203a 203c 203e
2044 207f 20a3-20a4 20a7 20ac 2105 2113 2116 2122 2126 212e 215b-215e 2190-2195 2202 2206 220f
2211-2212 221a 221e-221f 2229 222b 2248 2260-2261 2264-2265 25a0-25a1 25aa-25ac 25cf 25e6
"""
_PRINTED = frozenset(
    chr(number)
    for first, _dash, last in (word.partition("-") for word in _REPERTOIRE.split())
    for number in range(int(first, 16), int(last or first, 16) + 1)
)
_HYPHENS = str.maketrans("\N{HYPHEN}\N{NON-BREAKING HYPHEN}", "--")

_LETTERS = re.compile(r"[^\W\d_]+")
_IS_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]")
_IS_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


def is_mixed_script(word: str) -> bool:
    """True where Latin and Cyrillic letters stand in one unbroken run: «Ивaнов» with a Latin a."""
    return any(_IS_LATIN.search(run) and _IS_CYRILLIC.search(run) for run in _LETTERS.findall(word))


def mend_lookalikes(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with each mixed word put into one script, and the words that were mended (as given).

    Into Cyrillic where every Latin letter of the word has a Cyrillic twin, else into Latin where
    every Cyrillic letter has a Latin one («СOVID»); a word that neither mends stays as it is.
    """
    mended: list[str] = []

    def mend(found: re.Match[str]) -> str:
        word = found[0]
        if not is_mixed_script(word):
            return word
        for table in (_TO_CYRILLIC, _TO_LATIN):
            answer = word.translate(table)
            if not is_mixed_script(answer):
                mended.append(word)
                return answer
        return word

    return _LETTERS.sub(mend, text), tuple(mended)


def in_cyrillic(text: str) -> str:
    """The text with every Latin letter that has a Cyrillic twin put into Cyrillic, to compare."""
    return text.translate(_TO_CYRILLIC)


def folded(text: str) -> str:
    """Small letters, ё as е, to compare; as long as the text, so that places in it stay.

    A letter that has no single small one (ß, İ) stays as it is.
    """
    small = text.casefold()
    if len(small) != len(text):
        small = "".join(one if len(letter := one.casefold()) > 1 else letter for one in text)
    return small.replace("ё", "е")


def mend_digits(text: str) -> str:
    """Letters that stand for digits made digits: О → 0, З → 3, l → 1, б → 6."""
    return text.translate(_TO_DIGITS)


def plain(text: str) -> str:
    """The text with accents joined to their letters (NFC) and the usual hyphen for its twins."""
    return unicodedata.normalize("NFC", text).translate(_HYPHENS)


def unprintable(text: str) -> list[str]:
    """What the forms cannot show: letters that their font lacks, and marks nobody can see.

    Returns each once: what is seen with its number, what is not by its Unicode name; white space
    is no matter.
    """
    found = {}
    for letter in text:
        if letter in _PRINTED or letter.isspace():
            continue
        number = f"U+{ord(letter):04X}"
        seen = unicodedata.category(letter)[0] != "C"
        found[letter] = f"{letter} ({number})" if seen else unicodedata.name(letter, number)
    return list(found.values())
