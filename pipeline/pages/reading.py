"""What was read from one page of a scan: fields, pen marks, alterations.

Nothing here knows what was issued: this module cannot import the registry, and a test holds that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.geometry import Box

AMBIGUOUS = "ambiguous-identity"  # the reason where a page may be another than it seems to be
STRIKE = "strike"  # the kind of an alteration: words that were crossed out
# What a field may be, from the best to the worst: of its several prints the worst decides.
_STATUSES = ("match", "read", "empty", "unreadable", "mismatch")


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One printed field as it stands on the paper.

    ``read`` is OCR's answer alone; ``expected`` and ``status`` come from the comparison with the
    issued print: match, mismatch, read (nothing to compare with), empty, unreadable.
    ``confidence`` is between 0 and 1; ``crop`` is a PNG.
    """

    name: str
    read: str
    confidence: float
    page: int
    box: Box
    status: str = "read"
    expected: str | None = None
    value: str | None = None
    crop: bytes = b""


@dataclass(frozen=True, slots=True)
class HandMark:
    """A blank for a pen: is there ink? ``present`` None means that a person must look.

    ``kind`` is signature, date or text. ``days`` are what a date may say (ISO), most likely first;
    ``certainty`` (0 to 1) is of the first. ``value`` is what the record keeps of it, None until it
    is sure; ``objection`` why it cannot be right (see ``rules.objection``). Of a signature
    ``original`` tells whether it is a pen's own ink (False: a copier's print; None: nothing
    tells), and ``certainty`` is of that.
    """

    name: str
    kind: str
    present: bool | None
    confidence: float
    page: int
    box: Box
    crop: bytes = b""
    days: tuple[str, ...] = ()
    certainty: float = 0.0
    value: str | None = None
    objection: str | None = None
    original: bool | None = None


@dataclass(frozen=True, slots=True)
class Alteration:
    """Something done to the paper outside its blanks.

    ``kind`` is strike, insertion, erasure or overprint; ``near`` the printed line it touches;
    ``looks_like`` "signature" where a signature's blank is empty and one seems to stand here.
    """

    kind: str
    page: int
    box: Box
    near: str
    crop: bytes = b""
    looks_like: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a page that is no form of ours seems to be: a proposal, never a fact.

    ``kind`` is an item of the checklists. ``numbers`` are "snils:…" and "inn:…", whose check digits
    hold, and "passport:…" (series and number), proven where ``born`` is known: both then come from
    a machine-readable zone that holds. ``name`` is the only full name on the page, in the case in
    which it stands there; ``heard`` one that may be misread, or is printed beside the zone's: it
    never tells whose the page is, and only speaks against somebody. ``form`` is the form of which
    the page is a copy that was not issued here, of the ``version`` known then; it has the form's
    words from the first of ``words`` (from 0) to before the second, of so many as the third.
    ``certified`` tells whether it is a copy with the mark «Верно», with its words and a signature
    (None: not told), ``certified_on`` the day that stands by the mark. ``printed`` are a passport's
    numbers and birthday as its print says them beside the zone, or the birthday alone:
    "passport:…", "birth_date:…" (ISO), unproven.
    """

    kind: str | None = None
    numbers: tuple[str, ...] = ()
    name: str = ""
    born: date | None = None
    form: str | None = None
    words: tuple[int, int, int] = (0, 0, 0)
    version: str = ""
    certified: bool | None = None
    certified_on: date | None = None
    printed: tuple[str, ...] = ()
    heard: str = ""


@dataclass(frozen=True, slots=True)
class PageReading:
    """Everything seen on one page image of a scan.

    ``source_page`` and ``page`` count from 1; ``turned`` is the clockwise turn in degrees that
    stands the page upright; ``identified_by`` is code, id, text or None; ``problems`` are the
    contract's reasons that this page alone gives; ``residual_mm`` is how far the laid-over page
    still lies from the issued one (the alarm for not-aligned). ``thumbnail`` is a small JPEG of
    the page, upright; it is not kept. ``lie`` is where the issued page lies in the picture (see
    the module ``lie``), None where it could not be laid over. ``content`` is what a page without
    a paper seems to be. ``continuing`` is the page read as a later one of each form that it may go
    on with, were it to follow such a page; it is not kept.
    """

    source: str
    sha256: str
    source_page: int
    paper: str | None = None
    page: int | None = None
    of: int | None = None
    turned: int = 0
    identified_by: str | None = None
    blank: bool = False
    residual_mm: float | None = None
    problems: tuple[str, ...] = ()
    fields: tuple[FieldReading, ...] = ()
    hand: tuple[HandMark, ...] = ()
    alterations: tuple[Alteration, ...] = ()
    thumbnail: bytes = b""
    lie: bytes | None = None
    content: Content | None = None
    continuing: tuple[PageReading, ...] = ()


def is_worse(one: str, other: str) -> bool:
    """Whether a field of the first status is worse than one of the second."""
    return _STATUSES.index(one) > _STATUSES.index(other)
