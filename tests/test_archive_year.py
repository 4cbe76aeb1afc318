"""The archivist's year in samples/: every command of its page, in order, says what stands there."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import Said
from tests.test_house import CLONE

YEAR = CLONE / "samples" / "archive-year"


@dataclass(slots=True)
class Step:
    """A command of the page, the exit code and the words that it is held to."""

    words: list[str]
    code: int = 0
    says: list[str] = field(default_factory=list)


def steps() -> Iterator[Step]:
    page = (YEAR / "README.md").read_text(encoding="utf-8")
    step: Step | None = None
    for line in "".join(re.findall(r"^```sh\n(.*?)^```", page, re.M | re.S)).splitlines():
        if line.startswith("# → ") and step:
            step.says.append(line.removeprefix("# → "))
        elif line.startswith("# exit ") and step:
            step.code = int(line.removeprefix("# exit "))
        else:
            if step:
                yield step
            step = Step(shlex.split(line))
    if step:
        yield step


def test_the_year_runs_as_its_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paperloop: Callable[..., Said]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = 0
    for step in steps():
        program, *arguments = step.words
        if program == "cp":
            shutil.copy(CLONE / arguments[0], arguments[1])
        elif program == "cd":
            monkeypatch.chdir(arguments[0])
        else:
            said = paperloop(*arguments)
            assert said.code == step.code, (step.words, said.err)
            text = " ".join(re.sub("[│┃]", " ", said.err).split())
            for words in step.says:
                assert words in text, step.words
            done += 1
    assert done > 30
    made = {path.name for path in Path("output/issued").glob("*.pdf")}
    for paper in (
        "inventory", "certification-sheet", "file-cover", "handover-act", "familiarisation-sheet",
        "transfer-letter", "files-inventory", "servants-register-consolidated", "destruction-act",
    ):  # fmt: skip
        assert any(f"-{paper}-" in name for name in made), paper
    assert Path("terms.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")
