"""What a person's file should hold: dated checklists, one for each category of people.

Comes in: ``templates/checklists/CATEGORY.toml`` and a day. Goes out: ``Checklist``, the items in
force on that day; ``needed`` says whether this person's file must have an item. Every item names
its ground, a point of the regulation or an article of a law. Two items may share their name where
one follows the other in time: a paper filed under the old wording serves the new one too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any, Literal, NoReturn

from pipeline.errors import FormError
from pipeline.files import toml
from pipeline.forms import expressions
from pipeline.forms import form as forms
from pipeline.i18n import _
from pipeline.language.wording import day_of
from pipeline.settings import Settings

FOLDER = "checklists"
EVERYBODY = "everybody"
NEEDS = ("always", "if", "if-any", "event", "choice")

Need = Literal["always", "if", "if-any", "event", "choice"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One item of a checklist.

    ``need``: in every file ("always"), where ``when`` or a person says so ("if"), where the person
    has such a document ("if-any"), after something has happened ("event"), or as the office
    decides ("choice"); ``condition`` says it in words. In force from ``since`` to the day before
    ``until``. ``mark`` is the regulation's letter. Any one of ``either`` will do; an accepted
    paper of one of ``forms`` is this document. ``yearly`` is the day (MM-DD) by which a new one is
    due each year, ``brought`` says that the person brings it, ``certified`` marks a copy that
    wants «Верно»; ``remove_after`` says when it is taken out again, and ``remove_years`` after how
    many years from its own date at the latest (a further one within them begins them anew for
    both; 0 = nobody can tell); ``secret`` is kept apart from the file.
    """

    item: str
    title: str
    ground: str
    need: Need
    title_en: str = ""
    mark: str = ""
    since: date | None = None
    until: date | None = None
    condition: str = ""
    condition_en: str = ""
    when: str = ""
    either: tuple[str, ...] = ()
    either_en: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    repeats: bool = False
    yearly: str = ""
    brought: bool = False
    certified: bool = False
    remove_after: str = ""
    remove_after_en: str = ""
    remove_ground: str = ""
    remove_years: int = 0
    secret: bool = False

    def in_force(self, day: date) -> bool:
        """True if the item holds on that day."""
        return (self.since or date.min) <= day and (self.until is None or day < self.until)

    def due_in(self, year: int) -> date:
        """The day of that year by which a yearly item's new document is due."""
        month, day = (int(part) for part in self.yearly.split("-"))
        return date(year, month, day)


@dataclass(frozen=True, slots=True)
class Checklist:
    """A category's items that are in force, in the order in which they are listed."""

    category: str
    title: str
    title_en: str
    source: str
    items: tuple[Wanted, ...]


def load(category: str, settings: Settings, day: date) -> Checklist | None:
    """A category's checklist on a day: the workspace's own, else the packaged one, else None.

    What may come into anybody's file follows the category's own items.

    Raises:
        FormError: its TOML is wrong.
    """
    own, others = (_find(name, settings, day) for name in (category, EVERYBODY))
    if own is None or others is None or category == EVERYBODY:
        return own
    known = {item.item for item in own.items}
    return replace(own, items=own.items + tuple(i for i in others.items if i.item not in known))


def _find(category: str, settings: Settings, day: date) -> Checklist | None:
    if not re.fullmatch(r"[\w-]+", category):
        return None
    path = settings.template(f"{FOLDER}/{category}.toml")
    return _checklist(path, frozenset(forms.names(settings)), day) if path else None


