"""A copy of a form that was not issued here: what its fields say, and where a pen was at work.

Comes in: the page's text laid along the form. Goes out: readings in millimetres of the scan as it
lies. Nothing was issued that they could be compared with, so nothing here is ever sure: a person
says each value. What a pen wrote OCR cannot read; where ink stands in a gap that holds no sound
value, the field is unreadable and shown. Only a date by hand is read, on trial.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.engines.tesseract import Word
from pipeline.forms import rules
from pipeline.forms.form import Field
from pipeline.geometry import A4_MM, MM_PER_INCH, Box, mm_from_px, px_from_mm
from pipeline.language.lettering import folded
from pipeline.others import alignment, blanks, likeness, values
from pipeline.others.alignment import Alignment, Inside
from pipeline.others.likeness import READ_DPI, Pixels, Text
from pipeline.others.skeleton import Skeleton
from pipeline.pages.reading import Content, FieldReading, HandMark
from pipeline.pens import dates
from pipeline.scans.scan import encode_png

Image = NDArray[np.uint8]

SURE = 0.6  # of OCR, of the weakest word: below it a value is shown and not taken for read
AIR_MM = 1.5  # about a picture
NAME = "full_name"
DECLINED = f"{NAME}_"  # so begin the names of fields that hold the name in another case
LINE_MM = 14.0  # what is higher is no single line, however large somebody writes
CAPTION = "дата"  # under a date's blank


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its text; ``starts`` says where each word begins in it."""

    grey: Image
    text: Text
    joined: str
    starts: tuple[int, ...]

    def between(self, place: Inside) -> list[tuple[str, Word]]:
        """The words in a gap, each as far as it lies there, signs at its ends left out."""
        end = len(self.joined) if place.end is None else place.end
        found = []
        for start, word in zip(self.starts, self.text.words, strict=True):
            first, last = max(start, place.start), min(start + len(word.text), end)
            if first < last:
                found.append((self.joined[first:last], word))
        said = [at for at, (piece, _word) in enumerate(found) if re.search(r"[^\W_]", piece)]
        return found[said[0] : said[-1] + 1] if said else []


def page_of(grey: Image, text: Text) -> Page:
    """The page with its words in a row."""
    words = [word.text for word in text.words]
    starts = accumulate((len(word) + 1 for word in words), initial=0)
    return Page(grey, text, " ".join(words), tuple(starts)[:-1])


def read(
    page: Page, one: Alignment, number: int, today: date
) -> tuple[list[FieldReading], list[HandMark]]:
    """Every field and blank for a pen on the page, the scan's page ``number``."""
    fields: list[FieldReading] = []
    hand: list[HandMark] = []
    fixed = {id(word) for word in _fixed(page, one)}
    for gap, names in sorted(one.skeleton.slots.items()):
        place = alignment.inside(one, gap)
        items = [one.skeleton.fields.get(name) for name in names]
        if place is None or None in items:
            continue
        known = [item for item in items if item]
        words = page.between(place)
        is_edge = gap in (one.first, one.last) and not place.is_sure
        if is_edge and not words:
            continue  # on the page before or after
        parts = values.shared(known, words, one.skeleton, today) if place.is_sure else None
        region = _region(page, one, place)
        for at, item in enumerate(known):
            part = words if parts is None else parts[at]
            rest = [word for word in words if word not in part]
            ink = blanks.ink(
                page.grey, page.text, region, fixed | {id(word) for _piece, word in rest}
            )
            if item.by_hand and item.kind in ("signature", "date"):
                mine = part if parts else []
                there = ink or (likeness.around([word for _piece, word in mine]) if mine else None)
                mark = _mark(page, item, mine, there, region, number)
                if there and item.kind == "date" and not mark.days:
                    alone = _one_line(there, words) if len(known) == 1 else None
                    blank = alone or _over_caption(page, place, fixed)
                    mark = _on_trial(page, mark, blank, fixed, today)
                hand.append(mark)
            else:
                seen = _field(page, item, part, ink or region, number, today)
                if parts is None and seen.status != "empty":
                    seen = replace(seen, status="unreadable")
                office = one.skeleton.office.get(item.name)
                if office and _plain(seen.read, item.kind) == _plain(office, item.kind):
                    seen = replace(seen, read=office)  # OCR makes signs of specks
                unlike = not values.is_office(office, seen.read)
                by_pen = not office and any(
                    blanks.is_on_rule(page.grey, page.text, word.box) for _piece, word in part
                )
                if (ink and not part) or (unlike and seen.read) or by_pen:
                    seen = replace(seen, status="unreadable")
                fields.append(seen)
    return _agreed(fields, one.skeleton), hand


def content(one: Alignment, fields: Sequence[FieldReading]) -> Content:
    """What the page is, and what on it tells whose: only what was read and holds."""
    said = {f.name: f.read for f in reversed(fields) if f.status == "read"}
    numbers = []
    if passport := said.get("passport_series", "") and said.get("passport_number", ""):
        numbers.append(f"passport:{said['passport_series']}{passport}")
    for name in ("snils", "inn"):
        if name in said:
            numbers.append(f"{name}:{re.sub(r'[^0-9]', '', said[name])}")
    declined = next((said[name] for name in said if name.startswith(DECLINED)), "")
    doubtful = (f.read.strip(" ,") for f in fields if f.status == "unreadable" and NAME in f.name)
    return Content(
        numbers=tuple(numbers),
        name=said.get(NAME, declined),
        born=rules.parse_date(said.get("birth_date", "")),
        form=one.skeleton.form,
        words=(one.first, one.last, len(one.skeleton.words)),
        version=one.skeleton.version,
        heard=next((read for read in doubtful if values.NAME.fullmatch(read)), ""),
    )


