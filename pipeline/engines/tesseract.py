"""Line pictures to text by Tesseract: one process for all lines of a page."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray

from pipeline.errors import ToolFailedError, ToolMissingError
from pipeline.i18n import _

LANGUAGE = "rus"
SECONDS = 60.0  # a page's lines take under one; past this the process is ended
BORDER_PX = 10  # Tesseract reads badly what touches the edge
_WINDOWS = r"C:\Program Files\Tesseract-OCR\tesseract.exe"

# More threads for one line only get into each other's way; pages go side by side instead.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")


class OcrEngine(Protocol):
    """Reads pictures of single lines (grey, dark on white)."""

    def read_lines(
        self, lines: Sequence[NDArray[np.uint8]], language: str = LANGUAGE
    ) -> list[tuple[str, float]]:
        """(text, confidence from 0 to 1) of each line."""
        ...


def program() -> str | None:
    """Where Tesseract is, or None."""
    found = shutil.which("tesseract")
    if found is None and sys.platform == "win32" and Path(_WINDOWS).is_file():
        return _WINDOWS
    return found


class Tesseract:
    """Tesseract through pytesseract, which gives many pictures to one process as a list file."""

    def read_lines(
        self, lines: Sequence[NDArray[np.uint8]], language: str = LANGUAGE
    ) -> list[tuple[str, float]]:
        """See ``OcrEngine``.

        Raises:
            ToolMissingError: no Tesseract, or no Russian.
            ToolFailedError: it crashed or hung.
        """
        if not lines:
            return []
        binary = program()
        if binary is None:
            raise ToolMissingError(_("Tesseract is not installed"), hint=_("see paperloop doctor"))
        pytesseract.pytesseract.tesseract_cmd = binary
        with tempfile.TemporaryDirectory(prefix="paperloop-", ignore_cleanup_errors=True) as folder:
            names = []
            for i, line in enumerate(lines):
                path = Path(folder) / f"{i}.png"
                framed = cv2.copyMakeBorder(
                    line, BORDER_PX, BORDER_PX, BORDER_PX, BORDER_PX,
                    cv2.BORDER_CONSTANT, value=(255, 255, 255),
                )  # fmt: skip
                path.write_bytes(cv2.imencode(".png", framed, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])
                names.append(str(path))
            listing = Path(folder) / "list.txt"
            listing.write_text("\n".join(names) + "\n", encoding="utf-8")
            rows = self._run(listing, language)
        return _gather(rows, len(lines))

    def _run(self, listing: Path, language: str) -> dict[str, list[str]]:
        try:
            answer = pytesseract.image_to_data(
                str(listing),
                lang=language,
                config="--psm 7 --oem 1 -c tessedit_do_invert=0",
                timeout=SECONDS,
                output_type=pytesseract.Output.DICT,
            )
        except pytesseract.TesseractNotFoundError as error:
            raise ToolMissingError(
                _("Tesseract is not installed"), hint=_("see paperloop doctor")
            ) from error
        except (RuntimeError, SystemExit, OSError, ValueError) as error:  # see the design notes
            raise ToolFailedError(
                _("Tesseract failed on a page"), hint=_("run it again; see paperloop doctor")
            ) from error
        assert isinstance(answer, dict)
        return answer


def _gather(rows: dict[str, list[str]], count: int) -> list[tuple[str, float]]:
    """Words of each page of the list, joined; the confidence is the weakest word's."""
    words: list[list[tuple[str, float]]] = [[] for _line in range(count)]
    for page, text, confidence in zip(
        rows.get("page_num", []), rows.get("text", []), rows.get("conf", []), strict=True
    ):
        where = int(page) - 1
        if 0 <= where < count and str(text).strip() and float(confidence) >= 0:
            words[where].append((str(text).strip(), float(confidence) / 100))
    return [
        (" ".join(w for w, _c in line), min((c for _w, c in line), default=0.0)) for line in words
    ]
