"""Expressions over data: what a field prints, which row gets a form, which file needs an item.

They come with a template, and a template may come from anywhere. So they run in a sandbox with
strict names, and may hold only what cannot run for ever or fill the memory: names and their parts,
comparisons, choices, joined texts and the filters listed here. No calls, no arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.errors import FormError
from pipeline.i18n import _
from pipeline.language import russian

LONGEST = 1000  # characters of an expression; the longest of ours has 120
LONGEST_TEXT = 10_000  # of what ``replace`` may make: the longest cell has 2000
_NOT_COLUMNS = {"operator", "today", "item", "number"}
_FILTERS = {"default", "first", "join", "last", "length", "lower", "replace", "trim", "upper"}
_NODES = (
    nodes.Template, nodes.Output, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Slice,
    nodes.Const, nodes.List, nodes.Tuple, nodes.Filter, nodes.Keyword, nodes.Concat, nodes.Add,
    nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test,
)  # fmt: skip


@lru_cache
def environment() -> Any:
    """Jinja for expressions: its filters are those of ``russian`` beside a few of its own."""
    # These give plain words; the template escapes them.
    env = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    env.filters.update(russian.FILTERS, replace=_replaced)
    return env


@lru_cache(maxsize=1024)
def checked(text: str) -> str:
    """The expression, if it can be read and may be run; else raises ValueError.

    It is compiled where it is first used: most forms are loaded for their titles.
    """
    try:
        if text:
            _refuse(text)
    except TemplateError as error:
        raise ValueError(f"{text[:LONGEST]}: {error.message}") from error
    return text


def condition(text: str, where: str) -> str:
    """The condition, if it can be read and may be run; else raises FormError."""
    try:
        return checked(text)
    except ValueError as error:
        raise FormError(
            _("the condition “{when}” cannot be read: {error}").format(when=text, error=error),
            where=where,
            hint=_("compare a column with a value: category == 'employee'"),
        ) from error


def holds(condition: str, data: Mapping[str, Any], where: str) -> bool | None:
    """Whether a condition is true of data; None where it asks for what the data do not tell.

    It may ask whether they tell: “insurer is defined”. Raises FormError where it fails on these
    data.
    """
    told = {column: value for column, value in data.items() if value not in (None, "")}
    if columns(condition) - _may_lack(condition) - told.keys():
        return None
    try:
        return bool(compiled(condition)(told))
    except UndefinedError:
        return None
    except (TemplateError, ValueError, TypeError, LookupError, AttributeError) as error:
        # The error's own words may hold a person's data.
        raise FormError(
            _("the condition “{when}” fails: {error}").format(
                when=condition, error=type(error).__name__
            ),
            where=where,
            hint=_("compare a column with a value: category == 'employee'"),
        ) from error


@lru_cache(maxsize=1024)
def compiled(expression: str) -> Any:
    """The expression as a function of the context; undefined names stay undefined."""
    return environment().compile_expression(expression, undefined_to_none=False)


@lru_cache(maxsize=1024)
def columns(expression: str) -> frozenset[str]:
    """The data columns an expression uses (``operator``, ``today``, ``item`` are not columns)."""
    if not expression:
        return frozenset()
    return frozenset(meta.find_undeclared_variables(_parsed(expression)) - _NOT_COLUMNS)


@lru_cache(maxsize=1024)
def _may_lack(expression: str) -> frozenset[str]:
    """The columns of which it asks whether they are filled in."""
    asked = [one for one in _parsed(expression).find_all(nodes.Test) if one.name == "defined"]
    return frozenset(one.node.name for one in asked if isinstance(one.node, nodes.Name))


def _parsed(expression: str) -> nodes.Template:
    tree: nodes.Template = environment().parse("{{ " + expression + " }}")
    return tree


def _refuse(expression: str) -> None:
    if len(expression) > LONGEST:
        raise TemplateSyntaxError("too long", 1)
    parser = Parser(environment(), expression, state="variable")  # as ``compiled`` reads it
    tree = parser.parse_expression()
    if not parser.stream.eos:
        raise TemplateSyntaxError("chunk after expression", 1)
    for node in (tree, *tree.find_all(nodes.Node)):
        if not isinstance(node, _NODES):
            raise TemplateSyntaxError(f"{type(node).__name__} is not allowed", 1)
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS | russian.FILTERS.keys():
            raise TemplateSyntaxError(f"no filter {node.name}", 1)
        if isinstance(node, nodes.Test) and node.name not in environment().tests:
            raise TemplateSyntaxError(f"no test {node.name}", 1)


def _replaced(text: object, old: str, new: str) -> str:
    answer = str(text).replace(old, new)
    if len(answer) > LONGEST_TEXT:
        raise ValueError("too long")
    return answer
