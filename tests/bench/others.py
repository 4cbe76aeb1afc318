"""Papers that were not issued here: is each taken for what it is, and for nothing that it is not?

Our forms set by another program in other fonts and lines; their near relatives; others' documents.
The simulator's scanners see them all in one pile. A person looks at each of them whatever is read,
so what counts is what that person is told.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pypdfium2 as pdfium

from pipeline import settings
from pipeline.engines import office as libreoffice
from pipeline.flow import wishes
from pipeline.flow.wishes import Wish
from pipeline.forms import form as forms
from pipeline.papers import layout
from pipeline.settings import Settings
from tests.bench import people, relatives, workspaces
from tests.bench.measure import NONE, Row, at_least, at_most, share_of
from tests.bench.setting import FILE_PAGES, WORKERS, Setting
from tests.bench.workspaces import Json, Workspace
from tests.simulator import HELD_OUT_HANDS, PROFILES
from tests.simulator.blanks import LATIN, PAPERS
from tests.simulator.damage import scan
from tests.simulator.dates import write_on_rule
from tests.simulator.dice import dice, one_of
from tests.simulator.documents import draw, page_of, receipt
from tests.simulator.elsewhere import LOOKS, RULE, other_program, rules_of
from tests.simulator.pens import take_pen
from tests.simulator.printing import Sheet, lay, render
from tests.simulator.signatures import sign
from tests.simulator.stack import Encoded, encode, write_stack

FORMS = ("consent-employee", "non-disclosure-pledge", "consent-municipal", "consent-2025",
         "consent-contractor")  # fmt: skip
SCANNERS = ("office", "worn")
FOUND = {"office": at_least(0.98)}
SHOWN_RIGHT = at_least(0.97)
SHOWN_WRONG = at_most(0.0005)
KINDS_RIGHT = at_least(0.95)
BLANKS, RELATIVES = 3, 1  # one filled by pen to so many copies; relatives to each


@dataclass(frozen=True, slots=True)
class Other:
    """A paper of the pile as it truly is; ``form`` and ``kind`` are None where it is of none.

    ``subject`` is whose it is, of those that the registry knows; ``fields`` its printed values.
    A ``picture`` is drawn from ``row``; others are a DOCX, on whose rules ``pen`` writes.
    """

    name: str
    what: str
    profile: str
    form: str | None = None
    kind: str | None = None
    subject: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    docx: bytes = b""
    pen: str = ""
    row: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """A paper, intake's documents that its pages went into, and what review says of the first."""

    it: Other
    documents: tuple[Json, ...]
    looks_like: Json

    @property
    def forms(self) -> set[str]:
        """The forms that its pages were taken for."""
        return {one["form"] for one in self.documents if one["form"]}

    @property
    def is_found(self) -> bool:
        """Is its first page known as what it is?"""
        return bool(self.documents[0]["form"] == self.it.form)

    @property
    def is_wrong(self) -> bool:
        """Is any page taken for another form?"""
        return bool(self.forms - {self.it.form})

    @property
    def is_taken(self) -> bool:
        """Is it taken for a whole copy of any form? A page on which nothing is changed is one."""
        return any(one["form"] and "page-missing" not in one["reasons"] for one in self.documents)

    def outcomes(self) -> Iterator[str]:
        """Of each printed field: right, unreadable (a person says it), lost, or wrong."""
        for name, words in self.it.fields.items():
            entries = [one["fields"][name] for one in self.documents if name in one["fields"]]
            if not self.is_found:
                yield "unreadable"
            elif not entries or entries[0]["status"] == "empty":
                yield "lost"
            elif entries[0]["status"] == "unreadable":
                yield "unreadable"
            else:
                yield "right" if _plain(entries[0]["read"]) == _plain(words) else "wrong"

    def as_note(self) -> Json:
        """What a developer looks at."""
        wrong = {
            name: (words, [one["fields"].get(name) for one in self.documents])
            for (name, words), said in zip(self.it.fields.items(), self.outcomes(), strict=True)
            if said in ("wrong", "lost")
        }
        pages = [(p["source"], p["source_page"]) for one in self.documents for p in one["pages"]]
        kinds = [p["kind"] for one in self.documents for p in one["pages"]]
        return {"measure": "others", "name": self.it.name, "form": self.it.form,
                "taken_for": sorted(self.forms), "kind": self.it.kind, "kinds": kinds,
                "scans": pages, "wrong": wrong}  # fmt: skip


