"""A form: ``templates/FORM/form.docx`` with ``form.toml`` beside it, loaded and checked.

The TOML names every blank: its kind, who fills it, whether it may stay empty, and the expression
that gives the printed words from a row of data.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, UndefinedError

from pipeline.errors import FormError, Problem, UsageError
from pipeline.files import toml
from pipeline.forms import expressions, rules
from pipeline.i18n import _
from pipeline.language import russian
from pipeline.settings import Operator, Settings

BUILT_IN = frozenset({"paper_id"})  # printed by the program, declared by no form
HAND_KINDS = frozenset({"signature", "date", "text"})
SUBJECT_KEY = "personnel_number"
WIDEST_MM = 180.0  # of a blank: what a page has between its margins
_FIELD_KEYS = {"title", "title_en", "kind", "fill", "value", "empty", "width_mm", "record"}
_NEEDED = {"name", "title", "date", "key"}
_FORM_KEYS = _NEEDED | {"title_en", "source", "notes", "command", "lint", "approved", "valid"}
# People in the expressions: the prefix of the columns that each is made from.
_PEOPLE = {"person": "", "representative": "representative_"}
_PERSON_INPUTS = {"last_name": True, "first_name": True, "middle_name": False}


@dataclass(frozen=True, slots=True)
class Field:
    """One blank of a form.

    ``kind`` says what it holds (``rules``), ``fill`` "machine" or "hand" who fills it, ``value``
    the expression of the printed words, ``empty`` whether it may be left for a pen, ``width_mm``
    how long its rule is then, ``record`` the column whose value the record keeps.
    """

    name: str
    title: str
    title_en: str
    kind: str
    fill: str
    value: str
    empty: bool
    width_mm: float
    record: str

    @property
    def by_hand(self) -> bool:
        """True for what only a pen fills."""
        return self.fill == "hand"


@dataclass(frozen=True, slots=True)
class Table:
    """A repeated row: where its items come from, the fields of one row, rows of a blank copy."""

    name: str
    source: str
    fields: tuple[Field, ...]
    blank: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """A form as its folder describes it; ``version`` is a fingerprint of template and TOML.

    ``command`` names the command that alone makes it, about a file and not for it ("" = generate).
    ``lint`` names the rules that judge its wording; ``approved``: that wording is not ours to mend.
    ``valid`` is how long a signed one holds by that wording: "work" (while the person works here),
    "3 years" (from the signature), "age 18" (to that birthday), "" where it says no such term.
    ``clauses`` says of words that may be crossed out what the paper is without them.
    """

    name: str
    title: str
    title_en: str
    source: str
    date: date
    key: str
    notes: tuple[str, ...]
    fields: tuple[Field, ...]
    tables: tuple[Table, ...]
    defaults: Mapping[str, Any]
    folder: Path
    version: str
    command: str = ""
    lint: tuple[str, ...] = ()
    approved: bool = False
    valid: str = ""
    clauses: Mapping[str, str] = field(default_factory=dict)

    @property
    def template(self) -> Path:
        """The DOCX."""
        return self.folder / "form.docx"

    @property
    def about_person(self) -> bool:
        """True where one person's number identifies the paper."""
        return self.key == SUBJECT_KEY

    def field(self, name: str) -> Field:
        """The field by its printed name; a table's cell ("items.2.name") by its column."""
        table, _dot, rest = name.partition(".")
        if rest:
            column = rest.split(".", 1)[1]
            owner = next(t for t in self.tables if t.name == table)
            return next(f for f in owner.fields if f.name == column)
        return next(f for f in self.fields if f.name == name)

    def inputs(self) -> dict[str, bool]:
        """The data columns that the form uses; True where a value is required."""
        wanted: dict[str, bool] = {self.key: True}
        for item in self.fields:
            for column in expressions.columns(item.value):
                needed = not item.empty and column not in self.defaults
                wanted[column] = wanted.get(column, False) or needed
        for table in self.tables:
            for column in expressions.columns(table.source):
                wanted[column] = column not in self.defaults
        for name, prefix in _PEOPLE.items():
            if name in wanted:
                del wanted[name]
                wanted.update({prefix + part: need for part, need in _PERSON_INPUTS.items()})
        if "last_name" in wanted:
            wanted["gender"] = False
        return wanted


