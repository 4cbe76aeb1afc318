"""``paperloop file``: a personal file as it is bound, and the papers about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import common
from pipeline.cli.options import by, describing, out_folder, said, secret
from pipeline.cli.output import Reporter, reporting
from pipeline.errors import ExitCode
from pipeline.i18n import _, ngettext

if TYPE_CHECKING:
    from pipeline.flow.archive import AboutFile
    from pipeline.flow.generate import Options
    from pipeline.personnel.dossier import Dossier
    from pipeline.registry import Registry
    from pipeline.settings import Settings


@click.group
def file() -> None:
    """See and keep personal files."""


@file.command(help=_("The documents of a file with their sheets, those taken out too."))
@click.argument("subject")
@secret
@reporting
def show(reporter: Reporter, subject: str, secret: bool) -> None:
    """One line a document."""
    settings = common.settings()
    from pipeline.personnel import dossier

    with common.registry(settings) as registry:
        (one,) = dossier.read(registry, settings, [subject])
        _show(reporter, one.separate if secret else one, registry)


@file.command(help=_("Take a document out of a file; its sheets' numbers stay skipped."))
@click.argument("subject")
@click.argument("document")
@reporting
@said
def remove(reporter: Reporter, subject: str, document: str, why: str, by: str) -> None:
    """DOCUMENT is its number in the file, or its name."""
    from pipeline.flow import filing

    _change(reporter, subject, partial(filing.remove, subject, document, why, common.user(by)))


@file.command("return", help=_("Put a document that was taken out back in its place."))
@click.argument("subject")
@click.argument("document")
@reporting
@said
def return_(reporter: Reporter, subject: str, document: str, why: str, by: str) -> None:
    """Its sheets have their numbers again."""
    from pipeline.flow import filing

    _change(reporter, subject, partial(filing.give_back, subject, document, why, common.user(by)))


@file.command("removal-act", help=_("The act of what was taken out of a file (акт об изъятии)."))
@click.argument("subject")
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="N",
    help=_("what was taken out: its number in the file, or its name; give it for each"),
)
@by
@secret
@out_folder
@reporting
def removal_act(
    reporter: Reporter,
    subject: str,
    documents: tuple[str, ...],
    by: str,
    secret: bool,
    out: Path | None,
) -> None:
    """By default about all that no signed act tells of yet."""
    settings = common.settings()
    from pipeline.flow import removal
    from pipeline.flow.generate import Options

    options, who = Options(out or settings.issued), common.user(by)
    with reporter.writing(settings) as registry:
        made = removal.issue(subject, documents, who, settings, registry, options, secret=secret)
    answer = made.as_json()
    reporter.record(answer)
    keys = ("number", "title", "date", "index", "sheets", "reason")
    columns = ("№", _("document"), _("date"), _("number"), _("sheets"), _("why"))
    reporter.table(columns, [[row[key] for key in keys] for row in answer["rows"]])
    reporter.say(_("to be printed: {file}").format(file=answer["pdf"]))


@file.command(help=_("Put a document in the place of another, which is taken out."))
@click.argument("subject")
@click.argument("document")
@click.option("--item", required=True, metavar="ITEM", help=_("the item of the checklist"))
@reporting
@said
@describing
def replace(
    reporter: Reporter,
    subject: str,
    document: str,
    item: str,
    why: str,
    by: str,
    new: dict[str, Any],
) -> None:
    """DOCUMENT is its number in the file, or its name."""
    from pipeline.flow import filing

    wanted = filing.New(item, **new)
    change = partial(filing.replace, subject, document, wanted, why, common.user(by))
    _change(reporter, subject, change)


def _change(
    reporter: Reporter, subject: str, change: Callable[[Registry, Settings], object]
) -> None:
    settings = common.settings()
    from pipeline.personnel import dossier

    with reporter.writing(settings) as registry:
        change(registry, settings)
        (one,) = dossier.read(registry, settings, [subject])
        _show(reporter, one, registry)


def _show(reporter: Reporter, one: Dossier, registry: Registry) -> None:
    from pipeline.flow import removal
    from pipeline.personnel import inventory

    listed = inventory.of(one)
    acts = removal.acts(one, registry)
    reporter.record(
        {
            "subject": one.person.subject,
            "documents": listed.documents,
            "sheets": listed.sheets,
            "volumes": one.bound.volumes,
            "literal": list(one.bound.literal),
            "skipped": list(one.bound.skipped),
            "rows": [
                row.as_json() | {"act": act.as_json() if (act := acts.get(row.entry)) else None}
                for row in listed.rows
            ],
        }
    )
    rows = []
    for row in listed.rows:
        act = acts.get(row.entry)
        remark = "; ".join(part for part in (row.remark, act.remark if act else "") if part)
        rows.append((row.number, row.index, row.day, row.title, row.sheets, remark, row.document))
    columns = ("№", _("number"), _("date"), _("document"), _("sheets"), _("note"), _("name"))
    if rows:
        reporter.table(columns, rows, f"{one.person.subject} {one.person.full_name}")
    reporter.say(
        _("documents: {documents}, sheets: {sheets}, volumes: {volumes}").format(
            documents=listed.documents, sheets=listed.sheets, volumes=one.bound.volumes
        )
    )


@file.command(help=_("The cover of a file, one for each volume."))
@click.argument("subjects", metavar="SUBJECT…", nargs=-1, required=True)
@out_folder
@reporting
def cover(reporter: Reporter, subjects: tuple[str, ...], out: Path | None) -> None:
    """What nobody knows yet is left for a pen."""
    from pipeline.flow import archive

    _issue(reporter, archive.cover, subjects, out)


@file.command(help=_("The certification sheet (лист-заверитель) of each volume of a file."))
@click.argument("subjects", metavar="SUBJECT…", nargs=-1, required=True)
@out_folder
@reporting
def certify(reporter: Reporter, subjects: tuple[str, ...], out: Path | None) -> None:
    """The inventory that it counts is brought up to date first."""
    from pipeline.flow import archive

    _issue(reporter, archive.certify, subjects, out)


@file.command(help=_("The letter that goes with a file to another organisation."))
@click.argument("subject")
@click.option("--to", required=True, metavar="ORGANISATION", help=_("who gets the file"))
@click.option("--ground", required=True, metavar="TEXT", help=_("why it goes"))
@click.option("--number", default="", metavar="N", help=_("the letter's number"))
@click.option("--anyway", is_flag=True, help=_("though its papers are not in order"))
@by
@out_folder
@reporting
def transfer(
    reporter: Reporter,
    subject: str,
    to: str,
    ground: str,
    number: str,
    anyway: bool,
    by: str,
    out: Path | None,
) -> None:
    """With a receipt to be cut off; from now on the file is there."""
    settings = common.settings()
    from pipeline.flow import archive
    from pipeline.flow.generate import Options

    where = archive.Transfer(to, ground, number, anyway)
    with reporter.writing(settings) as registry:
        options = Options(out or settings.issued)
        who = common.user(by)
        issued, told = archive.transfer(subject, where, who, settings, registry, options)
    reporter.record(
        {
            "subject": subject,
            "to": told["organisation"],
            **issued.files,
            "volumes": told["volumes"],
            "sheets": told["sheets"],
            "inventory_sheets": told["inventory_sheets"] or None,
        }
    )
    reporter.say(_("to be printed: {file}").format(file=issued.paper.pdf))


@file.command(help=_("A file that went to another organisation is here again."))
@click.argument("subject")
@reporting
@said
def back(reporter: Reporter, subject: str, why: str, by: str) -> None:
    """Its terms run again, and the lists have it."""
    from pipeline.flow import filing

    _change(reporter, subject, partial(filing.come_back, subject, why, common.user(by)))


@file.command(help=_("What does not agree in files: documents, sheets, scans, papers about them."))
@click.argument("subjects", metavar="[SUBJECT]…", nargs=-1)
@secret
@reporting
def check(reporter: Reporter, subjects: tuple[str, ...], secret: bool) -> ExitCode:
    """Without numbers: everybody's."""
    settings = common.settings()
    from pipeline.flow import archive
    from pipeline.personnel import dossier

    rows = []
    files = 0
    with common.registry(settings) as registry:
        people = cache(registry.people)
        for whole in dossier.read(registry, settings, subjects):
            one = whole.separate if secret else whole
            files += 1
            found = list(archive.faults(one, settings, registry, people))
            reporter.record(
                {
                    "subject": one.person.subject,
                    "documents": len(one.bound.present),
                    "sheets": one.bound.sheets,
                    "faults": [{"what": f.what, "where": f.where, "hint": f.hint} for f in found],
                }
            )
            rows += [(f.where, f.what, f.hint) for f in found]
    if rows:
        reporter.table((_("where"), _("what is wrong"), _("what to do")), rows)
    text = ngettext("{n} file looked at; faults: {faults}", "{n} files looked at; faults: {faults}",
                    files)  # fmt: skip
    reporter.say(text.format(n=files, faults=len(rows)))
    return ExitCode.WAITING if rows else ExitCode.DONE


def _issue(
    reporter: Reporter,
    make: Callable[[Sequence[str], Settings, Registry, Options], Iterable[AboutFile]],
    subjects: tuple[str, ...],
    out: Path | None,
) -> None:
    settings = common.settings()
    from pipeline.flow.generate import Options

    rows = []
    with reporter.writing(settings) as registry:
        for one in make(subjects, settings, registry, Options(out or settings.issued)):
            answer = one.as_json()
            reporter.record(answer)
            name = one.volume.dossier.person.full_name
            rows.append(
                (answer["subject"], name, answer["volume"], answer["sheets"], answer["pdf"])
            )
    columns = (_("number"), _("person"), _("volume"), _("sheets"), _("file"))
    reporter.table(columns, rows)
