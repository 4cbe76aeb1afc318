"""What a workspace needs and whether it is there; for each fault the command that mends it.

Comes in: a folder. Goes out: a list of ``Check``; nothing is changed but a file that is made and
removed to try a folder.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from stdnum.ru import inn, ogrn

from pipeline.engines import office, tesseract
from pipeline.errors import ExitCode, PaperloopError
from pipeline.files import make_private
from pipeline.i18n import _
from pipeline.settings import Settings, load, sample_operator

OLDEST_PYTHON = (3, 11)
ASK_SECONDS = 30.0  # a program that does not name its languages in this time is broken

# What a fault needs → the package manager's command.
_MENDS = {
    "tesseract": {
        "apt-get": "sudo apt-get install tesseract-ocr tesseract-ocr-rus",
        "dnf": "sudo dnf install tesseract tesseract-langpack-rus",
        "brew": "brew install tesseract tesseract-lang",
        "winget": "winget install UB-Mannheim.TesseractOCR",
    },
    "rus": {
        "apt-get": "sudo apt-get install tesseract-ocr-rus",
        "dnf": "sudo dnf install tesseract-langpack-rus",
        "brew": "brew install tesseract-lang",
    },
    "eng": {
        "apt-get": "sudo apt-get install tesseract-ocr-eng",
        "dnf": "sudo dnf install tesseract-langpack-eng",
        "brew": "brew install tesseract-lang",
    },
    "office": {
        "apt-get": "sudo apt-get install libreoffice-writer-nogui",
        "dnf": "sudo dnf install libreoffice-writer",
        "brew": "brew install --cask libreoffice",
        "winget": "winget install TheDocumentFoundation.LibreOffice",
    },
    "font": {
        "apt-get": "sudo apt-get install fonts-liberation",
        "dnf": "sudo dnf install liberation-serif-fonts",
        "brew": "brew install --cask font-liberation",
    },
}

# The two have the same widths, so either gives the same pages.
_FONT_FILES = ("LiberationSerif-Regular.*", "times.ttf", "Times New Roman.ttf")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    ``level`` is "ok", "warning" (works, but look) or "error"; ``found`` says what is there,
    ``mend`` what to run or do; ``exit_code`` is what an error ends the command with.
    """

    name: str
    level: str
    found: str
    mend: str = ""
    exit_code: ExitCode = ExitCode.DONE


def examine(workspace: Path, today: date | None = None) -> list[Check]:
    """Look at everything, tools first; a workspace that is not one is one fault among others."""
    checks = [_python(), *_tesseract(), _office(), _font()]
    try:
        settings = load(workspace, today=today)
    except PaperloopError as error:
        fault = error.problem
        return [*checks, _error("workspace", f"{fault.where}: {fault.what}", fault.hint, error)]
    checks.append(Check("workspace", "ok", str(settings.workspace)))
    folders = (settings.issued, settings.originals)
    return [*checks, *map(_folder, folders), _registry(settings), *_operator(settings)]


def mend(tool: str) -> str:
    """The command that installs ``tool`` here, or the place to get it by hand."""
    commands = _MENDS[tool]
    for manager, command in commands.items():
        if shutil.which(manager):
            return command
    if tool == "rus":
        return _("install Tesseract again and choose the Russian language")
    return (
        commands["winget"]
        if sys.platform == "win32" and "winget" in commands
        else _("install it with the system's package manager")
    )


def _python() -> Check:
    version = platform.python_version()
    if sys.version_info >= OLDEST_PYTHON:
        return Check("python", "ok", version)
    hint = _("install Python {version} or newer").format(version=".".join(map(str, OLDEST_PYTHON)))
    return Check("python", "error", version, hint, ExitCode.TOOL_MISSING)


