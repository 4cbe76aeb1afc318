"""The simulator itself: what it draws is where it says, the same seed gives the same scans."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from click.testing import CliRunner
from PIL import Image

from pipeline.geometry import Box
from tests.simulator import (
    FORMATS,
    KINDS,
    NEAR_TWINS,
    PROFILES,
    STYLES,
    TRAPS,
    TURNS,
    Order,
    harsher,
    scan_papers,
)
from tests.simulator.__main__ import main
from tests.simulator.damage import scan
from tests.simulator.dice import dice
from tests.simulator.filling import fill_in
from tests.simulator.forgery import forge_print, forge_sheet
from tests.simulator.letters import Press, advance, open_press, print_text
from tests.simulator.printing import blank_sheet, render

FACE = "LiberationSerif-Regular.ttf"
QUICK = harsher(PROFILES["office"], dpi=(90,), colours=("grey",))
DAY = date(2026, 9, 4)
PLACES = [
    {"field": "full_name", "kind": "text", "hand": False, "page": 1, "box_mm": [34, 45, 110, 52]},
    {"field": "date", "kind": "date", "hand": True, "page": 2, "box_mm": [120, 90, 155, 98]},
    {
        "field": "signature",
        "kind": "signature",
        "hand": True,
        "page": 2,
        "box_mm": [30, 88, 80, 98],
    },
]


def issue(folder: Path, paper: str, name: str) -> dict[str, Any]:
    """A two-page paper as ``generate --json`` tells of it."""
    document = pypdfium2.PdfDocument.new()
    for lines in (
        (f"Я, {name}, согласен.", "Второй абзац, который длиннее первого, тянется до поля."),
        ("Подпись",),
    ):
        page = document.new_page(595.3, 841.9)
        press = Press(document, page, 841.9, [])
        for row, line in enumerate(lines):
            x = 100.0
            for part in line.partition(name) if name in line else (line,):
                rgb = (0, 0, int(part == name))
                print_text(press, part, FACE, 14, rgb, x, 700.0 - 30 * row)
                x += sum(advance(FACE, char) for char in part) * 14
        pdfium.FPDFPage_GenerateContent(page.raw)
        press.close()
        page.close()
    document.save(folder / f"{paper}.pdf")
    document.close()
    return {
        "paper": paper, "form": "test", "pdf": f"{paper}.pdf", "pages": 2,
        "fields": {"full_name": name}, "places": PLACES,
    }  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("issued")


@pytest.fixture(scope="module")
def papers(workspace: Path) -> list[dict[str, Any]]:
    names = ("Рябинин Олег Викторович", "Сычева Марина Павловна", "Ким Нина Юрьевна")
    return [issue(workspace, f"PAPER{number}", name) for number, name in enumerate(names)]


@pytest.fixture
def press(workspace: Path, papers: list[dict[str, Any]]) -> Any:
    document = pypdfium2.PdfDocument(str(workspace / papers[0]["pdf"]))
    page = open_press(document, 1)
    yield page
    page.close()
    document.close()


def test_same_seed_gives_the_same_scans_in_any_order(
    workspace: Path, papers: list[dict[str, Any]], tmp_path: Path
) -> None:
    def files(name: str, seed: int, issued: list[dict[str, Any]]) -> dict[str, bytes]:
        scan_papers(issued, workspace, tmp_path / name, QUICK, seed, "jpeg", day=DAY, work_dpi=90)
        return {path.name: path.read_bytes() for path in (tmp_path / name).glob("*.jpg")}

    first = files("first", 7, papers)
    assert len(first) == 6
    assert files("second", 7, papers[::-1]) == first
    assert all(files("third", 8, papers)[name] != content for name, content in first.items())


@pytest.mark.parametrize("style", STYLES)
def test_signature_stands_on_its_rule(style: str) -> None:
    for seed in range(6):
        sheet = blank_sheet(210, 120, 150)
        here = [place for place in PLACES if place["kind"] == "signature"]
        (mark,) = fill_in(sheet, here, {"signature": f"sign:{style}"}, seed, "P", ("caveat",), DAY)
        assert mark.present
        assert mark.detail == style
        ink = sheet.pixels.min(axis=2) < 200
        inside = ink[sheet.window(Box(27, 82, 86, 105))].sum()
        assert inside >= 0.93 * ink.sum()
        assert inside > 100


def test_date_is_written_into_its_place() -> None:
    sheet = blank_sheet(210, 120, 150)
    here = [place for place in PLACES if place["kind"] == "date"]
    (mark,) = fill_in(sheet, here, {"date": "date"}, 3, "P", ("caveat",), DAY)
    assert "4" in mark.detail
    assert "26" in mark.detail
    assert mark.box is not None
    assert Box(118, 86, 160, 101).contains(mark.box)


@pytest.mark.parametrize("trap", TRAPS)
def test_traps_are_no_signatures(trap: str) -> None:
    sheet = blank_sheet(210, 297, 100)
    sheet.pixels[200:260, 100:700:9] = 0  # some print for the back to shine through
    before = sheet.pixels.copy()
    here = [place for place in PLACES if place["kind"] == "signature"]
    (mark,) = fill_in(sheet, here, {"signature": trap}, 1, "P", ("caveat",), DAY)
    assert not mark.present
    zone = sheet.window(Box(25, 80, 90, 105))
    changed = bool((sheet.pixels[zone] != before[zone]).any())
    assert changed == (trap != "nothing")


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("colour", ["grey", "colour", "bilevel"])
def test_every_format_opens(
    fmt: str, colour: str, workspace: Path, papers: list[dict[str, Any]], tmp_path: Path
) -> None:
    profile = harsher(QUICK, colours=(colour,), dpi=(60,))
    truth = scan_papers(papers[:1], workspace, tmp_path, profile, 1, fmt, work_dpi=60, day=DAY)
    assert [page.page for page in truth] == [1, 2]
    for page in truth:
        path = tmp_path / page.file
        if fmt == "pdf":
            document = pypdfium2.PdfDocument(str(path))
            assert len(document) == 2
            assert document[page.source_page - 1].get_size() == pytest.approx((595, 842), abs=1.5)
            pixels = render(document[page.source_page - 1], 60).pixels
            document.close()
        else:
            with Image.open(path) as image:
                image.seek(page.source_page - 1)
                if colour == "bilevel" and fmt == "tiff":
                    assert image.info["compression"] == "group4"
                pixels = np.asarray(image.convert("RGB"))
        assert np.median(pixels) > 240  # paper is white
        assert pixels.min() < 130  # and print is not


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("turned", TURNS)
def test_truth_points_are_where_the_scan_shows_them(profile: str, turned: int) -> None:
    sheet = blank_sheet(210, 297, 100)
    grid = np.array([(x, y) for y in (30.0, 150.0, 260.0) for x in (30.0, 105.0, 180.0)])
    for x, y in grid:
        sheet.pixels[sheet.window(Box(x - 2.5, y - 2.5, x + 2.5, y + 2.5))] = 0
    kind = harsher(PROFILES[profile], dpi=(100,), stains=(0, 0), folds=(0, 0))
    seen = scan(sheet, kind, turned, dice(5, profile))
    grey = seen.pixels if seen.pixels.ndim == 2 else seen.pixels.mean(axis=2)
    size = round(2.5 * 100 / 25.4)
    for x, y in seen.locate(grid):
        row, column = round(float(y)), round(float(x))
        window = grey[
            row - 2 * size : row + 2 * size + 1, column - 2 * size : column + 2 * size + 1
        ]
        dark = np.argwhere(window < (window.min() + np.median(grey)) / 2)
        assert np.abs(dark.mean(axis=0) - 2 * size).max() < 2.5


def test_turned_page_stands_up_when_turned_clockwise() -> None:
    sheet = blank_sheet(210, 297, 60)
    sheet.pixels[:60] = 0  # dark at the head
    for turned in TURNS:
        seen = scan(sheet, harsher(QUICK, dpi=(60,)), turned, dice(1))
        upright = np.rot90(seen.pixels, -turned // 90)
        assert upright[20:40].mean() < 90 < upright[-60:].mean()


def test_mixed_stack_holds_every_page_once(
    workspace: Path, papers: list[dict[str, Any]], tmp_path: Path
) -> None:
    truth = scan_papers(
        papers, workspace, tmp_path, QUICK, 2, "tiff", mixed=True, per_file=4, backs=True,
        work_dpi=90, day=DAY,
    )  # fmt: skip
    assert len(truth) == 12
    expected = {(paper["paper"], page) for paper in papers for page in (1, 2)}
    assert {(page.paper, page.page) for page in truth if page.page} == expected
    assert {page.file for page in truth} == {f"stack-00{number}.tif" for number in (1, 2, 3)}
    lines = (tmp_path / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["file"] for line in lines] == [page.file for page in truth]


def test_a_changed_letter_changes_nothing_else(press: Press) -> None:
    before = render(press.page, 150).pixels.astype(int)
    done = forge_print(press, 1, PLACES[:1], Order("twin", count=3), dice(4))
    assert len(done) == 3
    sheet = render(press.page, 150)
    difference = np.abs(sheet.pixels - before).max(axis=2) > 30
    for change in done:
        assert change.now in NEAR_TWINS[change.was]
        zone = sheet.window(change.box.grown(0.6))
        assert difference[zone].any()
        difference[zone] = False
    assert not difference.any()


def test_control_prints_the_same_letters_again(press: Press) -> None:
    before = render(press.page, 150).pixels.astype(int)
    assert forge_print(press, 1, PLACES[:1], Order("control", count=4), dice(4))
    assert np.abs(render(press.page, 150).pixels - before).max() < 12


@pytest.mark.parametrize("kind", ["insert", "drop"])
def test_the_rest_of_the_line_moves_with_an_inserted_or_dropped_letter(
    kind: str, press: Press
) -> None:
    ends = press.letters[-1].x, next(v.x for v in press.letters[::-1] if v.y > 690)
    (change,) = forge_print(press, 1, PLACES[:1], Order(kind), dice(2))
    assert len(change.now) == (2 if kind == "insert" else 0)
    moved = next(v.x for v in press.letters[::-1] if v.y > 690) - ends[1]
    assert moved > 1 if kind == "insert" else moved < -1
    assert press.letters[-1].x == ends[0]  # the next line stays


def test_a_value_is_swapped_for_another_persons(
    workspace: Path, papers: list[dict[str, Any]], tmp_path: Path
) -> None:
    truth = scan_papers(
        papers, workspace, tmp_path, QUICK, 2, "png", forge="swap", work_dpi=90, day=DAY
    )
    for paper in papers:
        (page,) = [page for page in truth if page.paper == paper["paper"] and page.forged]
        (change,) = page.forged
        assert change.was == paper["fields"]["full_name"]
        assert change.now in {other["fields"]["full_name"] for other in papers} - {change.was}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("twin", "clause")])
def test_every_kind_of_forgery_is_told_in_the_truth(kind: str, press: Press) -> None:
    order = Order(kind, text="Попов Ян" if kind in ("swap", "label", "fluid") else "")
    done = forge_print(press, 1, PLACES[:1], order, dice(1)) if kind in KINDS[:7] else []
    sheet = render(press.page, 100)
    done = done or forge_sheet(sheet, press, 1, PLACES[:1], order, dice(1))
    (change,) = done
    assert (change.kind, change.field, change.page) == (kind, "full_name", 1)
    assert change.box.overlaps(Box(30, 40, 120, 60))


def test_a_pen_may_strike_out_words_that_are_no_field(press: Press) -> None:
    sheet = render(press.page, 100)
    before = sheet.pixels.copy()
    (change,) = forge_sheet(sheet, press, 1, PLACES, Order("strike", words=2), dice(3))
    assert (change.field, change.page) == ("", 1)
    assert change.was in "согласен. Второй абзац, который длиннее первого, тянется до поля."
    assert len(change.was.split()) <= 2
    zone = sheet.window(change.box.grown(0.6))
    assert (sheet.pixels[zone] != before[zone]).any()


def test_a_clause_is_softened(press: Press) -> None:
    (change,) = forge_print(
        press, 1, [], Order("clause", was="согласен", text="не против"), dice(1)
    )
    assert (change.was, change.now) == ("согласен", "не против")
    assert "не против." in "".join(letter.char for letter in press.letters)


def test_the_command_line_writes_scans_and_truth(
    workspace: Path, papers: list[dict[str, Any]], tmp_path: Path
) -> None:
    listed = tmp_path / "papers.jsonl"
    listed.write_text(json.dumps(papers[0], ensure_ascii=False) + "\n", encoding="utf-8")
    done = CliRunner().invoke(
        main,
        ["--papers", str(listed), "--workspace", str(workspace), "--out", str(tmp_path / "scans"),
         "--profile", "bilevel", "--format", "tiff", "--mixed", "--marks", "unsigned",
         "--damage", "dpi=100", "--seed", "3"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    lines = (tmp_path / "scans" / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    marks = [mark for line in lines for mark in json.loads(line)["marks"]]
    assert {mark["field"]: mark["present"] for mark in marks} == {"date": True, "signature": False}
    assert (tmp_path / "scans" / "stack-001.tif").exists()