@dataclass(frozen=True, slots=True)
class Filled:
    """A form's words for one row.

    ``printed`` by field name ("" = left for a pen), ``values`` the same normalised for the
    record, ``rows`` how many rows each table has.
    """

    printed: Mapping[str, str]
    values: Mapping[str, str]
    rows: Mapping[str, int]


def names(settings: Settings) -> list[str]:
    """The forms that can be issued, in alphabetical order."""
    found = {path.parent.name for root in settings.templates for path in root.glob("*/form.toml")}
    return sorted(found)


def load(name: str, settings: Settings) -> Form:
    """One form by name: the workspace's own, else the packaged one.

    Raises:
        UsageError: there is no such form.
        FormError: its TOML is wrong.
    """
    if re.fullmatch(r"[\w-]+", name) and (path := settings.template(f"{name}/form.toml")):
        return _load(path.parent)
    raise UsageError(
        _("there is no form “{name}”").format(name=name),
        where=str(settings.templates[0]),
        hint=_("see paperloop form list"),
    )


def known(name: str | None, settings: Settings) -> Form | None:
    """The form, None where it is gone or broken now: its papers are read all the same."""
    with suppress(FormError):
        return load(name, settings) if name and name in names(settings) else None
    return None


def fill(form: Form, row: Mapping[str, Any], operator: Operator, today: date) -> Filled:
    """The words that a form prints for a row of checked data.

    Raises:
        FormError: an expression of the form fails.
    """
    context = _context(form, row, operator, today)
    printed: dict[str, str] = {}
    values: dict[str, str] = {}
    rows: dict[str, int] = {}
    for item in form.fields:
        printed[item.name] = _words(form, item, context)
        values[item.name] = _recorded(item, printed[item.name], context)
    for table in form.tables:
        items = _evaluate(form, table.name, table.source, context) or []
        rows[table.name] = len(items)
        for number, entry in enumerate(items, start=1):
            inner = {**context, "item": entry, "number": number}
            for item in table.fields:
                name = f"{table.name}.{number}.{item.name}"
                printed[name] = _words(form, item, inner)
                values[name] = _recorded(item, printed[name], inner)
    return Filled(printed, values, rows)


def blank(form: Form, operator: Operator, today: date) -> Filled:
    """The words of a copy without data: what the office alone decides, the rest left for a pen."""
    context = _context(form, {}, operator, today)
    printed = {
        f.name: "" if f.by_hand or expressions.columns(f.value) else _words(form, f, context)
        for f in form.fields
    }
    values = {f.name: _recorded(f, printed[f.name], context) for f in form.fields}
    cells = {
        f"{table.name}.{number}.{f.name}": ""
        for table in form.tables
        for number in range(1, table.blank + 1)
        for f in table.fields
    }
    return Filled(printed | cells, values | cells, {t.name: t.blank for t in form.tables})


def _load(folder: Path) -> Form:
    try:
        content = (folder / "form.toml").read_bytes()
        template = (folder / "form.docx").read_bytes()
    except OSError as error:
        raise FormError(_("cannot be read"), where=str(error.filename)) from error
    document = toml(content, f"{folder.name}/form.toml")
    version = hashlib.sha256(template + content).hexdigest()[:8]
    try:
        return _form(folder, document, version)
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        raise FormError(
            _("its keys and tables are not those of a form ({error})").format(error=error),
            where=f"{folder.name}/form.toml",
            hint=_("see “How to add a form” in the README"),
        ) from error