def _tesseract() -> list[Check]:
    program = tesseract.program()
    if not program:
        return [_missing("tesseract", _("not found"), "tesseract")]
    try:
        version = _ask(program, "--version").partition("\n")[0]
        languages = _ask(program, "--list-langs").split()
    except (OSError, subprocess.SubprocessError) as error:
        found = _("{program} does not answer ({fault})").format(
            program=program, fault=type(error).__name__
        )
        return [_missing("tesseract", found, "tesseract")]
    here = Check("tesseract", "ok", f"{version} ({program})")
    faults = {
        "rus": _("the Russian language is missing"),
        "eng": _("the English language is missing: printed ids are read with it"),
    }
    return [
        here,
        *(
            Check(f"tesseract-{name}", "ok", name)
            if name in languages
            else _missing(f"tesseract-{name}", faults[name], name)
            for name in tesseract.LANGUAGES
        ),
    ]


def _office() -> Check:
    program = office.program()
    if not program:
        return _missing("office", _("LibreOffice Writer is not installed"), "office")
    folder = Path(program).resolve().parent
    # Debian packs Writer apart from the rest, and the program starts without it.
    if sys.platform == "linux" and (folder / "oosplash").exists():
        if not (folder / "libswlo.so").exists():
            return _missing("office", _("LibreOffice is here, but not its Writer"), "office")
    return Check("office", "ok", program)


def _font() -> Check:
    for folder in _font_folders():
        for pattern in _FONT_FILES:
            if found := next(folder.rglob(pattern), None):
                return Check("font", "ok", str(found))
    return _missing("font", _("neither Times New Roman nor Liberation Serif"), "font")


def _font_folders() -> list[Path]:
    if sys.platform == "win32":
        roots = [Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"]
        if local := os.environ.get("LOCALAPPDATA"):
            roots.append(Path(local) / "Microsoft" / "Windows" / "Fonts")
    elif sys.platform == "darwin":
        roots = [
            Path("/Library/Fonts"),
            Path("/System/Library/Fonts"),
            Path.home() / "Library/Fonts",
        ]
    else:
        roots = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"]
        roots.append(Path.home() / ".local/share/fonts")
    if program := office.program():  # LibreOffice brings its own on Windows and macOS
        roots.append(Path(program).resolve().parent.parent / "share" / "fonts")
        roots.append(Path(program).resolve().parent.parent / "Resources" / "fonts")
    return [root for root in roots if root.is_dir()]


def _folder(folder: Path) -> Check:
    name = f"folder {folder.name}"
    try:
        with tempfile.TemporaryFile(dir=make_private(folder)):
            return Check(name, "ok", str(folder))
    except OSError as error:
        hint = _("make the folder writable for {user}").format(user=_user())
        return Check(name, "error", f"{folder}: {error.strerror}", hint, ExitCode.USAGE)


def _registry(settings: Settings) -> Check:
    from pipeline.registry import Registry

    # The URL stays out of what is printed: it may hold a password.
    kind = settings.registry_url.partition(":")[0]
    try:
        Registry.open(settings.registry_url, settings.today).close()
    except PaperloopError as error:
        return _error("registry", f"{kind}: {error.problem.what}", error.problem.hint, error)
    return Check("registry", "ok", kind)


def _operator(settings: Settings) -> list[Check]:
    operator = settings.operator
    config = _("write yours into paperloop.toml")
    if operator == sample_operator():
        return [Check("operator", "warning", _("still the invented sample office"), config)]
    checks = [Check("operator", "ok", operator.short_name)]
    for key, number, module in (("inn", operator.inn, inn), ("ogrn", operator.ogrn, ogrn)):
        if not module.is_valid(number):
            what = _("{number} has a wrong check digit").format(number=number)
            checks.append(Check(f"operator.{key}", "warning", what, config))
    return checks


def _missing(name: str, found: str, tool: str) -> Check:
    return Check(name, "error", found, mend(tool), ExitCode.TOOL_MISSING)


def _error(name: str, found: str, hint: str, error: PaperloopError) -> Check:
    return Check(name, "error", found, hint, error.exit_code)


def _ask(program: str, question: str) -> str:
    return subprocess.run(
        [program, question],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=ASK_SECONDS,
        check=True,
    ).stdout


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user without a name
        return "?"
