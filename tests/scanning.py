"""An office that issues papers and takes their scans in, through the command line alone.

The registry's secret is fixed, so that papers have the same ids and the simulator throws the same
dice in every run.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from pipeline import settings
from pipeline.cli.main import run
from pipeline.errors import DEBUG_VARIABLE
from pipeline.pages import page
from tests.bench import people
from tests.conftest import Said
from tests.simulator import PROFILES, Profile, TruthPage, harsher, scan_papers

DAY = people.DAY
Json = dict[str, Any]
Pixels = NDArray[np.uint8]
# A scan as good as they come, and small: where the damage is not what a test is about.
CLEAN = harsher(
    PROFILES["office"], dpi=(150,), colours=("grey",), skew_deg=0.4, specks=(0, 0), noise=(0, 1)
)


@dataclass(frozen=True, slots=True)
class Office:
    """A workspace; ``office("intake", "inbox")`` runs a command in it, in English."""

    root: Path

    def __call__(self, *arguments: object) -> Said:
        words = [str(argument) for argument in arguments]
        shared = ["--workspace", str(self.root), "--lang", "en", "--today", DAY.isoformat()]
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n") for _stream in "oe")
        clean = {k: v for k, v in os.environ.items() if k not in _NOT_OURS}
        with (
            mock.patch.dict(os.environ, clean, clear=True),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            contextlib.chdir(self.root),
        ):
            code = run([*words, *shared])
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read())
        return Said(code, *texts)

    @property
    def inbox(self) -> Path:
        """Where scans are put."""
        folder = self.root / "inbox"
        folder.mkdir(exist_ok=True)
        return folder

    def take_in(self, *arguments: object) -> list[Json]:
        """What ``intake --json`` says of the inbox; it must not fail."""
        said = self("intake", *(arguments or ("inbox",)), "--json", "--workers", 2)
        assert said.code in (0, 10), said.err
        return said.lines()

    def scan(
        self, papers: Sequence[Json], folder: str, profile: str | Profile = CLEAN, **how: Any
    ) -> list[TruthPage]:
        """Scan papers into a folder of the inbox; the truth, by the names that intake uses."""
        defaults: dict[str, Any] = {"seed": 1, "day": DAY, "work_dpi": 200}
        truth = scan_papers(papers, self.root, self.inbox / folder, profile, **{**defaults, **how})
        return [_at(one, f"inbox/{folder}/{one.file}") for one in truth]

    def page(self, paper: Json, number: int = 1, **how: Any) -> Pixels:
        """One signed page as the scanner saw it, grey."""
        folder = self.root / "glass"
        truth = scan_papers(
            [paper], self.root, folder, CLEAN, fmt="png", day=DAY, work_dpi=200, **how
        )
        name = next(one.file for one in truth if one.page == number)
        with Image.open(folder / name) as image:
            pixels = np.asarray(image.convert("L")).copy()
        shutil.rmtree(folder)
        return pixels

    def put(self, name: str, *pages: Pixels) -> Path:
        """Page images as a file in the inbox: PDF or TIFF of several, PNG of one."""
        path = self.inbox / name
        first, *rest = (Image.fromarray(one) for one in pages)
        more: Mapping[str, Any] = {"save_all": True, "append_images": rest} if rest else {}
        first.save(path, dpi=(150, 150), **more)
        return path

    def copy_to(self, root: Path) -> Office:
        """The same office again, its registry and ids included."""
        shutil.copytree(self.root, root)
        return Office(root)


_NOT_OURS = (settings.REGISTRY_VARIABLE, DEBUG_VARIABLE, "LANGUAGE")


def open_office(root: Path, secret: bytes = b"round and round") -> Office:
    """A workspace of the sample office with a secret that is no secret."""
    root.mkdir(parents=True)
    (root / settings.FILE_NAME).write_bytes(settings.SAMPLE.read_bytes())
    with mock.patch("pipeline.registry.secrets.token_bytes", lambda size: secret.ljust(size)):
        from pipeline.registry import Registry

        with Registry.open(settings.load(root).registry_url):
            pass
    return Office(root)


def issue(office: Office, rows: Sequence[Json], *forms: str) -> list[Json]:
    """Issue forms for rows of data; what ``generate --json`` says."""
    data = office.root / "data.json"
    data.write_text(json.dumps(list(rows), ensure_ascii=False), encoding="utf-8")
    said = office("generate", *forms, "--data", data, "--format", "pdf", "--json")
    assert said.code == 0, said.err
    return said.lines()


def _at(one: TruthPage, name: str) -> TruthPage:
    from dataclasses import replace

    return replace(one, file=name)


def without_codes(pixels: Pixels) -> Pixels:
    """The page with white paper where its codes were."""
    bare = pixels.copy()
    seen = page.codes(pixels)
    assert seen
    for code in seen:
        x0, y0 = code.corners.min(axis=0).astype(int) - 6
        x1, y1 = code.corners.max(axis=0).astype(int) + 6
        bare[max(0, y0) : y1, max(0, x0) : x1] = 255
    assert not page.codes(bare)
    return bare


def with_code(pixels: Pixels, code: Pixels, x: int, y: int) -> Pixels:
    """The page with somebody's code stuck on it."""
    covered = pixels.copy()
    covered[y : y + code.shape[0], x : x + code.shape[1]] = code
    return covered


def qr(text: str, side: int = 110) -> Pixels:
    """A QR code with its quiet zone, ``side`` pixels wide."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    dark = np.array(code.to_image())
    return np.asarray(cv2.resize(dark, (side, side), interpolation=cv2.INTER_NEAREST), np.uint8)
