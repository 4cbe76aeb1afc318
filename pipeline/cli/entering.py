"""The options that describe a document on its way into a file."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

from pipeline.cli import common
from pipeline.i18n import _

R = TypeVar("R")


def describing(command: Callable[..., R]) -> Callable[..., R]:
    """Add the options; the command gets them together as ``new``, the keywords of a ``New``."""

    @click.option("--title", default="", help=_("its title (default: the item's)"))
    @click.option("--index", default="", metavar="NUMBER", help=_("its own number"))
    @click.option("--date", "day", metavar="DATE", help=_("its own date"))
    @click.option("--sheets", type=int, default=1, metavar="N", help=_("how many sheets it has"))
    @click.option("--copy/--original", "copy", default=None, help=_("a copy, or the original"))
    @click.option("--certified/--not-certified", default=None, help=_("with «Верно», or without"))
    @click.option("--place", default="", help=_("where it lies"))
    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> R:
        names = ("title", "index", "day", "sheets", "copy", "certified", "place")
        new = {name: kwargs.pop(name) for name in names}
        new["day"] = common.day(new["day"]) if new["day"] else None
        for name in ("title", "index", "place"):
            new[name] = common.words(new[name], f"--{name}")
        return command(*args, new=new, **kwargs)

    return wrapped
