"""``paperloop archive copy``: searchable copies of accepted documents, to be kept for long."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import common
from pipeline.cli.options import out_folder, secret
from pipeline.cli.output import Reporter, outcome, reporting
from pipeline.errors import ExitCode, Problem
from pipeline.i18n import _, ngettext


@click.command(
    help=_("Searchable copies of accepted documents (PDF/A-2b), scans as they were; default: all.")
)
@click.argument("documents", metavar="[DOCUMENT]…", nargs=-1)
@secret
@out_folder
@reporting
def copy(
    reporter: Reporter, documents: tuple[str, ...], secret: bool, out: Path | None
) -> ExitCode:
    """A copy is made anew only when its document was read or settled anew."""
    settings = common.settings()
    from pipeline.flow import copies

    codes: list[ExitCode] = []

    def tell(problem: Problem, code: ExitCode) -> None:
        codes.append(code)
        reporter.problem(problem)

    folder = out or (settings.copies_apart if secret else settings.copies)
    made = unchanged = 0
    with reporter.writing(settings) as registry:
        names = copies.wanted(documents, registry, secret=secret)
        with reporter.progress(_("Archive copies"), len(names)) as advance:
            for one in copies.make(names, folder, settings, registry, tell):
                reporter.record(one.as_json())
                made, unchanged = made + one.new, unchanged + (not one.new)
                advance(1)
        for problem in () if documents else copies.left_over(folder, registry, secret=secret):
            reporter.problem(problem)
    text = ngettext("{n} archive copy was made", "{n} archive copies were made", made)
    reporter.say(text.format(n=made))
    if unchanged:
        text = ngettext("{n} was there already", "{n} were there already", unchanged)
        reporter.say(text.format(n=unchanged))
    reporter.say(_("they are in {folder}").format(folder=settings.relative(folder)))
    return outcome(codes)
