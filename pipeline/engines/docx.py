"""A DOCX template, compiled once, filled many times.

docxtpl mends what Word does to tags (runs that split them, auto-corrected quotes) and turns table
and paragraph tags into Jinja's. On top of that every tag of a value becomes a run of its own, with
a colour of its own (see ``layout``), and the parts of the package that do not change are
compressed once. Templates are untrusted: sandbox, strict names, autoescape, and no tag but
a field's name, a condition on one and a loop over a table.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from pipeline.errors import FormError
from pipeline.i18n import _

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
MAX_PARTS = 500
MAX_BYTES = 64 << 20  # unpacked; an office template is a thousand times smaller
DEFAULT_SIZE_PT = 10.0  # what Word takes where neither run nor style gives a size

_TAG = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_NAME = re.compile(r"(?:(\w+)\.)?(\w+)")
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # a ZIP's earliest: the same document gives the same bytes
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)

Print = Callable[[str, float], str]
Colour = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a template: its text, the paragraph and run (from 1) where it stands, its part."""

    text: str
    part: str
    paragraph: int
    run: int

    @property
    def where(self) -> str:
        """For a message: which paragraph and run."""
        return _("{part}, paragraph {paragraph}, run {run}").format(
            part=self.part, paragraph=self.paragraph, run=self.run
        )


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template ready to fill: the package without its changing parts, and those parts."""

    base: bytes
    parts: Mapping[str, Template]


def environment() -> ImmutableSandboxedEnvironment:
    """Jinja as templates and value expressions get it: sandboxed, strict, escaping."""
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def compile_template(path: Path) -> Compiled:
    """Open and compile a template.

    Raises:
        FormError: not a DOCX, too large, broken XML, a reference to the outside, code in a tag.
    """
    package = _open(path)
    env = environment()
    parts = {}
    for name in _text_parts(package):
        source = _coloured(_patched(package[name], name, path))
        try:
            tree = env.parse(source)
            _refuse_code(tree, path, name)
            parts[name] = env.from_string(tree)
        except TemplateError as error:
            raise FormError(
                _("a tag cannot be read: {error}").format(error=error.message),
                where=_locate(package[name], name, path, error.message or ""),
                hint=_("write a tag as {{ name }}, with a field's name and nothing else"),
            ) from error
    base = io.BytesIO()
    with zipfile.ZipFile(base, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in package.items():
            if name not in parts:
                archive.writestr(_entry(name), content)
    return Compiled(base.getvalue(), parts)


def fill(template: Compiled, context: Mapping[str, Any], show: Print, colour: Colour) -> bytes:
    """The filled DOCX.

    ``show(name, size_pt)`` gives what is printed for a field, ``colour(name)`` the six
    hexadecimal digits of its run; ``context`` holds the tables and what conditions look at.
    """
    out = io.BytesIO(template.base)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in template.parts.items():
            text = part.render(**context, print_=show, colour_=colour)
            archive.writestr(_entry(name), text.encode())
    return out.getvalue()


def tags(path: Path) -> list[Tag]:
    """Every ``{{ … }}`` of a template with its place; tracked deletions left out."""
    package = _open(path)
    found = []
    for part in _text_parts(package):
        root = _clean(package[part], part, path)
        for number, paragraph in enumerate(root.iter(f"{{{W}}}p"), start=1):
            runs = [r for r in paragraph.iter(f"{{{W}}}r")]
            texts = ["".join(t.text or "" for t in run.iter(f"{{{W}}}t")) for run in runs]
            whole = "".join(texts)
            for match in _TAG.finditer(whole):
                start, run = match.start(), 0
                while run < len(texts) - 1 and start >= len(texts[run]):
                    start -= len(texts[run])
                    run += 1
                found.append(Tag(match[1], part, number, run + 1))
    return found


def paragraphs(path: Path) -> list[tuple[int, str]]:
    """The body's paragraphs, those of tables among them, with the numbers that ``tags`` gives.

    Tracked changes are accepted; a line break or a tab is a space.
    """
    root = _clean(_open(path)["word/document.xml"], "word/document.xml", path)
    letters = {f"{{{W}}}{tag}": " " for tag in ("br", "cr", "tab")} | {f"{{{W}}}noBreakHyphen": "-"}
    found = []
    for number, paragraph in enumerate(root.iter(f"{{{W}}}p"), start=1):
        leaves = (leaf for run in paragraph.iter(f"{{{W}}}r") for leaf in run)
        pieces = (
            leaf.text or "" if leaf.tag == f"{{{W}}}t" else letters.get(leaf.tag, "")
            for leaf in leaves
        )
        found.append((number, "".join(pieces)))
    return found


def body_text(content: bytes) -> str:
    """All text of a filled DOCX's body, for checking what was printed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"), _PARSER)
        return "".join(leaf.text or "" for leaf in root.iter(f"{{{W}}}t"))


