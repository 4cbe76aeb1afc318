"""``paperloop checklist``: what each personal file has, lacks and does not need."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import common
from pipeline.cli.options import describing, said
from pipeline.cli.output import Reporter, reporting
from pipeline.errors import UsageError
from pipeline.i18n import _, in_language, ngettext

if TYPE_CHECKING:
    from pipeline.dossier import Dossier, Item
    from pipeline.registry import Registry
    from pipeline.settings import Settings

_NAMED = 3  # missing things named in the line of a person; the person's own list has them all


@click.command()
@click.argument("subjects", metavar="[SUBJECT]…", nargs=-1)
@click.option("--tick", metavar="ITEM", help=_("a document of this item came: enter it"))
@click.option("--waive", metavar="ITEM", help=_("this file does not need the item (--why)"))
@click.option("--need", metavar="ITEM", help=_("it does, after all: takes --waive back (--why)"))
@said
@reporting
@describing
def checklist(
    reporter: Reporter,
    subjects: tuple[str, ...],
    tick: str | None,
    waive: str | None,
    need: str | None,
    why: str,
    by: str,
    new: dict[str, Any],
) -> None:
    """Without numbers: everybody's, those first who lack the most."""
    settings = common.settings()
    from pipeline import dossier
    from pipeline.registry import Registry

    told = [one for one in (tick, waive, need) if one is not None]
    if told and len(subjects) != 1:
        raise UsageError(_("say whose file it is: one number"))
    if len(told) > 1:
        raise UsageError(_("say one thing at a time: --tick, --waive or --need"))
    if not told and any(value not in ("", None, 1) for value in new.values()):
        raise UsageError(_("say which document it is about: --tick ITEM"))
    with Registry.open(settings.registry_url) as registry:
        if told:
            _enter(subjects[0], tick, waive, need, why, by, new, registry, settings)
        files = list(dossier.read(registry, settings, subjects))
    for one in files:
        reporter.record(one.as_json())
    if subjects:
        for one in files:
            _show(reporter, one)
    else:
        _show_all(reporter, files)
    states = Counter(item.state for one in files for item in one.items)
    text = ngettext(
        "{n} file; received: {received}, missing: {missing}",
        "{n} files; received: {received}, missing: {missing}",
        len(files),
    )
    here = states["received"] + states["duplicate"]
    lacking = states["missing"] + states["expired"]
    reporter.say(text.format(n=len(files), received=here, missing=lacking))


def _enter(
    subject: str,
    tick: str | None,
    waive: str | None,
    need: str | None,
    why: str,
    by: str,
    new: dict[str, Any],
    registry: Registry,
    settings: Settings,
) -> None:
    from pipeline.files import run_lock
    from pipeline.flow import filing

    who = common.user(by)
    with run_lock(settings.output):
        if waive is not None:
            filing.waive(subject, waive, why, who, registry, settings)
        elif need is not None:
            filing.need(subject, need, why, who, registry, settings)
        elif tick is not None:
            wanted = filing.New(tick, **new)
            filing.add(subject, wanted, who, registry, settings)


def _words() -> dict[str, str]:
    return {
        "received": _("received"),
        "missing": _("missing"),
        "not-needed": _("not needed"),
        "expired": _("expired"),
        "duplicate": _("received twice"),
    }


def _title(item: Item) -> str:
    return in_language(item.title, item.title_en)


def _show(reporter: Reporter, one: Dossier) -> None:
    words = _words()
    rows = [(i.mark, i.item, _title(i), words[i.state], i.why) for i in one.items]
    columns = ("", _("item"), _("paper"), _("state"), _("why"))
    if rows:
        reporter.table(columns, rows, f"{one.person.subject} {one.person.full_name}")


def _show_all(reporter: Reporter, files: list[Dossier]) -> None:
    rows = []
    for one in files:
        lacking = [item for item in one.items if item.state in ("expired", "missing")]
        named = "; ".join(_title(item) for item in lacking[:_NAMED])
        if len(lacking) > _NAMED:
            named += f"; +{len(lacking) - _NAMED}"
        received = sum(item.state in ("received", "duplicate") for item in one.items)
        who = (one.person.subject, one.person.full_name)
        rows.append((len(lacking), (*who, received, len(lacking), named)))
    rows.sort(key=lambda row: -row[0])
    columns = (_("number"), _("person"), _("received"), _("missing"), _("what is missing"))
    if rows:
        reporter.table(columns, [row for _lacking, row in rows])
