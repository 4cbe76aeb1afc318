"""The tags of a template: found in its paragraphs however Word has split them, and judged.

A tag is ``{{ field }}``, ``{{ item.field }}`` in a table's row, ``{% for … %}`` over a table or
``{% if … %}`` on fields (with docxtpl's ``tr`` and ``p``); anything that computes is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateError

from pipeline.engines import package
from pipeline.engines.package import W
from pipeline.i18n import _

XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_PIECE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{[{%#]|[%}]\}")
_WORD = r"[^\W\d_]\w*"  # a name; never one of Python's own with __
_VALUE = re.compile(rf"(?:({_WORD})\.)?({_WORD})")
_CONDITION = rf"(?:not )?{_WORD}(?: (?:and|or) (?:not )?{_WORD})*"
_CONTROL = re.compile(
    rf"(?:(tr|p) )?(?:for ({_WORD}) in ({_WORD})|(?:el)?if ({_CONDITION})|else|endfor|endif)"
)
_LOGIC = {"not", "and", "or"}
# Run properties that the schema (CT_RPr, ECMA-376 part 1, 17.3.2.28) wants after the colour.
_AFTER_COLOUR = {f"{W}{tag}" for tag in (
    "spacing", "w", "kern", "position", "sz", "szCs", "highlight", "u", "effect", "bdr", "shd",
    "fitText", "vertAlign", "rtl", "cs", "em", "lang", "eastAsianLayout", "specVanish", "oMath",
    "rPrChange",
)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag: its words, its part, the paragraph and run (from 1) where it starts.

    ``control`` tells ``{% … %}`` from a value. ``owner`` is the loop variable before the point,
    ``names`` the fields that it names, ``loop`` (variable, table) what a ``for`` goes over;
    ``fault`` is "tag-unreadable", "tag-code" or "" for a good one.
    """

    text: str
    part: str
    paragraph: int
    run: int
    control: bool = False
    owner: str = ""
    names: tuple[str, ...] = ()
    loop: tuple[str, str] | None = None
    fault: str = ""

    @property
    def where(self) -> str:
        """For a message: which paragraph and run."""
        return _("{part}, paragraph {paragraph}, run {run}").format(
            part=self.part, paragraph=self.paragraph, run=self.run
        )


@dataclass(slots=True)
class _Found:
    """A tag with the leaves that hold it, in its paragraph."""

    tag: Tag
    paragraph: Any
    leaves: list[Any]


def read(path: Path) -> list[Tag]:
    """Every tag of a template, good and bad; tracked changes accepted. Raises FormError."""
    parts = package.read(path)
    return [
        tag
        for name in package.text_parts(parts)
        for tag in joined(package.accepted(parts[name], name, path), name)
    ]


def joined(root: Any, part: str) -> list[Tag]:
    """The tags of a part; each is gathered into the run that it starts in."""
    found = []
    for number, paragraph in enumerate(root.iter(f"{W}p"), start=1):
        found += list(_in_paragraph(paragraph, number, part))
    return _paired(found)


def colour(root: Any, show: Callable[[str, float], str], paint: Callable[[str], str]) -> None:
    """Give every value's tag a run of its own: ``show`` its Jinja, ``paint`` its colour's."""
    for leaf in list(root.iter(f"{W}t")):
        if leaf.text and "{{" in leaf.text:
            _split_run(leaf, show, paint)


def own_leaves(paragraph: Any) -> list[Any]:
    """The texts of a paragraph's own runs, not those of a text box that hangs on it."""
    return [
        leaf for leaf in paragraph.iter(f"{W}t") if next(leaf.iterancestors(f"{W}p")) is paragraph
    ]


def _in_paragraph(paragraph: Any, number: int, part: str) -> Iterator[_Found]:
    leaves = own_leaves(paragraph)
    texts = [leaf.text or "" for leaf in leaves]
    whole = "".join(texts)
    if not re.search(r"\{[{%#]|[%}]\}", whole):
        return
    owners = [at for at, text in enumerate(texts) for _char in text]  # which leaf each stands in
    runs = [r for r in paragraph.iter(f"{W}r") if next(r.iterancestors(f"{W}p")) is paragraph]
    new = [""] * len(leaves)
    end = 0
    for match in _PIECE.finditer(whole):
        for at in range(end, match.start()):
            new[owners[at]] += whole[at]
        end = match.end()
        first = owners[match.start()]
        run = runs.index(leaves[first].getparent()) + 1
        tag, words = _judged(match[0], Tag("", part, number, run))
        new[first] += words
        yield _Found(tag, paragraph, leaves)
    for at in range(end, len(whole)):
        new[owners[at]] += whole[at]
    for leaf, text in zip(leaves, new, strict=True):
        leaf.text = text
        leaf.set(XML_SPACE, "preserve")


