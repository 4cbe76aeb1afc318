"""Any history of a personal file: whatever is done to it, its papers agree with its sheets."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase
from hypothesis import settings as limits
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pipeline import settings
from pipeline.errors import DataError, PaperloopError, UsageError
from pipeline.flow import filing as acts
from pipeline.flow import generate
from pipeline.flow import handover as handovers
from pipeline.flow import removal as removals
from pipeline.flow.generate import Options
from pipeline.forms import checklists
from pipeline.forms import form as forms
from pipeline.personnel import archive, dossier, inventory, removal
from pipeline.personnel.dossier import Dossier
from pipeline.records import handover
from pipeline.registry import Registry
from tests import filing
from tests.test_file import SERVANT

WHO, BY = "0042", "Ирина"
GONE = ("removed", "replaced")
SHEETS = st.sampled_from([1, 2, 3, 40, 120])
WHICH = st.integers(0, 200)
ASKED = handovers.Asked(
    to="прокуратура района",
    purpose="проведения проверки",
    until=filing.TODAY,
    documents=(),
    law="статья 22 Федерального закона от 17.01.1992 № 2202-1",
)


def sheets_of(words: str) -> list[str]:
    """The sheets that a paper names: «3–5, 5а» are 3, 4, 5 and 5а."""
    found = []
    for part in filter(None, words.split(", ")):
        first, _dash, last = part.partition("–")
        found += [str(n) for n in range(int(first), int(last) + 1)] if last else [part]
    return found


def once(load: Callable[..., Any]) -> Callable[..., Any]:
    """The same answer for the same words, whichever the workspace: all have the packaged ones."""
    found: dict[Any, Any] = {}

    def loaded(*arguments: Any) -> Any:
        key = tuple(it for it in arguments if not isinstance(it, settings.Settings))
        if key not in found:
            found[key] = load(*arguments)
        return found[key]

    return loaded


# Loading templates is most of the time.
LOADING = [
    (module, name, once(getattr(module, name)))
    for module, name in ((forms, "load"), (forms, "names"), (checklists, "load"))
]


class History(RuleBasedStateMachine):
    """One file; beside it what a clerk would remember of each line, in the order of coming.

    A line is "in", "out" (handed over), "removed" or "replaced".
    """

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / settings.FILE_NAME).write_bytes(settings.SAMPLE.read_bytes())
        self.office = filing.of(self.folder)
        self.printed: list[Any] = []
        self.patch.setattr(generate, "issue", filing.unprinted(SERVANT, self.printed))
        for module, name, loaded in LOADING:
            self.patch.setattr(module, name, loaded)
        self.registry = Registry.open(self.office.registry_url, self.office.today)
        self.lines: list[str] = []
        self.secret = 0
        self.number = 0
        self.before: dict[str, Any] = {}

    def teardown(self) -> None:
        self.registry.close()
        self.patch.undo()
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        self.our_paper_comes()

    def file(self) -> Dossier:
        (one,) = dossier.read(self.registry, self.office, [WHO])
        return one

    def new(self, item: str, sheets: int) -> acts.New:
        self.number += 1
        return acts.New(item, index=str(self.number), sheets=sheets)

    def does(self, refused: type[PaperloopError] | None, act: Callable[[], object]) -> None:
        """It happens, or it is refused and nothing is changed."""
        if refused is None:
            act()
            return
        before = self.registry.events(WHO)
        with pytest.raises(refused):
            act()
        assert self.registry.events(WHO) == before

    def at(self, which: int) -> int:
        return which % len(self.lines)

    @rule(sheets=SHEETS)
    def a_document_comes(self, sheets: int) -> None:
        acts.add(WHO, self.new("education", sheets), BY, self.registry, self.office)
        self.lines.append("in")

    @rule()
    def our_paper_comes(self) -> None:
        self.number += 1
        it = filing.paper("notice-third-party", copy=self.number)
        filing.issue(self.registry, it, people=(SERVANT,))
        filing.comes_back(self.registry, it)
        self.lines.append("in")

    @rule(sheets=SHEETS)
    def a_secret_comes(self, sheets: int) -> None:
        acts.add(WHO, self.new("secrets-access", sheets), BY, self.registry, self.office)
        self.secret += sheets

    @rule(which=WHICH)
    def taken_out(self, which: int) -> None:
        i = self.at(which)
        there = self.lines[i] == "in"
        self.does(
            None if there else UsageError,
            lambda: acts.remove(WHO, str(i + 1), "ошибка", BY, self.registry, self.office),
        )
        self.lines[i] = "removed" if there else self.lines[i]

    @rule(which=WHICH, sheets=SHEETS)
    def replaced(self, which: int, sheets: int) -> None:
        i = self.at(which)
        there = self.lines[i] == "in"
        new = self.new("education", sheets)
        self.does(
            None if there else UsageError,
            lambda: acts.replace(WHO, str(i + 1), new, "полнее", BY, self.registry, self.office),
        )
        if there:
            self.lines[i] = "replaced"
            self.lines.append("in")

    @rule(which=WHICH)
    def put_back(self, which: int) -> None:
        i = self.at(which)
        was = self.lines[i] == "removed"
        self.does(
            None if was else UsageError,
            lambda: acts.give_back(WHO, str(i + 1), "ошибка", BY, self.registry, self.office),
        )
        self.lines[i] = "in" if was else self.lines[i]

    @rule(some=st.sets(WHICH, min_size=1, max_size=3))
    def handed_over(self, some: set[int]) -> None:
        chosen = sorted({self.at(which) for which in some})
        states = {self.lines[i] for i in chosen}
        asked = replace(ASKED, documents=tuple(str(i + 1) for i in chosen))
        before = inventory.data(inventory.of(self.file()), 1)
        self.does(
            None
            if states == {"in"}
            else (DataError if states <= {"in", "out"} else PaperloopError),
            lambda: handovers.issue(WHO, asked, BY, self.office, self.registry, Options(Path())),
        )
        if states == {"in"}:
            words = self.printed[-1].filled.printed
            lines = inventory.of(self.file()).rows
            for n, i in enumerate(chosen, start=1):
                self.lines[i] = "out"
                assert words[f"items.{n}.name"].endswith(f" {lines[i].sheets})")
        assert inventory.data(inventory.of(self.file()), 1) == before  # it is still the file's

    @precondition(lambda self: "out" in self.lines)
    @rule(which=WHICH, every=st.booleans())
    def taken_back(self, which: int, every: bool) -> None:
        out = [i for i, state in enumerate(self.lines) if state == "out"]
        chosen = out if every else [out[which % len(out)]]
        targets = [] if every else [str(chosen[0] + 1)]
        now = handovers.take_back(WHO, targets, BY, self.office, self.registry)
        assert sorted(one.number for one in now) == [i + 1 for i in chosen]
        for i in chosen:
            self.lines[i] = "in"

    @rule()
    def act_made(self) -> None:
        gone = [str(i + 1) for i, state in enumerate(self.lines) if state in GONE]
        if not gone:
            with pytest.raises(DataError):
                removals.issue(WHO, (), BY, self.office, self.registry, Options(Path()))
            return
        made = removals.issue(WHO, (), BY, self.office, self.registry, Options(Path()))
        rows = made.as_json()["rows"]
        assert [str(row["number"]) for row in rows] == gone
        found = {row.number: row for row in inventory.of(self.file()).rows}
        assert [row["sheets"] for row in rows] == [found[int(n)].sheets for n in gone]
        total = sum(len(sheets_of(row["sheets"])) for row in rows)
        words = self.printed[-1].filled.printed
        assert words["sheets_total"].startswith(f"{total} (")
        assert words["documents_total"].startswith(f"{len(gone)} (")

    @invariant()
    def papers_agree(self) -> None:
        file = self.file()
        listed = inventory.of(file)
        rows = listed.rows
        there = [row for row in rows if not row.gone]
        # The inventory: a row for each line, and totals of what is there, out or not.
        assert [row.number for row in rows] == list(range(1, len(self.lines) + 1))
        assert [row.gone for row in rows] == [it in GONE for it in self.lines]
        assert [bool(row.out) for row in rows] == [it == "out" for it in self.lines]
        assert listed.documents == len(there)
        own = [sheet for row in there for sheet in sheets_of(row.sheets)]
        assert len(own) == len(set(own)) == listed.sheets
        # What is on paper once stays: the numbers are written on the sheets.
        now = {row.entry: row.sheets for row in rows}
        assert self.before.items() <= now.items()
        self.before = now
        # The certification sheets and covers: volume by volume the same sheets.
        certified: list[str] = []
        for volume in archive.volumes(file):
            said = archive.certification(volume, 1)
            first, last = int(said["first_sheet"]), int(said["last_sheet"])
            skipped = set(sheets_of(said["skipped_sheets"]))
            mine = {str(n) for n in range(first, last + 1)} - skipped
            mine |= set(sheets_of(said["literal_sheets"]))
            assert len(mine) == said["sheets"] == archive.cover(volume)["sheets"] <= 250
            certified += mine
        assert sorted(certified) == sorted(own)
        assert archive.transfer(file, 1)["sheets"] == listed.sheets
        # Hand-over and removal speak of the same documents.
        out = handover.out(file.events)
        assert set(out) == {row.entry for row in rows if row.out}
        told = {one.number for one in handovers.listed([WHO], self.office, self.registry)
                if one.handed.back is None}  # fmt: skip
        assert told == {row.number for row in rows if row.out}
        gone = [one.number for one in removal.of(file)]
        assert gone == [n for n, state in enumerate(self.lines, start=1) if state in GONE]
        # Secret documents are counted apart, from 1.
        apart = inventory.of(file.separate)
        assert apart.sheets == self.secret
        numbers = [sheet for row in apart.rows for sheet in sheets_of(row.sheets)]
        assert numbers == [str(n) for n in range(1, self.secret + 1)]
        assert not {row.entry for row in apart.rows} & set(now)
        # What is printed in words is the number.
        form = forms.load(inventory.FORM, self.office)
        data = inventory.data(listed, 1)
        words = forms.fill(form, data, self.office.operator, self.office.today).printed
        assert re.fullmatch(rf"{listed.documents} \(\D+\) документ\w*", words["documents_total"])


def test_whatever_happens_to_a_file_its_papers_agree() -> None:
    # A step takes long: a history of twenty steps is told as it was found, not made shorter.
    once_through = (Phase.explicit, Phase.reuse, Phase.generate)
    limited = limits(max_examples=8, stateful_step_count=20, deadline=None, phases=once_through)
    run_state_machine_as_test(History, settings=limited)
