"""Filled copies of one template as one DOCX, each a section: LibreOffice opens it once for all.

A copy must look in the pile exactly as it does alone. Its pages count from 1, and the number of
them that its foot tells is that of the page with its end. What cannot be kept apart (numbered
lists, notes, several sections, fields other than page numbers) is not piled.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from lxml import etree

from pipeline.engines import package
from pipeline.engines.package import MAIN, W, element

_NUMBERING = "word/numbering.xml"
_REFERENCE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_BULLETS = ("bullet", "none")
_PAGE, _PAGES = "PAGE", "NUMPAGES"
_FIELD = f"{W}instrText"
_NOT_PILED = [f"{W}{tag}" for tag in (
    "footnoteReference", "endnoteReference", "commentReference", "fldSimple",
)]  # fmt: skip
# What comes before the page numbers in a section's properties (ISO/IEC 29500-1, 17.6.17).
_BEFORE_NUMBERS = {f"{W}{tag}" for tag in (
    "headerReference", "footerReference", "footnotePr", "endnotePr", "type", "pgSz", "pgMar",
    "paperSrc", "pgBorders", "lnNumType",
)}  # fmt: skip

_Trees = Mapping[str, Any]  # the parts of a copy that differ between copies


def pile(copies: Sequence[bytes]) -> bytes | None:
    """One DOCX of all copies, in their order; None where they could not be kept apart in it."""
    document = Document(io.BytesIO(copies[0]))
    parts = {part.partname.membername: part for part in document.part.package.iter_parts()}
    of_copies = [_trees(copy) for copy in copies]
    if _is_numbered(parts) or not all(map(_can_be_piled, of_copies)):
        return None
    content: list[Any] = []
    for number, trees in enumerate(of_copies):
        *paragraphs, section = trees[MAIN].find(f"{W}body")
        for reference in section.iter(f"{W}headerReference", f"{W}footerReference"):
            relation = document.part.rels[reference.get(_REFERENCE)]
            own = _own(relation.target_part, trees, number)
            reference.set(_REFERENCE, document.part.relate_to(own, relation.reltype))
        _number_from_one(section)
        _mark_end(paragraphs[-1], number)
        content += paragraphs
        if number < len(of_copies) - 1:
            _properties(paragraphs[-1]).append(section)
    document.element.body[:] = [*content, section]
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _trees(copy: bytes) -> _Trees:
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        return {
            name: package.parse(archive.read(name), name, Path(name))
            for name in package.text_parts(archive.namelist())
        }


def _is_numbered(parts: Mapping[str, Part]) -> bool:
    """Whether there is a list that counts: in a pile it would count on."""
    if _NUMBERING not in parts:
        return False
    root = etree.fromstring(parts[_NUMBERING].blob)
    return any(kind.get(f"{W}val") not in _BULLETS for kind in root.iter(f"{W}numFmt"))


def _can_be_piled(trees: _Trees) -> bool:
    body = trees[MAIN].find(f"{W}body")
    sections = list(body.iter(f"{W}sectPr"))
    if len(sections) != 1 or sections[0] is not body[-1] or len(body) < 2:
        return False
    start = sections[0].find(f"{W}pgNumType")
    return (
        body[-2].tag == f"{W}p"
        and (start is None or start.get(f"{W}start") in (None, "1"))
        and not any(
            tree.find(f".//{tag}") is not None for tree in trees.values() for tag in _NOT_PILED
        )
        and body.find(f".//{_FIELD}") is None
        and all(
            (field.text or "").split()[:1] in ([_PAGE], [_PAGES])
            for tree in trees.values()
            for field in tree.iter(_FIELD)
        )
    )


def _own(part: Part, trees: _Trees, number: int) -> Part:
    """A copy's own head or foot; its number of pages is that of the page with the copy's end."""
    name = part.partname.membername
    tree = trees[name]
    for field in tree.iter(_FIELD):
        field.text = field.text.replace(_PAGES, f"PAGEREF {_end(number)}")
    uri = PackURI(f"/{name.removesuffix('.xml')}-{number}.xml")
    own = Part(uri, part.content_type, etree.tostring(tree), part.package)
    for relation in part.rels.values():
        target = relation.target_ref if relation.is_external else relation.target_part
        own.load_rel(relation.reltype, target, relation.rId, relation.is_external)
    return own


def _end(number: int) -> str:
    return f"end{number}"


def _mark_end(paragraph: Any, number: int) -> None:
    for tag in ("bookmarkStart", "bookmarkEnd"):
        mark = element(tag)
        mark.set(f"{W}id", str(number))
        if tag == "bookmarkStart":
            mark.set(f"{W}name", _end(number))
        paragraph.append(mark)


def _number_from_one(section: Any) -> None:
    """Begin on a new page, with the number 1."""
    for kind in section.findall(f"{W}type"):
        section.remove(kind)
    numbers = section.find(f"{W}pgNumType")
    if numbers is None:
        numbers = element("pgNumType")
        section.insert(sum(child.tag in _BEFORE_NUMBERS for child in section), numbers)
    numbers.set(f"{W}start", "1")


def _properties(paragraph: Any) -> Any:
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        properties = element("pPr")
        paragraph.insert(0, properties)
    return properties
