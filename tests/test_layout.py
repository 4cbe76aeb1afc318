"""Where glyphs land: colours, boxes, lines, against numbers reckoned by hand."""

from __future__ import annotations

import pytest

from pipeline.errors import ToolFailedError
from pipeline.papers import layout
from pipeline.papers.layout import MAX_CHANNEL
from tests.pdfs import A4_PT, mm, plain


def text(words: str, x: float, y: float, colour: str = "0 0 0", size: float = 12) -> bytes:
    """Operators that print words at x, y points from the bottom left."""
    return f"BT /F {size} Tf {colour} rg {x} {y} Td ({words}) Tj ET\n".encode()


def channel(value: int) -> str:
    return f"{value / 255:.6f}"


def test_colours_are_distinct_nearly_black_and_never_black() -> None:
    found = [layout.colour(i) for i in range(4095)]
    assert len(set(found)) == len(found) and 0 not in found
    assert all(max(c >> 16, c >> 8 & 255, c & 255) <= MAX_CHANNEL for c in found)
    with pytest.raises(ValueError, match="colours"):
        layout.colour(4095)


@pytest.mark.parametrize("index", [0, 1, 14, 15, 16, 255, 256, 4094])
def test_a_colour_comes_back_from_the_pdf(index: int) -> None:
    number = layout.colour(index)
    colour = " ".join(channel(v) for v in (number >> 16, number >> 8 & 255, number & 255))
    (sheet,) = layout.sheets(plain(1, text("ab", 100, 700, colour) + text("black", 100, 600)))
    groups = layout.by_colour(sheet.glyphs)
    assert {n: "".join(g.char for g in gs) for n, gs in groups.items()} == {number: "ab"}


def test_boxes_are_millimetres_from_the_top_left() -> None:
    (sheet,) = layout.sheets(plain(1, text("H", 100, 700, size=20)))
    (glyph,) = sheet.glyphs
    assert [sheet.width, sheet.height] == pytest.approx([210, 297], 0.001)
    assert glyph.origin_x == pytest.approx(mm(100), 0.001)
    assert glyph.origin_y == pytest.approx(mm(A4_PT[1] - 700), 0.001)
    assert glyph.box.y1 == pytest.approx(glyph.origin_y, abs=0.1)  # H stands on its base line
    assert glyph.box.height == pytest.approx(mm(20) * 0.72, rel=0.03)  # Helvetica's capitals
    assert glyph.size == 20 and "Helvetica" in glyph.font


def test_colours_of_pens_and_stamps_are_nobodys() -> None:
    (sheet,) = layout.sheets(
        plain(1, text("ink", 100, 700, "0 0 1") + text("grey", 9, 9, ".5 .5 .5"))
    )
    assert layout.by_colour(sheet.glyphs) == {}


def test_pages_are_numbered_from_one_and_lines_run_from_the_top() -> None:
    content = text("low", 100, 100) + text("right", 300, 700) + text("left", 100, 700)
    both = layout.sheets(plain(2, content))
    assert [s.number for s in both] == [1, 2]
    assert layout.sheet(plain(2, content), 2) == both[1]
    lines = [["".join(g.char for g in line) for line in layout.lines(s.glyphs)] for s in both]
    assert lines == [["leftright", "low"]] * 2
    assert sorted(layout.text_of(both)) == sorted("lowrightleft" * 2)
    box = layout.box_of(both[0].glyphs)
    assert box.x0 == pytest.approx(mm(100), abs=0.5) and box.y0 < 60 and box.y1 > 260


def test_a_coarse_look_sees_the_same_colours_and_characters() -> None:
    pdf = plain(1, text("black print", 100, 700) + text("mine", 100, 600, f"0 0 {channel(7)}"))
    (fine,), (coarse,) = layout.sheets(pdf), layout.sheets(pdf, coarse=True)
    assert sorted(layout.text_of([coarse])) == sorted(layout.text_of([fine]))
    for colour in (0, layout.colour(6)):
        (piece,) = [g for g in coarse.glyphs if g.colour == colour]
        alike = [g for g in fine.glyphs if g.colour == colour]
        assert piece.char == "".join(g.char for g in alike)
        assert piece.box.as_list() == pytest.approx(layout.box_of(alike).as_list(), abs=0.5)


def test_rendering_has_the_size_of_the_page() -> None:
    image = layout.render(plain(1, text("HHHH", 100, 700, size=40)), 1, 100)
    assert image.shape == (1170, 827)
    assert image.min() < 100 < image[:50].min()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 cut off", b"no PDF"])
def test_a_damaged_pdf_is_the_tools_fault(content: bytes) -> None:
    with pytest.raises(ToolFailedError):
        layout.sheets(content)


@pytest.mark.parametrize(
    ("char", "ink"), [("a", True), ("\u00ad", False), ("\u200b", False), (" ", False)]
)
def test_only_ink_is_counted(char: str, ink: bool) -> None:
    assert layout.leaves_ink(char) is ink
