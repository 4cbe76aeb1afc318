"""Private workspaces for the bench: made, copied, and used through the command line alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.errors import ExitCode
from pipeline.settings import FILE_NAME, REGISTRY_VARIABLE, SAMPLE
from tests.bench.people import DAY

PROGRAM = Path(sys.executable).parent / "paperloop"
Json = dict[str, Any]
_FINE = (ExitCode.DONE, ExitCode.WAITING)
# A developer's own registry; and what would make every start compile every module anew.
_NOT_FOR_BENCHES = (REGISTRY_VARIABLE, "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")


class CommandFailedError(RuntimeError):
    """A command of the program ended otherwise than the bench can use."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said: its JSON objects, its exit code, its time in seconds."""

    objects: tuple[Json, ...]
    code: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace of the sample office in a folder of its own."""

    root: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    today: date = DAY

    @property
    def inbox(self) -> Path:
        """Where the bench puts scans."""
        return self.root / "inbox"

    def command(self, *arguments: object) -> list[str]:
        """The command line of one command here, on its day."""
        return [*self._plain(arguments), "--quiet"]

    def _plain(self, arguments: Iterable[object]) -> list[str]:
        shared = ("--workspace", str(self.root), "--today", self.today.isoformat())
        return [str(PROGRAM), *map(str, arguments), *shared]

    def environment(self) -> dict[str, str]:
        """The shell's, as a user has it; messages in English."""
        return {**shell(), "LANGUAGE": "en", **self.environ}

    def run(self, *arguments: object) -> Answer:
        """Run one command with --json to its end."""
        done, seconds = self._run(self.command(*arguments, "--json"))
        return Answer(objects(done.stdout), done.returncode, seconds)

    def shown(self, *arguments: object) -> float:
        """Seconds that a command takes as a clerk runs it, its table printed."""
        return self._run(self._plain(arguments))[1]

    def _run(self, command: Sequence[str]) -> tuple[subprocess.CompletedProcess[str], float]:
        start = time.perf_counter()
        done = subprocess.run(
            command, env=self.environment(), capture_output=True, encoding="utf-8", check=False
        )
        seconds = time.perf_counter() - start
        if done.returncode not in _FINE:
            words = " ".join(command[1:])
            raise CommandFailedError(f"{words}: exit {done.returncode}: {done.stderr.strip()}")
        return done, seconds

    def copy_to(self, root: Path) -> Workspace:
        """The same workspace again, registry and secret included: ids stay what they are."""
        shutil.copytree(self.root, root)
        return Workspace(root, self.environ)


def shell() -> dict[str, str]:
    """The environment that all programs run in, ours and the others."""
    return {name: value for name, value in os.environ.items() if name not in _NOT_FOR_BENCHES}


def objects(text: str) -> tuple[Json, ...]:
    """JSON Lines as objects."""
    return tuple(json.loads(line) for line in text.splitlines() if line.strip())


def new(root: Path) -> Workspace:
    """A workspace of the sample office; its forms are the project's own."""
    root.mkdir(parents=True)
    (root / FILE_NAME).write_bytes(SAMPLE.read_bytes())
    return Workspace(root)


def issue(office: Workspace, people: Sequence[Json], acts: Sequence[Json]) -> list[Json]:
    """Issue what the people and acts of the bench need; the papers as ``generate`` says them."""
    papers: list[Json] = []
    for name, rows, words in (
        ("people", people, ("--set", "new-hire-employee")),
        ("people", people, ("--set", "new-hire-municipal")),
        ("acts", acts, ("handover-act",)),
    ):
        if rows:
            path = office.root / f"{name}.json"
            path.write_text(json.dumps(list(rows), ensure_ascii=False), encoding="utf-8")
            papers += office.run("generate", *words, "--data", path).objects
    return papers
