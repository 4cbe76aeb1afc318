"""A form's own words in their order, with the gaps between them that its fields fill.

Comes in: a form's template, or words that OCR read. Goes out: tokens (runs of letters and figures)
that can be laid side by side whatever the lines, the fonts and the signs between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from pipeline.engines import docx
from pipeline.errors import FormError
from pipeline.forms import form as forms
from pipeline.forms.form import Field, Form
from pipeline.language.lettering import folded, mend_lookalikes
from pipeline.settings import Settings

LEAST_WORDS = 50  # of a form that can be known by them

_TOKEN = re.compile(r"[^\W_]+")
_TAG = re.compile(r"\{\{\s*(.*?)\s*\}\}|\{%.*?%\}")


@dataclass(frozen=True, slots=True)
class Token:
    """A run of letters and figures as it is compared, and where it stands in its text."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The fixed words of a form, and by the word before which they stand (from 0) its fields.

    A column of a table stands there as "item.column": in each row it is another field. ``fields``
    are the form's own, ``office`` what this office prints in those that it alone decides;
    ``version`` is the form's.
    """

    form: str
    words: tuple[str, ...]
    slots: Mapping[int, tuple[str, ...]]
    fields: Mapping[str, Field] = field(default_factory=dict)
    office: Mapping[str, str] = field(default_factory=dict)
    version: str = ""

    def part(self, first: int, last: int) -> int:
        """Letters and figures of the words from ``first`` to before ``last``."""
        return sum(map(len, self.words[first:last]))


def tokens(text: str) -> list[Token]:
    """The tokens of a text: small letters, ё as е, letters that look alike in one script."""
    mended = folded(mend_lookalikes(text)[0])
    return [Token(found[0], *found.span()) for found in _TOKEN.finditer(mended)]


def of(form: Form, settings: Settings) -> Skeleton:
    """The skeleton of a form's template. Raises FormError where that cannot be read."""
    words: list[str] = []
    slots: dict[int, tuple[str, ...]] = {}
    for piece, name in _pieces(text for _number, text in docx.paragraphs(form.template)):
        words += [token.word for token in tokens(piece)]
        if name:
            slots[len(words)] = (*slots.get(len(words), ()), name)
    blank = forms.blank(form, settings.operator, settings.today).printed
    return Skeleton(
        form=form.name,
        words=tuple(words),
        slots=slots,
        fields={item.name: item for item in form.fields},
        office={name: words for name, words in blank.items() if words},
        version=form.version,
    )


def every(settings: Settings) -> Iterator[Skeleton]:
    """Those of all forms that people fill in.

    A form that is broken is left out: ``form check`` says why, and the scans are read all the same.
    """
    for name in forms.names(settings):
        with suppress(FormError):
            form = forms.load(name, settings)
            if not form.command and len((made := of(form, settings)).words) >= LEAST_WORDS:
                yield made


def text(form: Form, values: Mapping[str, str | None]) -> str:
    """What a form's paragraphs say with these values in its tags; a field without one is left out.

    Raises FormError where the template cannot be read.
    """
    lines = "\n".join(line for _number, line in docx.paragraphs(form.template))
    return _TAG.sub(lambda tag: values.get(tag[1] or "") or " ", lines)


def _pieces(paragraphs: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The fixed text, cut at the tags; each piece with the field that follows it ("" = none)."""
    text = "\n".join(paragraphs)
    at = 0
    for tag in _TAG.finditer(text):
        yield text[at : tag.start()], tag[1] or ""
        at = tag.end()
    yield text[at:], ""
