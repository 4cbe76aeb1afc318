"""``paperloop intake``: take in files and folders of scans."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import click

from pipeline.cli import common
from pipeline.cli.output import Reporter, reporting
from pipeline.errors import ExitCode, UsageError
from pipeline.i18n import _, language


@click.command()
@click.argument(
    "paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: os.cpu_count() or 1,
    help=_("pages read side by side (default: one a processor)"),
)
@click.option("--again", is_flag=True, help=_("read files anew that were taken in before"))
@reporting
def intake(reporter: Reporter, paths: tuple[Path, ...], workers: int, again: bool) -> ExitCode:
    """Originals are copied, never changed."""
    settings = common.settings()
    for path in paths:
        if not path.exists():
            raise UsageError(
                _("there is no such file or folder"), where=str(path), hint=_("check the path")
            )

    from pipeline import reasons, record, scan
    from pipeline.files import run_lock
    from pipeline.flow import intake as flow
    from pipeline.registry import Registry

    files = scan.find(paths)
    if not files:
        reporter.say(_("There are no scans there (PDF, TIFF, JPEG, PNG)."))
        return ExitCode.NOTHING_READ
    count: Counter[str] = Counter()
    waiting: list[tuple[str, str, str, str]] = []
    why: Counter[str] = Counter()
    with run_lock(settings.output), Registry.open(settings.registry_url) as registry:
        with reporter.progress(_("Pages"), scan.count_pages(files)) as advance:
            for document in flow.intake(
                files,
                settings,
                registry,
                workers=workers,
                language=language(),
                again=again,
                advance=advance,
            ):
                reporter.record(record.as_json(document))
                count[document.status] += 1
                why.update(document.reasons)
                if document.status != record.ACCEPTED:
                    first = document.pages[0].source_page if document.pages else ""
                    waiting.append(
                        (
                            f"{document.source} {first}".strip(),
                            document.form or "",
                            document.subject or "",
                            reasons.sentence(document.reasons),
                        )
                    )
    if waiting:
        reporter.table((_("file, page"), _("form"), _("person"), _("why")), waiting)
    reporter.say(
        _("accepted: {accepted}, for a person: {review}, not taken in: {rejected}").format(
            accepted=count[record.ACCEPTED],
            review=count[record.REVIEW],
            rejected=count[record.REJECTED],
        )
    )
    return _outcome(count, why)


def _outcome(count: Counter[str], why: Counter[str]) -> ExitCode:
    """7 where no scan could be read; 10 where something waits; only duplicates are no fault."""
    failed = count["rejected"] - why["duplicate"] - why["blank"]
    if failed and not (count["accepted"] or count["review"] or why["duplicate"] or why["blank"]):
        return ExitCode.NOTHING_READ
    return ExitCode.WAITING if count["review"] or failed else ExitCode.DONE
