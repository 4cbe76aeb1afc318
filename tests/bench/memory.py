"""Peak memory of a command and all its children: a long pile must cost no more than a short one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time

import psutil

from tests.bench import people
from tests.bench.measure import Row, at_most, figure
from tests.bench.setting import WORKERS, Setting, scan
from tests.bench.speed import NEW_HIRE
from tests.bench.workspaces import Json, Workspace

GROWTH = at_most(1.15)
_EVERY_SECONDS = 0.1
_MB = 1 << 20
_FINE = (0, 10)


def measure(setting: Setting) -> list[Row]:
    """Take in few and many pages, each in one file, in workspaces that are otherwise alike."""
    few, many = setting.sizes.memory_pages
    peaks = {pages: _peak_mb(setting, pages) for pages in (few, many)}
    rows = [figure("peak memory", f"{p} pages", p, peaks[p], "MB") for p in (few, many)]
    ratio = peaks[many] / peaks[few]
    growth = figure("peak memory, many to few", f"{many}/{few}", many, ratio, "x", GROWTH)
    return [*rows, growth, *_issuing(setting)]


def _issuing(setting: Setting) -> list[Row]:
    """Issue few and many papers; the first ones only fill what is filled once."""
    office = setting.copy("memory-issuing")
    many = setting.sizes.issued // len(NEW_HIRE)
    few = max(1, many // 10)
    peaks = []
    for hires in (few, many):
        data = office.root / f"hires-{hires}.json"
        rows = people.hires(hires, setting.seed + hires)
        data.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        peaks.append(watched(office, "generate", *NEW_HIRE, "--data", data) / _MB)
    name = f"{many}/{few} hires"
    return [
        figure("peak memory of issuing, many to few", name, many, peaks[1] / peaks[0], "x", GROWTH)
    ]


def _peak_mb(setting: Setting, pages: int) -> float:
    office = setting.copy(f"memory-{pages}")
    papers: list[Json] = []
    for paper in setting.some(len(setting.papers), "memory"):
        if sum(p["pages"] for p in papers) < pages:
            papers.append(paper)
    scan(setting, office, "pile", papers, profile="office", per_file=0)
    return watched(office, "intake", office.inbox, "--workers", WORKERS) / _MB


def watched(office: Workspace, *arguments: object) -> int:
    """Run a command; the most bytes that it and its children held at once.

    Proportional set size where the system has it: shared pages are counted once.
    """
    peak = 0
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            office.command(*arguments, "--json"), env=office.environment(), stdout=out, stderr=out
        )
        root = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _held(root))
            time.sleep(_EVERY_SECONDS)
        if process.returncode not in _FINE:
            out.seek(0)
            words = out.read().decode("utf-8", "replace")[-500:]
            raise RuntimeError(f"{arguments[0]}: exit {process.returncode}: {words}")
    return peak


def _held(root: psutil.Process) -> int:
    total = 0
    try:
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0
    for one in family:
        try:
            total += _of(one)
        except psutil.Error:
            continue  # it ended between the two calls
    return total


def _of(process: psutil.Process) -> int:
    if sys.platform == "linux":
        return int(process.memory_full_info().pss)
    return int(process.memory_info().rss)
