"""Files of ours: who may read them, and what of an interrupted run is swept."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.files import make_private, run_lock, temporary_files, work_folder
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


# What lies there for a while


def test_temporary_files_lie_in_the_workspace(tmp_path: Path) -> None:
    before = tempfile.gettempdir()
    with temporary_files(tmp_path / "output"):
        assert Path(tempfile.gettempdir()).is_relative_to((tmp_path / "output").resolve())
        if sys.platform != "win32":
            assert mode(Path(tempfile.gettempdir())) == 0o700
    assert tempfile.gettempdir() == before
    assert not list((tmp_path / "output").iterdir())


def test_sweeping_spares_a_run_that_is_alive(tmp_path: Path) -> None:
    """A command that only reads does not hold the workspace; another may take it meanwhile."""
    with work_folder(tmp_path) as work:
        (work / "cells.xml").write_bytes(b"personal")
        with run_lock(tmp_path):
            assert (work / "cells.xml").exists()
        assert (work / "cells.xml").exists()
    assert not (tmp_path / ".work").exists()


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, tempfile\n"
        "from pipeline.files import temporary_files\n"
        f"with temporary_files(pathlib.Path({str(tmp_path)!r})):\n"
        "    tempfile.NamedTemporaryFile(delete=False).write(b'personal')\n"
        "    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert len([path for path in (tmp_path / ".work").rglob("*") if path.is_file()]) == 2
    with run_lock(tmp_path):
        assert not (tmp_path / ".work").exists()
