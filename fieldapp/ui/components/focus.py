"""The focus ring: one transparent sheet over the window that draws where the keyboard is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from fieldapp.ui.themes import colours_named, sizes

_WIDTH, _OFF = 2, 2


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
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._moved)
        app.installEventFilter(self)
        self.setGeometry(window.rect())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Key or mouse decides whether the ring is seen; scrolling and resizing move it."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress:
            self._by_key = True
        elif kind == QEvent.Type.MouseButtonPress:
            self._by_key = False
            self.update()
        elif kind in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            if watched is self.parent():
                self.setGeometry(self.window().rect())
            if self._around is not None:
                self.update()
        return False

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        own = {QLineEdit, QPlainTextEdit, QComboBox}
        ours = new is not None and new.window() is self.window() and not isinstance(new, tuple(own))
        self._around = new if ours else None
        self.raise_()
        self.update()

    def ring(self) -> QRect | None:
        """Where the ring is in the window, None while there is none to see."""
        seen = self._by_key or sizes().name == "field"
        if self._around is None or not seen:
            return None
        try:
            if not self._around.isVisible():
                return None
            corner = self._around.mapTo(self.window(), QPoint(0, 0))
            box = QRect(corner, self._around.size())
            cut = self._around.visibleRegion().boundingRect().translated(corner)
        except RuntimeError:  # the widget has gone, its last signal is still on the way
            self._around = None
            return None
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
