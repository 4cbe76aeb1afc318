"""kill -9 at random moments: afterwards everything must be as if it had never happened.

``python -m tests.bench.kill`` runs this measure alone.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from tests.bench.measure import NONE, Row, at_least, share_of
from tests.bench.setting import WORKERS, Setting, scan
from tests.bench.workspaces import Json, Workspace
from tests.simulator.dice import dice

_PEOPLE = 3
_SCANNED = 4
_LINGER_SECONDS = 20.0  # what a killed command leaves running may take that long to notice
_VOLATILE = {"new", "taken_in_at", "at", "crop", "settled_at"}
_KEPT_OPEN = (".lock", "-wal", "-shm")
_EXPORTS = (("records", "--all"), ("checklist",), ("review",))

Command = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """Commands to be killed in; they run in ``start``'s copies, one after another."""

    name: str
    start: Workspace
    commands: tuple[Command, ...]
    exports: tuple[Command, ...] = _EXPORTS


@dataclass(slots=True)
class _Outcome:
    """What an end state holds, and what was left lying about."""

    exports: list[Any]
    files: set[str]
    left: set[str] = field(default_factory=set)
    alive: int = 0


def measure(setting: Setting) -> list[Row]:
    """Kill generate, intake and review at random and compare with undisturbed runs."""
    rows: list[Row] = []
    if setting.sizes.kills:
        for scene_of in (_generating, _taking_in, _reviewing):
            rows += _killed(setting, scene_of(setting))
    return rows


def _generating(setting: Setting) -> Scene:
    """The office has issued papers; now some people's positions change."""
    start = setting.copy("kill-generate")
    hires = json.loads((start.root / "people.json").read_text(encoding="utf-8"))[:_PEOPLE]
    fresh = [{**row, "position": "дежурный по этажу"} for row in hires]
    data = start.root / "again.json"
    data.write_text(_json(fresh), encoding="utf-8")
    forms = ("consent-employee", "non-disclosure-pledge")
    command = ("generate", *forms, "--data", "again.json")  # once more, it tells what there is
    return Scene("generate", start, (command,), (*_EXPORTS, command))


def _taking_in(setting: Setting) -> Scene:
    start = setting.copy("kill-intake")
    scan(setting, start, "pile", setting.some(_SCANNED, "kill"), per_file=2)
    return Scene("intake", start, (("intake", "inbox", "--workers", WORKERS),))


def _reviewing(setting: Setting) -> Scene:
    """Unsigned papers wait; one is accepted, one rejected, of one a value is set."""
    start = setting.copy("kill-review")
    papers = setting.some(3, "kill-review", ["non-disclosure-pledge"])
    scan(setting, start, "pile", papers, marks="nothing", per_file=0, profile="office")
    setting.take_in(start)
    waiting = [d["document"] for d in start.run("review").objects]
    if len(waiting) != len(papers):
        raise RuntimeError(f"{len(waiting)} of {len(papers)} unsigned papers wait for a person")
    why = ("--why", "bench", "--by", "bench")
    return Scene(
        "review",
        start,
        (
            ("review", "--accept", waiting[0], *why),
            ("review", "--reject", waiting[1], *why),
            ("review", "--set", waiting[2], "position=дежурный", "--by", "bench"),
        ),
    )


def _killed(setting: Setting, scene: Scene) -> list[Row]:
    calm = _copy(scene, "calm")
    began = time.perf_counter()
    for command in scene.commands:
        calm.run(*_here(calm, command))
    seconds = (time.perf_counter() - began) / len(scene.commands)
    expected = _outcome(scene, calm)
    rng = dice(setting.seed, "kill", scene.name)
    outcomes = [
        _struck(scene, number, seconds * float(rng.uniform(0, 1.05)), rng)
        for number in range(setting.sizes.kills)
    ]
    same = [one.exports == expected.exports for one in outcomes]
    orphans = [bool(one.files != expected.files or one.left) for one in outcomes]
    for number, one in enumerate(outcomes):
        if orphans[number] or not same[number]:
            _note(setting, scene, number, one, expected)
    return [
        share_of("kills without a trace in the exports", scene.name, same, at_least(1)),
        share_of("kills that left files", scene.name, orphans, NONE),
        share_of("kills that left a process", scene.name, [o.alive > 0 for o in outcomes], NONE),
    ]


