"""The archivist's papers about files, issued like every other; and whether all of it agrees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import DataError, Problem, UsageError
from pipeline.flow import filing, generate, proposals
from pipeline.flow import inventory as inventories
from pipeline.flow.generate import Issued, Options
from pipeline.flow.proposals import People
from pipeline.flow.wishes import printable, wish_for
from pipeline.forms import form as forms
from pipeline.i18n import _, ngettext
from pipeline.language import russian
from pipeline.language.wording import short_date
from pipeline.personnel import archive, consents, dossier, inventory, leaving, staff
from pipeline.personnel.archive import Volume
from pipeline.personnel.dossier import Dossier
from pipeline.personnel.terms import SERVANT
from pipeline.records import handover
from pipeline.records.binding import SENT, Event, now
from pipeline.registry import PersonRow, Registry
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class AboutFile:
    """A paper about a volume of a file, and what it was filled from."""

    volume: Volume
    said: Mapping[str, Any]
    issued: Issued

    def as_json(self) -> dict[str, Any]:
        """One object a paper."""
        return {
            "subject": self.volume.dossier.person.subject,
            "volume": self.volume.number,
            "volumes": self.volume.of,
            "form": self.issued.paper.form,
            **self.issued.files,
            "sheets": self.volume.bound.sheets,
            "literal": list(self.volume.bound.literal),
            "skipped": list(self.volume.bound.skipped),
            "inventory_sheets": self.said.get("inventory_sheets"),
        }


def certify(
    subjects: Sequence[str], settings: Settings, registry: Registry, options: Options
) -> Iterator[AboutFile]:
    """A certification sheet for each volume; the inventories that they count are issued first.

    Raises:
        UsageError: no such person, or an empty file.
        FormError, ToolMissingError, ToolFailedError, RegistryError: as issuing does.
    """
    files = _files(subjects, settings, registry)
    listed = inventories.issue([inventory.of(f) for f in files], settings, registry, options)
    own = {one.inventory.person.subject: one.own_sheets for one in listed}
    found = [
        (volume, archive.certification(volume, own[file.person.subject]))
        for file in files
        for volume in archive.volumes(file)
    ]
    return _issue(archive.CERTIFICATION, found, settings, registry, options)


def cover(
    subjects: Sequence[str], settings: Settings, registry: Registry, options: Options
) -> Iterator[AboutFile]:
    """A cover for each volume. Raises as ``certify``."""
    files = _files(subjects, settings, registry)
    found = [(volume, archive.cover(volume)) for file in files for volume in archive.volumes(file)]
    return _issue(archive.COVER, found, settings, registry, options)


def yearly(
    year: int, settings: Settings, registry: Registry, options: Options
) -> tuple[Issued, dict[str, Any]]:
    """The list of the files that were closed in a year, and what it was filled from.

    Raises DataError where there are none, and as issuing does.
    """
    said = archive.yearly(dossier.read(registry, settings), year)
    if not said["files"]:
        raise DataError(
            _("no file was closed in {year}").format(year=year),
            hint=_("a file is closed by the order of dismissal in it (checklist --tick)"),
        )
    return _issue_one(archive.YEARLY, said, str(year), settings, registry, options), said


def destruction(
    settings: Settings, registry: Registry, options: Options
) -> tuple[Issued, dict[str, Any]]:
    """The act that proposes the files whose term is over; nothing happens to them.

    Raises DataError where there are none, and as issuing does.
    """
    said = archive.destruction(dossier.read(registry, settings), settings.today)
    if not said["files"]:
        raise DataError(
            _("no file's term is over on {day}").format(day=short_date(settings.today)),
            hint=_("see when each is: paperloop due --until DATE"),
        )
    key = str(said["year"])
    return _issue_one(archive.DESTRUCTION, said, key, settings, registry, options), said


def register(
    consolidated: bool, settings: Settings, registry: Registry, options: Options
) -> tuple[Issued, dict[str, Any]]:
    """The register of municipal servants today, and what it was filled from.

    Raises DataError where there are none, and as issuing does.
    """
    files = dossier.read(registry, settings)
    said = staff.register(files, settings.today, consolidated=consolidated)
    if not said["people"]:
        raise DataError(
            _("there are no municipal servants on {day}").format(day=short_date(settings.today)),
            hint=_("a servant's category is {name}, and the file is not closed").format(
                name=SERVANT
            ),
        )
    name = staff.CONSOLIDATED if consolidated else staff.REGISTER
    key = settings.today.isoformat()
    return _issue_one(name, said, key, settings, registry, options), said


def reserve(
    settings: Settings, registry: Registry, options: Options
) -> tuple[Issued, dict[str, Any]]:
    """The list of the personnel reserve today, and what it was filled from.

    Raises DataError where nobody is in it, and as issuing does.
    """
    said = staff.reserve(dossier.read(registry, settings), settings.today)
    if not said["people"]:
        raise DataError(
            _("nobody is in the personnel reserve on {day}").format(day=short_date(settings.today)),
            hint=_("enter the decision: paperloop checklist SUBJECT --tick {item}").format(
                item=staff.INCLUDED
            ),
        )
    key = settings.today.isoformat()
    return _issue_one(staff.RESERVE, said, key, settings, registry, options), said


@dataclass(frozen=True, slots=True)
class Transfer:
    """Where a file goes and why; ``number`` is the letter's ("" = left for a pen).

    ``anyway``: though its inventory or certification sheet is not in order.
    """

    to: str
    ground: str
    number: str = ""
    anyway: bool = False


def transfer(
    subject: str, where: Transfer, by: str, settings: Settings, registry: Registry, options: Options
) -> tuple[Issued, dict[str, Any]]:
    """The letter that goes with a file, and what it was filled from; the file is there from now on.

    The same letter can be made again.

    Raises:
        UsageError: no such person, or an empty file.
        DataError: its inventory or certification sheet is not in order, a document of it is
            handed over, it went to another already; words cannot be printed.
        FormError, ToolMissingError, ToolFailedError, RegistryError: as issuing does.
    """
    to = printable("recipient", where.to)
    ground = printable("basis", where.ground.rstrip(". "))  # the letter has its own full stop
    number = printable("letter_number", where.number) if where.number.strip() else ""
    (file,) = _files([subject], settings, registry)
    went = file.sent
    if went and (went.place, went.why) != (to, ground):
        filing.must_be_kept(file)
    wrong = [*_papers_wrong(file, settings, registry), *_out(file)]
    if wrong and not where.anyway:
        raise DataError(
            "; ".join(one.what for one in wrong),
            where=subject,
            hint=_("{hint}, or --anyway").format(hint=wrong[0].hint),
        )
    listed = registry.current(inventory.FORM, subject)
    said = archive.transfer(file, settings.sheets(listed[-1].pages) if listed else "") | {
        "organisation": russian.Term(to, settings.cases.get(to)),
        "ground": ground,
        "letter_number": number,
    }
    name = archive.TRANSFER
    issued = _issue_one(name, said, subject, settings, registry, options, file.person)
    if not went:
        letter = issued.paper.id
        registry.enter(Event(subject, SENT, by, now(), place=to, why=ground, index=letter))
    return issued, said


def faults(
    file: Dossier, settings: Settings, registry: Registry, people: People
) -> Iterator[Problem]:
    """What does not agree: documents, sheets, scans, and the papers about the file.

    ``people`` gives everybody: a document may be another's. Of a file of secret documents
    (``Dossier.separate``) there is only the inventory.
    """
    if file.secret:
        if file.bound.lines:
            yield from _inventory_wrong(file, settings, registry)
        return
    yield from archive.faults(file)
    yield from _not_as_said(file, registry, people)
    for one in leaving.of(file, settings.moved):
        if one.day < file.as_of:
            where = archive.place(file.person.subject, one.number, one.line)
            yield Problem(one.fault, where, one.hint)
    yield from _consent_gone(file, registry)
    if file.bound.lines:
        yield from _papers_wrong(file, settings, registry)


def _not_as_said(file: Dossier, registry: Registry, people: People) -> Iterator[Problem]:
    """What came behind a sheet that says something else, or whose it is not, and was accepted."""
    filed = {one.entry: one for one in file.filed}
    for number, line in enumerate(file.bound.lines, start=1):
        one = filed.get(line.entry.id)
        if one is None or line.gone:
            continue
        where = archive.place(file.person.subject, number, line)
        for what in proposals.contradictions(one.document, people, registry):
            yield Problem(what, where, _("look at it; if it is so, take it out: file remove"))


def _consent_gone(file: Dossier, registry: Registry) -> Iterator[Problem]:
    """What is out under a consent that was withdrawn since, or is no longer in the file."""
    there = {line.entry.id for line in file.bound.present}
    given = {one.entry: one for one in file.filed if one.entry in there}
    for held in handover.out(file.events).values():
        if held.ground.kind != handover.CONSENT:
            continue
        scan = registry.document(held.ground.words)  # a better one may have come since
        consent = given.get(scan.paper or scan.id) if scan else None
        day = consents.withdrawn(file, consent) if consent else None
        if consent and day is None:
            continue
        what = _("handed over under a consent that is no longer in the file: {to}")
        if day:
            what = _("handed over under a consent that was withdrawn on {day}: {to}")
        yield Problem(
            what.format(day=day and short_date(day), to=held.to),
            file.person.subject,
            _("ask for it; when it is back: paperloop handover return {act}").format(act=held.act),
        )


def _out(file: Dossier) -> Iterator[Problem]:
    """What another organisation has: a file goes whole."""
    held = handover.out(file.events)
    if held:
        what = ngettext("{n} document of it is handed over",
                        "{n} documents of it are handed over", len(held))  # fmt: skip
        hint = _("take back first: paperloop handover return {subject}")
        subject = file.person.subject
        yield Problem(what.format(n=len(held)), subject, hint.format(subject=subject))


def _papers_wrong(file: Dossier, settings: Settings, registry: Registry) -> Iterator[Problem]:
    """What is wrong with a file's inventory and certification sheets."""
    yield from _inventory_wrong(file, settings, registry)
    subject = file.person.subject
    listed = registry.current(inventory.FORM, subject)
    own = settings.sheets(listed[-1].pages) if listed else 0
    form = forms.load(archive.CERTIFICATION, settings)
    for volume in archive.volumes(file):
        earlier = registry.current(archive.CERTIFICATION, volume.key)
        said = archive.certification(volume, own)
        digest = wish_for(form, said, volume.key, file.person, settings).digest
        where = f"{subject}, " + _("volume {n}").format(n=volume.number)
        hint = _again("file certify", subject)
        if earlier and not any(it.digest == digest for it in earlier):
            yield Problem(_("the certification sheet is older than the file"), where, hint)
        elif not earlier and file.closed_on:
            yield Problem(_("a closed file without a certification sheet"), where, hint)


