"""The command line's manners: options anywhere, one line an error, JSON Lines and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from pipeline.cli import common, main
from pipeline.cli.output import Reporter, outcome, refuse_other_files, reporting
from pipeline.errors import DataError, ExitCode, Problem
from tests.conftest import Said

Paperloop = Callable[..., Said]


@click.command
@click.option("--fail", type=click.Choice(["data", "bug", "folder", "interrupt"]))
@reporting
def toy(reporter: Reporter, fail: str | None) -> ExitCode:
    """A command that answers with what it was told, then fails as asked."""
    reporter.record({"today": common.today().isoformat(), "name": "Ёлкина"})
    reporter.say("words for a person")
    reporter.table(["[b]key[/b]"], [["[i]a value[/i]"], [None]])
    reporter.problem(Problem("looks odd", "row 3", level="warning"))
    with reporter.progress("working", total=2) as advance:
        advance(2)
    if fail == "data":
        raise DataError("no such column", where="hires.xlsx, sheet 1", hint="name it")
    if fail == "bug":
        raise KeyError("Ёлкина")
    if fail == "folder":
        raise PermissionError(13, "Permission denied", "output")
    if fail == "interrupt":
        raise KeyboardInterrupt
    return ExitCode.WAITING


@pytest.fixture(autouse=True)
def toy_command(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {**main.commands(), "toy": main.Entry(__name__, "A toy.")}
    monkeypatch.setattr(main, "commands", lambda: table)


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The real program in its own process."""
    return subprocess.run(
        [sys.executable, "-c", "from pipeline.cli.main import main; main()", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
    )


def test_json_is_alone_on_standard_output(paperloop: Paperloop) -> None:
    said = paperloop("toy", "--json", "--today", "2026-09-01")
    assert said.code == ExitCode.WAITING
    assert said.lines() == [{"today": "2026-09-01", "name": "Ёлкина"}]
    assert "words for a person" in said.err
    assert "[b]key[/b]" in said.err
    assert "[i]a value[/i]" in said.err
    assert "row 3: looks odd" in said.err


def test_without_json_nothing_is_on_standard_output(paperloop: Paperloop) -> None:
    assert paperloop("toy").out == ""


def test_quiet_says_only_what_is_wrong(paperloop: Paperloop) -> None:
    said = paperloop("--quiet", "toy")
    assert said.err.splitlines() == ["row 3: looks odd"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--today", "2026-09-01", "toy", "--json"],
        ["toy", "--json", "--today", "01.09.2026"],
        ["--today", "2025-01-01", "toy", "--today", "2026-09-01", "--json"],
    ],
)
def test_global_options_stand_before_or_after_the_command(
    paperloop: Paperloop, arguments: list[str]
) -> None:
    assert paperloop(*arguments).lines()[0]["today"] == "2026-09-01"


def test_workspace_is_given_before_or_after_the_command(
    paperloop: Paperloop, workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert paperloop("--workspace", workspace, "form", "list").code == ExitCode.DONE
    assert paperloop("form", "list", "--workspace", workspace).code == ExitCode.DONE


def test_folder_without_workspace_is_two_and_says_run_init(
    paperloop: Paperloop, tmp_path: Path
) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        said = paperloop("--workspace", folder, "form", "list")
        assert said.code == ExitCode.USAGE
        assert "run paperloop init" in said.err
        assert len(said.err.splitlines()) == 1


def test_json_to_a_file(paperloop: Paperloop, tmp_path: Path) -> None:
    target = tmp_path / "new folder" / "said.jsonl"
    for day in ("2026-09-01", "2026-09-02"):
        assert paperloop("toy", "--json-to", target, "--today", day).out == ""
        (line,) = target.read_text(encoding="utf-8").splitlines()
        assert json.loads(line) == {"today": day, "name": "Ёлкина"}
    assert [path.name for path in target.parent.iterdir()] == ["said.jsonl"]


def test_json_to_keeps_what_was_said_before_a_fault(paperloop: Paperloop, tmp_path: Path) -> None:
    target = tmp_path / "said.jsonl"
    assert paperloop("toy", "--json-to", target, "--fail", "data").code == ExitCode.BAD_DATA
    assert len(target.read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.parametrize("content", [b"name;sum\n", b"[1]\n", b"PK\x03\x04\xff", b"{} {}\n"])
def test_json_to_leaves_other_files_alone(
    paperloop: Paperloop, tmp_path: Path, content: bytes
) -> None:
    target = tmp_path / "hires.xlsx"
    target.write_bytes(content)
    said = paperloop("toy", "--json-to", target)
    assert said.code == ExitCode.USAGE
    assert "hires.xlsx" in said.err
    assert target.read_bytes() == content
    assert list(tmp_path.iterdir()) == [target]


def test_empty_file_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "said.jsonl").touch()
    refuse_other_files(tmp_path / "said.jsonl")


def test_a_users_mistake_is_one_line(paperloop: Paperloop) -> None:
    said = paperloop("--quiet", "toy", "--fail", "data")
    assert said.code == ExitCode.BAD_DATA
    assert said.err.splitlines()[-1] == "hires.xlsx, sheet 1: no such column → name it"


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["toy", "--nothing"], ["toy", "--today", "soon"], ["form", "show"]]
)
def test_wrong_usage_is_two_and_one_line(paperloop: Paperloop, arguments: list[str]) -> None:
    said = paperloop(*arguments)
    assert said.code == ExitCode.USAGE
    assert len(said.err.splitlines()) == 1
    assert "--help" in said.err


