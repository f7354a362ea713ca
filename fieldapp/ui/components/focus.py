"""The focus ring: one transparent sheet over the window that draws where the keyboard is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)
from shiboken6 import isValid

from fieldapp.ui.themes import colours_named, sizes

_WIDTH, _OFF = 2, 2
#: So much stays free above and below what is brought into sight, logical pixels.
_AROUND = 24
#: Show the focus as their own border.
_OWN = (QLineEdit, QPlainTextEdit, QComboBox)


class FocusRing(QWidget):
    """Follows the focus of its window, for the keyboard only; in the density ``field`` always.

    Fields show the focus as their own border. Drawn over everything, because a style sheet's outline is cut
    by Fusion and ``QFocusFrame`` masks itself.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._around: QWidget | None = None
        self._by_key = False
        self._followed: list[QObject] = []
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._moved)
        window.installEventFilter(self)
        self.setGeometry(window.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Scrolling and resizing of what is followed move the ring.

        Filters lie on the control with its parents only: one on the application would be called for every
        event of every widget.
        """
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            if watched is self.parent():
                self.setGeometry(self.window().rect())
            self.update()
        return False

    def by_key(self, on: bool) -> None:
        """Whether the last thing the inspector did was a key: then the ring is seen."""
        if on != self._by_key:
            self._by_key = on
            self.update()

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        ours = new is not None and new.window() is self.window() and not isinstance(new, _OWN)
        for one in self._followed:
            if isValid(one):
                one.removeEventFilter(self)
        self._followed = []
        self._around = new if ours else None
        widget = self._around
        while widget is not None and widget is not self.window():
            widget.installEventFilter(self)
            self._followed.append(widget)
            widget = widget.parentWidget()
        if new is not None and self._by_key:
            _bring_into_sight(new)
        self.raise_()
        self.update()

    def ring(self) -> QRect | None:
        """Where the ring is in the window, None while there is none to see."""
        seen = self._by_key or sizes().name == "field"
        if self._around is None or not seen:
            return None
        if not isValid(self._around) or not self._around.isVisible():
            return None
        corner = self._around.mapTo(self.window(), QPoint(0, 0))
        box = QRect(corner, self._around.size())
        cut = self._around.visibleRegion().boundingRect().translated(corner)
        grown = _OFF + _WIDTH
        return box.intersected(cut).adjusted(-grown, -grown, grown, grown)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring."""
        ring = self.ring()
        if ring is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours_named("accent"), _WIDTH))
        radius = sizes().radius + _OFF
        painter.drawRoundedRect(QRectF(ring).adjusted(1, 1, -1, -1), radius, radius)


def _bring_into_sight(widget: QWidget) -> None:
    """Scroll what holds it: Qt does so only for Tab within one area, not from one into another."""
    area = widget.parentWidget()
    while area is not None:
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(widget, 0, _AROUND)
        area = area.parentWidget()
