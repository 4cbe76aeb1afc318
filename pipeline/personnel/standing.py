"""How each line of a file's checklist stands: what came, what is missing or old, and why.

Comes in: the checklist, what lies in the file, the papers issued to the person. Goes out: ``Item``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from pipeline.forms import checklists
from pipeline.forms.checklists import Checklist, Wanted
from pipeline.forms.form import Form
from pipeline.i18n import _, in_language, ngettext
from pipeline.language.wording import short_date
from pipeline.papers import marks
from pipeline.papers.paper import Paper
from pipeline.records import reasons, verdict
from pipeline.records.binding import NEED, WAIVE, Entry, Event, Line
from pipeline.records.record import ACCEPTED, REVIEW, Document, Settlement
from pipeline.records.verdict import Verdict

State = Literal["received", "missing", "not-needed", "expired", "duplicate"]
Said = Mapping[str, Sequence[Settlement]]  # what people said of documents, by document


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the checklist: what is wanted, how it stands, in words why, and the proof.

    ``evidence`` are the accepted documents and the entries on which a tick rests, ``lines`` those
    that lie in the file, with their sheets. ``mark`` is the letter that the regulation gives it,
    ``ground`` where it is asked for ("" of a form). ``brought``: needed, and the person brings it.
    """

    item: str
    title: str
    title_en: str
    state: State
    why: str
    evidence: tuple[str, ...] = ()
    mark: str = ""
    ground: str = ""
    lines: tuple[Line, ...] = ()
    brought: bool = False

    @property
    def is_lacking(self) -> bool:
        """Wanted, and not there or out of date."""
        return self.state in ("missing", "expired")


@dataclass(frozen=True, slots=True)
class Filed:
    """A form that lies in the file: the document that brought it, and later scans of the same.

    ``entry`` is its name in the file: the paper's, or the document's of a copy that was not issued
    here and has no ``paper``. ``valid`` is how long it holds by its wording (``Form.valid``).
    """

    entry: str
    form: str
    title: str
    document: Document
    verdict: Verdict
    paper: Paper | None = None
    again: tuple[str, ...] = ()
    valid: str = ""


def told(events: Sequence[Event]) -> dict[str, Event]:
    """What a person said last of each item: that the file does not need it, or that it does."""
    return {one.item: one for one in events if one.action in (WAIVE, NEED) and one.item}


def needed(wanted: Wanted, said: Event | None, data: Mapping[str, Any]) -> bool | None:
    """Whether the file must have the item: as a person said (``told``), else by the data."""
    return said.action == NEED if said else checklists.needed(wanted, data)


def of_list(
    checklist: Checklist | None,
    issued: dict[str, Item],
    filed: Sequence[Filed],
    present: Sequence[Line],
    apart: Sequence[Entry],
    events: Sequence[Event],
    data: Mapping[str, Any],
) -> Iterator[Item]:
    """The checklist's lines, then the papers ``issued`` that it does not name, by form.

    ``present`` is what lies in the file, ``apart`` what is secret; ``data`` are the person's, and
    ``today``.
    """
    stale = {one.entry for one in filed if one.paper and one.paper.superseded_by}
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    for line in present:
        lines[line.entry.item].append(line)
    entered: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in (*[line.entry for line in present], *apart):
        if entry.id not in stale:
            entered[entry.item].append(entry)
    documents = {one.entry: one.document.id for one in filed if one.paper}
    said_of = told(events)
    for wanted in checklist.items if checklist else ():
        papers = [issued.pop(form) for form in wanted.forms if form in issued]
        names = [wanted.item, *(form for form in wanted.forms if form != wanted.item)]
        mine = [one for name in names if name in entered for one in entered[name]]
        ids = [documents.get(one.id, one.id) for one in mine]
        evidence = tuple(dict.fromkeys([*(i for it in papers for i in it.evidence), *ids]))
        said = said_of.get(wanted.item)
        is_needed = needed(wanted, said, data)
        state, why = _stands(wanted, papers, mine, evidence, is_needed, said, data["today"])
        yield Item(
            wanted.item,
            wanted.title,
            wanted.title_en,
            state,
            why,
            evidence,
            wanted.mark,
            wanted.ground,
            tuple([line for name in names if name in lines for line in lines[name]]),
            wanted.brought and is_needed is True,
        )
    for form, item in issued.items():
        copies = tuple(one.id for one in entered[form] if one.id not in documents)
        if copies and not item.evidence:
            item = replace(item, state="received", why="", evidence=copies)
        yield replace(item, lines=tuple(lines[form]))


