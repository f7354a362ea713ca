"""The right of the photographs' page: tools, the picture, what it shows and where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from fieldapp.i18n import _
from fieldapp.media.annotation import Mark
from fieldapp.store.model import Photo
from fieldapp.ui.components import Button, LineEdit, Option, ScrollColumn, Segmented, across, down, label
from fieldapp.ui.controls import Surroundings
from fieldapp.ui.controls.selects import PickCombo
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.pages.inspection.board import Board, Tool
from fieldapp.ui.pages.inspection.questions import QuestionRow
from fieldapp.ui.pages.inspection.shots import defect_shots, photo_repeat

#: Width of the panel, and on a window of at least ``LARGE``.
WIDE, WIDER, LARGE = 404, 600, 1600
#: Width of the names at the left of the fields, and how high the picture is at most for its width.
NAMES, HIGH = 84, 0.76
_MIB, _KIB = 1024 * 1024, 1024
#: Names of files beyond this are shown by their beginning and end.
_LONG = 26
_CORNER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
#: No limit of a size.
_ALL = 1 << 20


class PicturePanel(QFrame):
    """``drawn(sha256, marks)``, ``unwanted(path)``, ``placed(path, target)``, ``large(on)``."""

    drawn = Signal(str, tuple)
    unwanted = Signal(str)
    placed = Signal(str, str)
    large = Signal(bool)

    def __init__(self, answering: Answering, surroundings: Surroundings) -> None:
        super().__init__()
        self.setObjectName("surface")
        self._answering, self._around = answering, surroundings
        self.path, self._sha256 = "", ""
        self._rows: list[QuestionRow] = []
        self._words_at = (0.0, 0.0)
        tools = [
            Option("look", _("View")), Option("arrow", _("Arrow")),
            Option("circle", _("Circle")), Option("text", _("Words")),
        ]  # fmt: skip
        self.tools = Segmented(tools, _("Tool"), digits=False)
        self.tools.select(("look",))
        self.tools.chosen.connect(self._choose)
        self.back = Button.of_icon("undo", _("Take the last mark back"), self._take_back, size="small")
        self.enlarge = Button.of_icon("zoom_in", _("Large"), self._turn, size="small")
        self.board = Board()
        self.board.drawn.connect(lambda marks: self.drawn.emit(self._sha256, marks))
        self.board.wants_words.connect(self._ask_words)
        self.words = LineEdit(name=_("Words on the picture"), hint=_("Words, then Enter"))
        self.words.returnPressed.connect(self._write)
        self.words.hide()
        self._fields = QVBoxLayout()
        self._fields.setSpacing(10)
        self._belongs = PickCombo((), _("Belongs to"))
        self._belongs.chosen.connect(lambda target: self._place(target))
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        self.remove = Button(_("Take out"), "danger", icon="delete", size="small", on_click=self._unwanted)
        self._facts.addWidget(self.remove, 2, 2, 2, 1, _CORNER)
        name = label(_("Belongs to"))
        name.setFixedWidth(NAMES)
        belongs = across(name, self._belongs, gap=8)
        belongs.setStretch(1, 1)
        self._below = ScrollColumn(self._fields, belongs, self._facts, None, gap=12, margin=0)
        strip = across(self.tools, None, self.back, self.enlarge, gap=2)
        column = down(strip, self.board, self.words, self._below, gap=10, margin=14)
        column.setStretch(1, 3)
        column.setStretch(3, 2)
        column.addStretch(0)  # without a photograph all stands at the top
        self.setLayout(column)
        self._usual = WIDE
        self.setFixedWidth(WIDE)
        self.show_nothing()

    # -- what is shown --------------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """No photograph is chosen."""
        self.path = self._sha256 = ""
        self.board.show_picture(None, (), _("Choose a photograph to look at it."))
        self._below.hide()
        self._say_tools()

    def show_shot(self, path: str, photo: Photo | None, marks: Sequence[Mark]) -> None:
        """What is known of the photograph at ``path``; its picture follows by ``show_image``."""
        sha256 = self._answering.node(path).value.partition(".")[0]
        if sha256 != self._sha256:
            self._sha256 = sha256
            self.words.hide()
            self.board.show_picture(None, (), _("Being read…"))
        else:
            self.board.show_marks(marks)
        if path != self.path or not self._rows:
            self.path = path
            self._build_rows()
        self._below.show()
        self._say_facts(photo)
        self._say_tools()

    def show_image(self, image: QImage, marks: Sequence[Mark]) -> None:
        """The picture has come."""
        self.board.show_picture(image, marks)
        self._say_tools()

    def refresh(self) -> None:
        """Fields as the form says now."""
        for row in self._rows:
            if self._answering.has(row.path.rpartition("/")[0]):
                row.refresh()

    def lead_to(self, path: str) -> None:
        """The keyboard goes to a question of this photograph, and what is wrong with it is said."""
        for row in self._rows:
            if row.path == path:
                row.insist()
                row.control.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _say_tools(self) -> None:
        chosen = bool(self.path)
        for button in self.tools.buttons:
            button.setEnabled(chosen)
        self.back.setEnabled(bool(self.board.marks))
        self.enlarge.setEnabled(chosen)

    def _build_rows(self) -> None:
        for row in self._rows:
            self._fields.removeWidget(row)
            row.hide()
            row.deleteLater()
        instance = self.path.rpartition("/")[0]
        repeat = photo_repeat(self._answering)
        nodes = self._answering.node(instance).children if instance.startswith(f"{repeat}[") else []
        self._rows = [
            QuestionRow(self._answering, node.path, self._around, compact=True, beside=NAMES)
            for node in nodes
            if node.kind == "question" and node.type != "binary" and node.relevant
        ]
        before: QWidget = self.board
        for row in self._rows:
            self._fields.addWidget(row)
            QWidget.setTabOrder(before, row.control)
            before = row.control
        QWidget.setTabOrder(before, self._belongs)
        QWidget.setTabOrder(self._belongs, self.remove)
        own = [(repeat, _("The house"))] if repeat else []
        places = [(shot.path, shot.words) for shot in defect_shots(self._answering)]
        self._belongs.offer([*own, *places])
        self._belongs.select(repeat if nodes else self.path)

    def _say_facts(self, photo: Photo | None) -> None:
        while self._facts.count():
            item = self._facts.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None and widget is not self.remove:
                widget.hide()
                widget.deleteLater()
        if photo is None:
            return
        size = f"{photo.size / _MIB:.1f} MB" if photo.size >= _MIB else f"{photo.size / _KIB:.0f} kB"
        taken = photo.taken_at.replace("T", " ")[:19] if photo.taken_at else _("no time of taking")
        place = _("no position")
        if photo.latitude is not None and photo.longitude is not None:
            place = f"{photo.latitude:.6f}, {photo.longitude:.6f}"
        name = photo.name if len(photo.name) <= _LONG else f"{photo.name[:12]}…{photo.name[-10:]}"
        origin = name if photo.has_exif else f"{name}·{_('Not original')}"
        facts = (
            (_("Original"), f"{origin}·{size}"),
            (_("Taken"), f"{taken}·{photo.camera}" if photo.camera else taken),
            (_("Position"), place),
            (_("Check sum"), f"SHA-256 {photo.sha256[:8]}…{photo.sha256[-4:]}"),
        )
        for line, (name, words) in enumerate(facts):
            told = label(words, "S", wrap=True)
            told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self._facts.addWidget(label(name, "S", "text2"), line, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(told, line, 1, 1, 2 if line < 2 else 1)
        self._facts.addWidget(self.remove, 2, 2, 2, 1, _CORNER)

    # -- doing ----------------------------------------------------------------------------------------

    def _choose(self, names: tuple[str, ...]) -> None:
        tool = cast(Tool, names[0] if names else "look")
        self.tools.select((tool,))
        self.words.hide()
        self.board.use_tool(tool)
        self.board.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def drawing(self) -> bool:
        """Whether a mark would be the last step: a tool is in hand and there are marks."""
        return self.board.tool != "look" and bool(self.board.marks)

    def _take_back(self) -> None:
        self.board.take_back()
        self._say_tools()

    def _ask_words(self, x: float, y: float) -> None:
        self._words_at = (x, y)
        self.words.clear()
        self.words.show()
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def commit(self) -> None:
        """Words that are half typed count."""
        if not self.words.isHidden() and self.words.text().strip():
            self._write()

    def _write(self) -> None:
        text = self.words.text().strip()
        self.words.hide()
        if text:
            x, y = self._words_at
            self.board.add(Mark("text", x, y, x, y, text))
        self._say_tools()
        self.board.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self, target: str) -> None:
        if target != self.path:
            self.placed.emit(self.path, target)

    def _unwanted(self) -> None:
        if self.path:
            self.unwanted.emit(self.path)

    @property
    def enlarged(self) -> bool:
        """Whether the picture has the whole page."""
        return self.maximumWidth() > WIDER

    def fit(self, window: int) -> None:
        """As wide as the window allows."""
        self._usual = WIDER if window >= LARGE else WIDE
        if not self.enlarged:
            self.setFixedWidth(self._usual)

    def _turn(self) -> None:
        large = not self.enlarged
        if large:
            self.setMinimumWidth(WIDE)
            self.setMaximumWidth(_ALL)
        else:
            self.setFixedWidth(self._usual)
        self.enlarge.picture = "zoom_out" if large else "zoom_in"
        word = _("Small") if large else _("Large")
        self.enlarge.setToolTip(word)
        self.enlarge.setAccessibleName(word)
        self._below.setVisible(not large)
        self._limit_board()
        self.large.emit(large)
        self.board.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The picture takes no more height than it has use for; the rest is for what is known of it."""
        super().resizeEvent(event)
        self._limit_board()

    def _limit_board(self) -> None:
        high = round((self.width() - 40) * HIGH)
        self.board.setMaximumHeight(_ALL if self.enlarged else high)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is not for the page behind."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return
        super().keyPressEvent(event)
