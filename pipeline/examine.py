"""One page that is laid over: its fields read, every glyph verified, its pens and stray ink seen.

Reading and verifying do not know of each other: OCR sees only pictures of lines; the glyphs are
compared with what was printed. Here the two are put side by side.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.engines.tesseract import OcrEngine
from pipeline.geometry import Box
from pipeline.pages import ink, streaks
from pipeline.pages.page import DPI
from pipeline.pages.reading import Alteration, FieldReading, HandMark, is_worse
from pipeline.pages.registration import Laid
from pipeline.papers import layout, marks
from pipeline.papers.layout import Glyph, Sheet
from pipeline.papers.paper import Place
from pipeline.pens import alterations, hand, stamps
from pipeline.prints import glyphs as glyphs_
from pipeline.prints import placing, smears
from pipeline.prints.atlas import Atlas
from pipeline.prints.doubt import Doubt, contradicted, doubts_of, is_saved, is_speck, left_out, says
from pipeline.prints.glyphs import GlyphVerdict
from pipeline.scans.scan import encode_png

Image = NDArray[np.uint8]

LINE_MARGIN_MM = (0.35, 0.5)  # about a line's glyphs: enough for OCR, too little for neighbours
BEHIND_MM = 1.3  # past a value, where nothing is printed: OCR shall see what was added to it
CROP_MARGIN_MM = 2.0

ORNAMENTS = "•_"  # carry no meaning: a speck on a bullet changes nothing
FOOT_LAID = 0.3  # correlation with its print
FOOT_BENT_MM = 5.0  # how far its print may lie off
STAMP_REACH_MM = 0.5  # from a value: ink there may be meant for it


@dataclass(frozen=True, slots=True)
class Examined:
    """What one page shows: its fields, the blanks for a pen, and what was done to the rest."""

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
    body = [g for g in sheet.glyphs if g.box.y1 < sheet.height - alterations.FOOT_MM]
    here = [p for p in places if p.page == sheet.number]
    rules = {p.colour for p in here if p.hand}
    text = [g for g in body if g.colour not in rules and g.char not in ORNAMENTS]
    scan, folds = streaks.taken_out(ink.ink_of(laid.grey), issued)
    seen = glyphs_.look(scan, issued, body)
    verdicts = glyphs_.verify(seen, text, letters)
    left = ink.unexplained(scan, issued, seen.black)
    for bent in _bent_foot(scan, issued, sheet):
        left[ink.window(bent, left.shape, FOOT_BENT_MM)] = False
    pens = tuple(
        hand.judge(p, here, left, scan, seen.black, laid, issued, ocr) for p in here if p.hand
    )
    excused = _hand_ink(left, here)
    doubts = doubts_of(verdicts, text, excused, seen, letters)
    lines, doubts, whole = _read(here, text, verdicts, doubts, scan, seen.scan, ocr)
    changed = {id(d.verdict.glyph): d for d in doubts}
    smeared, hurt = smears.found(verdicts, seen, excused)
    fields = _fields(here, text, lines, changed, smeared, printed, laid, pens)
    colours = {p.colour for p in here}
    wording = [
        d for d in doubts if d.verdict.glyph.colour not in colours and not is_speck(d, doubts, seen)
    ]
    page = alterations.LaidPage(laid, sheet, here, layout.lines(text), scan, seen, left, folds)
    excused |= laid.beyond(ink.EDGE_MM)
    hurt = [word for word in hurt if word[0].colour not in colours]
    found = alterations.find(page, wording, hurt, excused, whole)
    under = stamps.covered([a.box for a in found], scan, issued, seen.black)
    if under.any():
        wording = [d for d in wording if not alterations.is_stamped(d, under, seen)]
        hurt = [w for w in hurt if not under[ink.window(layout.box_of(w), under.shape, 0.0)].any()]
        touched = {p.field for p in _touching(here, text, found) if p.colour not in whole}
        fields = _doubted(fields, touched, "unreadable")
        fields = _stamped(fields, text, here, under & left, whole)
        found = alterations.find(page, wording, hurt, excused | under, whole)
    if any(pen.kind == "signature" and pen.present is False for pen in pens):
        found = [
            replace(one, looks_like="signature")
            if hand.may_be_signature(one, left, scan, seen.black, ocr)
            else one
            for one in found
        ]
    # A verified field with strange ink in or just behind it is not what was issued any more.
    touched = {p.field for p in _touching(here, text, found)}
    return Examined(_doubted(fields, touched, "mismatch"), pens, tuple(found))


def _bent_foot(scan: NDArray[np.float32], issued: Image, sheet: Sheet) -> list[Box]:
    """Where the foot's print and codes should be, if they are not: the foot may be bent.

    What is printed there would be taken for ink that nobody explains.
    """
    foot = [g for g in sheet.glyphs if g.box.y0 > sheet.height - alterations.FOOT_MM]
    if not foot:
        return []
    x0, y0, x1, y1 = placing.box_px(foot, placing.MARGIN_PX, issued.shape)
    if placing.correlation(scan[y0:y1, x0:x1], 255.0 - issued[y0:y1, x0:x1]) > FOOT_LAID:
        return []
    return [layout.box_of(foot), *marks.code_boxes(sheet.width, sheet.height)]


def _touching(
    here: Sequence[Place], text: Sequence[Glyph], found: Sequence[Alteration]
) -> list[Place]:
    """The places of values with strange ink in one of their lines, or behind it."""
    if not found:
        return []
    by_colour = layout.by_colour(text)
    boxes = [
        (place, _with_blank(line, place, text).grown(1.0, 0.0))
        for place in here
        if not place.hand
        for line in layout.lines(by_colour.get(place.colour, ()))
    ]
    return [place for place, box in boxes if any(box.overlaps(one.box) for one in found)]


def _with_blank(line: Sequence[Glyph], place: Place, text: Sequence[Glyph]) -> Box:
    """A line of a value with the paper behind it, as far as its place or the wording."""
    box = layout.box_of(line)
    return replace(box, x1=max(box.x1, min(place.box.x1, _next_print(line[-1], text))))


def _doubted(
    fields: Sequence[FieldReading], names: set[str], status: str
) -> tuple[FieldReading, ...]:
    """The fields, those of these names no match any more."""
    return tuple(
        replace(f, status=status, confidence=0.5) if f.name in names and f.status == "match" else f
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
    mine = ink.touched(np.asarray(bridged, np.uint8), (zone == 1) & left)
    return np.asarray(mine & left | (zone == 1))


def _room_behind(last: Glyph, text: Sequence[Glyph]) -> float:
    """Millimetres of free paper that are shown to OCR behind a line's last glyph."""
    gap = min(_next_print(last, text) - last.box.x1, BEHIND_MM + LINE_MARGIN_MM[0])
    return max(gap / 2, min(gap - LINE_MARGIN_MM[0], BEHIND_MM))


