"""What sets a clock running: the dated rules of ``templates/terms.toml``.

A document that comes into a file, as a subject's request does, gives the office so many days to
act. Comes in: the rules. Goes out: ``Clock``, and the last day of its term.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from datetime import date, timedelta
from typing import Any

from pipeline import workdays
from pipeline.errors import FormError
from pipeline.files import toml
from pipeline.i18n import _
from pipeline.settings import Settings
from pipeline.workdays import Moved

FILE_NAME = "terms.toml"


@dataclass(frozen=True, slots=True)
class Clock:
    """The term ``name`` that a document of ``item`` begins.

    It has so many ``days``, of the calendar or ``working`` ones, and holds for documents from
    ``since`` to the day before ``until``. ``what`` is to be done by then, by ``ground``.
    """

    name: str
    item: str
    days: int
    what: str
    ground: str
    what_en: str = ""
    working: bool = False
    since: date = date.min
    until: date = date.max

    def runs_from(self, day: date) -> bool:
        """Does the rule hold for what came on that day?"""
        return self.since <= day < self.until

    def ends(self, begun: date, moved: Moved) -> date:
        """The last day of the term that a document of the day ``begun`` set running."""
        if self.working:
            return workdays.after(begun, self.days, moved)
        return begun + timedelta(self.days)


def load(settings: Settings) -> tuple[Clock, ...]:
    """The rules: the workspace's own, else the packaged ones. Raises FormError: they are wrong."""
    path = settings.template(FILE_NAME)
    if path is None:
        return ()
    tables = toml(path.read_bytes(), str(path)).get("terms", [])
    if not isinstance(tables, list):
        raise _wrong("terms", "[[terms]]")
    return tuple(_clock(table, n) for n, table in enumerate(tables, start=1))


def _clock(table: Any, number: int) -> Clock:
    where = f"[[terms]] {number}"
    if not isinstance(table, dict):
        raise _wrong("terms", "[[terms]]")
    known = {field.name: field for field in fields(Clock)}
    for key, value in table.items():
        if key not in known:
            raise FormError(
                _("“{key}” is not known").format(key=key),
                where=f"{FILE_NAME}, {where}",
                hint=_("known are: {names}").format(names=", ".join(known)),
            )
        if type(value).__name__ != known[key].type:
            raise _wrong(key, str(known[key].type), where)
    for key, field in known.items():
        if field.default is MISSING and not table.get(key):
            raise FormError(_("“{key}” is not said").format(key=key), where=f"{FILE_NAME}, {where}")
    if table["days"] < 1:
        raise _wrong("days", "1, 2, 3…", where)
    return Clock(**{"what_en": table["what"], **table})


def _wrong(key: str, kind: str, where: str = "") -> FormError:
    what = _("“{key}” must be {kind}").format(key=key, kind=kind)
    return FormError(what, where=", ".join(part for part in (FILE_NAME, where) if part))
