"""Speed, side by side in one run on the same pages and the same values, two workers each."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline import settings
from pipeline.engines import docx
from pipeline.flow import wishes
from pipeline.flow.wishes import Wish
from pipeline.papers import draft
from tests.bench import people, rivals
from tests.bench.measure import Row, at_least, figure
from tests.bench.rivals import seconds
from tests.bench.setting import WORKERS, Setting, scan
from tests.bench.workspaces import Json

OVER_OCRMYPDF = at_least(8)
OVER_TESSERACT = at_least(3)
TWO_OVER_ONE = at_least(1.7)
OVER_DOCXTPL = at_least(10)
OVER_SOFFICE = at_least(2)
_FILLED = 80  # papers: more only take longer
NEW_HIRE = ("consent-employee", "non-disclosure-pledge")


def measure(setting: Setting) -> list[Row]:
    """Intake beside OCR of whole pages, filling beside docxtpl, issuing beside LibreOffice."""
    return [*_intake(setting), *_filling(setting), *_issuing(setting)]


def _intake(setting: Setting) -> list[Row]:
    folder = setting.folder / "rivals"
    folder.mkdir()
    office = setting.copy("two-workers")
    alone = setting.copy("one-worker")
    papers: list[Json] = []
    for one in setting.some(len(setting.papers), "speed"):
        if sum(p["pages"] for p in papers) < setting.sizes.speed_pages:
            papers.append(one)
    pages = len(scan(setting, office, "pile", papers, per_file=0, turns=(0,)))
    pile = next((office.inbox / "pile").glob("*.pdf"))
    took = {
        "intake": office.run("intake", pile, "--workers", WORKERS).seconds,
        "intake, one worker": alone.run("intake", pile, "--workers", 1).seconds,
        "tesseract, whole pages": rivals.tesseract(pile, folder),
        "ocrmypdf": rivals.ocrmypdf(pile, folder),
    }
    ours = took["intake"]
    rows = [figure("speed", name, pages, pages / t, "pages/s") for name, t in took.items()]
    for name, target in (
        ("ocrmypdf", OVER_OCRMYPDF),
        ("tesseract, whole pages", OVER_TESSERACT),
        ("intake, one worker", TWO_OVER_ONE),
    ):
        rows.append(figure("intake is faster than", name, pages, took[name] / ours, "x", target))
    return rows


def _filling(setting: Setting) -> list[Row]:
    """The same templates, the same values: compiled once, or opened for every paper."""
    wanted = _wanted(setting)
    folder = setting.folder / "filled"
    folder.mkdir()
    plain = rivals.docxtpl(wanted, setting.folder / "docxtpl")
    ours = seconds(lambda: _fill(wanted, folder))
    count = len(wanted)
    return [
        figure("speed", "docx, paperloop", count, count / ours, "papers/s"),
        figure("speed", "docx, docxtpl", count, count / plain, "papers/s"),
        figure("filling is faster than", "docxtpl", count, plain / ours, "x", OVER_DOCXTPL),
    ]


def _wanted(setting: Setting) -> list[Wish]:
    here = settings.load(setting.office.root, today=people.DAY)
    found: list[Wish] = []
    for data, names, set_name in (
        ("people.json", (), "new-hire-employee"),
        ("people.json", (), "new-hire-municipal"),
        ("acts.json", ("handover-act",), None),
    ):
        chosen = wishes.chosen(names, set_name, here)
        found += wishes.from_data(chosen, str(setting.office.root / data), here)[0]
    return found[:_FILLED]


def _fill(wanted: list[Wish], folder: Path) -> None:
    forms = {wish.form.name: wish.form for wish in wanted}
    compiled = {name: docx.compile_template(form.template) for name, form in forms.items()}
    for number, wish in enumerate(wanted):
        made = draft.of(wish.form, compiled[wish.form.name], wish.filled, "7F3K9QX2MD")
        (folder / f"{number:04}.docx").write_bytes(made.docx)


def _issuing(setting: Setting) -> list[Row]:
    """From data to finished papers, beside the bare conversion of the same DOCX files."""
    office = setting.copy("issuing")  # an office at work; its new people are not those before
    hires = people.hires(max(1, setting.sizes.issued // len(NEW_HIRE)), setting.seed + 1)
    data = office.root / "more.json"
    data.write_text(json.dumps(hires, ensure_ascii=False), encoding="utf-8")
    done = office.run("generate", *NEW_HIRE, "--data", data)
    folder = setting.folder / "converted"
    folder.mkdir()
    plain = rivals.soffice([office.root / one["docx"] for one in done.objects], folder)
    count = len(done.objects)
    ratio = plain / done.seconds
    return [
        figure("speed", "finished papers", count, count / done.seconds, "papers/s"),
        figure("speed", "soffice alone", count, count / plain, "papers/s"),
        figure("issuing is faster than", "soffice alone", count, ratio, "x", OVER_SOFFICE),
    ]
