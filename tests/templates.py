"""A form's template changed as Word, a clerk or a stranger would change it."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.settings import packaged_templates

MAIN = "word/document.xml"
FORM = "non-disclosure-pledge"


def changed(
    templates: Path, parts: Mapping[str, Callable[[str], str] | bytes], form: str = FORM
) -> Path:
    """A copy of a form in ``templates``, parts of its DOCX changed or new; its template."""
    folder = templates / form
    if not folder.exists():
        shutil.copytree(packaged_templates() / form, folder)
    template = folder / "form.docx"
    with zipfile.ZipFile(template) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name, change in parts.items():
        if isinstance(change, bytes):
            files[name] = change
        else:
            before = files[name].decode("utf-8")
            after = change(before)
            assert after != before, "the change changed nothing"
            files[name] = after.encode("utf-8")
    with zipfile.ZipFile(template, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return template


def with_tag(tag: str) -> Mapping[str, Callable[[str], str]]:
    """The change that sets ``tag`` (XML) in place of the first field's."""
    return {MAIN: lambda xml: xml.replace("{{ full_name }}", tag, 1)}


def as_word_saves(xml: str) -> str:
    """Every tag split over runs of different looks, with all that Word strews between them."""
    xml = xml.replace("<w:r>", '<w:r w:rsidR="00A1B2C3" w:rsidRPr="00D4E5F6">')
    xml = xml.replace("<w:p>", '<w:p w:rsidR="00A1B2C3" w:rsidRDefault="00A1B2C3">')
    pieces = (
        '</w:t></w:r><w:proofErr w:type="spellStart"/>'
        '<w:bookmarkStart w:id="7" w:name="_GoBack"/><w:bookmarkEnd w:id="7"/>'
        '<w:r w:rsidR="00112233"><w:rPr><w:b/><w:lang w:val="en-US"/></w:rPr>'
        '<w:t xml:space="preserve">',
        '</w:t></w:r><w:proofErr w:type="spellEnd"/>'
        '<w:r><w:rPr><w:i/><w:sz w:val="20"/></w:rPr><w:lastRenderedPageBreak/><w:t>',
    )
    # Within the name, within the braces, and not at all.
    xml = re.sub(r"\{\{ (\w\w)(\w+) \}\}", rf"{{{pieces[0]}{{ \1{pieces[1]}\2 }}}}", xml)
    return xml.replace("«", "“").replace("»", "”")
