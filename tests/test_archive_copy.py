"""Archive copies: printed, signed, scanned, taken in, copied; then read as viewers do."""

from __future__ import annotations

import io
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pdfplumber
import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image
from scipy.interpolate import RBFInterpolator

from pipeline.archival import conformity
from pipeline.language.wording import short_date
from tests import pdfs, scanning
from tests.bench import people
from tests.scanning import DAY, Json, Office
from tests.simulator import TruthPage

WAYS = {"office": "pdf", "worn": "tiff", "bilevel": "pdf", "phone": "jpeg"}
# Between a word's place and where the simulator knows it to be: of nine places exactly,
# between them the less the more the sheet is bent.
NEAR_PT = {"office": 2.5, "bilevel": 2.5, "worn": 3.0, "phone": 5.0}
BLANK = "_"


@dataclass(frozen=True, slots=True)
class Desk:
    """An office whose scans are taken in, with the papers and the truth."""

    office: Office
    papers: dict[str, Json]
    truth: dict[str, list[TruthPage]]
    said: tuple[Json, ...]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A pledge by each way of scanning, upside down or sideways; a consent in two files."""
    office = scanning.open_office(tmp_path_factory.mktemp("copies") / "office")
    hires = [row for row in people.hires(12, 41) if row["category"] == "employee"][:5]
    papers = scanning.issue(office, hires, "non-disclosure-pledge", "consent-employee")
    pledges = [paper for paper in papers if paper["form"] == "non-disclosure-pledge"]
    consents = [paper for paper in papers if paper["form"] == "consent-employee"]
    truth: list[TruthPage] = []
    for turned, paper, (profile, fmt) in zip(
        (180, 90, 0, 270), pledges, WAYS.items(), strict=False
    ):
        truth += office.scan([paper], profile, profile, fmt=fmt, turns=(turned,), seed=8)
    truth += office.scan(consents[:1], "apart", fmt="png")
    truth += office.scan(pledges[4:], "unsigned", marks="unsigned")
    pages = sorted((office.inbox / "apart").glob("*.png"))
    pages[1].rename(pages[1].with_name("a-first.png"))  # the second page comes first
    truth = [
        replace(one, file="inbox/apart/a-first.png") if one.file.endswith("-002.png") else one
        for one in truth
    ]
    said = office.take_in()
    for found in said:  # whatever the scanner did to them: a person takes them as they are
        if found["status"] == "review" and "unsigned" not in found["source"]:
            office("review", "--accept", found["document"], "--why", "legible")
    by_paper: dict[str, list[TruthPage]] = {}
    for one in truth:
        by_paper.setdefault(one.paper, []).append(one)
    return Desk(office, {paper["paper"]: paper for paper in papers}, by_paper, tuple(said))


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Office:
    """The desk's office, for one test alone."""
    return desk.office.copy_to(tmp_path / "office")


@pytest.fixture(scope="module")
def copies(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Json, bytes]]:
    """What ``archive copy`` said, and the files that it made."""
    office = desk.office.copy_to(tmp_path_factory.mktemp("made") / "office")
    said = office("archive", "copy", "--json")
    assert said.code == 0, said.err
    return [(one, (office.root / one["pdf"]).read_bytes()) for one in said.lines()]


