"""What the shows (`make demo`, `awful`, `others`) share: commands shown as typed, and run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CLONE = Path(__file__).resolve().parent.parent
HIRES = CLONE / "samples" / "hires.xlsx"
TODAY = "2026-11-23"
WAITING = 10


def say(text: str) -> None:
    """A line for whoever looks on."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Show:
    """A workspace that is made anew; ``run`` ends the program where a command fails."""

    folder: Path

    def begin(self) -> None:
        """Make the workspace, in the place of what an earlier show left."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.run("init", str(self.folder))

    def run(self, command: str, *arguments: str) -> None:
        """Show a command and run it."""
        shown = " ".join(a.replace(str(CLONE) + os.sep, "") for a in arguments)
        say(f"\n$ paperloop {command} {shown}")
        where = [] if command == "init" else ["--workspace", str(self.folder)]
        program = [sys.executable, "-c", "from pipeline.cli.main import main; main()"]
        done = subprocess.run([*program, *where, "--today", TODAY, command, *arguments])
        if done.returncode not in (0, WAITING):
            sys.exit(done.returncode)

    def issue(self, *chosen: str) -> list[dict[str, Any]]:
        """Issue papers for the sample's hires; what ``generate --json`` says of them."""
        report = self.folder / "output" / f"generate-{chosen[-1]}.jsonl"
        self.run("generate", *chosen, "--data", str(HIRES), "--json-to", str(report))
        return self.said(report)

    def said(self, report: Path) -> list[dict[str, Any]]:
        """What a command wrote with --json-to."""
        return [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
