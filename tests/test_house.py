"""The house rules that no single module can keep: who imports whom, who prints, what is told."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import pipeline
from pipeline.cli import main
from pipeline.errors import ExitCode, PaperloopError

PACKAGE = Path(pipeline.__file__).parent
CLONE = PACKAGE.parent
README = (CLONE / "README.md").read_text(encoding="utf-8")
PYPROJECT = (CLONE / "pyproject.toml").read_text(encoding="utf-8")

# Imports point backwards along these lines. What stands before a colon is a package, behind it are
# its modules; a package without a colon counts as one module.
ORDER = """
errors geometry icc i18n files workdays settings
language: morphology names phrases wording russian lettering lemmas
engines
forms: rules columns expressions form checklists clocks soundness passages lint
data: sheets workbook book tables cells examples rows datasheet export
papers: marks layout paper draft
scans: inbox scan picture view
pages: page lie patches registration streaks ink identify separators reading
prints: specimen atlas placing habits glyphs blots smears doubt gaps
pens: strokes script excuses dates stamps hues original signature hand acts touches alterations
examine
others: mrz kinds seals likeness layer skeleton alignment blanks values unissued
others: certification
records: clauses attachment record rescan verdict transcript reasons report binding handover
archival: unseen pdfa conformity facsimile
registry
personnel: whose agreement standing dossier inventory archive removal consents
personnel: leaving terms agenda staff
flow doctor cli
"""
FOLDERS = set(re.findall(r"(\w+):", ORDER))
NOUNS = re.findall(r"\w+\b(?!:)", ORDER)

# A file longer than this wants to be two modules.
LONGEST_FILE = 400


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def noun(path: Path) -> str:
    """The module that a file is, or the package that counts as one: "form", "engines", "cli"."""
    return _noun(*path.relative_to(PACKAGE).with_suffix("").parts)


def _noun(first: str, *rest: str) -> str:
    return rest[0] if first in FOLDERS and rest else first


def imported(path: Path) -> Iterator[str]:
    """What a file imports of ours, by dotted name without "pipeline."."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (n.removeprefix("pipeline.") for n in names if n.startswith("pipeline."))


def nouns_imported(path: Path) -> set[str]:
    found = {_noun(*name.split(".")) for name in imported(path)} - {noun(path)}
    return {name for name in found if not name.startswith("__")}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_backwards(path: Path) -> None:
    if noun(path) == "__init__":
        assert not nouns_imported(path)
        return
    assert noun(path) in NOUNS, "enter the module in ORDER, where it belongs"
    earlier = set(NOUNS[: NOUNS.index(noun(path))])
    assert nouns_imported(path) <= earlier


def test_reading_cannot_know_what_was_issued() -> None:
    """OCR is independent only while nothing that it imports can reach the registry."""
    seen: set[str] = set()
    waiting = {"reading"}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for path in modules():
            if noun(path) == name:
                waiting |= nouns_imported(path) - seen
    assert not seen & {"registry", "flow", "cli"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_prints(path: Path) -> None:
    if noun(path) == "cli":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        used = ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""
        assert used not in {"print", "sys.stdout", "sys.stderr", "click.echo"}, f"{path}: {used}"
        assert not isinstance(node, ast.ImportFrom) or node.module != "rich.console"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_are_small_and_explained(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    assert ast.get_docstring(ast.parse(text))


def errors(kind: type[PaperloopError] = PaperloopError) -> Iterator[type[PaperloopError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from errors(child)


def test_every_error_has_an_exit_code_of_its_own() -> None:
    codes = [kind.exit_code for kind in errors()]
    assert len(codes) == len(set(codes))


def test_every_exit_code_is_in_the_readme() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", README, flags=re.MULTILINE)}
    assert told == set(ExitCode)


def command_paths(command: click.Command, name: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for child_name, child in command.commands.items():
            yield from command_paths(child, f"{name} {child_name}")
    else:
        yield name


def test_every_command_is_in_the_readme_and_explains_itself() -> None:
    program = main.program()
    context = click.Context(program)
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        assert command is not None
        for path in command_paths(command, name):
            assert f"paperloop {path}" in README
        for parameter in command.params:
            assert not isinstance(parameter, click.Option) or parameter.help, parameter.name


def test_version_is_the_packages() -> None:
    assert f'version = "{pipeline.__version__}"' in PYPROJECT


def test_makefile_has_the_contracts_targets() -> None:
    text = (CLONE / "Makefile").read_text(encoding="utf-8")
    for target in ("setup", "demo", "test", "bench", "bench-full"):
        assert re.search(rf"^{target}:", text, flags=re.MULTILINE)
    assert "make test" in (CLONE / ".ci" / "run").read_text(encoding="utf-8")
