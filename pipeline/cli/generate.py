"""``paperloop generate``: fill and issue forms for each row of data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import common
from pipeline.cli.options import out_folder
from pipeline.cli.output import Reporter, outcome, reporting
from pipeline.errors import DataError, ExitCode, PaperloopError, Problem, UsageError
from pipeline.i18n import _, ngettext

if TYPE_CHECKING:
    from pipeline.flow.wishes import Wish

FORMATS = ("docx", "pdf", "both")


@click.command()
@click.argument("names", metavar="[FORM]…", nargs=-1)
@click.option("--set", "set_name", metavar="NAME", help=_("a set of forms (templates/sets.toml)"))
@click.option("--data", metavar="FILE", help=_("XLSX, CSV, JSON or YAML; - is standard input"))
@click.option("--blank", type=click.IntRange(1, 1000), metavar="N", help=_("N empty coded copies"))
@out_folder
@click.option(
    "--format", "kind", type=click.Choice(FORMATS), default="both", help=_("which files to keep")
)
@click.option("--strict", is_flag=True, help=_("issue nothing if any row has a fault"))
@click.option("--again", is_flag=True, help=_("issue a second copy on purpose"))
@click.option(
    "--print-run", is_flag=True, help=_("also one PDF of the whole batch, with an index, to print")
)
@reporting
def generate(
    reporter: Reporter,
    names: tuple[str, ...],
    set_name: str | None,
    data: str | None,
    blank: int | None,
    out: Path | None,
    kind: str,
    strict: bool,
    again: bool,
    print_run: bool,
) -> ExitCode:
    """Rows without a fault are done all the same, unless --strict."""
    settings = common.settings()
    if bool(names) == bool(set_name):
        raise UsageError(_("name forms or one --set"), hint=_("see paperloop form list"))
    if (data is None) == (blank is None):
        raise UsageError(
            _("give --data FILE, or --blank N"), hint=_("see paperloop generate --help")
        )

    from pipeline.flow import generate as flow
    from pipeline.flow import identities, printrun, wishes
    from pipeline.forms import lint

    options = flow.Options(
        out=out or settings.issued,
        docx=kind in ("docx", "both"),
        pdf=kind in ("pdf", "both"),
        again=again,
    )
    chosen = wishes.chosen(names, set_name, settings)
    for choice in chosen:
        for warning in lint.at_issue(choice.form, settings):
            reporter.problem(warning)
    wanted, problems = wishes.from_data(chosen, data, settings) if data else ([], [])
    for problem in problems:
        reporter.problem(problem)
    faulty = any(p.level == "error" for p in problems)
    if faulty and strict:
        raise DataError(_("nothing was issued (--strict)"), hint=_("mend the rows named above"))
    count: dict[str, list[int]] = {}
    codes = [ExitCode.BAD_DATA if faulty else ExitCode.DONE]
    done: list[flow.Issued] = []
    pile: Path | None = None

    def refuse(wish: Wish, error: PaperloopError) -> None:
        found = error.problem
        where = ", ".join(part for part in (wish.where, found.where) if part)
        reporter.problem(Problem(found.what, where, found.hint))
        codes.append(error.exit_code)

    with reporter.writing(settings) as registry:
        people = {one.where: one.person for one in wanted if one.person}
        for problem in identities.doubts(people, registry.people() if people else ()):
            reporter.problem(problem)
        if blank:
            wanted = wishes.blanks(chosen, blank, registry.papers_about("") + 1, settings)
        with reporter.progress(_("Papers"), len(wanted)) as advance:
            for issued in flow.issue(wanted, settings, registry, options, advance, refuse):
                reporter.record(issued.as_json())
                if print_run:
                    done.append(issued)
                per_form = count.setdefault(issued.paper.form, [0, 0, 0])
                per_form[0] += 1
                per_form[1] += issued.new
                per_form[2] += issued.paper.pages
        if done:
            pile = printrun.write(done, settings, registry, options.out)
    if count:
        rows = [(form, *numbers) for form, numbers in count.items()]
        reporter.table((_("form"), _("papers"), _("new"), _("pages")), rows)
        total = sum(numbers[0] for numbers in count.values())
        text = ngettext("{n} paper is in {folder}", "{n} papers are in {folder}", total)
        reporter.say(text.format(n=total, folder=settings.relative(options.out)))
        if pile:
            reporter.say(_("to be printed: {file}").format(file=settings.relative(pile)))
    elif not any(codes):
        reporter.say(_("The data hold no rows for these forms."))
    return outcome(codes)
