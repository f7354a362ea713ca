"""Composition: the one place where a store is opened and the services are built on it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fieldapp import settings

if TYPE_CHECKING:
    from fieldapp.services.access import Access
    from fieldapp.services.laptop import Laptop
    from fieldapp.store import KeyStrength, Store


def built(store: Store, clock: Callable[[], datetime] = settings.now) -> Laptop:
    """The services on an open store."""
    from fieldapp.services.laptop import Laptop

    return Laptop(store, clock, "en" if settings.language() == "en" else "zh")


def unlock(
    folder: Path, inspector_id: str, passphrase: str, clock: Callable[[], datetime] = settings.now
) -> Laptop:
    """Open the store in ``folder``; raises what ``Store.unlock`` and ``revocation.admit`` raise."""
    from fieldapp.services.revocation import admit
    from fieldapp.store import Store

    store = Store.unlock(folder, inspector_id, passphrase, clock=clock)
    admit(store, clock)
    return built(store, clock)


def access(
    folder: Path, clock: Callable[[], datetime] = settings.now, strength: KeyStrength | None = None
) -> Access:
    """The door of the store in ``folder``, which need not exist yet."""
    from fieldapp.services.access import Access

    return Access(folder, lambda store: built(store, clock), clock, strength)


def window(folder: Path) -> int:
    """Open the window on the store in ``folder``; the exit code. Qt is loaded here and not before.

    What is loaded stays: to look for garbage among it would take a fifth of the start. The window turns the
    collector on once all is loaded.
    """
    gc.disable()
    from fieldapp.ui.application import start
    from fieldapp.ui.preferences import Preferences

    return start(access(folder), Preferences(folder.with_name(f"{folder.name}-window.ini")))


def has_display() -> bool:
    """Whether a window can be seen here: on Linux an X or Wayland display must be named."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def screens(folder: Path, inspector_id: str, passphrase: str, out: Path) -> tuple[Path, ...]:
    """Pictures of the main screens over the store in ``folder``, drawn offscreen into ``out``."""
    from fieldapp.ui.preferences import Preferences
    from fieldapp.ui.screens import grab_screens, offscreen

    offscreen()
    door = access(folder)
    preferences = Preferences(out / "window.ini")
    try:
        return grab_screens(door, lambda: door.unlock(inspector_id, passphrase), preferences, out)
    finally:
        (out / "window.ini").unlink(missing_ok=True)


def gallery() -> int:
    """Show every control in every state; the exit code."""
    from fieldapp.ui.gallery import show

    return show()


def main() -> int:
    """The window's own entry point, without the command line."""
    return window(settings.data_folder())
