"""A laptop with something to see: houses of a street, a record that waits, a draft, a team."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from fieldapp.domain.sample import sample_district
from fieldapp.domain.visit import TeamMember
from fieldapp.services.laptop import Laptop
from fieldapp.store.model import RegisterRow
from tests.services.office import FORM, LOCKED, MAJOR, filled, new_laptop

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
    unit = "江南街道办事处"
    laptop.visits.set_team([TeamMember("林某某", unit, "LC-0231"), TeamMember("王某", unit, "LC-0248")])
    laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
    filled(laptop, MAJOR)
    house = laptop.buildings.find("tdl12")[0]
    opened = laptop.visits.begin(UUID(house.id), [FORM])
    laptop.filling.open(opened.visit_id, FORM).answer("/data/g_outcome/visit_result", "done")
    return laptop
