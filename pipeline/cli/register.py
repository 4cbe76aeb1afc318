"""``paperloop register``: the register of municipal servants, and the personnel reserve."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import common
from pipeline.cli.options import out_folder
from pipeline.cli.output import Reporter, reporting
from pipeline.errors import UsageError
from pipeline.i18n import _


@click.command()
@click.option("--consolidated", is_flag=True, help=_("by department, with how many in each"))
@click.option("--reserve", is_flag=True, help=_("the personnel reserve instead"))
@out_folder
@reporting
def register(reporter: Reporter, consolidated: bool, reserve: bool, out: Path | None) -> None:
    """Whose file is not closed; by name."""
    if consolidated and reserve:
        raise UsageError(_("say one thing at a time: --consolidated or --reserve"))
    settings = common.settings()
    from pipeline.flow import archive as flow
    from pipeline.flow.generate import Options

    options = Options(out or settings.issued)
    with reporter.writing(settings) as registry:
        if reserve:
            issued, said = flow.reserve(settings, registry, options)
        else:
            issued, said = flow.register(consolidated, settings, registry, options)
    answer = {
        "as_of": said["as_of"].isoformat(),
        **issued.files,
        "people": len(said["people"]),
        "rows": said["people"],
    }
    if consolidated:
        answer["departments"] = said["departments"]
    reporter.record(answer)
    columns = ["№", _("number"), _("person"), _("position")]
    keys = ["subject", "full_name", "position"]
    if reserve:
        columns += [_("included on"), _("decision"), _("for the position of")]
        keys += ["included_on", "index", "reserve_for"]
    else:
        columns += [_("department"), _("since")]
        keys += ["department", "hired_on"]
    rows = [(n, *(row[key] for key in keys)) for n, row in enumerate(said["people"], start=1)]
    reporter.table(columns, rows)
    if consolidated:
        counts = [(one["department"], one["people"]) for one in said["departments"]]
        reporter.table((_("department"), _("servants")), counts)
    reporter.say(_("to be printed: {file}").format(file=issued.paper.pdf))