def test_no_command_shows_the_help(paperloop: Paperloop) -> None:
    said = paperloop()
    assert said.code == ExitCode.USAGE
    assert "init" in said.err


def test_interruption(paperloop: Paperloop) -> None:
    said = paperloop("toy", "--fail", "interrupt")
    assert said.code == ExitCode.INTERRUPTED
    assert "interrupted" in said.err


def test_a_bug_is_short_and_holds_nobodys_name(paperloop: Paperloop) -> None:
    said = paperloop("--quiet", "toy", "--fail", "bug")
    assert said.code == ExitCode.BUG
    line = said.err.splitlines()[-1]
    assert "KeyError (test_cli.py, line" in line
    assert "Ёлкина" not in line
    assert "PAPERLOOP_DEBUG=1" in line


def test_debug_shows_the_traceback(paperloop: Paperloop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERLOOP_DEBUG", "1")
    assert "Traceback" in paperloop("toy", "--fail", "bug").err


def test_the_systems_refusal_names_the_file(paperloop: Paperloop) -> None:
    assert "Permission denied: 'output'" in paperloop("toy", "--fail", "folder").err


def test_outcome_is_the_lowest_fault_then_waiting() -> None:
    done, waiting = ExitCode.DONE, ExitCode.WAITING
    assert outcome([]) == outcome([done]) == done
    assert outcome([done, waiting]) == waiting
    assert outcome([waiting, ExitCode.TOOL_FAILED, ExitCode.BAD_FORM]) == ExitCode.BAD_FORM


def test_a_word_that_is_no_text_is_named(paperloop: Paperloop, workspace: Path) -> None:
    """As an old console sends it: bytes of another code page."""
    said = paperloop("file", "show", "a\udcff")
    assert (said.code, said.err.count("\n")) == (ExitCode.USAGE, 1)
    assert "not text" in said.err


def test_russian_help_and_errors() -> None:
    said = start("--lang", "ru", "--help")
    assert "Команды" in said.stdout
    assert "рабочую папку" in said.stdout
    said = start("nothing", LANGUAGE="ru")
    assert "Нет такой команды" in said.stderr


def test_version(paperloop: Paperloop) -> None:
    assert paperloop("--version").out.startswith("paperloop, version 0.")


def test_help_imports_no_command() -> None:
    code = (
        "import sys; from pipeline.cli.main import run; run(['--help']);"
        "print([m for m in ('cv2', 'numpy', 'sqlalchemy', 'rich', 'lxml') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "[]"


def test_init_makes_a_workspace_and_keeps_what_is_there(
    paperloop: Paperloop, tmp_path: Path
) -> None:
    root = tmp_path / "office"
    said = paperloop("init", root, "--json")
    assert said.code == ExitCode.DONE
    made = said.lines()[0]["made"]
    assert "paperloop.toml" in made
    assert "templates/consent-employee/form.docx" in made
    assert (root / "output" / "issued").is_dir()

    changed = root / "templates" / "consent-employee" / "form.docx"
    changed.write_bytes(b"our own wording")
    assert paperloop("init", root, "--json").lines()[0]["made"] == []
    assert changed.read_bytes() == b"our own wording"


def test_init_takes_the_workspace_option(paperloop: Paperloop, tmp_path: Path) -> None:
    assert paperloop("--workspace", tmp_path / "x", "init").code == ExitCode.DONE
    assert (tmp_path / "x" / "paperloop.toml").is_file()


def test_init_refuses_a_file(paperloop: Paperloop, tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    assert paperloop("init", tmp_path / "x").code == ExitCode.USAGE


def test_form_list_and_show(paperloop: Paperloop, workspace: Path) -> None:
    forms = [line["form"] for line in paperloop("form", "list", "--json").lines()]
    assert "consent-employee" in forms
    (shown,) = paperloop("form", "show", "consent-employee", "--json").lines()
    assert "signature" in [field["field"] for field in shown["fields"]]
    assert {"column": "personnel_number", "required": True} in shown["columns"]


def test_form_that_is_not_there(paperloop: Paperloop, workspace: Path) -> None:
    for verb in ("show", "check"):
        said = paperloop("form", verb, "consent-of-nobody")
        assert said.code == ExitCode.USAGE
        assert "consent-of-nobody" in said.err


def test_form_check_of_ours_finds_no_error(paperloop: Paperloop, workspace: Path) -> None:
    said = paperloop("form", "check", "--json")
    assert said.code == ExitCode.DONE
    assert not [line for line in said.lines() if line["level"] == "error"]


def test_form_check_says_what_is_wrong(paperloop: Paperloop, workspace: Path) -> None:
    broken = workspace / "templates" / "consent-employee"
    broken.mkdir(parents=True)
    (broken / "form.docx").write_bytes(b"PK not a document")
    (broken / "form.toml").write_text("[form", encoding="utf-8")
    said = paperloop("form", "check", "consent-employee", "--json")
    assert said.code == ExitCode.BAD_FORM
    assert {"form", "level", "rule", "phrase", "where"} == set(said.lines()[0])


def test_form_new_is_a_copy_that_checks_and_never_overwrites(
    paperloop: Paperloop, workspace: Path
) -> None:
    (said,) = paperloop(
        "form", "new", "our-pledge", "--like", "non-disclosure-pledge", "--json"
    ).lines()
    assert said["folder"] == "templates/our-pledge"
    assert paperloop("form", "check", "our-pledge").code == ExitCode.DONE
    (shown,) = paperloop("form", "show", "our-pledge", "--json").lines()
    assert shown["form"] == "our-pledge"
    before = (workspace / said["folder"] / "form.toml").read_bytes()
    assert paperloop("form", "new", "our-pledge").code == ExitCode.USAGE
    assert paperloop("form", "new", "../elsewhere").code == ExitCode.USAGE
    assert (workspace / said["folder"] / "form.toml").read_bytes() == before


def test_data_cases_shows_all_six_and_what_somebody_wrote_down(
    paperloop: Paperloop, workspace: Path
) -> None:
    (workspace / "hires.csv").write_text(
        "Табельный номер;Фамилия;Имя;Отчество;Должность;ФИО в дательном падеже\n"
        "0001;Заяц;Игорь;Павлович;слесарь-сантехник;\n"
        "0002;Мышь;Роман;Ильич;;Роману Ильичу Мышь\n",
        encoding="utf-8",
    )
    said = paperloop("data", "cases", "hires.csv", "--json")
    assert said.code == ExitCode.DONE
    found = {(line["where"], line["field"]): line for line in said.lines()}
    names = [line for (_where, field), line in found.items() if field == "full_name"]
    assert names[0]["cases"]["genitive"] == "Зайца Игоря Павловича"
    assert names[0]["own"] == []
    assert names[1]["cases"]["dative"] == "Роману Ильичу Мышь"
    assert names[1]["own"] == ["dative"]
    (position,) = [line for (_where, field), line in found.items() if field == "position"]
    assert position["cases"]["instrumental"] == "слесарем-сантехником"
    assert ("paperloop.toml", "operator.head_name") in found


def test_an_organisations_own_cases_are_in_the_settings(
    paperloop: Paperloop, workspace: Path
) -> None:
    text = (workspace / "paperloop.toml").read_text(encoding="utf-8")
    own = '\n[cases."Фирма  «Рысь»"]\ngenitive = "Фирмы «Рыси»"\n'
    (workspace / "paperloop.toml").write_text(text + own, encoding="utf-8")
    (workspace / "acts.csv").write_text(
        "Акт;Организация-получатель\n1;Фирма «Рысь»\n", encoding="utf-8"
    )
    said = paperloop("data", "cases", "acts.csv", "--json")
    (firm,) = [line for line in said.lines() if line["field"] == "recipient"]
    assert firm["cases"]["genitive"] == "Фирмы «Рыси»" and firm["own"] == ["genitive"]
    assert firm["cases"]["dative"] == "Фирме «Рысь»"


def test_data_cases_of_a_file_of_something_else(paperloop: Paperloop, workspace: Path) -> None:
    (workspace / "hires.csv").write_text("Дом;Улица\n1;Лесная\n", encoding="utf-8")
    said = paperloop("data", "cases", "hires.csv")
    assert said.code == ExitCode.BAD_DATA
    assert "Табельный номер" in said.err and "hires.csv" in said.err


@pytest.mark.parametrize(
    "asked",
    [
        ("form", "show", "consent-2025", "--png", "a-file/in"),
        ("data", "sheet", "consent-2025", "--out", "a-file/in/sheet.xlsx"),
        ("generate", "consent-employee", "--data", "hires.json", "--out", "a-file/in"),
    ],
)
def test_a_folder_that_cannot_be_written_is_said_in_a_line(
    paperloop: Paperloop, workspace: Path, asked: tuple[str, ...]
) -> None:
    (workspace / "a-file").write_text("no folder", encoding="utf-8")
    (workspace / "hires.json").write_text("[]", encoding="utf-8")
    said = paperloop(*asked)
    assert said.code == ExitCode.USAGE
    line = said.err.splitlines()[-1]
    assert "a-file" in line and "→" in line


def test_data_cases_says_which_row_has_no_gender(paperloop: Paperloop, workspace: Path) -> None:
    (workspace / "hires.csv").write_text(
        "Табельный номер;Фамилия;Имя\n0001;Ким;Саша\n", encoding="utf-8"
    )
    said = paperloop("data", "cases", "hires.csv")
    assert said.code == ExitCode.BAD_DATA
    assert "hires.csv" in said.err
