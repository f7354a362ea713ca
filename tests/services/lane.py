"""A laptop with one lane of made-up houses (示例), for tests of rounds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid5

from fieldapp.domain.register import normal_address, order_key
from fieldapp.domain.sample import NAMESPACE
from fieldapp.services.laptop import Laptop
from fieldapp.services.publishing import built_form, find_form
from fieldapp.services.today import Lane
from fieldapp.store.model import RegisterRow
from tests.services.office import MORNING, new_laptop

FORM = "periodic_check"
COMMUNITY = "350502006019"
LANE = Lane(COMMUNITY, "示范路")


def house(number: str, **known: str) -> RegisterRow:
    """A shop at ``示范路<number>``."""
    address = f"示范路{number}"
    values = {
        "building_code": f"{COMMUNITY}-9{number}", "street": "350502006", "community": COMMUNITY,
        "address_detail": address, "address_norm": normal_address(address),
        "address_order": order_key(address),
        "structure_type": "masonry", "floors_up": "2", "area_m2": "186", "built_year": "1996",
        "building_use": "mixed_res_shop", "is_business": "yes", "owner_name": "陈某某（示例）",
        "design_state": "none", "build_state": "craftsman", "approval_state": "no", "accept_state": "no",
        "life_state": "in_use", "sample": "yes",
    }  # fmt: skip
    return RegisterRow(str(uuid5(NAMESPACE, address)), address, values | known)


def identity(number: str) -> UUID:
    """The house's id."""
    return UUID(house(number).id)


def add_lane(laptop: Laptop, houses: int, **known: str) -> None:
    """F18 and ``houses`` houses with even numbers, written in the wrong order; the lane is set."""
    laptop.store.forms.install(FORM, find_form(FORM).version, built_form(FORM))
    rows = [house(f"{2 * number}号", **known) for number in range(houses, 0, -1)]
    laptop.store.register.import_rows("buildings", rows)
    laptop.today.set_lane(LANE)


def lane_laptop(
    folder: Path, houses: int = 4, clock: Callable[[], datetime] = lambda: MORNING, **known: str
) -> Laptop:
    """A new laptop with a lane."""
    laptop = new_laptop(folder, clock)
    add_lane(laptop, houses, **known)
    return laptop