def of_form(
    name: str,
    issued: Sequence[Paper],
    came: Sequence[Document],
    filed: Sequence[Filed],
    said: Said,
    known: Mapping[str, Form],
) -> Item:
    """How a form stands whose papers in use are ``issued``: any one of them that came counts."""
    numbers = {paper.id for paper in issued}
    mine = [one for one in filed if one.entry in numbers]
    evidence = tuple(i for one in mine for i in (one.document.id, *one.again))
    state: State = "missing"
    if len(evidence) > 1:
        state = "duplicate"
        why = ngettext("came back {n} time", "came back {n} times", len(evidence))
        why = why.format(n=len(evidence))
    elif evidence:
        state, why = "received", _why_received(mine[0])
    else:
        back = [document for document in came if document.paper in numbers]
        earlier = [one.paper for one in filed if one.paper and one.form == name]
        why = _why_missing(issued[-1], back, earlier, said)
    title = titled(name, known)
    return Item(name, title.title, title.title_en, state, why, evidence)


@dataclass(frozen=True, slots=True)
class Title:
    """The name of a form that is no longer among the templates."""

    title: str
    title_en: str


def titled(name: str, known: Mapping[str, Form]) -> Form | Title:
    """The form; of one that is no longer among the templates only the name is left."""
    return known.get(name) or Title(name, name)


def _stands(
    wanted: Wanted,
    papers: Sequence[Item],
    mine: Sequence[Entry],
    evidence: tuple[str, ...],
    is_needed: bool | None,
    said: Event | None,
    today: date,
) -> tuple[State, str]:
    """How a line of the checklist stands: by our papers, by what was entered, by what is said."""
    if mine or evidence:
        return _received(wanted, papers, mine, evidence, today)
    state: State = "not-needed"
    why = in_language(wanted.condition, wanted.condition_en)
    if said and said.action == WAIVE:
        why = said.why or ""
    elif papers:
        state, why = papers[0].state, papers[0].why
    elif is_needed is None:
        state, why = "missing", _("not in the file; needed {condition}").format(condition=why)
    elif is_needed:
        state, why = "missing", _("not in the file")
        if said and said.why:
            why = f"{why}: {said.why}"
    return state, why


def _received(
    wanted: Wanted,
    papers: Sequence[Item],
    mine: Sequence[Entry],
    evidence: Sequence[str],
    today: date,
) -> tuple[State, str]:
    if wanted.yearly:
        newest = max((one.known_day for one in mine), default=today)
        due = wanted.due_in(newest.year + 1)
        if due < today:
            return "expired", _("the last is of {year}; a new one was due by {day}").format(
                year=newest.year, day=short_date(due)
            )
    if len(evidence) > 1 and not wanted.repeats and not wanted.yearly:
        why = ngettext("came back {n} time", "came back {n} times", len(evidence))
        return "duplicate", why.format(n=len(evidence))
    if wanted.certified and any(one.is_uncertified for one in mine):
        return "received", _("a copy without the mark «Верно»")
    if papers and papers[0].evidence:
        return "received" if wanted.repeats else papers[0].state, papers[0].why
    return "received", ", ".join(dict.fromkeys([one.place for one in mine if one.place]))


def _why_received(entry: Filed) -> str:
    if entry.verdict.settled_by is None:
        return _("nothing is wrong with it")
    told = _("accepted by {name}").format(name=entry.verdict.settled_by)
    return f"{told}: {entry.verdict.why}" if entry.verdict.why else told


def _why_missing(
    paper: Paper, back: Sequence[Document], earlier: Sequence[Paper], said: Said
) -> str:
    for document in back:
        if document.status == REVIEW:
            return _("{document} waits for a person: {reasons}").format(
                document=document.id, reasons=reasons.sentence(document.reasons)
            )
    if back:
        last = back[-1]
        if last.status == ACCEPTED:
            return _("{document} was taken out of the file").format(document=last.id)
        why = verdict.of(last, said.get(last.id, ())).why
        return _("{document} was rejected: {reasons}").format(
            document=last.id, reasons=why or reasons.sentence(last.reasons)
        )
    if earlier:
        return _("only the earlier paper {paper} has come back").format(
            paper=marks.printed(earlier[-1].id)
        )
    return _("issued on {day}, has not come back").format(day=short_date(paper.issued_on))
