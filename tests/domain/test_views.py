"""Typed views of the lists, compared with their declarations."""

from __future__ import annotations

import typing
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal

import pytest

from fieldapp.domain.register import list_names, schema
from fieldapp.domain.sample import sample_district
from fieldapp.domain.sample_lists import sample_lists
from fieldapp.domain.views import VIEWS, Plate, Reading, Unit, View

#: Read by values of their own: ``Building``, ``Standing``, ``Filed``, and what was photographed.
APART = {"buildings", "conflicts", "filings", "photographs"}
TYPES: dict[str, object] = {
    "text": str,
    "code": str,
    "reference": str,
    "codes": tuple[str, ...],
    "references": tuple[str, ...],
    "integer": int | None,
    "decimal": Decimal | None,
    "date": date | None,
    "datetime": datetime | None,
}


def test_every_list_has_a_view() -> None:
    assert set(VIEWS) == set(list_names()) - APART
    assert {view.LIST for view in VIEWS.values()} == set(VIEWS)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_view_has_the_properties_that_its_list_declares(view: type[View]) -> None:
    hints = typing.get_type_hints(view)
    told = {one.name: hints[one.name] for one in fields(view) if one.name != "id"}
    declared = schema(view.LIST).properties.values()
    assert list(told) == [one.name for one in declared]
    for one in declared:
        assert told[one.name] == TYPES[one.type], one.name


def test_what_does_not_parse_is_not_known() -> None:
    unit = Unit.of({"name": "u1", "building": "b1", "floor": "二", "persons": "3", "area_m2": "41.5"})
    assert (unit.id, unit.building, unit.floor, unit.persons, unit.area_m2) == (
        "u1",
        "b1",
        None,
        3,
        Decimal("41.5"),
    )
    assert unit.occupant == ""
    assert Plate.of({"buildings": "b1 b2"}).buildings == ("b1", "b2")
    reading = Reading.of({"read_at": "2022-12-08T09:07:00+08:00", "value": "1.4"})
    assert reading.read_at == datetime.fromisoformat("2022-12-08T09:07:00+08:00")
    assert Reading.of({"read_at": "早上"}).read_at is None


def test_the_sample_of_every_list_is_whole() -> None:
    houses = sample_district()
    known = {house["name"]: house for house in houses}
    lists = sample_lists(houses)
    assert set(lists) == {"areas", "units", "plates", "aliases", "contacts"}
    assert lists == sample_lists(sample_district())
    for name, rows in lists.items():
        assert len({row["name"] for row in rows}) == len(rows) > 1, name
        assert all("示例" in row["note"] for row in rows)
        assert not schema(name).unknown({key for row in rows for key in row} - {"name", "label"})
        assert all(row["label"] == row[schema(name).label] for row in rows)
    units = [Unit.of(row) for row in lists["units"]]
    assert all(known[unit.building]["street"] == unit.street for unit in units)
    assert all(unit.floor and unit.persons and (unit.vulnerable or 0) <= unit.persons for unit in units)
    assert all(unit.occupant_phone.startswith("0595-0000") for unit in units)
    plates = [Plate.of(row) for row in lists["plates"]]
    of = [house for plate in plates for house in plate.buildings]
    assert max(len(plate.buildings) for plate in plates) == 2  # one plate, two houses
    assert len(of) > len(set(of))  # and a house with two plates
    areas = {row["name"] for row in lists["areas"]}
    assert {area for house in houses for area in house.get("areas", "").split()} == areas
