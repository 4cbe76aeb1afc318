"""DOCX to PDF by LibreOffice: many files a call, a private profile for each process, a time-out.

LibreOffice ends with 0 whatever happened, so only the files it left behind count.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import ToolFailedError, ToolMissingError
from pipeline.i18n import _

START_SECONDS = 60.0  # a first start makes the profile; slow disks take most of this
PAGE_SECONDS = 5.0  # a file; seen: 0.2
_PLACES = (
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)


def program() -> str | None:
    """Where LibreOffice is, or None."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((p for p in _PLACES if Path(p).is_file()), None)


def to_pdf(files: Sequence[Path], out: Path, profile: Path) -> None:
    """Convert ``files`` into ``out``; one process at a time may use a ``profile`` folder.

    Raises:
        ToolMissingError: no LibreOffice.
        ToolFailedError: it hung, or a PDF is missing afterwards.
    """
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
    _run(command, START_SECONDS + PAGE_SECONDS * len(files))
    missing = [f.name for f in files if not (out / f"{f.stem}.pdf").is_file()]
    if missing:
        raise ToolFailedError(
            _("LibreOffice made no PDF of {n} files").format(n=len(missing)),
            where=missing[0],
            hint=_("run it again; if it stays so, open the DOCX in LibreOffice"),
        )


def _run(command: Sequence[str], seconds: float) -> None:
    # A group of its own, so that the time-out ends soffice.bin too and not only its starter.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=sys.platform != "win32",
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise ToolFailedError(
            _("LibreOffice did not answer for {seconds} s").format(seconds=round(seconds)),
            hint=_("run it again; close other LibreOffice windows if it stays so"),
        ) from error
    finally:
        if process.poll() is None:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        subprocess.run(
            ["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False
        )
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
