"""What the program says on its own: banner, toast, progress, empty state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from fieldapp.i18n import _
from fieldapp.ui.components.buttons import Button
from fieldapp.ui.components.layout import across, down, label
from fieldapp.ui.icons import icon
from fieldapp.ui.themes import colours, colours_named

_TOAST_MS = 4000


class IconLabel(QLabel):
    """An icon that stands for itself; follows the theme. ``tone`` is a colour token."""

    def __init__(self, name: str, tone: str = "text", size: int = 20, *, filled: bool = False) -> None:
        super().__init__()
        self._name, self._tone, self._size, self._filled = name, tone, size, filled
        self.setFixedSize(size + 2, size + 2)
        self._draw()

    def show_icon(self, name: str, tone: str) -> None:
        """Another icon."""
        self._name, self._tone = name, tone
        self._draw()

    def _draw(self) -> None:
        drawn = icon(self._name, colours_named(self._tone), filled=self._filled)
        self.setPixmap(drawn.pixmap(QSize(self._size, self._size), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        """Another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_name"):
            self._draw()


class Banner(QFrame):
    """One line under the head of a page that stays until its cause is gone. At most one, the gravest."""

    def __init__(
        self,
        kind: Literal["danger", "warn", "neutral", "ok"],
        sentence: str,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        *,
        icon_name: str = "",
    ) -> None:
        super().__init__()
        self.setProperty("banner", kind)
        pictures = {"danger": "major", "warn": "general", "neutral": "info", "ok": "done"}
        words = label(sentence, wrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = across(IconLabel(icon_name or pictures[kind], kind), words, gap=12, margin=(16, 6, 8, 6))
        self.setMinimumHeight(48)
        if action:
            row.addWidget(Button(action, on_click=on_action))
        self.setLayout(row)
        self.setAccessibleName(sentence)


class Toast(QFrame):
    """A word in passing at the lower centre of the window, four seconds, with 撤销 when something was taken
    away. Never for errors.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("toast")
        self._words = label()
        self._undo = Button(_("Undo"), "quiet", on_click=self._take_back)
        self._back: Callable[[], object] | None = None
        self.setLayout(across(self._words, self._undo, gap=16, margin=(20, 6, 12, 6)))
        self._timer = QTimer(self, singleShot=True, interval=_TOAST_MS)
        self._timer.timeout.connect(self.hide)
        window.installEventFilter(self)
        self.hide()

    def say(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Show ``text``; the one before goes."""
        self._words.setText(text)
        self._back = undo
        self._undo.setVisible(undo is not None)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        self.setAccessibleName(text)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _take_back(self) -> None:
        self.hide()
        if self._back is not None:
            self._back()

    def _place(self) -> None:
        window = self.parentWidget()
        assert window is not None
        self.move((window.width() - self.width()) // 2, window.height() - self.height() - 32)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower centre."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: a colour token and its share of the whole (0..1)."""

    token: str
    share: float


class SegmentBar(QWidget):
    """A bar in parts, as a path of houses has them: finalized, draft, locked door."""

    def __init__(self, name: str, height: int = 10) -> None:
        super().__init__()
        self._segments: tuple[Segment, ...] = ()
        self._name = name
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def show_segments(self, segments: Sequence[Segment], words: str = "") -> None:
        """Show these from the left; ``words`` say the same to who cannot see it."""
        self._segments = tuple(segments)
        self.setAccessibleDescription(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The parts, within a rounded edge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_segments(painter, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), self._segments)


def paint_segments(painter: QPainter, box: QRectF, segments: Sequence[Segment]) -> None:
    """A bar of ``segments`` in ``box``, also for delegates."""
    path = QPainterPath()
    path.addRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.fillPath(path, colours_named("neutral_tint"))
    painter.save()
    painter.setClipPath(path)
    left = box.left()
    for segment in segments:
        wide = box.width() * segment.share
        painter.fillRect(QRectF(left, box.top(), wide, box.height()), colours_named(segment.token))
        left += wide
    painter.restore()
    bare = colours().name == "sunlight"
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colours_named("edge" if bare else "line"), 2 if bare else 1))
    painter.drawPath(path)


class Progress(SegmentBar):
    """How far something is. The figures stand beside it in words; the bar never stands alone."""

    def __init__(self, name: str, height: int = 12) -> None:
        super().__init__(name, height)
        self.share = 0.0

    def show_share(self, share: float, words: str = "") -> None:
        """``share`` of the whole is done (0..1)."""
        self.share = min(1.0, max(0.0, share))
        self.show_segments((Segment("accent_fill", self.share),), words or f"{self.share:.0%}")


class EmptyState(QWidget):
    """One sentence on what would be here, and one button."""

    def __init__(
        self,
        sentence: str,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        *,
        icon_name: str = "",
    ) -> None:
        super().__init__()
        self._words = words = label(sentence, "M", "text2", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words.setMinimumWidth(420)
        column = down(None, gap=12)
        if icon_name:
            column.addWidget(IconLabel(icon_name, "text3", 32), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        if action:
            button = Button(action, on_click=on_action)
            self.setFocusProxy(button)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self.setLayout(column)

    def say(self, sentence: str) -> None:
        """Another sentence."""
        self._words.setText(sentence)
