"""Changed papers: nothing that was changed may pass as what was issued.

A paper with a change in every field says how well single glyphs are verified (each field is
judged for itself); papers with one change in all say what a forger would meet with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.bench import retyped
from tests.bench.judging import MATCH, Judged, judge, printed
from tests.bench.measure import NONE, Row, at_least, share_of
from tests.bench.setting import SCANNER, Setting, scan
from tests.bench.softening import CLAUSES
from tests.bench.workspaces import Json
from tests.simulator import Forged, Order
from tests.simulator.dice import dice, one_of

# Half of the changed glyphs are near twins; the others fare no better.
GLYPH_KINDS = ("twin", "twin", "twin", "twin", "random", "random", "insert", "drop")
SMEAR_KINDS = ("smear", "smear", "rub", "fluid", "label", "overprint")
COVER_KINDS = ("fluid", "label", "rub", "smear")
# What a pen did, and what intake should call it.
PEN_KINDS = {
    "strike": "strike", "strike-wavy": "strike", "strike-paragraph": "strike",
    "insertion": "insertion",
}  # fmt: skip
PEN_FOUND = {"office": 0.99, "worn": 0.95, "bilevel": 0.95, "phone": 0.95}
WHOLE_LINE = 99  # words: a line ends sooner


@dataclass(frozen=True, slots=True)
class Group:
    """A kind of changed papers: how many, and what is ordered for each."""

    name: str
    count: int
    orders: Callable[[Setting, Json], list[Order]]


def measure(setting: Setting) -> list[Row]:
    """Forge, scan, take in, and count what was let through."""
    sizes = setting.sizes
    groups = (
        Group("a glyph in every field", sizes.glyphed, _in_every_field),
        Group("one glyph", sizes.single, _one_glyph),
        Group("a value swapped", sizes.swapped, lambda *_: [Order("swap")]),
        Group("a field smeared", sizes.smeared, _smeared),
        Group("words changed", sizes.worded, _worded),
        Group("wording covered", sizes.covered, _covered),
        Group("wording struck out or added to", sizes.struck, _by_pen),
        Group("a letter touched by a pen", sizes.touched, _touched),
    )
    rows = []
    for group in groups:
        judged = _changed(setting, group)
        rows.append(_accepted(group.name, judged))
        if group.orders is _in_every_field:
            rows += _glyphs(judged)
        elif group.orders is _covered:
            rows += _by_kind(group.name, judged, COVER_KINDS)
            rows += _found("covered wording found", judged, COVER_KINDS)
        elif group.orders is _by_pen:
            rows += _by_kind(group.name, judged, PEN_KINDS)
            rows += _pens(judged)
    rows.append(_accepted("re-typed, a clause softened", retyped.judged(setting)))
    return rows


def _changed(setting: Setting, group: Group) -> list[Judged]:
    """The papers of a group that really were changed, with what intake said of them."""
    name = group.name.replace(" ", "-")
    office = setting.copy(name)
    papers = setting.some(group.count, group.name)
    forge = {paper["paper"]: group.orders(setting, paper) for paper in papers}
    truth = scan(setting, office, "changed", papers, forge=forge)
    judged = judge(papers, truth, setting.take_in(office))
    judged = [one for one in judged if any(page.forged for page in one.pages)]
    setting.note(group.name, [one for one in judged if one.accepted or _missed(one)])
    return judged


def _accepted(name: str, judged: Sequence[Judged], of: str = "all") -> Row:
    return share_of(f"changed papers accepted: {name}", of, [j.accepted for j in judged], NONE)


def _by_kind(name: str, judged: Sequence[Judged], kinds: Iterable[str]) -> list[Row]:
    return [
        _accepted(name, [one for one in judged if kind in {v.kind for v in _changes(one)}], kind)
        for kind in kinds
    ]


def _glyphs(judged: Sequence[Judged]) -> list[Row]:
    """Of every changed glyph: did intake say nothing, neither of its field nor of its place?"""
    rows = []
    for profile in SCANNER:
        mine = [one for one in judged if one.profile == profile]
        passed = [_passed(one, change) for one in mine for change in _changes(one)]
        rows.append(share_of("changed glyphs passed", profile, passed, NONE))
    every = [(one, change) for one in judged for change in _changes(one)]
    twins = [_passed(one, change) for one, change in every if change.kind == "twin"]
    in_match = [_called_match(one, change) for one, change in every]
    return [
        *rows,
        share_of("changed glyphs passed: near twins", "all", twins, NONE),
        share_of("changed glyphs in a field called a match", "all", in_match),
    ]


def _changes(one: Judged) -> list[Forged]:
    return [change for page in one.pages for change in page.forged]


def _called_match(one: Judged, change: Forged) -> bool:
    return bool(one.said_of(change.field).get("status") == MATCH)


def _passed(one: Judged, change: Forged) -> bool:
    return _called_match(one, change) and not one.altered_at(change.page, change.box)


def _seen(one: Judged, change: Forged) -> set[str]:
    return one.altered_at(change.page, change.box)


def _missed(one: Judged) -> bool:
    """Is there a change of which intake said nothing just there?"""
    return any(
        _called_match(one, change) if change.field else not _seen(one, change)
        for change in _changes(one)
    )


def _found(name: str, judged: Sequence[Judged], kinds: Iterable[str]) -> list[Row]:
    """Changes of the wording found where they are, kind by kind."""
    every = [(one, change) for one in judged for change in _changes(one)]
    return [
        share_of(name, kind, [bool(_seen(*pair)) for pair in every if pair[1].kind == kind])
        for kind in kinds
    ]


def _pens(judged: Sequence[Judged]) -> list[Row]:
    """Strike-outs and insertions: found where they are, and called what they are."""
    name = "strikes and insertions found"
    rows = []
    for profile in SCANNER:
        mine = [one for one in judged if one.profile == profile]
        found = [bool(_seen(one, change)) for one in mine for change in _changes(one)]
        rows.append(share_of(name, profile, found, at_least(PEN_FOUND[profile])))
    every = [(one, change) for one in judged for change in _changes(one)]
    named = [PEN_KINDS[change.kind] in _seen(one, change) for one, change in every]
    return [
        *rows,
        *_found(name, judged, PEN_KINDS),
        share_of("strikes and insertions called so", "all", named),
    ]


def _in_every_field(setting: Setting, paper: Json) -> list[Order]:
    rng = dice(setting.seed, paper["paper"], "glyphs")
    return [Order(one_of(rng, GLYPH_KINDS), field) for field in printed(paper)]


def _one_glyph(setting: Setting, paper: Json) -> list[Order]:
    rng = dice(setting.seed, paper["paper"], "one glyph")
    return [Order(one_of(rng, GLYPH_KINDS), one_of(rng, list(printed(paper))))]


def _smeared(setting: Setting, paper: Json) -> list[Order]:
    rng = dice(setting.seed, paper["paper"], "smear")
    return [Order(one_of(rng, SMEAR_KINDS), one_of(rng, list(printed(paper))))]


def _worded(setting: Setting, paper: Json) -> list[Order]:
    rng = dice(setting.seed, paper["paper"], "words")
    was, now = one_of(rng, CLAUSES[paper["form"]])
    return [Order("clause", was=was, text=now)]


def _covered(setting: Setting, paper: Json) -> list[Order]:
    """One word, a few or a line lie under something, blank or with other words on it."""
    rng = dice(setting.seed, paper["paper"], "cover")
    text = one_of(rng, ("", one_of(rng, CLAUSES[paper["form"]])[1]))
    return [Order(one_of(rng, COVER_KINDS), text=text, words=one_of(rng, (1, 3, WHOLE_LINE)))]


def _by_pen(setting: Setting, paper: Json) -> list[Order]:
    rng = dice(setting.seed, paper["paper"], "pen")
    kind = one_of(rng, tuple(PEN_KINDS))
    words = WHOLE_LINE if kind == "strike-paragraph" else one_of(rng, (1, 3, WHOLE_LINE))
    return [Order(kind, words=words)]


def _touched(setting: Setting, paper: Json) -> list[Order]:
    """A letter or a figure of a value, or of a word of the wording."""
    rng = dice(setting.seed, paper["paper"], "touch")
    if rng.random() < 0.5:
        return [Order("touch", words=1)]
    return [Order("touch", one_of(rng, list(printed(paper))))]
