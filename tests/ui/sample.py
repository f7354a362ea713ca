"""A laptop with something to see: houses of a street, a record that waits, a draft, a team."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from PIL import Image

from fieldapp.domain.patrol import FORM as PATROL
from fieldapp.domain.sample import sample_district
from fieldapp.domain.visit import TeamMember
from fieldapp.media.sample import sample_photo
from fieldapp.services.laptop import Laptop
from fieldapp.services.publishing import built_form, find_form
from fieldapp.services.today import Lane
from fieldapp.store.model import RegisterRow
from tests.services.office import FORM, LOCKED, MAJOR, MORNING, filled, new_laptop

STREET = 120


def sample_laptop(folder: Path) -> Laptop:
    """A new laptop in ``folder``, open."""
    laptop = new_laptop(folder)
    rows = [row for row in sample_district() if row["building_code"].startswith("350502006")][:STREET]
    laptop.store.register.import_rows(
        "buildings",
        [
            RegisterRow(
                row["name"], row["label"], {k: v for k, v in row.items() if k not in ("name", "label")}
            )
            for row in rows
        ],
    )
    laptop.store.forms.install(PATROL, find_form(PATROL).version, built_form(PATROL))
    unit = "江南街道办事处"
    laptop.visits.set_team([TeamMember("林某某", unit, "LC-0231"), TeamMember("王某", unit, "LC-0248")])
    laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
    filled(laptop, MAJOR, _picture)
    house = laptop.buildings.find("tdl12")[0]
    laptop.today.set_lane(Lane(house.values["community"], "亭店路"))
    opened = laptop.visits.begin(UUID(house.id), [FORM])
    laptop.filling.open(opened.visit_id, FORM).answer("/data/g_outcome/visit_result", "done")
    return laptop


def _picture(name: str) -> bytes:
    """A drawn photograph, reduced: what it shows can be made out."""
    taken = MORNING + timedelta(minutes=len(name))
    large = sample_photo(
        name, taken_at=taken, latitude=24.9, longitude=118.58, caption="延陵路8号", seed=len(name)
    )
    image = Image.open(io.BytesIO(large))
    exif = image.getexif()
    stream = io.BytesIO()
    image.resize((1008, 756)).save(stream, "JPEG", exif=exif, quality=85)
    return stream.getvalue()
