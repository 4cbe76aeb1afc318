"""``paperloop review``: what waits for a person, with the reason, and what the person says."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from typing import TYPE_CHECKING

import click

from pipeline.cli import common
from pipeline.cli.options import said, secret
from pipeline.cli.output import Reporter, reporting
from pipeline.errors import UsageError
from pipeline.i18n import _, ngettext

if TYPE_CHECKING:
    from pipeline.flow.review import Asked
    from pipeline.records.record import Document
    from pipeline.registry import Registry
    from pipeline.settings import Settings

PICTURES = "review"  # folder under output/


@click.command()
@click.option(
    "--set",
    "sets",
    nargs=2,
    multiple=True,
    metavar="ID FIELD=VALUE",
    help=_("say what a field says; the document goes on waiting"),
)
@click.option("--accept", multiple=True, metavar="ID", help=_("accept a document"))
@click.option("--reject", multiple=True, metavar="ID", help=_("reject a document"))
@said
@click.option("--again", is_flag=True, help=_("settle anew what has been settled"))
@secret
@reporting
def review(
    reporter: Reporter,
    sets: tuple[tuple[str, str], ...],
    accept: tuple[str, ...],
    reject: tuple[str, ...],
    why: str,
    by: str,
    again: bool,
    secret: bool,
) -> None:
    """What the machine read is kept beside what a person says."""
    settings = common.settings()
    from pipeline.flow import review as flow
    from pipeline.records import verdict
    from pipeline.records.record import ACCEPTED, REJECTED

    asked = _asked(sets, accept, reject)
    if (why or again) and not asked:
        raise UsageError(_("say what is meant: --set, --accept or --reject with an ID"))
    pictures = settings.output / PICTURES
    with common.registry(settings) as registry:
        if not asked:
            flow.clear(pictures)
            _list(reporter, flow.waiting(registry, secret=secret), registry, settings)
            apart = 0 if secret else sum(1 for _one in flow.waiting(registry, secret=True))
            if apart:
                text = ngettext(
                    "{n} document that is kept apart waits: see paperloop review --secret",
                    "{n} documents that are kept apart wait: see paperloop review --secret",
                    apart,
                )
                reporter.say(text.format(n=apart))
            return
        changed, odd = flow.settle(
            asked, common.user(by), why, registry, settings, again=again, secret=secret
        )
        for problem in odd:
            reporter.problem(problem)
        states = {ACCEPTED: _("accepted"), REJECTED: _("rejected")}
        for document in changed:
            reporter.record(flow.as_json(document, registry, settings, pictures))
            state = states.get(document.status, _("goes on waiting"))
            told = verdict.of(document, registry.settlements(document.id))
            reporter.say(f"{document.id}: {state}" + (f" ({told.why})" if told.why else ""))
            lacking = ", ".join(name for name, value in told.values.items() if value is None)
            if lacking and document.status != REJECTED:
                text = _("{document}: nobody has said yet what stands in {fields} (--set)")
                reporter.say(text.format(document=document.id, fields=lacking))


def _asked(
    sets: Iterable[tuple[str, str]], accept: Iterable[str], reject: Iterable[str]
) -> list[Asked]:
    from pipeline.flow.review import Asked

    answer = []
    for number, told in sets:
        field, equals, value = told.partition("=")
        if not equals or not field.strip():
            raise UsageError(
                _("“{said}” is not FIELD=VALUE").format(said=told),
                hint=_('write --set ID "full_name=Иванов Иван Иванович"'),
            )
        answer.append(Asked(number, "set", field.strip(), value))
    answer += [Asked(number, "accept") for number in accept]
    return answer + [Asked(number, "reject") for number in reject]


def _list(
    reporter: Reporter,
    documents: Iterable[Document],
    registry: Registry,
    settings: Settings,
) -> None:
    from pipeline.flow import proposals
    from pipeline.flow import review as flow
    from pipeline.records import reasons

    people = cache(registry.people)
    rows = []
    for document in documents:
        pictures = settings.output / PICTURES
        reporter.record(flow.as_json(document, registry, settings, pictures, people))
        form = flow.form_of(document, settings)
        person = registry.person(document.subject) if document.subject else None
        title = partial(flow.title_of, form=form)
        wrong = reasons.explained(document, title) + reasons.proposed(document, title)
        wrong += [reasons.offered(offer) for offer in flow.offers(document, registry)]
        wrong += proposals.contradictions(document, people, registry)
        for name, nominative in proposals.nominatives(document, people).items():
            text = _("{field} names {person}")
            wrong.append(text.format(field=title(name), person=nominative))
        if seen := proposals.proposal(document, people, registry, settings):
            wrong += seen.lines()
        who = f"{person.subject} {person.full_name}" if person else ""
        rows.append(
            (
                document.id,
                document.form,
                who,
                "\n".join(f"• {line}" for line in wrong),
                document.source,
            )
        )
    if not rows:
        reporter.say(_("Nothing waits for a person."))
        return
    reporter.table((_("document"), _("form"), _("person"), _("why it waits"), _("scan")), rows)
    text = ngettext("{n} document waits", "{n} documents wait", len(rows)).format(n=len(rows))
    hint = _("settle with --set, --accept or --reject; pictures are in {folder}")
    folder = settings.relative(settings.output / PICTURES)
    reporter.say(f"{text}; {hint.format(folder=folder)}")
