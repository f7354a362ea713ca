"""F1: the keys of the page and of the window."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from fieldapp.i18n import _
from fieldapp.ui.actions import Actions
from fieldapp.ui.components.buttons import Button, cap_width, paint_cap
from fieldapp.ui.components.layout import ScrollColumn, across, down, label
from fieldapp.ui.themes import colours_named


class KeyCap(QWidget):
    """A key as a cap."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text.replace("+", " ").replace("Return", "Enter").replace("Escape", "Esc")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self._text)

    def sizeHint(self) -> QSize:
        """As wide as its word."""
        return QSize(round(cap_width(self._text)) + 1, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cap."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_cap(painter, QPointF(0, self.height() / 2), self._text, colours_named("text2"))


class KeysPanel(QFrame):
    """A sheet over the page; Esc puts it away."""

    def __init__(self, parent: QWidget, actions: Actions) -> None:
        super().__init__(parent)
        self.setObjectName("menu")
        self._actions = actions
        self._close = Button.of_icon("close", _("Close"), self.hide)
        self._column = ScrollColumn(margin=(24, 8, 24, 20))
        self._head = QWidget()
        self._head.setLayout(across(label(_("Keys"), "L"), None, self._close, margin=(24, 16, 16, 0)))
        self.setLayout(down(self._head, self._column, gap=0, margin=1))
        self.hide()

    def open(self) -> None:
        """Show the keys that work now."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for row, action in enumerate(one for one in self._actions.all() if one.keys):
            caps = across(*(KeyCap(key) for key in action.keys), None, gap=4)
            grid.addLayout(caps, row // 2, row % 2 * 2)
            grid.addWidget(label(action.text), row // 2, row % 2 * 2 + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        content = QWidget()
        content.setLayout(down(grid, None, margin=(24, 8, 24, 20)))
        self._column.setWidget(content)
        content.setAutoFillBackground(False)  # setWidget turns it on
        window = self.parentWidget()
        assert window is not None
        wide = min(760, window.width() - 64)
        high = min(self._head.sizeHint().height() + content.sizeHint().height() + 12, window.height() - 64)
        self.setGeometry((window.width() - wide) // 2, (window.height() - high) // 2, wide, high)
        self.show()
        self.raise_()
        self._close.setFocus(Qt.FocusReason.ShortcutFocusReason)
