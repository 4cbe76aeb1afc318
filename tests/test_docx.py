"""Templates: as Word saves them, with faults in them, and from strangers."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.engines import docx, tags
from pipeline.engines.package import W
from pipeline.errors import ExitCode, FormError
from pipeline.language.lettering import unprintable
from pipeline.settings import packaged_templates
from tests import templates
from tests.conftest import Said
from tests.templates import FORM, MAIN, changed, with_tag
from tests.test_generate import WOMAN

Call = Callable[..., Said]
PLEDGE = docx.compile_template(packaged_templates() / FORM / "form.docx")
# The order of what may stand in a run's properties: CT_RPr of ECMA-376 part 1.
RPR = re.findall(
    r"\w+",
    """
    rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof
    snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd
    fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath
    """,
)


def filled(template: docx.Compiled, words: Mapping[str, str], **context: Any) -> bytes:
    """The DOCX with ``words`` by field name, every other field printing its own name."""
    return docx.fill(
        template, context, lambda name, size: words.get(name, name), lambda name: "000007"
    )


def body(content: bytes) -> str:
    return "\n".join(p.text for p in Document(io.BytesIO(content)).paragraphs)


# As Word saves


def test_tags_that_word_has_split_are_filled(tmp_path: Path) -> None:
    template = changed(tmp_path, {MAIN: templates.as_word_saves})
    words = {"full_name": "Петрова Анна", "passport_series": "1234"}
    text = body(filled(docx.compile_template(template), words))
    assert "Я, Петрова Анна паспорт серии 1234, номер passport_number выдан" in text
    assert "{" not in text and "}" not in text


def test_a_value_looks_like_the_start_of_its_tag(tmp_path: Path) -> None:
    three = (
        "{{ fu</w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>ll_na</w:t></w:r>"
        "<w:r><w:t>me }}, </w:t></w:r><w:r><w:t>"
    )
    template = changed(tmp_path, with_tag(three))
    paragraph = next(
        p
        for p in Document(io.BytesIO(filled(docx.compile_template(template), {}))).paragraphs
        if "full_name" in p.text
    )
    run = next(r for r in paragraph.runs if r.text == "full_name")
    assert not run.italic
    assert run.font.color.rgb is not None and str(run.font.color.rgb) == "000007"
    assert "full_name,  паспорт" in paragraph.text


@pytest.mark.parametrize(
    ("xml", "shown"),
    [
        ('</w:t></w:r><w:ins w:id="1" w:author="a"><w:r><w:t>{{ full_name }}</w:t></w:r></w:ins>'
         '<w:del w:id="2" w:author="a"><w:r><w:delText>{{ old }}</w:delText></w:r></w:del>'
         "<w:r><w:t>", "Я, full_name паспорт"),
        ('</w:t></w:r><w:moveFrom w:id="1"><w:r><w:t>away</w:t></w:r></w:moveFrom><w:moveTo '
         'w:id="2"><w:r><w:t>{{ full_name }}</w:t></w:r></w:moveTo><w:r><w:t>', "Я, full_name п"),
        ('</w:t></w:r><w:smartTag w:element="PersonName"><w:r><w:t>{{ full_</w:t></w:r>'
         "</w:smartTag><w:r><w:t>name }}", "Я, full_name паспорт"),
        ("{{full_name}}", "Я, full_name паспорт"),
        ("{{\N{NO-BREAK SPACE}full_name  }}", "Я, full_name паспорт"),
        ("«{{ full_name }}»“{{ full_name }}”", "Я, «full_name»“full_name” паспорт"),
        ("{{ full_name }}{{ position }}", "Я, full_nameposition паспорт"),
        ("{ {{ full_name }} }", "Я, { full_name } паспорт"),
    ],
)  # fmt: skip
def test_what_word_puts_round_a_tag(tmp_path: Path, xml: str, shown: str) -> None:
    text = body(filled(docx.compile_template(changed(tmp_path, with_tag(xml))), {}))
    assert shown in text
    assert "old" not in text and "away" not in text


def test_a_deleted_paragraph_and_row_are_gone(tmp_path: Path) -> None:
    gone = (
        '<w:p><w:pPr><w:rPr><w:del w:id="1" w:author="a"/></w:rPr></w:pPr><w:del w:id="2">'
        "<w:r><w:delText>old</w:delText></w:r></w:del></w:p><w:tbl><w:tr><w:trPr><w:del "
        'w:id="3"/></w:trPr><w:tc><w:p><w:r><w:t>old</w:t></w:r></w:p></w:tc></w:tr></w:tbl>'
    )
    template = changed(tmp_path, {MAIN: lambda xml: xml.replace("<w:body>", "<w:body>" + gone)})
    before = Document(str(packaged_templates() / FORM / "form.docx"))
    after = Document(io.BytesIO(filled(docx.compile_template(template), {})))
    assert len(after.paragraphs) == len(before.paragraphs)
    assert "old" not in "".join(after.element.itertext())


def test_optional_paragraphs_and_rows(tmp_path: Path) -> None:
    def paragraph(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    rows = "".join(
        f"<w:tr><w:tc>{paragraph(text)}</w:tc></w:tr>"
        for text in ("{%tr for item in items %}", "{{ item.name }}", "{%tr endfor %}")
    )
    xml = (
        paragraph("{%p if position %}") + paragraph("only sometimes") + paragraph("{%p endif %}")
        + paragraph("{% if not position %}else{% endif %}") + f"<w:tbl>{rows}</w:tbl>"
    )  # fmt: skip
    template = docx.compile_template(
        changed(tmp_path, {MAIN: lambda old: old.replace("<w:body>", "<w:body>" + xml)})
    )
    items = [{"prefix": "items.1"}, {"prefix": "items.2"}]
    full = filled(template, {}, position=True, items=items)
    assert "only sometimes" in body(full) and "else" not in body(full)
    table = Document(io.BytesIO(full)).tables[0]
    assert [row.cells[0].text for row in table.rows] == ["items.1.name", "items.2.name"]
    empty = filled(template, {}, position=False, items=[])
    assert "only sometimes" not in body(empty) and "else" in body(empty)


def test_run_properties_stay_in_the_order_of_the_schema(tmp_path: Path) -> None:
    look = (
        '</w:t></w:r><w:r><w:rPr><w:rFonts w:ascii="Arial"/><w:b/><w:color w:val="FF0000"/>'
        '<w:spacing w:val="2"/><w:sz w:val="22"/><w:u w:val="single"/><w:lang w:val="ru-RU"/>'
        "</w:rPr><w:t>{{ full_name }}"
    )
    template = docx.compile_template(changed(tmp_path, with_tag(look)))
    with zipfile.ZipFile(io.BytesIO(filled(template, {}))) as archive:
        root = etree.fromstring(archive.read(MAIN))
    for properties in root.iter(f"{W}rPr"):
        names = [etree.QName(p).localname for p in properties]
        assert names == sorted(names, key=RPR.index)
        assert names.count("color") <= 1


# Any words


def text_parts(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1))
def test_any_text_is_found_back_whole_and_nothing_else_changes(words: str) -> None:
    assume(not re.fullmatch(r"\w+_\w+|signature|date|position", words))  # the other fields' names
    content = filled(PLEDGE, {"passport_issued_by": words})
    runs = [r for p in Document(io.BytesIO(content)).paragraphs for r in p.runs]
    assert words in [run.text for run in runs]
    calm = text_parts(filled(PLEDGE, {"passport_issued_by": "calm"}))
    mine = text_parts(content)
    assert list(mine) == list(calm)
    assert all(mine[name] == calm[name] for name in calm if name != MAIN)
    root = etree.fromstring(mine[MAIN])
    (leaf,) = [
        t for t in root.iter(f"{W}t") if t.text == words and t.getparent()[0].tag == f"{W}rPr"
    ]
    leaf.text = "calm"
    assert etree.tostring(root) == etree.tostring(etree.fromstring(calm[MAIN]))


@pytest.mark.parametrize(
    "words",
    ["{{ full_name }}", "{% for a in b %}", "{# no #}", "&amp; <b>&</b> \"'", "]]>", "a  b", "ё́"],
)
def test_what_looks_like_code_in_the_data_stays_as_it_is(words: str) -> None:
    assert f"Я, {words} паспорт" in body(filled(PLEDGE, {"full_name": words}))


@given(st.characters(codec="latin-1", categories=["Cc"]))
def test_what_xml_cannot_hold_is_refused_with_the_data(char: str) -> None:
    assert char.isspace() or unprintable(f"a{char}b")


def test_the_same_words_give_the_same_bytes() -> None:
    assert filled(PLEDGE, {"position": "врач"}) == filled(PLEDGE, {"position": "врач"})


# Faults that form check finds


@pytest.mark.parametrize(
    ("tag", "rule"),
    [
        ("{{ fullname }}", "unknown-field"),
        ("{{ Full_name }}", "unknown-field"),
        ("{{ operator.name }}", "unknown-field"),
        ("{% if fullname %}x{% endif %}", "unknown-field"),
        ("{% for x in people %}x{% endfor %}", "unknown-field"),
        ("{{ full_nаme }}", "mixed-script"),
        ("{{ full_name", "tag-unreadable"),
        ("full_name }}", "tag-unreadable"),
        ("{{ full_name }", "tag-unreadable"),
        ("{{ }}", "tag-unreadable"),
        ("{{ default(«—») }}", "tag-unreadable"),
        ("{% if full_name %}", "tag-unreadable"),
        ("{% endfor %}", "tag-unreadable"),
        ("{%tr for x in y %}{%tr endfor %}", "tag-unreadable"),
        ("{{ ''.__class__.__mro__ }}", "tag-code"),
        ("{{ full_name.__class__ }}", "tag-code"),
        ("{{ cycler.__init__.__globals__ }}", "tag-code"),
        ("{{ full_name|upper }}", "tag-code"),
        ("{{ full_name() }}", "tag-code"),
        ("{{ 7*7 }}", "tag-code"),
        ("{% for i in range(9) %}x{% endfor %}", "tag-code"),
        ("{% set x = 1 %}", "tag-code"),
        ("{% include 'x' %}", "tag-code"),
        ("{# {{ full_name }} #}", "tag-code"),
        ("{% for a in x %}{% for b in x %}x{% endfor %}{% endfor %}", "tag-code"),
    ],
)
def test_bad_tags_are_named_with_paragraph_and_run(
    paperloop: Call, workspace: Path, tag: str, rule: str
) -> None:
    changed(workspace / "templates", with_tag(tag.replace("<", "&lt;")))
    said = paperloop("form", "check", FORM, "--json")
    assert said.code == ExitCode.BAD_FORM
    found = [f for f in said.lines() if f["rule"] == rule]
    assert found and found[0]["where"] == f"{MAIN}, paragraph 3, run 2"
    data = workspace / "empty.json"
    data.write_text("[]", encoding="utf-8")
    refused = paperloop("generate", FORM, "--data", data)
    assert refused.code == ExitCode.BAD_FORM
    assert len(refused.err.splitlines()) == 1 and "paragraph 3, run 2" in refused.err


def test_a_lost_field_is_named(paperloop: Call, workspace: Path) -> None:
    changed(workspace / "templates", {MAIN: lambda xml: xml.replace("{{ signature }}", "")})
    said = paperloop("form", "check", FORM, "--json")
    assert said.code == ExitCode.BAD_FORM
    assert [f["phrase"] for f in said.lines() if f["rule"] == "field-missing"] == ["signature"]


def test_every_fault_is_told_at_once(paperloop: Call, workspace: Path) -> None:
    changed(
        workspace / "templates",
        {MAIN: lambda xml: xml.replace("{{ date }}", "{{ dаte }}").replace("{{ warned", "{{ x.y")},
    )
    rules = {f["rule"] for f in paperloop("form", "check", FORM, "--json").lines()}
    assert {"mixed-script", "unknown-field", "field-missing"} <= rules


@pytest.mark.parametrize(
    "toml",
    [
        "form = 3",
        "[form]\nname = 'x'",
        "[form]\nname='x'\ntitle='x'\ndate='soon'\nkey='act'",
        "[form]\nname='x'\ntitle='x'\ndate=2026-01-01\nkey='personnel_number'\n[fields]\na=1",
        "[form]\nname='x'\ntitle='x'\ndate=2026-01-01\nkey='act'\n[fields.a]\nvalue='a |'",
        "[form]\nname='x'\ntitle='x'\ndate=2026-01-01\nkey='act'\n[fields.a]\nvalue='a|nofilter'",
        "[form]\nname='x'\ntitle='x'\ndate=2026-01-01\nkey='act'\n[tables.t]\nsource='t'",
        "[form",
        "\xff",
    ],
)
def test_a_wrong_form_toml_is_said_in_a_line(paperloop: Call, workspace: Path, toml: str) -> None:
    template = changed(workspace / "templates", with_tag("{{full_name}}"))
    (template.parent / "form.toml").write_bytes(toml.encode("latin-1"))
    said = paperloop("form", "check", FORM, "--json")
    assert said.code == ExitCode.BAD_FORM
    assert said.lines()[0]["rule"] == "form-toml"
    said = paperloop("generate", FORM, "--data", "-")
    assert said.code == ExitCode.BAD_FORM and len(said.err.splitlines()) == 1


@pytest.mark.parametrize(
    "expression",
    [
        "9**9**9**9",
        "'a' * 10**9",
        "'%*d' % (10**9, 1)",
        "range(10**9) | list",
        "'a' | center(10**9)",
        "'a'.ljust(10**9)",
        "'{:>999999999}'.format(1)",
        "lipsum(10**6)",
        "cycler.__init__.__globals__",
        " ~ ".join(["last_name"] * 200),
    ],
)
def test_an_expression_cannot_run_for_ever(
    paperloop: Call, workspace: Path, expression: str
) -> None:
    said = _generated_with(expression, paperloop, workspace)
    assert said.code == ExitCode.BAD_FORM and len(said.err.splitlines()) == 1


def _generated_with(expression: str, paperloop: Call, workspace: Path) -> Said:
    """What ``generate`` says where a form's field has this expression."""
    template = changed(workspace / "templates", with_tag("{{full_name}}"))
    toml = template.parent / "form.toml"
    text = toml.read_text(encoding="utf-8").replace("person | nominative", expression, 1)
    toml.write_text(text, encoding="utf-8")
    data = workspace / "one.json"
    data.write_text(json.dumps([WOMAN]), encoding="utf-8")
    return paperloop("generate", FORM, "--data", data)


