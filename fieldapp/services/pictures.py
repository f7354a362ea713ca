"""Photographs to look at, own and those of other laptops, and what is drawn onto copies of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from fieldapp.domain.photographs import PHOTOGRAPHS, Pictured, from_text
from fieldapp.errors import UserError
from fieldapp.media import photos as media
from fieldapp.media.annotation import Mark, annotated
from fieldapp.store import Store
from fieldapp.store.annotations import Annotation
from fieldapp.store.model import Photo


@dataclass(frozen=True, slots=True)
class ForeignPhoto(Photo):
    """A photograph that another laptop took; ``who`` are the names of that team, ``thumbnail`` is empty while
    its small copy is not here. Its original is not, unless somebody has asked for it (``photographs``)."""

    who: str = ""


def of_others(store: Store, building_id: UUID) -> tuple[ForeignPhoto, ...]:
    """What other laptops took of a house, newest first."""
    row = store.register.get(PHOTOGRAPHS, str(building_id))
    told = from_text(row.values.get("pictures", "")) if row is not None else ()
    return tuple(foreign(store, one, building_id) for one in told if not store.photos.by_sha256(one.sha256))


def foreign(store: Store, one: Pictured, building_id: UUID) -> ForeignPhoto:
    """A photograph that the register tells of, as one to look at."""
    return ForeignPhoto(
        sha256=one.sha256,
        visit_id=UUID(one.visit),
        building_id=building_id,
        question="",
        kind=one.kind,
        name="",
        size=one.size,
        media_type=one.media_type,
        width=0,
        height=0,
        taken_at=None,
        latitude=None,
        longitude=None,
        camera="",
        has_exif=True,  # not known before the original is here: nothing is said of it
        thumbnail=store.fetched.thumbnail(one.sha256),
        stamped=None,
        added_at=datetime.fromisoformat(one.at),
        who=one.who,
    )


class Pictures:
    """Reads pictures from the vault. Everything but ``of_visit`` is for jobs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of_visit(self, visit_id: UUID) -> dict[str, Photo]:
        """The photographs of a visit by the SHA-256 of their originals, in the order they came."""
        return {photo.sha256: photo for photo in self._store.photos.for_visit(visit_id)}

    def of_building(self, building_id: UUID, limit: int) -> tuple[Photo, ...]:
        """The newest photographs of a building, each original once."""
        newest = reversed(self._store.photos.for_building(building_id))
        return tuple({photo.sha256: photo for photo in newest}.values())[:limit]

    def thumbnail(self, photo: Photo) -> bytes:
        """Its small copy (JPEG, 256 px). One of a foreign photograph that is damaged or gone is fetched again
        by the next run. UserError STORE_031, STORE_032."""
        try:
            return self._store.vault.get(photo.thumbnail)
        except UserError:
            if isinstance(photo, ForeignPhoto):
                self._store.fetched.forget(photo.sha256, "thumbnail")
            raise

    def view(self, sha256: str) -> bytes:
        """A copy for the screen (JPEG, 2016 px, upright), made from the original."""
        return media.view_copy(media.import_photo(self._store.vault.get(sha256)))

    def marks(self, visit_id: UUID) -> Mapping[str, tuple[Mark, ...]]:
        """The marks on each photograph of a visit that has any, by the original's SHA-256."""
        return {
            sha256: tuple(Mark(**mark) for mark in json.loads(one.marks))
            for sha256, one in self._store.annotations.of_visit(visit_id).items()
        }

    def annotate(self, visit_id: UUID, sha256: str, marks: Iterable[Mark]) -> None:
        """Keep a copy of a photograph with these marks (有标注); none takes the copy out of use.

        The original is only read. Durable when it returns.
        """
        drawn = tuple(marks)
        copy = None
        if drawn:
            original = media.import_photo(self._store.vault.get(sha256))
            copy = self._store.vault.put(annotated(original, drawn))
        listed = json.dumps([asdict(mark) for mark in drawn], ensure_ascii=False)
        self._store.annotations.add(Annotation(visit_id, sha256, listed, copy))
