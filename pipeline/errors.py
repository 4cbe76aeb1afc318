"""What can go wrong: an exception ends the command, a Problem travels with what it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import ClassVar

DEBUG_VARIABLE = "PAPERLOOP_DEBUG"  # a fault shows its traceback and ends the command
UNREADABLE = "unreadable-file"  # the contract's word for a file or a page that cannot be read


class ExitCode(IntEnum):
    """The exit codes of the command line (contract; stable)."""

    DONE = 0
    BUG = 1
    USAGE = 2
    BAD_DATA = 3
    BAD_FORM = 4
    TOOL_MISSING = 5
    TOOL_FAILED = 6
    NOTHING_READ = 7
    REGISTRY = 8
    WAITING = 10
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with somebody's data, form or file.

    ``what`` says what is wrong, ``where`` names the place (file, sheet, row, column, field),
    ``hint`` says what to do next. ``level`` is "error" or "warning": a warning stops nothing.
    """

    what: str
    where: str = ""
    hint: str = ""
    level: str = "error"

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.what) if part) + (
            f" → {self.hint}" if self.hint else ""
        )


Tell = Callable[[Problem, ExitCode], None]  # who hears of a problem that ends nothing


class PaperloopError(Exception):
    """Ends the command with ``exit_code``; the message is one line: where, what, what to do."""

    exit_code: ClassVar[ExitCode] = ExitCode.BUG

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.problem = Problem(what, where, hint)
        super().__init__(str(self.problem))


class UsageError(PaperloopError):
    """The command cannot mean anything: no such form, path or workspace."""

    exit_code = ExitCode.USAGE


class DataError(PaperloopError):
    """A file of data cannot be read, or holds what no form can take."""

    exit_code = ExitCode.BAD_DATA


class FormError(PaperloopError):
    """A form or its template is wrong."""

    exit_code = ExitCode.BAD_FORM


class ToolMissingError(PaperloopError):
    """A program, language pack or font that is needed is not installed."""

    exit_code = ExitCode.TOOL_MISSING


class ToolFailedError(PaperloopError):
    """A program was run and did not do its work."""

    exit_code = ExitCode.TOOL_FAILED


class ScanError(PaperloopError):
    """A file that came back cannot be read; ``reason`` is the contract's word for it."""

    exit_code = ExitCode.NOTHING_READ

    def __init__(self, what: str, *, reason: str, where: str = "", hint: str = "") -> None:
        super().__init__(what, where=where, hint=hint)
        self.reason = reason

    def __reduce__(self) -> tuple[object, ...]:
        """Keyword arguments do not travel between processes by themselves."""
        it = self.problem
        return partial(ScanError, reason=self.reason, where=it.where, hint=it.hint), (it.what,)


class RegistryError(PaperloopError):
    """The registry cannot be opened, is of another version, or refuses what it was told."""

    exit_code = ExitCode.REGISTRY
