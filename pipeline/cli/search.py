"""``paperloop search``: documents found again, wherever in the files they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli import common
from pipeline.cli.output import Reporter, reporting
from pipeline.i18n import _, ngettext
from pipeline.records import binding

if TYPE_CHECKING:
    from pipeline.flow.search import Hit

LIMIT = 20
MOST = 1000


@click.command()
@click.argument("words", metavar="[WORD]…", nargs=-1)
@click.option("--person", default="", metavar="NAME", help=_("about this person (name or number)"))
@click.option(
    "--kind", default="", metavar="KIND", help=_("a form, an item, or words of its title")
)
@click.option("--department", default="", metavar="NAME", help=_("of people in this department"))
@click.option("--from", "since", metavar="DATE", help=_("dated, or come in, on this day or later"))
@click.option("--until", metavar="DATE", help=_("dated, or come in, on this day or earlier"))
@click.option("--rejected", is_flag=True, help=_("rejected documents too"))
@click.option(
    "--limit",
    type=click.IntRange(1, MOST),
    default=LIMIT,
    metavar="N",
    help=_("show so many (default: {n})").format(n=LIMIT),
)
@reporting
def search(
    reporter: Reporter,
    words: tuple[str, ...],
    person: str,
    kind: str,
    department: str,
    since: str | None,
    until: str | None,
    rejected: bool,
    limit: int,
) -> None:
    """All words must be met, in any form; the newest documents come first."""
    settings = common.settings()
    from pipeline.flow import search as flow

    asked = flow.Asked(
        words=" ".join(words),
        person=person,
        kind=kind,
        department=department,
        since=common.day(since) if since else None,
        until=common.day(until) if until else None,
        rejected=rejected,
    )
    with common.registry(settings) as registry:
        found = flow.search(asked, limit + 1, registry, settings)
    shown = found[:limit]
    for one in shown:
        reporter.record(one.as_json())
    columns = (
        _("name"),
        _("person"),
        _("document"),
        _("date"),
        _("state"),
        _("where"),
        _("found by"),
    )
    if shown:
        reporter.table(columns, [_row(one) for one in shown])
    text = ngettext("{n} document found", "{n} documents found", len(shown))
    reporter.say(text.format(n=len(shown)))
    if len(found) > limit:
        reporter.say(_("there are more: say more words, or a larger --limit"))


def _row(one: Hit) -> tuple[str, ...]:
    from pipeline.records.record import ACCEPTED, REJECTED, REVIEW
    from pipeline.registry.cards import ENTERED

    states = {
        ACCEPTED: _("accepted"),
        REVIEW: _("waits for a person"),
        REJECTED: _("rejected"),
        ENTERED: _("entered by hand"),
    }
    card, where = one.card, ""
    if one.line:
        where = f"№ {one.number}, {binding.sheets_of(one.line)}"
        if one.line.gone:
            where = _("taken out (№ {number})").format(number=one.number)
        elif one.line.entry.place:
            where += f"; {one.line.entry.place}"
    who = " ".join(filter(None, (card.subject, card.full_name)))
    day = card.day.isoformat()
    return (card.document, who, one.title, day, states[card.status], where, one.snippet)
