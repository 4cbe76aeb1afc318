"""Single letters: what is dirt on one, and what makes another of it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.geometry import MM_PER_INCH, px_from_mm
from pipeline.pages.page import DPI
from pipeline.papers import layout
from pipeline.papers.layout import Glyph
from pipeline.prints import blots, smears
from pipeline.prints.atlas import Atlas
from pipeline.prints.doubt import Doubt, doubts_of, is_speck
from pipeline.prints.glyphs import Look, verify
from pipeline.prints.placing import words
from pipeline.registry import Registry
from pipeline.settings import load
from tests import scanning
from tests.bench import people
from tests.scanning import Office

Ink = NDArray[np.float32]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return scanning.open_office(tmp_path_factory.mktemp("glyphs") / "office")


@pytest.fixture(scope="module")
def printed(office: Office) -> tuple[Ink, tuple[Glyph, ...]]:
    """Page 1 as a scan of which nothing is known to be wrong: its ink, and its glyphs."""
    (paper,) = scanning.issue(office, people.hires(1, 31), "consent-employee")
    pdf = (office.root / str(paper["pdf"])).read_bytes()
    ink = np.asarray(1 - layout.render(pdf, 1, DPI) / 255, np.float32)
    glyphs = tuple(g for g in layout.sheet(pdf, 1).glyphs if g.size >= 12)
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.9), np.float32), glyphs


@pytest.fixture(scope="module")
def letters(office: Office, printed: tuple[Ink, tuple[Glyph, ...]]) -> Atlas:
    """The letters of the fonts in which the office's papers are issued."""
    with Registry.open_reading(load(office.root).registry_url) as registry:
        return Atlas(registry.specimens(), DPI)


def look_at(scan: Ink, model: Ink) -> Look:
    return Look(scan, model, model, np.linspace(0, 1, 33, dtype=np.float32), 0.95, 0.02)


def centre(glyph: Glyph) -> tuple[int, int]:
    x0, y0, x1, y1 = glyph.box.px(DPI)
    return (x0 + x1) // 2, (y0 + y1) // 2


def dotted(ink: Ink, at: tuple[int, int], radius: int) -> Ink:
    drop = cv2.circle(np.zeros_like(ink), at, radius, (0.8,), -1, cv2.LINE_AA)
    return np.maximum(ink, cv2.GaussianBlur(drop, (0, 0), 0.9))


def exchanged(ink: Ink, glyph: Glyph, other: Glyph) -> Ink:
    """The page with one letter put in the place of another, on the same base line."""
    x0, y0, x1, y1 = other.box.grown(0.2, 0.5).px(DPI)
    dx, dy = (
        round((a - b) / MM_PER_INCH * DPI)
        for a, b in ((glyph.box.x0, other.box.x0), (glyph.origin_y, other.origin_y))
    )
    changed = ink.copy()
    gx0, gy0, gx1, gy1 = glyph.box.grown(0.1).px(DPI)
    changed[gy0:gy1, gx0:gx1] = 0
    changed[y0 + dy : y1 + dy, x0 + dx : x1 + dx] = ink[y0:y1, x0:x1]
    return changed


def letter(glyphs: tuple[Glyph, ...], char: str) -> Glyph:
    return next(g for g in glyphs if g.char == char)


@pytest.mark.parametrize("char", ["н", "и", "с", "а"])
def test_dirt_on_a_letter_is_dirt(printed: tuple[Ink, tuple[Glyph, ...]], char: str) -> None:
    """A drop on the letter, or a speck above it that makes й of и to the hurried eye."""
    ink, glyphs = printed
    glyph = letter(glyphs, char)
    x, y = centre(glyph)
    top = glyph.box.px(DPI)[1]
    for dirty in (dotted(ink, (x, y - 2), 5), dotted(ink, (x, top - 4), 3)):
        assert blots.is_blotted(glyph, look_at(dirty, ink))


@pytest.mark.parametrize(
    ("was", "now"), [("н", "п"), ("и", "й"), ("е", "с"), ("с", "о"), ("ш", "щ")]
)
def test_another_letter_is_not_dirt(
    printed: tuple[Ink, tuple[Glyph, ...]], was: str, now: str
) -> None:
    ink, glyphs = printed
    glyph = letter(glyphs, was)
    changed = exchanged(ink, glyph, letter(glyphs, now))
    assert not blots.is_blotted(glyph, look_at(changed, ink))


