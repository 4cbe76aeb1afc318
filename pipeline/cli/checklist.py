"""``paperloop checklist``: what each personal file has, lacks and does not need."""

from __future__ import annotations

import gc
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import common
from pipeline.cli.options import describing, out_file, said
from pipeline.cli.output import Reporter, outcome, reporting
from pipeline.errors import ExitCode, Problem, UsageError
from pipeline.i18n import _, in_language, ngettext
from pipeline.records import binding

if TYPE_CHECKING:
    from pipeline.personnel.dossier import Dossier
    from pipeline.personnel.standing import Item
    from pipeline.records.binding import Line
    from pipeline.registry import Registry
    from pipeline.settings import Settings

_NAMED = 3  # missing things named in the line of a person; the person's own list has them all


@click.command()
@click.argument("subjects", metavar="[SUBJECT]…", nargs=-1)
@click.option("--tick", metavar="ITEM", help=_("a document of this item came: enter it"))
@click.option("--waive", metavar="ITEM", help=_("this file does not need the item (--why)"))
@click.option("--need", metavar="ITEM", help=_("it does, whatever the data or --waive say (--why)"))
@click.option("--letter", metavar="DATE", help=_("write to who has to bring papers, by this day"))
@said
@out_file(".xlsx", ".csv")
@reporting
@describing
def checklist(
    reporter: Reporter,
    subjects: tuple[str, ...],
    tick: str | None,
    waive: str | None,
    letter: str | None,
    need: str | None,
    why: str,
    by: str,
    out: Path | None,
    new: dict[str, Any],
) -> ExitCode:
    """Without numbers: everybody's, those first who have most that is overdue."""
    settings = common.settings()
    from pipeline.personnel import dossier

    told = [one for one in (tick, waive, need) if one is not None]
    if told and len(subjects) != 1:
        raise UsageError(_("say whose file it is: one number"))
    if len(told) > 1:
        raise UsageError(_("say one thing at a time: --tick, --waive or --need"))
    if not told and any(value not in ("", None, 1) for value in new.values()):
        raise UsageError(_("say which document it is about: --tick ITEM"))
    if letter is not None and (out or tick is not None or waive is not None):
        raise UsageError(_("--letter writes letters and nothing else"))
    with common.registry(settings) as registry:
        if told:
            _enter(reporter, subjects[0], tick, waive, need, why, by, new, registry, settings)
        if letter is not None:
            return _write(reporter, subjects, common.day(letter), registry, settings)
        gc.freeze()  # what is loaded stays: not to be looked through again for every few files
        states: Counter[str] = Counter()
        rows: list[tuple[Any, ...]] = []
        for one in dossier.read(registry, settings, subjects, outline=True):
            if reporter.records:
                reporter.record(one.as_json())
            states.update(item.state for item in one.items)
            states["file"] += 1
            if subjects:
                found = _rows(one)
                _show(reporter, one, found)
                rows += ((*_who(one), *row) for row in found)
            else:
                rows.append(_standing(one))
    if not subjects:
        rows.sort(key=lambda row: (-row[_OVERDUE], -row[_MISSING]))
        if rows:
            short = [(*row[:-1], _named(row[-1])) for row in rows]
            reporter.table(_of_all(), short)
    text = ngettext(
        "{n} file; received: {received}, missing: {missing}",
        "{n} files; received: {received}, missing: {missing}",
        states["file"],
    )
    here = states["received"] + states["duplicate"]
    lacking = states["missing"] + states["expired"]
    reporter.say(text.format(n=states["file"], received=here, missing=lacking))
    if out:
        from pipeline.data import export
        from pipeline.files import temporary_files, write_atomic

        of_one = (*_of_all()[:2], _("letter"), *_of_one()[1:], *_of_papers(), _("ground"))
        columns = of_one if subjects else _of_all()
        whole = rows if subjects else [(*row[:-1], "; ".join(row[-1])) for row in rows]
        with temporary_files(settings.output):
            content = export.table(out.suffix.lower(), _("checklist"), columns, whole)
        write_atomic(out, content)
    return ExitCode.DONE


