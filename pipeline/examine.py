"""One page that is laid over: its fields read, every glyph verified, its pens and stray ink seen.

Reading and verifying do not know of each other: OCR sees only pictures of lines; the glyphs are
compared with what was printed. Here the two are put side by side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline import gaps, hand, ink, layout, smears, stamps, strokes
from pipeline import glyphs as glyphs_
from pipeline.atlas import Atlas
from pipeline.doubt import Doubt, contradicted, doubts_of, is_saved, is_speck, says
from pipeline.engines.tesseract import OcrEngine
from pipeline.geometry import Box, union
from pipeline.glyphs import Look, Verdict
from pipeline.layout import Glyph, Sheet
from pipeline.page import DPI
from pipeline.paper import Place
from pipeline.placing import words
from pipeline.reading import Alteration, FieldReading, HandMark
from pipeline.register import Laid
from pipeline.scan import encode_png

Image = NDArray[np.uint8]

FOOT_MM = 27.0  # the foot band: codes and the printed id, verified by being read
LINE_MARGIN_MM = (0.35, 0.5)  # about a line's glyphs: enough for OCR, too little for neighbours
CROP_MARGIN_MM = 2.0

ORNAMENTS = "•_"  # carry no meaning: a speck on a bullet changes nothing
# A signature's flourish ends within this of its blank; captions lie there, wording does not.
AROUND_MM = 6.0
BELOW_MM = 8.0
STAMP_MM = 45.0  # the widest


@dataclass(frozen=True, slots=True)
class Examined:
    """What one page shows; ``noise`` and ``black`` tell how good the scan is."""

    fields: tuple[FieldReading, ...]
    hand: tuple[HandMark, ...]
    alterations: tuple[Alteration, ...]


def examine(
    laid: Laid,
    issued: Image,
    sheet: Sheet,
    places: Sequence[Place],
    printed: Mapping[str, str],
    letters: Atlas,
    ocr: OcrEngine,
) -> Examined:
    """Look at everything on a page. ``printed`` holds the issued words by field name."""
    body = [g for g in sheet.glyphs if g.box.y1 < sheet.height - FOOT_MM]
    here = [p for p in places if p.page == sheet.number]
    rules = {p.colour for p in here if p.hand}
    text = [g for g in body if g.colour not in rules and g.char not in ORNAMENTS]
    scan = glyphs_.ink_of(laid.grey)
    seen = glyphs_.look(scan, issued, body)
    black = max(float(seen.curve[-1]), 0.1)
    verdicts = glyphs_.verify(seen, text, letters)
    left = ink.unexplained(scan, issued, black)
    pens = tuple(hand.judge(p, here, left, scan, black, laid, issued, ocr) for p in here if p.hand)
    excused = _hand_ink(left, here)
    doubts = doubts_of(verdicts, text, excused, seen, letters)
    lines, doubts, whole = _read(here, text, verdicts, doubts, scan, seen.scan, ocr)
    changed = {id(d.verdict.glyph): d for d in doubts}
    smeared = smears.smeared(verdicts, seen)
    fields = _fields(here, text, lines, changed, smeared, printed, laid, pens)
    colours = {p.colour for p in here}
    wording = [
        d for d in doubts if d.verdict.glyph.colour not in colours and not is_speck(d, doubts, seen)
    ]
    rows = layout.lines(text)
    alterations = _wording_alterations(wording, rows, seen, laid)
    beyond = laid.beyond(ink.EDGE_MM)
    signed = [place for place in here if place.kind == "signature"]
    strokes_ = [
        Alteration("strike", sheet.number, box, _text_of(line),
                   encode_png(laid.picture(box.grown(4))))
        for line, box in strokes.drawn(rows, seen, excused | beyond)
        if not _is_of_signing(box, signed, scan, issued, black)
    ]  # fmt: skip
    stray = left & ~(excused | beyond)
    alterations += _ink_alterations(stray, scan, black, rows, laid, sheet, here, issued)
    alterations = [*strokes_, *(a for a in alterations if not _belongs(a, strokes_))]
    alterations += _added(rows, seen, excused | beyond, whole, here, alterations, laid)
    return Examined(_touched(fields, here, alterations), pens, tuple(alterations))


def _is_of_signing(
    stroke: Box, signed: Sequence[Place], scan: NDArray[np.float32], issued: Image, black: float
) -> bool:
    """Is it a signature's flourish, or the ring and the words of a stamp that lies over one?"""
    if any(zone.overlaps(stroke) for zone in _flourishes(signed)):
        return True
    return stroke.width < STAMP_MM and any(
        place.box.grown(stamps.REACH_MM).overlaps(stroke)
        and stamps.over(place.box, scan, issued, black)
        for place in signed
    )


def _belongs(one: Alteration, strokes_: Sequence[Alteration]) -> bool:
    """Is it a part of a stroke that is known already: letters that it crosses, ink between them?"""
    return any(one.box.overlaps(it.box.grown(1.0, 2.0)) for it in strokes_ if one.near == it.near)


