"""What is due, gathered from every file and act; and what a person says is done."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from pipeline.errors import UsageError
from pipeline.forms import clocks
from pipeline.i18n import _
from pipeline.papers.paper import Paper
from pipeline.personnel import dossier, terms
from pipeline.personnel.terms import Term
from pipeline.records import handover
from pipeline.records.binding import DONE, Event, now
from pipeline.records.record import ACCEPTED
from pipeline.registry import Registry
from pipeline.settings import Settings


def until(last: date, registry: Registry, settings: Settings) -> list[Term]:
    """The terms up to a day that nobody has said to be met, the most overdue first."""
    met = registry.targets(DONE)
    return terms.due(_all(registry, settings, met), last, met)


def done(term: str, why: str, by: str, registry: Registry, settings: Settings) -> None:
    """Say that a term was met. Raises UsageError: there is no such term."""
    met = registry.targets(DONE)
    if term in met:
        return
    found = next((one for one in _all(registry, settings, met) if one.id == term), None)
    if found is None:
        raise UsageError(
            _("there is no term “{term}”").format(term=term),
            hint=_("paperloop due --until DATE names them"),
        )
    registry.enter(Event(found.subject, DONE, by, now(), target=term, why=why or None))


def _all(registry: Registry, settings: Settings, met: Collection[str]) -> Iterator[Term]:
    rules = clocks.load(settings)
    for one in dossier.read(registry, settings):
        yield from terms.of_file(one, rules, settings.moved, met)
    yield from terms.of_acts(_open_acts(registry))


def _open_acts(registry: Registry) -> list[Paper]:
    """Acts under which something is out; of those that we know no documents of, the signed ones."""
    form = handover.FORM
    signed = {document.paper for document in registry.documents(status=ACCEPTED, form=form)}
    handed = handover.of(registry.events_having(handover.OUT, handover.BACK))
    out = {one.act for one in handed if one.back is None}
    back = {one.act for one in handed} - out
    return [one for one in registry.papers(form=form) if one.id in (signed | out) - back]
