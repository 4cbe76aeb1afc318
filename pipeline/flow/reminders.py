"""Letters that ask people for what their files lack and they are to bring (seed 000, п. 15–17).

Only what is needed for sure is asked for: nothing that depends on what nobody has said, nothing
that the office makes itself, no consent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline import form as forms
from pipeline import inventory, terms
from pipeline.dossier import Dossier
from pipeline.errors import DataError, PaperloopError, Problem
from pipeline.flow import generate
from pipeline.flow.generate import Issued, Options
from pipeline.flow.wishes import Wish, wish
from pipeline.form import Form
from pipeline.i18n import _
from pipeline.registry import Registry
from pipeline.settings import Settings
from pipeline.terms import REMINDER
from pipeline.wording import short_date


@dataclass(frozen=True, slots=True)
class Reminded:
    """A person's letter and the items that it names."""

    subject: str
    items: tuple[str, ...]
    issued: Issued

    def as_json(self) -> dict[str, Any]:
        """One object a letter."""
        return {"subject": self.subject, "items": list(self.items), **self.issued.files}


def issue(
    files: Iterable[Dossier],
    until: date,
    settings: Settings,
    registry: Registry,
    options: Options,
    refuse: Callable[[Problem], None],
) -> Iterator[Reminded]:
    """A letter to each of these people who has something to bring, by ``until``.

    A person of whom the data lack what the letter must say gets none: ``refuse`` is told.

    Raises:
        DataError: the day lies behind.
        FormError, ToolMissingError, ToolFailedError, RegistryError: as issuing does.
    """
    if until < settings.today:
        raise DataError(
            _("the term {day} lies behind").format(day=short_date(until)),
            hint=_("check the year"),
        )
    form = forms.load(REMINDER, settings)
    chosen = [file for file in files if terms.to_bring(file)]
    lacking = {one.person.subject: terms.to_bring(one) for one in chosen}
    wanted = [_wish(form, file, until, settings, refuse) for file in chosen]

    def told(refused: Wish, error: PaperloopError) -> None:
        refuse(Problem(error.problem.what, refused.key, error.problem.hint))

    asked = [one for one in wanted if one]
    for issued in generate.issue(asked, settings, registry, options, refuse=told):
        subject = issued.paper.key
        yield Reminded(subject, tuple(one.item for one in lacking[subject]), issued)


def _wish(
    form: Form,
    file: Dossier,
    until: date,
    settings: Settings,
    refuse: Callable[[Problem], None],
) -> Wish | None:
    subject = file.person.subject
    row = {**file.person.data, **inventory.of_person(file.person)}
    row |= {"missing": [one.title for one in terms.to_bring(file)], "until": until}
    try:
        filled = forms.fill(form, row, settings.operator, settings.today)
    except PaperloopError as error:
        refuse(Problem(error.problem.what, subject, error.problem.hint))
        return None
    if wrong := forms.incomplete(form, filled, subject):
        for problem in wrong:
            refuse(problem)
        return None
    return wish(form, filled, subject, file.person)
