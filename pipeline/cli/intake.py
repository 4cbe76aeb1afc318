"""``paperloop intake``: take in files and folders of scans."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from pipeline.cli import common
from pipeline.cli.output import Reporter, reporting
from pipeline.errors import ExitCode, Problem, RegistryError, ScanError, UsageError
from pipeline.i18n import _, language, ngettext

if TYPE_CHECKING:
    from pipeline.settings import Settings

NAMED = 3  # files of a kind that is not read, of however many


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: os.cpu_count() or 1,
    help=_("pages read side by side (default: one a processor)"),
)
@click.option("--again", is_flag=True, help=_("read files anew that were taken in before"))
@click.option(
    "--watch", is_flag=True, help=_("go on with what the scanner writes there, until Ctrl+C")
)
@reporting
def intake(
    reporter: Reporter, paths: tuple[Path, ...], workers: int, again: bool, watch: bool
) -> ExitCode:
    """Originals are copied, never changed."""
    settings = common.settings()
    for path in paths:
        if not path.exists():
            raise UsageError(
                _("there is no such file or folder"), where=str(path), hint=_("check the path")
            )

    from pipeline.scans import inbox

    done = _Done()
    if watch:
        _watch(
            paths,
            settings,
            lambda files: _take_in(files, settings, reporter, workers, done),
            lambda others: reporter.problem(_unread(others, settings)),
            reporter.problem,
        )
        return _outcome(done)
    found = inbox.look(paths, settings.output)
    if found.others:
        reporter.problem(_unread(found.others, settings))
    for folder in found.closed:
        what, hint = _("the folder may not be looked into"), _("check its permissions")
        reporter.problem(Problem(what, settings.relative(folder), hint))
        done.faults.add(ExitCode.WAITING)
    if not found.scans:
        raise ScanError(
            _("there are no scans there (PDF, TIFF, JPEG, PNG)"),
            reason="",
            where=", ".join(str(path) for path in paths),
            hint=_("name the folder into which the scanner writes"),
        )
    _take_in(found.scans, settings, reporter, workers, done, again=again)
    return _outcome(done)


@dataclass(slots=True)
class _Done:
    """What became of the documents of a call; ``faults`` are the exit codes of what failed."""

    count: Counter[str] = field(default_factory=Counter)
    faults: set[ExitCode] = field(default_factory=set)


def _take_in(
    files: Sequence[Path],
    settings: Settings,
    reporter: Reporter,
    workers: int,
    done: _Done,
    *,
    again: bool = False,
) -> None:
    """One batch: its documents told one by one, its summary, its report."""
    from pipeline.files import unused, write_atomic
    from pipeline.flow import intake as flow
    from pipeline.flow import review
    from pipeline.records import reasons, record, report
    from pipeline.scans import scan

    fate: dict[tuple[str, str], str] = {}
    waiting: dict[tuple[str, str], tuple[str, str, str, str]] = {}
    pile: report.Pile = {}
    describe = review.describer(settings)

    def tell(problem: Problem, code: ExitCode) -> None:
        reporter.problem(problem)
        done.faults.add(code)

    with (
        reporter.writing(settings) as registry,
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
            is_secret = registry.is_secret(document.id)
            report.add(pile, document, describe, secret=is_secret)
            is_repeated = "duplicate" in document.reasons
            # A paper whose pages come in several files is told of anew: the last word counts.
            one = document.id, document.source if is_repeated else ""
            fate[one] = "duplicate" if is_repeated else document.status
            if document.status == record.ACCEPTED:
                waiting.pop(one, None)
                continue
            first = document.pages[0].source_page if document.pages else ""
            place = f"{document.source} {first}".strip()
            why = reasons.sentence(document.reasons)
            if is_secret:
                waiting[one] = (place, "", "", report.secrecy())
            else:
                told = f"{why} ({document.earlier})" if is_repeated else why
                waiting[one] = (place, document.form or "", document.subject or "", told)
    count = Counter(fate.values())
    done.count += count
    if waiting:
        reporter.table((_("file, page"), _("form"), _("person"), _("why")), [*waiting.values()])
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
    if count.total() > count["duplicate"]:
        day = f"{settings.today:%Y-%m-%d}"
        path = unused(settings.reports, f"intake-{day}-{{number:03}}.html")
        title = _("Scans taken in on {date}").format(date=f"{settings.today:%d.%m.%Y}")
        write_atomic(path, report.html(pile, title).encode("utf-8"))
        reporter.say(_("every sheet of the pile: {file}").format(file=settings.relative(path)))


def _unread(others: Sequence[Path], settings: Settings) -> Problem:
    """Scans of a kind that is not read may be among them: they must not be missed."""
    names = [settings.relative(path) for path in others[:NAMED]] + ["…"] * (len(others) > NAMED)
    what = ngettext(
        "{n} file is of a kind that is not read: {names}",
        "{n} files are of a kind that is not read: {names}",
        len(others),
    ).format(n=len(others), names=", ".join(names))
    hint = _("save those that are scans as PDF, TIFF, JPEG or PNG and take them in")
    return Problem(what, "", hint, "warning")


def _watch(
    paths: tuple[Path, ...],
    settings: Settings,
    take_in: Callable[[Sequence[Path]], None],
    tell: Callable[[Sequence[Path]], None],
    tell_trouble: Callable[[Problem], None],
) -> None:
    """Take in what comes, until Ctrl+C or the system says to stop; a batch begun is finished.

    A registry that cannot be reached is told once, and tried again until it can.
    """
    from pipeline.flow.watch import AGAIN_SECONDS, LOOK_SECONDS, Watch

    stop = threading.Event()

    def stopping(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():  # the second time means at once
            raise KeyboardInterrupt
        stop.set()

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, stopping) for one in signals]
    watch, told = Watch(paths, settings.output), None
    try:
        while not stop.is_set():
            files = watch.ready(time.monotonic())
            if others := watch.others():
                tell(others)
            if not files:
                stop.wait(LOOK_SECONDS)
                continue
            try:
                take_in(files)
                told = None
            except RegistryError as error:
                if told != error.problem:
                    tell_trouble(error.problem)
                told = error.problem
                watch.put_back(files)
                stop.wait(AGAIN_SECONDS)
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)


def _outcome(done: _Done) -> ExitCode:
    """A failed tool's code; 7 where no scan could be read; 10 where something waits or failed."""
    from pipeline.records.record import REJECTED, REVIEW

    if ExitCode.TOOL_FAILED in done.faults:
        return ExitCode.TOOL_FAILED
    failed = done.count[REJECTED]
    if failed and failed == done.count.total() and ExitCode.NOTHING_READ in done.faults:
        return ExitCode.NOTHING_READ
    waits = done.count[REVIEW] or failed or ExitCode.WAITING in done.faults
    return ExitCode.WAITING if waits else ExitCode.DONE
