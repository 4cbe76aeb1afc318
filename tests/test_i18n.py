"""The Russian catalogue is whole: nothing untranslated, nothing lost, nothing stale."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import pipeline
from pipeline import i18n

PACKAGE = Path(pipeline.__file__).parent
FOLDER = i18n.LOCALE_FOLDER / "ru" / "LC_MESSAGES"
MEND = "run `make messages` and translate what is new"


def catalogue() -> Catalog:
    with (FOLDER / "paperloop.po").open("rb") as stream:
        return read_po(stream, locale="ru", domain=i18n.DOMAIN)


def messages() -> list[Message]:
    return [message for message in catalogue() if message.id]


def translations(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def sources(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def test_compiled_catalogue_is_the_written_one() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    assert compiled.getvalue() == (FOLDER / "paperloop.mo").read_bytes(), MEND


def test_catalogue_holds_the_messages_of_the_code_and_no_others() -> None:
    found = extract_from_dir(PACKAGE, method_map=[("**.py", "python")])
    in_code = {text for _file, _line, text, _comments, _context in found if text}
    assert {message.id for message in messages()} == in_code, MEND


def test_every_message_is_translated() -> None:
    lacking = [m.id for m in messages() if m.fuzzy or not all(translations(m))]
    assert not lacking, MEND


def test_translations_keep_the_placeholders() -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"\{[^}]*\}", text))

    for message in messages():
        known = [names(text) for text in sources(message)]
        assert all(names(text) in known for text in translations(message)), message.id


def test_plurals_have_the_three_russian_forms() -> None:
    plurals = [message for message in messages() if message.pluralizable]
    assert plurals
    assert all(len(translations(message)) == 3 for message in plurals)


def test_messages_are_never_built_before_they_are_translated() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "_":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "ru_RU.UTF-8", "LANG": "en_US.UTF-8"}, "ru"),
        ({"LC_ALL": "", "LC_MESSAGES": "en_GB.UTF-8", "LANG": "ru_RU.UTF-8"}, "en"),
    ],
)
def test_language_follows_the_locale(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert i18n.language_of_locale() == language


@pytest.mark.parametrize(("n", "word"), [(1, "1 форма"), (3, "3 формы"), (11, "11 форм")])
def test_russian_counts(n: int, word: str) -> None:
    i18n.use("ru")
    try:
        text = i18n.ngettext(
            "{n} form checked, errors: {errors}", "{n} forms checked, errors: {errors}", n
        )
    finally:
        i18n.use("en")
    assert word in text.format(n=n, errors=0)
