"""Documents found again: by words, person, kind, period, department; and where each one lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.errors import UsageError
from pipeline.forms import checklists
from pipeline.forms import form as forms
from pipeline.forms.checklists import Checklist
from pipeline.forms.columns import CATEGORIES
from pipeline.forms.form import Form
from pipeline.i18n import _, in_language
from pipeline.language import lemmas
from pipeline.language.lemmas import Clue
from pipeline.personnel import dossier
from pipeline.personnel.dossier import Dossier
from pipeline.records import binding
from pipeline.records.binding import Line
from pipeline.records.record import ACCEPTED, REJECTED, REVIEW
from pipeline.registry import Card, Question, Registry
from pipeline.registry.cards import ABOUT, ENTERED, KIND
from pipeline.settings import Settings

MOST_CLUES = 40  # words of a question; nobody remembers more of a paper
SNIPPET = 80  # characters
NAMED = 10  # kinds and departments that a hint lists


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for; what is left empty does not narrow the search."""

    words: str = ""
    person: str = ""
    kind: str = ""
    department: str = ""
    since: date | None = None
    until: date | None = None
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found: its card, its title, a line that shows why, where it is in its file.

    ``line`` is None where it is in no file; ``number`` is the line's, as in the inventory.
    """

    card: Card
    title: str
    snippet: str
    number: int | None = None
    line: Line | None = None

    def as_json(self) -> dict[str, Any]:
        """The object of ``search``."""
        line = self.line
        return {
            "document": self.card.document,
            "subject": self.card.subject,
            "full_name": self.card.full_name or None,
            "status": self.card.status,
            "kind": self.card.kind,
            "title": self.title,
            "date": self.card.day.isoformat(),
            "came_in": self.card.came.isoformat(),
            "file": line
            and {
                "number": self.number,
                "volume": line.volume,
                "sheets": binding.words(line.sheets),
                "place": line.entry.place,
                "gone": line.gone is not None,
            },
            "snippet": self.snippet,
        }


@dataclass(frozen=True, slots=True)
class _Title:
    """What a kind of document is called, and the keys of that."""

    russian: str
    english: str
    keys: frozenset[str]


def search(asked: Asked, limit: int, registry: Registry, settings: Settings) -> list[Hit]:
    """The documents that meet all that is asked for, the newest first.

    Raises UsageError where nothing is asked for, or a kind or a department that there is not.
    """
    if asked == Asked(rejected=asked.rejected):
        raise UsageError(
            _("say what to search for"), hint=_("words, or --person, --kind, --department, --from")
        )
    known = {name: forms.load(name, settings) for name in forms.names(settings)}
    lists = {name: checklists.load(name, settings, settings.today) for name in CATEGORIES}
    titles = _titles(known, lists)
    clues = _clues(asked.words)
    person = _clues(asked.person)
    question = Question(
        clues=tuple(_anywhere(clue, titles) for clue in clues),
        person=person,
        kinds=_kinds(asked.kind, titles, registry) if asked.kind else None,
        departments=_departments(asked.department, registry) if asked.department else None,
        since=asked.since,
        until=asked.until,
        statuses=(ACCEPTED, REVIEW, ENTERED, *((REJECTED,) if asked.rejected else ())),
    )
    cards = registry.find(question, limit)
    files: dict[str | None, Dossier] = {}
    numbers = list(dict.fromkeys(card.subject for card in cards if card.subject))
    for material in registry.materials(numbers):
        checklist = lists.get(material.person.category or "")
        files[material.person.subject] = dossier.of(material, known, checklist, settings.today)
    return [_hit(card, files.get(card.subject), titles, (*clues, *person)) for card in cards]


def _titles(known: Mapping[str, Form], lists: Mapping[str, Checklist | None]) -> dict[str, _Title]:
    """Every kind of document: the forms and the checklists' items."""
    said = {name: (form.title, form.title_en) for name, form in known.items()}
    for checklist in lists.values():
        for item in checklist.items if checklist else ():
            said.setdefault(item.item, (item.title, item.title_en))
    return {
        name: _Title(russian, english, frozenset(_keys((name, russian, english))))
        for name, (russian, english) in said.items()
    }


def _keys(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from lemmas.of(text)


def _clues(text: str) -> tuple[Clue, ...]:
    clues = lemmas.asked(text)
    if text and not clues:
        raise UsageError(
            _("there is no word to search for in “{text}”").format(text=text[:SNIPPET])
        )
    if len(clues) > MOST_CLUES:
        raise UsageError(_("too many words; the most are {n}").format(n=MOST_CLUES))
    return clues


def _anywhere(clue: Clue, titles: Mapping[str, _Title]) -> Clue:
    """A word of the text, of the person's name, or of the title of the document's kind."""
    about = tuple(tuple(ABOUT + key for key in way) for way in clue)
    named = sorted(name for name, title in titles.items() if lemmas.meets(title.keys, clue))
    return (*clue, *about, *((KIND + name,) for name in named))


def _kinds(said: str, titles: Mapping[str, _Title], registry: Registry) -> frozenset[str]:
    """The kinds of this name, else those whose titles have all its words."""
    if said in titles:
        return frozenset([said])
    clues = _clues(said)
    found = [n for n, t in titles.items() if all(lemmas.meets(t.keys, clue) for clue in clues)]
    if not found and said in registry.kinds():  # a form that is no longer among the templates
        found = [said]
    if not found:
        raise _unknown(_("there is no kind of document “{name}”").format(name=said), titles)
    return frozenset(found)


def _departments(said: str, registry: Registry) -> frozenset[str]:
    clues = _clues(said)
    known = registry.departments()
    found = [n for n in known if all(lemmas.meets(lemmas.of(n), clue) for clue in clues)]
    if not found:
        raise _unknown(_("there is no department “{name}”").format(name=said), known)
    return frozenset(found)


def _unknown(what: str, known: Iterable[str]) -> UsageError:
    names = sorted(known)
    listed = ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
    return UsageError(what, hint=_("known are: {names}").format(names=listed) if names else "")


def _hit(
    card: Card, file: Dossier | None, titles: Mapping[str, _Title], clues: tuple[Clue, ...]
) -> Hit:
    title = titles.get(card.kind or "")
    shown = in_language(title.russian, title.english) if title else card.kind or ""
    snippet = _snippet(card.text, clues)
    papers = {
        document: one.entry
        for one in (file.filed if file else ())
        for document in (one.document.id, *one.again)
    }
    entry = papers.get(card.document, card.document)
    for number, line in enumerate(file.bound.lines if file else (), start=1):
        if line.entry.id == entry:
            own = line.entry.title if card.status == ENTERED else shown
            return Hit(card, own, snippet, number, line)
    return Hit(card, shown, snippet)


def _snippet(text: str, clues: tuple[Clue, ...]) -> str:
    """The first line of a card that has what was asked for, or the part of it that does."""
    for line in text.split("\n"):
        at = lemmas.place(line, clues)
        if at is None:
            continue
        if len(line) <= SNIPPET:
            return line
        start = max(0, min(at - SNIPPET // 4, len(line) - SNIPPET))
        cut = line[start : start + SNIPPET].strip()
        return f"{'…' if start else ''}{cut}{'…' if start + SNIPPET < len(line) else ''}"
    return ""