def facts(data: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A person's columns as conditions compare them, days as days; beside them ``today``.

    The registry keeps days as text, 2026-09-14.
    """
    return {**{name: day_of(value) or value for name, value in data.items()}, "today": today}


def needed(wanted: Wanted, data: Mapping[str, Any]) -> bool | None:
    """Whether a file must have the item; None where that depends on what the data do not tell.

    ``data`` are the person's ``facts``.

    Raises:
        FormError: the condition fails on these data.
    """
    if wanted.need != "if":
        return wanted.need == "always"
    if not wanted.when:
        return None
    return expressions.holds(wanted.when, data, f"{FOLDER}, {wanted.item}")


def _checklist(path: Path, known_forms: frozenset[str], day: date) -> Checklist:
    where = f"{FOLDER}/{path.name}"
    document = toml(path.read_bytes(), where)
    heads = ("category", "title", "title_en", "source")
    if unknown := sorted(document.keys() - {*heads, "items"}):
        _refuse(_("“{key}” is not known").format(key=unknown[0]), where, (*heads, "items"))
    texts = {key: _value(key, "str", document.get(key, ""), where) for key in heads}
    if texts["category"] != path.stem:
        _refuse(_("“{key}” is not the file's name").format(key="category"), where, (path.stem,))
    if not texts["title"]:
        _refuse(_("“{key}” is not said").format(key="title"), where)
    tables = document.get("items", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        _refuse(_("“{key}” must be {kind}").format(key="items", kind="[[items]]"), where)
    items = [_wanted(table, n, where, known_forms) for n, table in enumerate(tables, start=1)]
    for one, other in combinations(items, 2):
        if one.item == other.item and _meet(one, other):
            _refuse(_("there are two such items on the same day"), f"{where}, {one.item}")
    return Checklist(
        category=texts["category"],
        title=texts["title"],
        title_en=texts["title_en"] or texts["title"],
        source=texts["source"],
        items=tuple(item for item in items if item.in_force(day)),
    )


def _wanted(
    table: Mapping[str, Any], number: int, where: str, known_forms: frozenset[str]
) -> Wanted:
    name = table.get("item")
    where = f"{where}, {name if isinstance(name, str) and name else _('item {n}').format(n=number)}"
    known = {field.name: field for field in fields(Wanted)}
    if unknown := sorted(table.keys() - known.keys()):
        _refuse(_("“{key}” is not known").format(key=unknown[0]), where, sorted(known))
    values = {key: _value(key, str(known[key].type), table[key], where) for key in table}
    for key in (name for name, field in known.items() if field.default is MISSING):
        if not values.get(key):
            _refuse(_("“{key}” is not said").format(key=key), where)
    wanted = Wanted(**{"title_en": values["title"], **values})
    _check(wanted, where, known_forms)
    return wanted


def _check(wanted: Wanted, where: str, known_forms: frozenset[str]) -> None:
    """What one value cannot tell: texts that mean something, and values that go together."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*", wanted.item):
        _refuse(_("the name may have a–z, 0–9 and - only"), where)
    if wanted.need not in NEEDS:
        _refuse(_("the need “{need}” is not known").format(need=wanted.need), where, NEEDS)
    if wanted.need != "always" and not wanted.condition:
        _refuse(_("“{key}” is not said").format(key="condition"), where)
    if wanted.when and wanted.need != "if":
        _refuse(_('“when” goes with need = "if" only'), where)
    expressions.condition(wanted.when, where)
    if wanted.since and wanted.until and wanted.since >= wanted.until:
        _refuse(_("“until” is not after “since”"), where)
    if wanted.remove_years and not wanted.remove_after:
        _refuse(_("“{key}” is not said").format(key="remove_after"), where)
    if wanted.yearly and not _is_day_of_year(wanted.yearly):
        _refuse(_("“{key}” must be {kind}").format(key="yearly", kind="MM-DD"), where)
    if strangers := sorted(set(wanted.forms) - known_forms):
        _refuse(
            _("there is no form “{name}”").format(name=strangers[0]), where, sorted(known_forms)
        )


def _value(key: str, kind: str, value: Any, where: str) -> Any:
    """The value as its field has it; ``kind`` is the field's type as the class writes it."""
    try:
        return _READERS[kind](value)
    except (TypeError, ValueError):
        kinds = {
            "bool": _("true or false"),
            "int": _("a whole number"),
            "date | None": _("a day, YYYY-MM-DD"),
            "tuple[str, ...]": _("a list of texts"),
        }
        what = _("“{key}” must be {kind}")
        _refuse(what.format(key=key, kind=kinds.get(kind, _("a text in double quotes"))), where)


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError
        return value

    return read


def _count(value: Any) -> int:
    number: int = _exactly(int)(value)
    if number < 0:
        raise ValueError
    return number


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_exactly(str)(text) for text in value)


def _day(value: Any) -> date:
    """A day as TOML has it, or in quotes."""
    return value if type(value) is date else date.fromisoformat(value)


# By the types of the fields of Wanted.
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "str": _exactly(str),
    "Need": _exactly(str),
    "bool": _exactly(bool),
    "int": _count,
    "date | None": _day,
    "tuple[str, ...]": _texts,
}


def _is_day_of_year(text: str) -> bool:
    try:  # of a year that is not a leap one: the day has to come every year
        return bool(re.fullmatch(r"\d\d-\d\d", text) and date.fromisoformat(f"2001-{text}"))
    except ValueError:
        return False


def _meet(one: Wanted, other: Wanted) -> bool:
    """True if there is a day on which both are in force."""
    return any(
        one.in_force(day) and other.in_force(day)
        for day in (one.since or date.min, other.since or date.min)
    )


def _refuse(what: str, where: str, known: tuple[str, ...] | list[str] = ()) -> NoReturn:
    hint = _("see the lists in templates/{folder}").format(folder=FOLDER)
    if known:
        hint = _("known are: {names}").format(names=", ".join(known))
    raise FormError(what, where=where, hint=hint)
