"""What lets documents of a file go to another organisation, and how the act says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipeline.errors import DataError, ToolFailedError
from pipeline.flow import filing
from pipeline.flow.wishes import printable
from pipeline.forms import form as forms
from pipeline.forms.rules import parse_date
from pipeline.i18n import _
from pipeline.language.wording import day_of, short_date
from pipeline.others import skeleton
from pipeline.papers import layout, marks
from pipeline.personnel import consents
from pipeline.personnel.dossier import Dossier
from pipeline.personnel.standing import Filed
from pipeline.records import record
from pipeline.records.handover import CONSENT, LAW, Ground
from pipeline.registry import Registry
from pipeline.settings import Settings

# A law, as people cite it: its date and its number.
CITED = re.compile(r"\s+от (?P<day>\d\d\.\d\d\.\d{4})(?: ?г\.| года)?\s*№\s*(?P<number>[^\s,;]+)")


def of(
    file: Dossier,
    said: Mapping[str, str],
    consent: str,
    law: str,
    settings: Settings,
    registry: Registry,
) -> tuple[Ground, dict[str, Any]]:
    """What lets them go, and its columns of the act; ``consent`` or ``law`` is given.

    Raises DataError where the consent does not cover what is ``said``, or no law is named.
    """
    if law:
        words = printable("basis", law.rstrip(". "))
        if not re.search(r"\d", words):
            raise DataError(
                _("“{law}” names no law").format(law=words),
                where=file.person.subject,
                hint=_("say its article, or its date and number: --law 'ст. 88 ТК РФ'"),
            )
        return Ground(LAW, words), _cited(words)
    filed = _consent(file, consent, registry)
    signed = day_of(filed.verdict.signed_on)
    if signed and signed > file.as_of:
        ahead = _("it is of {day}, which lies ahead").format(day=short_date(signed))
        raise _no_consent(file, filed.document.id, ahead)
    waiting = registry.documents(subject=file.person.subject, status=record.REVIEW, secret=False)
    if doubt := next((one.id for one in waiting if one.form == consents.WITHDRAWAL), None):
        unread = _("a withdrawal waits for a person: {document}").format(document=doubt)
        raise _no_consent(file, filed.document.id, unread)
    text = _text(filed, settings, registry)
    if why := consents.refusal(file, filed, said["recipient"], said["purpose"], text):
        raise _no_consent(file, filed.document.id, why)
    return Ground(CONSENT, filed.document.id), {
        "basis": filed.title[:1].lower() + filed.title[1:],
        "basis_date": signed or "",
        "basis_number": marks.printed(filed.paper.id) if filed.paper else "",
    }


def _cited(law: str) -> dict[str, Any]:
    """A law as the act has it: its date and number stand on a line of their own."""
    found = CITED.search(law)
    if not found:
        return {"basis": law}
    day = parse_date(found["day"])
    if day is None:
        return {"basis": law}
    basis = law[: found.start()] + law[found.end() :]
    return {"basis": basis, "basis_date": day, "basis_number": found["number"]}


def _text(consent: Filed, settings: Settings, registry: Registry) -> str:
    """The words of a consent as it was issued; of a sheet that is lost its fields must do.

    A copy that was not issued here was found to have the words of the form as that was then.
    """
    if consent.paper is None:
        form = forms.known(consent.form, settings)
        seen = {page.content.version for page in consent.document.pages if page.content}
        same = form is not None and seen == {form.version}
        return skeleton.text(form, consent.verdict.values) if form and same else ""
    try:
        return "\n".join(layout.texts(registry.pdf_of(consent.paper.id)))
    except ToolFailedError:
        return ""


def _consent(file: Dossier, target: str, registry: Registry) -> Filed:
    """The consent that a number in the file, a document or a paper stands for."""
    line = filing.line_of(file, target)
    names = {target, line.entry.id if line else target}
    for filed in file.filed:
        if names & {filed.entry, filed.document.id, *filed.again}:
            return filed
    document = registry.document(target)
    if line:
        why = _("it was not issued here, and what it says is not known")
    elif document is None:
        why = _("there is no such document")
    elif document.subject != file.person.subject:
        why = _("it is another person's")
    else:
        why = _("it is not accepted")
    raise _no_consent(file, target, why)


def _no_consent(file: Dossier, name: str, why: str) -> DataError:
    return DataError(
        _("the consent {name} does not let them go: {why}").format(name=name, why=why),
        where=file.person.subject,
        hint=_(
            "have one signed (paperloop generate consent-transfer), or cite the law: --law TEXT"
        ),
    )
