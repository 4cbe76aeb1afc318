"""The programs that one would use instead, called the way their users call them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter

import pypdfium2
from docxtpl import DocxTemplate

from pipeline.engines import office as libreoffice
from pipeline.flow.wishes import Wish
from tests.bench.setting import WORKERS
from tests.bench.workspaces import shell

_CLONE = Path(__file__).parents[2]
OCRMYPDF = _CLONE / ".venv-bench" / "bin" / "ocrmypdf"
_OCRMYPDF_HOW = (
    "-l", "rus", "--force-ocr", "--deskew", "--rotate-pages", "--jobs", str(WORKERS),
    "--output-type", "pdf", "--optimize", "0",
)  # fmt: skip
_FILES_A_CALL = 100  # of LibreOffice
_DPI = 300  # what a full page is recognised at; Tesseract's own advice


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def ocrmypdf(pile: Path, folder: Path) -> float:
    """Make a pile searchable; seconds."""
    out = folder / "searchable.pdf"
    command = [str(OCRMYPDF), *_OCRMYPDF_HOW, "--quiet", str(pile), str(out)]
    return seconds(lambda: subprocess.run(command, check=True, capture_output=True, env=shell()))


def tesseract(pile: Path, folder: Path) -> float:
    """Recognise every whole page, two processes of one thread each; seconds without rendering."""
    images = _images(pile, folder)
    environ = {**shell(), "OMP_THREAD_LIMIT": "1"}

    def one(image: Path) -> None:
        command = ["tesseract", str(image), str(image.with_suffix("")), "-l", "rus"]
        subprocess.run(command, check=True, capture_output=True, env=environ)

    def all_pages() -> None:
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(one, images))

    return seconds(all_pages)


def _images(pile: Path, folder: Path) -> list[Path]:
    """The scans inside a PDF as image files, as they were scanned."""
    answer = []
    document = pypdfium2.PdfDocument(pile)
    for number, page in enumerate(document, start=1):
        image = next(iter(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])))
        path = folder / f"{number:04}.png"
        picture = image.get_bitmap().to_pil().convert("L")
        dpi = picture.width / page.get_width() * 72
        picture.save(path, dpi=(dpi, dpi), compress_level=1)
        answer.append(path)
    document.close()
    return answer


def docxtpl(wishes: Sequence[Wish], folder: Path) -> float:
    """Fill each paper as docxtpl's own documentation does: open, render, save; seconds."""
    folder.mkdir()

    def all_papers() -> None:
        for number, wish in enumerate(wishes):
            template = DocxTemplate(wish.form.template)
            template.render(_context(wish), autoescape=True)
            template.save(folder / f"{number:04}.docx")

    return seconds(all_papers)


def _context(wish: Wish) -> dict[str, object]:
    """The printed words by name, those of a table as a list of rows."""
    context: dict[str, object] = {"paper_id": "7F3K-9QX2-MD-A"}
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for name, words in wish.filled.printed.items():
        table, _, rest = name.partition(".")
        if rest:
            number, _, column = rest.partition(".")
            row = tables.setdefault(table, {}).setdefault(number, {"number": number})
            row[column] = words
        else:
            context[name] = words or "_" * 20
    return {**context, **{table: list(rows.values()) for table, rows in tables.items()}}


def soffice(files: Sequence[Path], folder: Path) -> float:
    """Turn all files into PDF by LibreOffice, called once for every hundred of them; seconds."""
    program = libreoffice.program() or shutil.which("soffice") or "soffice"
    took = 0.0
    with tempfile.TemporaryDirectory() as profile:
        command = [
            program, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless",
            "--convert-to", "pdf", "--outdir", str(folder),
        ]  # fmt: skip
        for start in range(0, len(files), _FILES_A_CALL):
            call = [*command, *map(str, files[start : start + _FILES_A_CALL])]
            took += seconds(partial(subprocess.run, call, check=True, capture_output=True))
    missing = [file.name for file in files if not (folder / f"{file.stem}.pdf").is_file()]
    if missing:
        raise RuntimeError(f"LibreOffice made no PDF of {missing[0]} and {len(missing) - 1} more")
    return took
