"""The contract's reasons in words: why a document waits for a person, or was turned away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date

from pipeline.errors import UNREADABLE
from pipeline.i18n import _
from pipeline.language.wording import short_date
from pipeline.pages.reading import STRIKE, PageReading
from pipeline.records import attachment, record, rescan, verdict
from pipeline.records.record import ACCEPTED, REVIEW, Document

# Of several pages at once: the same beside each of them.
_OF_THE_WHOLE = ("page-missing", "page-doubled", rescan.REASON)


def table() -> dict[str, str]:
    """Every reason that intake may give, in the language in use."""
    return {
        "signature-missing": _("a signature is missing"),
        "signature-unclear": _("it is not clear whether it is signed"),
        "date-missing": _("the date is missing"),
        "date-implausible": _("the date cannot be right"),
        "page-missing": _("a page is missing"),
        "page-doubled": _("a page is there twice"),
        "field-mismatch": _("the print is not what was issued"),
        "field-unreadable": _("a field cannot be read"),
        "altered": _("something was crossed out, added or erased"),
        "not-aligned": _("the page does not lie on the issued one"),
        "unknown-form": _("the form is not known"),
        record.UNISSUED: _("a copy of a form that was not issued here: read it, say whose it is"),
        "unknown-paper": _("the code is sound, but this registry did not issue the paper"),
        "ambiguous-identity": _("it is not certain which paper this is"),
        attachment.NOTHING: _("nothing lies behind the sheet"),
        "stale-version": _("a newer paper has taken its place"),
        "rescan": _("the paper has come back before"),
        "copy-not-original": _("it looks like a copy, not the original"),
        "duplicate": _("the same file was taken in before"),
        "blank": _("the page is blank"),
        "encrypted": _("the file is locked with a password"),
        UNREADABLE: _("the file cannot be read"),
    }


def words(reason: str) -> str:
    """One reason in words; a word that is not in the table stays as it is."""
    return table().get(reason, reason)


def sentence(reasons: Iterable[str]) -> str:
    """All reasons of a document in one line."""
    return "; ".join(words(reason) for reason in reasons)


def explained(
    document: Document, title: Callable[[str], str] = str, page: PageReading | None = None
) -> list[str]:
    """Each reason with the fields and lines that it is about; ``title`` names a field.

    With ``page`` as it is told beside that sheet: what is amiss on another one is only pointed to.
    """
    answer = []
    for reason in document.reasons:
        details = list(dict.fromkeys(_details(reason, document, title)))
        if page and reason not in _OF_THE_WHOLE:
            on = {
                sheet: list(
                    dict.fromkeys(_details(reason, replace(document, pages=(sheet,)), title))
                )
                for sheet in document.pages
            }
            others = [_place(sheet, document) for sheet, found in on.items() if found]
            pointed = [_("see sheet {sheets}").format(sheets=", ".join(others))] if others else []
            details = on.get(page, []) or pointed
        answer.append(f"{words(reason)}: {'; '.join(details)}" if details else words(reason))
    return answer


def _place(page: PageReading, document: Document) -> str:
    """Where a sheet lies: its number in the file, and the file where there are several."""
    number = str(page.source_page)
    files = {other.source for other in document.pages}
    return number if len(files) == 1 else f"{page.source} {number}"


def _details(reason: str, document: Document, title: Callable[[str], str]) -> Iterator[str]:
    """What in a document a reason is about, if anything more can be said."""
    match reason:
        case "signature-missing":
            yield from _marks(document, "signature", False, title)
            yield from _signed_elsewhere(document)
        case "signature-unclear":
            yield from _marks(document, "signature", None, title)
        case "copy-not-original":
            yield from _copied(document, title)
        case "date-missing":
            yield from _marks(document, "date", False, title)
        case "date-implausible":
            yield from _implausible(document, title)
        case "field-mismatch":
            yield from _mismatched(document, title)
        case "field-unreadable":
            unread = (one for one in verdict.fields(document) if one.status == "unreadable")
            yield from (title(one.name) for one in unread)
        case "altered":
            yield from _altered(document)
        case "page-missing":
            yield from _lacking(document)
        case "page-doubled":
            yield from _doubled(document)
        case rescan.REASON if document.earlier:
            yield document.earlier


def _marks(
    document: Document, kind: str, present: bool | None, title: Callable[[str], str]
) -> Iterator[str]:
    for mark in verdict.marks(document):
        if mark.kind == kind and mark.present is present:
            yield _("{field}, page {page}").format(field=title(mark.name), page=mark.page)


def _signed_elsewhere(document: Document) -> Iterator[str]:
    for change in verdict.alterations(document):
        if change.looks_like == "signature":
            yield _("a signature seems to stand elsewhere, on page {page} near “{line}”").format(
                page=change.page, line=change.near
            )


def _copied(document: Document, title: Callable[[str], str]) -> Iterator[str]:
    for mark in verdict.marks(document):
        if mark.present is not False and mark.original is False:
            yield _("{field}, page {page}: certainty {certainty}").format(
                field=title(mark.name), page=mark.page, certainty=f"{mark.certainty:.0%}"
            )


def _implausible(document: Document, title: Callable[[str], str]) -> Iterator[str]:
    against = _objections()
    for mark in verdict.marks(document):
        if mark.objection:
            yield _("{field}, page {page}: {day} is {why}").format(
                field=title(mark.name),
                page=mark.page,
                day=_day(mark.days[0]),
                why=against.get(mark.objection, mark.objection),
            )


def _mismatched(document: Document, title: Callable[[str], str]) -> Iterator[str]:
    for item in verdict.fields(document):
        if item.status != "mismatch":
            continue
        if _same(item.read, item.expected):
            yield _("{field}: it reads as issued, but something was done to its print").format(
                field=title(item.name)
            )
        else:
            yield _("{field} is “{read}”, issued as “{expected}”").format(
                field=title(item.name), read=item.read, expected=item.expected or ""
            )


def _altered(document: Document) -> Iterator[str]:
    kinds = {
        STRIKE: _("crossed out near “{line}”"),
        "insertion": _("added near “{line}”"),
        "erasure": _("erased near “{line}”"),
        "overprint": _("printed over near “{line}”"),
    }
    for change in verdict.alterations(document):
        yield kinds.get(change.kind, "{line}").format(line=change.near)


def _lacking(document: Document) -> Iterator[str]:
    here = sorted({page.page for page in document.pages if page.page})
    of = next((page.of for page in document.pages if page.of), 0)
    lacking = [str(number) for number in range(1, of + 1) if number not in here]
    if lacking:
        yield _("{pages} of {of}").format(pages=", ".join(lacking), of=of)


def _doubled(document: Document) -> Iterator[str]:
    for number, count in Counter(page.page for page in document.pages).items():
        if count > 1:
            sheets = [_place(page, document) for page in document.pages if page.page == number]
            yield _("page {page} on sheets {sheets}").format(page=number, sheets=", ".join(sheets))


def proposed(document: Document, title: Callable[[str], str] = str) -> list[str]:
    """What the dates by hand seem to say that nobody has said yet, for a person to confirm."""
    return [
        _("{field} seems to say {day}").format(field=title(mark.name), day=_day(day))
        for mark in verdict.marks(document)
        if mark.value is None and (day := record.proposal(mark))
    ]


def offered(offer: rescan.Offer) -> str:
    """What a later scan would replace, and whether it is the better one."""
    better = _("better than {document}, which it would replace")
    other = _("would replace {document}, but is no better")
    states = {ACCEPTED: _("accepted"), REVIEW: _("waits for a person")}
    earlier = offer.earlier
    parts = [(better if offer.is_better else other).format(document=earlier.id)]
    parts[0] += f" ({states.get(earlier.status, earlier.status)})"
    if offer.mended:
        parts.append(_("only there: {reasons}").format(reasons=sentence(offer.mended)))
    if offer.added:
        parts.append(_("only here: {reasons}").format(reasons=sentence(offer.added)))
    return "; ".join(parts)


def _same(read: str, expected: str | None) -> bool:
    return "".join(read.split()) == "".join((expected or "").split())


def _objections() -> dict[str, str]:
    return {
        "birth": _("before the person was born"),
        "passport": _("before the passport was given out"),
        "form": _("before this wording of the form was in use"),
        "issue": _("before the paper was issued"),
        "scan": _("after the day of the scan"),
    }


def _day(text: str) -> str:
    return short_date(date.fromisoformat(text))
