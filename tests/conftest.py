"""What several test files need: the command line in process, a fresh workspace, PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline import i18n, settings
from pipeline.cli.main import run
from pipeline.errors import DEBUG_VARIABLE
from tests.postgres import Server, private_server


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    def lines(self) -> list[dict[str, Any]]:
        """The JSON Lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def paperloop(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Said]]:
    """Call ``paperloop`` in process, in English: ``paperloop("form", "list")``."""
    monkeypatch.setenv("LANGUAGE", "en")
    for name in (settings.REGISTRY_VARIABLE, DEBUG_VARIABLE):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: object) -> Said:
        code = run([str(argument) for argument in arguments])
        return Said(code, *capsys.readouterr())

    yield call
    i18n.use("en")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the sample office's settings, and the current one."""
    root = (tmp_path / "office").resolve()
    root.mkdir()
    (root / settings.FILE_NAME).write_bytes(settings.SAMPLE.read_bytes())
    monkeypatch.chdir(root)
    return root


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server of our own; started for the tests that ask for it."""
    with private_server() as running:
        yield running
