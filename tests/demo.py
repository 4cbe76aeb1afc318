"""``make demo``: the main job end to end on invented people, in a workspace of its own.

Twelve new hires become four kinds of paper; the papers are printed, signed and scanned by the
simulator, damage included; the mixed stack is taken in, and what is known afterwards is shown.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.simulator import TURNS, Order, scan_papers

CLONE = Path(__file__).resolve().parent.parent
FOLDER = CLONE / "output" / "demo"
HIRES = CLONE / "samples" / "hires.xlsx"
TODAY = "2026-11-23"
SEED = 2026
WAITING = 10


def main() -> int:
    """Run the demo; the exit code of what failed, else 0."""
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    _say("1. A workspace: an invented college that can print at once")
    _run("init", str(FOLDER))
    _say("2. Generate: a spreadsheet becomes papers, each with its own code")
    for chosen in (
        ("--set", "new-hire-employee"),
        ("--set", "new-hire-municipal"),
        ("handover-act",),
    ):
        _run("generate", *chosen, "--data", str(HIRES), "--json-to", str(_report(*chosen)))
    papers = [
        json.loads(line)
        for report in sorted(FOLDER.glob("output/generate-*.jsonl"))
        for line in report.read_text(encoding="utf-8").splitlines()
    ]
    _say(
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
        )  # fmt: skip
        pages += len(truth)
    _say(f"   {len(papers)} papers, {pages} pages in {inbox.relative_to(CLONE)}")
    _say("4. Intake: every sheet identified, every field read, every glyph verified")
    _run("intake", str(inbox), "--json-to", str(FOLDER / "output" / "intake.jsonl"))
    _say("5. What waits for a person, and why")
    _run("review")
    _say("6. Records read back from paper; who has brought what; one person's whole file")
    _run("records", "--format", "xlsx", "--out", str(FOLDER / "output" / "records.xlsx"))
    _run("checklist")
    whose = next(p["subject"] for p in papers[::-1] if p["subject"])
    _run("checklist", whose, "--tick", "education", "--index", "107718 0012345", "--copy")
    _run("inventory", whose)
    _run("file", "certify", whose)
    _run("file", "cover", whose)
    _say(f"Where to look (all under {FOLDER.relative_to(CLONE)}):")
    for what, where in (
        ("issued papers, DOCX and PDF", "output/issued/"),
        ("the stacks as they were scanned", "inbox/"),
        ("what intake saw, a document a line", "output/intake.jsonl"),
        ("the records", "output/records.xlsx"),
        ("pictures of what waits for a person", "output/review/"),
    ):
        _say(f"   {where:24} {what}")
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


def _report(*chosen: str) -> Path:
    return FOLDER / "output" / f"generate-{chosen[-1]}.jsonl"


def _run(command: str, *arguments: str) -> None:
    """Show a command as a user would type it, and run it."""
    shown = " ".join(a.replace(str(CLONE) + os.sep, "") for a in arguments)
    _say(f"\n$ paperloop {command} {shown}")
    where = [] if command == "init" else ["--workspace", str(FOLDER)]
    program = [sys.executable, "-c", "from pipeline.cli.main import main; main()"]
    done = subprocess.run([*program, *where, "--today", TODAY, command, *arguments], check=False)
    if done.returncode not in (0, WAITING):
        sys.exit(done.returncode)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
