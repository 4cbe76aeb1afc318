"""Readings of one paper's pages put together: what is accepted, what waits for a person and why."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.reading import PageReading


@dataclass(frozen=True, slots=True)
class Document:
    """One document found in the scans (contract: ``intake``).

    ``id`` is stable: the paper's first document is ``doc-PAPER``, a later rescan of the same
    paper ``doc-PAPER-2``, an unknown page ``doc-SHA12-PAGE``, an unreadable file ``doc-SHA12``.
    ``status`` is accepted, review or rejected; ``reasons`` are the contract's words;
    ``blanks`` the source pages dropped as blank backs; ``earlier`` the document that a
    duplicate repeats.
    """

    id: str
    source: str
    status: str
    reasons: tuple[str, ...] = ()
    paper: str | None = None
    form: str | None = None
    subject: str | None = None
    pages: tuple[PageReading, ...] = ()
    blanks: tuple[int, ...] = ()
    earlier: str | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a person said about a document: ``action`` is set, accept or reject.

    ``at`` is an ISO time in UTC. A settlement never overwrites what the machine read.
    """

    document: str
    action: str
    by: str
    at: str
    field: str | None = None
    value: str | None = None
    why: str | None = None
