"""检查: one page that shows the open visits, a form, its photographs, or how it is finalized."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import cast
from uuid import UUID

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.errors import FieldappError
from fieldapp.i18n import _
from fieldapp.services.editing import Editing
from fieldapp.services.pictures import Pictures
from fieldapp.settings import ZONE
from fieldapp.store.model import Submission
from fieldapp.ui.actions import Action
from fieldapp.ui.components import down
from fieldapp.ui.controls import Surroundings, Thumbnails
from fieldapp.ui.page import Frame, Page
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.pages.inspection.arguments import NewVisit, OpenVisit
from fieldapp.ui.pages.inspection.context import Around
from fieldapp.ui.pages.inspection.facts import Corrections
from fieldapp.ui.pages.inspection.final import FinalView
from fieldapp.ui.pages.inspection.form import FormView
from fieldapp.ui.pages.inspection.importing import Importing
from fieldapp.ui.pages.inspection.opening import Opening, read_opening
from fieldapp.ui.pages.inspection.photos import PhotosView
from fieldapp.ui.pages.inspection.sections import NEW
from fieldapp.ui.pages.inspection.visits import OpenVisits
from fieldapp.ui.pages.paper.printers import Printers

#: Before the id of a record that is to be corrected, as an argument of this place.
CORRECT = "correct:"
#: The list of phrases with whom to call.
CONTACTS = "contacts"


class InspectionPage(Page):
    """``shown`` is the form in front, None for the list."""

    def __init__(self, frame: Frame, printers: Printers | None = None) -> None:
        super().__init__(frame)
        self._printers = printers or Printers()
        self.pictures = Pictures(frame.laptop.store)
        self.visits = OpenVisits()
        self.visits.opened.connect(lambda visit, form: self._show_form(UUID(visit), form))
        self.visits.buildings.connect(lambda: frame.go("buildings"))
        self.form: FormView | None = None
        self.photos: PhotosView | None = None
        self.final: FinalView | None = None
        self._fact = ""
        self._make_photos: Callable[[], PhotosView] | None = None
        self._make_final: Callable[[], FinalView] | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(self.visits)
        self.setLayout(down(self._stack, gap=0))

    def title(self) -> str:
        """检查."""
        return _("Inspection")

    # -- coming and going -----------------------------------------------------------------------------

    def open(self, argument: object = None) -> None:
        """Show what is asked for; None shows what was shown last."""
        if isinstance(argument, NewVisit):
            self._begin(argument)
        elif isinstance(argument, OpenVisit):
            self._show_form(argument.visit_id, argument.form_id, argument.fact)
        elif isinstance(argument, tuple):
            visit, form = argument
            self._show_form(UUID(str(visit)), str(form))
        elif isinstance(argument, str) and argument.startswith(CORRECT):
            self._begin_correction(UUID(argument.removeprefix(CORRECT)))
        elif isinstance(argument, str) and argument:
            self._begin(NewVisit(UUID(argument)))
        elif self.form is None:
            self.visits.enter()

    def refresh(self) -> None:
        """The list; a form shows itself."""
        if self._stack.currentWidget() is self.visits:
            self.frame.jobs.start(lambda _job: self.frame.laptop.today.drafts(), done=self.visits.show_drafts)

    def leave(self) -> None:
        """What is half typed is kept, and on the disk."""
        self._form_kept()

    def kept(self) -> bool:
        """Whether all of the form is on the disk; if not, why is told, and the form must not go."""
        return self._form_kept() and (self.photos is None or self.photos.kept())

    def _form_kept(self) -> bool:
        if self.form is None:
            return True
        self.form.commit()
        try:
            self.form.answering.settle()
        except FieldappError as error:
            self.frame.tell(error)
            return False
        return True

    def _begin(self, wanted: NewVisit) -> None:
        laptop = self.frame.laptop

        def work(_job: object) -> UUID:
            house = wanted.building_id
            for visit in laptop.store.visits.list("open", house) if house is not None else ():
                if laptop.store.drafts.get(visit.visit_id, wanted.form_id) is not None:
                    return visit.visit_id
            return laptop.visits.begin(house, [wanted.form_id, *wanted.beside]).visit_id

        self.frame.jobs.start(work, done=lambda visit: self._begun(visit, wanted))

    def _begin_correction(self, instance_id: UUID) -> None:
        filling = self.frame.laptop.filling

        def begun(record: Submission) -> None:
            self.frame.changed()
            self._show_form(record.visit_id, record.form_id)

        self.frame.jobs.start(lambda _job: filling.go_on_correcting(instance_id), done=begun)

    def _begun(self, visit_id: UUID, wanted: NewVisit) -> None:
        self.frame.changed()
        self._show_form(visit_id, wanted.form_id, wanted.fact)

    # -- a form ---------------------------------------------------------------------------------------

    def _show_form(self, visit_id: UUID, form_id: str, fact: str = "") -> None:
        self._fact = fact
        if self.form is not None:
            shown = self.form.answering
            if (shown.visit.visit_id, shown.editing.form.form_id) == (visit_id, form_id):
                self._to_form()
                self._correct()
                return
        if not self.kept():
            return
        laptop, pictures = self.frame.laptop, self.pictures
        work = partial(read_opening, laptop, pictures, visit_id, form_id)
        self.frame.jobs.start(lambda _job: work(), done=self._show)

    def _now(self) -> datetime:
        """This moment in the district's time: what is written into a record is read by people there."""
        return self.frame.laptop.clock().astimezone(ZONE)

    def _show(self, opened: Opening) -> None:
        """In three turns of the event loop, so that none of them holds it for long."""
        laptop = self.frame.laptop
        editing = Editing(laptop.filling.open(opened.visit.visit_id, opened.form_id))
        answering = Answering(editing, opened.visit, opened.last, self._now)
        thumbnails = Thumbnails(self.frame.jobs, self.pictures, answering)
        thumbnails.know({photo.sha256: photo for photo in opened.of_building})
        thumbnails.know(opened.photos)
        QTimer.singleShot(0, self, lambda: self._show_view(opened, answering, thumbnails))

    def _show_view(self, opened: Opening, answering: Answering, thumbnails: Thumbnails) -> None:
        names = [_("Street duty office"), _("District duty office")]

        def phrases(name: str) -> Sequence[str]:
            if name == CONTACTS:
                return names
            known = codelists().get(name)
            return [] if known is None else [one.label(answering.language) for one in known.items.values()]

        around = Surroundings(phrases, self._now, thumbnails, self._want_photo, self._drop)
        facts = {} if opened.building is None else opened.building.values
        numbers = (("12345", _("Street and district duty office")), ("119", _("Fire and rescue")))
        address = facts.get("address_detail", _("A house that is not in the register"))
        self._drop_form()
        view = FormView(
            answering,
            Around(facts, opened.of_building, numbers, names),
            around,
            address=address,
            saved_at=opened.saved_at,
            toast=self.frame.toast,
            failed=self.frame.tell,
            open_building=lambda: self._open_building(opened.visit.building_id),
            columns=self.frame.preferences.layout("inspection"),
            keep_columns=lambda state: self.frame.preferences.keep_layout("inspection", state),
        )
        view.wants_final.connect(self.show_final)
        view.wants_photos.connect(self.show_photos)
        self.form = view
        self._stack.addWidget(view)
        self._make_photos = partial(self._build_photos, answering, around, thumbnails, address)
        self._make_final = partial(self._build_final, opened.visit.visit_id, opened.form_id, address)
        QTimer.singleShot(0, view, self._first_shown)

    def _first_shown(self) -> None:
        assert self.form is not None
        self._to_form()
        self.form.go_to(self.form.answering.editing.form.position)
        self._correct()

    def _correct(self) -> None:
        """Lead to the correction of the fact that somebody came for."""
        fact, self._fact = self._fact, ""
        if self.form is None or not fact:
            return
        answering = self.form.answering
        paths = {path.rpartition("/")[2]: path for path in answering.session.definition.nodes}
        corrections, new = Corrections.of(answering), paths.get(f"{NEW}{fact}")
        if corrections is None or new is None:
            return
        if not corrections.allowed:
            why = _("Facts can be corrected once the result of the visit says that you were inside.")
            self.frame.toast(why)
            return
        if fact not in corrections.fixed():
            corrections.turn(fact)
        self.form.refresh()
        self.form.go_to(new)

    def _build_photos(
        self, answering: Answering, around: Surroundings, thumbnails: Thumbnails, address: str
    ) -> PhotosView:
        laptop, frame = self.frame.laptop, self.frame
        importing = Importing(answering, laptop.evidence, thumbnails, frame.jobs, frame.tell)
        made = PhotosView(
            answering, around, importing, self.pictures, frame.jobs,
            address=address, toast=frame.toast, failed=frame.tell,
        )  # fmt: skip
        made.back.connect(self._to_form)
        self._stack.addWidget(made)
        return made

    def _drop_form(self) -> None:
        if self.form is not None:
            self.form.answering.rest()
        for view in (self.form, self.photos, self.final):
            if view is not None:
                self._stack.removeWidget(view)
                view.deleteLater()
        self.form = self.photos = self.final = None
        self._make_photos = self._make_final = None

    def _build_final(self, visit_id: UUID, form_id: str, address: str) -> FinalView:
        frame = self.frame
        final = FinalView(
            frame.laptop, frame.jobs, visit_id, form_id,
            address=address, preferences=frame.preferences, printers=self._printers, failed=frame.tell,
        )  # fmt: skip
        final.back.connect(self._to_form)
        final.wants.connect(self._fill_in)
        final.finalized.connect(self._finalized)
        final.wants_paper.connect(lambda record: frame.go("papers", record))
        final.wants_correction.connect(lambda record: self.open(f"{CORRECT}{record}"))
        final.wants_list.connect(self.to_list)
        self._stack.addWidget(final)
        return final

    def _to_form(self) -> None:
        assert self.form is not None
        self._stack.setCurrentWidget(self.form)
        self.form.refresh()

    def _open_building(self, building_id: UUID | None) -> None:
        if building_id is not None:
            self.frame.go("buildings", str(building_id))

    def to_list(self) -> None:
        """Back to the open visits; the form stays as it is."""
        if not self.kept():
            return
        self._drop_form()
        self._stack.setCurrentWidget(self.visits)
        self.refresh()
        self.visits.enter()

    # -- photographs and the end ----------------------------------------------------------------------

    def _want_photo(self, path: str) -> None:
        """A tile was pressed: an empty one wants a photograph, a full one is looked at."""
        if self.form is None:
            return
        if path.startswith("view:"):
            self._open_building(self.form.answering.visit.building_id)
            return
        answering = self.form.answering
        if answering.has(path) and answering.node(path).value:
            self.show_photos(path)
        else:
            self.show_photos()
            if self.photos is not None:
                self.photos.choose_files(path)

    def _drop(self, path: str, files: Sequence[Path]) -> None:
        photos = self._photos()
        if photos is not None:
            photos.take(files, path)

    def _photos(self) -> PhotosView | None:
        """The page of photographs, built when it is first wanted."""
        if self.photos is None and self._make_photos is not None:
            self.photos = self._make_photos()
        return self.photos

    def show_photos(self, path: str = "") -> None:
        """The page of photographs, with the one at ``path`` chosen."""
        photos = self._photos()
        if photos is not None and self.form is not None:
            self.form.commit()
            self._stack.setCurrentWidget(photos)
            photos.enter(path)

    def show_final(self) -> None:
        """The page where the visit is finalized; what is typed is on the disk before it is read."""
        if self.form is None or not self.kept():
            return
        unread = self.form.unread()
        if unread is not None:
            self._to_form()
            self.form.go_to(unread.path, insist=True)
            return
        if self.final is None and self._make_final is not None:
            self.final = self._make_final()
        if self.final is None:
            return
        self._stack.setCurrentWidget(self.final)
        self.final.enter()

    def _fill_in(self, form_id: str, path: str) -> None:
        if self.form is None:
            return
        if form_id == self.form.answering.editing.form.form_id:
            self._to_form()
            self.form.go_to(path, insist=True)
        else:
            self._show_form(self.form.answering.visit.visit_id, form_id)

    def _finalized(self) -> None:
        """The drafts are gone: the form must not write one again."""
        for view in (self.form, self.photos):
            if view is not None:
                self._stack.removeWidget(view)
                view.deleteLater()
        self.form = self.photos = None
        self._make_photos = self._make_final = None
        self.frame.changed()

    # -- keys -----------------------------------------------------------------------------------------

    def _no_form(self) -> str:
        inside = self.form is not None and self._stack.currentWidget() is self.form
        return "" if inside else _("No form is open here.")

    def _nothing_carried(self) -> str:
        waits = self.form is not None and bool(self.form.answering.waiting)
        return self._no_form() or ("" if waits else _("Nothing carried over waits here."))

    def _no_photos(self) -> str:
        inside = self.photos is not None and self._stack.currentWidget() is self.photos
        return "" if inside else _("Photographs are pasted on their own page (F3).")

    def _go_on(self) -> None:
        front = self._stack.currentWidget()
        if front is self.form and self.form is not None:
            self.form.go_on()
        elif front is self.final and self.final is not None:
            self.final.press()
        elif front is self.photos and self.photos is not None:
            self.photos.files.click()

    def _next_open(self) -> None:
        front = self._stack.currentWidget()
        if front is self.final and self.final is not None:
            self.final.next_open()
        elif self.form is not None:
            self._to_form()
            self.form.next_open()

    def _no_steps(self) -> str:
        inside = isinstance(self._stack.currentWidget(), FormView | PhotosView)
        return "" if inside else _("No form is open here.")

    def _other_form(self) -> str:
        """The next open form of the visit whose form is shown, empty for none."""
        if self.form is None:
            return ""
        answering = self.form.answering
        drafts = self.frame.laptop.store.drafts.list(answering.visit.visit_id)
        names, here = sorted(draft.form_id for draft in drafts), answering.editing.form.form_id
        return next((one for one in names if one > here), next((one for one in names if one < here), ""))

    def _no_other_form(self) -> str:
        return self._no_form() or ("" if self._other_form() else _("The visit has no other open form."))

    def _show_other_form(self) -> None:
        other = self._other_form()
        if self.form is not None and other:
            self._show_form(self.form.answering.visit.visit_id, other)

    def _nothing_open(self) -> str:
        return _("No form is open here.") if self._stack.currentWidget() is self.visits else ""

    def actions_of_page(self) -> Sequence[Action]:
        """Keys of the form, its photographs, its end."""

        def on_form(work: Callable[[FormView], object]) -> Callable[[], object]:
            return lambda: work(self.form) if self.form is not None else None

        def on_steps(work: Callable[[FormView | PhotosView], object]) -> Callable[[], object]:
            return lambda: work(cast(FormView | PhotosView, self._stack.currentWidget()))

        form, any_of, steps = self._no_form, self._nothing_open, self._no_steps
        paste = on_form(lambda _form: self.photos.paste_in() if self.photos is not None else None)
        return (
            Action("form.next_open", _("Go to the next open one"), self._next_open,
                   ("F8", "Ctrl+."), "visit", any_of),
            Action("form.go_on", _("The button at the lower right"), self._go_on,
                   ("Ctrl+Return", "Ctrl+Enter"), "visit", any_of),
            Action("form.undo", _("Undo"), on_steps(lambda one: one.take_back()),
                   ("Ctrl+Z",), "visit", steps),
            Action("form.redo", _("Redo"), on_steps(lambda one: one.do_again()),
                   ("Ctrl+Y", "Ctrl+Shift+Z"), "visit", steps),
            Action("form.confirm", _("Carried over: still holds"), on_form(lambda one: one.confirm_here()),
                   ("Ctrl+=",), "visit", self._nothing_carried),
            Action("form.previous", _("Previous question"), on_form(lambda one: one.previous()),
                   ("Alt+Up",), "visit", form),
            Action("form.context", _("Context column"), on_form(lambda one: one.turn_context()),
                   ("F10", "Ctrl+I"), "visit", form),
            Action("form.photos", _("Photographs"), self.show_photos, ("F3", "Ctrl+G"), "photos", form),
            Action("photos.paste", _("Paste a photograph"), paste, ("Ctrl+V",), "photos", self._no_photos),
            Action("form.final", _("Finalize…"), self.show_final, ("Ctrl+Shift+F",), "visit", form),
            Action("form.other", _("Next form of this visit"), self._show_other_form,
                   ("Ctrl+Shift+V",), "visit", self._no_other_form),
            Action("form.list", _("All open visits"), self.to_list, ("Ctrl+Backspace",), "visit", any_of),
        )  # fmt: skip

    def showEvent(self, event: QShowEvent) -> None:
        """The form goes on being saved."""
        super().showEvent(event)
        if self.form is not None:
            self.form.answering.wake()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another place, or the end: what could not be saved was told when this one was left."""
        super().hideEvent(event)
        if self.form is not None and not event.spontaneous():
            self.form.answering.rest()

    def event(self, event: QEvent) -> bool:
        """Esc first closes what is open within this page."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.setAccepted(event.key() == Qt.Key.Key_Escape and self._can_step_back())
            if event.isAccepted():
                return True
        return super().event(event)

    def _can_step_back(self) -> bool:
        return self._stack.currentWidget() is not self.visits

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc: the drawer, then back to the form, then to the list."""
        if event.key() == Qt.Key.Key_Escape and self._can_step_back():
            self._step_back()
            return
        super().keyPressEvent(event)

    def _step_back(self) -> None:
        if self.form is None:
            self.to_list()
        elif self._stack.currentWidget() is not self.form:
            self._to_form()
        elif not self.form.close_drawer():
            self.to_list()

    def front(self) -> QWidget:
        """What is shown: the list, the form, its photographs or its end."""
        return self._stack.currentWidget()
