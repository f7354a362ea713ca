"""Photographs of a visit: originals kept and hashed, copies derived, what cannot be used kept aside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from fieldapp.domain.addresses import full_address
from fieldapp.domain.codelists import codelists
from fieldapp.domain.visit import Visit
from fieldapp.errors import EnvironmentProblem, FieldappError, UserError
from fieldapp.media import photos as media
from fieldapp.media.stamp import Stamp, stamped
from fieldapp.services.buildings import Buildings
from fieldapp.sheets.gathering import OTHER
from fieldapp.store import Store
from fieldapp.store.model import Photo


@dataclass(frozen=True, slots=True)
class Kept:
    """A photograph that was taken in. ``name`` answers a question; ``fresh`` False: it was there already."""

    photo: Photo
    name: str
    fresh: bool

    @property
    def position(self) -> tuple[float, float] | None:
        """Degrees north and east, if the camera knew them."""
        if self.photo.latitude is None or self.photo.longitude is None:
            return None
        return self.photo.latitude, self.photo.longitude


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that could not be taken in, and why; ``sha256`` names its bytes kept aside, None if they could
    not be kept (then the file lies untouched where it was)."""

    path: Path
    error: FieldappError
    sha256: str | None


def legible(name: str) -> str:
    """A file's name as text. One in another encoding (a card written by an old Chinese system) is read as
    GB 18030; what is not that either has signs in its places.
    """
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


class Evidence:
    """Takes photographs in. Safe to call from worker threads."""

    def __init__(self, store: Store, clock: Callable[[], datetime], buildings: Buildings) -> None:
        self._store = store
        self._clock = clock
        self._buildings = buildings

    def add(
        self, visit_id: UUID, source: Path | bytes, *, name: str = "", question: str = "", kind: str = OTHER
    ) -> Kept:
        """Take one photograph in: original, thumbnail and stamped copy in the vault, then its row.

        ``question`` is the path it answers, ``kind`` a name of the list ``photo_kind``. Raises the
        catalogue's MEDIA errors for what is no photograph, STORE_034 for an unknown visit, VISIT_014.
        """
        visit = self._store.visits.get(visit_id)
        _refuse_unknown(kind)
        taken = media.take_in(source)
        photo = taken.photo
        copy = stamped(photo, self._stamp(visit, photo))
        vault = self._store.vault
        row = Photo(
            sha256=vault.put(photo.original),
            visit_id=visit_id,
            building_id=visit.building_id,
            question=question,
            kind=kind,
            name=legible(name or (source.name if isinstance(source, Path) else photo.attachment_name)),
            size=photo.size,
            media_type=photo.media_type,
            width=photo.width,
            height=photo.height,
            taken_at=None if photo.taken_at is None else photo.taken_at.isoformat(),
            latitude=photo.gps.latitude if photo.gps else None,
            longitude=photo.gps.longitude if photo.gps else None,
            camera=photo.camera,
            has_exif=photo.has_exif,
            thumbnail=vault.put(taken.thumbnail),
            stamped=vault.put(copy),
            added_at=self._clock(),
        )
        return Kept(row, photo.attachment_name, self._store.photos.add(row))

    def add_files(
        self, visit_id: UUID, paths: Iterable[Path], question: str = "", kind: str = OTHER
    ) -> Iterator[Kept | Refused]:
        """Files and folders, one by one; nothing a file holds stops the others.

        A folder's files come in natural order. UserError MEDIA_010 at the first step for a folder
        that does not exist, VISIT_014.
        """
        self._store.visits.get(visit_id)
        _refuse_unknown(kind)
        for path in list(paths):
            for file in media.files_of(path) if path.is_dir() else (path,):
                yield self._add_file(visit_id, file, question, kind)

    def _add_file(self, visit_id: UUID, file: Path, question: str, kind: str) -> Kept | Refused:
        original: bytes | None = None
        try:
            original = media.bytes_of(file)
            return self.add(visit_id, original, name=file.name, question=question, kind=kind)
        except (UserError, EnvironmentProblem) as error:
            if original is None or not error.code.startswith("MEDIA_"):
                return Refused(file, error, None)
            kept = self._store.photos.keep_aside(original, legible(file.name), error.code, visit_id)
            return Refused(file, error, kept)

    def _stamp(self, visit: Visit, photo: media.Photograph) -> Stamp:
        building = self._buildings.of(visit.building_id)
        place = ""
        if photo.gps is not None:
            place = f"{photo.gps.latitude:.6f}°N {photo.gps.longitude:.6f}°E"
        return Stamp(
            time="" if photo.taken_at is None else f"{photo.taken_at:%Y-%m-%d %H:%M:%S}",
            place=place,
            building="" if building is None else full_address(building.values),
            inspector=self._store.keys.actor.name,
        )


def _refuse_unknown(kind: str) -> None:
    known = codelists()["photo_kind"].items
    if kind not in known:
        raise UserError("VISIT_014", kind=kind, known=", ".join(known))