def test_replacing_cannot_fill_the_memory(paperloop: Call, workspace: Path) -> None:
    expression = "last_name" + " | replace('а', 'аааааааааааааааааааа')" * 12
    assert _generated_with(expression, paperloop, workspace).code == ExitCode.BAD_FORM


def test_a_column_that_no_data_can_have_is_named(paperloop: Call, workspace: Path) -> None:
    template = changed(workspace / "templates", with_tag("{{full_name}}"))
    toml = template.parent / "form.toml"
    text = toml.read_text(encoding="utf-8").replace('"passport_series"', '"pasport_series"', 1)
    toml.write_text(text, encoding="utf-8")
    (found,) = [
        f for f in paperloop("form", "check", FORM, "--json").lines() if f["level"] == "error"
    ]
    assert (found["rule"], found["phrase"]) == ("unknown-column", "pasport_series")


# Strangers' files

BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>'
SPY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
OUTSIDE = (
    '<Relationship Id="rId99" TargetMode="External" Target="http://example.org/a.png" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
    "</Relationships>"
)
RELATIONS = "word/_rels/document.xml.rels"


def field(code: str) -> str:
    """One of Word's own fields, split as Word splits it."""
    pieces = [
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {code[:4]}</w:instrText>',
        f"<w:instrText>{code[4:]} </w:instrText>",
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ]
    return "<w:p>" + "".join(f"<w:r>{piece}</w:r>" for piece in pieces) + "</w:p>"


