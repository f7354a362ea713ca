"""What a form needs to be shown, read in a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fieldapp.domain.visit import Visit
from fieldapp.errors import UserError
from fieldapp.services.laptop import Laptop
from fieldapp.services.pictures import Pictures
from fieldapp.services.recollection import LastRecord, Recollection
from fieldapp.store.model import Photo, ShownRow
from fieldapp.store.search import initials

#: Of so many newest photographs of the building those are chosen that it is known by.
_PHOTOS = 24


@dataclass(frozen=True, slots=True)
class Opening:
    """The visit, its building and the last record there, photographs of both, when the draft was saved."""

    visit: Visit
    building: ShownRow | None
    last: LastRecord | None
    photos: dict[str, Photo]
    of_building: tuple[Photo, ...]
    form_id: str
    saved_at: datetime


def read_opening(laptop: Laptop, pictures: Pictures, visit_id: UUID, form_id: str) -> Opening:
    """Read it; for a job. UserError VISIT_005 if the visit has no such draft."""
    visit = laptop.store.visits.get(visit_id)
    laptop.filling.definition(form_id)  # read once here, then kept
    initials("检")  # its dictionary is large: not on the thread of the window
    last = Recollection(laptop.store, laptop.filling).last(visit.building_id, form_id)
    of_building = () if visit.building_id is None else pictures.of_building(visit.building_id, _PHOTOS)
    building = laptop.buildings.of(visit.building_id)
    draft = laptop.store.drafts.get(visit_id, form_id)
    if draft is None:
        raise UserError("VISIT_005", visit_id=visit_id, form=form_id)
    taken = pictures.of_visit(visit_id)
    return Opening(visit, building, last, taken, of_building, form_id, draft.saved_at)
