"""Texts in the user's language: English sources, gettext catalogues, Chinese by default.

Nothing is translated when a module is imported; ``_`` looks the text up when it is called, so that
switching the language needs no restart. A missing Chinese catalogue fails the start: a program that
falls back to English in silence would surprise its users on a staircase.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from fieldapp import settings
from fieldapp.errors import FieldappError, Phrase, UserError

DOMAIN = "fieldapp"
# Slots whose text is our own wording, hence translated; all others are ids, numbers, names of files.
WORDED_SLOTS = frozenset({"found", "kind", "problem", "reason", "remedy"})
_current: gettext.NullTranslations | None = None
_language = ""
#: Another language for what is being said right now (``speaking``), with its name.
_apart: ContextVar[tuple[str, gettext.NullTranslations] | None] = ContextVar("spoken", default=None)


def catalogues() -> Path:
    """The folder of the compiled catalogues, ``<language>/LC_MESSAGES/fieldapp.mo``."""
    return settings.resources() / "i18n"


def use(language: str) -> None:
    """Switch to ``language`` (``zh_CN`` or ``en``). Raises UserError TEXT_001 without its catalogue.

    The error itself is then told in its source, which is bilingual.
    """
    global _current, _language
    _current, _language = gettext.NullTranslations(), "en"
    _current, _language = _loaded(language), language


def _loaded(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    try:
        return gettext.translation(DOMAIN, str(catalogues()), languages=[language])
    except FileNotFoundError as error:
        raise UserError("TEXT_001", language=language) from error


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """``language`` for all that is said inside, by this thread alone: a server has readers of both."""
    before = _apart.set((language, _loaded(language)))
    try:
        yield
    finally:
        _apart.reset(before)


def spoken() -> str:
    """The language that texts are in now: ``zh_CN`` or ``en``."""
    apart = _apart.get()
    if apart is not None:
        return apart[0]
    if _current is None:
        use(settings.language())
    return _language


def _(text: str) -> str:
    """``text`` in the current language."""
    apart = _apart.get()
    if apart is not None:
        return apart[1].gettext(text) if text else ""
    if _current is None:
        use(settings.language())
    assert _current is not None
    return _current.gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """``one`` or ``many`` for ``count`` things; both are sources. Chinese has one form, that of ``many``."""
    return one if count == 1 and spoken() == "en" else _(many)


def N_(text: str) -> str:  # noqa: N802 - the name gettext gives it everywhere
    """Mark ``text`` for translation where it stands before the language is known (help of commands)."""
    return text


# What the system says of a file that it refuses, which stands in the slot ``problem`` or ``reason``.
SYSTEM_WORDS = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("File name too long"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("Input/output error"),
)


def explain(error: FieldappError) -> tuple[str, str, str]:
    """Title, what happened and what to do, in the user's language, slots filled."""
    detail = error.detail
    slots = _worded(error.slots)
    return _(detail.title), _(detail.message).format(**slots), _(detail.remedy).format(**slots)


def worded(phrase: Phrase) -> str:
    """A phrase in the user's language, slots filled."""
    return _(phrase.text).format(**_worded(phrase.slots))


def _worded(slots: dict[str, object]) -> dict[str, object]:
    """The slots with those translated that hold a wording of ours; foreign words pass as they are."""
    told = dict(slots)
    for name, slot in slots.items():
        if isinstance(slot, Phrase):
            told[name] = worded(slot)
        elif name in WORDED_SLOTS and isinstance(slot, str):
            told[name] = _(slot)
    return told
