"""Photographs of houses that other laptops took: small ones that a sync brought, originals when asked for.

They are looked at and nothing else: no record, no sheet and no count of this laptop's visits knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from fieldapp.domain.photographs import PHOTOGRAPHS, Pictured, from_text
from fieldapp.errors import FieldappError, UserError
from fieldapp.media import photos as media
from fieldapp.services import revocation
from fieldapp.services.pictures import ForeignPhoto, foreign
from fieldapp.services.registration import enrolment_of
from fieldapp.store import Store
from fieldapp.store.model import Photo
from fieldapp.sync.enrolment import connected
from fieldapp.sync.originals import original
from fieldapp.sync.transport import Network

#: Bytes of small copies that one run brings at most, and that a laptop keeps at most: 2,000 and 30,000.
ROOM_OF_RUN = 32 * 1024 * 1024
ROOM = 512 * 1024 * 1024
#: Long edge of a small copy at most, pixels: anything larger is none.
LARGEST = 640


class Photographs:
    """Those of the houses that this laptop carries. Everything is for jobs."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def find(self, sha256: str) -> ForeignPhoto:
        """The photograph with this hash, or whose hash begins so. UserError SYNC_075 if there is none."""
        for building, one in self._all():
            if sha256 and one.sha256.startswith(sha256.lower()):
                return foreign(self._store, one, UUID(building))
        raise UserError("SYNC_075")

    def is_here(self, photo: Photo) -> bool:
        """Whether the original is on this laptop."""
        return not isinstance(photo, ForeignPhoto) or self._store.fetched.has(photo.sha256, "original")

    def fetch(
        self,
        photo: Photo,
        progress: Callable[[int, int], None],
        on_cancel: Callable[[Callable[[], None]], None],
        network: Network | None = None,
    ) -> None:
        """Fetch an original from the server and keep it; one that is here already costs nothing.

        ``progress`` hears bytes so far and all; ``on_cancel`` is given what breaks it off at once. Raises the
        catalogue's SYNC errors, STORE_020 for a full disk, ``sync.problems.Cancelled``.
        """
        if self.is_here(photo):
            return
        try:
            with connected(enrolment_of(self._store), network=network) as transport:
                on_cancel(transport.abort)
                content = original(transport, photo.sha256, photo.size, progress)
        except FieldappError as error:
            if error.code == revocation.REFUSED:
                revocation.note(self._store, self._clock)
            raise
        self._store.fetched.keep(photo.sha256, "original", content)

    # small copies, as a run brings them

    def settle(self) -> tuple[str, ...]:
        """After the rows: what was fetched of houses that left is needed no more. The originals whose small
        copies are wanted and not here yet, the newest first."""
        told = {one.sha256: one.at for _, one in self._all()}
        self._store.fetched.leave(told.keys())
        wanted = told.keys() - self._store.fetched.thumbnails().keys() - self._store.photos.hashes()
        return tuple(sorted(wanted, key=lambda sha256: (told[sha256], sha256), reverse=True))

    def room(self) -> int:
        """Bytes that the next run may bring."""
        return max(0, min(ROOM_OF_RUN, ROOM - self._store.fetched.size("thumbnail")))

    def keep(self, sha256: str, jpeg: bytes) -> None:
        """Keep a small copy. A MEDIA error, or SYNC_072, for what is no small picture."""
        photo = media.import_photo(jpeg)
        if photo.media_type != "image/jpeg" or max(photo.width, photo.height) > LARGEST:
            raise UserError("SYNC_072")
        self._store.fetched.keep(sha256, "thumbnail", jpeg)

    def refused(self, sha256: str, error: FieldappError) -> None:
        """A small copy that there is none of is not asked for again; every other refusal is for one run."""
        if error.code == "SYNC_073":
            self._store.fetched.refuse(sha256, error.code)

    def _all(self) -> Iterator[tuple[str, Pictured]]:
        for row in self._store.register.all(PHOTOGRAPHS):
            for one in from_text(row.values.get("pictures", "")):
                yield row.id, one
