"""``paperloop familiarisation``: the sheets that servants sign when they have seen their files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from pipeline.cli import common
from pipeline.cli.due import AHEAD_DAYS
from pipeline.cli.options import out_folder
from pipeline.cli.output import Reporter, reporting
from pipeline.i18n import _, ngettext


@click.command()
@click.argument("subjects", metavar="[SUBJECT]…", nargs=-1)
@click.option("--until", metavar="DATE", help=_("due up to this day (default: a month ahead)"))
@out_folder
@reporting
def familiarisation(
    reporter: Reporter, subjects: tuple[str, ...], until: str | None, out: Path | None
) -> None:
    """Without numbers: every servant whose year is over."""
    settings = common.settings()
    from pipeline.flow import familiarisation as flow
    from pipeline.flow.generate import Options

    last = common.day(until) if until else settings.today + timedelta(AHEAD_DAYS)
    options = Options(out or settings.issued)
    rows = []
    with reporter.writing(settings) as registry:
        for one in flow.issue(subjects, last, settings, registry, options):
            answer = one.as_json()
            reporter.record(answer)
            rows.append([answer[key] for key in ("subject", "full_name", "sheet", "due", "pdf")])
    if rows:
        reporter.table((_("number"), _("person"), _("sheet"), _("by"), _("file")), rows)
    text = ngettext("{n} sheet to be signed", "{n} sheets to be signed", len(rows))
    reporter.say(text.format(n=len(rows)))
