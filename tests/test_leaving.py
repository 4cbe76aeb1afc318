"""What must leave a file, or ended in it: each consent by its form and by who gets the data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.forms import form as forms
from pipeline.registry import Registry
from tests import filing
from tests.test_file import Paperloop, consent, terms

BEAR, LYNX = "обществу «Медведь»", "ООО «Рысь»"
TO = "third_party_dative"
SITES = "resources"


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


@pytest.mark.parametrize(
    ("form", "earlier", "later", "stands"),
    [
        ("consent-transfer", {TO: BEAR}, {TO: "Обществу «Медведь»"}, True),
        ("consent-transfer", {TO: BEAR}, {TO: LYNX}, False),
        ("consent-transfer", {TO: BEAR}, {}, False),
        ("consent-transfer", {TO: BEAR, "insurer": LYNX}, {TO: BEAR}, False),
        ("consent-transfer", {TO: BEAR}, {TO: LYNX, "insurer": BEAR}, True),
        (
            "consent-dissemination",
            {SITES: "https://a.example"},
            {SITES: "https://b.example"},
            False,
        ),
        (
            "consent-dissemination",
            {SITES: "https://a.example"},
            {SITES: "https://b.example, https://A.example/"},
            True,
        ),
        ("consent-contractor", {}, {}, True),
    ],
)
def test_a_later_consent_stands_for_an_earlier_one_only_where_it_names_the_same(
    form: str,
    earlier: dict[str, str],
    later: dict[str, str],
    stands: bool,
    registry: Registry,
    paperloop: Paperloop,
) -> None:
    ended = consent(registry, form, "2020-03-02", valid_until="2022-12-31", **earlier)
    consent(registry, form, "2023-01-09", valid_until="2030-12-31", **later)
    assert (f"0042:consent:{ended}" not in terms(paperloop, "consent")) is stands


def test_another_form_stands_for_nothing(registry: Registry, paperloop: Paperloop) -> None:
    ended = consent(
        registry, "consent-transfer", "2020-03-02", valid_until="2022-12-31", **{TO: BEAR}
    )
    consent(registry, "consent-obtain", "2023-01-09", third_party_genitive="общества «Медведь»")
    assert f"0042:consent:{ended}" in terms(paperloop, "consent")


def test_a_copy_that_was_not_issued_here_ends_and_is_stood_for_as_an_issued_one(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    consent(registry, "consent-2025", "2026-09-01")  # Anna is known here
    form = forms.load("consent-biometric", filing.of(workspace))
    copy = filing.unissued(registry, form)
    said = paperloop("review", "--set", copy, "subject=0042", "--set", copy, "date=2020-03-02",
                     "--accept", copy)  # fmt: skip
    assert said.code == 0, said.err
    assert terms(paperloop, "consent") == {f"0042:consent:{copy}": "2025-03-02"}
    assert terms(paperloop, "consent-kept") == {f"0042:consent-kept:{copy}": "2028-03-02"}
    consent(registry, form.name, "2026-09-02")
    assert copy not in " ".join(terms(paperloop, "consent"))
