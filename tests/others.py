"""``make others``: a stack of everybody else's paper, and the report that intake writes about it.

One of each: a consent out of another program, a blank filled in by pen, copies of documents, what
fell in. What must become of each is said beside it, here and in ``samples/others-stack/README.md``;
a sheet that ends elsewhere fails the run. With ``--keep`` the stack, the report and the JSON go
there.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pypdfium2

from pipeline import settings
from pipeline.engines import office as libreoffice
from pipeline.forms import form as forms
from pipeline.language.wording import short_date
from pipeline.papers import layout
from pipeline.registry import PersonRow, Registry
from pipeline.settings import Settings
from tests.showing import CLONE, TODAY, Show, say
from tests.simulator import PROFILES, harsher
from tests.simulator.blanks import LATIN
from tests.simulator.damage import scan
from tests.simulator.dates import write_on_rule
from tests.simulator.dice import dice
from tests.simulator.documents import draw, page_of, receipt
from tests.simulator.elsewhere import LOOKS, RULE, Look, other_program, rules_of
from tests.simulator.pens import take_pen
from tests.simulator.printing import Sheet, lay, render
from tests.simulator.signatures import sign
from tests.simulator.stack import encode, write_stack

FOLDER = CLONE / "output" / "others"
KEPT = CLONE / "samples" / "others-stack"
STACK = "others-stack"
SEED = 29
PLEDGE, CONSENT = "non-disclosure-pledge", "consent-2025"
SCANNER = harsher(PROFILES["office"], dpi=(150,), colours=("grey",), jpeg=(45, 50))
ANNA = {
    "personnel_number": "0107", "last_name": "Зимородкова", "first_name": "Анна",
    "middle_name": "Юрьевна", "gender": "ж", "birth_date": "1990-05-12",
    "address": "601940, г. Лугоград, ул. Полевая, д. 14, кв. 3", "passport_series": "4512",
    "passport_number": "123456", "passport_issued_by": "Отделом внутренних дел города Лугоград",
    "passport_issued_on": "2012-06-01", "snils": "112-233-445 95", "inn": "500100732259",
    "position": "лаборант", "insurer": "Кедр-Страхование",
}  # fmt: skip
NAME = "Зимородкова Анна Юрьевна"


@dataclass(frozen=True, slots=True)
class Strange:
    """A sheet of the stack, and what must be said of it: status, reason, form, kind, and whose.

    ``subject`` is whose intake files it as, or whose review proposes that it is.
    """

    what: str
    sheet: str
    status: str = "review"
    why: str = "unknown-form"
    form: str | None = None
    kind: str | None = None
    subject: str | None = None


COPY = Strange(
    "a consent out of another program", "typed", why="not-issued-here", form=CONSENT, subject="0107"
)
STACKED = (
    COPY,
    Strange("an old blank filled in by pen", "pen", why="not-issued-here", form=PLEDGE),
    Strange("the same consent of another office", "theirs", subject="0107"),
    Strange("a passport", "passport", kind="passport", subject="0107"),
    Strange("a card of pension insurance", "pension-insurance", kind="pension-insurance",
            subject="0107"),
    Strange("a diploma of nobody known", "education", kind="education"),
    Strange("a shop's receipt", "receipt"),
    Strange("a page in Latin script", "latin"),
    Strange("a sheet that says what follows", "cover", "accepted", "", form="attachment-sheet",
            subject="0107"),
    Strange("and what follows", "tax-registration", "accepted", "", form="attachment-sheet",
            kind="tax-registration", subject="0107"),
)  # fmt: skip


def main() -> int:
    """Make the stack, take it in, compare; 1 where a sheet ended in the wrong place."""
    show = Show(FOLDER)
    say("1. An office that knows one person and has issued nothing to her")
    show.begin()
    here = settings.load(FOLDER, today=date.fromisoformat(TODAY))
    data = {**ANNA, "gender": "f"}
    with Registry.open(here.registry_url, here.today) as registry:
        registry.issue([], [PersonRow("0107", NAME, "employee", data)])
    said = FOLDER / "output" / "sheets.jsonl"
    show.run("attachment-sheets", "0107", "--item", "tax-registration", "--json-to", str(said))
    (cover,) = show.said(said)
    say(f"2. {len(STACKED)} sheets of everybody else's paper")
    sheets = dict(_sheets(here, FOLDER / str(cover["pdf"])))
    pages = []
    for strange in STACKED:
        rng = dice(SEED, strange.what)
        how = replace(SCANNER, dpi=(200,)) if strange.sheet == "passport" else SCANNER
        pages.append(encode(scan(sheets[strange.sheet], how, 0, rng), "pdf"))
    write_stack(pages, FOLDER / "inbox", STACK, "pdf")
    say("3. Intake, and what review proposes")
    seen, proposed = (FOLDER / "output" / f"{name}.jsonl" for name in ("intake", "review"))
    show.run("intake", str(FOLDER / "inbox"), "--json-to", str(seen), "--workers", "2")
    show.run("review", "--json-to", str(proposed))
    say("\n4. What became of each sheet")
    found = dict(_outcomes(show, seen, proposed))
    wrong = 0
    for number, strange in enumerate(STACKED, start=1):
        ending = found.get(number)
        good = ending == replace(strange, what="", sheet="")
        wrong += not good
        told = ", ".join(_told(ending)) if ending else "lost"
        say(f"   {number:2} {'' if good else 'WRONG: '}{strange.what}: {told}")
    (report,) = (FOLDER / "output" / "reports").glob("*.html")
    say(f"\nEvery sheet with its picture and the reason: {report.relative_to(CLONE)}")
    if "--keep" in sys.argv:
        shutil.copyfile(report, KEPT / "report.html")
        shutil.copyfile(FOLDER / "inbox" / f"{STACK}.pdf", KEPT / f"{STACK}.pdf")
        lines = [json.dumps(one, ensure_ascii=False, indent=1) for one in show.said(seen)]
        (KEPT / "intake.json").write_text("[" + ",\n".join(lines) + "]\n", encoding="utf-8")
    return 1 if wrong else 0


def _told(ending: Strange) -> list[str]:
    parts = (ending.status, ending.why, ending.form, ending.kind, ending.subject)
    return [part for part in parts if part]


def _outcomes(show: Show, seen: Path, proposed: Path) -> Iterator[tuple[int, Strange]]:
    """The sheet's number in the stack to what became of it."""
    looks = {one["document"]: one.get("looks_like") or {} for one in show.said(proposed)}
    for one in show.said(seen):
        whose = one["subject"] or looks.get(one["document"], {}).get("subject")
        for page in one["pages"]:
            why = next((reason for reason in one["reasons"] if reason != "signature-missing"), "")
            yield (
                page["source_page"],
                Strange("", "", one["status"], why, one["form"], page["kind"], whose),
            )