REACHING = [
    field('INCLUDETEXT "/etc/passwd"'),
    field('includepicture "file:///a.png" \\d'),
    field('IF 1 = 1 "a"').replace("<w:t>1</w:t>", field("DDEAUTO soffice a b")[5:-6]),
    field("FILENAME \\p"),
    '<w:p><w:fldSimple w:instr=" IncludeText &quot;/etc/passwd&quot; "/></w:p>',
    '<w:altChunk w:id="1"/>',
    '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape>'
    '<v:imagedata src="file:///a.png"/></v:shape></w:pict></w:r></w:p>',
]


@pytest.mark.parametrize("xml", REACHING)
def test_what_fetches_a_file_is_refused(paperloop: Call, workspace: Path, xml: str) -> None:
    changed(
        workspace / "templates", {MAIN: lambda old: old.replace("<w:body>", "<w:body>" + xml, 1)}
    )
    said = paperloop("generate", FORM, "--data", "-")
    assert said.code == ExitCode.BAD_FORM
    assert "outside itself" in said.err and len(said.err.splitlines()) == 1


@pytest.mark.parametrize("kind", ["vbaProject", "oleObject", "control"])
def test_a_program_in_a_template_is_refused(paperloop: Call, workspace: Path, kind: str) -> None:
    """Every issued paper would carry it to whoever opens it."""
    url = "http://schemas.microsoft.com/office/2006/relationships"
    relation = f'<Relationship Id="rId99" Type="{url}/{kind}" Target="x.bin"/></Relationships>'
    changed(
        workspace / "templates",
        {RELATIONS: lambda old: old.replace("</Relationships>", relation)},
    )
    said = paperloop("generate", FORM, "--data", "-")
    assert said.code == ExitCode.BAD_FORM
    assert f"within it ({kind})" in said.err and len(said.err.splitlines()) == 1