def _open(path: Path) -> dict[str, bytes]:
    """The package's parts by name, checked for size and for references to the outside."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_PARTS or sum(e.file_size for e in entries) > MAX_BYTES:
                raise FormError(
                    _("the template is too large when unpacked"),
                    where=path.name,
                    hint=_("save it anew in Word without pictures"),
                )
            package = {e.filename: archive.read(e) for e in entries if not e.is_dir()}
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise FormError(
            _("not a DOCX file"), where=str(path), hint=_("save it in Word as .docx")
        ) from error
    if "word/document.xml" not in package or "[Content_Types].xml" not in package:
        raise FormError(_("not a DOCX file"), where=str(path), hint=_("save it in Word as .docx"))
    for name, content in package.items():
        if name.endswith(".rels"):
            for relation in _parse(content, name, path):
                kind = (relation.get("Type") or "").rsplit("/", 1)[-1]
                if relation.get("TargetMode") == "External" and kind != "hyperlink":
                    raise FormError(
                        _("the template refers to a file outside itself ({target})").format(
                            target=relation.get("Target")
                        ),
                        where=f"{path.name}, {name}",
                        hint=_("embed it or take it out"),
                    )
    return package


def _is_text_part(name: str) -> bool:
    return bool(re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name))


def _text_parts(package: Mapping[str, bytes]) -> Iterator[str]:
    return (name for name in package if _is_text_part(name))


def _parse(content: bytes, part: str, path: Path) -> Any:
    if b"<!DOCTYPE" in content[:1024] or b"<!ENTITY" in content:
        raise FormError(
            _("the template declares XML entities"),
            where=f"{path.name}, {part}",
            hint=_("save it anew in Word"),
        )
    try:
        return etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        raise FormError(
            _("broken XML: {error}").format(error=error.msg),
            where=f"{path.name}, {part}",
            hint=_("open it in Word, mend it and save it anew"),
        ) from error


def _clean(content: bytes, part: str, path: Path) -> Any:
    """The part with tracked changes accepted and Word's proof marks taken out."""
    root = _parse(content, part, path)
    for tag in ("del", "moveFrom", "proofErr", "lastRenderedPageBreak", "rPrChange", "pPrChange",
                "bookmarkStart", "bookmarkEnd", "softHyphen"):
        for element in list(root.iter(f"{{{W}}}{tag}")):
            element.getparent().remove(element)
    for tag in ("ins", "moveTo"):
        for element in list(root.iter(f"{{{W}}}{tag}")):
            parent = element.getparent()
            at = parent.index(element)
            for child in list(element):
                parent.insert(at, child)
                at += 1
            parent.remove(element)
    return root


def _patched(content: bytes, part: str, path: Path) -> str:
    """docxtpl's mending: tags joined over runs, table and paragraph tags lifted out."""
    cleaned = etree.tostring(_clean(content, part, path), encoding="unicode")
    return str(DocxTemplate(None).patch_xml(cleaned))


def _coloured(source: str) -> str:
    """Give every ``{{ … }}`` a run of its own, coloured, that prints through ``print_``."""
    root = etree.fromstring(source.encode(), _PARSER)
    for leaf in list(root.iter(f"{{{W}}}t")):
        if leaf.text and "{{" in leaf.text:
            _split_run(leaf)
    return etree.tostring(root, encoding="unicode")


