"""``paperloop inventory``: внутренняя опись of personal files."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import common
from pipeline.cli.options import out_folder, secret
from pipeline.cli.output import Reporter, reporting
from pipeline.errors import UsageError
from pipeline.i18n import _


@click.command()
@click.argument("subjects", metavar="SUBJECT…", nargs=-1, required=True)
@secret
@out_folder
@reporting
def inventory(
    reporter: Reporter, subjects: tuple[str, ...], secret: bool, out: Path | None
) -> None:
    """An unchanged file gives the same inventory again."""
    settings = common.settings()
    from pipeline.flow import inventory as flow
    from pipeline.flow.generate import Options
    from pipeline.personnel import dossier
    from pipeline.personnel import inventory as inventories

    options = Options(out or settings.issued)
    rows = []
    with reporter.writing(settings) as registry:
        files = dossier.read(registry, settings, subjects)
        wanted = [inventories.of(one.separate if secret else one) for one in files]
        if secret and (empty := next((one for one in wanted if not one.rows), None)):
            raise UsageError(_("there are no secret documents in this file"), where=empty.file)
        with reporter.progress(_("Inventories"), len(wanted)) as advance:
            for listed in flow.issue(wanted, settings, registry, options, advance):
                answer = listed.as_json()
                reporter.record(answer)
                name = listed.inventory.person.full_name
                keys = ("documents", "sheets", "own_sheets", "pdf")
                rows.append((answer["subject"], name, *(answer[key] for key in keys)))
    columns = (
        _("number"),
        _("person"),
        _("documents"),
        _("sheets"),
        _("sheets of the inventory"),
        _("file"),
    )
    reporter.table(columns, rows)
