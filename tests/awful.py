"""``make awful``: a deliberately awful stack of paper, and the report that intake writes about it.

Every sheet is spoilt in a way of its own by the simulator's tools. What must become of each is said
beside it, here and in ``samples/awful-stack/README.md``; a sheet that ends elsewhere fails the run.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import cv2
import numpy as np
import pypdfium2

from pipeline.geometry import Box
from tests.showing import CLONE, TODAY, Show, say
from tests.simulator import HANDS, PROFILES, harsher
from tests.simulator.damage import Profile, Scan, scan
from tests.simulator.dice import dice
from tests.simulator.documents import receipt
from tests.simulator.filling import fill_in, plan_marks
from tests.simulator.printing import Sheet, blank_sheet, render
from tests.simulator.stack import Encoded, encode, write_stack
from tests.simulator.tampering import strike_paragraph
from tests.simulator.traps import fold, stamp_round, staple

FOLDER = CLONE / "output" / "awful"
REPORT = CLONE / "samples" / "awful-stack" / "report.html"
STACK = "awful-stack"
SEED = 13
DPI = 200
PLEDGE, CONSENT = "non-disclosure-pledge", "consent-employee"
PLAIN = harsher(PROFILES["office"], dpi=(DPI,), colours=("grey",), jpeg=(70, 75))
COLOUR = harsher(PLAIN, colours=("colour",))
PHONE = harsher(PROFILES["phone"], dpi=(DPI,))
COPIER = harsher(PROFILES["worn"], dpi=(DPI,), colours=("grey",), folds=(0, 0), stains=(0, 0))

Hurt = Callable[[Sheet, np.random.Generator], None]


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A sheet of the stack: ``of`` is the hire's place, ``page`` 0 what is no page of a paper.

    ``right`` are the colours of the report that are right; ``why`` the reasons, one of which must
    be among the document's where it is not accepted.
    """

    what: str
    of: int
    form: str = PLEDGE
    page: int = 1
    right: tuple[str, ...] = ("accepted",)
    why: tuple[str, ...] = ()
    marks: str = "signed"
    profile: Profile = PLAIN
    turned: int = 0
    hurt: Hurt = lambda sheet, rng: None


def _stapled(sheet: Sheet, rng: np.random.Generator) -> None:
    staple(sheet, Box(12, 8, 32, 18), rng)


def _stamped(sheet: Sheet, rng: np.random.Generator) -> None:
    stamp_round(sheet, Box(95, 95, 135, 135), rng)


def _copied(sheet: Sheet, rng: np.random.Generator) -> None:
    """What a copier made of it: grey, its ink thicker, its paper darker."""
    first = harsher(COPIER, dpi=(300,), skew_deg=0.6, blur_px=(0.5, 0.6))
    seen = scan(Sheet(sheet.pixels, sheet.dpi), first, 0, rng)
    small = cv2.resize(seen.pixels, sheet.pixels.shape[1::-1], interpolation=cv2.INTER_AREA)
    sheet.pixels = np.repeat(np.asarray(small)[..., None], 3, axis=2)