def _split_run(leaf: Any) -> None:
    run = leaf.getparent()
    pieces = _TAG.split(leaf.text)
    if len(pieces) == 1:
        return
    size = _size_pt(run)
    at = run.getparent().index(run)
    # What stands in the run before and after this text stays in order, in runs of its own.
    children = list(run)
    properties = run.find(f"{{{W}}}rPr")
    here = children.index(leaf)
    before = [c for c in children[:here] if c is not properties]
    after = children[here + 1 :]
    made = []
    if before:
        made.append(_run(run, before))
    for i, piece in enumerate(pieces):
        if i % 2 == 0:
            if piece:
                made.append(_run(run, [_text(piece)]))
        else:
            name = _expression(piece)
            new = _run(run, [_text("{{ print_(" + name + f", {size}) }}}}")])
            _paint(new, "{{ colour_(" + name + ") }}")
            made.append(new)
    if after:
        made.append(_run(run, after))
    parent, tail = run.getparent(), run.tail
    parent.remove(run)
    for offset, new in enumerate(made):
        parent.insert(at + offset, new)
    made[-1].tail = tail


def _expression(tag: str) -> str:
    """The Jinja expression of a tag's full name: 'items.2.name' for ``item.name`` in row 2."""
    match = _NAME.fullmatch(tag)
    if not match:
        return tag  # left as it is: the parser or the code check names it
    owner, name = match.groups()
    return f"'{name}'" if owner is None else f"({owner}.prefix ~ '.{name}')"


def _run(like: Any, children: list[Any]) -> Any:
    run = etree.Element(f"{{{W}}}r")
    properties = like.find(f"{{{W}}}rPr")
    if properties is not None:
        run.append(deepcopy(properties))
    for child in children:
        run.append(child)
    return run


def _text(value: str) -> Any:
    leaf = etree.Element(f"{{{W}}}t")
    leaf.text = value
    leaf.set(XML_SPACE, "preserve")
    return leaf


def _paint(run: Any, value: str) -> None:
    properties = run.find(f"{{{W}}}rPr")
    if properties is None:
        properties = etree.Element(f"{{{W}}}rPr")
        run.insert(0, properties)
    for old in properties.findall(f"{{{W}}}color"):
        properties.remove(old)
    colour = etree.Element(f"{{{W}}}color")
    colour.set(f"{{{W}}}val", value)
    # The schema wants a fixed order; Word forgives none of it: colour stands before these.
    later = {f"{{{W}}}{t}" for t in (
        "spacing", "w", "kern", "position", "sz", "szCs", "highlight", "u", "effect", "bdr", "shd",
        "fitText", "vertAlign", "rtl", "cs", "em", "lang", "eastAsianLayout", "specVanish", "oMath",
    )}
    at = next((i for i, p in enumerate(properties) if p.tag in later), len(properties))
    properties.insert(at, colour)


def _size_pt(run: Any) -> float:
    """The run's own font size in points, 0 where only a style gives it."""
    size = run.find(f"{{{W}}}rPr/{{{W}}}sz")
    return int(size.get(f"{{{W}}}val")) / 2 if size is not None else 0.0


_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For,
    nodes.If, nodes.Not, nodes.And, nodes.Or, nodes.Concat, nodes.Const, nodes.Call,
)


def _refuse_code(tree: nodes.Template, path: Path, part: str) -> None:
    """Let through names, conditions on names and loops over names; nothing that computes."""
    for node in tree.find_all(nodes.Node):
        call = isinstance(node, nodes.Call) and not (
            isinstance(node.node, nodes.Name) and node.node.name in ("print_", "colour_")
        )
        if call or not isinstance(node, _ALLOWED) or (isinstance(node, nodes.For) and node.recursive):
            raise FormError(
                _("a tag holds code ({kind})").format(kind=type(node).__name__),
                where=f"{path.name}, {part}",
                hint=_("a tag is a field's name, «if» with a name, or «for» over a table"),
            )


def _locate(content: bytes, part: str, path: Path, message: str) -> str:
    """The paragraph and run of the first tag that does not parse on its own."""
    root = _clean(content, part, path)
    for number, paragraph in enumerate(root.iter(f"{{{W}}}p"), start=1):
        for index, run in enumerate(paragraph.iter(f"{{{W}}}r"), start=1):
            piece = "".join(t.text or "" for t in run.iter(f"{{{W}}}t"))
            for match in re.finditer(r"\{[{%].*?[%}]?\}|\{[{%].*", piece):
                bare = match[0]
                good = _NAME.fullmatch(bare.strip("{} ")) or bare.startswith("{%")
                if not good:
                    return f"{path.name}, " + Tag(bare, part, number, index).where
    return f"{path.name}, {part}"


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _FIXED_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
