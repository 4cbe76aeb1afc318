"""DOCX to PDF by LibreOffice: many files a call, a private profile for each process, a time-out.

LibreOffice ends with 0 whatever happened, so only the files it left behind count.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ToolFailedError, ToolMissingError
from pipeline.files import temporary_in
from pipeline.i18n import _

START_SECONDS = 60.0  # a first start makes the profile; slow disks take most of this
FILE_SECONDS = 5.0  # seen: 0.2
STARTS = 2  # of one conversion: a second try after a crash
_ROOM = 16 << 20  # bytes: its profile alone takes some
_GLANCE_SECONDS = 0.02  # between two looks at what it has made
_PLACES = (
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)


def program() -> str | None:
    """Where LibreOffice is, or None."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((p for p in _PLACES if Path(p).is_file()), None)


@dataclass(slots=True)
class Conversion:
    """LibreOffice at work on some files; its PDFs must be taken, or it must be ended."""

    files: tuple[Path, ...]
    out: Path
    profile: Path
    process: subprocess.Popen[bytes]
    deadline: float  # of time.monotonic()

    def pdfs(self) -> Iterator[Path]:
        """The PDFs, in the order of the files, each as soon as it is whole.

        One that LibreOffice left out and went on does not exist. Where it broke off, as it does
        now and then, it is started once more. Raises ToolFailedError where it hung, or broke off
        again.
        """
        made = [self.out / f"{file.stem}.pdf" for file in self.files]
        starts = 1
        try:
            # It takes one file after the other: a PDF is whole once the next one is begun.
            for i, (pdf, following) in enumerate(zip(made, [*made[1:], None], strict=True)):
                while not _passed(following):
                    if self._runs(pdf):
                        continue
                    went_well = self.process.returncode == 0
                    if _passed(following) or (went_well and pdf.is_file()):
                        break
                    if starts == STARTS:
                        if went_well and any(other.is_file() for other in made):
                            break  # this one alone cannot be laid out
                        raise no_pdf(pdf)
                    starts += 1
                    self.profile = self.profile.with_name(f"{self.profile.name}-again")
                    self.process, self.deadline = _start(self.files[i:], self.out, self.profile)
                yield pdf
        finally:
            self.end()

    def _runs(self, pdf: Path) -> bool:
        """Whether it still runs, after a short wait."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_GLANCE_SECONDS)
            return False
        if time.monotonic() > self.deadline:
            raise ToolFailedError(
                _("LibreOffice did not answer in time"),
                where=f"{pdf.stem}.docx",
                hint=_("run it again; close other LibreOffice windows if it stays so"),
            )
        return True

    def end(self) -> None:
        """Stop it if it still runs: soffice.bin too, not only its starter."""
        if self.process.poll() is not None:
            return
        if sys.platform == "win32":
            kill = ["taskkill", "/F", "/T", "/PID", str(self.process.pid)]
            subprocess.run(kill, capture_output=True, check=False)
        else:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def to_pdf(files: Sequence[Path], out: Path, profile: Path) -> list[Path]:
    """Convert ``files`` into ``out`` and wait; raises as ``start`` and ``Conversion.pdfs`` do."""
    made = list(start(files, out, profile).pdfs())
    for pdf in made:
        if not pdf.is_file():
            raise no_pdf(pdf)
    return made


def no_pdf(pdf: Path) -> ToolFailedError:
    """LibreOffice said nothing and left no PDF; over a full disk too."""
    hint = _("run it again; if it stays so, open the DOCX in LibreOffice")
    if shutil.disk_usage(pdf.parent).free < _ROOM:
        hint = _("make room on the disk and run it again")
    return ToolFailedError(_("LibreOffice made no PDF"), where=f"{pdf.stem}.docx", hint=hint)


def start(files: Sequence[Path], out: Path, profile: Path) -> Conversion:
    """Begin to convert ``files`` into ``out``; one process at a time may use a ``profile`` folder.

    Raises ToolMissingError where there is no LibreOffice, ToolFailedError where it cannot be run.
    """
    process, deadline = _start(files, out, profile)
    return Conversion(tuple(files), out, profile, process, deadline)


def _start(
    files: Sequence[Path], out: Path, profile: Path
) -> tuple[subprocess.Popen[bytes], float]:
    for file in files:
        (out / f"{file.stem}.pdf").unlink(missing_ok=True)  # an earlier one proves nothing
    soffice = program()
    if soffice is None:
        raise ToolMissingError(
            _("LibreOffice Writer is not installed"), hint=_("see paperloop doctor")
        )
    command = [
        soffice,
        f"-env:UserInstallation={profile.resolve().as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        "pdf:writer_pdf_Export",
        "--outdir",
        str(out),
        *(str(f) for f in files),
    ]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # What it leaves there when it is ended goes away with the work folder.
            env={**os.environ, **temporary_in(out)},
            start_new_session=sys.platform != "win32",
        )
    except OSError as error:
        raise ToolFailedError(
            _("LibreOffice cannot be started: {error}").format(error=error.strerror),
            where=soffice,
            hint=_("see paperloop doctor"),
        ) from error
    seconds = START_SECONDS + FILE_SECONDS * len(files)
    return process, time.monotonic() + seconds


def _passed(following: Path | None) -> bool:
    """Whether LibreOffice has gone on to the next file."""
    return following is not None and following.is_file()
