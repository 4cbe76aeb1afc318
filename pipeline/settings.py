"""A workspace's settings: ``paperloop.toml`` and the environment, frozen, built once a command.

Comes in: a folder. Goes out: ``Settings``. Everything a person may have mistyped is said in one
line with the file and the key.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.errors import DataError, UsageError
from pipeline.files import toml
from pipeline.i18n import _
from pipeline.workdays import Moved

FILE_NAME = "paperloop.toml"
REGISTRY_VARIABLE = "PAPERLOOP_REGISTRY_URL"
CASES = ("nominative", "genitive", "dative", "accusative", "instrumental", "prepositional")

_PACKAGE = Path(__file__).parent
SAMPLE = _PACKAGE / "office.toml"  # what init writes
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who processes the personal data (152-FZ art. 3 (2)); all values in the nominative.

    ``cases`` holds single forms that are printed instead of the declined ones:
    ``cases["name"]["dative"]``.
    """

    name: str
    short_name: str
    address: str
    inn: str
    ogrn: str
    head_name: str
    head_position: str
    regulation_title: str
    cases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a workspace keeps its things, and for whom its papers are printed.

    ``today`` is the day that deadlines and checks count from. The registry's URL is kept out of
    the repr: it may hold a password. ``cases`` holds the forms of texts of the data that are
    printed instead of the declined ones: ``cases["ООО «Рысь»"]["genitive"]``. ``both_sides``: its
    papers are printed on both sides of their sheets.
    """

    workspace: Path
    operator: Operator
    registry_url: str = field(repr=False)
    today: date
    cases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    moved: Moved = field(default_factory=Moved)
    both_sides: bool = False

    def sheets(self, pages: int) -> int:
        """How many sheets a paper of so many pages takes."""
        return sheets_of(pages, both_sides=self.both_sides)

    @property
    def output(self) -> Path:
        """Everything Paperloop makes."""
        return self.workspace / "output"

    @property
    def issued(self) -> Path:
        """Where ``generate`` puts papers unless told otherwise."""
        return self.output / "issued"

    @property
    def originals(self) -> Path:
        """One copy of every scan, named by its SHA-256."""
        return self.output / "originals"

    @property
    def reports(self) -> Path:
        """Where ``intake`` puts the report of each batch."""
        return self.output / "reports"

    @property
    def copies(self) -> Path:
        """The archive copies, named by their documents."""
        return self.output / "archive"

    @property
    def copies_apart(self) -> Path:
        """The archive copies of papers about secret documents, which are kept apart."""
        return self.output / "archive-apart"

    @property
    def templates(self) -> tuple[Path, ...]:
        """Folders of forms, the first that has a form wins: the workspace's own, then ours."""
        return tuple(dict.fromkeys((self.workspace / "templates", packaged_templates().resolve())))

    def template(self, name: str) -> Path | None:
        """The file of this name in the first folder of forms that has it."""
        found = (folder / name for folder in self.templates)
        return next((path for path in found if path.is_file()), None)

    def relative(self, path: Path) -> str:
        """The path for JSON: from the workspace when inside it, else whole; always with ``/``."""
        # The folder is resolved, the name is not: a link in the inbox keeps its own name.
        whole = path.parent.resolve() / path.name
        if whole.is_relative_to(self.workspace):
            whole = whole.relative_to(self.workspace)
        return whole.as_posix()


def packaged_templates() -> Path:
    """The forms that travel with the code: inside the package in a wheel, else the clone's."""
    inside = _PACKAGE / "templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"


def sample_operator() -> Operator:
    """The invented office that ``init`` writes; ``doctor`` warns while it is still there."""
    return _operator(toml(SAMPLE.read_bytes(), str(SAMPLE), DataError), SAMPLE)


