"""What every command shares: the global options, wherever they stand, and what they say.

``paperloop --today 2026-09-01 due`` and ``paperloop due --today 2026-09-01`` are the same.
"""

from __future__ import annotations

import getpass
import gettext
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import i18n
from pipeline.errors import UsageError
from pipeline.i18n import _
from pipeline.settings import Settings, load

if TYPE_CHECKING:
    from pipeline.registry import Registry

_META = "pipeline.cli."


def day(value: str) -> date:
    """A day as a clerk or a program writes it: 01.09.2026 or 2026-09-01."""
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        with suppress(ValueError):
            return datetime.strptime(value, form).date()
    raise click.BadParameter(
        _("“{value}” is not a day; write 2026-09-01 or 01.09.2026").format(value=value)
    )


def speak(language: str | None) -> None:
    """Use the language here, in Click, and in the worker processes still to be started."""
    os.environ["LANGUAGE"] = i18n.use(language)
    gettext.bindtextdomain(i18n.DOMAIN, str(i18n.LOCALE_FOLDER))
    gettext.textdomain(i18n.DOMAIN)


def asked_language(arguments: list[str]) -> str | None:
    """The --lang among the arguments, found before anything is parsed: help needs it too."""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=False):
        name, equals, value = argument.partition("=")
        if name == "--lang" and (answer := value if equals else following) in i18n.LANGUAGES:
            return answer
    return None


def global_options() -> list[click.Parameter]:
    """Fresh copies of the options that every command takes."""
    return [
        click.Option(
            ["--workspace"],
            type=click.Path(file_okay=False, path_type=Path),
            metavar="DIR",
            expose_value=False,
            callback=_remember(lambda value: value),
            help=_("folder with paperloop.toml (default: the current one)"),
        ),
        click.Option(
            ["--lang"],
            type=click.Choice(i18n.LANGUAGES),
            expose_value=False,
            is_eager=True,
            help=_("language of messages (default: the locale's)"),
        ),
        click.Option(
            ["--today"],
            metavar="DATE",
            expose_value=False,
            callback=_remember(day),
            help=_("the day that deadlines and checks count from"),
        ),
        click.Option(
            ["--quiet"],
            is_flag=True,
            default=None,
            expose_value=False,
            callback=_remember(bool),
            help=_("say only what is wrong"),
        ),
    ]


def share_options(command: click.Command) -> click.Command:
    """Add the global options to a command and to every command below it."""
    own = {name for parameter in command.params for name in parameter.opts}
    command.params += [item for item in global_options() if not own & set(item.opts)]
    if isinstance(command, click.Group):
        for child in command.commands.values():
            share_options(child)
    return command


def _remember(
    convert: Callable[[Any], Any],
) -> Callable[[click.Context, click.Parameter, Any], None]:
    """A callback that keeps a given value for the whole command; the last one given counts."""

    def callback(context: click.Context, parameter: click.Parameter, value: Any) -> None:
        if value is not None:
            context.meta[f"{_META}{parameter.name}"] = convert(value)

    return callback


def _given(name: str) -> Any:
    return click.get_current_context().meta.get(f"{_META}{name}")


def workspace() -> Path:
    """The folder asked for, by default the current one."""
    return _given("workspace") or Path()


def today() -> date:
    """The day asked for, by default the real one."""
    return _given("today") or date.today()


def quiet() -> bool:
    """Was --quiet given?"""
    return bool(_given("quiet"))


def settings() -> Settings:
    """The workspace's settings; raises UsageError where there is no workspace."""
    return load(workspace(), today=today())


def registry(settings: Settings) -> Registry:
    """The workspace's registry, opened: a context manager. Raises RegistryError."""
    from pipeline.registry import Registry

    return Registry.open(settings.registry_url, settings.today, both_sides=settings.both_sides)


def user(by: str) -> str:
    """Who says it, by default the user of the machine; raises UsageError where it has none."""
    try:
        return " ".join(by.split()) or getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise UsageError(
            _("the user of this machine has no name"), hint=_("say --by NAME")
        ) from error


def words(said: str, where: str) -> str:
    """Words for a paper, white space folded; raises UsageError where no paper can show them."""
    from pipeline.language.lettering import unprintable

    if wrong := unprintable(said):
        raise UsageError(
            _("characters that cannot be printed: {marks}").format(marks=", ".join(wrong)),
            where=where,
            hint=_("retype it with Russian or Latin letters and the usual signs"),
        )
    return " ".join(said.split())
