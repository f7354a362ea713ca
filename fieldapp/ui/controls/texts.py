"""Words and numbers."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QWidget

from fieldapp.forms import NodeView
from fieldapp.i18n import _
from fieldapp.ui.components import Button, LineEdit, LongText, NumberEdit, across, down
from fieldapp.ui.controls.control import Control, Surroundings
from fieldapp.ui.controls.picking import PickPanel
from fieldapp.ui.controls.wording import name_and_unit
from fieldapp.ui.themes import sizes

#: What is typed is told so long after its first sign, also while one types on: it is durable within a second.
PAUSE_MS = 350
#: A text grows to so many lines.
MOST_LINES = 6
_PHRASES = re.compile(r"phrases\((\w+)\)")
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


#: A field's own undo would bring back what was typed there once, not what was answered last.
_OF_THE_FORM = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class TypedControl(Control):
    """A control with text that is told while one types, a few times a second. Undo is the form's."""

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__(node, around, compact=compact)
        self._told = ""
        self._unread = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(lambda: self._tell(typing=True))

    def setFocusProxy(self, edit: QWidget) -> None:
        """The field; its undo and redo are left to the form."""
        super().setFocusProxy(edit)
        edit.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field does not claim the keys of undo and redo."""
        claims = event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if claims and isinstance(event, QKeyEvent) and any(event.matches(key) for key in _OF_THE_FORM):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def words(self) -> bool:
        """Plain keys are text."""
        return True

    def text(self) -> str:
        """What stands in the field, as the form stores it."""
        raise NotImplementedError

    def _typed(self) -> None:
        if not self._pause.isActive():  # never put off: who types without a pause would have nothing saved
            self._pause.start()

    def commit(self) -> None:
        """Tell it now."""
        self._pause.stop()
        self._tell(typing=False)

    def _judge(self, *, readable: bool, sentence: str) -> bool:
        """Say ``sentence`` of what stands in the field if it is no answer; whether it is one."""
        self._unread = not readable
        self.note.emit("" if readable else sentence)
        return readable

    def _stays(self, node: NodeView) -> bool:
        """What cannot be read stays in the field until it is mended, or the answer changes elsewhere."""
        if self._unread and node.value != self._told:
            self._judge(readable=True, sentence="")
        return self._unread

    def _tell(self, *, typing: bool) -> None:
        text = self.text()
        if text != self._told:
            self._told = text
            self.answered.emit(text, typing)


class NumberControl(TypedControl):
    """A number with its unit. No wheel and no arrow changes it."""

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__(node, around, compact=compact)
        name, unit = name_and_unit(node.label)
        self._edit = NumberEdit(name, unit)
        self._edit.textEdited.connect(lambda _text: self._typed())
        self._edit.left.connect(lambda _text: self.commit())
        self.setLayout(across(self._edit, gap=0))
        if not compact:
            self.setMaximumWidth(240)
        self.setFocusProxy(self._edit)

    def text(self) -> str:
        """The figures."""
        return self._edit.text().strip()

    def show_answer(self, node: NodeView) -> None:
        """The number."""
        if node.value != self.text() and not (self._edit.hasFocus() and self._pause.isActive()):
            self._edit.setText(node.value)
        self._told = node.value


class _Growing(LongText):
    """From one line to six; Enter belongs to the form unless the question has lines of its own."""

    def __init__(self, name: str, *, lines: bool) -> None:
        self._lines = lines
        super().__init__(name=name)

    def _fit(self) -> None:
        least = 2 if self._lines else 1
        lines = min(max(least, round(self.document().size().height())), MOST_LINES)
        self.setFixedHeight(max(sizes().control, round(self.fontMetrics().lineSpacing() * lines) + 18))
        policy = Qt.ScrollBarPolicy
        more = lines == MOST_LINES
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if more else policy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the next question; Ctrl+Enter is the page's own."""
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in _ENTER and (shifted or not self._lines):
            event.ignore()
            return
        super().keyPressEvent(event)


class TextControl(TypedControl):
    """Words; with phrases (常用语) where the form names a list of them."""

    def __init__(self, node: NodeView, around: Surroundings, *, compact: bool) -> None:
        super().__init__(node, around, compact=compact)
        self._name = node.label
        self._line = LineEdit(name=node.label) if compact else None
        lines = "multiline" in node.appearance
        self._long = None if compact else _Growing(node.label, lines=lines)
        edit: LineEdit | LongText
        if self._line is not None:
            edit = self._line
            self._line.textEdited.connect(lambda _text: self._typed())
        else:
            assert self._long is not None
            edit = self._long
            self._long.textChanged.connect(self._changed)
        edit.left.connect(lambda _text: self.commit())
        self.setFocusProxy(edit)
        found = _PHRASES.search(node.appearance)
        self._list = found[1] if found else ""
        if self._list:
            words = "" if compact else _("Phrases")
            button = Button(words, "quiet", icon="phrases", size="small", on_click=self.open_phrases)
            button.setAccessibleName(_("Phrases"))
            button.setToolTip(f"{_('Phrases')} Ctrl+Space")
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            shortcut = QShortcut(QKeySequence("Ctrl+Space"), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.open_phrases)
            row = across(edit, down(button, None, gap=0, margin=(0, 4, 0, 0)), gap=4)
            row.setStretch(0, 1)
            self.setLayout(row)
        else:
            self.setLayout(across(edit, gap=0))

    def columns(self, most: int) -> int:
        """Phrases are sentences."""
        return min(2, most) if self._list else 1

    def _changed(self) -> None:
        if self._long is not None and self._long.hasFocus():
            self._typed()

    def text(self) -> str:
        """The words, without spaces around them."""
        if self._line is not None:
            return self._line.text().strip()
        assert self._long is not None
        return self._long.toPlainText().strip()

    def _write(self, text: str) -> None:
        if self._line is not None:
            self._line.setText(text)
        elif self._long is not None:
            self._long.setPlainText(text)
            self._long.moveCursor(QTextCursor.MoveOperation.End)  # one writes on behind a phrase

    def show_answer(self, node: NodeView) -> None:
        """The words, unless they are being typed."""
        if node.value.strip() != self.text() and not self._pause.isActive():
            self._write(node.value)
        self._told = node.value

    def open_phrases(self) -> None:
        """Pick a phrase; it is written behind what stands there."""
        phrases = self.around.phrases(self._list)
        panel = PickPanel(self, _("Phrases"), [(phrase, phrase) for phrase in phrases])
        panel.picked.connect(self._insert)
        panel.open_below(self)

    def _insert(self, phrase: str) -> None:
        said = self.text()
        self._write(f"{said}；{phrase}" if said else phrase)
        self.commit()
