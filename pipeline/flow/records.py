"""The records read back from paper: what each document says, a person's word over the machine's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline import verdict
from pipeline.record import Document
from pipeline.registry import Registry


def read(
    registry: Registry,
    *,
    form: str | None = None,
    subject: str | None = None,
    everything: bool = False,
) -> Iterator[dict[str, Any]]:
    """The contract's objects for ``records``: accepted ones, or with ``everything`` all."""
    status = None if everything else "accepted"
    for document in registry.documents(status=status, form=form, subject=subject):
        yield _record(document, registry)


def _record(document: Document, registry: Registry) -> dict[str, Any]:
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
        "settled_by": sum_.settled_by,
        "taken_in_at": registry.taken_in_at(document.id),
    }
