"""Archive copies: what a page costs, how large the copies are beside their scans, faults found."""

from __future__ import annotations

from pipeline.archival import conformity
from tests.bench.measure import NONE, Row, figure, share_of
from tests.bench.setting import Setting, scan
from tests.bench.workspaces import Json


def measure(setting: Setting) -> list[Row]:
    """A mixed pile taken in, then copied; the start of the program is not counted."""
    office = setting.copy("copies")
    papers: list[Json] = []
    for one in setting.some(len(setting.papers), "copies"):
        if sum(p["pages"] for p in papers) < setting.sizes.speed_pages / 2:
            papers.append(one)
    truth = scan(setting, office, "pile", papers, per_file=1)
    setting.take_in(office)
    made = office.run("archive", "copy")
    idle = office.run("archive", "copy")
    pages = sum(one["pages"] for one in made.objects)
    copied = {one["paper"] for one in made.objects}
    scans = sum((office.root / page.file).stat().st_size for page in truth if page.paper in copied)
    copies = [(office.root / one["pdf"]).read_bytes() for one in made.objects]
    cost = 1000 * (made.seconds - idle.seconds) / max(1, pages)
    size = sum(map(len, copies)) / max(1, scans)
    return [
        figure("archive copy costs", "all", pages, cost, "ms/page"),
        figure("archive copy is larger than", "its scan", pages, size, "x"),
        share_of(
            "archive copies with a fault", "all", map(bool, map(conformity.faults, copies)), NONE
        ),
    ]
