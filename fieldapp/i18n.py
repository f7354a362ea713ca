"""Texts in the user's language: English sources, gettext catalogues, Chinese by default.

Nothing is translated when a module is imported; ``_`` looks the text up when it is called, so that
switching the language needs no restart. A missing Chinese catalogue fails the start: a program that
falls back to English in silence would surprise its users on a staircase.
"""

from __future__ import annotations

import gettext
from pathlib import Path

from fieldapp import settings
from fieldapp.errors import FieldappError

DOMAIN = "fieldapp"
_current: gettext.NullTranslations | None = None


def catalogues() -> Path:
    """The folder of the compiled catalogues, ``<language>/LC_MESSAGES/fieldapp.mo``."""
    return settings.resources() / "i18n"


def use(language: str) -> None:
    """Switch to ``language`` (``zh_CN`` or ``en``). Raises FileNotFoundError without its catalogue."""
    global _current
    if language == "en":
        _current = gettext.NullTranslations()
    else:
        _current = gettext.translation(DOMAIN, str(catalogues()), languages=[language])


def _(text: str) -> str:
    """``text`` in the current language."""
    if _current is None:
        use(settings.language())
    assert _current is not None
    return _current.gettext(text) if text else ""


def N_(text: str) -> str:  # noqa: N802 - the name gettext gives it everywhere
    """Mark ``text`` for translation where it stands before the language is known (help of commands)."""
    return text


def explain(error: FieldappError) -> tuple[str, str, str]:
    """Title, what happened and what to do, in the user's language, slots filled."""
    detail = error.detail
    return (
        _(detail.title),
        _(detail.message).format(**error.slots),
        _(detail.remedy).format(**error.slots),
    )