def _touched(
    fields: Sequence[FieldReading], here: Sequence[Place], alterations: Sequence[Alteration]
) -> tuple[FieldReading, ...]:
    """A verified field with strange ink in or just behind it is not what was issued any more."""
    hit = {
        p.field
        for p in here
        if not p.hand and any(p.box.grown(1.0, 0.0).overlaps(a.box) for a in alterations)
    }
    return tuple(
        replace(f, status="mismatch", confidence=0.5)
        if f.name in hit and f.status == "match"
        else f
        for f in fields
    )


def _hand_ink(left: NDArray[np.bool_], here: Sequence[Place]) -> NDArray[np.bool_]:
    """The ink that belongs to the blanks: whatever hangs together with ink inside one."""
    zone = np.zeros(left.shape, np.uint8)
    for place in here:
        if place.hand:
            x0, y0, x1, y1 = place.box.grown(1.5, 1.5).px(DPI)
            zone[max(0, y0) : y1, max(0, x0) : x1] = 1
    # A pen that crosses print is cut there: bridge the gap that the print's mask leaves.
    bridged = cv2.morphologyEx(left.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))
    _count, labels = cv2.connectedComponents(bridged, connectivity=8)
    touching = np.unique(labels[(zone == 1) & left])
    mine = np.zeros(labels.max() + 1, bool)
    mine[touching] = True
    mine[0] = False
    return np.asarray(mine[labels] & left | (zone == 1))


def _line_crop(line: Sequence[Glyph], scan: NDArray[np.float32]) -> Image:
    box = layout.box_of(line).grown(*LINE_MARGIN_MM)
    x0, y0, x1, y1 = box.px(DPI)
    part = scan[max(0, y0) : y1, max(0, x0) : x1]
    return np.asarray(255 - 255 * part, np.uint8)


def _read(
    here: Sequence[Place],
    text: Sequence[Glyph],
    verdicts: Sequence[Verdict],
    doubts: Sequence[Doubt],
    scan: NDArray[np.float32],
    placed: NDArray[np.float32],
    ocr: OcrEngine,
) -> tuple[dict[str, tuple[str, float]], list[Doubt], frozenset[int]]:
    """OCR of every field's first print, and of the words with a mildly suspect glyph.

    What was read by field, the doubts that stay, and the prints that were read letter for letter.
    The words are those of ``placed``, where a fold no longer runs through them.
    """
    by_colour = layout.by_colour(text)
    crops: list[Image] = []
    owners: list[str] = []
    read_prints: dict[str, int] = {}  # each field's first print, the one that is read
    for place in here:
        if place.hand or place.field in read_prints or place.colour not in by_colour:
            continue
        read_prints[place.field] = place.colour
        for line in layout.lines(by_colour[place.colour]):
            crops.append(_line_crop(line, scan))
            owners.append(place.field)
    mild: dict[int, list[Doubt]] = {}
    for doubt in doubts:
        if not doubt.sure:
            mild.setdefault(id(doubt.word[0]), []).append(doubt)
    crops += [_line_crop(of_word[0].word, placed) for of_word in mild.values()]
    answers = ocr.read_lines(crops)
    lines: dict[str, tuple[str, float]] = {}
    for owner, (said, confidence) in zip(owners, answers, strict=False):
        before, least = lines.get(owner, ("", 1.0))
        lines[owner] = (f"{before} {said}".strip(), min(least, confidence))
    whole = frozenset(
        colour
        for name, colour in read_prints.items()
        if _squeezed(lines[name][0]) == _squeezed("".join(g.char for g in by_colour[colour]))
    )
    saved = {
        first: confidence
        for (first, of_word), (words, confidence) in zip(
            mild.items(), answers[len(owners) :], strict=True
        )
        if says(of_word, _squeezed(words))
    }

    left = [
        d
        for d in doubts
        if not is_saved(d, saved.get(id(d.word[0])))
        and (d.leans or d.verdict.glyph.colour not in whole)
    ]
    verdict_of = {id(verdict.glyph): verdict for verdict in verdicts}
    dirty = {id(d.verdict.glyph) for d in doubts if d.blotted}
    for name, colour in read_prints.items():
        print_ = [verdict_of[id(glyph)] for glyph in by_colour[colour]]
        found = contradicted(print_, _squeezed(lines[name][0]))
        left += [d for d in found if id(d.verdict.glyph) not in dirty]
    return lines, left, whole


def _squeezed(words: str) -> str:
    return re.sub(r"\s+", "", words)


