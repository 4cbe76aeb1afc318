"""An office of many personal files: how long its lists, inventories and searches take.

Each figure is a whole command; what its start alone takes is seen where there are no files.
"""

from __future__ import annotations

from tests.bench import filled, memory, workspaces
from tests.bench.filled import CLOSED_IN, DOCUMENTS
from tests.bench.measure import Row, Target, at_most, figure
from tests.bench.setting import Setting
from tests.bench.workspaces import Workspace

PROMISED = 10_000  # files, of which the seconds below are promised
START_S = 0.5  # of the program: no shorter for a small office
LIST_S, WORKBOOK_S = 5.0, 60.0
INVENTORY_S = 4.0
YEAR_S = 60.0
MOST_CLOSED = 500  # in one year
SEARCH_S = 0.5
SEARCHES = {
    "a word of one document": ("123-7",),
    "a word of every document": ("документ",),
    "a name": ("--person", "Кудеяров"),
    "a name and a word": ("согласие", "--person", "Кудеярова"),
}


def measure(setting: Setting) -> list[Row]:
    """A small office and one ten times as large: their commands' seconds, their memory."""
    few, many = setting.sizes.files
    empty, small, large = (_office(setting, count) for count in (0, few, many))
    peaks = [memory.watched(office, "checklist") for office in (small, large)]
    return [
        figure("office's list", "no files", 0, empty.shown("checklist"), "s"),
        *_lists(large, many),
        figure(
            "peak memory of the office's list, many to few", f"{many}/{few} files", many,
            peaks[1] / peaks[0], "x", memory.GROWTH,
        ),
        *_papers(large, many),
        *_searches(large if setting.sizes.indexes_all else small, setting),
    ]  # fmt: skip


def _office(setting: Setting, count: int) -> Workspace:
    office = workspaces.new(setting.folder / f"files-{count}")
    filled.fill(office, count, min(MOST_CLOSED, count // 2), setting.seed)
    return office


def _lists(office: Workspace, count: int) -> list[Row]:
    """The office's list, on a screen and as a workbook."""
    of = f"{count} files of {DOCUMENTS}"
    table = office.shown("checklist")
    workbook = office.shown("checklist", "--out", office.root / "office.xlsx")
    return [
        figure("office's list", of, count, table, "s", _in_time(LIST_S, count)),
        figure("office's list as XLSX", of, count, workbook, "s", _in_time(WORKBOOK_S, count)),
    ]


def _in_time(seconds: float, count: int) -> Target:
    """A smaller office is promised its share of the seconds, and the program's start."""
    return at_most(min(seconds, START_S + seconds * count / PROMISED))


def _papers(office: Workspace, count: int) -> list[Row]:
    """One person's inventory with nothing started before, and the list for the archive."""
    of = f"{DOCUMENTS} documents"
    inventory = office.run("inventory", f"{count:05}").seconds
    year = office.run("archive", "inventory", CLOSED_IN)
    closed = sum(answer["files"] for answer in year.objects)
    return [
        figure("inventory as PDF, cold", of, 1, inventory, "s", at_most(INVENTORY_S)),
        figure(
            "year's list for the archive", f"{closed} files", closed, year.seconds, "s",
            at_most(YEAR_S),
        ),
    ]  # fmt: skip


def _searches(office: Workspace, setting: Setting) -> list[Row]:
    filled.forget_index(office)
    count = setting.sizes.files[setting.sizes.indexes_all]
    of = f"{count * DOCUMENTS} documents"
    rows = [figure("index made anew", of, count, office.shown("search", "ничего"), "s")]
    for name, words in SEARCHES.items():
        took = office.shown("search", *words)
        rows.append(figure(f"search: {name}", of, count, took, "s", at_most(SEARCH_S)))
    return rows
