"""``paperloop archive``: what the archive gets, year by year, and what it may let go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import common, copy
from pipeline.cli.options import out_folder
from pipeline.cli.output import Reporter, reporting
from pipeline.i18n import _

if TYPE_CHECKING:
    from pipeline.flow.generate import Issued


@click.group
def archive() -> None:
    """Lists of files for the archive, and copies of their documents."""


archive.add_command(copy.copy)


@archive.command(help=_("The list of the files that were closed in a year (опись дел)."))
@click.argument("year", type=click.IntRange(1900, 2999))
@out_folder
@reporting
def inventory(reporter: Reporter, year: int, out: Path | None) -> None:
    """Files by name, a row for each volume."""
    settings = common.settings()
    from pipeline.flow import archive as flow
    from pipeline.flow.generate import Options

    with reporter.writing(settings) as registry:
        issued, listed = flow.yearly(year, settings, registry, Options(out or settings.issued))
    reporter.record({"year": year, **_told(issued, listed)})
    columns = ("№", _("number"), _("title"), _("days"), _("kept"), _("sheets"))
    reporter.table(columns, _rows(listed, ("index", "title", "days", "keep", "sheets")))
    reporter.say(_("to be printed: {file}").format(file=issued.paper.pdf))


@archive.command(
    "destroy-act",
    help=_("The act that proposes the files whose term is over (акт о выделении к уничтожению)."),
)
@out_folder
@reporting
def destroy_act(reporter: Reporter, out: Path | None) -> None:
    """For the commission; no file is changed or deleted."""
    settings = common.settings()
    from pipeline.flow import archive as flow
    from pipeline.flow.generate import Options

    with reporter.writing(settings) as registry:
        issued, listed = flow.destruction(settings, registry, Options(out or settings.issued))
    as_of = settings.today.isoformat()
    reporter.record({"year": listed["year"], "as_of": as_of, **_told(issued, listed)})
    columns = ("№", _("number"), _("title"), _("days"), _("kept"))
    reporter.table(columns, _rows(listed, ("index", "title", "days", "keep")))
    reporter.say(_("for the commission to decide; no file was changed"))
    reporter.say(_("to be printed: {file}").format(file=issued.paper.pdf))


def _told(issued: Issued, listed: dict[str, Any]) -> dict[str, Any]:
    return {
        **issued.files,
        "files": len(listed["files"]),
        "rows": listed["files"],
    }


def _rows(listed: dict[str, Any], keys: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return [
        (number, *(row[key] for key in keys)) for number, row in enumerate(listed["files"], start=1)
    ]
