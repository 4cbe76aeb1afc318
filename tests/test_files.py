"""Files of ours: who may read them, and what of an interrupted run is swept."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.files import make_private, run_lock
from tests.conftest import Said

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def trusting() -> Iterator[None]:
    """Others may read what nobody forbids, as on most machines."""
    before = os.umask(0o022)
    yield
    os.umask(before)


# Who may read them


@posix
def test_folders_on_the_way_are_private_too(tmp_path: Path, trusting: None) -> None:
    (tmp_path / "theirs").mkdir()
    made = make_private(tmp_path / "theirs" / "ours" / "inner")
    assert [mode(path) for path in (made, made.parent)] == [0o700, 0o700]
    assert mode(tmp_path / "theirs") == 0o755  # a person's own folder stays as it is


@posix
def test_workspace_is_closed_to_others(
    paperloop: Callable[..., Said], tmp_path: Path, trusting: None
) -> None:
    output = tmp_path / "office" / "output"
    assert paperloop("init", output.parent).code == 0
    assert mode(output) == 0o700
    with run_lock(output):
        assert mode(output / ".lock") == 0o600


@posix
def test_workspace_that_was_open_is_closed_by_what_writes_next(
    tmp_path: Path, trusting: None
) -> None:
    output = tmp_path / "output"
    output.mkdir()
    (output / ".lock").touch()
    assert (mode(output), mode(output / ".lock")) == (0o755, 0o644)
    with run_lock(output):
        pass
    assert (mode(output), mode(output / ".lock")) == (0o700, 0o600)
