"""Pictures of print to text by Tesseract: one process for all lines of a page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from pipeline.errors import ToolFailedError, ToolMissingError
from pipeline.i18n import _

LANGUAGE = "rus"
LANGUAGES = ("rus", "eng")  # the second for the printed id
SECONDS = 60.0  # a page's lines take under one; past this the process is ended
BORDER_PX = 10  # Tesseract reads badly what touches the edge
_ONE_LINE, _WHOLE_PAGE = 7, 3  # Tesseract's numbers for how a picture is laid out
_WINDOWS = r"C:\Program Files\Tesseract-OCR\tesseract.exe"

# More threads for one line only get into each other's way; pages go side by side instead.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a page: its box in pixels (left, top, right, bottom), sure from 0 to 1."""

    text: str
    sure: float
    box: tuple[float, float, float, float]


class OcrEngine(Protocol):
    """Reads pictures of print (grey, dark on white)."""

    def read_lines(
        self, lines: Sequence[NDArray[np.uint8]], language: str = LANGUAGE
    ) -> list[tuple[str, float]]:
        """(text, confidence from 0 to 1) of each picture of a single line."""
        ...

    def read_page(self, page: NDArray[np.uint8]) -> list[Word]:
        """The words of an upright page in Russian, in the order of reading."""
        ...


def program() -> str | None:
    """Where Tesseract is, or None."""
    found = shutil.which("tesseract")
    if found is None and sys.platform == "win32" and Path(_WINDOWS).is_file():
        return _WINDOWS
    return found


def installed() -> Tesseract:
    """The Tesseract of this machine, tried: it answers and knows the languages.

    Raises:
        ToolMissingError: no Tesseract, or a language is missing.
        ToolFailedError: it crashes or hangs.
    """
    binary = program()
    if binary is None:
        raise ToolMissingError(_("Tesseract is not installed"), hint=_("see paperloop doctor"))
    try:
        answer = subprocess.run(
            [binary, "--list-langs"], capture_output=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolFailedError(
            _("Tesseract does not start"), where=binary, hint=_("see paperloop doctor")
        ) from error
    known = answer.stdout.decode("utf-8", "replace").split()
    for language in LANGUAGES:
        if language not in known:
            raise ToolMissingError(
                _("Tesseract does not know the language “{language}”").format(language=language),
                hint=_("see paperloop doctor"),
            )
    return Tesseract(binary)


@dataclass(frozen=True, slots=True)
class Tesseract:
    """Tesseract through pytesseract, which gives many pictures to one process as a list file.

    ``seconds`` is how long the lines of one page may take; then the process is ended.
    """

    binary: str
    seconds: float = SECONDS

    def read_lines(
        self, lines: Sequence[NDArray[np.uint8]], language: str = LANGUAGE
    ) -> list[tuple[str, float]]:
        """See ``OcrEngine``.

        Raises:
            ToolFailedError: it crashed, hung, or answered what is no table of words.
        """
        if not lines:
            return []
        try:
            with tempfile.TemporaryDirectory(
                prefix="paperloop-", ignore_cleanup_errors=True
            ) as folder:
                rows = self._run(_listed(lines, Path(folder)), language, _ONE_LINE)
        except OSError as error:  # no room for the pictures
            raise _failed() from error
        return _gather(rows, len(lines))

    def read_page(self, page: NDArray[np.uint8]) -> list[Word]:
        """See ``OcrEngine``.

        Raises:
            ToolFailedError: it crashed, hung, or answered what is no table of words.
        """
        return [word for _page, word in self._run(Image.fromarray(page), LANGUAGE, _WHOLE_PAGE)]

    def _run(self, what: Any, language: str, layout: int) -> list[tuple[int, Word]]:
        """The words that it reads, each with the number of its picture."""
        pytesseract.pytesseract.tesseract_cmd = self.binary
        try:
            answer = pytesseract.image_to_data(
                what,
                lang=language,
                config=f"--psm {layout} --oem 1 -c tessedit_do_invert=0",
                timeout=self.seconds,
                output_type=pytesseract.Output.DICT,
            )
            return list(_words(answer))
        # A time-out is a bare RuntimeError, a missing binary can be SystemExit; a crash may leave
        # a table that cannot be parsed.
        except (RuntimeError, SystemExit, OSError, ValueError, TypeError, LookupError) as error:
            raise _failed() from error


def _failed() -> ToolFailedError:
    return ToolFailedError(
        _("Tesseract failed on a page"), hint=_("see paperloop doctor, then --again")
    )


def _listed(lines: Sequence[NDArray[np.uint8]], folder: Path) -> str:
    """The pictures as files, and the file that lists them: what Tesseract takes at once."""
    names = []
    for i, line in enumerate(lines):
        path = folder / f"{i}.png"
        framed = cv2.copyMakeBorder(
            line, BORDER_PX, BORDER_PX, BORDER_PX, BORDER_PX,
            cv2.BORDER_CONSTANT, value=(255, 255, 255),
        )  # fmt: skip
        png = cv2.imencode(".png", framed, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1]
        path.write_bytes(png.tobytes())
        names.append(str(path))
    listing = folder / "list.txt"
    listing.write_text("\n".join(names) + "\n", encoding="utf-8")
    return str(listing)


def _words(rows: dict[str, list[Any]]) -> Iterator[tuple[int, Word]]:
    """The words in Tesseract's table; raises ValueError and the like where it is none."""
    keys = ("page_num", "text", "conf", "left", "top", "width", "height")
    for page, text, sure, *box in zip(*(rows[key] for key in keys), strict=True):
        x, y, width, height = (float(side) for side in box)
        if not -1 <= float(sure) <= 100:
            raise ValueError("not a confidence")
        if str(text).strip() and float(sure) >= 0:
            word = Word(str(text).strip(), float(sure) / 100, (x, y, x + width, y + height))
            yield int(page), word


def _gather(rows: Sequence[tuple[int, Word]], count: int) -> list[tuple[str, float]]:
    """Words of each page of the list, joined; the confidence is the weakest word's."""
    lines: list[list[Word]] = [[] for _line in range(count)]
    for page, word in rows:
        if 1 <= page <= count:
            lines[page - 1].append(word)
    return [
        (" ".join(word.text for word in line), min((word.sure for word in line), default=0.0))
        for line in lines
    ]
