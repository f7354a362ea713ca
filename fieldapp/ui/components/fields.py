"""Fields: a label, a hint or the last answer, the control, and a line for what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from fieldapp.ui.components.layout import across, down, label
from fieldapp.ui.icons import icon, paint_icon
from fieldapp.ui.themes import colours, colours_named, sizes

_NUMBER = re.compile(r"-?\d*\.?\d*")
_LONGEST = 6


def marked(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet looks at, after the widget was shown."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class LineEdit(QLineEdit):
    """One line. ``icon`` stands at its left; ``left`` speaks when the field is left or Enter is pressed."""

    left = Signal(str)

    def __init__(self, text: str = "", *, name: str = "", icon_name: str = "", hint: str = "") -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self._icon_name = icon_name
        self.keep_free()
        self.editingFinished.connect(lambda: self.left.emit(self.text()))
        self._fit()

    def keep_free(self, right: int = 0) -> None:
        """Keep room at the right for something painted there, and at the left for the icon."""
        self.setTextMargins(26 if self._icon_name else 0, 0, right, 0)

    def _fit(self) -> None:
        self.setFixedHeight(sizes().control)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The icon."""
        super().paintEvent(event)
        if self._icon_name:
            painter = QPainter(self)
            paint_icon(painter, QRectF(10, self.height() / 2 - 10, 20, 20), self._icon_name, colours().text2)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme or density."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_icon_name"):
            self._fit()


class NumberEdit(LineEdit):
    """A number with its unit at the right. Comma and full-width digits are taken; no wheel changes it."""

    def __init__(self, name: str, unit: str = "", text: str = "") -> None:
        super().__init__(text, name=f"{name} {unit}".strip())
        self._unit = label(unit, "M", "text3")
        self._unit.setParent(self)
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("strong", "true")
        self.textEdited.connect(self._take)

    def _take(self, typed: str) -> None:
        plain = unicodedata.normalize("NFKC", typed).replace(",", ".").replace("。", ".").strip()
        if not _NUMBER.fullmatch(plain):
            plain = "".join(part for part in re.findall(r"[\d.-]", plain))
        if plain != typed:
            place = self.cursorPosition()
            self.setText(plain)
            self.setCursorPosition(min(place, len(plain)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The unit stays at the right, the text never runs under it."""
        super().resizeEvent(event)
        self._unit.adjustSize()
        wide = self._unit.width()
        self._unit.move(self.width() - wide - 12, (self.height() - self._unit.height()) // 2)
        self.keep_free(wide + 4 if self._unit.text() else 0)


class LongText(QPlainTextEdit):
    """Several lines; grows from two to six. ``left`` speaks when the field is left, Tab leaves it."""

    left = Signal(str)

    def __init__(self, text: str = "", *, name: str = "", hint: str = "") -> None:
        super().__init__(text)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        self._fit()

    def _fit(self) -> None:
        lines = min(max(2, round(self.document().size().height())), _LONGEST)
        self.setFixedHeight(round(self.fontMetrics().lineSpacing() * lines) + 20)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed is told."""
        super().focusOutEvent(event)
        self.left.emit(self.toPlainText())

    def changeEvent(self, event: QEvent) -> None:
        """Another density."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()


class Combo(QComboBox):
    """Ten options or more: type to search (also by pinyin, if the options bring their initials).

    ``chosen(name)`` speaks when the inspector has chosen; a wheel over it changes nothing.
    """

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str]], name: str, hint: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.offer(options)
        self.activated.connect(lambda _row: self.chosen.emit(self.currentData()))
        self._fit()

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Other options, ``(name, word)``; none is chosen."""
        self.clear()
        for key, text in options:
            self.addItem(text, key)
        self.setCurrentIndex(-1)

    def select(self, name: str) -> None:
        """Show ``name`` as chosen; nothing for a name that is no option."""
        self.setCurrentIndex(self.findData(name))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel over a form must never change an answer."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows open the list instead of changing the answer unseen."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Space):
            self.showPopup()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The arrow that the style sheet takes away."""
        super().paintEvent(event)
        painter = QPainter(self)
        shade = colours_named("text2" if self.isEnabled() else "text3")
        paint_icon(painter, QRectF(self.width() - 30, self.height() / 2 - 9, 18, 18), "down", shade)

    def _fit(self) -> None:
        self.setFixedHeight(sizes().control)

    def changeEvent(self, event: QEvent) -> None:
        """Another density."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()


class Field(QWidget):
    """A control under its label. ``hint`` (or the last answer) stands at the right of the label.

    ``complain`` shows what is wrong in a line below, with an icon; the control gets a red edge. With
    ``reserve`` the line's height is always kept, so that nothing jumps.
    """

    def __init__(
        self, text: str, control: QWidget, *, hint: str = "", reserve: bool = False, bold: bool = False
    ) -> None:
        super().__init__()
        self.control = control
        self._label = label(text, bold=bold)
        self._label.setBuddy(control)
        self._hint = label(hint, "S", "text3")
        self._mark = QLabel()
        self._wrong = label("", "S", "danger", wrap=True)
        self._note = label("", "S", "warn", wrap=True)
        self._below = QWidget()
        self._below.setLayout(across(self._mark, self._wrong, gap=4))
        self._wrong.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._reserve = reserve
        self._note.hide()
        self.setLayout(
            down(across(self._label, None, self._hint, gap=8), control, self._below, self._note, None, gap=4)
        )
        if not control.accessibleName():
            control.setAccessibleName(text)
        control.setAccessibleDescription(hint)
        self.complain("")

    def say_hint(self, text: str, *, differs: bool = False) -> None:
        """What stands at the right of the label; bold and in warn if it differs from the answer."""
        self._hint.setText(text)
        marked(self._hint, "tone", "warn" if differs else "text3")
        marked(self._hint, "bold", "true" if differs else "false")
        self.control.setAccessibleDescription(text)

    def complain(self, sentence: str) -> None:
        """Say what is wrong, or nothing for an empty sentence."""
        marked(self.control, "wrong", "true" if sentence else "false")
        self._wrong.setText(sentence)
        self._mark.setPixmap(icon("warning", colours().danger).pixmap(16, 16) if sentence else QPixmap())
        self._below.setVisible(bool(sentence) or self._reserve)
        self._below.setMinimumHeight(sizes().small + 6 if self._reserve else 0)

    def note(self, sentence: str) -> None:
        """A remark below that is no mistake: 「原 …」 after a correction."""
        self._note.setText(sentence)
        self._note.setVisible(bool(sentence))
