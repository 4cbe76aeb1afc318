"""``python -m tests.bench.preprocessing FOLDER``: what each step before full-page OCR is worth.

Every page of the folder is read as intake reads a page that no code made ours: with all its steps,
with each of them left out, and with each that it might have put in. Then the same with the fault
that the step is for, laid on every page with enough print. Time is the processor's, with
Tesseract's, so that other work on the machine hardly counts.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import process_time
from typing import Any
from unittest.mock import patch

import click
import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from pipeline.engines import tesseract
from pipeline.engines.tesseract import OcrEngine, Word
from pipeline.errors import ScanError
from pipeline.language.morphology import is_word
from pipeline.others import layer, likeness, seals
from pipeline.scans import scan
from pipeline.scans.scan import PageImage
from tests.bench import faults
from tests.simulator.dice import dice
from tests.simulator.printing import Pixels

SEED = 41
TIMES = 2  # that a page is read as it is: the faster one counts
ENOUGH, RUSSIAN = 40, 0.7  # known words of a page on which faults are laid; their share
HEADINGS = (
    "step", "pages", "n", "ms a page", "known words a page", "known share", "sureness",
    "words found again", "wrong letters",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the folder; ``says`` is its own text, where intake believes it."""

    name: str
    image: PageImage
    says: str


@dataclass(frozen=True, slots=True)
class Read:
    """What was read, and how many seconds of the processor that took."""

    words: tuple[Word, ...]
    seconds: float

    @property
    def text(self) -> str:
        return _plain(self.words)

    @property
    def russian(self) -> list[str]:
        return re.findall(r"[а-я]{3,}", self.text)

    @property
    def known(self) -> int:
        return sum(map(is_word, self.russian))


@dataclass(frozen=True, slots=True)
class Step:
    """A step of intake, or one that is ``tried``, and the fault that it is for.

    Changed, it is left out or put in: ``grey`` makes the picture, ``put`` goes into ``likeness``.
    """

    name: str
    fault: Callable[[Pixels, np.random.Generator], Pixels]
    put: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    grey: Callable[[PageImage], Pixels] = seals.without
    tried: bool = False


_straightened = likeness._straightened


def _levelled(image: Pixels) -> tuple[Pixels, Pixels]:
    straight, back = _straightened(image)
    return faults.levelled(straight), back


STEPS = (
    Step("orientation", faults.turned, {"_is_upright": lambda _words: True}),
    Step("deskew", faults.skewed, {"_straightened": lambda image: (image, np.eye(3))}),
    Step("background", faults.shaded, {"_cleaned": lambda grey: grey}),
    Step("seals taken out", faults.sealed, grey=lambda image: image.grey),
    Step("all colour taken out", faults.sealed, grey=faults.without_colour, tried=True),
    Step("dewarp", faults.bent, {"_straightened": _levelled}, tried=True),
)


def pages(folder: Path, ocr: OcrEngine) -> Iterator[Page]:
    """Every page that intake can open."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            file = scan.open_scan(path, path.name, "")
            for number in range(1, file.pages + 1):
                image = scan.load_page(file, number)
                own = layer.read(file, number, image.grey, ocr)
                yield Page(f"{path.name} {number}", image, _plain(own.words if own else ()))
        except ScanError as error:
            click.echo(f"{path.name}: {error.problem.what}", err=True)


def read(image: PageImage, ocr: OcrEngine, changed: Step | None = None) -> Read:
    """The page as intake reads it, with a step changed."""
    with ExitStack() as stack:
        for name, other in (changed.put if changed else {}).items():
            stack.enter_context(patch.object(likeness, name, other))
        begun = _processor()
        text = likeness.read((changed.grey if changed else seals.without)(image), ocr)
        return Read(text.words, _processor() - begun)


def _processor() -> float:
    """Seconds of the processor: of this process, and of those that it has waited for."""
    times = os.times()
    return process_time() + times.children_user + times.children_system


def _plain(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words).casefold().replace("ё", "е")


def as_it_is(page: Page, ocr: OcrEngine, changed: Step | None = None) -> Read:
    """The page read as it is, the fastest of some times."""
    return min((read(page.image, ocr, changed) for _time in range(TIMES)), key=lambda r: r.seconds)


def with_fault(page: Page, ocr: OcrEngine, step: Step) -> tuple[Read, Read]:
    """The page with the step's fault, read with the step changed, and as intake reads it."""
    pixels = page.image.pixels
    colour = pixels if pixels.ndim == 3 else cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    spoilt = step.fault(np.asarray(colour), dice(SEED, page.name, step.fault.__name__))
    image = replace(page.image, pixels=spoilt, is_colour=True)
    return read(image, ocr, step), read(image, ocr)


def row(step: Step, which: str, pairs: Sequence[tuple[Read, Read]], says: Sequence[str]) -> str:
    """A line of the table: each figure with the step off and on; ``says`` is what the pages say."""
    changed, usual = (_figures(seen, says) for seen in zip(*pairs, strict=True))
    off, on = (usual, changed) if step.tried else (changed, usual)
    cells = (f"{a} → {b}" for a, b in zip(off, on, strict=True))
    return f"| {' | '.join((step.name, which, str(len(pairs)), *cells))} |"


def _figures(seen: Sequence[Read], says: Sequence[str]) -> list[str]:
    """Those of HEADINGS, from the milliseconds on."""
    compared = [(text, one) for text, one in zip(says, seen, strict=True) if text]
    words = [(Counter(text.split()), Counter(one.text.split())) for text, one in compared]
    again = sum((a & b).total() for a, b in words) / max(1, sum(a.total() for a, _b in words))
    letters = sum(len(text) for text, _one in compared)
    wrong = sum(Levenshtein.distance(text, one.text) for text, one in compared) / max(1, letters)
    known, russian = sum(one.known for one in seen), sum(len(one.russian) for one in seen)
    sure = [word.sure for one in seen for word in one.words]
    return [
        f"{1000 * sum(one.seconds for one in seen) / len(seen):.0f}",
        f"{known / len(seen):.1f}", f"{known / max(1, russian):.3f}", f"{np.mean(sure):.3f}",
        f"{again:.3f}", f"{wrong:.3f}",
    ]  # fmt: skip


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    cv2.setNumThreads(1)  # as in intake
    ocr = tesseract.installed()
    every = list(pages(folder, ocr))
    usual = [as_it_is(page, ocr) for page in every]
    enough = [
        (page, page.says or one.text)
        for page, one in zip(every, usual, strict=True)
        if one.known >= max(ENOUGH, RUSSIAN * len(one.russian))
    ]
    click.echo(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    for step in STEPS:
        changed = [as_it_is(page, ocr, step) for page in every]
        pairs = list(zip(changed, usual, strict=True))
        click.echo(row(step, "as they are", pairs, [page.says for page in every]))
        spoilt = [with_fault(page, ocr, step) for page, _text in enough]
        click.echo(row(step, step.fault.__name__, spoilt, [text for _page, text in enough]))


if __name__ == "__main__":
    main()