def measure(setting: Setting) -> list[Row]:
    """A pile of everybody else's papers, taken in by an office that issued the same forms."""
    office = workspaces.new(setting.folder / "others")
    pile = _pile(setting, office)
    where = _scanned(setting, office, pile)
    documents = setting.take_in(office)
    by_page = {(p["source"], p["source_page"]): one for one in documents for p in one["pages"]}
    said = {one["document"]: one.get("looks_like") for one in office.run("review").objects}
    seen = []
    for it, pages in zip(pile, where, strict=True):
        found = {one["document"]: one for page in pages if (one := by_page.get(page))}
        first = next(iter(found), "")
        seen.append(Seen(it, tuple(found.values()), said.get(first) or {}))
    with (setting.folder / "notes.jsonl").open("a", encoding="utf-8") as notes:
        notes.writelines(json.dumps(one.as_note(), ensure_ascii=False) + "\n" for one in seen)
    return [*_forms(seen), *_fields(seen), *_documents(seen)]


def _forms(seen: Sequence[Seen]) -> Iterator[Row]:
    for profile in SCANNERS:
        copies = [one for one in seen if one.it.what == "copy" and one.it.profile == profile]
        found = [one.is_found for one in copies]
        yield share_of("others' prints: form found", profile, found, FOUND.get(profile))
        whole = [one.is_found and len(one.documents) == 1 for one in copies]
        yield share_of("others' prints: pages joined", profile, whole)
    filled = [one.is_found for one in seen if one.it.what == "blank"]
    yield share_of("others' prints: form found", "filled by pen", filled)
    for what in ("copy", "blank", "document"):
        wrong = [one.is_wrong for one in seen if one.it.what == what]
        yield share_of("taken for another form", what, wrong, NONE)
    taken = [one.is_taken for one in seen if one.it.what == "relative"]
    yield share_of("taken for a form", "near relatives", taken, NONE)
    softened = [one.is_taken for one in seen if one.it.what == "softened"]
    yield share_of("two words softened: taken for the form", "all", softened)


def _fields(seen: Sequence[Seen]) -> Iterator[Row]:
    for profile in SCANNERS:
        copies = [one for one in seen if one.it.what == "copy" and one.it.profile == profile]
        ends = [end for one in copies for end in one.outcomes()]
        name = "others' prints: fields"
        yield share_of(f"{name} read right", profile, [end == "right" for end in ends])
        kept = [end in ("right", "unreadable") for end in ends]
        yield share_of(f"{name} right or left to a person", profile, kept, SHOWN_RIGHT)
        wrong = [end == "wrong" for end in ends]
        yield share_of(f"{name} shown wrong as read", profile, wrong, SHOWN_WRONG)
    # What a pen wrote is never shown as read.
    pens = [
        entry["status"] == "read"
        for one in seen
        if one.it.what == "blank"
        for document in one.documents
        for name, entry in document["fields"].items()
        if name not in one.it.fields
    ]
    yield share_of("pen shown as read print", "all", pens, NONE)
    accepted = [any(d["status"] == "accepted" for d in one.documents) for one in seen]
    yield share_of("accepted without a person", "all", accepted, NONE)


def _documents(seen: Sequence[Seen]) -> Iterator[Row]:
    drawn = [one for one in seen if one.it.kind]
    kinds = {id(one): {p["kind"] for d in one.documents for p in d["pages"]} for one in seen}
    for profile in SCANNERS:
        right = [kinds[id(one)] == {one.it.kind} for one in drawn if one.it.profile == profile]
        yield share_of("documents: kind right", profile, right, KINDS_RIGHT)
    wrong = [bool(kinds[id(one)] - {one.it.kind, None}) for one in seen]
    yield share_of("kind wrong", "all", wrong, NONE)
    known = [one for one in seen if one.it.subject]
    told = [one.looks_like.get("subject") == one.it.subject for one in known]
    yield share_of("whose it is, proposed", "all", told)
    anothers = [one.looks_like.get("subject") not in (None, one.it.subject) for one in seen]
    yield share_of("another person proposed", "all", anothers, NONE)


def _plain(words: str) -> str:
    """Without blanks, and quotation marks, which may be the form's."""
    return re.sub(r"[\s«»]", "", words).replace("ё", "е")


