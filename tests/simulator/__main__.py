"""``python -m tests.simulator``: scans of issued papers from the command line."""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from tests.simulator import (
    FORMATS,
    HANDS,
    HELD_OUT_HANDS,
    KINDS,
    PROFILES,
    TURNS,
    Order,
    harsher,
    scan_papers,
)  # fmt: skip
from tests.simulator.damage import Profile


def _changes(profile: Profile, pairs: tuple[str, ...]) -> dict[str, Any]:
    """``noise=8:12`` or ``skew_deg=4`` to the profile's fields."""
    known = {field.name for field in fields(profile)}
    changes: dict[str, Any] = {}
    for pair in pairs:
        name, _, text = pair.partition("=")
        if name not in known or not text:
            raise click.BadParameter(f"{pair}: give NAME=VALUE or NAME=LOW:HIGH, NAME in {known}")
        numbers = tuple(float(part) for part in text.split(":"))
        if name in ("colours",):
            changes[name] = tuple(text.split(":"))
        elif name in ("dpi", "jpeg"):
            changes[name] = tuple(int(number) for number in numbers)
        else:
            span = isinstance(getattr(profile, name), tuple)
            changes[name] = (numbers[0], numbers[-1]) if span else numbers[0]
    return changes


@click.command(help=__doc__)
@click.option("--papers", required=True, help="What generate --json printed; - is stdin.")
@click.option("--workspace", type=click.Path(path_type=Path), default=Path(), show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--profile", default="office", show_default=True, help="Or several: office,phone.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--format", "fmt", type=click.Choice(FORMATS), default="pdf", show_default=True)
@click.option("--mixed", is_flag=True, help="One shuffled stack instead of a file a paper.")
@click.option("--per-file", type=int, default=0, help="Cut the mixed stack after so many pages.")
@click.option("--marks", default="signed", show_default=True, help="signed, unsigned or a trap.")
@click.option("--forge", type=click.Choice(KINDS), help="Change every paper in this way.")
@click.option("--count", type=int, default=1, show_default=True, help="Letters to change a paper.")
@click.option("--turned", is_flag=True, help="Pages come turned by quarters too.")
@click.option("--backs", is_flag=True, help="Scanned on both sides: blank backs.")
@click.option("--held-out", is_flag=True, help="Sign with the hands kept for benches.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The date written by hand.")
@click.option("--workers", type=int, default=1, show_default=True)
@click.option("--damage", multiple=True, metavar="NAME=LOW:HIGH", help="Change the profile.")
def main(
    papers: str, workspace: Path, out: Path, profile: str, seed: int, fmt: str, mixed: bool,
    per_file: int, marks: str, forge: str | None, count: int, turned: bool, backs: bool,
    held_out: bool, day: Any, workers: int, damage: tuple[str, ...],
) -> None:  # fmt: skip
    text = sys.stdin.read() if papers == "-" else Path(papers).read_text(encoding="utf-8")
    issued = [json.loads(line) for line in text.splitlines() if line.strip()]
    names = profile.split(",")
    if unknown := [name for name in names if name not in PROFILES]:
        raise click.BadParameter(f"{unknown[0]}: one of {', '.join(PROFILES)}")
    one = PROFILES[names[0]]
    truth = scan_papers(
        issued, workspace, out, harsher(one, **_changes(one, damage)) if damage else names,
        seed, fmt, marks, forge=Order(forge, count=count) if forge else None, mixed=mixed,
        per_file=per_file, turns=TURNS if turned else (0,), backs=backs,
        hands=HELD_OUT_HANDS if held_out else HANDS, day=day.date() if day else None,
        workers=workers,
    )  # fmt: skip
    files = len({page.file for page in truth})
    click.echo(f"{len(truth)} pages in {files} files, the truth in {out / 'truth.jsonl'}", err=True)


if __name__ == "__main__":
    main()
