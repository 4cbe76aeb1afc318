"""How a form looks when it is filled: pictures of its pages, every field framed and named."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data import examples
from pipeline.engines import docx, office
from pipeline.files import work_folder
from pipeline.forms import form as forms
from pipeline.forms.form import Form
from pipeline.geometry import px_from_mm
from pipeline.papers import draft, layout, marks
from pipeline.papers.paper import Place
from pipeline.scans.scan import encode_png
from pipeline.settings import Settings

PREVIEW_DPI = 130
PAPER_ID = "7F3K9QX2MD"  # of the contract's own example: it is never issued
MACHINE, HAND = (60, 130, 30), (200, 80, 0)  # blue, green, red
FRAME_MM = 0.6
NAME_SCALE = 0.42


def pictures(form: Form, settings: Settings) -> list[bytes]:
    """PNGs of the form's pages, filled with the example; nothing is issued.

    Raises:
        FormError: the form cannot be filled or laid out.
        ToolMissingError, ToolFailedError: LibreOffice is missing or fails.
    """
    row = examples.row_of(form.inputs())
    filled = forms.fill(form, row, settings.operator, settings.today)
    made = draft.of(form, docx.compile_template(form.template), filled, PAPER_ID)
    with work_folder(settings.output) as work:
        file = work / f"{form.name}.docx"
        file.write_bytes(made.docx)
        (pdf_file,) = office.to_pdf([file], work, work / "profile")
        pdf = pdf_file.read_bytes()
    sheets = layout.sheets(pdf)
    places = draft.places(form, filled, made, sheets)
    stamped = marks.stamp(pdf, PAPER_ID)
    return [
        _framed(layout.render(stamped, sheet.number, PREVIEW_DPI), sheet.number, places)
        for sheet in sheets
    ]


def _framed(grey: NDArray[np.uint8], number: int, places: Sequence[Place]) -> bytes:
    picture = np.repeat(grey[..., None], 3, axis=2)
    for place in places:
        if place.page != number:
            continue
        colour = HAND if place.hand else MACHINE
        x0, y0, x1, y1 = place.box.grown(FRAME_MM).px(PREVIEW_DPI)
        cv2.rectangle(picture, (x0, y0), (x1, y1), colour, 1, cv2.LINE_AA)
        at = (x0 + 2, y0 - round(px_from_mm(0.4, PREVIEW_DPI)))
        cv2.putText(
            picture, place.field, at, cv2.FONT_HERSHEY_SIMPLEX, NAME_SCALE, colour, 1, cv2.LINE_AA
        )
    return encode_png(np.asarray(picture, np.uint8))
