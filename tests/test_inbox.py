"""What lies in the folders that intake is given: every scan is taken, and no other is missed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.scans import inbox
from pipeline.scans.inbox import Found


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names(found: list[Path]) -> list[str]:
    return [path.name for path in found]


def test_folders_are_searched_for_scans_alone(tmp_path: Path) -> None:
    put(tmp_path, "b.pdf", "a.PNG", "deep/er/c.tiff", ".hidden.pdf", "output/own.pdf")
    output = tmp_path / "output"
    assert names(inbox.look((tmp_path,), output).scans) == ["a.PNG", "b.pdf", "c.tiff"]
    # What the program wrote is left out; named on purpose it is taken.
    assert inbox.look((output,), output) == Found([output / "own.pdf"], [], [])


def test_what_is_named_is_a_scan_and_taken_once(tmp_path: Path) -> None:
    put(tmp_path, "b.pdf", "a.png", "notes.txt")
    given = (tmp_path / "b.pdf", tmp_path, tmp_path / "notes.txt")
    found = inbox.look(given, tmp_path / "output")
    assert (names(found.scans), found.others) == (["b.pdf", "a.png", "notes.txt"], [])


def test_a_jpeg_by_any_name_is_a_scan(tmp_path: Path) -> None:
    put(tmp_path, "a.jfif", "b.JPE", "c.jpeg")
    found = inbox.look((tmp_path,), tmp_path / "output")
    assert (names(found.scans), found.others) == (["a.jfif", "b.JPE", "c.jpeg"], [])


def test_files_of_other_kinds_are_not_passed_over(tmp_path: Path) -> None:
    others = ["a.heic", "b.bmp", "c.webp", "d.zip", "deep/scan", "truth.jsonl"]
    put(tmp_path, "1.pdf", *others, "output/originals/0123", "output/registry.db")
    found = inbox.look((tmp_path,), tmp_path / "output")
    assert names(found.scans) == ["1.pdf"]
    assert [path.relative_to(tmp_path).as_posix() for path in found.others] == others


def test_files_of_the_system_and_unfinished_ones_are_nobodys_loss(tmp_path: Path) -> None:
    put(
        tmp_path, "Thumbs.db", "desktop.ini", ".DS_Store", "deep/.~lock.doc#", ".git/config",
        "a.pdf.part", "b.tmp", "~$letter.docx", "c.pdf.filepart", "~$deep/d.heic",
    )  # fmt: skip
    assert inbox.look((tmp_path,), tmp_path / "output") == Found([], [], [])


def test_a_folder_that_is_closed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.pdf", "closed/b.pdf")
    scandir = os.scandir

    def may_not(folder: str) -> object:
        if Path(folder).name == "closed":  # nothing is closed to the one who runs as root
            raise PermissionError(13, "Permission denied", folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", may_not)
    found = inbox.look((tmp_path,), tmp_path / "output")
    assert (names(found.scans), found.closed) == (["a.pdf"], [tmp_path / "closed"])
