"""A folder that a scanner writes into: which of its files are whole and not yet seen.

Only looked at by name, size and time, so that it works on network shares as well; nothing is
renamed or locked. What was taken in is known by the registry, whatever happens here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.scans import inbox

LOOK_SECONDS = 2.0  # between two looks
SETTLED_SECONDS = 5.0  # a file that has not changed for so long is whole
AGAIN_SECONDS = 30.0  # until a registry that could not be reached is tried again

_State = tuple[int, int]  # size in bytes, time of the last change in ns


@dataclass(slots=True)
class Watch:
    """What is known of the folders so far."""

    paths: tuple[Path, ...]
    apart_from: Path
    _since: dict[Path, tuple[_State, float]] = field(default_factory=dict)
    _done: dict[Path, _State] = field(default_factory=dict)
    _others: list[Path] = field(default_factory=list)
    _told: set[Path] = field(default_factory=set)

    def ready(self, now: float) -> Sequence[Path]:
        """The files that are whole at ``now`` (seconds of any steady clock) and new or changed.

        Each is named once, and again only when it has changed. A folder that cannot be reached
        for a while is simply empty.
        """
        answer: list[Path] = []
        found = inbox.look(self.paths, self.apart_from)
        others = set(found.others) - self._told
        there = _states([*found.scans, *others])
        for path, state in there.items():
            known, since = self._since.get(path, (None, now))
            if state != known:
                self._since[path] = (state, now)
            elif now - since >= SETTLED_SECONDS and self._done.get(path) != state:
                self._done[path] = state
                (self._others if path in others else answer).append(path)
        for gone in self._since.keys() - there.keys():
            del self._since[gone]
            self._done.pop(gone, None)
        return answer

    def put_back(self, files: Sequence[Path]) -> None:
        """Name these again at the next look: they could not be taken in."""
        for path in files:
            self._done.pop(path, None)

    def others(self) -> Sequence[Path]:
        """The files of kinds that are not read, once they are whole; each is named once."""
        answer, self._others = sorted(self._others), []
        self._told.update(answer)
        return answer


def _states(files: Sequence[Path]) -> dict[Path, _State]:
    found = {}
    for path in files:
        try:
            seen = path.stat()
        except OSError:  # it went away, or the share did
            continue
        if seen.st_size:
            found[path] = (seen.st_size, seen.st_mtime_ns)
    return found
