"""``paperloop``: finds the command, and turns every way to end into a line and an exit code.

Commands are imported when they are called, so that ``--help`` is quick.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click

from pipeline import __version__
from pipeline.cli import common
from pipeline.cli.output import complain
from pipeline.errors import DEBUG_VARIABLE, ExitCode, PaperloopError
from pipeline.files import cannot_write, is_full
from pipeline.i18n import _


class Entry(NamedTuple):
    """A command: the module that holds a click command of the same name, and its help."""

    module: str
    help: str


def commands() -> dict[str, Entry]:
    """Every command, in the order of the work: the one table where a new one is entered."""
    return {
        "init": Entry("pipeline.cli.init", _("Make a workspace that can print at once.")),
        "doctor": Entry("pipeline.cli.doctor", _("Check what is needed and say how to mend it.")),
        "form": Entry("pipeline.cli.form", _("See and check the forms.")),
        "data": Entry("pipeline.cli.data", _("Make the sheets that people fill in.")),
        "generate": Entry("pipeline.cli.generate", _("Fill and issue forms for rows of data.")),
        "intake": Entry("pipeline.cli.intake", _("Take in scans and read them into records.")),
        "review": Entry("pipeline.cli.review", _("See and settle what waits for a person.")),
        "records": Entry("pipeline.cli.records", _("Export what was read back from paper.")),
        "checklist": Entry("pipeline.cli.checklist", _("See what personal files have and lack.")),
        "search": Entry("pipeline.cli.search", _("Find documents by person, kind, words, dates.")),
        "file": Entry("pipeline.cli.file", _("Keep personal files: what is bound in them.")),
        "due": Entry("pipeline.cli.due", _("See what must be done by when.")),
        "inventory": Entry("pipeline.cli.inventory", _("List the papers of personal files.")),
        "archive": Entry("pipeline.cli.archive", _("List the files that go to the archive.")),
        "handover": Entry("pipeline.cli.handover", _("Hand documents over, and take them back.")),
        "attachment-sheets": Entry(
            "pipeline.cli.attachments",
            _("Print sheets to lay before documents and scan with them."),
        ),
        "familiarisation": Entry(
            "pipeline.cli.familiarisation", _("Have servants sign that they saw their files.")
        ),
        "register": Entry("pipeline.cli.register", _("List the municipal servants.")),
    }


class Program(click.Group):
    """The group of all commands, each imported when it is called; help imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the table's order."""
        return list(commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command with its help and the global options, or None."""
        if cmd_name not in self.commands and (entry := commands().get(cmd_name)):
            module = importlib.import_module(entry.module)
            command: click.Command = getattr(module, cmd_name.replace("-", "_"))
            command.help = entry.help
            self.commands[cmd_name] = common.share_options(command)
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table itself, so that no module is imported for it."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, entry.help) for name, entry in commands().items()])


def program() -> Program:
    """The command line in the language in use now."""
    group = Program(
        "paperloop",
        help=_("Fill paper forms from data, and read the signed sheets back from their scans."),
        params=common.global_options(),
        no_args_is_help=True,
    )
    return click.version_option(__version__, prog_name="paperloop")(group)


def run(arguments: Sequence[str]) -> int:
    """Run one command; the exit code of the contract. Nothing is raised."""
    asked = list(arguments)
    try:
        common.speak(common.asked_language(asked))
        answer = program().main(asked, prog_name="paperloop", standalone_mode=False)
    except PaperloopError as error:
        complain(str(error))
        return error.exit_code
    except click.ClickException as error:
        return _usage(error)
    except (click.Abort, KeyboardInterrupt):
        complain(_("interrupted; what was done stays done"))
        return ExitCode.INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.INTERRUPTED
    except OSError as error:
        if not is_full(error):
            return _bug(error)
        told = cannot_write(None, error)
        complain(str(told))
        return told.exit_code
    except UnicodeEncodeError as error:
        # The name of a file may be any bytes; a person's number or a reason may not.
        if all(map(_is_text, asked)):
            return _bug(error)
        complain(_("a word of the command is not text in UTF-8 → write it anew"))
        return ExitCode.USAGE
    except Exception as error:
        return _bug(error)
    return answer if isinstance(answer, int) else ExitCode.DONE


def main() -> None:
    """The entry point: UTF-8 whatever the console's code page, and the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def _is_text(argument: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in argument)


def _usage(error: click.ClickException) -> int:
    context = getattr(error, "ctx", None)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
    else:
        path = context.command_path if context else "paperloop"
        complain(f"{path}: {error.format_message()} → {path} --help")
    return ExitCode.USAGE


def _bug(error: Exception) -> int:
    """A short line without the error's own words: they may hold personal data."""
    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exc()
        return ExitCode.BUG
    last = traceback.extract_tb(error.__traceback__)[-1]
    name = str(error) if isinstance(error, OSError) else type(error).__name__
    complain(
        _("unexpected fault: {name} ({file}, line {line}) → {variable}=1 shows the whole").format(
            name=name, file=Path(last.filename).name, line=last.lineno, variable=DEBUG_VARIABLE
        )
    )
    return ExitCode.BUG
