"""Small pictures of photographs, read in jobs and kept while the form is open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from fieldapp.services.pictures import Pictures
from fieldapp.store.model import Photo
from fieldapp.ui.jobs import Jobs


class Thumbnails(QObject):
    """Small pictures by the SHA-256 of their originals. ``arrived(sha256)`` tells that one can be shown."""

    arrived = Signal(str)

    def __init__(self, jobs: Jobs, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs, self._pictures = jobs, pictures
        self._known: dict[str, Photo] = {}
        self._drawn: dict[str, QPixmap] = {}
        self._asked: set[str] = set()

    def know(self, photos: dict[str, Photo]) -> None:
        """These photographs there are."""
        self._known |= photos

    def photo(self, sha256: str) -> Photo | None:
        """What is known of a photograph."""
        return self._known.get(sha256)

    def get(self, sha256: str) -> QPixmap | None:
        """The picture, None while it is being read (``arrived`` tells) or for one that is not known or not
        here."""
        if sha256 in self._drawn:
            return self._drawn[sha256]
        photo = self._known.get(sha256)
        if photo is not None and photo.thumbnail and sha256 not in self._asked:
            self._asked.add(sha256)
            self._jobs.start(self._reading(photo), done=lambda image: self._keep(sha256, image))
        return None

    def _reading(self, photo: Photo) -> Callable[[object], QImage]:
        pictures = self._pictures
        return lambda _job: QImage.fromData(pictures.thumbnail(photo))

    def _keep(self, sha256: str, image: QImage) -> None:
        self._drawn[sha256] = QPixmap.fromImage(image)
        self.arrived.emit(sha256)