def _pile(setting: Setting, office: Workspace) -> list[Other]:
    """Everything, in an order of its own; half of those whose documents come are known here."""
    here = settings.load(office.root, today=people.DAY)
    count = setting.sizes.others
    rows = people.hires(len(SCANNERS) * count, setting.seed + 2)
    data = office.root / "people.json"
    data.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    asked = wishes.from_data(wishes.chosen(FORMS, None, here), str(data), here)[0]
    by_form = {name: [one for one in asked if one.form.name == name] for name in FORMS}
    # As in any office the same forms were issued, to these people too.
    office.run("generate", *FORMS, "--data", data, "--format", "docx")
    found = [
        _copy(setting.seed, by_form[FORMS[i % len(FORMS)]][i], SCANNERS[i % len(SCANNERS)])
        for i in range(len(rows))
    ]
    wanted = [by_form[FORMS[i % len(FORMS)]][i] for i in range(len(rows))]
    found += [
        _blank(setting.seed, wish, here) for wish in wanted[: -(-len(wanted) // (2 * BLANKS))]
    ]
    for i, one in enumerate(relatives.of(wanted[: count * RELATIVES], here, setting.seed)):
        found.append(
            Other(
                f"{one.what}-{i}",
                one.what,
                SCANNERS[i // 4 % 2],
                subject=one.subject,
                docx=one.docx,
            )
        )
    kinds = dice(setting.seed, "kinds").permutation(list(PAPERS)).tolist()
    strangers = people.hires(len(rows), setting.seed + 3)
    for i in range(count * len(SCANNERS)):
        kind, profile = kinds[i // 2 % len(kinds)], SCANNERS[i % 2]
        row = (rows, strangers)[i % 4 // 2][i % len(rows)]
        subject = row["personnel_number"] if row in rows else None
        found.append(Other(f"{kind}-{i}", "document", profile, kind=kind, subject=subject, row=row))
    found += [Other(name, "document", "office") for name in ("receipt", "latin")]
    order = dice(setting.seed, "others", "order").permutation(len(found))
    return [found[int(i)] for i in order]


def _copy(seed: int, wish: Wish, profile: str) -> Other:
    """A form out of another program, its values printed and its blanks signed."""
    name = f"{wish.form.name}-{wish.key}"
    values = {item: words or RULE for item, words in wish.filled.printed.items()}
    look = one_of(dice(seed, name, "look"), LOOKS)
    return Other(
        name, "copy", profile, wish.form.name,
        subject=wish.subject,
        fields={k: v for k, v in wish.filled.printed.items() if v},
        docx=other_program(wish.form.template, values, look),
        pen="signature",
    )  # fmt: skip


def _blank(seed: int, wish: Wish, here: Settings) -> Other:
    """The same empty, filled in by pen."""
    name = f"blank-{wish.form.name}-{wish.key}"
    printed = forms.blank(wish.form, here.operator, here.today).printed
    look = one_of(dice(seed, name, "look"), LOOKS)
    values = {item: words or RULE for item, words in printed.items()}
    return Other(
        name, "blank", "office", wish.form.name,
        subject=wish.subject,
        fields={k: v for k, v in printed.items() if v},
        docx=other_program(wish.form.template, values, look),
        pen=wish.filled.printed["full_name"],
    )  # fmt: skip


def _scanned(
    setting: Setting, office: Workspace, pile: Sequence[Other]
) -> list[list[tuple[str, int]]]:
    """Print and scan the pile into files of some pages; where each paper's pages are."""
    folder = setting.folder / "others-printed"
    folder.mkdir()
    typed = [it for it in pile if it.docx]
    files = [folder / f"{number:04}.docx" for number in range(len(typed))]
    for it, path in zip(typed, files, strict=True):
        path.write_bytes(it.docx)
    with tempfile.TemporaryDirectory() as profile:
        pdfs = libreoffice.to_pdf(files, folder, Path(profile))
    of = dict(zip((it.name for it in typed), pdfs, strict=True))
    jobs = [(replace(it, docx=b""), of.get(it.name), setting.seed) for it in pile]
    where: list[list[tuple[str, int]]] = []
    pages: list[Encoded] = []
    number = 1
    with ProcessPoolExecutor(WORKERS) as pool:
        for seen in pool.map(_seen, jobs, chunksize=2):
            name = f"inbox/others/pile-{number:03}.pdf"
            where.append([(name, len(pages) + 1 + i) for i in range(len(seen))])
            pages += seen
            if len(pages) >= FILE_PAGES or len(where) == len(pile):
                write_stack(pages, office.inbox / "others", f"pile-{number:03}", "pdf")
                pages, number = [], number + 1
    return where


def _seen(job: tuple[Other, Path | None, int]) -> list[Encoded]:
    """The pages of one paper as the scanner sees them."""
    it, pdf, seed = job
    how = PROFILES[it.profile]
    return [
        encode(scan(sheet, how, 0, dice(seed, it.name, "scan", page)), "pdf")
        for page, sheet in enumerate(_sheets(it, pdf, seed))
    ]


def _sheets(it: Other, pdf: Path | None, seed: int) -> Iterator[Sheet]:
    if pdf is None:
        rng = dice(seed, it.name)
        if it.kind:
            yield draw(it.kind, it.row, rng)
        else:
            yield receipt() if it.name == "receipt" else page_of(LATIN, rng)
        return
    document = pdfium.PdfDocument(pdf)
    for number, printed in enumerate(layout.sheets(pdf.read_bytes())):
        sheet = render(document[number])
        for rule in rules_of(printed) if it.pen else ():
            rng = dice(seed, it.name, number, rule.x0, rule.y0)
            hand = take_pen(rng, HELD_OUT_HANDS)
            if it.pen == "signature":
                ink = sign(rule, hand, sheet.dpi, rng)[0]
            else:
                ink = write_on_rule(it.pen, rule, hand, sheet.dpi, rng)
            lay(sheet, ink, hand.rgb)
        yield sheet
    document.close()