def _agreed(fields: Sequence[FieldReading], skeleton: Skeleton) -> list[FieldReading]:
    """Of several prints of one value all must say the same."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in fields:
        if one.status == "read":
            found[one.name].add(_plain(one.read, skeleton.fields[one.name].kind))
    return [
        replace(one, status="unreadable")
        if one.status == "read" and len(found[one.name]) > 1
        else one
        for one in fields
    ]


def _plain(value: str, kind: str) -> str:
    return folded(re.sub(r"\W+", "", rules.normalise(kind, value)))


def _field(
    page: Page, item: Field, part: Sequence[tuple[str, Word]], box: Pixels, number: int, today: date
) -> FieldReading:
    value = values.said(item, part)
    box = likeness.around([word for _piece, word in part]) if part else box
    sure = min((word.sure for _piece, word in part), default=0.0)
    status = "empty"
    if value:
        is_read = (
            sure >= SURE and values.holds(item, value, today) and not values.is_odd(item, value)
        )
        status = "read" if is_read else "unreadable"
    place, crop = _shown(page, box)
    return FieldReading(item.name, value, round(sure, 3), number, place, status, crop=crop)


def _mark(
    page: Page,
    item: Field,
    part: Sequence[tuple[str, Word]],
    box: Pixels | None,
    region: Pixels,
    number: int,
) -> HandMark:
    """A blank for a pen: where nothing stands, nobody signed; what stands there a person sees."""
    day = rules.parse_date(values.said(item, part)) if item.kind == "date" else None
    place, crop = _shown(page, box or region)
    return HandMark(
        item.name,
        item.kind,
        None if box else False,
        0.5 if box else 0.9,
        number,
        place,
        crop,
        days=(day.isoformat(),) if day else (),
    )


def _one_line(box: Pixels, words: Sequence[tuple[str, Word]]) -> Pixels | None:
    """What stands in a gap, if in one line; of several the first, whatever OCR made of it."""
    if box[3] - box[1] < px_from_mm(LINE_MM, READ_DPI):
        return box
    if not words:
        return None
    _left, top, _right, foot = words[0][1].box
    return likeness.around(
        word for _piece, word in words if top < (word.box[1] + word.box[3]) / 2 < foot
    )


def _over_caption(page: Page, place: Inside, fixed: Collection[int]) -> Pixels | None:
    """The date's blank of several in a row, where the first of their captions says that it is."""
    end = len(page.joined) if place.end is None else place.end
    behind = zip(page.starts, page.text.words, strict=True)
    caption = next((w for at, w in behind if at + len(w.text) > end and id(w) in fixed), None)
    if caption is None or _plain(caption.text, "text") != CAPTION:
        return None
    return blanks.over_rule(page.grey, page.text, caption.box)


def _on_trial(
    page: Page, mark: HandMark, blank: Pixels | None, fixed: Collection[int], today: date
) -> HandMark:
    """The mark with the days that a pen may have written in the blank: proposals, never more."""
    if blank is None:
        return mark
    found = dates.read(blanks.writing(page.grey, page.text, blank, fixed))
    # What can be right is proposed first; how sure that is nobody knows.
    likely = sorted(found, key=lambda guess: guess.day > today)
    sure = likely[0].certainty if likely and likely[0] == found[0] else 0.0
    return replace(mark, days=tuple(guess.day.isoformat() for guess in likely), certainty=sure)


def _fixed(page: Page, one: Alignment) -> Iterator[Word]:
    """The words on the page that are the form's own."""
    spans = [(one.said[j].start, one.said[j].end) for _i, j in one.pairs]
    at = 0
    for start, word in zip(page.starts, page.text.words, strict=True):
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        if at < len(spans) and spans[at][0] < start + len(word.text):
            yield word


def _region(page: Page, one: Alignment, place: Inside) -> Pixels:
    """Where the gap lies on the page: in its line, else from the line before to the line after."""
    words = page.text.words
    left, top = (min(word.box[side] for word in words) for side in (0, 1))
    right, foot = (max(word.box[side] for word in words) for side in (2, 3))
    before = [w for s, w in zip(page.starts, words, strict=True) if s < place.start]
    end = len(page.joined) if place.end is None else place.end
    after = [
        w for s, w in zip(page.starts, words, strict=True) if s + len(w.text) > end and s >= end - 1
    ]
    first, last = (before[-1].box if before else None), (after[0].box if after else None)
    if first and last and min(first[3], last[3]) - max(first[1], last[1]) > 0 < last[0] - first[2]:
        return first[2], min(first[1], last[1]), last[0], max(first[3], last[3])
    return left, first[1] if first else top, right, last[3] if last else foot


def _shown(page: Page, box: Pixels) -> tuple[Box, bytes]:
    """A box of the text's pixels in millimetres of the scan, taken for A4, and its picture."""
    corners = np.array([[[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]]])
    there = cv2.perspectiveTransform(corners.astype(np.float64), page.text.to_scan)[0]
    dpi = max(page.grey.shape) / (A4_MM[1] / MM_PER_INCH)
    low, high = there.min(axis=0), there.max(axis=0)
    place = Box(*(mm_from_px(float(side), dpi) for side in (*low, *high)))
    air = px_from_mm(AIR_MM, READ_DPI)
    picture = likeness.cut(
        page.grey, page.text, (box[0] - air, box[1] - air, box[2] + air, box[3] + air)
    )
    return place, encode_png(picture)
