"""The act about what was taken out of a file, and whether it came back signed.

The act is issued like every other paper; then each taking out is entered as told. A run that was
killed between the two and is repeated gets the same act and goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from pipeline.errors import DataError, UsageError
from pipeline.flow import filing, generate
from pipeline.flow.generate import Issued, Options
from pipeline.flow.wishes import Wish, wish_for
from pipeline.forms import form as forms
from pipeline.i18n import _
from pipeline.personnel import dossier, removal
from pipeline.personnel.dossier import Dossier
from pipeline.personnel.removal import Taken
from pipeline.records.binding import now
from pipeline.records.record import ACCEPTED
from pipeline.registry import Registry
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Act:
    """The last act about a document: its number and paper; ``document`` that brought it signed."""

    number: str
    paper: str
    document: str = ""

    @property
    def remark(self) -> str:
        """What a person at the screen reads of it."""
        text = _("act {act}, signed") if self.document else _("act {act}, not back yet")
        return text.format(act=self.number)

    def as_json(self) -> dict[str, str | None]:
        """What a row of the file says of it."""
        return {"act": self.number, "paper": self.paper, "document": self.document or None}


@dataclass(frozen=True, slots=True)
class Made:
    """An act that was issued, and what it was filled from."""

    file: Dossier
    taken: Sequence[Taken]
    issued: Issued

    def as_json(self) -> dict[str, Any]:
        """One object an act; its rows have the numbers of the file."""
        said = removal.data(self.file, self.taken, self.issued.paper.key)
        return {
            "subject": self.file.person.subject,
            "act": said["act"],
            **self.issued.files,
            "documents": len(self.taken),
            "sheets": said["sheets"],
            "taken_by": said["taken_by"],
            "rows": [
                {"number": one.number, **row}
                for one, row in zip(self.taken, said["documents"], strict=True)
            ],
        }


def issue(
    subject: str,
    documents: Sequence[str],
    by: str,
    settings: Settings,
    registry: Registry,
    options: Options,
    *,
    secret: bool = False,
) -> Made:
    """The act about these documents, by default about all of which no signed act tells yet.

    The same documents give the same act again. ``secret``: of the file of secret documents.

    Raises:
        UsageError: no such person or document, or it was not taken out.
        DataError: there is nothing to tell of.
        FormError, ToolMissingError, ToolFailedError, RegistryError: as issuing does.
    """
    (file,) = dossier.read(registry, settings, [subject])
    file = file.separate if secret else file
    taken = _chosen(file, documents, registry)
    wanted = _numbered(file, taken, settings, registry)
    (issued,) = generate.issue([wanted], settings, registry, options)
    act, at = issued.paper.id, now()
    registry.enter_all([removal.told(one, act, by, at) for one in taken if act not in one.acts])
    return Made(file, taken, issued)


def acts(file: Dossier, registry: Registry) -> dict[str, Act]:
    """The last act about each document that was taken out, by its entry; a signed one first."""
    found = {}
    for taken in removal.of(file):
        told = [_act(paper, registry) for paper in taken.acts]
        if told:
            found[taken.line.entry.id] = max(told, key=lambda act: bool(act.document))
    return found


def _act(paper_id: str, registry: Registry) -> Act:
    paper = registry.paper(paper_id)
    came = [it for it in registry.documents_of_paper(paper_id) if it.status == ACCEPTED]
    return Act(paper.key if paper else paper_id, paper_id, came[0].id if came else "")


def _chosen(file: Dossier, documents: Sequence[str], registry: Registry) -> list[Taken]:
    taken = {one.line.entry.id: one for one in removal.of(file)}
    if not documents:
        signed = {entry for entry, act in acts(file, registry).items() if act.document}
        found = [one for entry, one in taken.items() if entry not in signed]
        if not found:
            raise DataError(
                _("nothing was taken out without a signed act"),
                where=file.number,
                hint=_("for an earlier act again: --document N"),
            )
        return found
    asked = [_taken(file, target, taken) for target in documents]
    return [one for one in taken.values() if one in asked]


def _taken(file: Dossier, target: str, taken: dict[str, Taken]) -> Taken:
    line = filing.line_of(file, target)
    if line in file.apart.lines:
        raise UsageError(
            _("secret documents are kept apart from the others"),
            where=f"{file.number}, {target}",
            hint=_("say --secret"),
        )
    if line is None or line.entry.id not in taken:
        raise UsageError(
            _("“{target}” has not been taken out").format(target=target),
            where=file.number,
            hint=_("take it out first: paperloop file remove"),
        )
    return taken[line.entry.id]


def _numbered(
    file: Dossier, taken: Sequence[Taken], settings: Settings, registry: Registry
) -> Wish:
    """The act under its number: that of the same documents, else the file's next that is free."""
    form = forms.load(removal.FORM, settings)
    for act in (f"{file.number}/{n}" for n in count(1)):
        said = removal.data(file, taken, act)
        wanted = wish_for(form, said, act, file.person, settings)
        if all(it.digest == wanted.digest for it in registry.current(form.name, act)):
            break
    return wanted
