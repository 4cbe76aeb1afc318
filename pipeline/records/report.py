"""The report of a batch: every sheet of the pile in its order, and why a person is wanted.

One HTML file that needs nothing beside it, so that the operator finds the sheet to pull out.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from pipeline.errors import UNREADABLE
from pipeline.i18n import _, language
from pipeline.pages.reading import AMBIGUOUS
from pipeline.records import reasons
from pipeline.records.record import ACCEPTED, REJECTED, Document

GREEN, YELLOW, RED, GREY = "green", "yellow", "red", "grey"
_TEMPLATE = Path(__file__).parent / "report.html"
# Whose sheet it is, is not known: it lies in nobody's file.
_NOBODYS = {"unknown-form", "unknown-paper", AMBIGUOUS, UNREADABLE}

Describe = Callable[[Document], tuple[str, Callable[[str], str]]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as the operator sees it; ``number`` is its place in the file, 0 a whole file.

    ``about`` says what it is; ``why`` what is wrong, in words; ``thumbnail`` is a JPEG.
    """

    source: str
    number: int
    colour: str
    about: str = ""
    why: tuple[str, ...] = ()
    thumbnail: bytes = b""

    @property
    def picture(self) -> str:
        """The thumbnail for a data URL."""
        return base64.b64encode(self.thumbnail).decode("ascii")


Pile = dict[tuple[str, int], Sheet]


def add(pile: Pile, document: Document, describe: Describe, *, secret: bool = False) -> None:
    """Put a document's sheets into the pile, in place of what was known of them before.

    Pages that came with an earlier batch are not in this pile. ``describe`` gives a document's
    form in words, and what names its fields. Of a ``secret`` one only the place is told.
    """
    for sheet in _sheets(document, describe):
        place = (sheet.source, sheet.number)
        if place in pile:
            sheet = replace(sheet, thumbnail=sheet.thumbnail or pile[place].thumbnail)
        elif sheet.number and not sheet.thumbnail and sheet.colour != GREY:
            continue
        pile[place] = _closed(sheet) if secret else sheet


def _sheets(document: Document, describe: Describe) -> Iterator[Sheet]:
    title, field_title = describe(document)
    colour = YELLOW
    if document.status == ACCEPTED:
        colour = GREEN
    elif document.status == REJECTED or _NOBODYS & set(document.reasons):
        colour = RED
    if not document.pages:
        why = tuple(reasons.explained(document, field_title))
        yield Sheet(document.source, 0, colour, why=why)
    for page in document.pages:
        numbers = _("page {page} of {of}").format(page=page.page, of=page.of) if page.page else ""
        about = ", ".join(part for part in (title, document.subject, numbers) if part)
        why = tuple(reasons.explained(document, field_title, page))
        yield Sheet(page.source, page.source_page, colour, about, why, page.thumbnail)
    # Over several files it is not known in which one a blank lay.
    if len({page.source for page in document.pages}) == 1:
        for number in document.blanks:
            yield Sheet(document.source, number, GREY, _("a blank back"))


def secrecy() -> str:
    """What is told of a secret document in the place of its words."""
    return _("secret: look with paperloop review --secret")


def _closed(sheet: Sheet) -> Sheet:
    """The place of a secret sheet and its colour, by which it is found, and nothing of it."""
    why = () if sheet.colour == GREEN else (secrecy(),)
    return replace(sheet, about=_("kept apart"), why=why, thumbnail=b"")


def html(pile: Pile, title: str) -> str:
    """The report: files in the order they were taken in, their sheets in the pile's order."""
    files: dict[str, list[Sheet]] = {}
    for sheet in pile.values():
        files.setdefault(sheet.source, []).append(sheet)
    words = {
        "title": title,
        "only": _("only what is wrong"),
        "colours": {
            GREEN: _("accepted"),
            YELLOW: _("for a person"),
            RED: _("nobody's, or not taken in"),
            GREY: _("blank backs"),
        },
    }
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(
        _TEMPLATE.read_text(encoding="utf-8")
    )
    return template.render(
        language=language(),
        words=words,
        counts=Counter(sheet.colour for sheet in pile.values()),
        files=[
            (source, sorted(sheets, key=lambda s: s.number)) for source, sheets in files.items()
        ],
    )
