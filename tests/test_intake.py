"""Taking scans in: the contract's JSON, whose page it is, what repeats, what is broken."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
import zxingcpp
from PIL import Image

from pipeline.engines.tesseract import Tesseract
from pipeline.flow import intake as flow
from pipeline.geometry import Box, mm_from_px
from pipeline.papers import marks
from pipeline.registry import Registry
from pipeline.settings import load
from tests import scanning
from tests.bench import people
from tests.scanning import Json, Office, Pixels
from tests.simulator import TURNS
from tests.simulator.dice import dice
from tests.simulator.documents import draw
from tests.simulator.pens import Pen, write
from tests.simulator.printing import Sheet
from tests.simulator.traps import stamp_round

FAULTS = Path(__file__).parent / "faults"
PAGE_KEYS = {"source", "sha256", "source_page", "page", "of", "turned", "identified_by", "kind"}
FIELD_KEYS = {"read", "expected", "value", "confidence", "status", "page", "box_mm"}


class Issued:
    """An office with a paper of one page and one of two; the pages as a scanner saw them."""

    def __init__(self, root: Path) -> None:
        self.office = scanning.open_office(root)
        self.rows = people.hires(1, 17)
        papers = scanning.issue(self.office, self.rows, "non-disclosure-pledge", "consent-employee")
        self.pledge, self.consent = papers
        self.pledged = self.office.page(self.pledge)
        self.consented = [self.office.page(self.consent, number) for number in (1, 2)]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    return Issued(tmp_path_factory.mktemp("issued") / "office")


@pytest.fixture
def office(issued: Issued, tmp_path: Path) -> Office:
    return issued.office.copy_to(tmp_path / "office")


def blank() -> Pixels:
    return np.full((1754, 1240), 250, np.uint8)


def stranger() -> Pixels:
    """A page of somebody else's print."""
    sheet = blank()
    for top in range(200, 1500, 40):
        sheet[top : top + 8, 150:1000] = 20
    return sheet


# What intake says


def test_json_is_the_contracts(office: Office, issued: Issued) -> None:
    office.put("a pile.tiff", issued.pledged, blank())
    said = office("intake", "inbox", "--json")
    assert said.code == 0
    (document,) = said.lines()
    assert list(document) == [
        "document", "source", "status", "reasons", "paper", "form", "subject", "pages", "fields",
        "hand", "alterations", "blanks",
    ]  # fmt: skip
    assert document["source"] == "inbox/a pile.tiff"
    assert (document["status"], document["reasons"]) == ("accepted", [])
    assert document["paper"] == issued.pledge["paper"]
    assert document["form"] == "non-disclosure-pledge"
    assert document["subject"] == issued.pledge["subject"]
    assert document["blanks"] == [2]
    (page,) = document["pages"]
    assert page.keys() == PAGE_KEYS
    content = (office.inbox / "a pile.tiff").read_bytes()
    assert page["sha256"] == hashlib.sha256(content).hexdigest()
    assert [page[key] for key in ("source_page", "page", "of", "turned")] == [1, 1, 1, 0]
    assert page["identified_by"] == "code"
    for name, field in document["fields"].items():
        assert field.keys() == FIELD_KEYS
        assert (field["status"], field["expected"]) == ("match", issued.pledge["fields"][name])
        assert field["value"]
        assert len(field["box_mm"]) == 4
    assert document["hand"].keys() == {"signature", "date"}
    for name, mark in document["hand"].items():
        more = {"read", "certainty", "value"} if name == "date" else {"original"}
        assert mark.keys() == {"present", "confidence", "page", "box_mm"} | more
        assert mark["present"] is True
    assert document["alterations"] == []


def test_words_are_for_people(office: Office, issued: Issued) -> None:
    office.put("a.png", issued.consented[0])
    said = office("intake", "inbox")
    assert said.code == 10
    assert said.out == ""
    assert "a page is missing" in said.err
    assert "for a person: 1" in said.err


# Whose page it is


def test_page_of_somebody_else_is_of_no_form(office: Office) -> None:
    office.put("letter.png", stranger())
    (document,) = office.take_in()
    assert (document["status"], document["reasons"]) == ("review", ["unknown-form"])
    assert (document["paper"], document["form"], document["fields"]) == (None, None, {})
    assert document["pages"][0]["identified_by"] is None


