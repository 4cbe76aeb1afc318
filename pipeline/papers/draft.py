"""A paper before it is issued: its DOCX filled, and its places measured on the laid-out PDF."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.engines import docx
from pipeline.errors import FormError
from pipeline.forms.form import BUILT_IN, Field, Filled, Form
from pipeline.geometry import Box, mm_from_points
from pipeline.i18n import _
from pipeline.papers import layout, marks
from pipeline.papers.layout import Glyph, Sheet
from pipeline.papers.paper import Place

BODY_PT = 12.0  # where neither the run nor its style gives a size
SIGNATURE_MM = (45.0, 10.0)  # least size of the blanks (contract: ``places``)
DATE_MM = (25.0, 7.0)
ROUNDING_MM = 0.02  # a box is told to a hundredth: rounded, it is still no smaller than promised
TEXT_HEIGHT_MM = 6.0
SAME_LINE_MM = 1.0  # the word before a rule stands as close above it, its last blank over it
QUIET_MM = 1.5  # two modules of a code: with less round it readers begin to miss it
_UNDERSCORE_EM = 0.5  # Times New Roman and its metric twins
_BLANK = "_"


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper before it is laid out: its DOCX, and which colour prints which field."""

    docx: bytes
    prints: tuple[tuple[int, str], ...]


def of(form: Form, template: docx.Compiled, filled: Filled, paper_id: str) -> Draft:
    """Fill the template; each print of a value gets the next near-black colour."""
    prints: list[tuple[int, str]] = []
    printed = {**filled.printed, "paper_id": marks.printed(paper_id)}

    def colour(name: str) -> str:
        if name in BUILT_IN:
            return "000000"
        number = layout.colour(len(prints))
        prints.append((number, name))
        return f"{number:06X}"

    def show(name: str, size_pt: float) -> str:
        words = printed.get(name)
        if words is None:
            number = re.fullmatch(r"\w+\.(\d+)\.number", name)
            if number:
                return number[1]
            raise FormError(
                _("the template names an unknown field “{name}”").format(name=name),
                where=f"{form.name}/form.docx",
                hint=_("see paperloop form check"),
            )
        return words or _rule(form.field(name), size_pt)

    tables = {
        t.name: [{"prefix": f"{t.name}.{n}"} for n in range(1, filled.rows[t.name] + 1)]
        for t in form.tables
    }
    conditions = {name: bool(words) for name, words in filled.printed.items()}
    content = docx.fill(template, {**conditions, **tables}, show, colour)
    return Draft(content, tuple(prints))


def places(form: Form, filled: Filled, made: Draft, sheets: Sequence[Sheet]) -> tuple[Place, ...]:
    """Each print's place on the laid-out PDF.

    Raises:
        FormError: a field is lost, is not what was to be printed, leaves the page, or a blank
            for a pen is too small or printed over.
    """
    by_colour = layout.by_colour([g for s in sheets for g in s.glyphs])
    _check_foot(form, sheets)
    found: list[Place] = []
    for number, name in made.prints:
        if re.fullmatch(r"\w+\.\d+\.number", name):
            continue
        item, words = form.field(name), filled.printed[name]
        glyphs = by_colour.get(number, [])
        _check_font(form, item, glyphs)
        seen = "".join(g.char for g in glyphs)
        expected = "".join(filter(layout.leaves_ink, words)) or _BLANK * len(seen)
        if not glyphs or seen != expected:
            raise FormError(
                _("“{title}” is not found back whole on the printed page").format(title=item.title),
                where=f"{form.name}/form.docx, {name}",
                hint=_("give its tag room, and a font that has its letters"),
            )
        for page in sorted({g.page for g in glyphs}):
            box = layout.box_of([g for g in glyphs if g.page == page])
            hand = not words
            if hand:
                box = _hand_box(box, item, sheets[page - 1])
            # A machine's date left for a pen stands in a line of text, which has no such room.
            kind = item.kind if item.by_hand and item.kind in _HAND else "text"
            place = Place(name, kind, hand, page, box, number)
            _check_place(form, place, sheets[page - 1])
            found.append(place)
    return tuple(found)


