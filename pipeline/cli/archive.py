"""``paperloop archive``: what the archive gets, year by year, and what it may let go."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import common, copy
from pipeline.cli.output import Reporter, reporting
from pipeline.i18n import _


@click.group
def archive() -> None:
    """Lists of files for the archive, and copies of their documents."""


archive.add_command(copy.copy)
_out = click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help=_("where the files go")
)


@archive.command(help=_("The list of the files that were closed in a year (опись дел)."))
@click.argument("year", type=click.IntRange(1900, 2999))
@_out
@reporting
def inventory(reporter: Reporter, year: int, out: Path | None) -> None:
    """Files by name, a row for each volume."""
    settings = common.settings()
    from pipeline.files import run_lock
    from pipeline.flow import archive as flow
    from pipeline.flow.generate import Options
    from pipeline.registry import Registry

    with run_lock(settings.output), Registry.open(settings.registry_url) as registry:
        issued, said = flow.yearly(year, settings, registry, Options(out or settings.issued))
    it = issued.paper
    reporter.record(
        {
            "year": year,
            "paper": it.id,
            "new": issued.new,
            "docx": it.docx or None,
            "pdf": it.pdf or None,
            "files": len(said["files"]),
            "rows": said["files"],
        }
    )
    columns = ("№", _("number"), _("title"), _("days"), _("kept"), _("sheets"))
    rows = [
        (n, row["index"], row["title"], row["days"], row["keep"], row["sheets"])
        for n, row in enumerate(said["files"], start=1)
    ]
    reporter.table(columns, rows)
    reporter.say(_("to be printed: {file}").format(file=it.pdf))


@archive.command(
    "destroy-act",
    help=_("The act that proposes the files whose term is over (акт о выделении к уничтожению)."),
)
@_out
@reporting
def destroy_act(reporter: Reporter, out: Path | None) -> None:
    """For the commission; no file is changed or deleted."""
    settings = common.settings()
    from pipeline.files import run_lock
    from pipeline.flow import archive as flow
    from pipeline.flow.generate import Options
    from pipeline.registry import Registry

    with run_lock(settings.output), Registry.open(settings.registry_url) as registry:
        issued, said = flow.destruction(settings, registry, Options(out or settings.issued))
    it = issued.paper
    reporter.record(
        {
            "year": said["year"],
            "as_of": settings.today.isoformat(),
            "paper": it.id,
            "new": issued.new,
            "docx": it.docx or None,
            "pdf": it.pdf or None,
            "files": len(said["files"]),
            "rows": said["files"],
        }
    )
    columns = ("№", _("number"), _("title"), _("days"), _("kept"))
    rows = [
        (n, row["index"], row["title"], row["days"], row["keep"])
        for n, row in enumerate(said["files"], start=1)
    ]
    reporter.table(columns, rows)
    reporter.say(_("for the commission to decide; no file was changed"))
    reporter.say(_("to be printed: {file}").format(file=it.pdf))