def load(
    workspace: Path, *, today: date | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Read the workspace's ``paperloop.toml``.

    Raises UsageError where there is no such file (or folder), DataError where it is wrong.
    """
    path = workspace.resolve() / FILE_NAME
    if not path.is_file():
        raise UsageError(
            _("there is no {file} here").format(file=FILE_NAME),
            where=str(path.parent),
            hint=_("run paperloop init"),
        )
    document = toml(path.read_bytes(), str(path), DataError)
    _only(document, {"operator", "registry", "cases", "calendar", "print"}, path)
    registry = _table(document, "registry", path)
    _only(registry, {"url"}, path, "registry")
    url = environ.get(REGISTRY_VARIABLE) or _text(registry, "url", path, "registry", "")
    return Settings(
        workspace=path.parent,
        operator=_operator(document, path),
        registry_url=_registry_url(url, path.parent),
        today=today or date.today(),
        cases=_forms(_table(document, "cases", path), path, "cases"),
        moved=_moved(_table(document, "calendar", path), path),
        both_sides=_both_sides(_table(document, "print", path), path),
    )


def sheets_of(pages: int, *, both_sides: bool) -> int:
    """How many sheets so many pages take."""
    return (pages + 1) // 2 if both_sides else pages


def _both_sides(table: Mapping[str, Any], path: Path) -> bool:
    _only(table, {"both_sides"}, path, "print")
    value = table.get("both_sides", False)
    if not isinstance(value, bool):
        raise DataError(
            _("“{key}” must be {kind}").format(key="print.both_sides", kind=_("true or false")),
            where=str(path),
            hint=_("write both_sides = true under [print]"),
        )
    return value


def _registry_url(url: str, workspace: Path) -> str:
    """Give SQLite's relative files a fixed place: the workspace, not wherever the shell stands."""
    if not url:
        url = f"{_SQLITE}output/registry.db"
    if url.startswith(_SQLITE) and (name := url.removeprefix(_SQLITE)) and name != ":memory:":
        url = _SQLITE + (workspace / name).as_posix()
    return url


def _operator(document: Mapping[str, Any], path: Path) -> Operator:
    table = _table(document, "operator", path)
    names = [item.name for item in fields(Operator) if item.name != "cases"]
    _only(table, {*names, "cases"}, path, "operator")
    values = {name: _text(table, name, path, "operator") for name in names}
    cases = _table(table, "cases", path)
    _only(cases, set(names), path, "operator.cases")
    return Operator(**values, cases=_forms(cases, path, "operator.cases"))


def _forms(cases: Mapping[str, Any], path: Path, section: str) -> dict[str, dict[str, str]]:
    """Of each text, the forms that somebody wrote down."""
    answer = {}
    for name in cases:
        forms = _table(cases, name, path)
        where = f"{section}.{name}"
        _only(forms, set(CASES), path, where)
        answer[" ".join(name.split())] = {case: _text(forms, case, path, where) for case in forms}
    return answer


def _moved(calendar: Mapping[str, Any], path: Path) -> Moved:
    names = {item.name for item in fields(Moved)}
    _only(calendar, names, path, "calendar")
    for name in calendar:
        days = calendar[name]
        if not isinstance(days, list) or not all(type(day) is date for day in days):
            raise DataError(
                _("“{key}” must be a list of days").format(key=f"calendar.{name}"),
                where=str(path),
                hint=_("write them without quotes: [2027-01-08, 2027-12-31]"),
            )
    return Moved(**{name: frozenset(days) for name, days in calendar.items()})


def _table(document: Mapping[str, Any], key: str, path: Path) -> dict[str, Any]:
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise DataError(
            _("“{key}” must be a table of keys and values").format(key=key), where=str(path)
        )
    return value


def _text(
    table: Mapping[str, Any], key: str, path: Path, section: str, default: str | None = None
) -> str:
    value = table.get(key, default)
    if value is None or (default is None and value == ""):
        raise DataError(
            _("“{key}” is not filled in").format(key=f"{section}.{key}"),
            where=str(path),
            hint=_("write it under [{section}]").format(section=section),
        )
    if not isinstance(value, str):
        raise DataError(
            _("“{key}” must be text").format(key=f"{section}.{key}"),
            where=str(path),
            hint=_("put it in double quotes"),
        )
    return " ".join(value.split())


def _only(table: Mapping[str, Any], known: set[str], path: Path, section: str = "") -> None:
    for key in table:
        if key not in known:
            raise DataError(
                _("unknown key “{key}”").format(key=f"{section}.{key}".lstrip(".")),
                where=str(path),
                hint=_("known here: {keys}").format(keys=", ".join(sorted(known))),
            )