def _fields(
    here: Sequence[Place],
    text: Sequence[Glyph],
    lines: Mapping[str, tuple[str, float]],
    changed: Mapping[int, Doubt],
    smeared: frozenset[int],
    printed: Mapping[str, str],
    laid: Laid,
    pens: Sequence[HandMark],
) -> tuple[FieldReading, ...]:
    by_colour = layout.by_colour(text)
    found: dict[str, FieldReading] = {}
    for place in here:
        if place.hand:
            if place.kind == "text":
                pen = next(p for p in pens if p.name == place.field and p.box == place.box)
                status = "empty" if pen.present is False else "unreadable"
                found.setdefault(
                    place.field,
                    FieldReading(place.field, "", pen.confidence, place.page, place.box, status,
                                 None, "" if status == "empty" else None, pen.crop),
                )  # fmt: skip
            continue
        doubts = [changed[id(g)] for g in by_colour.get(place.colour, ()) if id(g) in changed]
        status = "match"
        if any(d.sure for d in doubts):
            status = "mismatch"
        elif doubts or place.colour in smeared:
            status = "unreadable"
        earlier = found.get(place.field)
        if earlier is not None and not _worse(status, earlier.status):
            continue
        read, confidence = lines.get(place.field, ("", 0.0))
        expected = printed.get(place.field)
        if status == "match":
            confidence = 0.999
        crop = encode_png(laid.picture(place.box.grown(CROP_MARGIN_MM)))
        found[place.field] = FieldReading(
            place.field, read, round(confidence, 3), place.page, place.box, status, expected, None,
            crop,
        )  # fmt: skip
    return tuple(found.values())


_WORSE = ("match", "empty", "read", "unreadable", "mismatch")


def _worse(one: str, other: str) -> bool:
    return _WORSE.index(one) > _WORSE.index(other)


def _wording_alterations(
    doubts: Sequence[Doubt], lines: Sequence[list[Glyph]], seen: Look, laid: Laid
) -> list[Alteration]:
    """Changed glyphs of the fixed wording, one alteration a printed line."""
    if not doubts:
        return []
    suspects = {id(d.verdict.glyph) for d in doubts}
    found = []
    for line in lines:
        wrong = [g for g in line if id(g) in suspects]
        if not wrong:
            continue
        box = union(g.box for g in wrong)
        kind = "erasure" if all(smears.is_gone(g, seen) for g in wrong) else "overprint"
        crop = encode_png(laid.picture(box.grown(4)))
        found.append(Alteration(kind, line[0].page, box, _text_of(line), crop))
    return found


def _added(
    lines: Sequence[list[Glyph]],
    seen: Look,
    excused: NDArray[np.bool_],
    whole: frozenset[int],
    here: Sequence[Place],
    known: Sequence[Alteration],
    laid: Laid,
) -> list[Alteration]:
    """Letters and figures added in the blanks of the lines, those not seen before."""
    apart = [*_flourishes(here), *(one.box for one in known)]
    found = []
    for line, box in gaps.added(lines, seen, excused, whole):
        if not any(box.overlaps(other) for other in apart):
            crop = encode_png(laid.picture(box.grown(4)))
            found.append(Alteration("insertion", line[0].page, box, _text_of(line), crop))
    return found


def _text_of(line: Sequence[Glyph]) -> str:
    """A printed line's words: PDFs keep no blanks, gaps tell them."""
    return " ".join("".join(g.char for g in word) for word in words(line))


def _ink_alterations(
    stray: NDArray[np.bool_],
    scan: NDArray[np.float32],
    black: float,
    lines: Sequence[list[Glyph]],
    laid: Laid,
    sheet: Sheet,
    here: Sequence[Place],
    issued: Image,
) -> list[Alteration]:
    """Ink that nothing explains: strikes where it lies flat over a line, else insertions."""
    found = []
    boxes = [layout.box_of(line) for line in lines]
    flourish = _flourishes(here)
    for piece in ink.strays(stray, scan, black, sheet, boxes, issued):
        if any(zone.contains(piece.box) for zone in flourish):
            continue
        near = min(
            lines,
            key=lambda line: _distance(layout.box_of(line), piece.box),
            default=[],
        )
        over = bool(near) and layout.box_of(near).overlaps(piece.box)
        flat = piece.box.width > 3 * piece.box.height
        kind = "strike" if over and flat else "insertion"
        crop = encode_png(laid.picture(piece.box.grown(4)))
        found.append(
            Alteration(kind, sheet.number, piece.box, _text_of(near) if near else "", crop)
        )
    return found


def _flourishes(here: Sequence[Place]) -> list[Box]:
    """Where the end of a signature may lie: over the caption at most."""
    return [
        Box(p.box.x0 - AROUND_MM, p.box.y0 - AROUND_MM, p.box.x1 + AROUND_MM, p.box.y1 + BELOW_MM)
        for p in here
        if p.hand
    ]


def _distance(one: Box, other: Box) -> float:
    dy = max(one.y0 - other.y1, other.y0 - one.y1, 0.0)
    dx = max(one.x0 - other.x1, other.x0 - one.x1, 0.0)
    return dy + dx / 4
