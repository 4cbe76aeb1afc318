"""From personal files to their inventories: filled, counted, issued like every other paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.engines import docx, office
from pipeline.errors import FormError
from pipeline.files import work_folder
from pipeline.flow import generate
from pipeline.flow.generate import Issued, Options
from pipeline.flow.wishes import Wish, wish_for
from pipeline.forms import form as forms
from pipeline.forms.form import Form
from pipeline.i18n import _
from pipeline.papers import draft, layout, marks
from pipeline.personnel import inventory
from pipeline.personnel.inventory import Inventory
from pipeline.registry import Registry
from pipeline.settings import Settings

ROWS_A_SHEET = 25  # about: a good guess saves a round, and a round is a start of LibreOffice
COUNTING_ROUNDS = 3  # «9» and «10» may break a line elsewhere; a second round nearly always settles


@dataclass(frozen=True, slots=True)
class Listed:
    """A person's inventory and the paper that it became, with that one's own sheets."""

    inventory: Inventory
    issued: Issued
    own_sheets: int

    def as_json(self) -> dict[str, Any]:
        """The contract's object for ``inventory``."""
        return {
            "subject": self.inventory.person.subject,
            "docx": self.issued.paper.docx or None,
            "pdf": self.issued.paper.pdf or None,
            "documents": self.inventory.documents,
            "sheets": self.inventory.sheets,
            "rows": [row.as_json() for row in self.inventory.rows],
            "paper": self.issued.paper.id,
            "new": self.issued.new,
            "own_sheets": self.own_sheets,
        }


def issue(
    wanted: Sequence[Inventory],
    settings: Settings,
    registry: Registry,
    options: Options,
    advance: Callable[[int], None] = lambda n: None,
) -> Iterator[Listed]:
    """Issue the inventories; an unchanged file gives the same paper again.

    Raises:
        FormError: the template is wrong.
        ToolMissingError, ToolFailedError: LibreOffice.
        RegistryError: the registry.
    """
    form = forms.load(inventory.FORM, settings)
    with work_folder(settings.output) as folder:
        wishes = _counted(form, wanted, settings, registry, folder)
        made = generate.issue(wishes, settings, registry, options, advance)
        for one, issued in zip(wanted, made, strict=True):
            yield Listed(one, issued, settings.sheets(issued.paper.pages))


def _counted(
    form: Form,
    wanted: Sequence[Inventory],
    settings: Settings,
    registry: Registry,
    folder: Path,
) -> list[Wish]:
    """Wishes that state their own number of sheets, which is known only once they are laid out.

    What they were counted on is theirs: LibreOffice is not started for the same again.
    """
    compiled = docx.compile_template(form.template)
    secret = registry.secret()
    counts: dict[int, int] = {}
    wishes: dict[int, Wish] = {}
    open_: set[int] = set()
    for i, one in enumerate(wanted):
        earlier = registry.current(form.name, one.file)
        guess = earlier[-1].pages if earlier else 1 + len(one.rows) // ROWS_A_SHEET
        counts[i] = settings.sheets(guess)
        wishes[i] = _wish(form, one, counts[i], settings)
        if not any(it.digest == wishes[i].digest for it in earlier):
            open_.add(i)  # an unchanged file's inventory was counted when it was issued
    for _round in range(COUNTING_ROUNDS):
        if not open_:
            return list(wishes.values())
        files = {}
        for i in sorted(open_):
            number = marks.paper_id(secret, wishes[i].digest, 1)
            files[i] = folder / f"{i}.docx"
            files[i].write_bytes(draft.of(form, compiled, wishes[i].filled, number).docx)
        office.to_pdf(list(files.values()), folder, folder / "profile")
        for i, path in files.items():
            laid = path.with_suffix(".pdf")
            sheets = settings.sheets(len(layout.sheets(laid.read_bytes(), coarse=True)))
            if sheets == counts[i]:
                open_.remove(i)
                wishes[i] = replace(wishes[i], laid=laid)
            else:
                counts[i], wishes[i] = sheets, _wish(form, wanted[i], sheets, settings)
    if not open_:
        return list(wishes.values())
    raise FormError(
        _("the inventory does not come to rest: its sheet count changes its length"),
        where=f"{form.name}/form.docx",
        hint=_("give the line with the sheet count more room"),
    )


def is_current(one: Inventory, settings: Settings, registry: Registry) -> bool | None:
    """Whether the inventory in use says what lies in the file now; None: there is none."""
    form = forms.load(inventory.FORM, settings)
    earlier = registry.current(form.name, one.file)
    if not earlier:
        return None
    return any(
        it.digest == _wish(form, one, settings.sheets(it.pages), settings).digest for it in earlier
    )


def _wish(form: Form, one: Inventory, own_sheets: int, settings: Settings) -> Wish:
    return wish_for(form, inventory.data(one, own_sheets), one.file, one.person, settings)
