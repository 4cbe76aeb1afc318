"""Sheets to be laid before the documents that files still lack, each with its own code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import UsageError
from pipeline.flow import filing, generate
from pipeline.flow.generate import Issued, Options
from pipeline.flow.wishes import Wish, wish_for
from pipeline.forms import form as forms
from pipeline.forms.checklists import Wanted
from pipeline.i18n import _
from pipeline.personnel import dossier
from pipeline.personnel.dossier import Dossier, columns_of
from pipeline.records import attachment
from pipeline.registry import Registry
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Separator:
    """A sheet and the item that it stands for."""

    subject: str
    item: str
    title: str
    issued: Issued

    def as_json(self) -> dict[str, Any]:
        """One object a sheet."""
        return {
            "subject": self.subject,
            "item": self.item,
            "title": self.title,
            **self.issued.files,
        }


def issue(
    subjects: Sequence[str],
    items: Sequence[str],
    settings: Settings,
    registry: Registry,
    options: Options,
) -> Iterator[Separator]:
    """A sheet for each document that is missing or out of date, or for each of ``items``.

    A sheet that has not come back yet is the same again. Papers of ours need none: they have
    codes of their own.

    Raises:
        UsageError: no such person or item, or one that is kept apart.
        FormError, ToolMissingError, ToolFailedError, RegistryError: as issuing does.
    """
    wanted: list[tuple[Wish, Wanted]] = []
    for file in dossier.read(registry, settings, subjects):
        for one in _chosen(file, items):
            wanted.append((_wish(file, one, settings, registry), one))
    issued = generate.issue([asked for asked, _one in wanted], settings, registry, options)
    for (asked, one), it in zip(wanted, issued, strict=True):
        yield Separator(asked.subject or "", one.item, one.title, it)


def _chosen(file: Dossier, items: Sequence[str]) -> list[Wanted]:
    if items:
        chosen = [filing.item_of(file, name) for name in items]
        if secret := next((one for one in chosen if one.secret), None):
            raise UsageError(
                _("documents kept apart are not scanned with the others"),
                where=f"{file.person.subject}, {secret.item}",
                hint=_("enter it by hand: checklist --tick"),
            )
        return chosen
    lacking = {one.item for one in file.items if one.is_lacking}
    wanted = file.checklist.items if file.checklist else ()
    return [one for one in wanted if one.item in lacking and not (one.forms or one.secret)]


def _wish(file: Dossier, wanted: Wanted, settings: Settings, registry: Registry) -> Wish:
    person = file.person
    back = {one.paper for one in registry.documents(subject=person.subject, form=attachment.FORM)}
    sheets = registry.papers(subject=person.subject, form=attachment.FORM)
    taken = {paper.key for paper in sheets if paper.id in back}
    said = {**columns_of(person), "document_title": wanted.title}
    key = attachment.key(person.subject, wanted.item, taken)
    return wish_for(forms.load(attachment.FORM, settings), said, key, person, settings)
