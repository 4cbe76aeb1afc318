"""Whatever bytes come: codes are ours or nobody's, files are pages or one line of complaint.

Short and the same in every run of the suite. ``PAPERLOOP_FUZZ=20000`` tries so many, new ones.
"""

from __future__ import annotations

import io
import os
import string
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.errors import ScanError
from pipeline.papers import marks
from pipeline.papers.marks import ALPHABET, ID_LENGTH, MAX_PAGES, Mark
from pipeline.scans import scan

ASKED = int(os.environ.get("PAPERLOOP_FUZZ", "0"))
MEMORY_MB = 1024  # what a worker may take


def fuzzed(examples: int) -> settings:
    """So many examples, always the same; or as many new ones as the environment asks for."""
    return settings(
        max_examples=ASKED or examples,
        derandomize=not ASKED,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


# Codes

papers = st.text(ALPHABET, min_size=ID_LENGTH, max_size=ID_LENGTH)
codes = st.builds(
    lambda paper, of, share: marks.encode(Mark(paper, 1 + int(share * (of - 1)), of)),
    papers, st.integers(1, MAX_PAGES), st.floats(0, 1),
)  # fmt: skip
letters = st.characters() | st.sampled_from(string.printable + "ОАЗ٣３")


@fuzzed(300)
@given(
    st.text()
    | st.binary().map(lambda raw: raw.decode("latin-1"))
    | st.text(string.digits + string.ascii_uppercase, min_size=18, max_size=18).map("PL1".__add__)
    | st.builds("PL1{}{}{}".format, papers, st.from_regex(r"\d{4}", fullmatch=True), letters)
)
@example("PL1" + "0" * ID_LENGTH + "٠١٠١" + "0")  # figures, but not ours
def test_text_is_a_mark_only_as_it_was_encoded(text: str) -> None:
    mark = marks.decode(text)
    assert mark is None or marks.encode(mark) == text


@fuzzed(300)
@given(codes, st.integers(0, 30), letters)
def test_one_changed_character_is_never_another_page(code: str, at: int, other: str) -> None:
    at %= len(code)
    assume(code[at] != other)
    assert marks.decode(code[:at] + other + code[at + 1 :]) is None
    assert marks.decode(code[:at] + code[at + 1 :]) is None
    assert marks.decode(code[:at] + other + code[at:]) is None


@fuzzed(200)
@given(st.text() | st.text(ALPHABET + "OILU -·", max_size=20))
def test_printed_id_in_any_text_is_well_formed(text: str) -> None:
    paper = marks.from_print(text)
    assert paper is None or (len(paper) == ID_LENGTH and set(paper) <= set(ALPHABET))


# Files


def pictures() -> dict[str, bytes]:
    """A small valid file of each kind that scanners and phones write."""
    rng = np.random.default_rng(7)
    page = np.where(rng.random((420, 300)) < 0.06, 30, 245).astype(np.uint8)
    grey = Image.fromarray(page)
    colour = grey.convert("RGB")
    colour.paste((30, 40, 200), (50, 100, 90, 120))
    kinds: dict[str, tuple[Image.Image, dict[str, Any]]] = {
        "grey png": (grey, {}),
        "colour png": (colour, {}),
        "grey jpeg": (grey, {"quality": 70}),
        "colour jpeg": (colour, {"quality": 70, "progressive": True}),
        "lzw tiff": (grey, {"compression": "tiff_lzw"}),
        "jpeg tiff": (colour, {"compression": "jpeg"}),
        "g4 tiff": (grey.convert("1"), {"compression": "group4"}),
        "two tiff": (grey, {"save_all": True, "append_images": [grey.convert("1")]}),
        "jpeg pdf": (colour, {}),
        "g4 pdf": (grey.convert("1"), {}),
    }
    found = {}
    for name, (image, how) in kinds.items():
        stream = io.BytesIO()
        image.save(stream, name.split()[1], **how)
        found[name] = stream.getvalue()
    with pikepdf.open(io.BytesIO(found["jpeg pdf"])) as pdf:
        pdf.pages.append(pdf.pages[0])
        stream = io.BytesIO()
        pdf.save(stream, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        found["packed pdf"] = stream.getvalue()
    return found


PICTURES = pictures()
# What sizes, counts and offsets are made of, in either order of bytes and as a PDF writes them.
NUMBERS = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 20_000, 100_000, 0x7FFFFFFF, 0xFFFFFFFF]
pieces = (
    st.binary(min_size=1, max_size=8)
    | st.builds(
        lambda n, size, order: (n % 256**size).to_bytes(size, order),
        st.sampled_from(NUMBERS), st.sampled_from([2, 4]), st.sampled_from(["big", "little"]),
    )
    | st.sampled_from([str(n).encode() for n in NUMBERS])
    | st.sampled_from([b"endstream", b"<<", b"[", b"/Length -1", b"\xff\xd9", b"\xff\xda", b"IDAT"])
)  # fmt: skip
places = st.floats(0, 1, exclude_max=True) | st.floats(0, 0.1)  # headers stand in front
harms = st.tuples(st.sampled_from(["over", "insert", "cut", "end", "twice"]), places, pieces)


def harmed(content: bytes, how: str, place: float, piece: bytes) -> bytes:
    at, size = int(place * len(content)), len(piece)
    match how:
        case "over":
            return content[:at] + piece + content[at + size :]
        case "insert":
            return content[:at] + piece + content[at:]
        case "cut":
            return content[:at] + content[at + size * 40 :]
        case "end":
            return content[:at]
    return content[:at] + content[at : at + size * 40] + content[at:]


def looked_at(path: Path) -> list[scan.PageImage]:
    """Every page of a file as intake loads it; a page or file that is refused leaves none."""
    try:
        found = scan.open_scan(path, "inbox/a", scan.fingerprint(path, "inbox/a"))
    except ScanError as error:
        assert is_told(error)
        return []
    pages = []
    for number in range(1, min(found.pages, 4) + 1):
        try:
            pages.append(scan.load_page(found, number))
        except ScanError as error:
            assert is_told(error)
    return pages


def is_told(error: ScanError) -> bool:
    """One line: where, what, what to do."""
    problem = error.problem
    told = (problem.where, problem.what, problem.hint)
    return problem.where == "inbox/a" and all(told) and "\n" not in str(problem)


def memory_mb() -> float:
    """The most that this process ever took."""
    resource = pytest.importorskip("resource")
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


@fuzzed(400)
@given(st.sampled_from(sorted(PICTURES)), st.lists(harms, min_size=1, max_size=4))
def test_harmed_file_is_pages_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, name: str, done: list[tuple[str, float, bytes]]
) -> None:
    content = PICTURES[name]
    for how, place, piece in done:
        content = harmed(content, how, place, piece)
    path = tmp_path_factory.getbasetemp() / "harmed"
    path.write_bytes(content)
    before = memory_mb()
    for page in looked_at(path):
        assert page.pixels.dtype == np.uint8 and page.pixels.ndim in (2, 3)
        assert 0 < max(page.pixels.shape[:2]) <= scan.WORK_LONG_SIDE_PX * 1.05
    assert memory_mb() - before < MEMORY_MB


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_unharmed_files_are_pages(tmp_path: Path, name: str) -> None:
    path = tmp_path / "whole"
    path.write_bytes(PICTURES[name])
    assert len(looked_at(path)) == (2 if name in ("two tiff", "packed pdf") else 1)
