"""paperloop.toml: what it gives, and how a mistake in it is said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.errors import DataError, UsageError

CLONE = Path(__file__).parent.parent
OFFICE = settings.SAMPLE.read_text(encoding="utf-8")


def workspace(folder: Path, text: str = OFFICE) -> Path:
    (folder / "paperloop.toml").write_text(text, encoding="utf-8")
    return folder.resolve()


def test_clone_is_the_workspace_that_init_makes() -> None:
    assert (CLONE / "paperloop.toml").read_text(encoding="utf-8") == OFFICE


def test_sample_office_is_whole(tmp_path: Path) -> None:
    found = settings.load(workspace(tmp_path), today=date(2026, 9, 1), environ={})
    assert found.operator == settings.sample_operator()
    assert found.operator.head_name == "Березина Марина Олеговна"
    assert found.today == date(2026, 9, 1)


def test_folders_stand_in_the_workspace(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    found = settings.load(root, environ={})
    assert found.issued == root / "output" / "issued"
    assert found.originals == root / "output" / "originals"
    assert found.templates == (root / "templates", CLONE.resolve() / "templates")


def test_registry_is_a_file_of_the_workspace_unless_told_otherwise(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    assert (
        settings.load(root, environ={}).registry_url
        == f"sqlite:///{root.as_posix()}/output/registry.db"
    )
    workspace(tmp_path, OFFICE + '[registry]\nurl = "sqlite:///mine.db"\n')
    assert settings.load(root, environ={}).registry_url == f"sqlite:///{root.as_posix()}/mine.db"
    shared = "postgresql+psycopg://clerk@server/paperloop"
    environ = {settings.REGISTRY_VARIABLE: shared}
    assert settings.load(root, environ=environ).registry_url == shared


def test_password_is_not_in_the_repr(tmp_path: Path) -> None:
    environ = {settings.REGISTRY_VARIABLE: "postgresql+psycopg://clerk:secret@server/paperloop"}
    assert "secret" not in repr(settings.load(workspace(tmp_path), environ=environ))


def test_cases_override_single_forms(tmp_path: Path) -> None:
    text = OFFICE + '[operator.cases]\nhead_name.dative = "Березиной М. О."\n'
    found = settings.load(workspace(tmp_path, text), environ={})
    assert found.operator.cases == {"head_name": {"dative": "Березиной М. О."}}


def test_paths_are_told_from_the_workspace(tmp_path: Path) -> None:
    root = tmp_path / "office"
    root.mkdir()
    found = settings.load(workspace(root), environ={})
    assert found.relative(root / "inbox" / "batch.pdf") == "inbox/batch.pdf"
    assert found.relative(root / "x" / ".." / "batch.pdf") == "batch.pdf"
    assert found.relative(tmp_path / "batch.pdf") == (tmp_path.resolve() / "batch.pdf").as_posix()


def test_folder_without_settings_says_run_init(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="run paperloop init"):
        settings.load(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('inn = "9608012341"\n', "", "operator.inn"),
        ('inn = "9608012341"', 'inn = ""', "operator.inn"),
        ('inn = "9608012341"', "inn = 9608012341", "operator.inn"),
        ('inn = "9608012341"', 'inm = "9608012341"', "operator.inm"),
        ("[operator]", "[office]", "office"),
        ("[operator]", "[operator", "TOML"),
        ("# [operator.cases]\n", "[operator.cases]\nhead.dative = 'x'\n", "operator.cases.head"),
        ("# [registry]\n", "[registry]\nuri = 'x'\n", "registry.uri"),
        ("# [registry]\n", "registry = 'x'\n", "registry"),
    ],
)
def test_mistakes_name_the_file_and_the_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in OFFICE
    root = workspace(tmp_path, OFFICE.replace(old, new))
    with pytest.raises(DataError) as caught:
        settings.load(root, environ={})
    line = str(caught.value)
    assert "\n" not in line
    assert said in line
    assert str(root / "paperloop.toml") in line


def test_other_encodings(tmp_path: Path) -> None:
    (tmp_path / "paperloop.toml").write_text(OFFICE, encoding="utf-8-sig")
    assert settings.load(tmp_path, environ={}).operator == settings.sample_operator()
    (tmp_path / "paperloop.toml").write_bytes(OFFICE.replace("…", "").encode("cp1251"))
    with pytest.raises(DataError, match="UTF-8"):
        settings.load(tmp_path, environ={})
