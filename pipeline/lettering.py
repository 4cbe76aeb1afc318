"""Letters that look alike: Latin in Cyrillic words, letters for digits, marks nobody can see."""

from __future__ import annotations

import re
import unicodedata

# The same shapes in print, capitals and small letters (Times New Roman).
_LATIN = "ABCEHKMOPTXYaceopxyËë"
_CYRILLIC = "АВСЕНКМОРТХУасеорхуЁё"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_DIGITS = str.maketrans("OoОоQDIl|ІіZzЗзЧSsбGВB", "0000001111122334556688")

_LETTERS = re.compile(r"[^\W\d_]+")
_IS_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]")
_IS_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_WHITE = "\t\n\r\v\f"


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


def mend_digits(text: str) -> str:
    """Letters that stand for digits made digits: О → 0, З → 3, l → 1, б → 6."""
    return text.translate(_TO_DIGITS)


def unprintable(text: str) -> list[str]:
    """What no paper can show: control characters, direction marks, unpaired surrogates.

    Returns their Unicode names or numbers, each once; white space is no matter.
    """
    found = {
        letter: unicodedata.name(letter, f"U+{ord(letter):04X}")
        for letter in text
        if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") and letter not in _WHITE
    }
    return list(found.values())
