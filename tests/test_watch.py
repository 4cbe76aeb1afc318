"""Watching a scanner's folder: whole files once, an end that loses nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import RegistryError
from pipeline.flow import watch
from pipeline.flow.watch import SETTLED_SECONDS, Watch
from pipeline.registry import Registry
from tests import scanning
from tests.bench import people
from tests.scanning import Office


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


def names(found: Sequence[Path]) -> list[str]:
    return [path.name for path in found]


def test_a_file_is_ready_once_it_has_settled_and_only_once(folder: Path) -> None:
    seen = Watch((folder,), folder.parent / "output")
    (folder / "a.pdf").write_bytes(b"first half")
    assert names(seen.ready(0)) == []
    (folder / "a.pdf").write_bytes(b"first half and the second")
    assert names(seen.ready(SETTLED_SECONDS)) == []  # it has just grown
    assert names(seen.ready(2 * SETTLED_SECONDS)) == ["a.pdf"]
    assert names(seen.ready(3 * SETTLED_SECONDS)) == []


def test_a_file_that_is_written_anew_is_ready_again(folder: Path) -> None:
    seen = Watch((folder,), folder.parent / "output")
    path = folder / "scan.tif"
    path.write_bytes(b"monday")
    seen.ready(0)
    assert names(seen.ready(10)) == ["scan.tif"]
    path.write_bytes(b"tuesday")
    seen.ready(20)
    assert names(seen.ready(30)) == ["scan.tif"]


def test_what_is_no_scan_or_empty_is_left_alone(folder: Path) -> None:
    seen = Watch((folder,), folder.parent / "output")
    (folder / "note.txt").write_bytes(b"words")
    (folder / ".a.pdf.part").write_bytes(b"half")
    (folder / "a.pdf").touch()
    seen.ready(0)
    assert names(seen.ready(10)) == []


def test_files_of_other_kinds_are_named_once_when_they_are_whole(folder: Path) -> None:
    seen = Watch((folder,), folder.parent / "output")
    path = folder / "scan.heic"
    path.write_bytes(b"monday")
    assert (names(seen.ready(0)), names(seen.others())) == ([], [])
    assert (names(seen.ready(10)), names(seen.others())) == ([], ["scan.heic"])
    path.write_bytes(b"and tuesday")
    for now in (20, 30, 40):
        assert (names(seen.ready(now)), names(seen.others())) == ([], [])


def test_a_folder_that_goes_away_for_a_while_ends_nothing(folder: Path) -> None:
    seen = Watch((folder,), folder.parent / "output")
    (folder / "a.pdf").write_bytes(b"x")
    seen.ready(0)
    folder.rename(folder.parent / "away")
    assert names(seen.ready(5)) == []
    (folder.parent / "away").rename(folder)
    assert names(seen.ready(10)) == []
    assert names(seen.ready(20)) == ["a.pdf"]


def test_watching_takes_in_what_comes_and_ends_when_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office: Office = scanning.open_office(tmp_path / "office")
    (paper,) = scanning.issue(office, people.hires(1, 23), "non-disclosure-pledge")
    office.inbox.mkdir(exist_ok=True)
    looks = 0
    handler = signal.getsignal(signal.SIGINT)

    def ready(self: Watch, now: float) -> Sequence[Path]:
        nonlocal looks
        looks += 1
        if looks == 1:
            return [office.put("1.png", office.page(paper))]
        if looks == 2:  # the same bytes once more, by another name
            return [office.put("2.png", office.page(paper))]
        os.kill(os.getpid(), signal.SIGINT)
        return []

    monkeypatch.setattr(Watch, "ready", ready)
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0)
    said = office("intake", "inbox", "--watch", "--json")
    assert said.code == 0, said.err
    first, second = said.lines()
    assert first["status"] == "accepted" and first["paper"] == paper["paper"]
    assert second["reasons"] == ["duplicate"]
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_registry_that_is_away_for_a_while_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its server is started anew at night: what came meanwhile is taken in afterwards."""
    office: Office = scanning.open_office(tmp_path / "office")
    (paper,) = scanning.issue(office, people.hires(1, 23), "non-disclosure-pledge")
    scan = office.put("1.png", office.page(paper))
    opened = Registry.open
    tries = 0

    def open_(*how: Any, **more: Any) -> Registry:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise RegistryError("the server is away")
        return opened(*how, **more)

    def ready(self: Watch, now: float) -> Sequence[Path]:
        if tries < 3:
            return [scan]
        os.kill(os.getpid(), signal.SIGINT)
        return []

    monkeypatch.setattr(Watch, "ready", ready)
    monkeypatch.setattr(Registry, "open", open_)
    monkeypatch.setattr(watch, "AGAIN_SECONDS", 0)
    said = office("intake", "inbox", "--watch", "--json")
    assert (said.code, said.err.count("the server is away")) == (0, 1)
    assert [one["paper"] for one in said.lines()] == [paper["paper"]]
