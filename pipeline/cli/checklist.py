"""``paperloop checklist``: what each personal file has, lacks and does not need."""

from __future__ import annotations

from collections import Counter

import click

from pipeline.cli import common
from pipeline.cli.output import Reporter, reporting
from pipeline.i18n import _, in_language, ngettext


@click.command()
@click.argument("subjects", metavar="[SUBJECT]…", nargs=-1)
@reporting
def checklist(reporter: Reporter, subjects: tuple[str, ...]) -> None:
    """Without numbers: everybody's."""
    settings = common.settings()
    from pipeline import dossier
    from pipeline.registry import Registry

    words = {
        "received": _("received"),
        "missing": _("missing"),
        "not-needed": _("not needed"),
        "expired": _("expired"),
        "duplicate": _("received twice"),
    }
    rows: list[tuple[str, ...]] = []
    files, states = 0, Counter[str]()
    with Registry.open(settings.registry_url) as registry:
        for one in dossier.read(registry, settings, subjects):
            reporter.record(one.as_json())
            files += 1
            states.update(item.state for item in one.items)
            who = (one.person.subject, one.person.full_name)
            for item in one.items:
                title = in_language(item.title, item.title_en)
                rows.append((*who, title, words[item.state], item.why))
                who = ("", "")
    columns = (_("number"), _("person"), _("paper"), _("state"), _("why"))
    if rows:
        reporter.table(columns, rows)
    text = ngettext(
        "{n} file; received: {received}, missing: {missing}",
        "{n} files; received: {received}, missing: {missing}",
        files,
    )
    here = states["received"] + states["duplicate"]
    reporter.say(text.format(n=files, received=here, missing=states["missing"]))
