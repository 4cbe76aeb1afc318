"""``paperloop handover``: documents of files that go to other organisations, and come back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import common
from pipeline.cli.options import by, out_folder
from pipeline.cli.output import Reporter, reporting
from pipeline.i18n import _, ngettext

if TYPE_CHECKING:
    from pipeline.flow.handover import Told


@click.group
def handover() -> None:
    """Hand documents over, take them back, see who has had what."""


@handover.command(help=_("Make the act, and mark the documents as handed over."))
@click.argument("subject")
@click.option("--to", required=True, metavar="RECIPIENT", help=_("the organisation that gets them"))
@click.option("--purpose", required=True, metavar="TEXT", help=_("what for, in the genitive"))
@click.option("--consent", default="", metavar="DOCUMENT", help=_("the person's consent to it"))
@click.option("--law", default="", metavar="TEXT", help=_("the law that stands for a consent"))
@click.option("--until", required=True, metavar="DATE", help=_("the day by which they are back"))
@click.option(
    "--document",
    "documents",
    required=True,
    multiple=True,
    metavar="N",
    help=_("a document: its number in the file, or its name; give it for each"),
)
@click.option("--act", default="", metavar="NUMBER", help=_("the act's number (default: the next)"))
@click.option("--representative", default="", metavar="NAME", help=_("who receives them"))
@click.option("--position", default="", metavar="TEXT", help=_("that person's position"))
@click.option("--handed-by", default="", metavar="NAME", help=_("who hands them over"))
@click.option("--handed-by-position", default="", metavar="TEXT", help=_("that person's position"))
@by
@out_folder
@reporting
def issue(
    reporter: Reporter,
    subject: str,
    to: str,
    purpose: str,
    consent: str,
    law: str,
    until: str,
    documents: tuple[str, ...],
    act: str,
    representative: str,
    position: str,
    handed_by: str,
    handed_by_position: str,
    by: str,
    out: Path | None,
) -> None:
    """What is not known of people is left for a pen."""
    settings = common.settings()
    from pipeline.flow import handover as flow
    from pipeline.flow.generate import Options

    asked = flow.Asked(
        to=to,
        purpose=purpose,
        until=common.day(until),
        documents=documents,
        consent=consent.strip(),
        law=law.strip(),
        act=act.strip(),
        representative=representative,
        position=position,
        handed_by=handed_by,
        handed_by_position=handed_by_position,
    )
    name = common.user(by)
    options = Options(out or settings.issued)
    with reporter.writing(settings) as registry:
        issued, told = flow.issue(subject, asked, name, settings, registry, options)
    first = told[0].as_json()
    shared = ("act", "subject", "full_name", "to", "purpose", "ground", "handed_by", "until")
    reporter.record(
        {
            **{key: first[key] for key in shared},
            **issued.files,
            "documents": len(told),
            "sheets": sum(one.handed.event.sheets or 0 for one in told),
            "rows": [
                {key: one.as_json()[key] for key in ("number", "document", "title", "sheets")}
                for one in told
            ],
        }
    )
    _table(reporter, told)
    reporter.say(_("to be printed: {file}").format(file=issued.paper.pdf))


@handover.command("return", help=_("Take documents back: all of an act or person, or some."))
@click.argument("whose", metavar="ACT|SUBJECT")
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="N",
    help=_("a document: its number in the file, or its name (default: all that are out)"),
)
@click.option("--by", default="", metavar="NAME", help=_("who took them back (default: the user)"))
@reporting
def return_(reporter: Reporter, whose: str, documents: tuple[str, ...], by: str) -> None:
    """What is back already cannot come once more."""
    settings = common.settings()
    from pipeline.flow import handover as flow

    name = common.user(by)
    with reporter.writing(settings) as registry:
        came = flow.take_back(whose, documents, name, settings, registry)
    for one in came:
        reporter.record(one.as_json())
    _table(reporter, came)
    text = ngettext("{n} document came back", "{n} documents came back", len(came))
    reporter.say(text.format(n=len(came)))


@handover.command("list", help=_("Who has or had which documents, until when, on what ground."))
@click.argument("subjects", metavar="[SUBJECT]…", nargs=-1)
@reporting
def list_(reporter: Reporter, subjects: tuple[str, ...]) -> None:
    """Without numbers: of everybody's files."""
    settings = common.settings()
    from pipeline.flow import handover as flow

    with common.registry(settings) as registry:
        told = flow.listed(subjects, settings, registry)
    for one in told:
        reporter.record(one.as_json())
    _table(reporter, told)
    held = [one for one in told if one.handed.back is None]
    text = ngettext(
        "{n} document is handed over; overdue: {late}",
        "{n} documents are handed over; overdue: {late}",
        len(held),
    )
    reporter.say(text.format(n=len(held), late=sum(one.overdue for one in held)))


def _table(reporter: Reporter, told: Sequence[Told]) -> None:
    columns = (
        _("act"),
        _("number"),
        _("person"),
        "№",
        _("document"),
        _("recipient"),
        _("ground"),
        _("until"),
        _("returned"),
    )
    if told:
        reporter.table(columns, [_row(one) for one in told])


def _row(one: Told) -> tuple[object, ...]:
    it = one.handed
    until = it.until.isoformat() if it.until else ""
    act = one.act if one.signed else _("{act} (not signed yet)").format(act=one.act)
    return (
        act,
        it.subject,
        one.full_name,
        one.number,
        one.title,
        it.to,
        it.ground.words,
        until + (" !" if one.overdue else ""),
        it.returned_on,
    )
