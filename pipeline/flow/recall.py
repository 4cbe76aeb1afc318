"""A page without its codes and id, sought by its text among all that was issued."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from pipeline.others import likeness
from pipeline.others.likeness import Candidate, Text, Wording
from pipeline.pages.identify import Identity
from pipeline.papers import layout
from pipeline.papers.layout import Sheet
from pipeline.papers.marks import Mark
from pipeline.registry import Registry


def wordings(registry: Registry) -> list[Wording]:
    """What every form that was ever issued says on its pages, in each of its versions."""
    found = []
    for form, version, number in registry.editions():
        paper = registry.paper(number)
        values = likeness.telling(paper.fields.values() if paper else ())
        for page, text in enumerate(layout.texts(registry.pdf_of(number)), start=1):
            found.append(Wording(form, version, page, likeness.telling([text]) - values))
    return found


def recall(
    text: Text,
    known: Sequence[Wording],
    registry: Registry,
    sheet_of: Callable[[str, int], Sheet],
    offices: Mapping[str, Collection[str]],
) -> Identity:
    """Which page of which paper the text is; none where nothing fits, or two papers do.

    ``sheet_of`` gives a page of a paper as it was issued, ``offices`` by form the fields in which
    the office prints the same on every paper: they tell nobody's from anybody's.
    """
    likely = likeness.shortlist(text, known)
    candidates = [
        one
        for wording, fit in likely
        for one in _candidates(wording, fit, registry, offices.get(wording.form, ()))
    ]
    mark, ambiguous = likeness.choose(text, candidates)
    if mark is None:
        return Identity(None, turned=text.turned, ambiguous=ambiguous)
    lies = likeness.guess(text, sheet_of(mark.paper, mark.page))
    return Identity(mark, "text", turned=text.turned, lies=lies)


def _candidates(
    wording: Wording, fit: float, registry: Registry, office: Collection[str]
) -> Iterator[Candidate]:
    for paper in registry.papers(form=wording.form):
        if paper.version == wording.version:
            here = {place.field for place in paper.places if place.page == wording.page}
            here -= set(office)
            values = tuple(words for name, words in paper.fields.items() if name in here)
            yield Candidate(Mark(paper.id, wording.page, paper.pages), values, fit)
