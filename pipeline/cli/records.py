"""``paperloop records``: what was read back from paper, as JSON Lines, CSV or XLSX."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from pipeline.cli import common
from pipeline.cli.options import secret
from pipeline.cli.output import Reporter, refuse_other_files, reporting
from pipeline.errors import UsageError
from pipeline.i18n import _, ngettext

FORMATS = ("jsonl", "csv", "xlsx")
SHEET = "records"
_FIRST = ("record", "document", "paper", "form", "subject", "status")
_LAST = ("signed", "signed_on", "struck", "without", "settled_by", "taken_in_at")


@click.command()
@click.option("--form", metavar="FORM", help=_("only of this form"))
@click.option("--subject", metavar="SUBJECT", help=_("only of this person"))
@secret
@click.option("--all", "everything", is_flag=True, help=_("what is not accepted too"))
@click.option("--format", "kind", type=click.Choice(FORMATS), help=_("by default as --out ends"))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("the file to make (default: standard output)"),
)
@reporting
def records(
    reporter: Reporter,
    form: str | None,
    subject: str | None,
    secret: bool,
    everything: bool,
    kind: str | None,
    out: Path | None,
) -> None:
    """A file that exists is replaced only if it is an earlier export."""
    settings = common.settings()
    from pipeline.data import export
    from pipeline.files import temporary_files, write_atomic
    from pipeline.flow import records as flow
    from pipeline.forms import form as forms
    from pipeline.personnel import dossier

    chosen = kind or _kind_of(out)
    if chosen == "xlsx" and out is None:
        raise UsageError(_("a workbook is no text to print"), hint=_("give --out FILE"))
    if chosen == "csv" and out is None and reporter.fills_stdout:
        raise UsageError(_("--json has standard output to itself"), hint=_("give --out FILE"))
    if form:
        forms.load(form, settings)
    if out:
        _may_replace(out, chosen)
    with common.registry(settings) as registry:
        if subject:
            dossier.person(subject, registry)
        found = []
        for one in flow.read(
            registry, settings, form=form, subject=subject, everything=everything, secret=secret
        ):
            reporter.record(one)
            found.append(one)
    if chosen == "jsonl":
        content = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in found).encode()
    else:
        columns, rows = _flat(found)
        if chosen == "csv":
            content = export.to_csv(columns, rows)
        else:
            with temporary_files(settings.output):
                content = export.to_xlsx(SHEET, columns, rows)
    if out:
        write_atomic(out, content)
        text = ngettext("{n} record is in {file}", "{n} records are in {file}", len(found))
        reporter.say(text.format(n=len(found), file=settings.relative(out)))
    elif not reporter.fills_stdout:
        reporter.content(content)


def _kind_of(out: Path | None) -> str:
    suffix = out.suffix.lower().removeprefix(".") if out else ""
    return suffix if suffix in FORMATS else FORMATS[0]


def _flat(found: list[dict[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """One row a record, one column a field of any of them, in the order they are first met."""
    fields = list(dict.fromkeys(name for one in found for name in one["fields"]))
    return [*_FIRST, *fields, *_LAST], [
        [
            *(one[name] for name in _FIRST),
            *(one["fields"].get(name) for name in fields),
            *(_cell(one, name) for name in _LAST),
        ]
        for one in found
    ]


def _cell(one: Mapping[str, Any], name: str) -> Any:
    return "; ".join(one[name]) if isinstance(one[name], list) else one[name]


def _may_replace(out: Path, kind: str) -> None:
    """Raise UsageError where another file than an earlier export would be lost."""
    if not out.exists():
        return
    if kind == "jsonl":
        refuse_other_files(out)
        return
    from pipeline.data import book
    from pipeline.errors import DataError

    try:
        rows = book.read(out).sheets[0].rows
        ours = bool(rows) and rows[0][1][0] == _FIRST[0]
    except (DataError, IndexError):
        ours = False
    if not ours:
        raise UsageError(
            _("this file is not an earlier export and is left as it is"),
            where=str(out),
            hint=_("give --out another name"),
        )