def _write(
    reporter: Reporter,
    subjects: tuple[str, ...],
    until: date,
    registry: Registry,
    settings: Settings,
) -> ExitCode:
    """The letters about missing documents, instead of the list."""
    from pipeline.flow import reminders
    from pipeline.flow.generate import Options
    from pipeline.personnel import dossier

    codes = [ExitCode.DONE]

    def refuse(problem: Problem) -> None:
        reporter.problem(problem)
        codes.append(ExitCode.BAD_DATA)

    rows = []
    with reporter.alone(settings.output):
        files = dossier.read(registry, settings, subjects, outline=True)
        options = Options(settings.issued)
        for one in reminders.issue(files, until, settings, registry, options, refuse):
            reporter.record(one.as_json())
            rows.append((one.subject, len(one.items), one.issued.paper.pdf))
    if rows:
        reporter.table((_("number"), _("missing"), _("file")), rows)
    reporter.say(ngettext("{n} letter", "{n} letters", len(rows)).format(n=len(rows)))
    return outcome(codes)


def _enter(
    reporter: Reporter,
    subject: str,
    tick: str | None,
    waive: str | None,
    need: str | None,
    why: str,
    by: str,
    new: dict[str, Any],
    registry: Registry,
    settings: Settings,
) -> None:
    from pipeline.flow import filing

    who = common.user(by)
    with reporter.alone(settings.output):
        if waive is not None:
            filing.waive(subject, waive, why, who, registry, settings)
        elif need is not None:
            filing.need(subject, need, why, who, registry, settings)
        elif tick is not None:
            wanted = filing.New(tick, **new)
            filing.add(subject, wanted, who, registry, settings)


def _words() -> dict[str, str]:
    return {
        "received": _("received"),
        "missing": _("missing"),
        "not-needed": _("not needed"),
        "expired": _("expired"),
        "duplicate": _("received twice"),
    }


def _title(item: Item) -> str:
    return in_language(item.title, item.title_en)


def _of_one() -> tuple[str, ...]:
    return ("", _("item"), _("paper"), _("state"), _("why"))


def _of_papers() -> tuple[str, ...]:
    return (_("sheets"), _("copy or original"), _("place"))


def _of_all() -> tuple[str, ...]:
    return (
        _("number"),
        _("person"),
        _("received"),
        _("overdue"),
        _("missing"),
        _("what is missing"),
    )


_OVERDUE, _MISSING = 3, 4


def _who(one: Dossier) -> tuple[str, str]:
    return one.person.subject, one.person.full_name


def _rows(one: Dossier) -> list[tuple[Any, ...]]:
    """A row an item: how it stands, and where what there is of it lies; last its ground."""
    words = _words()
    return [
        (
            item.mark,
            item.item,
            _title(item),
            words[item.state],
            item.why,
            ", ".join(binding.sheets_of(line) for line in item.lines),
            ", ".join(dict.fromkeys(filter(None, (_copy(line) for line in item.lines)))),
            ", ".join(dict.fromkeys(line.entry.place for line in item.lines if line.entry.place)),
            item.ground,
        )
        for item in one.items
    ]


def _copy(line: Line) -> str:
    entry = line.entry
    if entry.copy is None:
        return _("with «Верно»") if entry.certified else ""
    if not entry.copy:
        return _("original")
    if entry.certified is None:
        return _("copy")
    return _("copy with «Верно»") if entry.certified else _("copy without «Верно»")


def _show(reporter: Reporter, one: Dossier, rows: list[tuple[Any, ...]]) -> None:
    n = len(_of_one())
    # Where it lies is said by the reason already.
    short = [(*row[:n], ", ".join(filter(None, row[n : n + 2]))) for row in rows]
    if short:
        reporter.table((*_of_one(), _("in the file")), short, " ".join(_who(one)))


def _standing(one: Dossier) -> tuple[Any, ...]:
    """A person's row: counts, and last the titles of all that is missing, overdue ones first."""
    lacking = sorted((it for it in one.items if it.is_lacking), key=lambda it: it.state)
    received = sum(item.state in ("received", "duplicate") for item in one.items)
    late = sum(item.state == "expired" for item in lacking)
    return (*_who(one), received, late, len(lacking) - late, [_title(item) for item in lacking])


def _named(titles: list[str]) -> str:
    more = len(titles) - _NAMED
    return "; ".join([*titles[:_NAMED], *([f"+{more}"] if more > 0 else [])])
