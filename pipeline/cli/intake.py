"""``paperloop intake``: take in files and folders of scans."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import click

from pipeline.cli import common
from pipeline.cli.output import Reporter, reporting
from pipeline.errors import ExitCode, Problem, ScanError, UsageError
from pipeline.i18n import _, language


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(path_type=Path))
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

    files = scan.find(paths, settings.output)
    if not files:
        raise ScanError(
            _("there are no scans there (PDF, TIFF, JPEG, PNG)"),
            reason="",
            where=", ".join(str(path) for path in paths),
            hint=_("name the folder into which the scanner writes"),
        )
    count: Counter[str] = Counter()
    waiting: list[tuple[str, str, str, str]] = []
    faults: set[ExitCode] = set()

    def tell(problem: Problem, code: ExitCode) -> None:
        reporter.problem(problem)
        faults.add(code)

    with (
        run_lock(settings.output),
        Registry.open(settings.registry_url) as registry,
        reporter.progress(_("Pages"), scan.count_pages(files)) as advance,
    ):
        for document in flow.intake(
            files,
            settings,
            registry,
            workers=workers,
            language=language(),
            again=again,
            advance=advance,
            tell=tell,
        ):
            reporter.record(record.as_json(document))
            is_repeated = "duplicate" in document.reasons
            count["duplicate" if is_repeated else document.status] += 1
            if document.status == record.ACCEPTED:
                continue
            first = document.pages[0].source_page if document.pages else ""
            why = reasons.sentence(document.reasons)
            waiting.append(
                (
                    f"{document.source} {first}".strip(),
                    document.form or "",
                    document.subject or "",
                    f"{why} ({document.earlier})" if is_repeated else why,
                )
            )
    if waiting:
        reporter.table((_("file, page"), _("form"), _("person"), _("why")), waiting)
    reporter.say(
        _(
            "accepted: {accepted}, for a person: {review}, not taken in: {rejected}, "
            "taken in before: {duplicate}"
        ).format(
            accepted=count[record.ACCEPTED],
            review=count[record.REVIEW],
            rejected=count[record.REJECTED],
            duplicate=count["duplicate"],
        )
    )
    return _outcome(count, faults)


def _outcome(count: Counter[str], faults: set[ExitCode]) -> ExitCode:
    """A failed tool's code; 7 where no scan could be read; 10 where something waits or failed."""
    if ExitCode.TOOL_FAILED in faults:
        return ExitCode.TOOL_FAILED
    failed = count["rejected"]
    if failed == count.total() and ExitCode.NOTHING_READ in faults:
        return ExitCode.NOTHING_READ
    return ExitCode.WAITING if count["review"] or failed else ExitCode.DONE