def _torn(sheet: Sheet, rng: np.random.Generator) -> None:
    """The lower left corner is gone, and a code with it: the scanner's lid shows."""
    high = sheet.pixels.shape[0]
    x, y = (round(mm * sheet.dpi / 25.4) for mm in (84, 52))
    ragged = [(0, high - y)]
    ragged += [(x * i // 9, high - y + y * i // 9 + int(rng.integers(-9, 9))) for i in range(1, 9)]
    corner = np.array([*ragged, (x, high), (0, high)], np.int32)
    cv2.fillPoly(sheet.pixels, [corner], (232, 232, 230), cv2.LINE_AA)
    cv2.polylines(sheet.pixels, [corner[:-1]], False, (150, 150, 150), 2, cv2.LINE_AA)


def _struck(sheet: Sheet, rng: np.random.Generator) -> None:
    strike_paragraph(sheet, Box(30, 150, 185, 154), "", rng)


def _pink(sheet: Sheet, rng: np.random.Generator) -> None:
    sheet.pixels = (sheet.pixels * np.array([1.0, 0.86, 0.80])).astype(np.uint8)


def _folded(sheet: Sheet, rng: np.random.Generator) -> None:
    for top in (96, 195):
        fold(sheet, Box(10, top, 200, top + 6), rng)


STACKED = (
    Spoilt("upside down", 0, turned=180),
    Spoilt("sideways", 1, turned=90),
    Spoilt("photographed at an angle", 2, profile=PHONE),
    Spoilt("a staple and its shadow", 3, hurt=_stapled),
    Spoilt("a stamp over the text", 4, profile=COLOUR, hurt=_stamped,
           right=("accepted", "review"), why=("field-mismatch", "field-unreadable", "altered")),
    Spoilt("a photocopy", 5, hurt=_copied, right=("accepted", "review"),
           why=("copy-not-original", "field-unreadable", "field-mismatch")),
    Spoilt("scanned on both sides", 6),
    Spoilt("its blank back", 6, page=0, right=("blank",)),
    Spoilt("a corner torn off, a code with it", 7, hurt=_torn),
    Spoilt("a clause crossed out", 0, CONSENT, 1, ("review",), ("altered",), hurt=_struck),
    Spoilt("its second page", 0, CONSENT, 2, ("review",), ("altered",)),
    Spoilt("nobody signed", 8, marks="nothing", right=("review",), why=("signature-missing",)),
    Spoilt("its second page is not there", 1, CONSENT, 1, ("review",), ("page-missing",)),
    Spoilt("its first page is there twice", 2, CONSENT, 1, ("review",), ("page-doubled",)),
    Spoilt("the same page again", 2, CONSENT, 1, ("review",), ("page-doubled",), profile=COLOUR),
    Spoilt("and its second page", 2, CONSENT, 2, ("review",), ("page-doubled",)),
    Spoilt("a paper of another office", -1, right=("review",), why=("unknown-paper",)),
    Spoilt("a shop's receipt", -1, page=0, right=("review",), why=("unknown-form",)),
    Spoilt("on pink paper", 9, profile=COLOUR, hurt=_pink),
    Spoilt("folded twice", 10, hurt=_folded),
)  # fmt: skip


def main() -> int:
    """Make the stack, take it in, compare; 1 where a sheet ended in the wrong place."""
    show, other = Show(FOLDER), Show(FOLDER.with_name("awful-other"))
    say("1. Two offices issue papers to invented people")
    show.begin()
    other.begin()
    theirs = other.issue(PLEDGE)[0]
    papers = {form: show.issue(form) for form in (PLEDGE, CONSENT)}
    say(f"2. {len(STACKED)} sheets are printed, signed and spoilt, each in its own way")
    pages = []
    for spoilt in STACKED:
        owner, paper = (other, theirs) if spoilt.of < 0 else (show, papers[spoilt.form][spoilt.of])
        pages.append(_sheet(spoilt, owner, paper))
    write_stack(pages, FOLDER / "inbox", STACK, "pdf")
    say("3. Intake")
    seen = FOLDER / "output" / "intake.jsonl"
    show.run("intake", str(FOLDER / "inbox"), "--json-to", str(seen), "--workers", "2")
    say("\n4. What became of each sheet")
    found = dict(_outcomes(show.said(seen)))
    wrong = 0
    for number, spoilt in enumerate(STACKED, start=1):
        status, reasons = found.get(number, ("lost", []))
        good = status in spoilt.right and (status != "review" or bool({*spoilt.why} & {*reasons}))
        wrong += not good
        ending = f"{status} {', '.join(reasons)}".strip()
        say(f"   {number:2} {'' if good else 'WRONG: '}{spoilt.what}: {ending}")
    (report,) = (FOLDER / "output" / "reports").glob("*.html")
    say(f"\nEvery sheet with its picture and the reason: {report.relative_to(CLONE)}")
    if "--keep" in sys.argv:
        shutil.copyfile(report, REPORT)
    return 1 if wrong else 0


def _outcomes(documents: list[dict[str, Any]]) -> Iterator[tuple[int, tuple[str, list[str]]]]:
    """The sheet's number in the stack to what became of it; the last word counts."""
    for document in documents:
        for page in document["pages"]:
            yield page["source_page"], (document["status"], document["reasons"])
        for number in document["blanks"]:
            yield number, ("blank", [])


def _sheet(spoilt: Spoilt, office: Show, paper: Mapping[str, Any]) -> Encoded:
    rng = dice(SEED, spoilt.what)
    if spoilt.page:
        document = pypdfium2.PdfDocument(str(office.folder / str(paper["pdf"])))
        sheet = render(document[spoilt.page - 1], 300)
        document.close()
        plan = plan_marks(paper["places"], spoilt.marks, rng)
        here = [place for place in paper["places"] if place["page"] == spoilt.page]
        who = f"{spoilt.form} {spoilt.of}"  # not the id, which is another one in every registry
        fill_in(sheet, here, plan, SEED, who, HANDS, date.fromisoformat(TODAY))
    elif spoilt.of < 0:
        sheet = receipt()
    else:
        sheet = blank_sheet(210, 297)
    spoilt.hurt(sheet, rng)
    seen: Scan = scan(sheet, spoilt.profile, spoilt.turned, rng)
    return encode(seen, "pdf")


if __name__ == "__main__":
    sys.exit(main())