_HAND = ("signature", "date")


def _rule(item: Field, size_pt: float) -> str:
    """Underscores as long as the field's blank."""
    least = {"signature": SIGNATURE_MM[0], "date": DATE_MM[0]}.get(item.kind, 0.0)
    width = max(item.width_mm, least) + 1.0  # the ends of a rule are not for writing
    return _BLANK * math.ceil(width / mm_from_points((size_pt or BODY_PT) * _UNDERSCORE_EM))


def _hand_box(rule: Box, item: Field, sheet: Sheet) -> Box:
    if item.by_hand and item.kind in _HAND:
        height = (SIGNATURE_MM if item.kind == "signature" else DATE_MM)[1] + ROUNDING_MM
        return Box(rule.x0, rule.y0 - height, rule.x1, rule.y0)
    # Words are written between the lines: as high as the line above lets them.
    room = Box(rule.x0, rule.y0 - TEXT_HEIGHT_MM, rule.x1, rule.y0)
    line = rule.y0 - SAME_LINE_MM
    above = (g.box.y1 for g in sheet.glyphs if g.box.overlaps(room) and g.box.y1 < line)
    return Box(rule.x0, max(above, default=room.y0), rule.x1, rule.y0)


def _check_foot(form: Form, sheets: Sequence[Sheet]) -> None:
    """Nothing is printed where the codes will stand, nor right beside them."""
    for sheet in sheets:
        taken = [box.grown(QUIET_MM) for box in marks.code_boxes(sheet.width, sheet.height)]
        top = min(box.y0 for box in taken)
        low = [glyph.box for glyph in sheet.glyphs if glyph.box.y1 > top]
        if any(glyph.overlaps(box) for glyph in low for box in taken):
            raise FormError(
                _("there is print where the codes go"),
                where=f"{form.name}/form.docx, " + _("page {page}").format(page=sheet.number),
                hint=_("give the page a bottom margin of 27 mm, and the foot one centred line"),
            )


def _check_font(form: Form, item: Field, glyphs: Sequence[Glyph]) -> None:
    """A print is one run of one font: where LibreOffice took another, a letter is not in it."""
    families = Counter[str]()
    for glyph in glyphs:
        families[_family(glyph)] += len(glyph.char)
    own = max(families, key=lambda family: families[family], default="")
    lacking = [char for glyph in glyphs if _family(glyph) != own for char in glyph.char]
    if lacking:
        raise FormError(
            _("“{title}”: the form's font lacks {chars}").format(
                title=item.title, chars=", ".join(dict.fromkeys(lacking))
            ),
            where=f"{form.name}, {item.name}",
            hint=_("give its tag room, and a font that has its letters"),
        )


def _family(glyph: Glyph) -> str:
    """«LiberationSerif» of «LiberationSerif-Bold»."""
    return glyph.font.partition("-")[0]


def _check_place(form: Form, place: Place, sheet: Sheet) -> None:
    page = Box(0, 0, sheet.width, sheet.height)
    wrong = ""
    if not page.contains(place.box):
        wrong = _("lies outside the page")
    elif place.kind in _HAND and place.hand:
        width, _height = SIGNATURE_MM if place.kind == "signature" else DATE_MM
        # The rule belongs to the blank, captions stand beneath it: only the room above counts.
        room = place.box.grown(-0.3)
        if place.box.width < width:
            wrong = _("is narrower than {mm} mm").format(mm=width)
        elif any(g.box.overlaps(room) for g in sheet.glyphs):
            wrong = _("has print where the pen goes")
    if wrong:
        raise FormError(
            _("the blank “{name}” {wrong}").format(name=place.field, wrong=wrong),
            where=f"{form.name}/form.docx, " + _("page {page}").format(page=place.page),
            hint=_("leave more room there in the template"),
        )
