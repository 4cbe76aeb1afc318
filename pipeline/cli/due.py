"""``paperloop due``: what must be done by when, the most overdue first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import common
from pipeline.cli.options import out_file, said
from pipeline.cli.output import Reporter, reporting
from pipeline.i18n import _, ngettext

if TYPE_CHECKING:
    from pipeline.personnel.terms import Term

AHEAD_DAYS = 30


@click.command()
@click.option("--until", metavar="DATE", help=_("up to this day (default: a month ahead)"))
@click.option("--done", metavar="TERM", help=_("say that a term was met"))
@said
@out_file(".xlsx", ".csv", ".ics")
@reporting
def due(
    reporter: Reporter, until: str | None, done: str | None, why: str, by: str, out: Path | None
) -> None:
    """A term stands until somebody says that it is done."""
    settings = common.settings()
    from pipeline.flow import due as flow

    last = common.day(until) if until else settings.today + timedelta(AHEAD_DAYS)
    with common.registry(settings) as registry:
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
        from pipeline.data import export
        from pipeline.files import temporary_files, write_atomic
        from pipeline.personnel import agenda

        kind = out.suffix.lower()
        is_calendar = kind == ".ics"
        with temporary_files(settings.output):
            content = (
                agenda.to_ical(found, settings.today)
                if is_calendar
                else export.table(kind, _("terms"), *_sheet(columns, found, settings.today))
            )
        write_atomic(out, content)


def _sheet(
    columns: tuple[str, ...], found: Sequence[Term], today: date
) -> tuple[tuple[str, ...], list[tuple[str | date, ...]]]:
    """The columns and rows of a file: days to sort by, and what is late in a column of its own."""
    late = _("overdue")
    rows: list[tuple[str | date, ...]] = [
        (one.day, *_words(one), late if one.day < today else "") for one in found
    ]
    return (*columns, late), rows


def _row(one: Term, today: date) -> tuple[str, ...]:
    day = one.day.isoformat() + (" !" if one.day < today else "")
    return (day, *_words(one))


def _words(one: Term) -> tuple[str, ...]:
    return (one.subject, one.who, one.what, one.ground, one.id)