def test_a_form_that_is_broken_now_stops_no_stack(office: Office, issued: Issued) -> None:
    """Neither where its own paper comes back nor where a page has to be told by its wording."""
    broken = office.root / "templates" / "non-disclosure-pledge"
    broken.mkdir(parents=True)
    (broken / "form.toml").write_text("[form", "utf-8")
    office.put("pile.pdf", issued.pledged, stranger(), *issued.consented)
    ours = [(one["paper"], one["reasons"]) for one in office.take_in()]
    assert [paper for paper, _reasons in ours] == [
        issued.pledge["paper"], issued.consent["paper"], None
    ]  # fmt: skip
    assert ours[2][1] == ["unknown-form"]


def test_paper_of_another_registry_is_unknown(
    office: Office, issued: Issued, tmp_path: Path
) -> None:
    other = scanning.open_office(tmp_path / "other", b"another secret")
    (paper,) = scanning.issue(other, issued.rows, "non-disclosure-pledge")
    office.put("a.png", other.page(paper))
    (document,) = office.take_in()
    assert (document["status"], document["reasons"]) == ("review", ["unknown-paper"])
    assert (document["form"], document["fields"]) == (None, {})


def test_code_with_one_letter_changed_is_no_code(office: Office, issued: Issued) -> None:
    text = marks.encode(marks.Mark(issued.pledge["paper"], 1, 1))
    wrong = text[:5] + ("7" if text[5] != "7" else "8") + text[6:]
    page = scanning.with_code(stranger(), scanning.qr(wrong), 200, 1560)
    office.put("a.png", page)
    (document,) = office.take_in()
    assert document["reasons"] == ["unknown-form"]


@pytest.mark.parametrize(("page", "of"), [(1, 3), (3, 3)])
def test_sound_code_of_a_page_that_the_paper_does_not_have_is_no_identity(
    office: Office, issued: Issued, page: int, of: int
) -> None:
    text = marks.encode(marks.Mark(issued.pledge["paper"], page, of))
    bare = scanning.without_codes(issued.pledged)
    office.put("a.png", scanning.with_code(bare, scanning.qr(text), 200, 1560))
    (document,) = office.take_in()
    assert document["status"] == "review"
    assert "ambiguous-identity" in document["reasons"]
    assert not document["fields"]


def test_foreign_codes_say_nothing(office: Office, issued: Issued) -> None:
    goods = zxingcpp.create_barcode("4601546021298", zxingcpp.BarcodeFormat.EAN13)
    ean = np.asarray(zxingcpp.write_barcode_to_image(goods, scale=2), np.uint8)
    assert len(zxingcpp.read_barcodes(ean)) == 1
    link = scanning.qr("https://example.org/PL1")
    ours = scanning.with_code(issued.pledged, link, 1080, 20)
    office.put("ours.png", scanning.with_code(ours, ean, 20, 20))
    office.put("theirs.png", scanning.with_code(stranger(), link, 200, 1560))
    ours_said, theirs_said = office.take_in()
    assert ours_said["paper"] == issued.pledge["paper"]
    assert ours_said["pages"][0]["identified_by"] == "code"
    assert theirs_said["reasons"] == ["unknown-form"]


def test_codes_of_two_papers_on_one_page_are_no_identity(office: Office, issued: Issued) -> None:
    other = scanning.qr(marks.encode(marks.Mark(issued.consent["paper"], 1, 2)), 120)
    office.put("a.png", scanning.with_code(issued.pledged, other, 600, 1500))
    (document,) = office.take_in()
    assert (document["status"], document["reasons"]) == ("review", ["ambiguous-identity"])
    assert document["form"] is None


