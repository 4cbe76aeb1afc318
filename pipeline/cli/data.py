"""``paperloop data``: the sheets that people fill in."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import common
from pipeline.cli.output import Reporter, reporting
from pipeline.errors import UsageError
from pipeline.i18n import _


@click.group
def data() -> None:
    """Sheets of data."""


@data.command(help=_("An empty XLSX with the columns that these forms need."))
@click.argument("names", metavar="FORM…", nargs=-1, required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=_("the file to make"))
@reporting
def sheet(reporter: Reporter, names: tuple[str, ...], out: Path | None) -> None:
    """An existing file is never overwritten."""
    settings = common.settings()
    from pipeline import form as forms
    from pipeline.datasheet import data_sheet

    columns: dict[str, bool] = {}
    for name in names:
        for column, required in forms.load(name, settings).inputs().items():
            columns[column] = columns.get(column, False) or required
    path = out or settings.output / f"{'-'.join(names)}.xlsx"
    if path.exists():
        raise UsageError(
            _("the file exists and is left as it is"),
            where=str(path),
            hint=_("give --out another name"),
        )
    data_sheet(columns, path)
    reporter.record({"file": settings.relative(path), "columns": list(columns)})
    reporter.say(_("Fill in {file}").format(file=settings.relative(path)))
