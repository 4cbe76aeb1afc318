"""The bench's table, and output/bench.json beside what it was measured on."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from tests.bench import rivals
from tests.bench.measure import Row

CLONE = Path(__file__).parents[2]
RESULT = CLONE / "output" / "bench.json"
_PACKAGES = ("docxtpl", "numpy", "opencv-python-headless", "pypdfium2", "zxing-cpp", "scipy")
_PROGRAMS = {
    "tesseract": ["tesseract", "--version"],
    "libreoffice": ["soffice", "--version"],
    "ocrmypdf": [str(rivals.OCRMYPDF), "--version"],
}
_MARK = {True: "[green]yes[/]", False: "[red]NO[/]", None: ""}


def show(rows: Sequence[Row], console: Console) -> None:
    """Print the table, then what missed its target."""
    table = Table(title="paperloop bench", title_justify="left")
    for heading in ("what", "of", "n", "value", "95 %", "target", "met"):
        number = heading in ("n", "value")
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(
            row.name, row.profile, str(row.n), _words(row.value, row.unit), _bounds(row),
            row.target or "", _MARK[row.met],
        )  # fmt: skip
    console.print(table)
    judged = [row for row in rows if row.met is not None]
    missed = [row for row in judged if not row.met]
    console.print(f"{len(judged) - len(missed)} of {len(judged)} targets met")


def _words(value: float, unit: str) -> str:
    if unit == "share":
        return f"{100 * value:.2f} %"
    return f"{value:.2f} {unit}"


def _bounds(row: Row) -> str:
    if row.low95 is None or row.high95 is None:
        return ""
    return f"{100 * row.low95:.2f}–{100 * row.high95:.2f}"


def save(rows: Sequence[Row], seed: int, seconds: float, path: Path = RESULT) -> None:
    """Write the contract's file."""
    content = {
        "machine": _machine(),
        "commit": _commit(),
        "seed": seed,
        "seconds": round(seconds),
        "versions": _versions(),
        "results": [row.as_json() for row in rows],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _machine() -> dict[str, object]:
    return {
        "system": platform.platform(terse=True),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / (1 << 30), 1),
    }


def _processor() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        found = re.search(r"model name\s*:\s*(.+)", listing.read_text(encoding="utf-8"))
        if found:
            return found[1]
    return platform.processor() or platform.machine()


def _commit() -> str:
    """The commit measured; "+" where the files were changed since."""
    commit = _said(["git", "-C", str(CLONE), "rev-parse", "--short=12", "HEAD"])
    changed = _said(["git", "-C", str(CLONE), "status", "--porcelain", "--untracked-files=no"])
    return commit + ("+" if changed else "")


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "paperloop": version("paperloop")}
    found |= {name: version(name) for name in _PACKAGES}
    for name, command in _PROGRAMS.items():
        number = re.search(r"\d+(?:\.\d+)+", _said(command))
        found[name] = number[0] if number else "missing"
    return found


def _said(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    except OSError:
        return ""
    return (done.stdout or done.stderr).strip()
