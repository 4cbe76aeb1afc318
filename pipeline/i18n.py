"""What people see, in their language: English in the code, Russian from the catalogue.

The catalogue is ``locale/ru/LC_MESSAGES/paperloop.po``; ``make messages`` brings it up to date.
Until ``use`` is called everything is English, so importing a module changes nothing.
"""

from __future__ import annotations

import gettext
import locale
import os
import sys
from pathlib import Path

LANGUAGES = ("ru", "en")
DOMAIN = "paperloop"
LOCALE_FOLDER = Path(__file__).parent / "locale"

# LANGUAGE first, as GNU gettext has it: the command line sets it for its worker processes.
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")

_catalogue = gettext.NullTranslations()


def _(message: str) -> str:
    """The message in the language in use. Never pass an f-string: format the answer."""
    return _catalogue.gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """The message in the right plural for ``n``; ``n`` itself is put in by the caller."""
    return _catalogue.ngettext(one, many, n)


def use(wanted: str | None = None) -> str:
    """Speak ``wanted`` ("ru" or "en") from now on; None: what the locale asks for. Returns it."""
    global _catalogue
    chosen = wanted or language_of_locale()
    if chosen == "ru":
        _catalogue = gettext.translation(DOMAIN, LOCALE_FOLDER, ["ru"])
    else:
        _catalogue = gettext.NullTranslations()
    return chosen


def language() -> str:
    """The language in use: "ru" or "en"."""
    return "en" if type(_catalogue) is gettext.NullTranslations else "ru"


def in_language(russian: str, english: str) -> str:
    """Which of a thing's two titles to show; the Russian one where there is no English."""
    return russian if language() == "ru" else english or russian


def language_of_locale() -> str:
    """Return "ru" if the locale is a Russian one, else "en"."""
    name = next((value for key in _VARIABLES if (value := os.environ.get(key))), "")
    if not name and sys.platform == "win32":
        import ctypes

        name = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return "ru" if name.lower().startswith("ru") else "en"
