"""The pages for people keep up with the code: every module and reason, and links that lead on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.records import reasons
from tests.test_house import CLONE, modules, noun

PAGES = sorted([*CLONE.glob("*.md"), *CLONE.glob("docs/*.md"), *CLONE.glob("samples/*.md")])


def test_architecture_names_every_module() -> None:
    text = (CLONE / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", text, flags=re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"\w+", row)}
    assert told == {noun(path) for path in modules()} - {"__init__"}


def test_guide_tells_every_reason() -> None:
    guide = (CLONE / "docs" / "guide-ru.md").read_text(encoding="utf-8")
    assert [name for name in reasons.table() if f"`{name}`" not in guide] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(CLONE)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [name for name in targets if not (page.parent / name).exists()] == []


def test_guide_has_the_headings_that_it_lists() -> None:
    guide = (CLONE / "docs" / "guide-ru.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", guide, flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", guide)) <= anchors
