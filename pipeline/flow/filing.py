"""What a person does to a file: a document entered, taken out, replaced, or said to be not needed.

Everything is checked before it is entered, and entered as one event; nothing is ever changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipeline.errors import DataError, UsageError
from pipeline.forms import checklists
from pipeline.forms.checklists import Wanted
from pipeline.i18n import _
from pipeline.language.wording import day_of, short_date
from pipeline.personnel import dossier, standing
from pipeline.personnel.dossier import Dossier
from pipeline.records import handover
from pipeline.records.binding import (
    ADD,
    NEED,
    REMOVE,
    REPLACE,
    RETURN,
    SENT_BACK,
    VOLUME_SHEETS,
    WAIVE,
    Event,
    Line,
    now,
)
from pipeline.registry import Registry
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class New:
    """A document on its way into a file; ``item`` by its name or the regulation's letter."""

    item: str
    title: str = ""
    index: str = ""
    day: date | None = None
    sheets: int = 1
    copy: bool | None = None
    certified: bool | None = None
    place: str = ""


def add(subject: str, new: New, by: str, registry: Registry, settings: Settings) -> Event:
    """Enter a document by hand.

    Raises:
        UsageError: no such person or item.
        DataError: it cannot be so, or it is in the file already.
    """
    file = _file(subject, registry, settings)
    item = item_of(file, new.item)
    _check(file, item, new)
    return registry.enter(_event(file, ADD, new, item, by))


def replace(
    subject: str, target: str, new: New, why: str, by: str, registry: Registry, settings: Settings
) -> Event:
    """Enter a document in the place of another, which is taken out. Raises as ``add`` and more.

    ``target`` is a number of the inventory, a document or an entry.
    """
    file = _file(subject, registry, settings)
    old = _here(file, target)
    item = item_of(file, new.item)
    if item.secret != any(line.entry.id == old for line in file.apart.lines):
        raise UsageError(
            _("secret documents are kept apart from the others"),
            where=f"{subject}, {item.item}",
            hint=_("take the old one out, then enter the new one"),
        )
    _check(file, item, new, instead_of=old)
    return registry.enter(_event(file, REPLACE, new, item, by, target=old, why=why))


def remove(
    subject: str, target: str, why: str, by: str, registry: Registry, settings: Settings
) -> Event:
    """Take a document out; its sheets' numbers stay skipped.

    Raises UsageError: no such person, nothing of this name is there, it is handed over, no reason.
    """
    if not why:
        raise UsageError(_("who takes a document out must say why"), hint=_("say --why TEXT"))
    file = _file(subject, registry, settings)
    event = Event(subject, REMOVE, by, now(), target=_here(file, target), why=why)
    return registry.enter(event)


def give_back(
    subject: str, target: str, why: str, by: str, registry: Registry, settings: Settings
) -> Event:
    """Put a document that was taken out back: its sheets have their numbers again.

    Raises UsageError: no such person, it was not taken out, no reason.
    """
    if not why:
        raise UsageError(_("who puts a document back must say why"), hint=_("say --why TEXT"))
    file = _file(subject, registry, settings)
    line = line_of(file, target)
    if line is None or line.gone is None or line.gone.by_entry:
        raise UsageError(
            _("“{target}” has not been taken out").format(target=target), where=subject
        )
    return registry.enter(Event(subject, RETURN, by, now(), target=line.entry.id, why=why))


def waive(
    subject: str, item: str, why: str, by: str, registry: Registry, settings: Settings
) -> Event:
    """Say that this file does not need an item. Raises UsageError: no such item, no reason."""
    if not why:
        raise UsageError(_("say why it is not needed"), hint=_("say --why TEXT"))
    file = _file(subject, registry, settings)
    name = item_of(file, item).item
    return registry.enter(Event(subject, WAIVE, by, now(), item=name, why=why))


def need(
    subject: str, item: str, why: str, by: str, registry: Registry, settings: Settings
) -> Event:
    """Say that this file needs an item: the data do not tell it, or it was said not to.

    Raises UsageError: no such item, it is needed already, no reason.
    """
    if not why:
        raise UsageError(_("say why it is needed"), hint=_("say --why TEXT"))
    file = _file(subject, registry, settings)
    wanted = item_of(file, item)
    facts = checklists.facts(file.person.data, settings.today)
    if standing.needed(wanted, file.told(wanted.item), facts):
        raise UsageError(_("“{item}” is needed already").format(item=item), where=subject)
    return registry.enter(Event(subject, NEED, by, now(), item=wanted.item, why=why))


def _file(subject: str, registry: Registry, settings: Settings) -> Dossier:
    (file,) = dossier.read(registry, settings, [subject])
    must_be_kept(file)
    return file


def must_be_kept(file: Dossier) -> None:
    """Raise DataError where the whole file went to another organisation."""
    if went := file.sent:
        raise DataError(
            _("the file went to another organisation on {day}: {to}").format(
                day=short_date(went.happened_on), to=went.place
            ),
            where=file.person.subject,
            hint=_("when it is here again: paperloop file back {subject} --why TEXT").format(
                subject=file.person.subject
            ),
        )


def come_back(subject: str, why: str, by: str, registry: Registry, settings: Settings) -> Event:
    """Say that a file that moved is here again. Raises UsageError: it did not move, no reason."""
    if not why:
        raise UsageError(_("say why the file is here again"), hint=_("say --why TEXT"))
    (file,) = dossier.read(registry, settings, [subject])
    if not file.sent:
        raise UsageError(_("the file went to nobody"), where=subject)
    return registry.enter(Event(subject, SENT_BACK, by, now(), why=why))


