"""The contract's reasons in words: why a document waits for a person, or was turned away."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.i18n import _


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
        "unknown-paper": _("the code is sound, but this registry did not issue the paper"),
        "ambiguous-identity": _("the marks on the page contradict each other"),
        "stale-version": _("a newer paper has taken its place"),
        "rescan": _("the paper has come back before"),
        "copy-not-original": _("it looks like a copy, not the original"),
        "duplicate": _("the same file was taken in before"),
        "blank": _("the page is blank"),
        "encrypted": _("the file is locked with a password"),
        "unreadable-file": _("the file cannot be read"),
    }


def words(reason: str) -> str:
    """One reason in words; a word that is not in the table stays as it is."""
    return table().get(reason, reason)


def sentence(reasons: Iterable[str]) -> str:
    """All reasons of a document in one line."""
    return "; ".join(words(reason) for reason in reasons)
