"""``python -m tests.bench [--full]``: run the measures one after another, then the table."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import click
from rich.console import Console

from tests.bench import (
    copies,
    dates,
    files,
    foreign,
    forged,
    harder,
    honest,
    kill,
    memory,
    others,
    report,
    rivals,
    speed,
    torn,
    unsigned,
)
from tests.bench.measure import Row
from tests.bench.setting import Setting, prepare
from tests.bench.sizes import LOOK, TINY, full

SEED = 261_123  # never used in development
PAGES = 1600  # honest pages of the long bench
MEASURES: dict[str, Callable[[Setting], list[Row]]] = {
    "honest": honest.measure,
    "foreign": foreign.measure,
    "torn": torn.measure,
    "harder": harder.measure,
    "forged": forged.measure,
    "unsigned": unsigned.measure,
    "dates": dates.measure,
    "others": others.measure,
    "speed": speed.measure,
    "copies": copies.measure,
    "memory": memory.measure,
    "files": files.measure,
    "kill": kill.measure,
}


@click.command(help=__doc__)
@click.option("--full", "long", is_flag=True, help="The long bench, whose figures are quoted.")
@click.option("--pages", type=int, default=lambda: int(os.environ.get("PAGES", PAGES)),
              help="Honest pages of the long bench (or the variable PAGES).")  # fmt: skip
@click.option("--tiny", is_flag=True, help="Only to see that the bench itself works.")
@click.option("--only", type=click.Choice(list(MEASURES)), multiple=True, help="Single measures.")
@click.option("--seed", type=int, default=SEED, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Work in this folder and leave it.")
def main(
    long: bool, pages: int, tiny: bool, only: tuple[str, ...], seed: int, keep: Path | None
) -> None:
    chosen = only or tuple(MEASURES)
    if "speed" in chosen and not rivals.OCRMYPDF.is_file():
        raise click.UsageError("OCRmyPDF is missing: run make bench-setup")
    console = Console(file=sys.stderr if not sys.stdout.isatty() else sys.stdout)
    sizes = TINY if tiny else full(pages) if long else LOOK
    folder = keep or Path(tempfile.mkdtemp(prefix="paperloop-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    start = perf_counter()
    rows: list[Row] = []
    try:
        console.print(f"issuing papers for {sizes.people} invented people")
        setting = prepare(folder, seed, sizes)
        for name in chosen:
            began = perf_counter()
            rows += MEASURES[name](setting)
            console.print(f"{name}: {perf_counter() - began:.0f} s")
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    seconds = perf_counter() - start
    # In a pipe a table is as wide as it is.
    report.show(rows, Console() if sys.stdout.isatty() else Console(width=140))
    console.print(f"{seconds / 60:.1f} minutes")
    if not only and not tiny:
        report.save(rows, seed, seconds)
        console.print(f"the figures are in {report.RESULT.relative_to(report.CLONE)}")


if __name__ == "__main__":
    main()
