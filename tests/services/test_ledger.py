"""Lists of houses: order, filters, paging by number, search, what this laptop did last, open hazards."""

from __future__ import annotations

from array import array
from datetime import date
from uuid import UUID

import pytest

from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import order_key, schema
from fieldapp.domain.sample import sample_district
from fieldapp.services import ledger
from fieldapp.services.laptop import Laptop
from fieldapp.services.ledger import Filters, code_filters
from fieldapp.store.model import RegisterRow
from fieldapp.store.pulled import PulledRow
from fieldapp.store.register import Term
from tests.services.lane import house
from tests.services.office import FORM, LOCKED, MAJOR, MORNING, filled, register_row

SIZE = 400


@pytest.fixture
def district(laptop: Laptop) -> list[dict[str, str]]:
    """Houses of the whole district on the laptop, as their rows; those it began with among them."""
    rows = sample_district(SIZE)
    laptop.store.register.import_rows("buildings", map(register_row, rows))
    return rows


def labels(laptop: Laptop, numbers: array[int] | list[int]) -> list[str]:
    """Addresses of rows, in order."""
    rows = laptop.ledger.rows(numbers)
    return [rows[number].label for number in numbers]


def test_a_list_is_in_lane_order_and_whole(
    laptop: Laptop, district: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_FIRST", 7)
    monkeypatch.setattr(ledger, "_SLICE", 50)
    sizes: list[int] = []
    numbers = laptop.ledger.numbers(Filters(), lambda found: sizes.append(len(found)))
    told = labels(laptop, numbers)
    assert sorted(told) == sorted(row["label"] for row in district)
    assert told == sorted(told, key=order_key)
    assert len(set(numbers)) == SIZE
    assert sizes == [7, *range(57, SIZE, 50), SIZE]


def test_houses_with_one_address_are_neither_lost_nor_doubled(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "_FIRST", 2)
    monkeypatch.setattr(ledger, "_SLICE", 2)
    known = house("8号").values
    twins = [RegisterRow(str(UUID(int=number)), "示范路8号", known) for number in range(1, 8)]
    laptop.store.register.import_rows("buildings", twins)
    numbers = laptop.ledger.numbers(Filters({"community": ("350502006019",)}))
    assert labels(laptop, numbers).count("示范路8号") == 7


def test_the_reading_of_a_list_can_be_stopped(laptop: Laptop, district: list[dict[str, str]]) -> None:
    class Enough(Exception):  # noqa: N818 - not a failure
        pass

    def stop(_found: array[int]) -> None:
        raise Enough

    with pytest.raises(Enough):
        laptop.ledger.numbers(Filters(), stop)


def test_filters_hold_together(laptop: Laptop, district: list[dict[str, str]]) -> None:
    streets = ("350502006", "350502007")
    chosen = Filters({"street": streets, "structure_type": ("stone",), "crowded_place": ("yes",)})
    expected = {
        row["label"]
        for row in district
        if row["street"] in streets and row["structure_type"] == "stone" and row["crowded_place"] == "yes"
    }
    assert expected
    assert set(labels(laptop, laptop.ledger.numbers(chosen))) == expected


def test_each_filter_narrows_as_its_word_says(laptop: Laptop) -> None:
    rows = {
        "2号": {"hazard_level": "major", "hazard_deadline": "2022-12-31", "last_inspected": "2022-11-20"},
        "4号": {"hazard_level": "general", "hazard_deadline": "2023-01-01", "last_inspected": "2022-11-20"},
        "6号": {"patrol_due": "2022-11-30", "crowded_place": "yes"},
        "8号": {"last_inspected": "2022-11-20", "structure_type": "steel_portal"},
    }
    laptop.store.register.import_rows("buildings", [house(number, **known) for number, known in rows.items()])

    def found(*, due: bool = False, unseen: bool = False, **chosen: tuple[str, ...]) -> list[str]:
        wanted = Filters({"community": ("350502006019",), **chosen}, due=due, unseen=unseen)
        return [label.removeprefix("示范路") for label in labels(laptop, laptop.ledger.numbers(wanted))]

    assert found(due=True) == ["2号", "6号"]
    assert found(hazard_level=("major",)) == ["2号"]
    assert found(hazard_level=("major", "general")) == ["2号", "4号"]
    assert found(unseen=True) == ["亭店路12号", "6号"]
    assert found(crowded_place=("yes",))[-1:] == ["6号"]
    assert found(structure_type=("steel_portal",)) == ["8号"]


def test_every_property_declared_to_narrow_by_does(laptop: Laptop, district: list[dict[str, str]]) -> None:
    declared = {name for name, one in schema("buildings").properties.items() if one.filter and one.codes}
    assert {one.name for one in code_filters()} == declared
    for one in code_filters():
        told = {row[one.name] for row in district if row.get(one.name)}
        for code in sorted(told)[:2]:
            wanted = sorted(row["label"] for row in district if row.get(one.name) == code)
            numbers = laptop.ledger.numbers(Filters({one.name: (code,)}))
            assert sorted(labels(laptop, numbers)) == wanted, (one.name, code)


def test_an_unknown_filter_is_refused(laptop: Laptop) -> None:
    with pytest.raises(KeyError):
        laptop.store.register.places("buildings", [Term(("owner_name",), ("x",))])


def test_filters_are_remembered_and_codes_that_went_are_dropped(laptop: Laptop) -> None:
    assert laptop.ledger.filters() == Filters()
    chosen = Filters({"street": ("350502006",), "hazard_level": ("major",)}, due=True)
    laptop.ledger.keep(chosen)
    assert laptop.ledger.filters() == chosen
    laptop.ledger.keep(Filters({"street": ("350502006", "999")}, unseen=True))
    assert laptop.ledger.filters() == Filters({"street": ("350502006",)}, unseen=True)


def test_what_is_typed_is_found_by_initials_alias_and_code(laptop: Laptop) -> None:
    numbers = laptop.ledger.numbers(Filters())
    stone = next(n for n in numbers if laptop.ledger.rows([n])[n].label == "亭店路12号")
    for typed in ("tdl12", "亭店", "旧门牌", "350502006019-0001", " tdl 12 "):
        assert laptop.ledger.matching(typed) == frozenset([stone]), typed
    assert laptop.ledger.matching("  ") is None
    assert laptop.ledger.matching("zzzz9") == frozenset()


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("亭店路12号", "tdl12", ["亭店路12"]),
        ("亭店路12号", "店路", ["店路"]),
        ("亭店路12号", "亭店 12", ["亭店", "12"]),
        ("旧门牌：亭店村3组7号", "TDC3", ["亭店村3"]),
        ("延陵路8号", "tdl12", []),
        ("亭店路１２号", "12", ["１２"]),
        ("亭店路㎡12", "12", []),
    ],
)
def test_what_was_typed_is_marked_where_it_stands(
    laptop: Laptop, text: str, typed: str, marked: list[str]
) -> None:
    places = laptop.ledger.hits(text, typed)
    assert [text[begin : begin + length] for begin, length in places] == marked


