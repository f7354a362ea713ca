"""What the window remembers without a key: theme, density, language, lock time, sizes. Nothing personal."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from fieldapp import settings
from fieldapp.ui.themes.tokens import DENSITIES, THEMES

LANGUAGES = ("zh_CN", "en")
LOCK_MINUTES = (2, 5, 10, 30)


class Preferences:
    """An ini file beside the store, which stays sealed until somebody unlocks it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._kept = QSettings(str(file), QSettings.Format.IniFormat)

    def _one_of(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        kept = str(self._kept.value(key, default))
        return kept if kept in allowed else default

    @property
    def theme(self) -> str:
        """``light``, ``dark`` or ``sunlight``."""
        return self._one_of("theme", tuple(THEMES), "light")

    @theme.setter
    def theme(self, name: str) -> None:
        self._kept.setValue("theme", name)

    @property
    def density(self) -> str:
        """``normal`` or ``field``."""
        return self._one_of("density", tuple(DENSITIES), "normal")

    @density.setter
    def density(self, name: str) -> None:
        self._kept.setValue("density", name)

    def turn_theme(self) -> None:
        """The next theme: light, dark, sunlight."""
        names = tuple(THEMES)
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def turn_density(self) -> None:
        """The other density."""
        self.density = "field" if self.density == "normal" else "normal"

    @property
    def field_sunlight(self) -> bool:
        """Whether field mode is in sunlight, whatever theme the rest of the window has."""
        return self._one_of("field_sunlight", ("off", "on"), "off") == "on"

    @field_sunlight.setter
    def field_sunlight(self, on: bool) -> None:
        self._kept.setValue("field_sunlight", "on" if on else "off")

    @property
    def language(self) -> str:
        """``zh_CN`` or ``en``."""
        return self._one_of("language", LANGUAGES, settings.language())

    @language.setter
    def language(self, name: str) -> None:
        self._kept.setValue("language", name)

    @property
    def lock_minutes(self) -> int:
        """After so many minutes without key or mouse the window locks itself."""
        return int(self._one_of("lock_minutes", tuple(map(str, LOCK_MINUTES)), "5"))

    @lock_minutes.setter
    def lock_minutes(self, minutes: int) -> None:
        self._kept.setValue("lock_minutes", str(minutes))

    def layout(self, name: str) -> QByteArray:
        """The kept geometry of the window or state of a splitter; empty for none."""
        kept = self._kept.value(f"layout/{name}", QByteArray())
        return kept if isinstance(kept, QByteArray) else QByteArray()

    def keep_layout(self, name: str, state: QByteArray) -> None:
        """Keep a geometry or state."""
        self._kept.setValue(f"layout/{name}", state)

    def text(self, name: str) -> str:
        """A word to show before unlocking, such as the district's name."""
        return str(self._kept.value(f"shown/{name}", ""))

    def keep_text(self, name: str, text: str) -> None:
        """Keep it."""
        self._kept.setValue(f"shown/{name}", text)

    def save(self) -> None:
        """Write now."""
        self._kept.sync()
