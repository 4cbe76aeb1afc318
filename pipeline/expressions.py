"""The expressions of ``form.toml``: which words a field prints, from data, operator and day.

They come with a form, and a form may come from anywhere. So they run in a sandbox with strict
names, and may hold only what cannot run for ever or fill the memory: names and their parts,
comparisons, choices, joined texts and the filters listed here. No calls, no arithmetic.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, meta, nodes

from pipeline import russian
from pipeline.engines import docx

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
    env = docx.environment()
    env.autoescape = False  # these give plain words; the template escapes them
    env.filters.update(russian.FILTERS, replace=_replaced)
    return env


def checked(text: str) -> str:
    """The expression, if it can be read and may be run; else raises ValueError."""
    try:
        if text:
            _refuse(text)
            compiled(text)
    except TemplateError as error:
        raise ValueError(f"{text[:LONGEST]}: {error.message}") from error
    return text


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


def _parsed(expression: str) -> nodes.Template:
    tree: nodes.Template = environment().parse("{{ " + expression + " }}")
    return tree


def _refuse(expression: str) -> None:
    if len(expression) > LONGEST:
        raise TemplateSyntaxError("too long", 1)
    for node in _parsed(expression).find_all(nodes.Node):
        if not isinstance(node, _NODES):
            raise TemplateSyntaxError(f"{type(node).__name__} is not allowed", 1)
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS | russian.FILTERS.keys():
            raise TemplateSyntaxError(f"no filter {node.name}", 1)


def _replaced(text: object, old: str, new: str) -> str:
    answer = str(text).replace(old, new)
    if len(answer) > LONGEST_TEXT:
        raise ValueError("too long")
    return answer
