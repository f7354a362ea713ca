"""F02 opened for a house of the sample district, as the benches fill it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from fieldapp.domain.sample import sample_district
from fieldapp.forms import FormSession, load_form
from fieldapp.services.form_functions import form_functions
from fieldapp.services.publishing import built_form

DAY = datetime(2026, 11, 3, 1, 30, tzinfo=UTC)
DEFECT = "/data/g_defect/rep_defect"


class District:
    """The sample district as a list source, indexed by the columns that were asked for."""

    def __init__(self) -> None:
        self._rows = [row | {"__version": "1"} for row in sample_district()]
        self._indexes: dict[str, dict[str, list[Mapping[str, str]]]] = {}

    def lookup(self, list_name: str, column: str, value: str) -> Sequence[Mapping[str, str]]:
        """Rows by one column; KeyError for other lists than ``buildings``."""
        if list_name != "buildings":
            raise KeyError(list_name)
        if column not in self._indexes:
            index = self._indexes.setdefault(column, {})
            for row in self._rows:
                index.setdefault(row.get(column, ""), []).append(row)
        return self._indexes[column].get(value, [])


def hazard_inspection() -> FormSession:
    """F02 begun at one house, with two defects of its walls entered."""
    district = District()
    form = load_form(built_form("hazard_inspection"), district, form_functions(), clock=lambda: DAY)
    house = district.lookup("buildings", "building_code", "350502005006-0001")[0]
    head = {
        "/data/visit_id": str(UUID(int=7)),
        "/data/ruleset_version": "2022.2",
        "/data/visit_date": "2026-11-03",
        "/data/g_visit/visit_kind": "recheck",
        "/data/g_visit/task_no": "t01",
        "/data/g_visit/building_ref": house["name"],
    }
    session = form.new_session(UUID(int=1), "zh", head)
    session.answer("/data/g_outcome/visit_result", "done")
    session.answer("/data/g_check/wall_damage", "have")
    for number, width in ((1, "0.3"), (2, "2.5")):
        if number > 1:
            session.add_repeat(DEFECT)
        row = f"{DEFECT}[{number}]"
        for name, value in (
            ("d_item", "wall_damage"), ("d_kind", "crack"), ("d_crack_dir", "vertical"), ("d_crack_w", width),
            ("d_crack_ratio", "0.6"),
        ):  # fmt: skip
            session.answer(f"{row}/{name}", value)
    return session