def test_printed_id_identifies_where_the_codes_are_gone(office: Office, issued: Issued) -> None:
    bare = scanning.without_codes(issued.consented[1])
    pages = [np.ascontiguousarray(np.rot90(bare, turned // 90)) for turned in TURNS]
    for turned, page in zip(TURNS, pages, strict=True):
        office.put(f"{turned:03}.png", page)
    said = office.take_in()
    # The last word about each page, whichever document of the paper it fell to.
    found = {page["source"]: (d, page) for d in said for page in d["pages"]}
    for turned in TURNS:
        document, page = found[f"inbox/{turned:03}.png"]
        assert (page["identified_by"], page["turned"]) == ("id", turned)
        assert (document["paper"], page["page"]) == (issued.consent["paper"], 2)
        assert "not-aligned" not in document["reasons"]


# Pages and papers


def test_pages_missing_doubled_and_scanned_again(office: Office, issued: Issued) -> None:
    first, second = issued.consented
    office.put("1.png", second)
    (half,) = office.take_in()
    assert half["reasons"] == ["page-missing"]
    office.put("2.tiff", first, stranger(), first)
    whole, letter = office.take_in("inbox/2.tiff")
    assert whole["document"] == half["document"]
    assert (whole["status"], whole["reasons"]) == ("review", ["page-doubled"])
    assert [page["page"] for page in whole["pages"]] == [1, 1, 2]
    assert letter["reasons"] == ["unknown-form"]
    office.put("3.tiff", first, second)
    (again,) = office.take_in("inbox/3.tiff")
    assert again["document"] != half["document"]
    assert (again["status"], again["reasons"]) == ("review", ["rescan"])


def test_a_paper_that_came_in_two_files_is_counted_once(office: Office, issued: Issued) -> None:
    for number, page in enumerate(issued.consented, start=1):
        office.put(f"{number}.png", page)
    said = office("intake", "inbox", "--json")
    assert [one["status"] for one in said.lines()] == ["review", "accepted"]  # as they came
    assert "accepted: 1, for a person: 0" in said.err
    assert said.code == 0  # nothing waits


def test_paper_that_was_superseded_waits_for_a_person(office: Office, issued: Issued) -> None:
    changed = [{**issued.rows[0], "position": "заведующий архивом"}]
    scanning.issue(office, changed, "non-disclosure-pledge")
    office.put("a.png", issued.pledged)
    (document,) = office.take_in()
    assert (document["status"], document["reasons"]) == ("review", ["stale-version"])


# Again


def test_same_bytes_are_a_duplicate_and_change_nothing(office: Office, issued: Issued) -> None:
    path = office.put("a.png", issued.pledged)
    copy = office.inbox / "b.png"
    copy.write_bytes(path.read_bytes())
    first, twin = office.take_in()
    assert (twin["status"], twin["reasons"]) == ("rejected", ["duplicate"])
    assert (twin["source"], twin["earlier"]) == ("inbox/b.png", first["document"])
    before = office("records", "--all").out
    said = office("intake", "inbox", "--json")
    assert said.code == 0
    assert [line["earlier"] for line in said.lines()] == [first["document"]] * 2
    assert office("records", "--all").out == before


def test_again_reads_anew_and_keeps_documents_whole(office: Office, issued: Issued) -> None:
    office.put("1.png", issued.consented[0])
    office.put("2.png", issued.consented[1])
    said = office.take_in()
    anew = office.take_in("inbox/1.png", "--again")
    assert [d["document"] for d in anew] == [said[-1]["document"]]
    for key in ("status", "reasons", "fields", "hand"):
        assert anew[0][key] == said[-1][key]
    assert len(office("records", "--all").lines()) == 1


def test_again_leaves_what_a_person_decided(office: Office, issued: Issued) -> None:
    office.put("1.png", issued.pledged)
    (said,) = office.take_in()
    one = said["document"]
    rejected = office("review", "--reject", one, "--why", "torn", "--by", "Anna", "--again")
    assert rejected.code == 0, rejected.err
    (anew,) = office.take_in("inbox/1.png", "--again")
    assert (anew["document"], anew["status"]) == (one, "rejected")
    assert office("records").out == ""


# Originals


def test_originals_are_copied_once_and_never_changed(office: Office, issued: Issued) -> None:
    path = office.put("скан Ёлкиной.png", issued.pledged)
    before = path.read_bytes(), path.stat().st_mtime_ns
    digest = hashlib.sha256(before[0]).hexdigest()
    office.take_in()
    office.take_in("inbox", "--again")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    kept = office.root / "output" / "originals"
    assert [one.name for one in kept.iterdir()] == [digest]
    assert (kept / digest).read_bytes() == before[0]


def test_what_the_program_wrote_is_not_taken_in(office: Office, issued: Issued) -> None:
    office.put("a.png", issued.pledged)
    said = office.take_in(".")
    assert [document["source"] for document in said] == ["inbox/a.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_name_that_is_no_text_can_be_told(office: Office, issued: Issued) -> None:
    path = office.put("a.png", issued.pledged)
    path.rename(path.with_name(os.fsdecode(b"\xd1\xea\xe0\xed.png")))  # Windows-1251
    (document,) = office.take_in()
    assert document["status"] == "accepted"
    assert document["source"] == r"inbox/\xd1\xea\xe0\xed.png"


# Files that cannot be read


def test_bad_files_are_named_and_the_rest_is_done(office: Office, issued: Issued) -> None:
    office.put("0-good.png", issued.pledged)
    (office.inbox / "1-empty.pdf").touch()
    (office.inbox / "2-text.pdf").write_text("Добрый день!", encoding="utf-8")
    good = (office.inbox / "0-good.png").read_bytes()
    (office.inbox / "3-cut.png").write_bytes(good[: len(good) // 2])
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(office.inbox / "4-locked.pdf", encryption=pikepdf.Encryption(user="a", owner="b"))
    office.put("5-blank.png", blank())
    said = office("intake", "inbox", "--json", "--quiet")
    assert said.code == 10
    outcomes = {line["source"][6:]: (line["status"], line["reasons"]) for line in said.lines()}
    assert outcomes == {
        "0-good.png": ("accepted", []),
        "1-empty.pdf": ("rejected", ["unreadable-file"]),
        "2-text.pdf": ("rejected", ["unreadable-file"]),
        "3-cut.png": ("rejected", ["unreadable-file"]),
        "4-locked.pdf": ("rejected", ["encrypted"]),
        "5-blank.png": ("rejected", ["blank"]),
    }
    # One line each: where, what, what to do.
    lines = said.err.splitlines()
    assert len(lines) == 5
    for name, line in zip(sorted(outcomes)[1:], lines, strict=True):
        assert re.match(rf"inbox/{name}(, page 1)?: .+ → .+", line), line


def test_scans_that_are_not_read_are_told_and_change_no_exit_code(
    office: Office, issued: Issued
) -> None:
    office.put("a.png", issued.pledged)
    Image.fromarray(issued.consented[0]).save(office.inbox / "b.jfif", "JPEG")
    for name in ("1.heic", "2.bmp", "скан", "z.zip", "Thumbs.db"):
        (office.inbox / name).write_bytes(b"x")
    said = office("intake", "inbox", "--json", "--quiet")
    assert [line["source"] for line in said.lines()] == ["inbox/a.png", "inbox/b.jfif"]
    (line,) = said.err.splitlines()
    assert "4 files are" in line and "inbox/1.heic, inbox/2.bmp, inbox/z.zip, … → save" in line
    (office.inbox / "b.jfif").unlink()
    assert office("intake", "inbox").code == 0  # only duplicates
    (office.inbox / "a.png").unlink()
    said = office("intake", "inbox")
    assert said.code == 7 and "4 files are" in said.err and "there are no scans there" in said.err


def test_files_within_a_pdf_are_told(office: Office, issued: Issued) -> None:
    path = office.put("a.pdf", issued.pledged)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.attachments["passport.jpg"] = b"a scan"
        pdf.save(path)
    said = office("intake", "inbox", "--json", "--quiet")
    assert (said.code, [line["status"] for line in said.lines()]) == (0, ["accepted"])
    assert re.fullmatch(r"inbox/a\.pdf: the PDF carries 1 attached file.+ → .+\n", said.err)


def test_bad_page_costs_only_itself(office: Office, issued: Issued) -> None:
    path = office.put("a.pdf", issued.pledged, stranger())
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[1].mediabox = pikepdf.Array([0, 0, 0, 0])
        pdf.pages[1].Resources.XObject.image.Width = 10**6
        pdf.pages[1].Resources.XObject.image.Height = 10**6
        pdf.save(path)
    said = office("intake", "inbox", "--json", "--quiet")
    assert said.code == 10
    good, bad = said.lines()
    assert good["status"] == "accepted"
    assert (bad["status"], bad["reasons"]) == ("review", ["unreadable-file"])
    assert said.err.startswith("inbox/a.pdf, page 2: ")


def test_exit_code_tells_whether_anything_could_be_read(office: Office, issued: Issued) -> None:
    assert office("intake", "nowhere").code == 2
    (office.inbox / "note.txt").touch()
    said = office("intake", "inbox")
    assert said.code == 7
    assert re.fullmatch(r".*inbox/note\.txt →.*\ninbox: there are no scans there .*→.*\n", said.err)
    (office.inbox / "a.pdf").write_bytes(b"%PDF-1.4")
    assert office("intake", "inbox").code == 7
    assert office("intake", "inbox").code == 0  # these bytes were turned away before
    office.put("b.png", issued.pledged)
    assert office("intake", "inbox").code == 0


# Tesseract


def flow_with(office: Office, fake: str, **limits: float) -> tuple[list[Json], list[str]]:
    """Take the inbox in with a broken Tesseract; documents as JSON, and what was told."""
    from pipeline.records import record

    settings, told = load(office.root), list[str]()
    with Registry.open(settings.registry_url) as registry:
        documents = flow.intake(
            sorted(office.inbox.iterdir()), settings, registry, workers=1, language="en",
            ocr=Tesseract(str(FAULTS / fake), limits.get("seconds", 60)),
            page_seconds=limits.get("page_seconds", 60),
            tell=lambda problem, code: told.append(f"{code:d} {problem}"),
        )  # fmt: skip
        return [record.as_json(document) for document in documents], told


@pytest.mark.parametrize(
    ("fake", "code", "words"),
    [
        ("", 5, "not installed"),
        ("ocr_without_russian.sh", 5, "“rus”"),
        ("ocr_does_not_start.sh", 6, "does not start"),
    ],
)
def test_without_tesseract_nothing_is_taken_in(
    office: Office, issued: Issued, monkeypatch: pytest.MonkeyPatch, fake: str, code: int,
    words: str,
) -> None:  # fmt: skip
    office.put("a.png", issued.pledged)
    found = str(FAULTS / fake) if fake else None
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.engines.tesseract.program", lambda: found)
        said = office("intake", "inbox")
    assert said.code == code
    assert words in said.err
    assert [document["status"] for document in office.take_in()] == ["accepted"]


@pytest.mark.parametrize("fake", ["ocr_crashes.sh", "ocr_hangs.sh"])
def test_page_that_tesseract_fails_on_goes_to_a_person(
    office: Office, issued: Issued, fake: str
) -> None:
    office.put("a.png", issued.pledged)
    (document,), (line,) = flow_with(office, fake, seconds=0.5)
    assert (document["status"], document["reasons"]) == ("review", ["field-unreadable"])
    assert document["paper"] == issued.pledge["paper"]
    assert line.startswith("6 inbox/a.png, page 1: Tesseract failed")
    (anew,) = office.take_in("inbox", "--again")
    assert (anew["document"], anew["status"]) == (document["document"], "accepted")


@pytest.mark.parametrize(
    ("blank", "words", "reason"),
    [
        ("signature", "отказываюсь", "signature-unclear"),
        ("signature", "не буду", "signature-unclear"),
        ("date", "не согласна", "date-missing"),
        ("date", "без даты", "date-missing"),
    ],
)
def test_words_in_a_blank_are_no_signature_and_no_date(
    issued: Issued, office: Office, blank: str, words: str, reason: str
) -> None:
    marks = {"signature": "sign", "date": "date", blank: f"write:{words}"}
    page = issued.office.page(issued.pledge, marks={issued.pledge["paper"]: marks}, seed=100)
    office.put("1.png", page)
    (document,) = office.take_in()
    assert (document["status"], document["reasons"]) == ("review", [reason])


@pytest.mark.parametrize("turns", [0, 1])
def test_what_somebody_wrote_on_a_back_is_no_dust(
    issued: Issued, office: Office, turns: int
) -> None:
    back = blank()
    note = write("не согласна", 4.0, Pen("blue", 0.4, 0.2, 0.05, "neucha"), 150, dice(1, "note"))[0]
    part = back[400 : 400 + note.shape[0], 300 : 300 + note.shape[1]]
    part[:] = np.minimum(part, 250 - 200 * note)
    office.put("pile.tiff", issued.pledged, np.ascontiguousarray(np.rot90(back, turns)))
    told = office.take_in()
    assert [one["reasons"] for one in told if one["status"] == "review"] == [["unknown-form"]]
    assert not any(one["blanks"] for one in told)


def test_a_pale_copy_of_a_card_is_no_blank_page(office: Office) -> None:
    card = draw("pension-insurance", people.hires(1, 7)[0], dice(7, "card")).pixels
    small = cv2.resize(card, (1654, 2339), interpolation=cv2.INTER_AREA).min(axis=2)
    paled = np.asarray(140 + small * (80 / 255), np.uint8)
    # What the back's print shows through is paler still.
    through = np.asarray(210 + small[:, ::-1] * (30 / 255), np.uint8)
    office.put("pile.tiff", paled, through)
    (document,) = office.take_in()
    assert (document["reasons"], document["blanks"]) == (["unknown-form"], [2])


def test_a_number_under_a_seal_is_read(office: Office) -> None:
    card = draw("pension-insurance", people.hires(1, 7)[0], dice(7, "card"))
    rows, columns = np.nonzero(card.pixels.min(axis=2) < 128)
    left, top, foot = (
        mm_from_px(float(at), card.dpi) for at in (min(columns), min(rows), max(rows))
    )
    for seed in (0, 3):  # without taking the seal out neither number is read
        sealed = Sheet(card.pixels.copy(), card.dpi)
        stamp_round(sealed, Box(left, top, left + 50, foot), dice(seed))
        office.put(f"{seed}.png", sealed.pixels)
    office.take_in()
    with Registry.open_reading(load(office.root).registry_url) as registry:
        contents = [page.content for one in registry.documents() for page in one.pages]
    assert [one.numbers for one in contents if one] == [("snils:16298354503",)] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="the OCR here is a shell's")
def test_pages_and_words_never_lie_among_the_systems_temporary_files(
    office: Office, issued: Issued, tmp_path: Path
) -> None:
    """OCR is given files of every page; another user of the machine could read them there."""
    seen, ocr = tmp_path / "seen", tmp_path / "ocr.sh"
    ocr.write_text(
        '#!/bin/sh\ncase "$*" in *--version*) echo "tesseract 5.3.0"; exit 0 ;; esac\n'
        f'printf "%s\\n" "$1" "$2" "$TMPDIR/" >> "{seen}"\nexit 3\n'
    )
    ocr.chmod(0o700)
    office.put("lines.png", issued.pledged)
    card = draw("pension-insurance", people.hires(1, 7)[0], dice(7, "card")).pixels
    office.put("whole.png", card)
    before = tempfile.gettempdir()
    flow_with(office, str(ocr))
    work = (office.root / "output" / ".work").resolve()
    paths = [Path(line) for line in seen.read_text().splitlines()]
    assert {"tess_", "list."} <= {path.name[:5] for path in paths}
    assert all(path.is_relative_to(work) for path in paths)
    assert not work.exists() and tempfile.gettempdir() == before


def test_page_that_takes_too_long_goes_to_a_person(office: Office, issued: Issued) -> None:
    office.put("1.png", issued.pledged)
    office.put("2.png", blank())
    (stuck, empty), told = flow_with(office, "ocr_hangs.sh", page_seconds=15)
    assert (stuck["status"], stuck["reasons"]) == ("rejected", ["unreadable-file"])
    assert empty["reasons"] == ["blank"]
    assert "took longer than 15 seconds" in told[0]


# Interrupted


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for the system's temporary files, with a path as short as those have."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_killed_run_leaves_nothing_behind(
    office: Office, issued: Issued, tmp_path: Path, temporary: Path
) -> None:
    office.put("1.tiff", *issued.consented, issued.pledged)
    office.put("2.png", issued.consented[0])
    calm = office.copy_to(tmp_path / "calm")
    calm.take_in()
    expected = office_state(calm)
    for pages in (1, 3):
        kill_after(office, pages, temporary)
    office.take_in()
    assert office_state(office) == expected
    assert not list(temporary.iterdir())  # what the workers' server had there


def kill_after(office: Office, pages: int, temporary: Path) -> None:
    """Start an intake and kill it when so many pages are in the registry."""
    registry = office.root / "output" / "registry.db"
    command = ["-c", "from pipeline.cli.main import main; main()", "intake", "inbox", "--workers"]
    run = subprocess.Popen(
        [sys.executable, *command, "1"], cwd=office.root,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    while run.poll() is None:
        with sqlite3.connect(registry, timeout=10) as db:
            (count,) = db.execute("SELECT COUNT(*) FROM page").fetchone()
        db.close()
        if count >= pages:
            break
        time.sleep(0.05)
    assert run.returncode is None, "it ended before it could be killed"
    assert {path.name[:5] for path in temporary.iterdir()} == {"pymp-"}  # no page, no words
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def office_state(office: Office) -> tuple[list[Json], list[str]]:
    """What the exports say, and the files there are."""
    records = office("records", "--all").lines()
    for record in records:
        del record["taken_in_at"]
    files = (path for path in office.root.rglob("*") if path.is_file())
    own = sorted(str(path.relative_to(office.root)) for path in files)
    return records, [name for name in own if "registry.db" not in name]