def _form(folder: Path, document: Mapping[str, Any], version: str) -> Form:
    head = document.get("form", {})
    if wrong := (_NEEDED - head.keys()) | (head.keys() - _FORM_KEYS):
        raise FormError(
            _("[form] lacks or does not know: {keys}").format(keys=", ".join(sorted(wrong))),
            where=f"{folder.name}/form.toml",
            hint=_("see “How to add a form” in the README"),
        )
    used, kinds, valid = head["date"], head.get("lint", ()), head.get("valid", "")
    if valid and not re.fullmatch(r"work|\d{1,2} years?|age \d{1,2}", valid):
        raise FormError(
            _("“{key}” must be {kind}").format(key="valid", kind="work, 3 years, age 18"),
            where=f"{folder.name}/form.toml",
        )
    return Form(
        name=folder.name,
        title=head["title"],
        title_en=head.get("title_en", head["title"]),
        source=head.get("source", ""),
        date=used if isinstance(used, date) else date.fromisoformat(used),
        key=head["key"],
        notes=tuple(head.get("notes", ())),
        fields=_fields(folder, document.get("fields", {})),
        tables=tuple(
            Table(
                name,
                expressions.checked(table.get("source", name)),
                _fields(folder, table["fields"]),
                int(table.get("blank", 0)),
            )
            for name, table in document.get("tables", {}).items()
        ),
        defaults=document.get("defaults", {}),
        folder=folder,
        version=version,
        command=head.get("command", ""),
        lint=(kinds,) if isinstance(kinds, str) else tuple(kinds),
        approved=bool(head.get("approved", False)),
        valid=valid,
        clauses={str(words): str(said) for words, said in document.get("clauses", {}).items()},
    )


def _fields(folder: Path, document: Mapping[str, Any]) -> tuple[Field, ...]:
    return tuple(_field(folder, name, table) for name, table in document.items())


def _field(folder: Path, name: str, table: Mapping[str, Any]) -> Field:
    unknown = table.keys() - _FIELD_KEYS
    item = Field(
        name=name,
        title=table.get("title", name),
        title_en=table.get("title_en", table.get("title", name)),
        kind=table.get("kind", "text"),
        fill=table.get("fill", "machine"),
        value=expressions.checked(table.get("value", "")),
        empty=bool(table.get("empty", False)),
        width_mm=float(table.get("width_mm", 60)),
        record=table.get("record", ""),
    )
    if (
        unknown
        or item.kind not in rules.KINDS
        or item.fill not in ("machine", "hand")
        or (item.by_hand and item.kind not in HAND_KINDS)
        or (not item.by_hand and not item.value)
        or not 0 < item.width_mm <= WIDEST_MM
    ):
        raise FormError(
            _("field “{name}” is not described rightly").format(name=name),
            where=f"{folder.name}/form.toml",
            hint=_("see “How to add a form” in the README"),
        )
    return item


def _context(form: Form, row: Mapping[str, Any], operator: Operator, today: date) -> dict[str, Any]:
    context: dict[str, Any] = dict.fromkeys(form.inputs(), "")
    context |= dict(form.defaults)
    context |= {k: v for k, v in row.items() if v not in (None, "")}
    context["operator"] = russian.operator_terms(operator)
    context["today"] = today
    for name, prefix in _PEOPLE.items():
        if f"{prefix}last_name" in context:
            context[name] = russian.person_of(context, prefix)
    return context


def _evaluate(form: Form, name: str, expression: str, context: Mapping[str, Any]) -> Any:
    try:
        value = expressions.compiled(expression)(**context)
        if isinstance(value, StrictUndefined):
            raise UndefinedError(str(value._undefined_message))
        return value
    except (
        TemplateError,
        ValueError,
        TypeError,
        ArithmeticError,
        LookupError,
        AttributeError,
    ) as e:
        # The error's own words may hold a person's data.
        raise FormError(
            _("the expression of “{field}” fails: {error}").format(
                field=name, error=type(e).__name__
            ),
            where=f"{form.name}/form.toml",
            hint=_("see paperloop form show, and mend it there"),
        ) from e


def _words(form: Form, item: Field, context: Mapping[str, Any]) -> str:
    if item.by_hand:
        return ""
    used = expressions.columns(item.value) - _PEOPLE.keys()
    if item.empty and used and all(context.get(c) in (None, "") for c in used):
        return ""  # nothing given: left for a pen
    return str(_evaluate(form, item.name, item.value, context) or "")


def _recorded(item: Field, printed: str, context: Mapping[str, Any]) -> str:
    given = context.get(item.record, "") if item.record else ""
    if given and isinstance(given, date):
        return given.isoformat()
    return rules.normalise(item.kind, str(given or printed))


def incomplete(form: Form, filled: Filled, where: str) -> list[Problem]:
    """Machine fields that came out empty though the form does not let them."""
    return [
        Problem(
            _("“{title}” would be printed empty").format(title=form.field(name).title),
            where,
            _("fill in the columns it is made from"),
        )
        for name, words in filled.printed.items()
        if not words and not form.field(name).by_hand and not form.field(name).empty
    ]
