"""What lies in the folders that intake is given: the scans, and what it does not read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".jpe", ".jfif", ".png"})
# What nobody misses: the system's own files, and those that are still being written.
_SYSTEMS = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini"})
_UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".tmp")
_HIDDEN = (".", "~$")


@dataclass(frozen=True, slots=True)
class Found:
    """Files in the order of their names; ``others`` may be scans of a kind that is not read.

    ``closed`` are folders that may not be looked into.
    """

    scans: list[Path]
    others: list[Path]
    closed: list[Path]


def look(paths: tuple[Path, ...], apart_from: Path) -> Found:
    """The files under ``paths``, folders searched to the bottom; what is named is a scan.

    A folder that holds ``apart_from`` (what the program itself wrote) is searched without it.
    """
    scans: dict[Path, None] = {}
    others: dict[Path, None] = {}
    closed: list[Path] = []
    own = apart_from.resolve()
    for path in paths:
        if not path.is_dir():
            scans[path] = None
            continue
        is_around = own.is_relative_to(path.resolve()) and own != path.resolve()
        for file in sorted(_files(path, own, closed)):
            if file.suffix.lower() in SUFFIXES:
                kind = scans
                is_passed = is_around and file.resolve().is_relative_to(own)
                is_passed |= file.name.startswith(".")
            else:
                kind, is_passed = others, _is_idle(file.relative_to(path))
            if not is_passed and _is_file(file):
                kind[file] = None
    return Found(list(scans), [path for path in others if path not in scans], closed)


def _files(folder: Path, own: Path, closed: list[Path]) -> Iterator[Path]:
    def note(error: OSError) -> None:
        if isinstance(error, PermissionError):  # else it went away meanwhile
            closed.append(Path(error.filename))

    for root, folders, names in os.walk(folder, onerror=note):
        # Not gone into: there are as many files as ever were taken in.
        folders[:] = [
            name for name in folders if name != own.name or Path(root, name).resolve() != own
        ]
        yield from (Path(root, name) for name in names)


def _is_idle(path: Path) -> bool:
    """Whether a file's name says that it is no scan, nor anything else of the user's."""
    name = path.name.lower()
    return (
        name in _SYSTEMS
        or name.endswith(_UNFINISHED)
        or any(part.startswith(_HIDDEN) for part in path.parts)
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # in a folder that may be listed and no more
        return False
