"""``paperloop doctor``: what is missing here, and the command that mends it."""

from __future__ import annotations

from dataclasses import asdict

import click

from pipeline.cli import common
from pipeline.cli.output import Reporter, outcome, reporting
from pipeline.errors import ExitCode, Problem
from pipeline.i18n import _, ngettext


@click.command
@reporting
def doctor(reporter: Reporter) -> ExitCode:
    """Check tools, languages, fonts, folders and the registry."""
    from pipeline.doctor import examine

    checks = examine(common.workspace(), common.today())
    marks = {"ok": "✓", "warning": "!", "error": "✗"}
    columns = ("", _("what"), _("found"), _("what to do"))
    reporter.table(columns, [(marks[c.level], c.name, c.found, c.mend) for c in checks])
    for check in checks:
        reporter.record({key: value for key, value in asdict(check).items() if key != "exit_code"})
        if check.level == "error" and common.quiet():
            reporter.problem(Problem(check.found, check.name, check.mend))
    faults = sum(check.level == "error" for check in checks)
    if faults:
        text = ngettext(
            "{n} thing is missing or broken", "{n} things are missing or broken", faults
        )
        reporter.say(text.format(n=faults))
    else:
        reporter.say(_("Everything that is needed is here."))
    return outcome(check.exit_code for check in checks)