def _inventory_wrong(file: Dossier, settings: Settings, registry: Registry) -> Iterator[Problem]:
    current = inventories.is_current(inventory.of(file), settings, registry)
    if not current:
        what = _("the inventory is older than the file") if current is False else _("no inventory")
        whose = file.person.subject + (" --secret" if file.secret else "")
        yield Problem(what, file.number, _again("inventory", whose))


def _again(command: str, whose: str) -> str:
    hint = _("make it anew: paperloop {command} {subject}")
    return hint.format(command=command, subject=whose)


def _files(subjects: Sequence[str], settings: Settings, registry: Registry) -> list[Dossier]:
    files = list(dossier.read(registry, settings, subjects))
    for file in files:
        if not file.bound.present:
            raise UsageError(
                _("nothing lies in this file"),
                where=file.person.subject,
                hint=_("take in its papers, or enter documents with checklist --tick"),
            )
    return files


def _issue(
    name: str,
    found: Sequence[tuple[Volume, dict[str, Any]]],
    settings: Settings,
    registry: Registry,
    options: Options,
) -> Iterator[AboutFile]:
    form = forms.load(name, settings)
    wishes = [wish_for(form, said, v.key, v.dossier.person, settings) for v, said in found]
    issued = generate.issue(wishes, settings, registry, options)
    for (volume, said), one in zip(found, issued, strict=True):
        yield AboutFile(volume, said, one)


def _issue_one(
    name: str,
    said: Mapping[str, Any],
    key: str,
    settings: Settings,
    registry: Registry,
    options: Options,
    person: PersonRow | None = None,
) -> Issued:
    wanted = wish_for(forms.load(name, settings), said, key, person, settings)
    (issued,) = generate.issue([wanted], settings, registry, options)
    return issued
