"""A DOCX template, compiled once, filled many times.

docxtpl turns table and paragraph tags into Jinja's. On top of that every tag of a value becomes
a run of its own, with a colour of its own (see ``layout``), and the parts of the package that do
not change are compressed once. Templates are untrusted: sandbox, strict names, autoescape, and no
tag but those that ``tags`` lets through.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from pipeline.engines import package, tags
from pipeline.engines.package import MAIN, W
from pipeline.errors import FormError
from pipeline.i18n import _

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # a ZIP's earliest: the same document gives the same bytes
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For,
    nodes.If, nodes.Not, nodes.And, nodes.Or, nodes.Concat, nodes.Const, nodes.Call,
)  # fmt: skip

Print = Callable[[str, float], str]
Colour = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template ready to fill: the package without its changing parts, and those parts."""

    base: bytes
    parts: Mapping[str, Template]


def environment() -> ImmutableSandboxedEnvironment:
    """Jinja as templates get it: sandboxed, strict, escaping."""
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def compile_template(path: Path) -> Compiled:
    """Open and compile a template.

    Raises:
        FormError: not a DOCX, too large, broken XML, a reference to the outside, a bad tag.
    """
    files = package.read(path)
    env = environment()
    parts = {}
    for name in package.text_parts(files):
        source = _source(files[name], name, path)
        try:
            tree = env.parse(source)
            _refuse_code(tree, name, path)
            parts[name] = env.from_string(tree)
        except TemplateError as error:
            raise _refused(error.message or "", f"{path.name}, {name}") from error
    base = io.BytesIO()
    with zipfile.ZipFile(base, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if name not in parts:
                archive.writestr(_entry(name), content)
    return Compiled(base.getvalue(), parts)


def fill(template: Compiled, context: Mapping[str, Any], show: Print, colour: Colour) -> bytes:
    """The filled DOCX.

    ``show(name, size_pt)`` gives what is printed for a field, ``colour(name)`` the six
    hexadecimal digits of its run; ``context`` holds the tables and what conditions look at.
    Raises FormError where the template names something that is in neither.
    """
    out = io.BytesIO(template.base)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in template.parts.items():
            try:
                text = part.render(**context, print_=show, colour_=colour)
            except TemplateError as error:
                raise _refused(error.message or "", name) from error
            archive.writestr(_entry(name), text.encode())
    return out.getvalue()


def paragraphs(path: Path) -> list[tuple[int, str]]:
    """The body's paragraphs, those of tables among them, with the numbers that ``tags`` gives.

    Tracked changes are accepted; a line break or a tab is a space.
    """
    root = package.accepted(package.read(path)[MAIN], MAIN, path)
    letters = {f"{W}{tag}": " " for tag in ("br", "cr", "tab")} | {f"{W}noBreakHyphen": "-"}
    found = []
    for number, paragraph in enumerate(root.iter(f"{W}p"), start=1):
        leaves = (leaf for run in paragraph.iter(f"{W}r") for leaf in run)
        pieces = (
            leaf.text or "" if leaf.tag == f"{W}t" else letters.get(leaf.tag, "") for leaf in leaves
        )
        found.append((number, "".join(pieces)))
    return found


def body_text(content: bytes) -> str:
    """All text of a filled DOCX's body, for checking what was printed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = package.parse(archive.read(MAIN), MAIN, Path(MAIN))
        return "".join(leaf.text or "" for leaf in root.iter(f"{W}t"))


def _source(content: bytes, part: str, path: Path) -> str:
    """The part as a Jinja template: tags whole, coloured, those of rows and paragraphs lifted."""
    root = package.accepted(content, part, path)
    for tag in tags.joined(root, part):
        if tag.fault == "tag-code":
            raise _refused(_("it holds code"), f"{path.name}, {tag.where}", tag.text)
        if tag.fault:
            raise _refused(_("it is not whole"), f"{path.name}, {tag.where}", tag.text)
    tags.colour(
        root,
        lambda name, size: f"{{{{ print_({name}, {size}) }}}}",
        lambda name: f"{{{{ colour_({name}) }}}}",
    )
    from docxtpl import DocxTemplate  # slow to import; only what reads a template needs it

    return str(DocxTemplate(None).patch_xml(etree.tostring(root, encoding="unicode")))


def _refused(reason: str, where: str, tag: str = "") -> FormError:
    return FormError(
        _("the tag {tag} cannot be taken: {reason}").format(tag=tag, reason=reason)
        if tag
        else _("a tag cannot be read: {error}").format(error=reason),
        where=where,
        hint=_("write a tag as {{ name }}, with a field's name and nothing else"),
    )


def _refuse_code(tree: nodes.Template, part: str, path: Path) -> None:
    """The second wall behind ``tags``: names, conditions and loops over names, nothing else."""
    for node in tree.find_all(nodes.Node):
        ours = not isinstance(node, nodes.Call) or (
            isinstance(node.node, nodes.Name) and node.node.name in ("print_", "colour_")
        )
        if not ours or not isinstance(node, _ALLOWED):
            raise _refused(_("it holds code"), f"{path.name}, {part}")


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _FIXED_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
