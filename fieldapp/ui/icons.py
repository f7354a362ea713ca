"""Icons by meaning (Phosphor, drawn from a font, hence sharp at every scale).

Outlines are for actions; states and the place one is in are filled. Which picture a meaning has is written
once, in ``NAMES``.
"""

from __future__ import annotations

from types import MappingProxyType

import qtawesome
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter

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
        # people, laptop
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
#: QtAwesome draws a glyph smaller than its box.
_SCALE = 1.1


def icon(name: str, colour: str | QColor | None = None, *, filled: bool = False) -> QIcon:
    """The icon of a meaning in ``colour`` (by default the text's). KeyError for a meaning without picture."""
    glyph = NAMES[name]
    if filled and not glyph.endswith("-fill"):
        glyph += "-fill"
    theme = colours()
    made: QIcon = qtawesome.icon(
        f"ph.{glyph}",
        color=QColor(colour or theme.text),
        color_disabled=QColor(theme.text3),
        scale_factor=_SCALE,
    )
    return made


def paint_icon(
    painter: QPainter,
    box: QRect | QRectF,
    name: str,
    colour: str | QColor | None = None,
    *,
    filled: bool = False,
) -> None:
    """Draw the icon into ``box`` of a painter."""
    target = box.toRect() if isinstance(box, QRectF) else box
    icon(name, colour, filled=filled).paint(painter, target, Qt.AlignmentFlag.AlignCenter)
