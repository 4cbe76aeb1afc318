"""Trouble around the program: a full disk, two commands at once, an OCR that answers rubbish."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pikepdf
import pytest
from filelock import FileLock

from tests import scanning
from tests.bench import people
from tests.scanning import Office
from tests.test_intake import flow_with


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with a signed pledge in its inbox."""
    office = scanning.open_office(tmp_path_factory.mktemp("trouble") / "office")
    (pledge,) = scanning.issue(office, people.hires(1, 41), "non-disclosure-pledge")
    office.put("a.png", office.page(pledge))
    return office


@pytest.fixture
def office(issued: Office, tmp_path: Path) -> Office:
    return issued.copy_to(tmp_path / "office")


# OCR


@pytest.mark.parametrize("fake", ["ocr_prints_rubbish.sh", "ocr_prints_nonsense.sh"])
def test_answer_of_ocr_that_is_no_table_goes_to_a_person(office: Office, fake: str) -> None:
    (document,), (line,) = flow_with(office, fake)
    assert (document["status"], document["reasons"]) == ("review", ["field-unreadable"])
    assert line.startswith("6 inbox/a.png, page 1: Tesseract failed on a page →")


def test_what_ocr_invents_is_no_value(office: Office) -> None:
    (document,), told = flow_with(office, "ocr_invents.sh")
    assert not told
    values = {field["value"] for field in document["fields"].values()}
    assert "Петров" not in values
    for field in document["fields"].values():
        assert field["value"] is None or field["status"] == "match"


# Memory


@pytest.mark.skipif(sys.platform != "linux", reason="where memory is bounded")
def test_page_that_takes_all_memory_costs_only_itself(office: Office) -> None:
    """Half a megabyte of PDF that would be five gigabytes of lines."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        lines = zlib.compress(b"0 0 m 1 1 l S\n" * 20_000_000)
        pdf.pages[0].Contents = pdf.make_stream(b"")
        pdf.pages[0].Contents.write(lines, filter=pikepdf.Name.FlateDecode)
        pdf.save(office.inbox / "0.pdf")
    said = office("intake", "inbox", "--json", "--workers", 1)
    bad, good = said.lines()
    assert (bad["status"], bad["reasons"]) == ("rejected", ["unreadable-file"])
    assert good["status"] == "accepted"
    assert "ended the program that reads it" in said.err


# The disk


def fill(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """From now on the disk is full for ``name`` of the module ``os`` or ``shutil``."""

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(f"pipeline.files.{name}", full)


@pytest.mark.parametrize("name", ["shutil.copyfileobj", "os.fsync", "tempfile.mkstemp"])
def test_full_disk_is_said_and_nothing_is_half_done(
    office: Office, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with monkeypatch.context() as patched:
        fill(patched, name)
        said = office("intake", "inbox", "--workers", 1)
    assert said.code == 2
    assert re.fullmatch(r".*originals: nothing can be written here: .+ → make room.+\n", said.err)
    output = office.root / "output"
    assert not list(output.rglob("*.part"))
    assert not list((output / "originals").iterdir())
    assert office("records", "--all").out == ""
    assert [document["status"] for document in office.take_in()] == ["accepted"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="where every disk is full: Linux")
def test_full_disk_leaves_the_report_that_was_there(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = office.root / "report.jsonl"
    assert office("form", "list", "--json-to", report).code == 0
    before = report.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr("tempfile.mkstemp", lambda *_: (os.open("/dev/full", os.O_WRONLY), "part"))
        said = office("form", "list", "--json-to", report)
    assert said.code == 2
    assert "nothing can be written here" in said.err and "make room" in said.err
    assert report.read_bytes() == before


# Two at once


def test_second_command_says_that_it_waits(office: Office) -> None:
    lock = FileLock(office.root / "output" / ".lock")
    command = ["-c", "from pipeline.cli.main import main; main()", "--lang", "en", "intake"]
    with lock:
        second = subprocess.Popen(
            [sys.executable, *command, "inbox", "--today", people.DAY.isoformat()],
            cwd=office.root, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        assert second.stderr
        assert "another paperloop command is writing here" in second.stderr.readline()
    said = second.communicate()[1]
    assert (second.returncode, "accepted: 1" in said) == (0, True)
