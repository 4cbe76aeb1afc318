"""The records read back from paper: what each document says, a person's word over the machine's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from pipeline.forms import form as forms
from pipeline.pages.reading import STRIKE
from pipeline.papers import layout
from pipeline.records import clauses, verdict
from pipeline.records.record import ACCEPTED, Document
from pipeline.registry import Registry
from pipeline.settings import Settings


def read(
    registry: Registry,
    settings: Settings,
    *,
    form: str | None = None,
    subject: str | None = None,
    everything: bool = False,
    secret: bool = False,
) -> Iterator[dict[str, Any]]:
    """The contract's objects for ``records``: accepted ones, or with ``everything`` all.

    ``secret``: those of papers about files of secret documents, which are else left out.
    """
    status = None if everything else ACCEPTED
    known = frozenset(forms.names(settings))
    for document in registry.documents(status=status, form=form, subject=subject, secret=secret):
        yield _record(document, _without(document, known, settings, registry), registry)


def _without(
    document: Document, known: Collection[str], settings: Settings, registry: Registry
) -> tuple[str, ...]:
    """What the paper is without: clauses crossed out, by the form's words."""
    strikes = [one for one in verdict.alterations(document) if one.kind == STRIKE]
    if not (strikes and document.paper and document.form and document.form in known):
        return ()
    form = forms.load(document.form, settings)
    if not form.clauses:
        return ()
    return clauses.struck(form.clauses, layout.sheets(registry.pdf_of(document.paper)), strikes)


def _record(document: Document, without: Sequence[str], registry: Registry) -> dict[str, Any]:
    sum_ = verdict.of(document, registry.settlements(document.id))
    return {
        "record": f"rec-{document.id.removeprefix('doc-')}",
        "document": document.id,
        "paper": document.paper,
        "form": document.form,
        "subject": document.subject,
        "status": document.status,
        "fields": dict(sum_.values),
        "signed": sum_.signed,
        "signed_on": sum_.signed_on,
        "struck": list(sum_.struck),
        "without": list(without),
        "settled_by": sum_.settled_by,
        "taken_in_at": registry.taken_in_at(document.id),
    }
