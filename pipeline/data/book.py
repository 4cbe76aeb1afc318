"""A file of data opened: XLSX, CSV, JSON, YAML or standard input, whichever it is.

Comes in: a path. Goes out: ``Book``, its sheets of plain cells. Nothing is run, nothing written.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from pipeline.data.sheets import Sheet, of_csv, of_objects
from pipeline.data.workbook import OLE, of_xlsx
from pipeline.errors import DataError
from pipeline.i18n import _

FILE_LIMIT_BYTES = 50 << 20
STDIN = "-"
_KINDS = {
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xlsx",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
}


@dataclass(frozen=True, slots=True)
class Book:
    """A file of data: its name as people know it, and its sheets in order."""

    name: str
    sheets: tuple[Sheet, ...]


def read(path: Path | str) -> Book:
    """Read a file of data; ``-`` reads standard input.

    Raises DataError, in one line, where the file cannot be read, is too large or is a bomb.
    """
    if str(path) == STDIN:
        name, content = _("standard input"), sys.stdin.buffer.read(FILE_LIMIT_BYTES + 1)
    else:
        path = Path(path)
        name = path.name
        try:
            with path.open("rb") as stream:
                content = stream.read(FILE_LIMIT_BYTES + 1)
        except OSError as error:
            what = _("the file cannot be read: {error}").format(error=error.strerror)
            raise DataError(what, where=str(path), hint=_("check the path")) from error
    if len(content) > FILE_LIMIT_BYTES:
        what = _("the file is larger than {mb} MB").format(mb=FILE_LIMIT_BYTES >> 20)
        raise DataError(what, where=name, hint=_("split it"))
    if not content.strip():
        raise DataError(_("the file is empty"), where=name)
    kind = _kind_of(Path(name).suffix.lower(), content)
    if kind == "xlsx":
        return Book(name, tuple(of_xlsx(content, name)))
    text = _decoded(content, name)
    if kind == "csv":
        return Book(name, (Sheet("", of_csv(text, name)),))
    return Book(name, tuple(of_objects(text, kind, name)))


def _kind_of(suffix: str, content: bytes) -> str:
    """What a file is: by its bytes where they tell, else by its name, else by its first line."""
    if content.startswith((b"PK", OLE)):
        return "xlsx"
    if suffix in _KINDS:
        return _KINDS[suffix]
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"[", b"{"):
        return "json"
    line = start.split(b"\n", 1)[0]
    if start.startswith(b"- ") or re.match(rb"[\w\"' ]+:(\s|$)", line):
        return "yaml"
    return "csv"


def _decoded(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError(
        _("the text is neither UTF-8 nor Windows-1251"), where=name, hint=_("save it as UTF-8")
    )
