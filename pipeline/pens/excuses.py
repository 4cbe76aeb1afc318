"""Words that people write where a signature is wanted: a refusal, or why there is none.

Comes in: the ink of a blank. Goes out: whether it is one of them. Most of them are long enough to
pass for a signature by their shape. Signatures are letters, too, but hardly ever these: of 94 by
simulated pens none was as much as 0.65 alike; of 48 blanks with words in them, not all of which are
listed here, 30 are found.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from pipeline.pens import script

ALIKE = 78.0  # percent
WORDS = (
    "отказ", "отказался", "отказалась", "отказываюсь", "отозвано", "не согласен", "не согласна",
    "против", "не буду", "не подписал", "не подписала", "без подписи", "отсутствует", "нет",
    "в отпуске", "в декрете", "в командировке", "больничный", "болен", "больна", "отгул",
    "уволен", "уволена", "выбыл", "выбыла", "умер", "потом", "позже", "см. оборот",
)  # fmt: skip
# ``script`` knows figures, and the letters of the months: these figures stand for letters here.
_LETTERS = str.maketrans("0123467", "оигзчбт")
_PLAIN = tuple("".join(filter(str.isalpha, word)) for word in WORDS)


def is_one(ink: NDArray[np.float32]) -> bool:
    """Whether a blank's ink (0 to 1, at the page's resolution) is one of the words."""
    said = "".join(filter(str.isalpha, script.said(ink).translate(_LETTERS)))
    return any(fuzz.ratio(word, said) >= ALIKE for word in _PLAIN)
