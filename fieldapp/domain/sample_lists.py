"""What belongs to the made-up houses in other lists: units, plates, other names, areas, and whom to call.

Drawn like the houses: the same for every run. Each row says that it is an example (示例).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import uuid5

from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import order_key
from fieldapp.domain.sample import NAMESPACE, SURNAMES, Draw

Row = dict[str, str]
#: Uses that have flats or rooms of their own, and how many on a storey at most.
_HOMES = {"res_rent": 3, "res_group": 5, "mixed_res_shop": 2, "three_in_one": 2}
_SHOPS = ("杂货店", "早餐店", "理发店", "五金店", "服装店", "药店")
_MOST_STOREYS = 5
_SAMPLE = "示例数据"


def sample_lists(houses: Sequence[Mapping[str, str]]) -> dict[str, list[Row]]:
    """Rows by list, each with ``name`` (uuid) and ``label``, for these rows of ``buildings``."""
    return {
        "areas": list(_areas(houses)),
        "units": [unit for house in houses for unit in _units(house)],
        "plates": list(_plates(houses)),
        "aliases": [alias for house in houses for alias in _aliases(house)],
        "contacts": list(_contacts(houses)),
    }


def _row(list_name: str, key: str, label: str, **values: str) -> Row:
    told = {name: value for name, value in values.items() if value}
    return {"name": str(uuid5(NAMESPACE, f"{list_name}:{key}")), "label": label, **told}


def _streets(houses: Iterable[Mapping[str, str]]) -> list[str]:
    return sorted({house["street"] for house in houses})


def _areas(houses: Sequence[Mapping[str, str]]) -> Iterator[Row]:
    named = {area: house for house in houses for area in house.get("areas", "").split()}
    for area, house in named.items():
        community = codelists().text("community", house["community"])
        name = f"{community.removesuffix('社区')}片区（示例）"
        yield {
            "name": area, "label": name, "area_name": name, "street": house["street"], "kind": "renewal",
            "communities": house["community"], "note": _SAMPLE,
        }  # fmt: skip


def _units(house: Mapping[str, str]) -> Iterator[Row]:
    """Shops on the ground floor, flats or rooms above, by the uses of the house."""
    uses, code = house["building_use"].split(), house["building_code"]
    draw = Draw(code)
    homes = max((_HOMES[use] for use in uses if use in _HOMES), default=0)
    shop = bool({"shop", "mixed_res_shop", "three_in_one"} & set(uses))
    listed = draw.between("listed", 1, 100) <= 30 or code.endswith("-0001")
    if not homes or not listed:
        return
    if shop:
        name = f"{_SHOPS[draw.between('trade', 0, len(_SHOPS) - 1)]}（示例）"
        yield _unit(house, 1, "店1", kind="shop", unit_use="shop", shop_name=name, persons="2")
    for floor in range(1 + shop, min(int(house["floors_up"]), _MOST_STOREYS) + 1):
        for number in range(1, 1 + draw.between(f"homes{floor}", 1, homes)):
            rented = "res_self" not in uses
            yield _unit(
                house, floor, f"{floor}{number:02d}", kind="room" if "res_group" in uses else "flat",
                unit_use="res_rent" if rented else "res_self", tenure="rent" if rented else "own",
            )  # fmt: skip


def _unit(house: Mapping[str, str], floor: int, number: str, **values: str) -> Row:
    code = f"{house['building_code']}:{number}"
    draw = Draw(code)
    persons = draw.between("persons", 1, 5)
    frail = draw.between("frail", 0, 9)
    known = {
        "building": house["name"], "street": house["street"], "floor": str(floor), "unit_no": number,
        "unit_order": f"{100 + floor}-{order_key(number)}", "unit_state": "used",
        "occupant": f"{SURNAMES[draw.between('who', 0, len(SURNAMES) - 1)]}某某（示例）",
        "occupant_phone": f"0595-0000{draw.between('phone', 0, 9999):04d}", "persons": str(persons),
        "vulnerable": str(min(frail - 7, persons)) if frail > 7 else "", "note": _SAMPLE,
    }  # fmt: skip
    return _row("units", code, number, **(known | values))


def _plates(houses: Sequence[Mapping[str, str]]) -> Iterator[Row]:
    """A plate for each code; houses with one code share it, and some houses have a second plate."""
    of: dict[str, list[Mapping[str, str]]] = {}
    for house in houses:
        if house.get("plate_code"):
            of.setdefault(house["plate_code"], []).append(house)
            if Draw(house["plate_code"]).between("second", 1, 100) <= 8:
                of.setdefault(f"{house['plate_code']}-B", []).append(house)
    for code, there in of.items():
        first = there[0]
        state = Draw(code).share("state", ((90, "ok"), (6, "damaged"), (4, "unreadable")))[1]
        yield _row(
            "plates", code, code, buildings=" ".join(house["name"] for house in there),
            street=first["street"], plate_code=code, standard_address=first["address_detail"],
            plate_state=state, note=_SAMPLE,
        )  # fmt: skip


def _aliases(house: Mapping[str, str]) -> Iterator[Row]:
    """The other names that the house's own row repeats for the search."""
    kinds = {item.zh: name for name, item in codelists()["alias_kind"].items.items()}
    for said in filter(None, house.get("aliases", "").split("；")):
        kind, _colon, alias = said.rpartition("：")
        yield _row(
            "aliases", f"{house['building_code']}:{alias}", alias, building=house["name"],
            street=house["street"], alias=alias, kind=kinds.get(kind, "popular"), note=_SAMPLE,
        )  # fmt: skip


def _contacts(houses: Sequence[Mapping[str, str]]) -> Iterator[Row]:
    """Two of the district, three of every street that has houses."""
    yield _contact("", "duty", "区房屋安全值班室（示例）", "区房屋安全办公室（示例）")
    yield _contact("", "expert", "吴某某（示例）", "某检测公司（示例）", speciality="结构工程师")
    for street in _streets(houses):
        name = codelists().text("street", street)
        yield _contact(street, "duty", f"{name}值班室（示例）", f"{name}办事处")
        yield _contact(street, "team", f"{name}应急队（示例）", f"{name}办事处")
        yield _contact(street, "shelter", f"{name}安置点（示例）", f"{name}办事处", capacity="200")


def _contact(street: str, kind: str, name: str, unit: str, **values: str) -> Row:
    draw = Draw(f"contact:{street}:{kind}")
    return _row(
        "contacts", f"{street}:{kind}", name, street=street, kind=kind, contact_name=name, unit=unit,
        phone=f"0595-0000{draw.between('phone', 0, 9999):04d}",
        mobile=f"0595-0001{draw.between('mobile', 0, 9999):04d}", note=_SAMPLE, **values,
    )  # fmt: skip