def item_of(file: Dossier, said: str) -> Wanted:
    """The item of a file's checklist that a person names, or its letter. Raises UsageError."""
    if file.checklist is None:
        raise UsageError(
            _("there is no checklist for this person"),
            where=file.person.subject,
            hint=_("give the category in the data, as “employee”"),
        )
    for wanted in file.checklist.items:
        if said == wanted.item:
            return wanted
    marked = [one for one in file.checklist.items if said and one.mark == said.casefold()]
    if len(marked) == 1:
        return marked[0]
    if marked:
        raise UsageError(
            _("several items have the letter “{mark}”").format(mark=said),
            where=file.person.subject,
            hint=_("say which: {names}").format(names=", ".join(one.item for one in marked)),
        )
    raise UsageError(
        _("there is no item “{item}” in the checklist").format(item=said),
        where=file.person.subject,
        hint=_("paperloop checklist {subject} shows its items").format(subject=file.person.subject),
    )


def there(file: Dossier, target: str) -> str:
    """The entry that a number of the inventory, or a name, stands for.

    Raises UsageError where it is not in the file, or was taken out.
    """
    line = line_of(file, target)
    if line and line.gone:
        raise UsageError(
            _("“{target}” has been taken out already").format(target=target),
            where=file.person.subject,
        )
    if line:
        return line.entry.id
    raise UsageError(
        _("there is no document “{target}” in the file").format(target=target),
        where=file.person.subject,
        hint=_("paperloop file show {subject} lists them").format(subject=file.person.subject),
    )


def _here(file: Dossier, target: str) -> str:
    """As ``there``, of a document that nobody else has."""
    entry = there(file, target)
    must_be_here(entry, target, file.events)
    return entry


def must_be_here(entry: str, target: str, events: Iterable[Event]) -> None:
    """Raise UsageError where an entry of a file, called ``target``, is at another organisation."""
    if held := handover.out(events).get(entry):
        raise UsageError(
            _("“{target}” is handed over: {to}").format(target=target, to=held.to),
            where=held.subject,
            hint=_("take it back first: paperloop handover return {act}").format(act=held.act),
        )


def must_be_asked_for(
    document: str, registry: Registry, *, secret: bool, without: str = ""
) -> None:
    """Raise UsageError for a secret document, unless ``secret`` ones are asked for.

    ``without`` is the hint for another one among these; "": it may be among them.
    """
    is_secret = registry.is_secret(document)
    hint = _("say --secret") if is_secret else without
    if is_secret != secret and hint:
        raise UsageError(
            _("secret documents are kept apart from the others"), where=document, hint=hint
        )


def line_of(file: Dossier, target: str) -> Line | None:
    """The line that a number of the inventory, or a name, stands for, taken out or not.

    A secret document goes by its name alone: its number is one of another inventory.
    """
    papers = {one.document.id: one.entry for one in file.filed}
    names = (target, papers.get(target))
    numbered = {str(number): line for number, line in enumerate(file.bound.lines, start=1)}
    named = (it for it in (*file.bound.lines, *file.apart.lines) if it.entry.id in names)
    return numbered.get(target) or next(named, None)


def _check(file: Dossier, item: Wanted, new: New, instead_of: str = "") -> None:
    where = f"{file.person.subject}, {item.item}"
    if not 1 <= new.sheets <= VOLUME_SHEETS:
        raise DataError(
            _("a document has 1 to {n} sheets").format(n=VOLUME_SHEETS),
            where=where,
            hint=_("enter a thicker one in parts"),
        )
    if new.day and new.day > file.as_of:
        raise DataError(
            _("the date {day} lies ahead").format(day=short_date(new.day)),
            where=where,
            hint=_("check the year"),
        )
    born = day_of(file.person.data.get("birth_date"))
    if new.day and born and new.day < born:
        raise DataError(
            _("the date {day} is before the birth").format(day=short_date(new.day)),
            where=where,
            hint=_("check the year"),
        )
    if item.item == dossier.CLOSING and new.day is None:
        raise DataError(
            _("what closes the file needs its date"), where=where, hint=_("say --date DATE")
        )
    hired = file.hired_on
    if item.item == dossier.CLOSING and new.day and hired and new.day < hired:
        raise DataError(
            _("dismissed on {day}, before the hiring").format(day=short_date(new.day)),
            where=where,
            hint=_("compare both orders"),
        )
    for entry in file.there:
        same = (entry.item, _plain(entry.index), entry.day) == (
            item.item,
            _plain(new.index),
            new.day,
        )
        if same and entry.title == (new.title or item.title) and entry.id != instead_of:
            raise DataError(
                _("the same document is in the file already"),
                where=f"{where}, {entry.id}",
                hint=_("another one has a number, a date or a title of its own"),
            )


def _plain(index: str) -> str:
    """A number as it is compared: people space it in their own ways."""
    return "".join(index.split()).casefold()


def _event(
    file: Dossier,
    action: str,
    new: New,
    item: Wanted,
    by: str,
    target: str | None = None,
    why: str = "",
) -> Event:
    return Event(
        subject=file.person.subject,
        action=action,
        by=by,
        at=now(),
        item=item.item,
        title=new.title or None,
        index=new.index or None,
        day=new.day.isoformat() if new.day else None,
        sheets=new.sheets,
        copy=new.copy,
        certified=new.certified,
        place=new.place or None,
        secret=item.secret,
        target=target,
        why=why or None,
    )
