"""Papers with nothing wrong: are they known, read right, and let through without a person?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from tests.bench import confidence
from tests.bench.judging import (
    ABOUT_SIGNATURES,
    MATCH,
    Judged,
    false_alarms,
    identified,
    judge,
    printed,
    same,
)
from tests.bench.measure import NONE, Row, at_least, at_most, share_of
from tests.bench.people import DAY
from tests.bench.setting import FILE_PAGES, SCANNER, Setting, scan
from tests.bench.workspaces import Json
from tests.simulator import PROFILES, TruthPage, harsher

DPI = (200, 300)
IDENTIFIED = {"office": 1.0, "worn": 1.0, "bilevel": 1.0, "phone": 0.99}
STRAIGHT_THROUGH = {"office": 0.97, "worn": 0.93, "bilevel": 0.88, "phone": 0.75}
FIELDS_RIGHT = {"office": 0.999, "worn": 0.99, "bilevel": 0.99, "phone": 0.99}
LOOKED_AT_NEEDLESSLY = at_most(0.01)
FALSE_ALARMS = at_most(0.01)


def measure(setting: Setting) -> list[Row]:
    """Scan honest papers by every profile at both resolutions, take them in, compare."""
    office = setting.copy("honest")
    cells = list(product(SCANNER, DPI))
    piles = _dealt(setting, len(cells))
    truth: dict[tuple[str, int], list[TruthPage]] = {}
    for (profile, dpi), papers in zip(cells, piles, strict=True):
        how = harsher(PROFILES[profile], dpi=(dpi,))
        fmt = "pdf" if dpi == DPI[0] else "tiff"
        truth[profile, dpi] = scan(
            setting, office, f"{profile}-{dpi}", papers, profile=how, fmt=fmt, per_file=FILE_PAGES
        )
    said = setting.take_in(office)
    rows = []
    for (profile, dpi), pages in truth.items():
        known, name = identified(pages, said), f"{profile} {dpi} dpi"
        target = at_least(IDENTIFIED[profile])
        rows.append(share_of("pages identified", name, [k is True for k in known], target))
        rows.append(share_of("pages identified wrongly", name, [k is False for k in known], NONE))
    everything = [page for pages in truth.values() for page in pages]
    judged = judge((paper for pile in piles for paper in pile), everything, said)
    for profile in SCANNER:
        rows += _of_profile(profile, [one for one in judged if one.profile == profile])
    needless = [bool(one.reasons & ABOUT_SIGNATURES) for one in judged]
    rows.append(share_of("signed papers sent to look", "all", needless, LOOKED_AT_NEEDLESSLY))
    setting.note("honest", [one for one in judged if not one.accepted or one.alterations])
    return [
        *rows,
        *confidence.table("a verified field", confidence.matches(judged)),
        *confidence.table("a field read by OCR alone", confidence.readings(judged)),
        *confidence.table("a signature", confidence.signatures(judged)),
        *confidence.table("the day of signing", confidence.days(judged, lambda _one: DAY)),
    ]


def _dealt(setting: Setting, piles: int) -> list[list[Json]]:
    """The papers dealt out until every pile has its pages."""
    papers = setting.some(len(setting.papers), "honest")
    enough = setting.sizes.honest_pages / piles
    answer: list[list[Json]] = []
    for _ in range(piles):
        pile: list[Json] = []
        while papers and sum(paper["pages"] for paper in pile) < enough:
            pile.append(papers.pop())
        answer.append(pile)
    return answer


def _of_profile(profile: str, judged: Sequence[Judged]) -> list[Row]:
    through = [one.accepted for one in judged]
    right, wrong = [], []
    for one in judged:
        for field, words in printed(one.paper).items():
            entry = one.said_of(field)
            value = entry.get("value")
            right.append(entry.get("status") == MATCH and same(value, words))
            wrong.append(value is not None and not same(value, words))
    return [
        share_of("papers through", profile, through, at_least(STRAIGHT_THROUGH[profile])),
        share_of("fields right", profile, right, at_least(FIELDS_RIGHT[profile])),
        share_of("fields wrong, nobody told", profile, wrong, NONE),
        share_of("clean pages said to be altered", profile, false_alarms(judged), FALSE_ALARMS),
    ]
