"""Re-typed pages: the issued DOCX opened, a clause softened, printed anew with the old codes.

Everything that a program could compare is right: the values, the id in the foot, the codes, the
fonts, the signature. Only the wording is not, and the lines after it may have moved.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.engines import office as libreoffice
from pipeline.geometry import Box
from pipeline.papers import layout, marks
from tests.bench.judging import Judged, judge
from tests.bench.setting import Setting, scan
from tests.bench.softening import CLAUSES
from tests.bench.workspaces import Json, Workspace
from tests.simulator.dice import dice, one_of

_BODY = "word/document.xml"


def judged(setting: Setting) -> list[Judged]:
    """Scan re-typed papers, signed where their blanks now are; what intake said of them."""
    office = setting.copy("re-typed")
    papers = setting.some(setting.sizes.retyped, "re-typed")
    retyped = _retyped(setting, office, papers)
    truth = scan(setting, office, "retyped", retyped)
    answer = judge(retyped, truth, setting.take_in(office))
    setting.note("re-typed", [one for one in answer if one.accepted])
    return answer


def _retyped(setting: Setting, office: Workspace, papers: Sequence[Json]) -> list[Json]:
    folder = office.root / "retyped"
    folder.mkdir()
    files = []
    for paper in papers:
        was, now = one_of(dice(setting.seed, paper["paper"], "clause"), CLAUSES[paper["form"]])
        path = folder / f"{paper['paper']}.docx"
        path.write_bytes(softened((office.root / paper["docx"]).read_bytes(), was, now))
        files.append(path)
    with tempfile.TemporaryDirectory() as profile:
        libreoffice.to_pdf(files, folder, Path(profile))
    answer = []
    for paper, path in zip(papers, files, strict=True):
        pdf = path.with_suffix(".pdf")
        issued = (office.root / paper["pdf"]).read_bytes()
        fresh = marks.stamp(pdf.read_bytes(), paper["paper"])
        pdf.write_bytes(fresh)
        pages = len(layout.sheets(fresh))
        places = _moved(paper["places"], issued, fresh)
        name = pdf.relative_to(office.root).as_posix()
        answer.append({**paper, "pdf": name, "pages": pages, "places": places})
    return answer


def softened(docx: bytes, was: str, now: str) -> bytes:
    """The paper with one wording for another. Raises ValueError where it does not say ``was``."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == _BODY:
                text = content.decode("utf-8")
                if was not in text:
                    raise ValueError(f"the form does not say “{was}” in one run")
                content = text.replace(was, now, 1).encode("utf-8")
            new.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _moved(places: Sequence[Json], issued: bytes, fresh: bytes) -> list[Json]:
    """Where the blanks stand on the new sheet: their rules keep their near-black colours."""
    old, new = _rules(issued), _rules(fresh)
    answer = []
    for place in places:
        box = Box(*place["box_mm"])
        for colour, (page, rule) in old.items():
            on_rule = abs(rule.y0 - box.y1) < 1 and abs(rule.x0 - box.x0) < 1
            if place["hand"] and page == place["page"] and on_rule and colour in new:
                page, there = new[colour]
                x, y = there.x0 - rule.x0, there.y0 - rule.y0
                moved = Box(box.x0 + x, box.y0 + y, box.x1 + x, box.y1 + y)
                place = {**place, "page": page, "box_mm": moved.as_list()}
                break
        answer.append(place)
    return answer


def _rules(pdf: bytes) -> dict[int, tuple[int, Box]]:
    """The runs of underscores by colour: their page and box."""
    glyphs = [glyph for sheet in layout.sheets(pdf) for glyph in sheet.glyphs]
    return {
        colour: (run[0].page, layout.box_of(run))
        for colour, run in layout.by_colour(glyphs).items()
        if all(glyph.char == "_" for glyph in run)
    }
