"""Two laptops tell one house differently: both see both sides after their pull, a person decides in the
browser, both see it gone and how it was decided. Real stores, the real server."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from fieldapp.services.conflicts import Conflict
from fieldapp.services.laptop import Laptop
from fieldapp.store.model import Submission
from tests.server.district import DistrictServer
from tests.server.staff.test_browser import signed_in
from tests.services.office import HOUSES, MAJOR, filled, serving
from tests.services.test_syncing import registered

FIX, RESULT = "/data/g_fix", "/data/g_result"
PHONES = ("13800000052", "13900000044")
REASON = "两处电话都打过，后一个接通"


@pytest.fixture
def district(tmp_path: Path) -> Iterator[DistrictServer]:
    """A server with three houses."""
    with serving(tmp_path) as server:
        yield server


def told(laptop: Laptop, phone: str, floors: str, level: str = "") -> Submission:
    """A record of the house with a major hazard: its telephone and storeys corrected, judged as ``level``."""
    opened = filled(laptop, MAJOR)
    opened.answer(f"{FIX}/fix_facts", "floors_up owner_phone")
    opened.answer(f"{FIX}/new_floors_up", floors)
    opened.answer(f"{FIX}/new_owner_phone", phone)
    opened.answer(f"{FIX}/fix_reason", "现场核对")
    if level:
        opened.answer(f"{RESULT}/hazard_level", level)
        opened.answer(f"{RESULT}/downgrade_reason", "承重墙已经由业主当场恢复支撑")
    opened.settle()
    (record,) = laptop.visits.finalize(opened.visit_id)
    return record


def conflicts(laptop: Laptop) -> dict[str, Conflict]:
    """Those of the house, by group."""
    house = laptop.buildings.get(HOUSES[0])
    return {one.group: one for one in laptop.conflicts.of_building(UUID(house.id))}


def texts(one: Conflict, name: str) -> tuple[str, ...]:
    return next(line.texts for line in one.lines if line.name == name)


def decide(district: DistrictServer, conflict: str, side: int, reason: str = REASON) -> None:
    """A reviewer decides in the browser for a side."""
    with closing(signed_in(district)) as browser:
        page = browser.get(f"/staff/conflicts/{conflict}")
        said = dict(re.findall(r'name="(csrfmiddlewaretoken|version)" value="([^"]+)"', page.text))
        origin = {"Origin": district.url, "Referer": str(page.url)}
        form = {**said, "side": str(side), "reason": html.unescape(reason)}
        answer = browser.post(f"/staff/conflicts/{conflict}/decide", data=form, headers=origin)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/conflicts/"), answer.text


@pytest.fixture
def two(district: DistrictServer, tmp_path: Path) -> Iterator[tuple[Laptop, Laptop]]:
    """Two laptops that know the server's houses and nothing of each other."""
    with (
        registered(tmp_path / "one", district, district.port) as one,
        registered(tmp_path / "two", district, district.port) as other,
    ):
        for laptop in (one, other):
            laptop.syncing.run()
        yield one, other


def test_both_see_both_sides_until_a_person_decides(
    district: DistrictServer, two: tuple[Laptop, Laptop]
) -> None:
    one, other = two
    house = UUID(one.buildings.get(HOUSES[0]).id)
    first = told(one, PHONES[0], "5", "general")
    second = told(other, PHONES[1], "6")
    for laptop in (one, other, one):
        laptop.syncing.run()
    for laptop, own in ((one, first), (other, second)):
        found = conflicts(laptop)
        assert set(found) == {"judgement", "floors_up", "owner"}
        (open_house,) = laptop.conflicts.open()
        assert (open_house.building, open_house.label) == (house, laptop.buildings.get(HOUSES[0]).label)
        assert [one.group for one in open_house.conflicts][0] == "judgement"  # noqa: RUF015 - the gravest
        judged = found["judgement"]
        assert judged.ordered
        assert texts(judged, "hazard_level") == ("一般安全隐患", "重大安全隐患")
        assert [side.counts for side in judged.told] == [False, True]
        assert [side.record for side in judged.told] == [first.chain.instance_id, second.chain.instance_id]
        mine = [side for side in judged.told if side.origin == "own"]
        assert [side.record for side in mine] == [own.chain.instance_id]
        assert mine[0].photos
        assert {side.origin for side in judged.told} == {"own", "other"}
        (theirs,) = [side for side in judged.told if side.origin == "other"]
        others = second if own is first else first
        assert theirs.photos  # the newest of the house come with a pull, not all
        assert {one.sha256 for one in theirs.photos} <= {file.sha256 for file in others.attachments}
        owner = found["owner"]
        assert not owner.ordered
        assert texts(owner, "owner_phone") == ("138****0052", "139****0044")
        assert [side.counts for side in owner.told] == [True, False]
        shown = laptop.buildings.get(HOUSES[0])
        assert (shown.values["hazard_level"], shown.values["owner_phone"]) == ("major", PHONES[0])
        assert shown.unconfirmed == 0
    decide(district, conflicts(one)["owner"].id, 1)
    for laptop in (one, other):
        laptop.syncing.run()
        assert set(conflicts(laptop)) == {"judgement", "floors_up"}
        assert laptop.buildings.get(HOUSES[0]).values["owner_phone"] == PHONES[1]
        (decision,) = laptop.conflicts.decided(house)
        assert (decision.reason, decision.texts) == (REASON, ("139****0044",))
        assert decision.labels == ("产权人电话",)
        assert decision.others == (("138****0052",),)
        assert decision.who
        assert laptop.files.read(house).decisions == (decision,)
    for group in ("judgement", "floors_up"):
        decide(district, conflicts(one)[group].id, 0)
    for laptop in (one, other):
        laptop.syncing.run()
        assert laptop.conflicts.open() == ()
        assert laptop.conflicts.count() == 0
        shown = laptop.buildings.get(HOUSES[0])
        assert (shown.values["hazard_level"], shown.values["floors_up"]) == ("general", "5")
        assert len(laptop.conflicts.decided(house)) == 3


def test_what_is_not_confirmed_is_told_until_the_pull_names_it(
    district: DistrictServer, two: tuple[Laptop, Laptop]
) -> None:
    one, _other = two
    house = UUID(one.buildings.get(HOUSES[0]).id)
    record = told(one, PHONES[0], "5")
    file = one.files.read(house)
    assert {"owner_phone", "floors_up", "hazard_level"} <= set(file.former)
    assert [work.confirmed for work in file.works] == [False]
    (open_hazard,) = one.ledger.hazards()
    assert open_hazard.own
    one.syncing.run()
    file = one.files.read(house)
    assert file.former == {}
    assert [work.confirmed for work in file.works] == [True]
    assert not one.ledger.hazards()[0].own
    assert record.chain.instance_id in one.store.pulled.states()
