"""The wheel is whole: what the program needs beside its code travels with it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CLONE = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content in a folder of its own, as installing puts it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=CLONE, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def files(folder: Path, pattern: str) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_everything_is_inside(unpacked: Path) -> None:
    package = unpacked / "pipeline"
    assert files(package / "templates", "*") == files(CLONE / "templates", "*")
    assert files(package, "*.py") == files(CLONE / "pipeline", "*.py")
    assert (package / "office.toml").is_file()
    assert (package / "pens" / "script.npz").is_file()
    assert (package / "records" / "report.html").is_file()
    assert (package / "locale" / "ru" / "LC_MESSAGES" / "paperloop.mo").is_file()


def test_nothing_else_is_inside(unpacked: Path) -> None:
    assert not {path.name for path in unpacked.iterdir() if path.suffix != ".dist-info"} - {
        "pipeline"
    }


def test_it_works_outside_the_clone(unpacked: Path, tmp_path: Path) -> None:
    """Run by the unpacked code alone: -P and the path before all else keep the clone out."""
    code = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r});"
        "import pipeline; from pipeline.cli.main import run;"
        f"assert pipeline.__file__.startswith({str(unpacked)!r}), pipeline.__file__;"
        "sys.exit(run(sys.argv[1:]))"
    )

    def paperloop(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-c", code, *arguments],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    made = paperloop("--lang", "ru", "init", "office")
    assert made.returncode == 0, made.stderr
    assert "готова" in made.stderr
    office = tmp_path / "office"
    assert files(office / "templates", "*") == files(CLONE / "templates", "*")
    listed = paperloop("--workspace", "office", "form", "list", "--json")
    assert "consent-employee" in listed.stdout
    looked = paperloop("--workspace", "office", "doctor", "--json")
    assert '"name": "registry", "level": "ok"' in looked.stdout
