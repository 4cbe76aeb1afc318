"""``paperloop due``: what must be done by when, the most overdue first."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import common
from pipeline.cli.options import said
from pipeline.cli.output import Reporter, reporting
from pipeline.errors import UsageError
from pipeline.i18n import _, ngettext

if TYPE_CHECKING:
    from pipeline.terms import Term

AHEAD_DAYS = 30


@click.command()
@click.option("--until", metavar="DATE", help=_("up to this day (default: a month ahead)"))
@click.option("--done", metavar="TERM", help=_("say that a term was met"))
@said
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("the list as XLSX or CSV"),
)
@reporting
def due(
    reporter: Reporter, until: str | None, done: str | None, why: str, by: str, out: Path | None
) -> None:
    """A term stands until somebody says that it is done."""
    settings = common.settings()
    if out and out.suffix.lower() not in (".xlsx", ".csv"):
        raise UsageError(_("the list is XLSX or CSV"), where=str(out), hint=_("name it so"))
    if out and out.exists():
        raise UsageError(_("this file exists and is left as it is"), where=str(out))
    from pipeline.flow import due as flow
    from pipeline.registry import Registry

    last = common.day(until) if until else settings.today + timedelta(AHEAD_DAYS)
    with Registry.open(settings.registry_url) as registry:
        if done is not None:
            flow.done(done, why, common.user(by), registry, settings)
        found = flow.until(last, registry, settings)
    for one in found:
        reporter.record(
            {
                "term": one.id,
                "day": one.day.isoformat(),
                "overdue": one.day < settings.today,
                "subject": one.subject,
                "who": one.who,
                "what": one.what,
                "ground": one.ground,
            }
        )
    columns = (_("by"), _("number"), _("who"), _("what is due"), _("ground"), _("term"))
    rows = [_row(one, settings.today) for one in found]
    if rows:
        reporter.table(columns, rows)
    late = sum(one.day < settings.today for one in found)
    text = ngettext("{n} term; overdue: {late}", "{n} terms; overdue: {late}", len(found))
    reporter.say(text.format(n=len(found), late=late))
    if out:
        from pipeline import export
        from pipeline.files import write_atomic

        is_csv = out.suffix.lower() == ".csv"
        title = _("terms")
        content = export.to_csv(columns, rows) if is_csv else export.to_xlsx(title, columns, rows)
        write_atomic(out, content)


def _row(one: Term, today: date) -> tuple[str, ...]:
    day = one.day.isoformat() + (" !" if one.day < today else "")
    return (day, one.subject, one.who, one.what, one.ground, one.id)