def _sheets(here: Settings, cover: Path) -> Iterator[tuple[str, Sheet]]:
    """Every sheet of the stack by its name, as it lay on the glass."""
    printed = dict(_printed(here))
    yield from _drawn("typed", printed["typed"], "")
    yield from _drawn("pen", printed["pen"], NAME)
    yield from _drawn("theirs", printed["theirs"], "")
    yield from _drawn("cover", cover, None)
    for kind in ("passport", "pension-insurance", "tax-registration"):
        yield kind, draw(kind, ANNA, dice(SEED, kind, 2))
    nobody = {**ANNA, "last_name": "Воробьёва", "first_name": "Нина", "middle_name": "Макаровна"}
    yield "education", draw("education", nobody, dice(SEED, "education", 1))
    yield "receipt", receipt()
    yield "latin", page_of(LATIN, dice(SEED, "latin"))


def _printed(here: Settings) -> Iterator[tuple[str, Path]]:
    """The forms out of another program, as PDF: LibreOffice once over all."""
    theirs = replace(here.operator, name="Комитет по культуре города Лугоград", cases={})
    said = {
        "full_name": NAME, "residing": "проживающая", "address": ANNA["address"],
        "passport_series": "4512", "passport_number": "123456", "initials": "А.Ю. Зимородкова",
        "passport_issued_on": "01.06.2012", "passport_issued_by": ANNA["passport_issued_by"],
        "phone": "8 900 000-00-00", "email": "anna@example.org",
    }  # fmt: skip
    wanted: tuple[tuple[str, str, Settings, Mapping[str, str], Look], ...] = (
        ("typed", CONSENT, here, said, LOOKS[1]),
        ("pen", PLEDGE, here, {}, LOOKS[0]),
        ("theirs", CONSENT, replace(here, operator=theirs), said, LOOKS[4]),
    )
    with tempfile.TemporaryDirectory() as profile:
        folder = FOLDER / "printed"
        folder.mkdir()
        files = []
        for name, form_name, office, values, look in wanted:
            form = forms.load(form_name, here)
            blank = forms.blank(form, office.operator, here.today).printed
            words = {field: text or RULE for field, text in {**blank, **values}.items()}
            files.append(folder / f"{name}.docx")
            files[-1].write_bytes(other_program(form.template, words, look))
        pdfs = libreoffice.to_pdf(files, folder, Path(profile))
    yield from zip((one[0] for one in wanted), pdfs, strict=True)


def _drawn(name: str, pdf: Path, written: str | None) -> Iterator[tuple[str, Sheet]]:
    """The pages of a PDF: ``written`` on its rules, or "" a date and signatures; None: no pen."""
    document = pypdfium2.PdfDocument(pdf)
    for number, printed in enumerate(layout.sheets(pdf.read_bytes())):
        sheet = render(document[number])
        for place, rule in enumerate(rules_of(printed) if written is not None else ()):
            rng = dice(SEED, name, number, rule.x0, rule.y0)
            pen = take_pen(rng)
            words = written or (short_date(date.fromisoformat(TODAY)) if not place else "")
            if words:
                lay(sheet, write_on_rule(words, rule, pen, sheet.dpi, rng), pen.rgb)
            else:
                lay(sheet, sign(rule, pen, sheet.dpi, rng)[0], pen.rgb)
        yield (name if not number else f"{name} {number + 1}"), sheet
    document.close()


if __name__ == "__main__":
    sys.exit(main())