def test_words_harmless_fields_are_let_through(tmp_path: Path) -> None:
    xml = "".join(map(field, ("PAGE", 'HYPERLINK "http://a/LINK/DDE"', "DATE \\@ yyyy")))
    template = changed(tmp_path, {MAIN: lambda old: old.replace("<w:body>", "<w:body>" + xml, 1)})
    assert docx.compile_template(template)


def with_head(head: str) -> Callable[[str], str]:
    return lambda xml: head + xml[xml.index("<w:") :].replace("{{ full_name }}", "&b;", 1)


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({MAIN: lambda xml: xml[: len(xml) // 2]}, "broken XML"),
        ({MAIN: lambda xml: "<w:document/>"}, "broken XML"),
        ({MAIN: b""}, "broken XML"),
        ({MAIN: b"<a/>"}, "not a DOCX"),
        ({"word/styles.xml": b"<styles"}, "broken XML"),
        ({MAIN: with_head(BOMB)}, "entities"),
        ({MAIN: with_head(SPY)}, "entities"),
        ({"word/styles.xml": (BOMB + "<a>&c;</a>").encode("utf-16")}, "entities"),
        ({RELATIONS: lambda x: x.replace("</Relationships>", OUTSIDE)}, "outside itself"),
        ({"word/media/big.bin": bytes(65 << 20)}, "too large"),
        ({f"word/media/{n}.bin": b"" for n in range(600)}, "too large"),
        ({MAIN: lambda x: x.replace("<w:body>", "<w:body>" + " " * (5 << 20))}, "too large"),
    ],
)
def test_a_strangers_template_is_refused_in_a_line(
    paperloop: Call, workspace: Path, parts: Mapping[str, Any], what: str
) -> None:
    changed(workspace / "templates", parts)
    said = paperloop("generate", FORM, "--data", "-")
    assert said.code == ExitCode.BAD_FORM
    assert what in said.err and len(said.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "not a DOCX"),
        (b"just text, named .docx", "not a DOCX"),
        (b"PK\x03\x04 and nothing more", "not a DOCX"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "password"),
    ],
)
def test_what_is_no_docx_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(content)
    for reader in (docx.compile_template, docx.paragraphs, tags.read):
        with pytest.raises(FormError, match=what):
            reader(path)


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "form.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MAIN, "x")
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag "encrypted", in the local header and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))
    with pytest.raises(FormError, match="not a DOCX"):
        docx.compile_template(path)


def test_words_link_to_its_own_template_is_taken_out(tmp_path: Path) -> None:
    link = OUTSIDE.replace("/image", "/attachedTemplate")
    empty = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    template = changed(
        tmp_path,
        {
            "word/_rels/settings.xml.rels": (empty + link).encode(),
            "word/settings.xml": lambda xml: xml.replace(
                "</w:settings>", '<w:attachedTemplate r:id="rId99"/></w:settings>'
            ),
        },
    )
    content = filled(docx.compile_template(template), {})
    parts = text_parts(content)
    assert b"example.org" not in b"".join(parts.values())
    assert b"attachedTemplate" not in parts["word/settings.xml"]
    assert Document(io.BytesIO(content)).paragraphs
