"""Whether a form can be filled: its TOML, its template and the tags of one known to the other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.engines import docx, tags
from pipeline.errors import FormError
from pipeline.forms import form as forms
from pipeline.forms.columns import COLUMNS, NESTED
from pipeline.forms.form import BUILT_IN, Form
from pipeline.i18n import _
from pipeline.language.lettering import is_mixed_script
from pipeline.settings import Settings


def check(name: str, settings: Settings) -> list[dict[str, str]]:
    """What is wrong with a form (contract: ``form check``): errors alone."""
    try:
        form = forms.load(name, settings)
    except FormError as error:
        return [_finding(name, "form-toml", error.problem.what, error.problem.where)]
    return [_finding(name, *f) for f in _findings(form)]


def sound(form: Form) -> Form:
    """The form itself, if its check finds no error in it; else raises FormError."""
    for rule, phrase, where in _findings(form):
        raise FormError(
            _("the template cannot be filled: {rule}: {phrase}").format(rule=rule, phrase=phrase),
            where=f"{form.name}, {where}",
            hint=_("see paperloop form check"),
        )
    return form


def _findings(form: Form) -> Iterator[tuple[str, str, str]]:
    """(rule, phrase, where) of each error in a form that could be loaded."""
    if not form.command:
        for column in form.inputs():
            if column not in COLUMNS and column not in NESTED:
                yield "unknown-column", column, "form.toml"
    try:
        found = tags.read(form.template)
        wrong = list(_in_tags(form, found))
        if not wrong:
            docx.compile_template(form.template)
    except FormError as error:
        yield "template", error.problem.what, error.problem.where
        return
    yield from wrong


def _in_tags(form: Form, found: list[tags.Tag]) -> Iterator[tuple[str, str, str]]:
    columns = {table.name: {f.name for f in table.fields} for table in form.tables}
    known = {f.name for f in form.fields}
    loops = dict(tag.loop for tag in found if tag.loop)
    seen = set()
    for tag in found:
        table = loops.get(tag.owner, "")
        allowed = columns.get(table, set()) | {"number"} if tag.owner else known | BUILT_IN
        if any(is_mixed_script(word) for word in re.findall(r"\w+", tag.text)):
            yield "mixed-script", tag.text, tag.where
        elif tag.fault:
            yield tag.fault, tag.text, tag.where
        elif set(tag.names) - allowed or (tag.loop and tag.loop[1] not in columns):
            yield "unknown-field", tag.text, tag.where
        if not tag.control:
            seen |= {(table, name) for name in tag.names}
    wanted = [("", f.name) for f in form.fields]
    wanted += [(table.name, f.name) for table in form.tables for f in table.fields]
    for table, name in wanted:
        if (table, name) not in seen:
            yield "field-missing", f"{table}.{name}".lstrip("."), form.template.name


def _finding(form: str, rule: str, phrase: str, where: str) -> dict[str, str]:
    return {"form": form, "level": "error", "rule": rule, "phrase": phrase, "where": where}
