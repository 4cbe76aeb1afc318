"""What intake said of each paper, beside what the paper really was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.forms.rules import parse_date
from pipeline.geometry import Box
from tests.bench.workspaces import Json
from tests.simulator import TruthPage

MATCH = "match"
_NEAR_MM = 1.0
ABOUT_SIGNATURES = {"signature-missing", "signature-unclear"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A paper as issued, its scanned pages as they truly are, and intake's documents of it."""

    paper: Json
    pages: tuple[TruthPage, ...]
    documents: tuple[Json, ...]

    @property
    def profile(self) -> str:
        """How it was scanned."""
        return self.pages[0].profile

    @property
    def accepted(self) -> bool:
        """Did it pass without a person?"""
        return any(document["status"] == "accepted" for document in self.documents)

    @property
    def reasons(self) -> set[str]:
        """Why it did not."""
        return {reason for document in self.documents for reason in document["reasons"]}

    def said_of(self, field: str) -> Json:
        """Intake's word on a printed field; empty where it has none."""
        return self._entry("fields", field)

    def marked(self, field: str) -> Json:
        """Intake's word on a blank for a pen; empty where it has none."""
        return self._entry("hand", field)

    def seen_in(self, field: str) -> bool | None:
        """Is there a signature or date in this blank? None: a person must look."""
        present: bool | None = self.marked(field).get("present")
        return present

    def altered_at(self, page: int, box: Box) -> set[str]:
        """What intake saw that was done here; empty where it saw nothing."""
        near = box.grown(_NEAR_MM)
        return {
            change["kind"]
            for change in self.alterations
            if change["page"] == page and near.overlaps(Box(*change["box_mm"]))
        }

    @property
    def alterations(self) -> list[Json]:
        """All that intake says was done to the paper."""
        return [change for document in self.documents for change in document["alterations"]]

    def as_note(self) -> Json:
        """Where to look: the scan, what was done to it, what was said."""
        wrong = {
            name: entry["status"]
            for document in self.documents
            for name, entry in document["fields"].items()
            if entry["status"] != MATCH
        }
        return {
            "paper": self.paper["paper"],
            "form": self.paper["form"],
            "profile": self.profile,
            "scans": [f"{page.file}#{page.source_page}" for page in self.pages],
            "forged": [change.as_json() for page in self.pages for change in page.forged],
            "marks": [mark.what for page in self.pages for mark in page.marks],
            "status": [document["status"] for document in self.documents],
            "reasons": sorted(self.reasons),
            "fields": wrong,
            "altered": self.alterations,
        }

    def _entry(self, part: str, field: str) -> Json:
        for document in self.documents:
            if field in document[part]:
                entry: Json = document[part][field]
                return entry
        return {}


def judge(papers: Iterable[Json], truth: Sequence[TruthPage], said: Iterable[Json]) -> list[Judged]:
    """Put the three together; papers that were not scanned are left out."""
    latest = {one["document"]: one for one in said if one.get("document")}
    by_paper: dict[str, list[Json]] = {}
    for document in latest.values():
        if document.get("paper"):
            by_paper.setdefault(document["paper"], []).append(document)
    pages: dict[str, list[TruthPage]] = {}
    for page in truth:
        pages.setdefault(page.paper, []).append(page)
    return [
        Judged(paper, tuple(pages[paper["paper"]]), tuple(by_paper.get(paper["paper"], ())))
        for paper in papers
        if paper["paper"] in pages
    ]


def printed(paper: Json) -> dict[str, str]:
    """The paper's printed fields with the words that they hold."""
    by_machine = {place["field"] for place in paper["places"] if not place["hand"]}
    return {name: words for name, words in paper["fields"].items() if name in by_machine and words}


def false_alarms(
    judged: Iterable[Judged], chosen: Callable[[TruthPage], bool] = lambda page: True
) -> list[bool]:
    """Of each page that nobody changed, and that is ``chosen``: does intake say it was altered?"""
    return [
        any(change["page"] == page.page for change in one.alterations)
        for one in judged
        for page in one.pages
        if not page.forged and chosen(page)
    ]


def signatures(paper: Json) -> list[str]:
    """The paper's signature blanks."""
    return [place["field"] for place in paper["places"] if place["kind"] == "signature"]


def same(value: object, words: str) -> bool:
    """Is a record's value what was printed? Spacing aside; dates are kept as YYYY-MM-DD."""
    day = parse_date(words)
    if day:
        return value == day.isoformat()
    return "".join(str(value).split()) == "".join(words.split())


def identified(truth: Sequence[TruthPage], said: Iterable[Json]) -> list[bool | None]:
    """Of each page: identified rightly, wrongly (False) or not at all (None)."""
    found = {
        (page["source"], page["source_page"]): (document["paper"], page["page"])
        for document in said
        for page in document.get("pages", ())
        if document.get("paper") and page["page"]
    }
    answer: list[bool | None] = []
    for page in truth:
        seen = found.get((page.file, page.source_page))
        answer.append(None if seen is None else seen == (page.paper, page.page))
    return answer
