"""A DOCX as a package of parts: opened with care, parsed, tracked changes accepted.

Comes in: a template from anywhere. Goes out: its parts as they are and, of one that holds text,
the tree that Word would show with all changes accepted. Every fault is a FormError.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.errors import FormError
from pipeline.i18n import _

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAIN = "word/document.xml"
_SETTINGS = "word/settings.xml"
MAX_PARTS = 500
MAX_BYTES = 64 << 20  # unpacked; an office template is a thousand times smaller
MAX_TEXT_BYTES = 4 << 20  # a two-page form has some 20 kB

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_CFB = bytes.fromhex("D0CF11E0A1B11AE1")  # the old Office container; an encrypted DOCX is one
_TEXT_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)

# What Word keeps beside the text: who changed what, what it misspelt, where a page once broke.
_MARKS = {f"{W}{tag}" for tag in (
    "proofErr", "lastRenderedPageBreak", "bookmarkStart", "bookmarkEnd", "softHyphen",
    "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "tblGridChange",
    "trPrChange", "tcPrChange", "numberingChange",
)}  # fmt: skip
_DELETED = {f"{W}del", f"{W}moveFrom"}
# Fields that fetch a file, ask another program for it or print its path.
_REACHING = {
    "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "LINK", "DDE", "DDEAUTO", "DATABASE", "RD",
    "FILENAME", "MACROBUTTON",
}  # fmt: skip
# Relations to macros and to what other programs run or open: every issued DOCX would carry them.
_PROGRAMS = {"vbaProject", "oleObject", "control", "package"}
_VML = "{urn:schemas-microsoft-com:vml}"
_HREF = "{urn:schemas-microsoft-com:office:office}href"
_CHUNKS = (f"{W}altChunk", f"{W}subDoc")
_WRAPPERS = {f"{W}ins", f"{W}moveTo", f"{W}smartTag"}


def read(path: Path) -> dict[str, bytes]:
    """The parts by name.

    Raises:
        FormError: not a DOCX, encrypted, too large, broken XML, a reference to the outside, a
            program within it.
    """
    package = _unpacked(path)
    if MAIN not in package or "[Content_Types].xml" not in package:
        raise _no_docx(path)
    for name, content in list(package.items()):
        if name.endswith(".rels"):
            package[name] = _without_outside(content, name, path)
        elif name.endswith(".xml"):
            root = parse(content, name, path)
            if name == MAIN and root.find(f"{W}body") is None:
                raise _no_docx(path)
            _refuse_reaching(root, name, path)
    if _SETTINGS in package:
        package[_SETTINGS] = _without_link(package[_SETTINGS], _SETTINGS, path)
    return package


def text_parts(names: Iterable[str]) -> Iterator[str]:
    """Those of a package's parts that a tag may stand in."""
    return (name for name in names if _TEXT_PARTS.fullmatch(name))


