"""``make demo``: the main job end to end on invented people, in a workspace of its own.

Twelve new hires become four kinds of paper; the papers are printed, signed and scanned by the
simulator, damage included; the mixed stack is taken in, and what is known afterwards is shown.
"""

from __future__ import annotations

import sys
from datetime import date

from tests.showing import CLONE, TODAY, Show, say
from tests.simulator import TURNS, Order, scan_papers
from tests.simulator.scanning import TRUTH

FOLDER = CLONE / "output" / "demo"
SEED = 2026
SHOW = Show(FOLDER)


def main() -> int:
    """Run the demo; the exit code of what failed, else 0."""
    say("1. A workspace: an invented college that can print at once")
    SHOW.begin()
    say("2. Generate: a spreadsheet becomes papers, each with its own code")
    employees = SHOW.issue("--set", "new-hire-employee")
    servants = SHOW.issue("--set", "new-hire-municipal")
    papers = [*SHOW.issue("handover-act"), *employees, *servants]
    say(
        "3. Print, sign and scan: simulated, four kinds of scanner, one paper altered, one unsigned"
    )
    inbox = FOLDER / "inbox"
    unsigned, altered = papers[1]["paper"], papers[2]["paper"]
    pages = 0
    for number, profile in enumerate(("office", "worn", "bilevel", "phone")):
        batch = papers[number::4]
        marks = {p["paper"]: _marks(p, signed=p["paper"] != unsigned) for p in batch}
        truth = scan_papers(
            batch, FOLDER, inbox / profile, profile, SEED,
            "tiff" if profile == "bilevel" else "pdf", marks, mixed=True, turns=TURNS,
            forge={altered: [Order("strike")]} if altered in marks else None, workers=2,
            day=date.fromisoformat(TODAY),
        )  # fmt: skip
        pages += len(truth)
        apart = FOLDER / "truth"  # what was printed and signed: no scanner leaves that
        apart.mkdir(exist_ok=True)
        (inbox / profile / TRUTH).replace(apart / f"{profile}.jsonl")
    say(f"   {len(papers)} papers, {pages} pages in {inbox.relative_to(CLONE)}")
    say("4. Intake: every sheet identified, every field read, every glyph verified")
    SHOW.run("intake", str(inbox), "--json-to", str(FOLDER / "output" / "intake.jsonl"))
    say("5. What waits for a person, and why")
    SHOW.run("review")
    say("6. Records read back from paper; who has brought what; one person's whole file")
    SHOW.run("records", "--format", "xlsx", "--out", str(FOLDER / "output" / "records.xlsx"))
    SHOW.run("checklist")
    whose = next(p["subject"] for p in papers[::-1] if p["subject"])
    SHOW.run("checklist", whose, "--tick", "education", "--index", "107718 0012345", "--copy")
    SHOW.run("inventory", whose)
    SHOW.run("file", "certify", whose)
    SHOW.run("file", "cover", whose)
    say(f"Where to look (all under {FOLDER.relative_to(CLONE)}):")
    for what, where in (
        ("issued papers, DOCX and PDF", "output/issued/"),
        ("the stacks as they were scanned", "inbox/"),
        ("what was truly printed and signed", "truth/"),
        ("what intake saw, a document a line", "output/intake.jsonl"),
        ("the records", "output/records.xlsx"),
        ("pictures of what waits for a person", "output/review/"),
    ):
        say(f"   {where:24} {what}")
    return 0


def _marks(paper: dict[str, object], *, signed: bool) -> dict[str, str]:
    """A signature and a date in every blank for one; ``signed`` False leaves a fold instead."""
    places = paper["places"]
    assert isinstance(places, list)
    return {
        place["field"]: ("sign" if signed else "fold") if place["kind"] == "signature" else "date"
        for place in places
        if place["hand"] and place["kind"] in ("signature", "date")
    }


if __name__ == "__main__":
    sys.exit(main())
