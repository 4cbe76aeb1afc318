"""The way of paper: issued, printed, signed or not, changed or not, stacked and scanned."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2

from tests.simulator.damage import PROFILES, Profile, scan
from tests.simulator.dice import dice, one_of
from tests.simulator.filling import Marking, fill_in, plan_marks
from tests.simulator.forgery import (
    PRINT_KINDS,
    Forged,
    Order,
    forge_print,
    forge_sheet,
)  # fmt: skip
from tests.simulator.letters import open_press
from tests.simulator.pens import HANDS
from tests.simulator.printing import WORK_DPI, blank_sheet, render
from tests.simulator.stack import Encoded, encode, write_stack

PaperJson = Mapping[str, Any]
TURNS = (0, 90, 180, 270)
TRUTH = "truth.jsonl"


@dataclass(frozen=True, slots=True)
class TruthPage:
    """What a scanned page really is.

    ``page`` is None for the blank back of a sheet. ``turned``: degrees clockwise that stand it
    upright. ``points``: nine places of the page, [x mm, y mm, x px, y px], where the scan shows
    them (to a tenth of a millimetre or so on bent sheets).
    """

    file: str
    source_page: int
    paper: str
    form: str
    page: int | None
    of: int
    turned: int
    profile: str
    dpi: int
    colour: str
    marks: tuple[Marking, ...]
    forged: tuple[Forged, ...]
    points: tuple[tuple[float, float, float, float], ...]

    def as_json(self) -> dict[str, Any]:
        plain = asdict(self)
        plain["marks"] = [mark.as_json() for mark in self.marks]
        plain["forged"] = [change.as_json() for change in self.forged]
        return plain


@dataclass(frozen=True, slots=True)
class _Job:
    """One side of a sheet on its way through the scanner."""

    pdf: Path
    paper: PaperJson
    page: int | None
    profile: Profile
    seed: int
    fmt: str
    turned: int
    marks: Mapping[str, str]
    orders: tuple[Order, ...]
    hands: tuple[str, ...]
    day: date
    work_dpi: int


def scan_papers(
    papers: Iterable[PaperJson],
    workspace: Path,
    out: Path,
    profile: str | Profile | Sequence[str] = "office",
    seed: int = 0,
    fmt: str = "pdf",
    marks: str | Mapping[str, Mapping[str, str]] = "signed",
    *,
    forge: str | Order | Mapping[str, Sequence[Order]] | None = None,
    mixed: bool = False,
    per_file: int = 0,
    turns: Sequence[int] = (0,),
    backs: bool = False,
    hands: tuple[str, ...] = HANDS,
    day: date | None = None,
    workers: int = 1,
    work_dpi: int = WORK_DPI,
) -> list[TruthPage]:
    """Print, sign and scan ``papers`` (objects that ``generate --json`` prints) into ``out``.

    Args:
        papers: issued papers; their "pdf" is relative to ``workspace``.
        workspace: where they were issued.
        out: folder of the scans and of ``truth.jsonl``; made if missing.
        profile: a name of PROFILES, a Profile, or names of which each paper gets one.
        seed: the same seed gives the same scans, whatever else is in the stack.
        fmt: pdf, tiff, jpeg or png.
        marks: "signed" (every signature and date), "unsigned" (dates, and a trap in each
            signature's place), the name of one trap, or for each paper id its fields' marks
            (see ``filling.fill_in``); fields not named are left empty.
        forge: a kind of forgery for every paper, an Order for every paper, or orders by paper id.
        mixed: one stack of all pages in shuffled order instead of a file for each paper.
        per_file: cut the mixed stack into files of so many pages (0: one file).
        turns: the turns that pages may have, degrees clockwise that stand them upright.
        backs: scanned on both sides: a blank back after each page.
        hands: handwriting fonts; the benches take ``pens.HELD_OUT_HANDS``.
        day: the day written as the date (default: today).
        workers: processes.
        work_dpi: how finely sheets are printed before they are scanned.
    """
    issued = list(papers)
    jobs: list[_Job] = []
    for paper in issued:
        jobs += _jobs(
            paper, issued, workspace, profile, seed, fmt, marks, forge, tuple(turns), backs, hands,
            day or date.today(), work_dpi,
        )  # fmt: skip
    groups: dict[str, list[_Job]] = {}
    if mixed:
        order = dice(seed, "stack").permutation(len(jobs))
        size = per_file or max(1, len(jobs))
        for place, index in enumerate(order):
            groups.setdefault(f"stack-{place // size + 1:03}", []).append(jobs[int(index)])
    else:
        for job in jobs:
            groups.setdefault(str(job.paper["paper"]), []).append(job)
    truth: list[TruthPage] = []
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            for stem, group in groups.items():
                truth += _write(list(pool.map(_make, group)), out, stem, fmt)
    else:
        for stem, group in groups.items():
            truth += _write([_make(job) for job in group], out, stem, fmt)
    lines = (json.dumps(page.as_json(), ensure_ascii=False) for page in truth)
    (out / TRUTH).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return truth


def _write(
    made: Sequence[tuple[Encoded, TruthPage]], out: Path, stem: str, fmt: str
) -> list[TruthPage]:
    places = write_stack([encoded for encoded, _ in made], out, stem, fmt)
    return [
        replace(page, file=name, source_page=number)
        for (_, page), (name, number) in zip(made, places, strict=True)
    ]


def _jobs(
    paper: PaperJson,
    issued: Sequence[PaperJson],
    workspace: Path,
    profile: str | Profile | Sequence[str],
    seed: int,
    fmt: str,
    marks: str | Mapping[str, Mapping[str, str]],
    forge: str | Order | Mapping[str, Sequence[Order]] | None,
    turns: tuple[int, ...],
    backs: bool,
    hands: tuple[str, ...],
    day: date,
    work_dpi: int,
) -> list[_Job]:
    name = str(paper["paper"])
    rng = dice(seed, name, "plan")
    chosen = profile if isinstance(profile, Profile) else _profile(profile, rng)
    drawn = plan_marks(
        paper["places"], marks if isinstance(marks, str) else marks.get(name, {}), rng
    )
    by_page = _orders(paper, issued, forge, rng)
    jobs = []
    for page in range(1, int(paper["pages"]) + 1):
        turned = int(one_of(dice(seed, name, page, "turn"), turns))
        job = _Job(
            workspace / str(paper["pdf"]), paper, page, chosen, seed, fmt, turned, drawn,
            tuple(by_page.get(page, ())), hands, day, work_dpi,
        )  # fmt: skip
        jobs.append(job)
        if backs:
            jobs.append(replace(job, page=None, orders=()))
    return jobs


def _profile(names: str | Sequence[str], rng: np.random.Generator) -> Profile:
    return PROFILES[names if isinstance(names, str) else one_of(rng, names)]


def _orders(
    paper: PaperJson,
    issued: Sequence[PaperJson],
    forge: str | Order | Mapping[str, Sequence[Order]] | None,
    rng: np.random.Generator,
) -> dict[int, list[Order]]:
    """Give each order its field and so its page; a swap without a text takes another person's."""
    if forge is None:
        return {}
    if isinstance(forge, str):
        forge = Order(forge)
    orders = [forge] if isinstance(forge, Order) else forge.get(str(paper["paper"]), ())
    by_page: dict[int, list[Order]] = {}
    for order in orders:
        if order.kind == "clause":  # its words may stand on any page
            for page in range(1, int(paper["pages"]) + 1):
                by_page.setdefault(page, []).append(order)
            continue
        if order.words:
            by_page.setdefault(int(rng.integers(paper["pages"])) + 1, []).append(order)
            continue
        fields = _others(paper, issued) if order.kind == "swap" and not order.text else None
        suited = [
            place
            for place in paper["places"]
            if not place["hand"]
            and order.field in ("", place["field"])
            and (fields is None or place["field"] in fields)
        ]
        if not suited:
            continue
        place = one_of(rng, suited)
        if order.kind == "swap":
            text = order.text or one_of(rng, (fields or {})[place["field"]])
            order = replace(order, field=place["field"], text=text)
        by_page.setdefault(int(place["page"]), []).append(order)
    return by_page


def _others(paper: PaperJson, issued: Sequence[PaperJson]) -> dict[str, list[str]]:
    """For each field the different values that other papers of the form hold."""
    found: dict[str, list[str]] = {}
    for other in issued:
        if other["form"] == paper["form"]:
            for field, value in other["fields"].items():
                if value and value != paper["fields"].get(field):
                    found.setdefault(field, []).append(value)
    return found


def _make(job: _Job) -> tuple[Encoded, TruthPage]:
    """Print, change, sign and scan one side of a sheet."""
    name, page = str(job.paper["paper"]), job.page
    marks: tuple[Marking, ...] = ()
    forged: list[Forged] = []
    document = pypdfium2.PdfDocument(str(job.pdf))
    try:
        press = open_press(document, page or 1)
        if page is None:
            sheet = render(press.page, 50)
            sheet = blank_sheet(sheet.width_mm, sheet.height_mm, job.work_dpi)
        else:
            here = [place for place in job.paper["places"] if place["page"] == page]
            print_ = [place for place in here if not place["hand"]]
            rng = dice(job.seed, name, page, "forgery")
            for order in job.orders:
                fields = [v for v in print_ if order.field in ("", v["field"])]
                if order.kind in PRINT_KINDS:
                    forged += forge_print(press, page, fields, order, rng)
            sheet = render(press.page, job.work_dpi)
            for order in job.orders:
                fields = [v for v in print_ if order.field in ("", v["field"])]
                if order.kind not in PRINT_KINDS:
                    forged += forge_sheet(sheet, press, page, fields, order, rng)
            marks = fill_in(sheet, here, job.marks, job.seed, name, job.hands, job.day)
        press.close()
    finally:
        document.close()
    side = "back" if page is None else page
    seen = scan(sheet, job.profile, job.turned, dice(job.seed, name, side, job.profile.name))
    grid = [(x, y) for y in (20.0, 148.0, 277.0) for x in (20.0, 105.0, 190.0)]
    shown = seen.locate(np.array(grid))
    points = tuple(
        (x, y, round(float(u), 2), round(float(v), 2))
        for (x, y), (u, v) in zip(grid, shown, strict=True)
    )
    truth = TruthPage(
        file="", source_page=0, paper=name, form=str(job.paper["form"]), page=page,
        of=int(job.paper["pages"]), turned=job.turned, profile=job.profile.name, dpi=seen.dpi,
        colour=seen.colour, marks=marks, forged=tuple(forged), points=points,
    )  # fmt: skip
    return encode(seen, job.fmt), truth
