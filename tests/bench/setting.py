"""What every measure is given: the issued papers, the sizes, the seed, and a folder to work in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.bench import people, workspaces
from tests.bench.judging import Judged
from tests.bench.sizes import Sizes
from tests.bench.workspaces import Json, Workspace
from tests.simulator import HELD_OUT_HANDS, TURNS, TruthPage, scan_papers
from tests.simulator.dice import dice

SCANNER = ("office", "worn", "bilevel", "phone")
WORKERS = 2
FILE_PAGES = 10  # pages in one file of a scanned stack


@dataclass(frozen=True, slots=True)
class Setting:
    """``office`` has issued ``papers``; each measure works on a copy of it under ``folder``."""

    folder: Path
    seed: int
    sizes: Sizes
    office: Workspace
    papers: tuple[Json, ...]

    def copy(self, name: str) -> Workspace:
        """The office again, for one measure alone."""
        return self.office.copy_to(self.folder / name)

    def some(self, count: int, purpose: str, forms: Sequence[str] = ()) -> list[Json]:
        """``count`` different papers (of ``forms``), others for another purpose."""
        suited = [p for p in self.papers if not forms or p["form"] in forms]
        order = dice(self.seed, "some", purpose).permutation(len(suited))
        return [suited[int(i)] for i in order[:count]]

    def take_in(self, office: Workspace) -> tuple[Json, ...]:
        """Take the office's inbox in; what intake said of each document."""
        return office.run("intake", office.inbox, "--workers", WORKERS).objects

    def note(self, measure: str, judged: Sequence[Judged]) -> None:
        """Keep what a developer wants to look at beside the scans (see ``--keep``)."""
        with (self.folder / "notes.jsonl").open("a", encoding="utf-8") as notes:
            for one in judged:
                line = {"measure": measure, **one.as_note()}
                notes.write(json.dumps(line, ensure_ascii=False) + "\n")


def prepare(folder: Path, seed: int, sizes: Sizes) -> Setting:
    """Issue the bench's papers in a new workspace."""
    office = workspaces.new(folder / "office")
    papers = workspaces.issue(
        office, people.hires(sizes.people, seed), people.acts(sizes.acts, seed)
    )
    return Setting(folder, seed, sizes, office, tuple(papers))


def scan(
    setting: Setting, office: Workspace, name: str, papers: Sequence[Json], **how: Any
) -> list[TruthPage]:
    """Scan ``papers`` into the inbox's folder ``name``; each page's file as intake will call it."""
    defaults: dict[str, Any] = {
        "profile": list(SCANNER), "marks": "signed", "mixed": True, "per_file": FILE_PAGES,
        "turns": TURNS, "hands": HELD_OUT_HANDS, "day": people.DAY, "workers": WORKERS,
    }  # fmt: skip
    truth = scan_papers(
        papers, office.root, office.inbox / name, seed=setting.seed, **{**defaults, **how}
    )
    return list(_called(truth, name))


def _called(truth: Sequence[TruthPage], name: str) -> Iterator[TruthPage]:
    for page in truth:
        yield replace(page, file=f"inbox/{name}/{page.file}")
