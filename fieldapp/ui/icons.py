"""Icons by meaning (Phosphor, drawn from a font, hence sharp at every scale).

Outlines are for actions; states and the place one is in are filled. Which picture a meaning has is written
once, in ``NAMES``.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from fieldapp.ui.themes import colours

NAMES = MappingProxyType(
    {
        # places
        "today": "sun-dim",
        "buildings": "house-line",
        "inspection": "clipboard-text",
        "hazards": "warning-octagon",
        "papers": "file-text",
        "sync": "arrows-clockwise",
        "settings": "gear-six",
        # states of a record
        "draft": "pencil-simple-fill",
        "finalized": "check-circle-fill",
        "frozen": "lock-simple",
        "unsent": "cloud-arrow-up",
        "waiting": "circle",
        "sending": "cloud-arrow-up-fill",
        "sent": "check-circle-fill",
        "refused": "x-circle-fill",
        "returned": "arrow-u-up-left",
        "accepted": "circle-wavy-check-fill",
        "conflict": "git-fork",
        "locked_door": "lock-key-fill",
        "refused_entry": "hand-palm",
        "again": "repeat",
        "open": "circle",
        "half": "circle-half",
        "done": "check-circle-fill",
        "overdue": "clock",
        # levels and codes
        "major": "warning-octagon-fill",
        "general": "warning-fill",
        "red": "warning-octagon-fill",
        "yellow": "warning-fill",
        "green": "check-circle-fill",
        "no_code": "circle-dashed",
        "closed": "circle-wavy-check-fill",
        # paper
        "signing": "pen-nib",
        "signed_page": "camera",
        "stamp_due": "circle-wavy",
        "stamped": "circle-wavy-check",
        "print": "printer",
        "void": "prohibit",
        # photographs
        "phone": "device-mobile-camera",
        "camera": "camera",
        "cable": "link-simple",
        "folder": "folder-open",
        "qr": "qr-code",
        "arrow": "arrow-up-right",
        "circle": "circle",
        "text": "text-t",
        "ruler": "ruler",
        "crop": "crop",
        "zoom_in": "magnifying-glass-plus",
        "zoom_out": "magnifying-glass-minus",
        "image": "image",
        # actions
        "search": "magnifying-glass",
        "filter": "funnel",
        "map": "map-pin",
        "correct": "pencil-line",
        "note": "note-pencil",
        "undo": "arrow-counter-clockwise",
        "redo": "arrow-clockwise",
        "field_mode": "path",
        "sunlight": "sun",
        "moon": "moon",
        "emergency": "first-aid-kit-fill",
        "call": "phone-call",
        "lock": "lock-simple",
        "key": "key",
        "copy": "copy",
        "delete": "trash",
        "add": "plus",
        "close": "x",
        "check": "check",
        "checks": "checks",
        "pause": "pause",
        "play": "play-fill",
        "back": "caret-left",
        "forward": "caret-right",
        "down": "caret-down",
        "up": "caret-up",
        "command": "terminal-window",
        "list": "list",
        "calendar": "calendar-blank",
        "phrases": "chat-text",
        # people, laptop, server
        "laptop": "laptop",
        "server": "cloud",
        "person": "user-circle",
        "person_fill": "user-circle-fill",
        "team": "users",
        "encrypted": "shield-check",
        "history": "clock-counter-clockwise",
        "usb": "hard-drive",
        "online": "wifi-high",
        "offline": "wifi-slash",
        "language": "translate",
        "keyboard": "keyboard",
        "eye": "eye",
        "info": "info",
        "warning": "warning",
    }
)
#: A glyph fills less than the em it is drawn in, and leaves an eighth of its box free.
_SCALE = 0.875 * 1.1


@cache
def _glyphs() -> tuple[str, dict[str, str]]:
    """The family of the icons' face and the character of every picture.

    QtAwesome carries both. Its own loader brings in a dozen other faces, which takes longer than the whole
    window; so the two files are read from its folder. EnvironmentError if they are not there.
    """
    found = find_spec("qtawesome")
    if found is None or found.origin is None:
        raise FileNotFoundError("qtawesome")
    folder = Path(found.origin).parent / "fonts"
    face = next(folder.glob("phosphor-[0-9]*.ttf"))
    names = json.loads(next(folder.glob("phosphor-charmap-*.json")).read_text("utf-8"))
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(face)))
    return families[0], {name: chr(int(code, 16)) for name, code in names.items()}


def _picture(name: str, *, filled: bool) -> str:
    picture = NAMES[name]
    return f"{picture}-fill" if filled and not picture.endswith("-fill") else picture


class _Glyph(QIconEngine):
    """Draws one character of the icons' face at whatever size and scale is asked for."""

    def __init__(self, picture: str, colour: QColor) -> None:
        super().__init__()
        self._picture, self._colour = picture, colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Into ``rect``."""
        shade = colours().text3 if mode == QIcon.Mode.Disabled else self._colour
        _draw(painter, QRectF(rect), self._picture, QColor(shade))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """As a picture, transparent behind."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made

    def clone(self) -> _Glyph:
        """A copy for another icon."""
        return _Glyph(self._picture, self._colour)


def _draw(painter: QPainter, box: QRectF, picture: str, colour: QColor) -> None:
    family, characters = _glyphs()
    face = QFont(family)
    face.setWeight(QFont.Weight.Normal)  # else a painter takes over its widget's bold
    face.setPixelSize(max(1, round(box.height() * _SCALE)))
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(face)
    painter.setPen(colour)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, characters[picture])
    painter.restore()


def icon(name: str, colour: str | QColor | None = None, *, filled: bool = False) -> QIcon:
    """The icon of a meaning in ``colour`` (by default the text's). KeyError for a meaning without picture."""
    picture = _picture(name, filled=filled)
    if picture not in _glyphs()[1]:
        raise KeyError(picture)
    return QIcon(_Glyph(picture, QColor(colour or colours().text)))


def paint_icon(
    painter: QPainter,
    box: QRect | QRectF,
    name: str,
    colour: str | QColor | None = None,
    *,
    filled: bool = False,
) -> None:
    """Draw the icon into ``box`` of a painter."""
    _draw(painter, QRectF(box), _picture(name, filled=filled), QColor(colour or colours().text))