def test_streets_and_communities_are_those_with_houses(laptop: Laptop) -> None:
    assert laptop.ledger.streets() == ("350502002", "350502005", "350502006")
    assert laptop.ledger.communities(["350502006"]) == ("350502006019",)
    everywhere = [name for name in codelists()["community"].items if name in laptop.ledger.communities()]
    assert len(everywhere) == 3


def test_newest_work_of_a_house(laptop: Laptop) -> None:
    done = filled(laptop, LOCKED)
    visit = laptop.store.visits.get(done.visit_id)
    assert laptop.ledger.newest()[str(visit.building_id)].standing == "draft"
    record = laptop.visits.finalize(done.visit_id)[0]
    newest = laptop.ledger.newest()[str(visit.building_id)]
    assert (newest.standing, newest.day) == ("queued", MORNING.date())
    instance = record.chain.instance_id
    laptop.store.outbox.record_refusal(instance, "SYNC_005", "said so", remedy="do so", retryable=True)
    assert laptop.ledger.newest()[str(visit.building_id)].standing == "refused"
    laptop.store.submissions.set_state(instance, review="returned")
    assert laptop.ledger.newest()[str(visit.building_id)].standing == "returned"
    laptop.visits.begin(visit.building_id, [FORM])
    assert laptop.ledger.newest()[str(visit.building_id)].standing == "draft"


def test_hazards_come_overdue_first_then_major_then_by_deadline(laptop: Laptop) -> None:
    rows = [
        house("2号", hazard_level="general", hazard_deadline="2022-12-20"),
        house("4号", hazard_level="major", hazard_deadline="2022-12-30"),
        house("6号", hazard_level="general", hazard_deadline="2022-12-01"),
        house("8号", hazard_level="general"),
        house("10号", hazard_level="basic_safe"),
        house("12号", hazard_level="major", hazard_deadline="2022-12-09", life_state="demolished"),
    ]
    laptop.store.register.import_rows("buildings", rows)
    found = laptop.ledger.hazards()
    assert [(one.row.label.removeprefix("示范路"), one.level, one.days) for one in found] == [
        ("6号", "general", -7),
        ("12号", "major", 1),
        ("4号", "major", 22),
        ("2号", "general", 12),
        ("8号", "general", None),
    ]
    assert not any(one.own for one in found)


def test_a_hazard_just_found_is_own_until_the_server_says_so(laptop: Laptop) -> None:
    done = filled(laptop, MAJOR)
    laptop.visits.finalize(done.visit_id)
    (found,) = laptop.ledger.hazards()
    assert found.level == "major"
    assert found.own
    assert laptop.ledger.hazard_counts() == (1, 1)


def test_a_month_ends_before_the_next_one() -> None:
    term = next(term for term in Filters(due=True).terms(date(2022, 12, 8)))
    assert term.high == "2023-01-01"


def test_what_is_wanted_keeps_the_order_of_the_list(laptop: Laptop) -> None:
    """Few of them are looked up, many are picked out; numbers of other lists are left out."""
    numbers = array("q", [30, 10, 50, 20, *range(100, 200)])
    for wanted in ({20, 30, 7, 1_000}, {20, 30, 7, 1_000, *range(100, 180)}, set(), {7}):
        expected = [number for number in numbers if number in wanted]
        assert list(laptop.ledger.among(numbers, frozenset(wanted))) == expected
    other = array("q", [20, 30])
    assert list(laptop.ledger.among(other, frozenset({30}))) == [30]
    assert list(laptop.ledger.among(array("q"), frozenset({30}))) == []


def test_a_list_is_of_one_register(laptop: Laptop) -> None:
    """A pull that puts another register in place while a list is read: it is read anew."""
    row = PulledRow("buildings", "p1", 1, "示范路1号", {"address_detail": "示范路1号"}, False, 1)
    laptop.store.pulled.begin_anew()
    laptop.store.pulled.keep(laptop.store.pulled.ready([row], (), {}, 1, ""))
    seen: list[int] = []

    def grown(found: array[int]) -> None:
        if not seen:
            laptop.store.pulled.finish()
        seen.append(len(found))

    laptop.store.register.import_rows("buildings", [house(f"{n}号") for n in range(300)])
    found = laptop.ledger.numbers(Filters(), grown)
    assert len(seen) > 1
    assert len(set(found)) == len(found) == laptop.store.register.count("buildings")
