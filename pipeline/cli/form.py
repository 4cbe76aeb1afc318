"""``paperloop form``: which forms there are, what their fields are, what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import common
from pipeline.cli.output import Reporter, reporting
from pipeline.errors import ExitCode, FormError, UsageError
from pipeline.i18n import _, in_language, ngettext

if TYPE_CHECKING:
    from pipeline.forms.form import Field, Form
    from pipeline.settings import Settings


@click.group
def form() -> None:
    """See and check the forms."""


def _title(thing: Form | Field) -> str:
    return in_language(thing.title, thing.title_en)


@form.command("list", help=_("The forms that can be issued."))
@reporting
def list_(reporter: Reporter) -> None:
    """One line a form."""
    settings = common.settings()
    from pipeline.forms import form as forms

    found = [forms.load(name, settings) for name in forms.names(settings)]
    for item in found:
        reporter.record(
            {
                "form": item.name,
                "title": item.title,
                "title_en": item.title_en,
                "source": item.source,
                "date": item.date.isoformat(),
                "version": item.version,
                "folder": settings.relative(item.folder),
            }
        )
    rows = [(item.name, _title(item), item.source) for item in found]
    reporter.table((_("form"), _("title"), _("from")), rows)


@form.command(help=_("One form: the data it needs, its fields, what was mended in its wording."))
@click.argument("name", metavar="FORM")
@click.option(
    "--png",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=_("draw it here: the filled example, its fields framed and named"),
)
@reporting
def show(reporter: Reporter, name: str, png: Path | None) -> None:
    """The fields in the order they are printed; a table's as TABLE.N.FIELD."""
    settings = common.settings()
    from pipeline.forms import form as forms

    item = forms.load(name, settings)
    cells = [
        (f"{table.name}.N.{field.name}", field) for table in item.tables for field in table.fields
    ]
    fields = [(field.name, field) for field in item.fields] + cells
    inputs = item.inputs()
    reporter.record(
        {
            "form": item.name,
            "title": item.title,
            "source": item.source,
            "date": item.date.isoformat(),
            "version": item.version,
            "key": item.key,
            "notes": list(item.notes),
            "columns": [{"column": column, "required": need} for column, need in inputs.items()],
            "fields": [
                {
                    "field": where,
                    "title": field.title,
                    "kind": field.kind,
                    "fill": field.fill,
                    "empty": field.empty,
                }
                for where, field in fields
            ],
        }
    )
    hand, printed = _("by pen"), _("printed")
    rows = [
        (
            where,
            _title(field),
            field.kind,
            hand if field.by_hand else printed,
            "○" if field.empty else "",
        )
        for where, field in fields
    ]
    columns = (_("field"), _("title"), _("kind"), _("who fills it"), _("may be empty"))
    reporter.table(columns, rows, title=f"{item.name}: {_title(item)}")
    required = [column for column, need in inputs.items() if need]
    optional = [column for column, need in inputs.items() if not need]
    reporter.say(_("Required columns: {columns}").format(columns=", ".join(required)))
    if optional:
        reporter.say(_("May be empty: {columns}").format(columns=", ".join(optional)))
    for note in item.notes:
        reporter.say(f"• {note}")
    if png:
        _draw(reporter, item, png, settings)


def _draw(reporter: Reporter, item: Form, folder: Path, settings: Settings) -> None:
    from pipeline.files import write_atomic
    from pipeline.flow import preview, wishes

    form = wishes.from_rows(item.name, settings)
    with reporter.alone(settings.output):
        pictures = preview.pictures(form, settings)
    for number, picture in enumerate(pictures, start=1):
        path = write_atomic(folder / f"{item.name}-{number}.png", picture)
        reporter.say(settings.relative(path))


