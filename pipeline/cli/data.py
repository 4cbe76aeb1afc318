"""``paperloop data``: the sheets that people fill in."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import common
from pipeline.cli.output import Reporter, reporting
from pipeline.errors import ExitCode, UsageError
from pipeline.i18n import _
from pipeline.settings import CASES, FILE_NAME


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
    from pipeline.data.datasheet import data_sheet
    from pipeline.forms import form as forms

    wanted = [forms.load(name, settings).inputs() for name in names]
    columns = dict.fromkeys(column for inputs in wanted for column in inputs)
    path = out or settings.output / f"{'-'.join(names)}.xlsx"
    if path.exists():
        raise UsageError(
            _("the file exists and is left as it is"),
            where=str(path),
            hint=_("give --out another name"),
        )
    data_sheet(wanted, path)
    reporter.record({"file": settings.relative(path), "columns": list(columns)})
    reporter.say(_("Fill in {file}").format(file=settings.relative(path)))


@data.command(help=_("All cases of a file's names, positions and organisations, to look over."))
@click.argument("file")
@reporting
def cases(reporter: Reporter, file: str) -> ExitCode:
    """Your own office's first; cases that somebody wrote down are marked with ✎."""
    settings = common.settings()
    from pipeline.flow import cases as flow

    found, problems = flow.of_file(file, settings)
    for problem in problems:
        reporter.problem(problem)
    declined = [*flow.of_operator(settings), *found]
    rows = []
    for one in declined:
        reporter.record(one.as_json())
        marked = (f"{one.cases[case]}{' ✎' if case in one.own else ''}" for case in CASES)
        rows.append((f"{one.where}\n{one.field}", "\n".join(marked)))
    reporter.table((_("where"), _("from the nominative to the prepositional")), rows)
    reporter.say(
        _(
            "What is wrong, write down: of people in columns as “{column}”, of your office in "
            "{section}, of others in {file}, as {sample}"
        ).format(
            column="ФИО в дательном падеже",
            section="[operator.cases]",
            file=FILE_NAME,
            sample='[cases."ООО «…»"]',
        )
    )
    faulty = any(problem.level == "error" for problem in problems)
    return ExitCode.BAD_DATA if faulty else ExitCode.DONE