def test_what_looks_like_dirt_but_makes_another_letter_is_that_letter(
    printed: tuple[Ink, tuple[Glyph, ...]], letters: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bar of an е, softly printed, may pass for a drop on a с."""
    ink, glyphs = printed
    glyph = letter(glyphs, "с")
    seen = look_at(exchanged(ink, glyph, letter(glyphs, "е")), ink)
    monkeypatch.setattr(blots, "is_blotted", lambda *_: True)
    verdicts = verify(seen, [glyph], letters)
    (found,) = doubts_of(verdicts, [glyph], np.zeros(ink.shape, np.bool_), seen, letters)
    assert found.sure


def test_a_letter_that_left_no_trace_is_missed(
    printed: tuple[Ink, tuple[Glyph, ...]], letters: Atlas
) -> None:
    """On a page of pure black and white nothing is left to compare."""
    ink, glyphs = printed
    glyph = letter(glyphs, "и")
    x0, y0, x1, y1 = glyph.box.grown(3.0).px(DPI)
    wiped = ink.copy()
    wiped[y0:y1, x0:x1] = 0
    (verdict,) = verify(look_at(wiped, ink), [glyph], letters)
    assert verdict.score < 0.1


def test_a_speck_between_two_letters_smears_no_word(
    printed: tuple[Ink, tuple[Glyph, ...]], letters: Atlas
) -> None:
    """It lies on all of a short word; a thumb that wipes such a word leaves less of it."""
    ink, glyphs = printed
    word = next(w for w in words(glyphs) if "".join(g.char for g in w) == "об")
    none = np.zeros(ink.shape, np.bool_)
    x0, y0, x1, y1 = layout.box_of(word).grown(0.5).px(DPI)
    between = ((word[0].box.px(DPI)[2] + word[1].box.px(DPI)[0]) // 2, (y0 + y1) // 2 - 3)
    wiped = ink.copy()
    wiped[y0:y1, x0:x1] = cv2.blur(ink[y0:y1, x0:x1], (9, 3))
    for scan, is_hurt in ((dotted(ink, between, 3), False), (wiped, True)):
        seen = look_at(scan, ink)
        _values, hurt = smears.found(verify(seen, glyphs, letters), seen, none)
        assert (list(word) in [list(one) for one in hurt]) == is_hurt


def doubts(scan: Ink, ink: Ink, word: Sequence[Glyph], letters: Atlas) -> list[Doubt]:
    """The word's doubts that are no dirt."""
    seen = look_at(scan, ink)
    verdicts = verify(seen, word, letters)
    found = doubts_of(verdicts, word, np.zeros(ink.shape, np.bool_), seen, letters)
    assert found, "nothing is suspect there"
    return [doubt for doubt in found if not is_speck(doubt, found, seen)]


def test_a_drop_half_hidden_by_a_letter_is_dirt(
    printed: tuple[Ink, tuple[Glyph, ...]], letters: Atlas
) -> None:
    """It makes н look like ц, but ц has no bar, and its tail is no drop."""
    ink, glyphs = printed
    word = next(w for w in words(glyphs) if "".join(g.char for g in w) == "данные")
    glyph = letter(tuple(word), "н")
    at = (glyph.box.px(DPI)[2] - 2, round(px_from_mm(glyph.origin_y, DPI)))
    assert not doubts(dotted(ink, at, 4), ink, word, letters)
    changed = exchanged(ink, glyph, letter(glyphs, "ц"))
    assert [one.verdict.glyph for one in doubts(changed, ink, word, letters)] == [glyph]


def test_a_drop_that_reaches_two_letters_is_dirt(
    printed: tuple[Ink, tuple[Glyph, ...]], letters: Atlas
) -> None:
    ink, glyphs = printed
    word = next(w for w in words(glyphs) if "".join(g.char for g in w) == "данные")
    x0, y0, x1, y1 = layout.box_of(word[2:4]).px(DPI)
    assert not doubts(dotted(ink, ((x0 + x1) // 2, (y0 + y1) // 2), 6), ink, word, letters)


def test_a_dot_over_a_comma_of_the_wording_is_dirt(
    printed: tuple[Ink, tuple[Glyph, ...]], letters: Atlas
) -> None:
    ink, glyphs = printed
    word = next(w for w in words(glyphs) if w[-1].char == "," and w[0].char.isalpha())
    x, y = centre(word[-1])
    assert not doubts(dotted(ink, (x, y - 9), 2), ink, word, letters)


@pytest.mark.parametrize(
    ("drawn", "is_solid"),
    [("drop", True), ("drop on a stroke", True), ("ring", False), ("two drops", False),
     ("bar", False), ("corner", False)],
)  # fmt: skip
def test_solid_dots_are_told_from_other_shapes(drawn: str, is_solid: bool) -> None:
    ink, print_ = np.zeros((2, 40, 40), np.uint8)
    if drawn in ("drop", "drop on a stroke"):
        cv2.circle(ink, (20, 20), 5, (1,), -1)
    if drawn == "drop on a stroke":
        print_[:, 17:21] = 1
    if drawn == "ring":
        cv2.circle(ink, (20, 20), 7, (1,), 2)
    if drawn == "two drops":
        cv2.circle(ink, (12, 20), 3, (1,), -1)
        cv2.circle(ink, (26, 20), 3, (1,), -1)
    if drawn == "bar":
        ink[18:22, 10:30] = 1
    if drawn == "corner":
        ink[10:30, 10:13] = ink[27:30, 10:30] = 1
    assert blots.is_solid((ink > print_), (ink | print_) > 0) == is_solid


def test_a_smear_over_a_long_word_is_no_dirt(
    printed: tuple[Ink, tuple[Glyph, ...]], letters: Atlas
) -> None:
    """It makes every letter a little worse; specks on two of them do not."""
    ink, glyphs = printed
    word = next(w for w in words(glyphs) if "".join(g.char for g in w) == "данные")
    x0, y0, x1, y1 = layout.box_of(word).grown(0.5).px(DPI)
    wiped = ink.copy()
    wiped[y0:y1, x0:x1] = cv2.blur(ink[y0:y1, x0:x1], (7, 3))
    dirty = ink
    for glyph in (word[1], word[4]):
        x, y = centre(glyph)
        dirty = dotted(dirty, (x + 2, y + 5), 4)
    none = np.zeros(ink.shape, np.bool_)
    for scan, is_hurt in ((dirty, False), (wiped, True)):
        seen = look_at(scan, ink)
        _values, hurt = smears.found(verify(seen, glyphs, letters), seen, none)
        assert (list(word) in [list(one) for one in hurt]) == is_hurt


def test_two_dots_make_another_letter(printed: tuple[Ink, tuple[Glyph, ...]]) -> None:
    ink, glyphs = printed
    glyph = letter(glyphs, "е")
    x, _y = centre(glyph)
    top = glyph.box.px(DPI)[1]
    both = dotted(dotted(ink, (x - 4, top - 5), 2), (x + 4, top - 5), 2)
    assert not blots.is_blotted(glyph, look_at(both, ink))


def test_what_is_hidden_is_not_known(printed: tuple[Ink, tuple[Glyph, ...]]) -> None:
    ink, glyphs = printed
    glyph = letter(glyphs, "и")
    assert not blots.is_blotted(glyph, look_at(dotted(ink, centre(glyph), 14), ink))


@pytest.mark.parametrize(("was", "now"), [("Ш", "Щ"), ("и", "н"), ("н", "п"), ("Н", "П")])
def test_the_likest_letters_are_looked_for(letters: Atlas, was: str, now: str) -> None:
    """In bold и and н are nearly one shape, and in every style Ш and Щ."""
    styles = [f"LiberationSerif{style}" for style in ("", "-Bold", "-Italic", "-BoldItalic")]
    for font in styles:
        if letters.letter(font, was, 12) is not None:
            assert now in {twin.char for twin in letters.twins(font, was)}
    assert any(letters.letter(font, was, 12) is not None for font in styles)


def without_tails(ink: Ink, commas: list[Glyph]) -> Ink:
    """A threshold's work: what of a comma is below the base line is gone."""
    thin = ink.copy()
    for comma in commas:
        x0, _y0, x1, y1 = comma.box.grown(0.1).px(DPI)
        thin[round(comma.origin_y / MM_PER_INCH * DPI) + 1 : y1 + 1, x0:x1] *= 0.35
    return thin


def test_what_all_commas_of_a_page_lost_alike_is_no_doubt(
    printed: tuple[Ink, tuple[Glyph, ...]], letters: Atlas
) -> None:
    ink, glyphs = printed
    commas = [g for g in glyphs if g.char == ","]
    nowhere = np.zeros(ink.shape, bool)
    for hurt, is_doubted in ((commas, False), (commas[3:4], True)):
        seen = look_at(without_tails(ink, hurt), ink)
        found = doubts_of(verify(seen, glyphs, letters), glyphs, nowhere, seen, letters)
        assert any(doubt.verdict.glyph is commas[3] for doubt in found) == is_doubted


def test_a_comma_exchanged_on_a_page_of_thin_commas_is_seen(
    printed: tuple[Ink, tuple[Glyph, ...]], letters: Atlas
) -> None:
    ink, glyphs = printed
    commas = [g for g in glyphs if g.char == ","]
    thin = exchanged(without_tails(ink, commas), commas[3], letter(glyphs, "."))
    seen = look_at(thin, ink)
    found = doubts_of(
        verify(seen, glyphs, letters), glyphs, np.zeros(ink.shape, bool), seen, letters
    )
    assert any(doubt.verdict.glyph is commas[3] for doubt in found)