@form.command(help=_("A form of your own, begun as a copy of another."))
@click.argument("name", metavar="NAME")
@click.option(
    "--like", default="consent-2025", show_default=True, metavar="FORM", help=_("what to copy")
)
@reporting
def new(reporter: Reporter, name: str, like: str) -> None:
    """What is there is never overwritten."""
    settings = common.settings()
    from pipeline.files import write_atomic
    from pipeline.flow import wishes
    from pipeline.forms import form as forms

    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise UsageError(
            _("“{name}” is no name for a form").format(name=name),
            hint=_("use small Latin letters, digits and hyphens: my-consent"),
        )
    if name in forms.names(settings):
        raise UsageError(
            _("there is a form “{name}” already").format(name=name), hint=_("choose another name")
        )
    source = wishes.from_rows(like, settings)
    folder = settings.workspace / "templates" / name
    described = (source.folder / "form.toml").read_text(encoding="utf-8-sig")
    described = re.sub(r"(?m)^name = .*$", f'name = "{name}"', described, count=1)
    described = re.sub(r"(?m)^approved = .*\n", "", described, count=1)
    write_atomic(folder / "form.docx", source.template.read_bytes())
    path = write_atomic(folder / "form.toml", described.encode("utf-8"))
    reporter.record({"form": name, "like": like, "folder": settings.relative(folder)})
    for step in (
        _("1. the wording and its tags: open {file} in Word"),
        _("2. the title, the notes and the fields: {toml}"),
        _("3. paperloop form check {name}, then paperloop form show {name} --png {folder}"),
    ):
        reporter.say(
            step.format(
                file=settings.relative(folder / "form.docx"), toml=settings.relative(path),
                name=name, folder=settings.relative(settings.output),
            )
        )  # fmt: skip


@form.command(help=_("What is wrong with the forms' templates; without names, with all of them."))
@click.argument("names", metavar="[FORM]…", nargs=-1)
@reporting
def check(reporter: Reporter, names: tuple[str, ...]) -> ExitCode:
    """Errors end with 4, warnings do not."""
    settings = common.settings()
    from pipeline.forms import form as forms

    known = forms.names(settings)
    for name in names:
        if name not in known:
            raise UsageError(
                _("there is no form “{name}”").format(name=name),
                hint=_("the forms: {names}").format(names=", ".join(known)),
            )
    checked = names or known
    findings = [finding for name in checked for finding in _findings(name, settings)]
    for finding in findings:
        reporter.record(finding)
    # Of every form at once a person wants to see only what is wrong.
    shown = [f for f in findings if names or f["level"] != "info"]
    if shown:
        columns = (_("form"), _("level"), _("rule"), _("phrase"), _("where"))
        rows = [(f["form"], _how_bad(f), _told(f), f["phrase"], f["where"]) for f in shown]
        reporter.table(columns, rows)
    errors = sum(finding["level"] == "error" for finding in findings)
    text = ngettext(
        "{n} form checked, errors: {errors}", "{n} forms checked, errors: {errors}", len(checked)
    )
    reporter.say(text.format(n=len(checked), errors=errors))
    if warnings := sum(finding["level"] == "warning" for finding in findings):
        reporter.say(_("Warnings: {n}. They stop nothing.").format(n=warnings))
    return ExitCode.BAD_FORM if errors else ExitCode.DONE


def _findings(name: str, settings: Settings) -> list[dict[str, str]]:
    """What a form's own check finds, then what the rules say of its wording."""
    from pipeline.forms import form as forms
    from pipeline.forms import lint, soundness

    found = soundness.check(name, settings)
    if any(finding["rule"] in ("form-toml", "template") for finding in found):
        return found  # there is nothing to read
    try:
        return found + [f.as_json() for f in lint.judge(forms.load(name, settings), settings)]
    except FormError as error:
        wrong = {"rule": "rules", "phrase": error.problem.what, "where": error.problem.where}
        return [*found, {"form": name, "level": "error", **wrong}]


def _how_bad(finding: Mapping[str, str]) -> str:
    """The level, and what became of the item that the law wants."""
    levels = {"error": _("error"), "warning": _("warning"), "info": _("in order")}
    states = {
        "found": _("found"),
        "vague": _("vague"),
        "missing": _("missing"),
        "absent": _("not called for"),
        "clear": _("nothing found"),
    }
    state = states.get(finding.get("state", ""), "")
    return "\n".join(part for part in (levels[finding["level"]], state) if part)


def _told(finding: Mapping[str, str]) -> str:
    """A finding's rule in words: the law's paragraph and what is wrong, where the rules say so."""
    if not finding.get("title"):
        return finding["rule"]
    parts = (finding["title"], finding["why"], finding["source"])
    return "\n".join(part for part in parts if part)
