"""Photographs that come by file, paste or drop: what a clipboard or a drag holds, as paths or bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from fieldapp.i18n import _
from fieldapp.services.evidence import Refused
from fieldapp.services.patrolling import Round, Taken
from fieldapp.ui.page import Frame

Source = Path | QImage


def sources_of(data: QMimeData) -> list[Source]:
    """Files first, else the picture itself; nothing for anything else."""
    files: list[Source] = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if files:
        return files
    if data.hasImage():
        image = data.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return [image]
    return []


class Incoming:
    """Takes photographs in while the inspector goes on; remembers their small pictures by building.

    ``moved(building)`` is told when some begin to come and when they have come.
    """

    def __init__(self, frame: Frame, moved: Callable[[UUID], object]) -> None:
        self._frame = frame
        self._moved = moved
        self._pending: Counter[UUID] = Counter()
        self._pictures: dict[UUID, dict[str, bytes]] = {}
        self._times: dict[UUID, str] = {}

    def pending(self, building: UUID) -> bool:
        """Whether some are on their way."""
        return self._pending[building] > 0

    def pictures(self, building: UUID) -> Mapping[str, bytes]:
        """Small pictures (JPEG) by name, in order."""
        return self._pictures.get(building, {})

    def time(self, building: UUID) -> str:
        """When the first that came was taken (``10:26``), empty if the camera does not say."""
        return self._times.get(building, "")

    def keep(self, building: UUID, pictures: Mapping[str, bytes]) -> None:
        """What the store has already."""
        self._pictures[building] = dict(pictures)

    def forget(self, building: UUID) -> None:
        """The house is final."""
        self._pictures.pop(building, None)
        self._times.pop(building, None)

    def choose(self, parent: QWidget, then: Callable[[list[Source]], object]) -> None:
        """Let the inspector choose files; ``then`` gets them."""
        dialog = QFileDialog(parent, _("Add photographs"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(_("Photographs") + " (*.jpg *.jpeg *.png *.heic *.heif)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
        dialog.open()

    def take_in(self, building: UUID, found: Round, sources: Sequence[Source], path: str) -> None:
        """Take them in for the question ``path``, by default the house's."""
        patrolling = self._frame.laptop.patrolling
        self._pending[building] += 1
        self._moved(building)
        self._frame.jobs.start(
            lambda _job: patrolling.take_in(found, as_bytes(sources), path),
            done=lambda taken: self._taken(building, found, path, taken),
            failed=lambda error: self._failed(building, error),
            what="photograph",
        )

    def _taken(self, building: UUID, found: Round, path: str, taken: tuple[Taken | Refused, ...]) -> None:
        pictures = self._pictures.setdefault(building, {})
        for one in taken:
            if isinstance(one, Refused):
                self._frame.tell(one.error)
                continue
            found.attach(one.kept, path or found.photo_path())
            pictures[one.kept.name] = one.thumbnail
            at = one.kept.photo.taken_at
            self._times.setdefault(building, at[11:16] if at else "")
        self._pending[building] -= 1
        self._moved(building)

    def _failed(self, building: UUID, error: BaseException) -> None:
        self._pending[building] -= 1
        self._moved(building)
        self._frame.tell(error)


def as_bytes(sources: Sequence[Source]) -> list[Path | bytes]:
    """Pictures as PNG bytes. For a worker thread: a camera's picture takes a second."""
    return [source if isinstance(source, Path) else _png(source) for source in sources]


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload] # the stub knows file names only
    # Nothing written is an empty file, which taking in refuses by its own words.
    return bytes(buffer.data().data())
