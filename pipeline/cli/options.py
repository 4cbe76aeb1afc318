"""Options that several commands have: each is written once, here."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.cli import common
from pipeline.errors import UsageError
from pipeline.i18n import _

F = TypeVar("F", bound=Callable[..., Any])


def out_folder(command: F) -> F:
    """``--out``: a folder for the papers made."""
    kind = click.Path(file_okay=False, path_type=Path)
    return click.option("--out", type=kind, help=_("where the files go"))(command)


def out_file(*suffixes: str) -> Callable[[F], F]:
    """``--out``: a new file of one of these kinds; the command gets its path or None."""
    kinds = ", ".join(suffix[1:].upper() for suffix in suffixes)

    def checked(
        _context: click.Context, _option: click.Parameter, path: Path | None
    ) -> Path | None:
        if path and path.suffix.lower() not in suffixes:
            raise UsageError(
                _("the list is one of {kinds}").format(kinds=kinds),
                where=str(path),
                hint=_("name it so"),
            )
        if path and path.exists():
            raise UsageError(_("this file exists and is left as it is"), where=str(path))
        return path

    kind = click.Path(dir_okay=False, path_type=Path)
    text = _("the list as a file: {kinds}").format(kinds=kinds)
    return click.option("--out", type=kind, metavar="FILE", callback=checked, help=text)


def secret(command: F) -> F:
    """``--secret``: the secret documents, or the papers about them, and nothing else."""
    text = _("of the secret documents alone, which are kept apart")
    return click.option("--secret", is_flag=True, help=text)(command)


def by(command: F) -> F:
    """``--by``: who says it."""
    text = _("who says it (default: the user)")
    return click.option("--by", default="", metavar="NAME", help=text)(command)


def said(command: F) -> F:
    """``--why`` and ``--by``: the reason, in words that a paper can show, and who says it."""

    @click.option("--why", default="", metavar="TEXT", help=_("the reason"))
    @by
    @functools.wraps(command)
    def wrapped(*args: Any, why: str, **kwargs: Any) -> Any:
        return command(*args, why=common.words(why, "--why"), **kwargs)

    return wrapped  # type: ignore[return-value]


def describing(command: F) -> F:
    """What describes a document; the command gets it as ``new``, the keywords of a ``New``."""

    @click.option("--title", default="", help=_("its title (default: the item's)"))
    @click.option("--index", default="", metavar="NUMBER", help=_("its own number"))
    @click.option("--date", "day", metavar="DATE", help=_("its own date"))
    @click.option("--sheets", type=int, default=1, metavar="N", help=_("how many sheets it has"))
    @click.option("--copy/--original", "copy", default=None, help=_("a copy, or the original"))
    @click.option("--certified/--not-certified", default=None, help=_("with «Верно», or without"))
    @click.option("--place", default="", help=_("where it lies"))
    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        names = ("title", "index", "day", "sheets", "copy", "certified", "place")
        new = {name: kwargs.pop(name) for name in names}
        new["day"] = common.day(new["day"]) if new["day"] else None
        for name in ("title", "index", "place"):
            new[name] = common.words(new[name], f"--{name}")
        return command(*args, new=new, **kwargs)

    return wrapped  # type: ignore[return-value]