def _struck(scene: Scene, number: int, after: float, rng: np.random.Generator) -> _Outcome:
    """Kill one of the commands ``after`` so many seconds, then let all run to their ends."""
    office = _copy(scene, f"kill-{number}")
    victim = int(rng.integers(len(scene.commands)))
    whole_group = bool(rng.random() < 0.5)
    for command in scene.commands[:victim]:
        office.run(*_here(office, command))
    alive = _kill(office, _here(office, scene.commands[victim]), after, whole_group)
    for command in scene.commands[victim:]:
        _run_anyhow(office, _here(office, command))
    outcome = _outcome(scene, office)
    outcome.alive = alive
    return outcome


def _kill(office: Workspace, command: Sequence[object], after: float, whole_group: bool) -> int:
    """End a command in its middle; how many of its children are still there long afterwards."""
    process = subprocess.Popen(
        office.command(*command, "--json"), env=office.environment(), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(after)
    try:
        children = psutil.Process(process.pid).children(recursive=True)
    except psutil.Error:
        children = []
    if whole_group and process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    _gone, alive = psutil.wait_procs(children, timeout=_LINGER_SECONDS)
    for one in alive:
        one.kill()
    return len(alive)


def _run_anyhow(office: Workspace, command: Sequence[object]) -> None:
    """Run to the end; what was settled before the kill may now say so."""
    subprocess.run(
        office.command(*command, "--json"), env=office.environment(), check=False,
        capture_output=True,
    )  # fmt: skip


def _copy(scene: Scene, name: str) -> Workspace:
    root = scene.start.root.parent / f"{scene.name}-{name}" / "office"
    office = scene.start.copy_to(root)
    temporary = root.parent / "tmp"
    temporary.mkdir()
    return replace(office, environ={"TMPDIR": str(temporary)})


def _here(office: Workspace, command: Command) -> list[object]:
    """File names of the scene are of this copy."""
    names = {"again.json", "inbox"}
    return [office.root / str(word) if word in names else word for word in command]


def _outcome(scene: Scene, office: Workspace) -> _Outcome:
    exports = [_calm(office.run(*_here(office, one)).objects) for one in scene.exports]
    files = {
        path.relative_to(office.root).as_posix()
        for path in office.root.rglob("*")
        if path.is_file() and not path.name.endswith(_KEPT_OPEN)
    }
    left = {path.name for path in Path(office.environ["TMPDIR"]).iterdir()}
    return _Outcome(exports, files, left)


def _calm(objects: Sequence[Json]) -> list[str]:
    """The objects without what differs from run to run, in an order of their own."""
    return sorted(_json(_without(one)) for one in objects)


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without(v) for k, v in value.items() if k not in _VOLATILE}
    if isinstance(value, list):
        return [_without(one) for one in value]
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _note(setting: Setting, scene: Scene, number: int, one: _Outcome, calm: _Outcome) -> None:
    line = {
        "measure": f"kill {scene.name}",
        "number": number,
        "missing": sorted(calm.files - one.files),
        "orphans": sorted(one.files - calm.files),
        "temporary": sorted(one.left),
        "exports": one.exports == calm.exports,
    }
    with (setting.folder / "notes.jsonl").open("a", encoding="utf-8") as notes:
        notes.write(_json(line) + "\n")


if __name__ == "__main__":
    sys.argv[1:] = ["--full", "--only", "kill", *sys.argv[1:]]
    runpy.run_module("tests.bench", run_name="__main__")
