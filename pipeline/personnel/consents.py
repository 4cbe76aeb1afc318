"""Whether a consent lets documents go to a recipient for a purpose, and until when one holds.

Comes in: a person's file, a consent that lies in it, and the words it was printed with. Goes out:
None, or why it does not (seed 000, п. 5 д; ТК РФ, ст. 88); the day of its end or withdrawal. Words
are compared by their dictionary forms: a consent names its recipient in the dative and its purpose
in whatever case its sentence wants. It covers what it says and nothing more, so every word of what
is asked must stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from pipeline import workdays
from pipeline.forms import passages
from pipeline.forms.passages import Paragraph
from pipeline.i18n import _
from pipeline.language import morphology
from pipeline.language.wording import day_of, short_date, years_later
from pipeline.personnel.dossier import Dossier
from pipeline.personnel.standing import Filed
from pipeline.records import verdict
from pipeline.records.binding import Line

WITHDRAWAL = "consent-withdrawal"
PREFIX = "consent-"  # how the forms of consents are called
NAMES = ("third_party", "recipient", "insurer")  # how the fields that name who gets data begin
RESOURCES = ("resources",)  # web addresses on which data are shown to everybody
PURPOSES = ("purpose",)
TERMS = ("until", "valid_until", "expires")
FEWEST_WORDS = 2  # of a purpose: one word alone would be in nearly every consent
# Abbreviations beside which a consent may have the whole words.
LEGAL_FORMS = {
    "ооо": "общество с ограниченной ответственностью",
    "ао": "акционерное общество",
    "пао": "публичное акционерное общество",
    "сао": "страховое акционерное общество",
    "спао": "страховое публичное акционерное общество",
    "ип": "индивидуальный предприниматель",
}
# A consent whose heading says so is about handing over as a whole; in any other the sentence that
# names the recipient must say that data are handed over, and what for.
_WHOLE = "согласие =на передача|предоставление"
_GIVES = "передача|передать|предоставление|предоставить"
_FOR = "цель|для"
# How a consent says that it ends with the work.
_ENDS = "=до день прекращение|окончание|расторжение … договор|контракт"
_FILLERS = {"PREP", "CONJ", "PRCL", "INTJ", "NPRO"}

Word = frozenset[str]


def refusal(file: Dossier, consent: Filed, to: str, purpose: str, text: str) -> str | None:
    """Why this consent does not let documents go; ``text`` are its words ("" where not known)."""
    if not is_consent(consent):
        return _("it is not a consent")
    if not consent.verdict.signed:
        return _("it is not signed")
    if verdict.mismatched(consent.document):
        return _("what it says is not what was issued")
    if consent.verdict.struck:
        return _("something in it is crossed out")
    line = _line(file, consent)
    if line is None or line.gone:
        return _("it was taken out of the file")
    if day := withdrawn(file, consent):
        return _("it was withdrawn on {day}").format(day=short_date(day))
    said = passages.read([Paragraph(1, text)], {})
    closed = file.closed_on
    if closed and closed <= file.as_of and said.first([_ENDS]):
        return _("it ended with the work on {day}").format(day=short_date(closed))
    day = ends_on(file, consent)
    if day and day < file.as_of:
        return _("its term ended on {day}").format(day=short_date(day))
    names = list(_fields(consent, NAMES))
    if not names and consent.paper is None:
        return _("nobody has said in review which recipient it names")
    if not names:
        return _("it names no recipient")
    name = next((one for one in names if _same(_words(to), _words(one))), None)
    if name is None:
        return _("it is for another recipient: {name}").format(name=names[0])
    clauses = [_words(one) for one in _fields(consent, PURPOSES)]
    clauses += _clauses(said, _words(name))
    asked = _words(purpose)
    if len(asked) < FEWEST_WORDS or not any(_within(asked, clause) for clause in clauses):
        return _("it does not name this purpose")
    return None


def withdrawn(file: Dossier, consent: Filed) -> date | None:
    """The day of a withdrawal that is no older than the consent and may be about it.

    They are compared by the days on them: which was scanned first tells nothing.
    """
    line = _line(file, consent)
    if line is None:
        return None
    filed = {one.entry: one for one in file.filed}
    given = day_of(consent.verdict.signed_on)
    since = given or (consent.paper.issued_on if consent.paper else line.entry.known_day)
    days = {day_of(one.verdict.signed_on) for one in file.filed if is_consent(one)}
    for other in file.bound.lines:
        if other.entry.item != WITHDRAWAL or other.gone or other.entry.known_day < since:
            continue
        paper = filed.get(other.entry.id)
        # Which consent it withdraws stands there by pen: known where somebody has typed it. A day
        # on which none was given may be a slip of the pen.
        about = day_of(paper.verdict.values.get("consent_date")) if paper else None
        if given and about and about != given and about in days:
            continue
        return other.entry.known_day
    return None


def ends_on(file: Dossier, consent: Filed) -> date | None:
    """The last day of a consent by its term: what its fields say, else its form; None: no such day.

    A day off ends it too: the person gave no longer, and ГК РФ, ст. 193 is for what is to be done.
    Who works on has no such day yet, nor has a consent that holds until it is withdrawn.
    """
    said = [day for term in _fields(consent, TERMS) if (day := day_of(term))]
    if said:
        return min(said)
    line = _line(file, consent)
    signed = day_of(consent.verdict.signed_on) or (line.entry.known_day if line else None)
    born = day_of(file.person.data.get("birth_date"))
    match consent.valid.split():
        case ["work"]:
            return file.closed_on
        case ["age", years]:
            return years_later(born, int(years)) if born else None
        case [years, _unit]:
            return workdays.years_after(signed, int(years)) if signed else None
    return None


def replaces(later: Filed, earlier: Filed) -> bool:
    """Does a later consent stand in the place of an earlier one?

    It is of the same form and signed, and names every recipient and web address that the earlier
    one names (152-ФЗ, ст. 9, ч. 4, and ст. 10.1: a consent covers those whom it names).
    """
    if later.form != earlier.form or later.verdict.signed is False:
        return False
    named = [_words(one) for one in _fields(later, NAMES)]
    recipients = (_words(one) for one in _fields(earlier, NAMES))
    return _resources(earlier) <= _resources(later) and all(
        any(_same(one, other) for other in named) for one in recipients
    )


def is_consent(filed: Filed) -> bool:
    """Is it a consent, and not the withdrawal of one?"""
    return filed.form.startswith(PREFIX) and filed.form != WITHDRAWAL


def _line(file: Dossier, filed: Filed) -> Line | None:
    return next((it for it in file.bound.lines if it.entry.id == filed.entry), None)


def _fields(consent: Filed, names: Sequence[str]) -> Iterator[str]:
    """What the fields of these names say; what was not read is what was issued.

    Of a copy that was not issued here a field says what a person accepted, else nothing.
    """
    paper = consent.paper
    issued = {**paper.fields, **paper.values} if paper else {}
    for name, value in {**issued, **consent.verdict.values}.items():
        if value and name.startswith(tuple(names)) and not name.endswith("_address"):
            yield value


def _resources(consent: Filed) -> set[str]:
    listed = (one for said in _fields(consent, RESOURCES) for one in re.split(r"[\s,;]+", said))
    return {one.casefold().rstrip("/") for one in listed if one}


def _clauses(said: passages.Text, name: Sequence[Word]) -> Iterator[list[Word]]:
    """The words of each sentence that says what data are handed over for."""
    whole = said.first([_WHOLE]) is not None
    gives = {one.sentence for one in said.find(_GIVES)}
    for number in {one.sentence for one in said.find(_FOR)}:
        words = [token.names for token in said.sentences[number]]
        if whole or (number in gives and _within(name, words)):
            yield words


def _words(text: str) -> list[Word]:
    """The words that mean something, each with all its dictionary forms."""
    spelt = " ".join(LEGAL_FORMS.get(word.casefold(), word) for word in text.split())
    read = passages.read([Paragraph(1, spelt)], {})
    found = []
    for token in (token for sentence in read.sentences for token in sentence):
        word = read.paragraphs[0][token.start : token.end]
        if morphology.parses(word.lower())[0].tag.POS not in _FILLERS:
            found.append(token.names)
    return found


def _within(words: Sequence[Word], others: Sequence[Word]) -> bool:
    return bool(words) and all(any(word & other for other in others) for word in words)


def _same(words: Sequence[Word], others: Sequence[Word]) -> bool:
    return _within(words, others) and _within(others, words)
