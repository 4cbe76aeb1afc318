"""A PDF's own text: used where the picture bears it out, and where not, never believed."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline import settings
from pipeline.engines import office as libreoffice
from pipeline.engines import tesseract
from pipeline.engines.tesseract import Word
from pipeline.forms import form as forms
from pipeline.others import layer, likeness
from pipeline.scans import scan as scans
from pipeline.scans.scan import Scan
from tests import scanning
from tests.simulator.elsewhere import RULE, other_program

FORM = "consent-contractor"
SAID = {
    "full_name": "Ёлкина Анна Юрьевна",
    "residing": "проживающая",
    "address": "399140, г. Лугоград, ул. Полевая, д. 14, кв. 3",
    "passport_series": "4508",
    "passport_number": "654321",
    "passport_issued_on": "12.05.2010",
    "passport_issued_by": "Отделом внутренних дел города Лугоград",
    "email": "anna@example.org",
}
LIES = {"number": {"passport_number": "654821"}, "name": {"full_name": "Пнёв Олег Ильич"}}
TWINS = str.maketrans("аеос", "aeoc")  # look the same, and are Latin


class Lines:
    """OCR that reads lines, and may not be asked for a page."""

    def __init__(self) -> None:
        self.ocr = tesseract.installed()

    def read_lines(
        self, lines: Sequence[NDArray[np.uint8]], language: str = "rus"
    ) -> list[tuple[str, float]]:
        return self.ocr.read_lines(lines, language)

    def read_page(self, page: NDArray[np.uint8]) -> list[Word]:
        raise AssertionError("the page was read by OCR")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same consent as it is, with lies in it, and with letters of the wrong script."""
    root = tmp_path_factory.mktemp("layers")
    (root / settings.FILE_NAME).write_bytes(settings.SAMPLE.read_bytes())
    here = settings.load(root, today=scanning.DAY)
    form = forms.load(FORM, here)
    blank = {
        name: words or RULE
        for name, words in forms.blank(form, here.operator, here.today).printed.items()
    }
    garbage = {name: words.translate(TWINS) for name, words in {**blank, **SAID}.items()}
    wanted = {"true": SAID, **{name: {**SAID, **lie} for name, lie in LIES.items()}}
    files = []
    for name, values in {**wanted, "garbage": garbage}.items():
        files.append(root / f"{name}.docx")
        files[-1].write_bytes(other_program(form.template, {**blank, **values}))
    with tempfile.TemporaryDirectory() as profile:
        pdfs = libreoffice.to_pdf(files, root, Path(profile))
    return {path.stem: path for path in pdfs}


def opened(path: Path) -> Scan:
    return scans.open_scan(path, path.name, "a" * 64)


def said(text: likeness.Text | None) -> str:
    return " ".join(word.text for word in text.words) if text else ""


def test_a_programs_own_text_is_taken_without_ocr_of_the_page(printed: dict[str, Path]) -> None:
    it = opened(printed["true"])
    grey = scans.load_page(it, 1).grey
    own = layer.read(it, 1, grey, Lines())
    assert own is not None
    for words in SAID.values():
        assert words in said(own)
    # Each word stands where it is printed.
    seen = likeness.read(grey, tesseract.installed())
    for name in ("654321,", "Полевая,"):
        (mine,), (theirs,) = (
            [word.box for word in text.words if word.text == name] for text in (own, seen)
        )
        assert mine == pytest.approx(theirs, abs=12)


@pytest.mark.parametrize("lie", LIES)
def test_a_layer_that_says_other_than_the_picture_is_not_believed(
    lie: str, printed: dict[str, Path]
) -> None:
    shown = scans.load_page(opened(printed["true"]), 1).grey
    assert layer.read(opened(printed[lie]), 1, shown, Lines()) is None


def test_a_layer_in_two_scripts_at_once_is_not_used(printed: dict[str, Path]) -> None:
    it = opened(printed["garbage"])
    assert layer.read(it, 1, scans.load_page(it, 1).grey, Lines()) is None


def test_the_layer_over_a_scan_is_somebodys_ocr(printed: dict[str, Path], tmp_path: Path) -> None:
    it = opened(printed["true"])
    grey = scans.load_page(it, 1).grey
    Image.fromarray(grey).save(tmp_path / "scan.pdf", resolution=200)
    with pikepdf.open(printed["true"]) as pdf, pikepdf.open(tmp_path / "scan.pdf") as scan:
        pdf.pages[0].add_overlay(scan.pages[0], pikepdf.Rectangle(0, 0, 595, 842))
        pdf.save(tmp_path / "both.pdf")
    assert layer.read(opened(tmp_path / "both.pdf"), 1, grey, Lines()) is None
    assert layer.read(opened(tmp_path / "scan.pdf"), 1, grey, Lines()) is None


def test_intake_shows_what_the_file_says(printed: dict[str, Path], tmp_path: Path) -> None:
    here = scanning.open_office(tmp_path / "office")
    (here.inbox / "consent.pdf").write_bytes(printed["true"].read_bytes())
    (document,) = here.take_in()
    assert (document["form"], document["status"]) == (FORM, "review")
    assert {name: document["fields"][name]["read"] for name in SAID} == SAID


def test_an_address_of_the_net_on_a_scan_is_read_in_its_own_letters(
    printed: dict[str, Path], tmp_path: Path
) -> None:
    here = scanning.open_office(tmp_path / "office")
    here.put("consent.png", scans.load_page(opened(printed["true"]), 1).grey)
    (document,) = here.take_in()
    assert document["fields"]["email"]["read"] == SAID["email"]
    assert document["status"] == "review"
