"""Letters that ask people for what their files lack and they are to bring (seed 000, п. 15–17).

Only what is needed for sure is asked for: nothing that depends on what nobody has said, nothing
that the office makes itself, no consent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.errors import PaperloopError, Problem
from pipeline.flow import generate
from pipeline.flow.generate import Issued, Options
from pipeline.flow.wishes import Wish, not_past, wish
from pipeline.forms import form as forms
from pipeline.forms.form import Form
from pipeline.personnel import terms
from pipeline.personnel.dossier import Dossier, columns_of
from pipeline.personnel.standing import Item
from pipeline.personnel.terms import REMINDER
from pipeline.registry import Registry
from pipeline.settings import Settings


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
    not_past(until, settings, "--letter")
    form = forms.load(REMINDER, settings)
    chosen = [(file, items) for file in files if (items := terms.to_bring(file))]
    lacking = {file.person.subject: items for file, items in chosen}
    wanted = [_wish(form, file, items, until, settings, refuse) for file, items in chosen]

    def told(refused: Wish, error: PaperloopError) -> None:
        refuse(Problem(error.problem.what, refused.key, error.problem.hint))

    asked = [one for one in wanted if one]
    for issued in generate.issue(asked, settings, registry, options, refuse=told):
        subject = issued.paper.key
        yield Reminded(subject, tuple(one.item for one in lacking[subject]), issued)


def _wish(
    form: Form,
    file: Dossier,
    items: Sequence[Item],
    until: date,
    settings: Settings,
    refuse: Callable[[Problem], None],
) -> Wish | None:
    subject = file.person.subject
    row = {**file.person.data, **columns_of(file.person)}
    row |= {"missing": [one.title for one in items], "until": until}
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
