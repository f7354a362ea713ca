"""Photographs of the visit within the form: tiles with what they show, what is still wanted, how to add."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldapp.i18n import _
from fieldapp.ui.components import Button, across, down, label
from fieldapp.ui.components.flow import FlowLayout
from fieldapp.ui.controls import Surroundings
from fieldapp.ui.controls.images import TILE, PhotoTile
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.pages.inspection.questions import QuestionRow
from fieldapp.ui.pages.inspection.shots import PHOTO, shots_of, wanted_kinds

#: So many tiles here; the page of photographs shows all.
MOST = 11


class PhotoStrip(QWidget):
    """Not a widget for each of hundreds: beyond ``MOST`` it says how many more there are."""

    def __init__(
        self,
        answering: Answering,
        repeat: str,
        around: Surroundings,
        open_photos: Callable[[str], object],
    ) -> None:
        super().__init__()
        self._answering, self._repeat, self._around = answering, repeat, around
        self._shown: tuple[object, ...] = ()
        self._title = label("", bold=True)
        self._more = label("", "S", "text2")
        self._open_photos = open_photos
        self._shown_tiles: list[PhotoTile] = []
        self.open = Button(_("Photographs"), icon="image", key="F3", on_click=lambda: open_photos(""))
        self.open.setAutoDefault(False)
        self._tiles = QWidget()
        self._flow = FlowLayout(gap=12)
        self._tiles.setLayout(self._flow)
        policy = self._tiles.sizePolicy()
        policy.setHeightForWidth(True)
        self._tiles.setSizePolicy(policy)
        head = across(self._title, self._more, None, self.open, gap=12)
        self.setLayout(down(head, self._tiles, gap=10))
        self.refresh()

    def refresh(self) -> None:
        """Tiles for what there is and for what is wanted."""
        shots = shots_of(self._answering, self._repeat)
        taken = [shot for shot in shots if shot.sha256]
        kinds = {shot.kind for shot in taken}
        missing = [
            (f"{self._repeat}:{kind}", words)
            for kind, words in wanted_kinds(self._answering)
            if kind not in kinds
        ]
        named = {path.rpartition(":")[2] for path, _words in missing}
        missing += [(one.path, one.words) for one in shots if not one.sha256 and one.kind not in named]
        if not missing:
            missing.append((f"{self._repeat}:", _("One more photograph")))
        self._title.setText(_("Photographs {count}").format(count=len(taken)))
        extra = len(taken) - MOST
        self._more.setText(_("{count} more on their page").format(count=extra) if extra > 0 else "")
        shown = (*((shot.sha256, shot.words) for shot in taken[:MOST]), *missing)
        if shown == self._shown:
            return
        self._shown = shown
        self._shown_tiles = []
        while self._flow.count():
            item = self._flow.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for shot in taken[:MOST]:
            self._flow.addWidget(self._tile(shot.words or _("Not sorted yet"), shot.path, shot.sha256))
        for path, words in missing:
            self._flow.addWidget(self._tile(words, path, ""))
        self._tiles.updateGeometry()

    def _tile(self, words: str, path: str, sha256: str) -> QWidget:
        tile = PhotoTile(words, self._around, path)
        tile.show_photo(sha256)
        self._shown_tiles.append(tile)
        wanted = not sha256 and path != f"{self._repeat}:"
        below = label(words, "S", "warn" if wanted else "")
        below.setFixedWidth(TILE.width())
        below.setAlignment(Qt.AlignmentFlag.AlignLeft)
        below.setToolTip(words)
        made = QWidget()
        made.setLayout(down(tile, below, gap=2))
        made.setFixedSize(TILE.width(), TILE.height() + 24)
        return made

    def lead_to(self, path: str, *, insist: bool) -> bool:
        """Somebody comes to a question of a photograph: to its tile; if ``insist``, to its page, for what is
        wrong with it is answered there. False for a question of something else.
        """
        if not path.startswith(f"{self._repeat}["):
            return False
        picture = f"{path.rpartition('/')[0]}/{PHOTO}"
        there = self._answering.has(picture) and bool(self._answering.node(picture).value)
        if there and insist:
            self._open_photos(path)
            return True
        tile = next((one for one in self._shown_tiles if one.path == picture), None)
        empty = next((one for one in self._shown_tiles if not one.sha256), None)
        target = tile or empty
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def ordered(self) -> list[QuestionRow]:
        """No question of its own: photographs are answered by adding them."""
        return []
