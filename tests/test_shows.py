"""The shows are of one day: they show the same on whichever day somebody runs them."""

from __future__ import annotations

from typing import Any

import pytest

from tests import demo, showing


class _StoppedError(Exception):
    pass


class _Issued:
    """In the place of a show: papers are named and nothing is run."""

    def begin(self) -> None:
        pass

    def issue(self, *_forms: str) -> list[dict[str, Any]]:
        return [{"paper": "7F3K9QX2MD", "places": []}]


def test_the_demos_pens_write_the_day_on_which_its_commands_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    days = []

    def scanned(*_papers: Any, **how: Any) -> Any:
        days.append(how["day"].isoformat())
        raise _StoppedError

    monkeypatch.setattr(demo, "SHOW", _Issued())
    monkeypatch.setattr(demo, "scan_papers", scanned)
    with pytest.raises(_StoppedError):
        demo.main()
    assert days == [showing.TODAY]
