"""Near relatives of our forms: other offices' papers, wording changed, rules that quote a form."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import docx as python_docx

from pipeline.flow.wishes import Wish
from pipeline.forms import form as forms
from pipeline.settings import Settings
from tests.bench.retyped import softened
from tests.bench.softening import CLAUSES
from tests.simulator.dice import dice, one_of
from tests.simulator.elsewhere import LOOKS, RULE, other_program

_THEIRS = ("Комитет по культуре города Лугоград", "Общество «Кедр-Страхование»",
           "Верхнереченский лесхоз")  # fmt: skip
_RULE = (
    "Работник кадровой службы объясняет каждому принятому, зачем нужна эта бумага, какие сведения "
    "в ней названы и где хранятся подписанные листы. Отказ записывают в журнал, с указанием "
    "причины и дня; журнал ведут до конца календарного года и сдают в архив учреждения."
)  # fmt: skip
_CLAUSES = (
    "Оператор вправе поручить обработку любым третьим лицам, в том числе за вознаграждение, и не "
    "отвечает за их действия. Субъект отказывается от права требовать удаления своих данных.",
    "Данные субъекта передаются партнёрам для рассылки рекламных предложений; согласие действует "
    "бессрочно, отзыв рассматривается по усмотрению оператора в течение одного года.",
)


@dataclass(frozen=True, slots=True)
class Relative:
    """A DOCX that is like a form; ``softened`` says two words else, a ``relative`` more."""

    what: str
    subject: str | None
    docx: bytes


def of(wanted: Sequence[Wish], here: Settings, seed: int) -> Iterator[Relative]:
    """One relative to each paper, of each sort in turn."""
    makers = (_of_others, _with_clause, _quoted, _softened)
    for number, wish in enumerate(wanted):
        make = makers[number % len(makers)]
        what = "softened" if make is _softened else "relative"
        yield Relative(what, wish.subject, make(wish, here, seed))


def _printed(wish: Wish, seed: int, values: dict[str, str] | None = None) -> bytes:
    said = {**wish.filled.printed, **(values or {})}
    look = one_of(dice(seed, wish.form.name, wish.key, "relative"), LOOKS)
    words = {name: text or RULE for name, text in said.items()}
    return other_program(wish.form.template, words, look)


def _of_others(wish: Wish, here: Settings, seed: int) -> bytes:
    """The same form of another office."""
    name = one_of(dice(seed, wish.key, "theirs"), _THEIRS)
    theirs = replace(here.operator, name=name, cases={})
    blank = forms.blank(wish.form, theirs, here.today).printed
    return _printed(wish, seed, {field: words for field, words in blank.items() if words})


def _with_clause(wish: Wish, _here: Settings, seed: int) -> bytes:
    """A clause in the place of another."""
    document = python_docx.Document(io.BytesIO(_printed(wish, seed)))
    long = [one for one in document.paragraphs if len(one.text) > 80 and "_" not in one.text]
    paragraph = one_of(dice(seed, wish.key, "clause"), long[1:] or long)
    paragraph.text = one_of(dice(seed, wish.key, "says"), _CLAUSES)
    return _saved(document)


def _quoted(wish: Wish, _here: Settings, seed: int) -> bytes:
    """Rules of an office that quote the form."""
    document = python_docx.Document(io.BytesIO(_printed(wish, seed)))
    for _time in range(3):
        document.paragraphs[0].insert_paragraph_before(_RULE)
        document.add_paragraph(_RULE)
    return _saved(document)


def _softened(wish: Wish, _here: Settings, seed: int) -> bytes:
    """One or two words else: no more than what bad OCR makes of them."""
    docx = _printed(wish, seed)
    clauses = CLAUSES.get(wish.form.name, (("в письменной", "в любой"), ("персональных", "личных")))
    for was, now in clauses:
        try:
            return softened(docx, was, now)
        except ValueError:
            continue
    return docx


def _saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()
