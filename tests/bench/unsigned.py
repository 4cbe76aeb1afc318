"""Papers that nobody signed: a stamp, a fold, a tick or the date over the line is no signature."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench import confidence
from tests.bench.honest import FALSE_ALARMS
from tests.bench.judging import ABOUT_SIGNATURES, Judged, false_alarms, judge, signatures
from tests.bench.measure import NONE, Row, share_of
from tests.bench.setting import Setting, scan
from tests.bench.workspaces import Json
from tests.simulator import TRAPS
from tests.simulator.dice import dice, one_of

# With one signature each and on one page, except the act, where one of two is missing.
FORMS = ("non-disclosure-pledge", "consent-municipal", "handover-act", "consent-employee")
OVER_A_SIGNATURE = ("stamp-round", "stamp-box", "fold")
NO_ALTERATION = {*OVER_A_SIGNATURE, "staple"}


def measure(setting: Setting) -> list[Row]:
    """Traps instead of signatures, and signatures under the same traps."""
    papers = setting.some(setting.sizes.unsigned, "unsigned", FORMS)
    traps = {p["paper"]: TRAPS[i % len(TRAPS)] for i, p in enumerate(papers)}
    marks = {p["paper"]: _trapped(setting, p, traps[p["paper"]]) for p in papers}
    judged = _taken_in(setting, "unsigned", papers, marks)
    setting.note("unsigned", [one for one in judged if one.accepted or _fooled(one)])
    name = "unsigned papers accepted"
    rows = [share_of(name, "all", [one.accepted for one in judged], NONE)]
    fooled = [hit for one in judged for hit in _fooled_by_place(one)]
    rows.append(share_of("empty places said to be signed", "all", fooled, NONE))
    for trap in TRAPS:
        mine = [
            hit for j in judged if traps[j.paper["paper"]] == trap for hit in _fooled_by_place(j)
        ]
        rows.append(share_of("empty places said to be signed", trap, mine, NONE))
    stamped = _stamped(setting)
    needless = [bool(one.reasons & ABOUT_SIGNATURES) for one in stamped]
    alarms = false_alarms(
        (*judged, *stamped), lambda page: any(mark.what in NO_ALTERATION for mark in page.marks)
    )
    return [
        *rows,
        share_of("signed and stamped papers sent to look", "all", needless),
        share_of("clean pages said to be altered", "stamps, folds, staples", alarms, FALSE_ALARMS),
        *confidence.table("a signature, or none", confidence.signatures((*judged, *stamped))),
    ]


def _stamped(setting: Setting) -> list[Judged]:
    """A signature under a stamp or a fold is one all the same: how often must a person look?"""
    papers = setting.some(setting.sizes.stamped, "stamped", FORMS)
    marks = {}
    for paper in papers:
        rng = dice(setting.seed, paper["paper"], "stamped")
        over = {field: f"sign+{one_of(rng, OVER_A_SIGNATURE)}" for field in signatures(paper)}
        marks[paper["paper"]] = {**_dates(paper), **over}
    return _taken_in(setting, "stamped", papers, marks)


def _taken_in(
    setting: Setting, name: str, papers: Sequence[Json], marks: dict[str, dict[str, str]]
) -> list[Judged]:
    office = setting.copy(name)
    truth = scan(setting, office, name, papers, marks=marks)
    return judge(papers, truth, setting.take_in(office))


def _dates(paper: Json) -> dict[str, str]:
    return {place["field"]: "date" for place in paper["places"] if place["kind"] == "date"}


def _trapped(setting: Setting, paper: Json, trap: str) -> dict[str, str]:
    """One signature missing; where the form has two, the other is there."""
    blanks = signatures(paper)
    missing = one_of(dice(setting.seed, paper["paper"], "missing"), blanks)
    return {**_dates(paper), **{b: trap if b == missing else "sign" for b in blanks}}


def _fooled_by_place(one: Judged) -> list[bool]:
    return [
        one.seen_in(mark.field) is True
        for page in one.pages
        for mark in page.marks
        if mark.kind == "signature" and not mark.present
    ]


def _fooled(one: Judged) -> bool:
    return any(_fooled_by_place(one))
