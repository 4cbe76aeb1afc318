"""Makes ``tests/bench/augraphy`` anew: ``python -m tests.bench.augraphy_set`` (minutes, 1 GB).

Papers are issued and signed, scanned without any damage, and damaged by Augraphy, which lives in
a temporary environment of its own. The registry goes along: paper ids follow from its secret.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import venv
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.bench import augraphy_damage, people, workspaces
from tests.bench.foreign import PROFILE, REGISTRY, SET, TRUTH
from tests.bench.workspaces import Json, Workspace
from tests.simulator import HELD_OUT_HANDS, PROFILES, TruthPage, harsher, scan_papers

AUGRAPHY = "augraphy==8.2.6"
SEED = 826
_PEOPLE, _ACTS = 6, 1  # 18 pages in less than 6 MB
_NO_DAMAGE = harsher(
    PROFILES["office"], dpi=(200,), colours=("grey",), skew_deg=0.0, print_scale=(1.0, 1.0),
    shift_mm=0.0, bend_mm=0.0, noise=(0.0, 0.0), gain=(0.0, 0.0), black=(0, 0),
    white=(255, 255), specks=(0, 0),
)  # fmt: skip


def main(python: Path | None = None) -> None:
    """Make the set; ``python``: an interpreter that has Augraphy already."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        office = workspaces.new(folder / "office")
        papers = workspaces.issue(office, people.hires(_PEOPLE, SEED), people.acts(_ACTS, SEED))
        clean = folder / "clean"
        truth = scan_papers(
            papers, office.root, clean, _NO_DAMAGE, SEED, "png", hands=HELD_OUT_HANDS,
            day=people.DAY,
        )  # fmt: skip
        with_augraphy = python or _environment(folder / "venv")
        script = Path(augraphy_damage.__file__)
        # It leaves a cache of pictures where it runs.
        command = [str(with_augraphy), str(script), str(clean), str(SEED)]
        subprocess.run(command, check=True, cwd=folder)
        _write(office, papers, truth, clean)


def _environment(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run([str(python), "-m", "pip", "install", "-q", AUGRAPHY], check=True)
    return python


def _write(office: Workspace, papers: list[Json], truth: list[TruthPage], scans: Path) -> None:
    shutil.rmtree(SET, ignore_errors=True)
    SET.mkdir()
    for scan in sorted(scans.glob("*.jpg")):
        shutil.copy(scan, SET / scan.name)
    registry = office.root / "output" / "registry.db"
    with closing(sqlite3.connect(registry)) as database:
        database.execute("VACUUM INTO ?", (str(SET / REGISTRY),))
    pages = []
    for page in truth:
        name = f"inbox/{Path(page.file).stem}.jpg"
        moved = replace(page, file=name, profile=PROFILE, colour="grey", points=())
        pages.append(moved.as_json())
    text = json.dumps({"papers": papers, "pages": pages}, ensure_ascii=False, indent=0)
    (SET / TRUTH).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
