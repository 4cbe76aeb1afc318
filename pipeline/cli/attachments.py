"""``paperloop attachment-sheets``: coded sheets to lay before documents that we did not print."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import common
from pipeline.cli.options import out_folder
from pipeline.cli.output import Reporter, reporting
from pipeline.i18n import _, ngettext


@click.command("attachment-sheets")
@click.argument("subjects", metavar="SUBJECT…", nargs=-1, required=True)
@click.option("--item", "items", multiple=True, metavar="ITEM", help=_("for this item (repeat it)"))
@out_folder
@reporting
def attachment_sheets(
    reporter: Reporter, subjects: tuple[str, ...], items: tuple[str, ...], out: Path | None
) -> None:
    """One for each document that the file lacks; lay it before the copy and scan both."""
    settings = common.settings()
    from pipeline.flow import attachments as flow
    from pipeline.flow import printrun
    from pipeline.flow.generate import Options

    options = Options(out or settings.issued, docx=False)
    rows, issued = [], []
    pile = None
    with reporter.writing(settings) as registry:
        for one in flow.issue(subjects, items, settings, registry, options):
            reporter.record(one.as_json())
            rows.append((one.subject, one.item, one.title, one.issued.paper.pdf))
            issued.append(one.issued)
        if len(issued) > 1:
            pile = printrun.write(issued, settings, registry, options.out)
    if rows:
        reporter.table((_("number"), _("item"), _("paper"), _("file")), rows)
    text = ngettext("{n} sheet to be printed", "{n} sheets to be printed", len(rows))
    reporter.say(text.format(n=len(rows)))
    if pile:
        reporter.say(_("to be printed: {file}").format(file=settings.relative(pile)))
