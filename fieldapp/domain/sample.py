"""A sample district (示例数据): 2,000 buildings over the real 8 streets and 81 communities, the same on
every run.

Streets and communities are real, roads plausible, everything else is made up and marked: ``sample`` is
``yes``, owners are 某某（示例）, telephone numbers begin with 0595-0000. Five houses are fixed for the
demonstration visits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeVar
from uuid import UUID, uuid5

from fieldapp.domain.codelists import CodeItem, codelists
from fieldapp.domain.register import normal_address, order_key
from fieldapp.domain.ruleset import hazard_ruleset

#: Shares in percent: houses with a QR door plate, and in a renewal area.
_PLATES, _IN_AREA = 40, 12

Entry = TypeVar("Entry", bound=tuple[object, ...])

NAMESPACE = UUID("6f1d1c1e-5f0e-5b7a-9a55-3505020000aa")
SIZE = 2000

_ROADS = {
    "350502001": ("涂门街", "新门街", "水门巷", "天后路"),
    "350502002": ("中山南路", "聚宝街", "万寿路", "新桥路"),
    "350502003": ("中山中路", "通政巷", "打锡街", "花巷"),
    "350502004": ("西街", "东街", "中山北路", "井亭巷"),
    "350502005": ("浮桥街", "笋江路", "新步路", "坂头路"),
    "350502006": ("江南大街", "兴贤路", "紫山路", "南环路"),
    "350502007": ("金龙街", "高山路", "玉霞路", "古店路"),
    "350502008": ("常泰路", "五星路", "仙塘路", "树兜路"),
}
#: Streets of the old town; the others hold the stone houses and the factories.
_OLD_TOWN = frozenset({"350502001", "350502002", "350502003", "350502004"})
SURNAMES = "王陈林黄蔡李吴郑庄苏张杨许曾谢"
# Shares in percent: structure, its usual floor, storeys from and to, year from and to.
_OLD = (
    (34, "masonry", "precast", 2, 6, 1975, 2002),
    (24, "brick_timber", "timber", 1, 2, 1920, 1965),
    (14, "rc_frame", "cast", 4, 9, 1992, 2018),
    (10, "stone_timber", "stone_slab", 1, 2, 1930, 1975),
    (8, "stone", "stone_slab", 1, 3, 1960, 1995),
    (5, "bottom_frame", "cast", 3, 7, 1985, 2005),
    (3, "rc_wall", "cast", 11, 26, 2003, 2020),
    (2, "mixed", "timber", 1, 3, 1950, 1990),
)
_NEW = (
    (28, "masonry", "precast", 2, 5, 1980, 2008),
    (22, "stone", "stone_slab", 1, 4, 1965, 1999),
    (18, "rc_frame", "cast", 3, 8, 1995, 2019),
    (12, "steel_portal", "light_steel", 1, 2, 1998, 2017),
    (6, "stone_timber", "stone_slab", 1, 2, 1940, 1980),
    (5, "steel_light", "light_steel", 1, 2, 2002, 2018),
    (4, "earth_timber", "timber", 1, 2, 1930, 1970),
    (3, "steel_frame", "deck", 2, 4, 2004, 2018),
    (2, "rc_wall", "cast", 12, 28, 2006, 2020),
)
_HOUSE_USES = (
    (52, "res_self"),
    (18, "res_rent"),
    (12, "mixed_res_shop"),
    (6, "shop"),
    (3, "res_group"),
    (2, "catering"),
    (2, "hotel"),
    (1, "edu_k12"),
    (1, "medical"),
    (1, "religion"),
    (1, "vacant"),
    (1, "three_in_one"),
)
_STEEL_USES = ((70, "factory"), (20, "warehouse"), (6, "market"), (4, "three_in_one"))

# Houses of the demonstration visits, by community: they take the place of its first house.
_FIXED: dict[str, dict[str, str]] = {
    "350502005006": {
        "address_detail": "延陵路8号",
        "structure_type": "masonry",
        "floor_type": "precast",
        "floors_up": "4",
        "area_m2": "486",
        "built_year": "1991",
        "building_use": "res_group mixed_res_shop",
        "design_state": "none",
        "build_state": "craftsman",
        "self_built": "self_rural",
        "approval_state": "no",
        "accept_state": "no",
        "open_tasks": "t01 t12",
    },
    "350502002006": {
        "address_detail": "聚宝街21号",
        "structure_type": "brick_timber",
        "floor_type": "timber",
        "floors_up": "2",
        "area_m2": "132",
        "built_year": "1948",
        "building_use": "res_self",
        "design_state": "none",
        "build_state": "craftsman",
        "self_built": "self_urban",
        "open_tasks": "t04",
        "owner_kind": "overseas",
    },
    "350502001007": {
        "address_detail": "涂门街66号",
        "structure_type": "rc_frame",
        "floor_type": "cast",
        "floors_up": "6",
        "area_m2": "2350",
        "built_year": "2006",
        "building_use": "hotel",
        "design_state": "qualified",
        "build_state": "qualified",
        "self_built": "not_self",
        "open_tasks": "t11 t16",
        "building_name": "示例快捷酒店",
        "approval_state": "yes",
        "accept_state": "yes",
    },
    "350502006019": {
        "address_detail": "亭店路12号",
        "structure_type": "stone",
        "floor_type": "precast",
        "floors_up": "3",
        "area_m2": "412",
        "built_year": "1996",
        "building_use": "shop res_rent",
        "design_state": "none",
        "build_state": "craftsman",
        "self_built": "self_rural",
        "approval_state": "no",
        "accept_state": "no",
        "open_tasks": "t01 t12",
        "aliases": "旧门牌：亭店村3组7号；俗称：亭店大厝（示例）",
        "plate_code": "示例门牌-350502006019-0001",
    },
    "350502006002": {
        "address_detail": "火炬路3号",
        "structure_type": "steel_portal",
        "floor_type": "light_steel",
        "floors_up": "1",
        "area_m2": "3200",
        "built_year": "2009",
        "building_use": "factory",
        "design_state": "unknown",
        "build_state": "unknown",
        "self_built": "not_self",
        "open_tasks": "t13",
        "building_name": "示例服装厂1号车间",
        "owner_kind": "enterprise",
    },
}


def sample_district(size: int = SIZE) -> list[dict[str, str]]:
    """Rows of the list ``buildings``, spread evenly over all communities: ``name`` (uuid), ``label`` and the
    properties of ``resources/register/buildings.toml`` that are known; unknown ones are left out."""
    return [dict(row) for row in _made(size)]


@lru_cache(maxsize=4)
def _made(size: int) -> tuple[dict[str, str], ...]:
    return tuple(_rows(size))


def _rows(size: int) -> Iterator[dict[str, str]]:
    communities = list(codelists()["community"].items.values())
    for place, community in enumerate(communities):
        houses = size // len(communities) + (place < size % len(communities))
        taken: set[str] = set()
        for house in range(1, houses + 1):
            fixed = _FIXED.get(community.name, {}) if house == 1 else {}
            yield _row(community, house, fixed, taken)


def _row(community: CodeItem, house: int, fixed: dict[str, str], taken: set[str]) -> dict[str, str]:
    code = f"{community.name}-{house:04d}"
    draw = Draw(code)
    row = _facts(community, house, draw) | fixed
    if not fixed:
        row["address_detail"] = _free_address(row["address_detail"], taken)
    taken.add(row["address_detail"])
    uses = set(row["building_use"].split())
    lists = hazard_ruleset().lists
    if draw.between("plate", 1, 100) <= _PLATES:  # some stand for two houses
        shared = house - 1 if house > 1 and house % 5 == 0 else house
        row.setdefault("plate_code", f"示例门牌-{community.name}-{shared:04d}")
    if draw.between("area", 1, 100) <= _IN_AREA:
        row["areas"] = str(uuid5(NAMESPACE, f"area:{community.name}"))
    derived = {
        "name": str(uuid5(NAMESPACE, code)),
        "label": row["address_detail"],
        "building_code": code,
        "address_norm": normal_address(row["address_detail"]),
        "address_order": order_key(row["address_detail"]),
        "crowded_place": "yes" if uses & lists["crowded_uses"] else "no",
        "is_business": "yes" if uses & lists["business_uses"] else "no",
        "sample": "yes",
    }
    return derived | row


def _facts(community: CodeItem, house: int, draw: Draw) -> dict[str, str]:
    street = community.columns["street"]
    old_town = street in _OLD_TOWN
    _, structure, floor, low, high, early, late = draw.share("structure", _OLD if old_town else _NEW)
    steel = structure.startswith("steel_")
    storeys = draw.between("storeys", low, high)
    year = draw.between("year", early, late)
    formal = structure in {"rc_wall", "rc_frame"} or draw.between("formal", 1, 100) <= 22
    footprint = draw.between("footprint", 600, 3200) if steel else draw.between("footprint", 55, 150)
    use = draw.share("use", _STEEL_USES if steel else _HOUSE_USES)[1]
    tall = structure == "rc_wall"
    near = Draw(community.name)  # houses of a community lie together
    row = {
        "street": street,
        "community": community.name,
        "address_detail": _address(community, house, draw),
        "longitude": f"118.{near.between('east', 5480, 6020)}{draw.between('lon', 10, 99)}",
        "latitude": f"24.{near.between('north', 8720, 9240)}{draw.between('lat', 10, 99)}",
        "owner_name": f"{SURNAMES[draw.between('owner', 0, len(SURNAMES) - 1)]}某某（示例）",
        "owner_phone": f"0595-0000{draw.between('phone', 0, 9999):04d}",
        "owner_kind": "enterprise" if steel else "person",
        "structure_type": structure,
        "floor_type": floor,
        "floors_up": str(storeys),
        "area_m2": str(footprint * storeys),
        "built_year": str(year),
        "building_use": "res_self" if tall else use,
        "self_built": "not_self" if steel or tall else ("self_urban" if old_town else "self_rural"),
        "life_state": "vacant" if use == "vacant" else "in_use",
        "attempts": "0",
    }
    return row | _origin(formal, draw) | _history(draw)


def _origin(formal: bool, draw: Draw) -> dict[str, str]:
    """How the house came to be: most self-built ones without design, builder, approval or acceptance."""
    if formal:
        return {
            "design_state": "qualified",
            "build_state": "qualified",
            "approval_state": "yes",
            "accept_state": "yes",
        }
    return {
        "design_state": draw.share("design", ((60, "none"), (30, "sketch"), (10, "unknown")))[1],
        "build_state": draw.share("builder", ((70, "craftsman"), (20, "self"), (10, "unknown")))[1],
        "approval_state": draw.share("approval", ((45, "no"), (35, "unknown"), (20, "yes")))[1],
        "accept_state": draw.share("accept", ((60, "no"), (30, "unknown"), (10, "yes")))[1],
    }


def _history(draw: Draw) -> dict[str, str]:
    """Three quarters were inspected before; few have an open hazard."""
    if draw.between("seen", 1, 100) > 74:
        return {}
    level = draw.share("level", ((88, "basic_safe"), (10, "general"), (2, "major")))[1]
    month, day_of_month = draw.between("month", 1, 12), draw.between("day", 1, 28)
    day = f"{draw.between('when', 2019, 2021)}-{month:02d}-{day_of_month:02d}"
    return {"hazard_level": level, "last_visit": day, "last_inspected": day, "last_result": "done"}


def _address(community: CodeItem, house: int, draw: Draw) -> str:
    own = community.zh.removesuffix("社区")
    roads = (f"{own}路", f"{own}巷", *_ROADS[community.columns["street"]][:2])
    road = roads[house % len(roads)]
    number = 2 + house * 2 + draw.between("side", 0, 1)
    return f"{road}{number}-1号" if draw.between("sub", 1, 100) <= 8 else f"{road}{number}号"


def _free_address(address: str, taken: set[str]) -> str:
    while address in taken:
        address = f"{address.removesuffix('号').removesuffix('-1')}-2号"
    return address


class Draw:
    """Drawn values that depend on the house and the topic alone, not on Python's random numbers."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def between(self, topic: str, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        digest = hashlib.sha256(f"{self._seed}:{topic}".encode()).digest()
        return low + int.from_bytes(digest[:8], "big") % (high - low + 1)

    def share(self, topic: str, shares: Sequence[Entry]) -> Entry:
        """One of ``shares``, whose first members are percentages that add up to 100."""
        left = self.between(topic, 1, 100)
        for entry in shares:
            left -= int(str(entry[0]))
            if left <= 0:
                return entry
        return shares[-1]