def parse(content: bytes, part: str, path: Path) -> Any:
    """The root of a part; no entity is ever expanded. Raises FormError."""
    try:
        root = etree.fromstring(content, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FormError(
            _("broken XML: {error}").format(error=error),
            where=f"{path.name}, {part}",
            hint=_("open it in Word, mend it and save it anew"),
        ) from error
    if root.getroottree().docinfo.doctype:
        raise FormError(
            _("the template declares XML entities"),
            where=f"{path.name}, {part}",
            hint=_("save it anew in Word"),
        )
    return root


def accepted(content: bytes, part: str, path: Path) -> Any:
    """The root of a part with tracked changes accepted and Word's marks and wrappers taken out."""
    root = parse(content, part, path)
    for row in [r for r in root.iter(f"{W}tr") if r.find(f"{W}trPr/{W}del") is not None]:
        table = row.getparent()
        table.remove(row)
        if table.find(f".//{W}tr") is None:
            table.getparent().remove(table)
    emptied = [_emptied(mark) for tag in _DELETED for mark in root.iter(tag)]
    # A fallback repeats its text box for programs older than Word 2010.
    for tag in (*_DELETED, *_MARKS, f"{_MC}Fallback"):
        for element in list(root.iter(tag)):
            element.getparent().remove(element)
    for paragraph in emptied:
        if paragraph is not None and paragraph.find(f".//{W}r") is None:
            paragraph.getparent().remove(paragraph)
    for tag in _WRAPPERS:
        for element in list(root.iter(tag)):
            _unwrap(element)
    return root


def element(tag: str) -> Any:
    """A fresh WordprocessingML element."""
    return etree.Element(f"{W}{tag}")


def _emptied(mark: Any) -> Any:
    """The paragraph whose own end ``mark`` deletes, if it may go: not the last of its cell."""
    if mark.tag not in _DELETED or mark.getparent().tag != f"{W}rPr":
        return None
    paragraph = next(mark.iterancestors(f"{W}p"), None)
    following = None if paragraph is None else paragraph.getnext()
    return paragraph if following is not None and following.tag == f"{W}p" else None


def _unwrap(element: Any) -> None:
    parent = element.getparent()
    at = parent.index(element)
    for offset, child in enumerate(list(element)):
        parent.insert(at + offset, child)
    parent.remove(element)


def _unpacked(path: Path) -> dict[str, bytes]:
    try:
        with path.open("rb") as stream:
            if stream.read(len(_CFB)) == _CFB:
                raise FormError(
                    _("the file is protected by a password, or is an old .doc"),
                    where=str(path),
                    hint=_("save it in Word as .docx without a password"),
                )
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            texts = [e.file_size for e in entries if _TEXT_PARTS.fullmatch(e.filename)]
            if (
                len(entries) > MAX_PARTS
                or sum(e.file_size for e in entries) > MAX_BYTES
                or sum(texts) > MAX_TEXT_BYTES
            ):
                raise FormError(
                    _("the template is too large when unpacked"),
                    where=path.name,
                    hint=_("save it anew in Word without pictures"),
                )
            return {e.filename: archive.read(e) for e in entries if not e.is_dir()}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        raise _no_docx(path) from error


def _no_docx(path: Path) -> FormError:
    return FormError(_("not a DOCX file"), where=str(path), hint=_("save it in Word as .docx"))


def _refuse_reaching(root: Any, part: str, path: Path) -> None:
    """Refuse fields that fetch a file or name one, chunks of other documents, linked pictures."""
    for picture in root.iter(f"{_VML}*"):
        if target := picture.get("src") or picture.get(_HREF):
            raise _outside(target, part, path)
    code: list[str] = []  # of the fields that are open, the innermost last
    for node in root.iter(f"{W}fldChar", f"{W}instrText", f"{W}fldSimple", *_CHUNKS):
        if node.tag in _CHUNKS:
            raise _outside(node.tag.rpartition("}")[2], part, path)
        if node.tag == f"{W}fldSimple":
            code.append(node.get(f"{W}instr") or "")
        elif node.tag == f"{W}instrText":
            code[-1:] = [("".join(code[-1:])) + (node.text or "")]
            continue
        elif node.get(f"{W}fldCharType") == "begin":
            code.append("")
            continue
        name = "".join(code[-1:]).split(maxsplit=1)[:1]
        if name and name[0].upper() in _REACHING:
            raise _outside(name[0], part, path)
        if node.tag == f"{W}fldSimple" or node.get(f"{W}fldCharType") == "end":
            del code[-1:]


def _outside(target: str | None, part: str, path: Path) -> FormError:
    return FormError(
        _("the template refers to a file outside itself ({target})").format(target=target),
        where=f"{path.name}, {part}",
        hint=_("embed it or take it out"),
    )


def _without_outside(content: bytes, part: str, path: Path) -> bytes:
    """The relations of a part, Word's link to the template of the template taken out.

    Word writes that link into many documents, needs it for nothing, and would follow it to
    wherever it leads. Anything else outside that would be printed is refused.
    """
    root = parse(content, part, path)
    changed = False
    for relation in list(root):
        kind = (relation.get("Type") or "").rsplit("/", 1)[-1]
        if kind in _PROGRAMS:
            raise FormError(
                _("the template carries a program or another document within it ({kind})").format(
                    kind=kind
                ),
                where=f"{path.name}, {part}",
                hint=_("take it out, and save it as .docx"),
            )
        if relation.get("TargetMode") != "External" or kind == "hyperlink":
            continue
        if kind != "attachedTemplate":
            raise _outside(relation.get("Target"), part, path)
        root.remove(relation)
        changed = True
    return etree.tostring(root) if changed else content


def _without_link(content: bytes, part: str, path: Path) -> bytes:
    """The settings without what names that link."""
    root = parse(content, part, path)
    links = root.findall(f"{W}attachedTemplate")
    for link in links:
        root.remove(link)
    return etree.tostring(root) if links else content