def words_of(pdf: bytes, **how: Any) -> list[list[tuple[str, float, float]]]:
    """Page by page every word with the middle of its base line, in points from the top left."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [
            [
                (w["text"], (w["x0"] + w["x1"]) / 2, page.height - w["chars"][0]["matrix"][5])
                for w in page.filter(_is_print).extract_words(return_chars=True, **how)
            ]
            for page in document.pages
        ]


def _is_print(thing: dict[str, Any]) -> bool:
    return thing.get("text") != BLANK


def to_copy(truth: TruthPage, copy: pikepdf.Page) -> Callable[[Any], Any]:
    """From the issued page (mm) to the copy's page (points from the top left), bent as it was."""
    (image,) = copy.resources.XObject.values()
    points = np.array(truth.points)
    shares = points[:, 2:] / (float(image.Width), float(image.Height))
    for _quarter in range(truth.turned // 90):
        shares = np.column_stack([1 - shares[:, 1], shares[:, 0]])
    size = [float(v) for v in copy.mediabox][2:]
    plane, _inliers = cv2.findHomography(points[:, :2], shares * size)

    def flat(at: Any) -> Any:
        return cv2.perspectiveTransform(np.array([at], float), plane)[0]

    bent = RBFInterpolator(points[:, :2], shares * size - flat(points[:, :2]))
    return lambda at: flat(at) + bent(at)


def test_every_accepted_document_gets_a_copy_and_no_other(
    desk: Desk, copies: Sequence[tuple[Json, bytes]]
) -> None:
    signed = {one["document"] for one in desk.said if "unsigned" not in one["source"]}
    assert len(signed) == len(WAYS) + 1
    assert {one["document"] for one, _pdf in copies} == signed
    for one, pdf in copies:
        assert one["pdf"] == f"output/archive/{one['document']}.pdf"
        assert one["unplaced"] == []
        assert one["new"]
        assert conformity.faults(pdf) == []


def test_copy_says_the_exact_words_where_they_are_printed(
    desk: Desk, copies: Sequence[tuple[Json, bytes]]
) -> None:
    for one, pdf in copies:
        paper = desk.papers[one["paper"]]
        issued = words_of((desk.office.root / paper["pdf"]).read_bytes())
        found = words_of(pdf, use_text_flow=True)
        pages = sorted(desk.truth[one["paper"]], key=lambda page: page.page or 0)
        assert len(found) == len(issued) == len(pages)
        with pikepdf.open(io.BytesIO(pdf)) as copy:
            for printed, shown, truth, page in zip(issued, found, pages, copy.pages, strict=True):
                added = Counter(text for text, *_at in shown)
                added.subtract(text for text, *_at in printed)
                assert set(+added) <= {short_date(DAY)}  # a date that was read, where it stands
                assert not -added
                middles = [(pdfs.mm(x), pdfs.mm(y)) for _text, x, y in printed]
                expected = to_copy(truth, page)(middles)
                away = [
                    min(
                        np.hypot(x - u, y - v)
                        for (word, *_at), (u, v) in zip(printed, expected, strict=True)
                        if word == text
                    )
                    for text, x, y in shown
                    if text not in +added
                ]
                assert max(away) < NEAR_PT[truth.profile], truth.profile


def test_words_lie_over_the_ink(copies: Sequence[tuple[Json, bytes]]) -> None:
    """Moved by a line either way, their boxes hold much less of it."""
    for one, pdf in copies:
        document = pdfium.PdfDocument(pdf)
        grey = document[0].render(scale=100 / 72, grayscale=True).to_numpy().squeeze()
        document.close()
        smooth = cv2.blur(grey, (61, 61)).astype(int)
        ink = grey < 0.75 * smooth
        mask = np.zeros(grey.shape, bool)
        with pdfplumber.open(io.BytesIO(pdf)) as read:
            for word in read.pages[0].extract_words(use_text_flow=True):
                x0, y0, x1, y1 = (round(word[k] / 0.72) for k in ("x0", "top", "x1", "bottom"))
                mask[y0:y1, x0:x1] = True
        here = np.count_nonzero(ink & mask)
        for rows in (-8, 8):  # two millimetres
            assert here > 1.25 * np.count_nonzero(ink & np.roll(mask, rows, axis=0)), one


def test_text_can_be_selected_in_a_viewer(desk: Desk, copies: Sequence[tuple[Json, bytes]]) -> None:
    """PDFium finds a person's name as a person searches for it."""
    for one, pdf in copies:
        document = pdfium.PdfDocument(pdf)
        pages = [page.get_textpage() for page in document]
        name = desk.papers[one["paper"]]["fields"]["full_name"]
        assert any(page.search(name).get_next() for page in pages), name
        document.close()


def test_scan_is_as_it_was(desk: Desk, copies: Sequence[tuple[Json, bytes]]) -> None:
    """Each page's picture has the pixels of the original, and hardly a byte more is needed."""
    for one, pdf in copies:
        pages = sorted(desk.truth[one["paper"]], key=lambda page: page.page or 0)
        with pikepdf.open(io.BytesIO(pdf)) as copy:
            for truth, page in zip(pages, copy.pages, strict=True):
                (image,) = page.resources.XObject.values()
                kept = _decoded(image)
                assert np.array_equal(kept, _pixels(desk.office.root / truth.file, truth))
                assert image.get("/Interpolate") is None
        sources = {desk.office.root / page.file for page in pages}
        assert len(pdf) < 1.05 * sum(path.stat().st_size for path in sources) + 30_000


def _decoded(image: Any) -> Any:
    return np.asarray(pikepdf.PdfImage(image).as_pil_image())


def _pixels(path: Path, truth: TruthPage) -> Any:
    if path.suffix == ".pdf":
        with pikepdf.open(path) as pdf:
            (image,) = pdf.pages[truth.source_page - 1].resources.XObject.values()
            return _decoded(image)
    with Image.open(path) as picture:
        picture.seek(truth.source_page - 1)
        return np.asarray(picture)


def test_page_is_as_large_as_the_sheet(desk: Desk, copies: Sequence[tuple[Json, bytes]]) -> None:
    for one, pdf in copies:
        (truth, *_more) = desk.truth[one["paper"]]
        if truth.profile != "phone":
            with pikepdf.open(io.BytesIO(pdf)) as copy:
                size = [float(v) for v in copy.pages[0].mediabox][2:]
            assert size == pytest.approx((595.3, 841.9), abs=3)


def test_nothing_personal_beside_the_text(desk: Desk, copies: Sequence[tuple[Json, bytes]]) -> None:
    for one, pdf in copies:
        paper = desk.papers[one["paper"]]
        with pikepdf.open(io.BytesIO(pdf)) as copy:
            told = copy.Root.Metadata.read_bytes().decode() + str(dict(copy.docinfo)) + one["pdf"]
        assert one["document"] in told
        for value in filter(None, (*paper["fields"].values(), paper["subject"])):
            assert value not in told
        for truth in desk.truth[one["paper"]]:
            assert truth.file not in told


def test_running_again_changes_nothing(office: Office) -> None:
    first = office("archive", "copy", "--json").lines()
    paths = [office.root / one["pdf"] for one in first]
    before = [(path.stat().st_mtime_ns, path.read_bytes()) for path in paths]
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    again = office("archive", "copy", "--json")
    assert again.code == 0
    assert [one["new"] for one in again.lines()] == [False] * len(first)
    assert [(path.stat().st_mtime_ns, path.read_bytes()) for path in paths] == before
    paths[0].unlink()
    paths[1].write_bytes(b"not what it was")
    assert [one["new"] for one in office("archive", "copy", "--json").lines()][:2] == [True, True]
    assert [path.read_bytes() for path in paths] == [content for _time, content in before]


def test_what_a_person_said_is_found_too(desk: Desk, office: Office) -> None:
    """A document that a person accepts gets its copy then, with the date that the person read."""
    (waiting,) = (one for one in desk.said if "signature-missing" in one["reasons"])
    name = waiting["document"]
    refused = office("archive", "copy", name)
    assert refused.code == 2
    assert "paperloop review" in refused.err
    settled = office("review", "--set", name, "date=2026-09-02", "--accept", name, "--why", "seen")
    assert settled.code in (0, 10), settled.err
    (one,) = office("archive", "copy", name, "--json").lines()
    pdf = (office.root / one["pdf"]).read_bytes()
    (words,) = words_of(pdf, use_text_flow=True)
    (at,) = ((x, y) for text, x, y in words if text == "02.09.2026")
    x0, y0, x1, y1 = (v / 25.4 * 72 for v in waiting["hand"]["date"]["box_mm"])
    assert x0 - 9 < at[0] < x1 + 9
    assert y0 - 9 < at[1] < y1 + 9
    assert conformity.faults(pdf) == []


def test_copy_is_made_anew_when_its_document_was_settled_anew(office: Office) -> None:
    (first, *_others) = office("archive", "copy", "--json").lines()
    name = first["document"]
    office("review", "--accept", name, "--why", "seen again", "--again")
    assert office("archive", "copy", name, "--json").lines()[0]["new"]
    office("review", "--reject", name, "--why", "not ours", "--again")
    said = office("archive", "copy", "--json")
    assert said.code == 0
    assert name not in {one["document"] for one in said.lines()}
    assert name in said.err  # its copy is still there


def test_lost_original_is_told_and_the_others_are_copied(desk: Desk, office: Office) -> None:
    lost = next(one for one in desk.said if one["status"] == "accepted")
    kept = office.root / "output" / "originals" / lost["pages"][0]["sha256"]
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    said = office("archive", "copy", "--json")
    assert said.code == 7
    assert lost["document"] in said.err
    assert lost["document"] not in {one["document"] for one in said.lines()}
    assert said.lines()


def test_page_read_without_its_place_is_searchable_all_the_same(desk: Desk, office: Office) -> None:
    """Pages read by an earlier version, and those that a person accepted unaligned."""
    with sqlite3.connect(office.root / "output" / "registry.db") as registry:
        registry.execute("UPDATE page SET lie = NULL")
    registry.close()
    (one, *_others) = office("archive", "copy", "--json").lines()
    assert one["unplaced"] == [1, 2]
    (words, *_pages) = words_of((office.root / one["pdf"]).read_bytes(), use_text_flow=True)
    full_name = desk.papers[one["paper"]]["fields"]["full_name"]
    assert set(full_name.split()) <= {text.strip(",.") for text, *_at in words}
