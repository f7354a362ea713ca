"""Buttons of all kinds, with icon and key cap, and how a key cap is painted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

from fieldapp.ui.icons import paint_icon
from fieldapp.ui.themes import colours_named, font, sizes

#: primary: the one next step. secondary: the others. quiet: accent text. plain: grey text. link: underlined.
#: mark: bold, what must always be known. danger: red edge. on_danger: the white one inside the red panel.
Kind = Literal["primary", "secondary", "quiet", "plain", "mark", "link", "danger", "on_danger"]
#: small 28 inside a row of text, normal, main the action of a page.
Size = Literal["small", "normal", "main"]
_GAP = 8
_TEXT = {
    "primary": "on_accent",
    "secondary": "text",
    "quiet": "accent",
    "plain": "text2",
    "mark": "text",
    "link": "accent",
    "danger": "danger",
    "on_danger": "danger_fill",
}


class Button(QPushButton):
    """A button whose visible word is its accessible name; ``key`` is shown in a cap at its right.

    What ``refuse`` says stands in the tooltip and the accessible description while it is disabled; the page
    shows the same words beside it. ``picture_tone`` is the colour of the icon where it has one of its own.
    """

    def __init__(
        self,
        text: str,
        kind: Kind = "secondary",
        *,
        icon: str = "",
        key: str = "",
        size: Size = "normal",
        on_click: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.kind: Kind = kind
        self.picture, self.key, self.extent = icon, key, size
        self.filled = False
        self.picture_tone = ""
        self.leading_cap = ""
        self.setProperty("kind", kind)
        self.setProperty("size", size)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        if on_click is not None:
            self.clicked.connect(lambda: on_click())

    @classmethod
    def of_icon(
        cls, name: str, word: str, on_click: Callable[[], object] | None = None, *, size: Size = "normal"
    ) -> Button:
        """A button that is an icon only; ``word`` is its tooltip and accessible name."""
        made = cls("", "plain", icon=name, size=size, on_click=on_click)
        made.setAccessibleName(word)
        made.setToolTip(word)
        return made

    def refuse(self, why: str) -> None:
        """Disable with the reason, or enable for an empty one."""
        self.setEnabled(not why)
        self.setToolTip(why)
        self.setAccessibleDescription(why)

    def text_colour(self) -> QColor:
        """What text, icon and cap are drawn in."""
        if not self.isEnabled():
            return colours_named("text3")
        return colours_named(_TEXT[self.kind])

    def cap_height(self) -> int:
        """Of the key cap."""
        return 20

    def _height(self) -> int:
        dense = sizes()
        if self.kind == "link":
            return QFontMetricsF(self.font()).lineSpacing().__ceil__() + 2
        return {"small": dense.target, "normal": dense.control, "main": dense.main}[self.extent]

    def _side(self) -> int:
        if self.kind == "link":
            return 0
        if not self.text():
            return max(4, (self._height() - sizes().icon) // 2)
        return {"small": 10, "normal": 14, "main": 18}[self.extent]

    def sizeHint(self) -> QSize:
        """Icon, text and cap with their gaps."""
        return QSize(round(self._content_width() + 2 * self._side()), self._height())

    def minimumSizeHint(self) -> QSize:
        """The same: no word of a button is ever cut."""
        return self.sizeHint()

    def _face(self) -> QFont:
        """Bold when pressed: a style sheet's state does not reach the font that we paint with."""
        face = QFont(self.font())
        if self.isChecked():
            face.setWeight(QFont.Weight.Bold)
        return face

    def _pieces(self) -> list[float]:
        bold = QFontMetricsF(font("S" if self.extent == "small" else "M", bold=True))
        dense = sizes()
        widths = []
        if self.leading_cap:
            widths.append(cap_width(self.leading_cap, self.cap_height()))
        if self.picture:
            widths.append(float(dense.icon if self.extent != "small" else 18))
        if self.text():
            metrics = bold if self.isCheckable() else QFontMetricsF(self.font())
            widths.append(metrics.horizontalAdvance(self.text()) + 1)
        if self.key:
            widths.append(cap_width(self.key, self.cap_height()))
        return widths

    def _content_width(self) -> float:
        pieces = self._pieces()
        return sum(pieces) + _GAP * max(0, len(pieces) - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame by the style sheet, the content by us: a key cap has no place in Qt's own button."""
        painter = QPainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()  # type: ignore[attr-defined]
        option.state &= ~QStyle.StateFlag.State_HasFocus  # type: ignore[attr-defined]
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.property("choice") == "radio":
            left = float(self._side())
        else:
            left = max(float(self._side()), (self.width() - self._content_width()) / 2)
        self._paint_content(painter, left)

    def _paint_content(self, painter: QPainter, left: float) -> None:
        middle, colour, dense = self.height() / 2, self.text_colour(), sizes()
        if self.leading_cap:
            left = (
                paint_cap(painter, QPointF(left, middle), self.leading_cap, colour, self.cap_height()) + _GAP
            )
        if self.picture:
            side = float(dense.icon if self.extent != "small" else 18)
            box = QRectF(left, middle - side / 2, side, side)
            told = self.picture_tone if self.isEnabled() else ""
            shade = colours_named(told) if told else colour
            paint_icon(painter, box, self.picture, shade, filled=self.filled)
            left += side + _GAP
        if self.text():
            face = self._face()
            painter.setFont(face)
            painter.setPen(colour)
            width = QFontMetricsF(face).horizontalAdvance(self.text()) + 1
            box = QRectF(left, 0, width, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
            left += width + _GAP
        if self.key:
            paint_cap(painter, QPointF(left, middle), self.key, colour, self.cap_height())

    def changeEvent(self, event: QEvent) -> None:
        """Another theme or density: measure anew."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange, QEvent.Type.EnabledChange):
            self.updateGeometry()
            self.update()


def cap_width(text: str, height: int = 20) -> float:
    """How wide the cap of ``text`` is; a single character makes a square."""
    return max(float(height) * 0.9, QFontMetricsF(font("cap")).horizontalAdvance(text) + 10)


def paint_cap(painter: QPainter, at: QPointF, text: str, colour: QColor, height: int = 20) -> float:
    """Draw a key cap whose left middle is ``at``; where its right edge is. It never carries meaning alone."""
    box = QRectF(at.x() + 0.5, at.y() - height / 2 + 0.5, cap_width(text, height) - 1, height - 1)
    painter.save()
    edge = QColor(colour)
    edge.setAlphaF(0.75)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, sizes().radius_cap, sizes().radius_cap)
    painter.setPen(colour)
    painter.setFont(font("cap"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
    return box.right() + 0.5