def _judged(piece: str, tag: Tag) -> tuple[Tag, str]:
    """The tag with what it names, or its fault; and its words with plain spaces."""
    content = " ".join(piece[2:-2].split())
    tag = replace(tag, text=content or piece)
    if piece.startswith("{{") and (value := _VALUE.fullmatch(content)):
        return replace(tag, owner=value[1] or "", names=(value[2],)), f"{{{{ {content} }}}}"
    if piece.startswith("{%") and (control := _CONTROL.fullmatch(content)):
        names = [w for w in (control[4] or "").split() if w not in _LOGIC]
        loop = (control[2], control[3]) if control[2] else None
        # docxtpl wants its own mark right behind the brace.
        space = "" if control[1] else " "
        good = replace(tag, control=True, names=tuple(names), loop=loop)
        return good, f"{{%{space}{content} %}}"
    return replace(tag, text=piece, fault=_fault(piece)), piece


def _fault(piece: str) -> str:
    for end in ("", "{% endfor %}", "{% endif %}", "{% endset %}"):
        try:
            Environment().parse(piece + end)  # noqa: S701 - parsed only, never run
        except TemplateError:
            continue
        return "tag-code" if len(piece) > 4 else "tag-unreadable"  # a lone brace is just text
    return "tag-unreadable"


def _paired(found: Iterable[_Found]) -> list[Tag]:
    """The tags, those without a partner, or with one that Jinja could not close, marked."""
    tags: list[Tag] = []
    waiting: list[tuple[int, str, _Found]] = []
    for at, one in enumerate(found):
        tags.append(one.tag)
        control = _CONTROL.fullmatch(one.tag.text) if one.tag.control else None
        if control is None:
            continue
        words = one.tag.text.removeprefix(control[1] or "").split()
        lone = control[1] == "tr" and next(one.paragraph.iterancestors(f"{W}tr"), None) is None
        if words[0] in ("for", "if"):
            if words[0] == "for" and any(word == "for" for _at, word, _one in waiting):
                # Rows of rows of rows: nobody lives to see the end.
                tags[at] = replace(one.tag, fault="tag-code")
            waiting.append((at, words[0], one))
        elif not waiting or (words[0].startswith("end") and waiting[-1][1] != words[0][3:]):
            lone = True
        else:
            start = waiting[-1][2]
            prefix = _CONTROL.fullmatch(start.tag.text)
            apart = control[1] is None and start.paragraph is not one.paragraph
            lone = lone or apart or prefix is None or prefix[1] != control[1]
            if words[0].startswith("end"):
                waiting.pop()
        if lone:
            tags[at] = replace(one.tag, fault="tag-unreadable")
    for at, _word, one in waiting:
        tags[at] = replace(one.tag, fault="tag-unreadable")
    return tags


def _split_run(leaf: Any, show: Callable[[str, float], str], paint: Callable[[str], str]) -> None:
    run = leaf.getparent()
    size = _size_pt(run)
    made = []
    # What stands in the run before and after this text stays in order, in runs of its own.
    children = [c for c in run if c.tag != f"{W}rPr"]
    here = children.index(leaf)
    if children[:here]:
        made.append(_run(run, children[:here]))
    for piece in re.split(r"(\{\{ .*? \}\})", leaf.text):
        value = _VALUE.fullmatch(piece[3:-3]) if piece.startswith("{{ ") else None
        if value:
            owner, name = value.groups()
            # In row 2 of a table ``item.name`` is the field "items.2.name".
            expression = f"'{name}'" if owner is None else f"({owner}.prefix ~ '.{name}')"
            made.append(_run(run, [_text(show(expression, size))], paint(expression)))
        elif piece:
            made.append(_run(run, [_text(piece)]))
    if children[here + 1 :]:
        made.append(_run(run, children[here + 1 :]))
    parent, at = run.getparent(), run.getparent().index(run)
    made[-1].tail = run.tail
    parent.remove(run)
    for offset, new in enumerate(made):
        parent.insert(at + offset, new)


def _run(like: Any, children: list[Any], colour: str = "") -> Any:
    run = like.makeelement(f"{W}r", dict(like.attrib))
    properties = deepcopy(like.find(f"{W}rPr"))
    if properties is not None:
        properties.tail = None
        run.append(properties)
    for child in children:
        run.append(child)
    if colour:
        _paint(run, colour)
    return run


def _text(value: str) -> Any:
    leaf = package.element("t")
    leaf.text = value
    leaf.set(XML_SPACE, "preserve")
    return leaf


def _paint(run: Any, value: str) -> None:
    properties = run.find(f"{W}rPr")
    if properties is None:
        properties = package.element("rPr")
        run.insert(0, properties)
    for old in properties.findall(f"{W}color"):
        properties.remove(old)
    new = package.element("color")
    new.set(f"{W}val", value)
    following = (i for i, p in enumerate(properties) if p.tag in _AFTER_COLOUR)
    properties.insert(next(following, len(properties)), new)


def _size_pt(run: Any) -> float:
    """The run's own font size in points, 0 where only a style gives it."""
    size = run.find(f"{W}rPr/{W}sz")
    try:
        return int(size.get(f"{W}val")) / 2 if size is not None else 0.0
    except (TypeError, ValueError):
        return 0.0
