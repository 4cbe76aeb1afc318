"""The doctor names each fault and the command that mends it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipeline import doctor
from pipeline.errors import ExitCode, RegistryError
from tests.conftest import Said

Paperloop = Callable[..., Said]


def level(root: Path, name: str) -> str:
    (check,) = [check for check in doctor.examine(root) if check.name == name]
    return check.level


def only_programs(monkeypatch: pytest.MonkeyPatch, **where: str) -> None:
    """Let the doctor find these programs and no others."""
    monkeypatch.setattr("shutil.which", lambda name: where.get(name.replace("-", "_")))


def answer(monkeypatch: pytest.MonkeyPatch, **said: str) -> None:
    """Let Tesseract answer its questions so."""
    monkeypatch.setattr(doctor, "_ask", lambda _program, question: said[question.strip("-")[:4]])


def test_all_is_here(paperloop: Paperloop, workspace: Path) -> None:
    said = paperloop("doctor", "--json")
    levels = {line["name"]: line["level"] for line in said.lines()}
    assert said.code == ExitCode.DONE
    assert {name for name, level in levels.items() if level != "ok"} == {"operator"}
    assert {"tesseract-rus", "office", "font", "registry", "folder issued"} <= set(levels)


def test_missing_programs_end_with_five_and_the_command(
    paperloop: Paperloop, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_programs(monkeypatch, apt_get="/usr/bin/apt-get")
    monkeypatch.setattr("pipeline.engines.office._PLACES", ())
    said = paperloop("doctor", "--json")
    mends = {line["name"]: line["mend"] for line in said.lines() if line["level"] == "error"}
    assert said.code == ExitCode.TOOL_MISSING
    assert mends == {
        "tesseract": "sudo apt-get install tesseract-ocr tesseract-ocr-rus",
        "office": "sudo apt-get install libreoffice-writer-nogui",
    }


def test_quiet_doctor_still_names_the_faults(
    paperloop: Paperloop, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_programs(monkeypatch, brew="/opt/homebrew/bin/brew", soffice="/usr/bin/soffice")
    assert "brew install tesseract" in paperloop("--quiet", "doctor").err


def test_language_is_missing(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, vers="tesseract 5.3.0\n", list="List of languages (2):\neng\nosd\n")
    assert level(workspace, "tesseract") == "ok"
    assert level(workspace, "tesseract-rus") == "error"


def test_tesseract_without_the_language_of_the_printed_ids(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Intake refuses to begin without it, so all is not well."""
    answer(monkeypatch, vers="tesseract 5.3.0\n", list="List of languages (2):\nrus\nosd\n")
    assert level(workspace, "tesseract-rus") == "ok"
    assert level(workspace, "tesseract-eng") == "error"


def test_tesseract_hangs(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(program: str, question: str) -> str:
        raise subprocess.TimeoutExpired([program, question], 1)

    monkeypatch.setattr(doctor, "_ask", hang)
    assert level(workspace, "tesseract") == "error"


def test_font_is_missing(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_font_folders", lambda: [workspace])
    assert level(workspace, "font") == "error"
    (workspace / "LiberationSerif-Regular.ttf").touch()
    assert level(workspace, "font") == "ok"


def test_folder_cannot_be_written(workspace: Path) -> None:
    (workspace / "output").mkdir()
    (workspace / "output" / "originals").touch()  # a file where the folder should be
    assert level(workspace, "folder originals") == "error"
    assert level(workspace, "folder issued") == "ok"


def test_registry_does_not_open(
    paperloop: Paperloop, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.registry import Registry

    def refuse(url: str, today: date) -> Registry:
        raise RegistryError("the server does not answer", hint="start it")

    monkeypatch.setattr(Registry, "open", refuse)
    monkeypatch.setenv("PAPERLOOP_REGISTRY_URL", "postgresql+psycopg://clerk:secret@server/x")
    said = paperloop("doctor")
    assert said.code == ExitCode.REGISTRY
    assert "the server does not answer" in said.err
    assert "secret" not in said.err


def test_no_workspace_is_one_fault_among_others(paperloop: Paperloop, tmp_path: Path) -> None:
    said = paperloop("doctor", "--json", "--workspace", tmp_path)
    assert said.code == ExitCode.USAGE
    last = said.lines()[-1]
    assert (last["name"], last["mend"]) == ("workspace", "run paperloop init")
    assert len(said.lines()) > 1


def test_wrong_check_digit_is_a_warning(paperloop: Paperloop, workspace: Path) -> None:
    config = workspace / "paperloop.toml"
    text = config.read_text(encoding="utf-8").replace("9608012341", "9608012342")
    config.write_text(text, encoding="utf-8")
    assert level(workspace, "operator.inn") == "warning"
    assert level(workspace, "operator") == "ok"
    assert paperloop("doctor").code == ExitCode.DONE