def _next_print(last: Glyph, text: Sequence[Glyph]) -> float:
    """Where the next glyph of a glyph's line begins."""
    behind = replace(last.box, x1=math.inf)
    return min(
        (g.box.x0 for g in text if g.box.x0 > last.box.x1 and g.box.overlaps(behind)),
        default=math.inf,
    )


def _line_crop(
    line: Sequence[Glyph], scan: NDArray[np.float32], behind: float = LINE_MARGIN_MM[0]
) -> Image:
    box = layout.box_of(line)
    box = replace(box.grown(*LINE_MARGIN_MM), x1=box.x1 + behind)
    x0, y0, x1, y1 = box.px(DPI)
    part = scan[max(0, y0) : y1, max(0, x0) : x1]
    return np.asarray(255 - 255 * part, np.uint8)


def _read(
    here: Sequence[Place],
    text: Sequence[Glyph],
    verdicts: Sequence[GlyphVerdict],
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
            crops.append(_line_crop(line, scan, _room_behind(line[-1], text)))
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
        read = _squeezed(lines[name][0])
        left += [d for d in contradicted(print_, read) if id(d.verdict.glyph) not in dirty]
        left += left_out(print_, read)
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
        read, confidence = lines.get(place.field, ("", 0.0))
        if earlier is not None and not is_worse(status, earlier.status):
            continue
        expected = printed.get(place.field)
        if status == "match":
            confidence = 0.999
        crop = encode_png(laid.picture(place.box.grown(CROP_MARGIN_MM)))
        found[place.field] = FieldReading(
            place.field, read, round(confidence, 3), place.page, place.box, status, expected, None,
            crop,
        )  # fmt: skip
    return tuple(found.values())


def _stamped(
    fields: Sequence[FieldReading],
    text: Sequence[Glyph],
    here: Sequence[Place],
    stamp: NDArray[np.bool_],
    whole: frozenset[int],
) -> tuple[FieldReading, ...]:
    """A value under a stamp's ink, which may hide what was added to it, has to be read whole."""
    by_colour = layout.by_colour(text)
    hidden = {
        place.field
        for place in here
        if not place.hand and place.colour not in whole
        for glyph in by_colour.get(place.colour, ())
        if stamp[ink.window(glyph.box, stamp.shape, STAMP_REACH_MM)].any()
    }
    return _doubted(fields, hidden, "unreadable")
