"""The lawyer's reading of a form: what its wording must say, and what it had better not.

Comes in: a form whose ``form.toml`` names its rules (``lint = "consent"``). Goes out: findings in
the words of the rules. The rules are data, ``templates/rules/KIND.toml``, each with the days it is
in force and the paragraph of the law; ``--today`` picks the edition. How a rule's patterns are
written ``passages`` says.

An *item* must be there: it comes out found, vague, missing, or absent where nothing calls for it.
A *notice* is what should not be there. A level is "error" where the paper would be of no use, "gap"
where the law is not kept (an error, but a warning in wording that is reproduced as approved), or
"warning".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.engines import docx
from pipeline.errors import FormError, Problem
from pipeline.files import toml
from pipeline.forms import passages
from pipeline.forms.form import Field, Form
from pipeline.forms.passages import Paragraph, Passage, Text
from pipeline.i18n import _, in_language, ngettext
from pipeline.settings import Settings

FOLDER = "rules"
_LEVELS = ("error", "gap", "warning")
_WORDS = {"title", "why", "missing"}  # each with its twin in English, "title_en"
_PATTERNS = {"any", "when", "unless", "vague", "instead", "promised"}
_ITEM_KEYS = {"rule", "source", "since", "until", "level", "parts", "at_issue"}
_NOTICE_KEYS = {"rule", "source", "since", "until", "level", "least", "mandatory", "at_issue"}
_REFERENCE = re.compile(r"[A-Za-z_]+(?:\.[A-Za-z_]+)?")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one kind of form that are in force, and the notices that the kind overrides."""

    items: tuple[Mapping[str, Any], ...]
    notices: tuple[Mapping[str, Any], ...]
    allows: frozenset[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's answer about a form (contract: ``form check``).

    ``state`` is found, vague, missing or absent for an item, noticed or clear for a notice; only
    vague, missing and noticed are faults. ``level`` is error, warning, or info where all is well.
    """

    form: str
    level: str
    rule: str
    state: str
    phrase: str
    where: str
    title: str
    why: str
    source: str

    def as_json(self) -> dict[str, str]:
        """The contract's object, with what the clerk is told beside it."""
        return {name: getattr(self, name) for name in self.__slots__}


def judge(form: Form, settings: Settings) -> list[Finding]:
    """Every rule's answer about a form, errors first, then warnings, then what is in order.

    Raises:
        FormError: the template cannot be read, or a file of rules is wrong or not there.
    """
    if not form.lint:
        return []
    rules = [load(kind, settings) for kind in form.lint]
    allowed = frozenset[str]().union(*(r.allows for r in rules))
    text = _text(form)
    found: list[Finding] = []
    for kind in rules:
        found += [_judge_item(rule, text, form) for rule in kind.items]
        for rule in kind.notices:
            if rule["rule"] not in allowed:
                found += _judge_notice(rule, text, form)
    order = ("error", "warning", "info")
    return sorted(found, key=lambda f: order.index(f.level))


def at_issue(form: Form, settings: Settings) -> list[Problem]:
    """What is said each time the form is issued: faults of the rules marked ``at_issue``."""
    kinds = [load(kind, settings) for kind in form.lint]
    every = [rule for kind in kinds for rule in (*kind.items, *kind.notices)]
    marked = {rule["rule"] for rule in every if rule.get("at_issue")}
    if not marked:
        return []
    return [
        Problem(f"{f.title}: {f.why}", form.name, f.source, level="warning")
        for f in judge(form, settings)
        if f.rule in marked and f.level != "info"
    ]


def load(kind: str, settings: Settings) -> Rules:
    """The rules of a kind that are in force on the settings' day: the workspace's, else ours.

    Raises:
        FormError: there are none, or their TOML is wrong.
    """
    where = f"{FOLDER}/{kind}.toml"
    path = settings.template(where) if re.fullmatch(r"[\w-]+", kind) else None
    if path is None:
        raise FormError(
            _("there are no rules “{kind}”").format(kind=kind),
            where=f"{FOLDER}/",
            hint=_("mend lint in form.toml"),
        )
    document = toml(path.read_bytes(), where)
    for rule in document.get("items", ()):
        _expect(rule, _ITEM_KEYS, where)
        for part in rule.get("parts", ()):
            _expect(part, {"least"}, where, needed=("title", "any"))
    for rule in document.get("notices", ()):
        _expect(rule, _NOTICE_KEYS, where)
    return Rules(
        tuple(r for r in document.get("items", ()) if _in_force(r, settings.today)),
        tuple(r for r in document.get("notices", ()) if _in_force(r, settings.today)),
        frozenset(document.get("allows", ())),
    )


def _expect(
    table: Mapping[str, Any], known: set[str], where: str, needed: Sequence[str] = ("rule", "level")
) -> None:
    known = known | _PATTERNS | _WORDS | {f"{word}_en" for word in _WORDS}
    wrong = sorted({*(table.keys() - known), *(key for key in needed if key not in table)})
    days = [table[key] for key in ("since", "until") if key in table]
    if wrong or table.get("level", "gap") not in _LEVELS or not all(type(d) is date for d in days):
        raise FormError(
            _("the rule “{rule}” lacks or does not know: {keys}").format(
                rule=table.get("rule", table.get("title", "?")),
                keys=", ".join(wrong) or "level, since, until",
            ),
            where=where,
        )


def _in_force(rule: Mapping[str, Any], today: date) -> bool:
    return bool(rule.get("since", date.min) <= today < rule.get("until", date.max))


def _text(form: Form) -> Text:
    blanks = {field.name: _names(field) for field in form.fields}
    for table in form.tables:
        blanks |= {f"item.{field.name}": _names(field) for field in table.fields}
    numbered = docx.paragraphs(form.template)
    return passages.read((Paragraph(number, text) for number, text in numbered), blanks)


def _names(field: Field) -> frozenset[str]:
    """What a pattern may call a blank: name, columns, kind:column, and hand:kind for a pen's."""
    columns = set(_REFERENCE.findall(field.value)) - {"item"}
    hand = {f"hand:{field.kind}"} if field.by_hand else set()
    return frozenset({field.name} | columns | {f"{field.kind}:{c}" for c in columns} | hand)


def _judge_item(rule: Mapping[str, Any], text: Text, form: Form) -> Finding:
    called_for = [place for _pattern, place in _said(rule, "when", text)]
    if "when" in rule and not called_for:
        return _finding(rule, form, "absent")
    parts = [(part, _of_part(part, text)) for part in rule.get("parts", ())]
    lacking = [part for part, places in parts if not places]
    places = [p for part, found in parts for p in (found if "least" in part else found[:1])]
    if vague := _first(rule, "vague", text):
        return _finding(rule, form, "vague", [vague], _word(rule, "why"))
    if not lacking:
        return _finding(rule, form, "found", places)
    if instead := _first(rule, "instead", text):
        return _finding(rule, form, "vague", [instead], _word(rule, "why"))
    names = ", ".join(_word(part, "title") for part in lacking)
    said = _word(rule, "missing") or _("not said: {what}").format(what=names)
    promised = text.first(rule.get("promised", ()))
    return _finding(rule, form, "missing", [promised] if promised else called_for[:1], said)


def _judge_notice(rule: Mapping[str, Any], text: Text, form: Form) -> Iterator[Finding]:
    found = list(_said(rule, "any", text))
    if len({pattern for pattern, _place in found}) < rule.get("least", 1):
        if rule.get("mandatory"):
            yield _finding(rule, form, "clear")
        return
    places = _apart([place for _pattern, place in found])
    if rule.get("least", 1) > 1:  # it is their number that is noticed
        yield _finding(rule, form, "noticed", places, _word(rule, "why"))
        return
    for place in places:
        yield _finding(rule, form, "noticed", [place], _word(rule, "why"))


def _of_part(part: Mapping[str, Any], text: Text) -> list[Passage]:
    """The passages of a part, one a pattern; none where fewer patterns are found than needed."""
    found = [place for p in part["any"] if (place := text.first([p]))]
    return found if len(found) >= part.get("least", 1) else []


def _said(rule: Mapping[str, Any], key: str, text: Text) -> Iterator[tuple[str, Passage]]:
    """The passages of a rule's patterns, less those in a sentence that says the contrary."""
    contrary = {p.sentence for pattern in rule.get("unless", ()) for p in text.find(pattern)}
    for pattern in rule.get(key, ()):
        yield from ((pattern, p) for p in text.find(pattern) if p.sentence not in contrary)


def _first(rule: Mapping[str, Any], key: str, text: Text) -> Passage | None:
    """The first of those passages, patterns tried in their order."""
    return next((place for _pattern, place in _said(rule, key, text)), None)


def _apart(places: Sequence[Passage]) -> list[Passage]:
    """In the document's order, each phrase once; of two that share words the longer stays."""
    kept: list[Passage] = []
    for place in sorted(places, key=lambda p: -len(p.phrase)):
        if not any(k.paragraph == place.paragraph and place.phrase in k.phrase for k in kept):
            kept.append(place)
    return sorted(kept, key=lambda p: p.paragraph)


def _finding(
    rule: Mapping[str, Any],
    form: Form,
    state: str,
    places: Sequence[Passage] = (),
    why: str = "",
) -> Finding:
    level = "info"
    if state == "missing":
        level = "warning" if rule["level"] == "gap" and form.approved else rule["level"]
        level = "error" if level == "gap" else level
    elif state in ("vague", "noticed"):
        level = "error" if rule["level"] == "error" else "warning"
    numbers = sorted({p.paragraph for p in places})
    listed = ", ".join(map(str, numbers))
    at = ngettext("paragraph {numbers}", "paragraphs {numbers}", len(numbers))
    return Finding(
        form=form.name,
        level=level,
        rule=rule["rule"],
        state=state,
        phrase="; ".join(dict.fromkeys(p.phrase for p in places)),
        where=at.format(numbers=listed) if numbers else form.template.name,
        title=_word(rule, "title"),
        why=why,
        source=rule.get("source", ""),
    )


def _word(table: Mapping[str, Any], key: str) -> str:
    """A rule's words in the language in use."""
    russian = str(table.get(key, ""))
    return in_language(russian, str(table.get(f"{key}_en", "")))
