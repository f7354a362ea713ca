"""A form being filled: outline at the left, questions in the middle, what helps to judge at the right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QSplitter, QStackedWidget, QWidget

from fieldapp.i18n import _
from fieldapp.services.paper import FORM_CODES
from fieldapp.services.recollection import FOUND
from fieldapp.services.wording import form_title
from fieldapp.settings import ZONE
from fieldapp.ui.components import Banner, Button, across, down, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.components.layout import FixedBar
from fieldapp.ui.controls import Surroundings
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.pages.inspection.carried_bar import CarriedBar
from fieldapp.ui.pages.inspection.context import Around, Context
from fieldapp.ui.pages.inspection.outline import Line, Outline
from fieldapp.ui.pages.inspection.questions import QuestionRow
from fieldapp.ui.pages.inspection.section_view import SectionView
from fieldapp.ui.pages.inspection.sections import (
    Section,
    brief_label,
    completeness,
    item_of,
    placed_at,
    section_of,
    short_label,
)

#: Below this width of the window the context column is a drawer.
NARROW = 1180
WIDE = 1600
#: Widths of outline, questions and context, normal and wide.
COLUMNS = {False: (208, 660, 336), True: (256, 1108, 480)}
FINAL = "final"


class FormView(QWidget):
    """``wants_final`` leads to the page where the visit is finalized, ``wants_photos(path)`` to the
    photographs, with one chosen unless the path is empty. Nothing is shown before the first ``refresh``.
    """

    wants_final = Signal()
    wants_photos = Signal(str)

    def __init__(
        self,
        answering: Answering,
        around: Around,
        surroundings: Surroundings,
        *,
        address: str,
        saved_at: datetime,
        toast: Callable[[str, Callable[[], object] | None], object],
        failed: Callable[[BaseException], object],
        open_building: Callable[[], object],
        columns: QByteArray,
        keep_columns: Callable[[QByteArray], object],
    ) -> None:
        super().__init__()
        self.answering, self._surroundings, self._toast = answering, surroundings, toast
        self._failed = failed
        self._views: dict[str, SectionView] = {}
        here = section_of(answering.session, answering.sections, answering.editing.form.position)
        self._front: Section = here or answering.sections[0]
        self._row: QuestionRow | None = None
        self.outline = Outline()
        self.outline.led.connect(self._lead_to)
        self._stack = QStackedWidget()
        self.context = Context(answering, around, surroundings, go=self.go_to, open_building=open_building)
        self._build(address)
        self._wide: bool | None = None
        self._kept = columns
        self.splitter.splitterMoved.connect(lambda _at, _which: keep_columns(self.splitter.saveState()))
        answering.changed.connect(self.refresh)
        answering.saved.connect(self._say_saved)
        answering.unsaved.connect(self._say_unsaved)
        self._say_saved(saved_at)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    # -- built once -----------------------------------------------------------------------------------

    def _build(self, address: str) -> None:
        visit = self.answering.visit
        started = visit.started_at.astimezone(ZONE)
        team = "、".join(member.name for member in visit.team)
        second = _("Visit {when}").format(when=f"{started:%Y-%m-%d %H:%M}") + f"·{team}"
        self._saved_icon, self._saved = IconLabel("done", "code_green", 18), label("", "S", "text2")
        self.undo = Button.of_icon("undo", _("Undo"), self.take_back, size="small")
        self.redo = Button.of_icon("redo", _("Redo"), self.do_again, size="small")
        self.language = Button("", "plain", icon="language", size="small", on_click=self._turn_language)
        for button in (self.undo, self.redo, self.language):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        head = across(
            down(None, label(address, bold=True), label(second, "S", "text2"), None, gap=1), None,
            self.undo, self.redo, self.language, 4, self._saved_icon, self._saved,
            gap=4, margin=(24, 0, 24, 0),
        )  # fmt: skip
        top = FixedBar("topbar", head, 60, 72)
        self.before = Button("", icon="back", size="main", on_click=lambda: self._turn_section(-1))
        self.left = Button("", "plain", on_click=self.wants_final.emit)
        self.primary = Button("", "primary", size="main", on_click=self.go_on)
        foot = across(self.before, None, self.left, self.primary, gap=12, margin=(24, 0, 24, 0))
        middle = QFrame()
        middle.setObjectName("surface")
        self.carried = CarriedBar(self.answering, self.confirm_here) if self.answering.carried_day else None
        chain = self.answering.editing.form.chain
        bar: QWidget | None = self.carried
        if bar is None and chain.deprecated_id is not None:
            words = _("Correction {number}: the final record stays as it is; this becomes a new version.")
            bar = Banner("neutral", words.format(number=chain.version - 1), icon_name="correct")
        told = () if bar is None else (across(bar, margin=(24, 12, 24, 0)),)
        column = down(top, *told, self._stack, FixedBar("actionbar", foot, 60, 84), gap=0)
        column.setStretchFactor(self._stack, 1)
        middle.setLayout(column)
        self._heading = label(titled(self.answering), "S", "text2", wrap=True)
        left = QFrame()
        left.setObjectName("sunken")
        title = across(self._heading, margin=(18, 18, 12, 6))
        left.setLayout(down(title, self.outline, gap=0))
        self._right = QFrame()
        self._right.setObjectName("sunken")
        self._right.setLayout(down(self.context, gap=0))
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for widget, least in ((left, 168), (middle, 480), (self._right, 300)):
            widget.setMinimumWidth(least)
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 1)
        self.setLayout(across(self.splitter, gap=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns as wide as ``ui.md`` says; on a narrow window the right one is a drawer."""
        super().resizeEvent(event)
        width = self.window().width()
        narrow = width < NARROW
        drawer = self._right.parentWidget() is self
        if narrow and not drawer:
            self._right.setParent(self)
            self._right.hide()
            self._frame_right("menu")
        elif not narrow and drawer:
            self.splitter.addWidget(self._right)
            self._right.show()
            self._frame_right("sunken")
        if drawer or narrow:
            self._place_drawer()
        if self._wide is not (width >= WIDE):
            first, self._wide = self._wide is None, width >= WIDE
            if not (first and not self._kept.isEmpty() and self.splitter.restoreState(self._kept)):
                self.splitter.setSizes(list(COLUMNS[self._wide]))

    def _frame_right(self, look: str) -> None:
        self._right.setObjectName(look)
        self._right.style().unpolish(self._right)
        self._right.style().polish(self._right)

    def _place_drawer(self) -> None:
        wide = min(COLUMNS[False][2] + 24, self.width())
        self._right.setGeometry(self.width() - wide, 0, wide, self.height())

    def turn_context(self) -> None:
        """F10: the right column, as a drawer where the window is narrow."""
        self._right.setVisible(self._right.isHidden())
        if self._right.parentWidget() is self:
            self._place_drawer()
            self._right.raise_()

    def close_drawer(self) -> bool:
        """Put the drawer away; False if none is open."""
        if self._right.parentWidget() is not self or self._right.isHidden():
            return False
        self._right.hide()
        return True

    # -- sections -------------------------------------------------------------------------------------

    @property
    def view(self) -> SectionView:
        """The section in front, built if it was not yet."""
        key = self._front.path
        if key not in self._views:
            made = SectionView(
                self.answering, self._front, self._surroundings,
                removed=self._say_removed, open_photos=self.wants_photos.emit,
            )  # fmt: skip
            made.led.connect(self._next_section)
            self._views[key] = made
            self._stack.addWidget(made)
        return self._views[key]

    def _sections(self) -> list[Section]:
        return [section for section in self.answering.sections if self._asked(section)]

    def _asked(self, section: Section) -> bool:
        if not self.answering.node(section.path).relevant:
            return False
        return any(self._wanted(section, part_path, item) for part_path, item in _places(section))

    def _wanted(self, section: Section, path: str, item: str) -> bool:
        cards = next((part for part in section.parts if part.path == path and part.item == item), None)
        if cards is None or cards.kind != "cards" or item:
            return True
        session, sections = self.answering.session, self.answering.sections
        return any(
            not placed_at(session, sections, node.path) for node in self.answering.editing.instances(path)
        )

    def show_section(self, section: Section) -> SectionView:
        """Bring a section to the front."""
        self._front = section
        view = self.view
        view.refresh()
        self._stack.setCurrentWidget(view)
        self._say_outline()
        self._say_bar()
        return view

    def go_to(self, path: str, *, insist: bool = False) -> None:
        """Bring a question (or an instance of a repeat) to the front, wherever it stands."""
        section = section_of(self.answering.session, self.answering.sections, path)
        self.close_drawer()
        if section is not None:
            self.show_section(section).show_question(path, insist=insist)

    def _lead_to(self, key: str) -> None:
        if key == FINAL:
            self.wants_final.emit()
            return
        section = next((one for one in self.answering.sections if one.path == key), None)
        if section is not None:
            self.show_section(section).enter()
        else:
            self.go_to(key)

    def _turn_section(self, step: int) -> bool:
        sections = self._sections()
        at = sections.index(self._front) + step if self._front in sections else 0
        if not 0 <= at < len(sections):
            return False
        self.show_section(sections[at])
        return True

    def _next_section(self, step: int) -> None:
        if self._turn_section(step):
            self.view.enter(from_end=step < 0)
        elif step > 0:
            self.primary.setFocus(Qt.FocusReason.TabFocusReason)

    # -- what the page does ---------------------------------------------------------------------------

    def go_on(self) -> None:
        """The primary button: to the next open question, or on to finalizing when there is none."""
        self.commit()
        if self.answering.open or self.unread() is not None:
            self.next_open()
        else:
            self.wants_final.emit()

    def unread(self) -> QuestionRow | None:
        """A question in whose field something stands that is no answer: it would be lost unseen."""
        asked = self._sections()
        rows = (view.unreadable() for view in self._views.values() if view.section in asked)
        return next((row for row in rows if row is not None), None)

    def next_open(self) -> None:
        """F8: the next question that lacks an answer or has a wrong one, in the order of the form."""
        self.commit()
        unread = self.unread()
        paths = [violation.path for violation in self.answering.open]
        if unread is not None and unread is not self._row:
            self.go_to(unread.path, insist=True)
            return
        if not paths:
            return
        here = self.answering.editing.form.position
        order = list(self.answering.session.definition.nodes)

        def place(path: str) -> tuple[int, str]:
            plain = _plain(path)
            return (order.index(plain) if plain in order else 0, path)

        later = [path for path in paths if place(path) > place(here)]
        self.go_to(later[0] if later else paths[0], insist=True)

    def commit(self) -> None:
        """Tell what is half typed."""
        if self._row is not None:
            self._row.control.commit()

    def take_back(self) -> None:
        """Undo, and stand where it was."""
        self.commit()
        if self.answering.undo():
            self._back_to(self.answering.editing.form.position)

    def do_again(self) -> None:
        """Redo."""
        if self.answering.redo():
            self._back_to(self.answering.editing.form.position)

    def _back_to(self, path: str) -> None:
        while path.count("/") > 1 and not self.answering.has(path):
            path = path.rpartition("/")[0]
        self.go_to(path)

    def confirm_here(self) -> None:
        """Ctrl+=: the defect with the keyboard still holds; else what is no finding in this section. Findings
        are looked at one by one.
        """
        self.commit()
        answering = self.answering
        card = self.view.card_of(self._row)
        if card is not None and card.waiting():
            card.confirm()
            return
        here = [
            path
            for path in answering.waiting
            if "[" not in path and section_of(answering.session, answering.sections, path) is self._front
        ]
        calm = [path for path in here if answering.node(path).value != FOUND]
        answering.confirm(calm)
        if len(answering.waiting) and not calm:
            self._toast(_("Findings are looked at one by one: = at each, Ctrl+= at each defect."), None)

    def previous(self) -> None:
        """Alt+↑: the question before."""
        self.view.lead(-1)

    def _say_removed(self, title: str) -> None:
        self._toast(_("{what} deleted").format(what=title), self.take_back)

    def _turn_language(self) -> None:
        self.commit()
        position = self.answering.editing.form.position
        for view in self._views.values():
            self._stack.removeWidget(view)
            view.deleteLater()
        self._views, self._row = {}, None
        self.answering.use_language("zh" if self.answering.language == "en" else "en")
        self._heading.setText(titled(self.answering))
        QTimer.singleShot(0, self, lambda: self.go_to(position))

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None or not self.isVisible() or not self.isAncestorOf(new):
            return  # another window, a panel over this one: the question is not left
        row = self.view.row_of(new)
        before, self._row = self._row, row
        if before is row:
            return
        if before is not None:
            before.leave()
        if row is not None:
            row.enter()
            self._say_outline()

    # -- what is shown --------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what the form says now: the section in front, the outline, the context, the bar."""
        if self._front not in self._sections():
            self._front = self._sections()[0]
            self._stack.setCurrentWidget(self.view)
        self.view.refresh()
        self.context.refresh()
        self._say_outline()
        self._say_bar()

    def _say_bar(self) -> None:
        answering, number = self.answering, len(self.answering.open)
        sections = self._sections()
        at = sections.index(self._front) if self._front in sections else 0
        self.before.setVisible(at > 0)
        if at > 0:
            self.before.setText(answering.node(sections[at - 1].path).label)
            self.before.updateGeometry()
        waiting = len(answering.waiting)
        told = [_("{count} open").format(count=number - waiting)] if number > waiting else []
        told += [_("{count} to be looked at again").format(count=waiting)] if waiting else []
        self.left.setText("·".join(told) or _("Nothing open"))
        if self.carried is not None:
            self.carried.refresh()
        words, key = (_("Go to the next open one"), "F8") if number else (_("Finalize…"), "Ctrl Enter")
        if self.primary.text() != words:
            self.primary.setText(words)
            self.primary.key = key
            self.primary.updateGeometry()
        self.undo.setEnabled(answering.editing.can_undo)
        self.redo.setEnabled(answering.editing.can_redo)
        self.language.setVisible(len(answering.session.definition.languages) > 1)
        self.language.setText("English" if answering.language == "zh" else "中文")
        self.language.setAccessibleName(_("Language of the form"))

    def _say_outline(self) -> None:
        lines: list[Line] = []
        wrong = self.answering.wrong
        for section in self._sections():
            node = self.answering.node(section.path)
            count = completeness(self.answering.session, section, wrong)
            front = section is self._front
            words = f"{count.done}/{count.total}" if count.total else ""
            lines.append(Line(section.path, node.label, words, count.state, front=front))
            if front:
                lines += self._lines_of(section)
        final = _("Finalize")
        lines.append(Line(FINAL, final, "", "done" if not self.answering.open else "open"))
        here = self._here(lines)
        self.outline.show_lines(lines, here)

    def _here(self, lines: list[Line]) -> str:
        position = self.answering.editing.form.position
        keys = {line.key for line in lines}
        if position in keys:
            return position
        if "[" in position:
            item = (
                item_of(self.answering.session, position[: position.index("]") + 1])
                if self.answering.has(position[: position.index("]") + 1])
                else ""
            )
            found = next((key for key in keys if item and key.endswith(f"/{item}")), "")
            if found:
                return found
        return self._front.path

    def _lines_of(self, section: Section) -> list[Line]:
        found, waiting = [], self.answering.waiting
        for part in section.parts:
            if part.kind != "question":
                continue
            node = self.answering.node(part.path)
            asked_always = self.answering.session.definition.nodes[part.path].bind.relevant is None
            if not node.relevant or node.readonly or not (node.required and asked_always):
                continue
            finding = node.value == FOUND
            given = node.text if node.control == "select1" else _("given")
            word = given if node.value else _("open")
            if node.path in waiting:
                word = _("look again")
            if finding:
                instances = [
                    one
                    for cards in section.parts
                    if cards.kind == "cards" and cards.item == node.name
                    for one in self.answering.editing.instances(cards.path)
                    if item_of(self.answering.session, one.path) == node.name
                ]
                word += f"·{len(instances)}" if instances else ""
            language = self.answering.language
            name, whole = brief_label(node, language), short_label(node, language)
            found.append(Line(part.path, name, _cut(word), finding=finding, whole=whole))
        return found

    def _say_saved(self, moment: datetime) -> None:
        self._saved_icon.show_icon("done", "code_green")
        self._saved.setText(_("Saved {time}").format(time=f"{moment.astimezone(ZONE):%H:%M:%S}"))

    def _say_unsaved(self, error: BaseException) -> None:
        self._saved_icon.show_icon("refused", "danger")
        self._saved.setText(_("Not saved"))
        self._failed(error)

    def sizeHint(self) -> QSize:
        """As large as there is room."""
        return QSize(sum(COLUMNS[False]), 640)


def titled(answering: Answering) -> str:
    """The form's title and its number in the campaign's list."""
    definition = answering.session.definition
    code = FORM_CODES.get(definition.form_id, "")
    return f"{form_title(definition)} {code}".strip()


def _plain(path: str) -> str:
    """A path without positions."""
    return "".join(part.partition("]")[2] if number else part for number, part in enumerate(path.split("[")))


def _cut(word: str) -> str:
    most = 12 if word.isascii() else 8
    return word if len(word) <= most else f"{word[: most - 1]}…"


def _places(section: Section) -> list[tuple[str, str]]:
    return [(part.path, part.item) for part in section.parts]
