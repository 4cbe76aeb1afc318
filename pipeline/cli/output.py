"""The one door for printing: JSON Lines on stdout or to a file, words and tables on stderr."""

from __future__ import annotations

import functools
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from pipeline.cli import common, table
from pipeline.errors import ExitCode, Problem, UsageError
from pipeline.files import private_folder, run_lock
from pipeline.i18n import _

if TYPE_CHECKING:
    from pipeline.registry import Registry
    from pipeline.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

_PIPE_WIDTH = 120  # columns of a table that goes to a file: wide enough for a line of Russian


class Reporter:
    """Says what a command did. ``use`` it as a context: the JSON file appears at the end.

    The file is written beside its final name and put in place when the command ends, however it
    ends: never half a line, and an earlier report stays whole until then.
    """

    def __init__(self, *, as_json: bool = False, json_to: Path | None = None, quiet: bool = False):
        self._as_json = as_json
        self._json_to = json_to
        self._quiet = quiet
        self._file: IO[str] | None = None

    def __enter__(self) -> Reporter:
        if self._json_to:
            refuse_other_files(self._json_to)
            folder = private_folder(self._json_to.parent)
            handle, self._part = tempfile.mkstemp(".unfinished", f".{self._json_to.name}.", folder)
            self._file = os.fdopen(handle, "w", encoding="utf-8", newline="\n")
        return self

    def __exit__(self, *exception: object) -> None:
        if self._file and self._json_to:
            try:
                self._file.close()
            except OSError:  # the disk is full: an earlier report stays
                Path(self._part).unlink(missing_ok=True)
                raise
            Path(self._part).replace(self._json_to)

    def record(self, answer: Mapping[str, Any]) -> None:
        """One object of the contract's JSON; nothing is said unless --json or --json-to asks."""
        if not self.records:
            return
        line = json.dumps(answer, ensure_ascii=False)
        if self._as_json:
            click.echo(line)
        if self._file:
            self._file.write(line + "\n")
            self._file.flush()

    @property
    def records(self) -> bool:
        """Does anybody ask for the objects? Where nobody does, a long list need not make them."""
        return self._as_json or self._file is not None

    @property
    def fills_stdout(self) -> bool:
        """Does --json have standard output to itself?"""
        return self._as_json

    def content(self, content: bytes) -> None:
        """A file's content on standard output, for a command that was given no file to make."""
        click.echo(content, nl=False)

    def say(self, text: str) -> None:
        """A line for a person."""
        if not self._quiet:
            click.echo(text, err=True)

    def problem(self, problem: Problem) -> None:
        """What is wrong, even under --quiet."""
        complain(str(problem), "red" if problem.level == "error" else "yellow")

    def alone(self, output: Path) -> AbstractContextManager[None]:
        """Hold the workspace (see ``files.run_lock``), saying so where another command has it."""
        return run_lock(output, self._waits)

    def _waits(self) -> None:
        self.say(_("another paperloop command is writing here: waiting for it to end"))

    @contextmanager
    def writing(self, settings: Settings) -> Iterator[Registry]:
        """The registry, for a command that holds the workspace ``alone``."""
        with (
            self.alone(settings.output),
            common.registry(settings) as registry,
            registry.alone(self._waits),
        ):
            yield registry

    def table(
        self, columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = ""
    ) -> None:
        """A table for a person; every cell is printed as it is."""
        if self._quiet:
            return
        cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
        width = shutil.get_terminal_size().columns if sys.stderr.isatty() else _PIPE_WIDTH
        is_drawn = (sys.stderr.encoding or "").lower().startswith("utf")
        frame = table.DRAWN if is_drawn else table.PLAIN
        drawn = list(table.lines(columns, cells, width, frame, _strong))
        above = table.wrapped(title, width) if title else ()
        click.echo("\n".join([*above, *drawn]), err=True)

    @contextmanager
    def progress(self, title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """A bar while something long runs: ``with … as advance: advance(1)``.

        It is drawn only for a person: not under --quiet, not into a file.
        """
        if self._quiet or not sys.stderr.isatty():
            yield lambda n: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as Remaining

        console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Remaining())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(title, total=total)
            yield lambda n: bar.advance(task, n)


def reporting(
    command: Callable[Concatenate[Reporter, P], R],
) -> Callable[P, R]:
    """Add --json and --json-to; the command gets the Reporter as its first argument."""

    @click.option("--json", "as_json", is_flag=True, help=_("JSON Lines on standard output"))
    @click.option(
        "--json-to",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help=_("JSON Lines to a file; replaces only a file of JSON Lines"),
    )
    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        as_json, json_to = kwargs.pop("as_json"), kwargs.pop("json_to")
        assert isinstance(as_json, bool) and (json_to is None or isinstance(json_to, Path))
        with Reporter(as_json=as_json, json_to=json_to, quiet=common.quiet()) as reporter:
            return command(reporter, *args, **kwargs)

    return wrapped


def complain(text: str, colour: str = "red") -> None:
    """One line on stderr about what is wrong.

    It may hold a stranger's words, the name of a file say: what steers a terminal is not shown.
    """
    line = "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for sign in " ".join(text.split())
    )
    click.secho(line, fg=colour, err=True)


def outcome(codes: Iterable[ExitCode]) -> ExitCode:
    """The exit code of several: the lowest fault, then "something waits", else done (contract)."""
    faults = [code for code in codes if code != ExitCode.DONE]
    return min(faults, default=ExitCode.DONE)


def refuse_other_files(path: Path) -> None:
    """Raise UsageError unless ``path`` may be replaced by a report: new, or JSON Lines itself."""
    if not path.exists():
        return
    try:
        with path.open(encoding="utf-8") as stream:
            lines = all(isinstance(json.loads(line), dict) for line in stream if line.strip())
    except ValueError:  # neither UTF-8 nor JSON
        lines = False
    if not lines:
        raise UsageError(
            _("this file is not JSON Lines and is left as it is"),
            where=str(path),
            hint=_("give --json-to another name"),
        )


def _strong(text: str) -> str:
    return click.style(text, bold=True)
