"""Pull into the real store from the real server: nothing local is ever wiped, and both sides end equal."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from uuid import UUID

import pytest
from sqlite_utils import Database as Rows

from fieldapp.cli.demo.district import write_csv
from fieldapp.cli.demo.line import Line
from fieldapp.domain.sample import sample_district
from fieldapp.services.laptop import Laptop
from fieldapp.services.publishing import built_form
from fieldapp.services.syncing import StoreInlet
from fieldapp.store import Store, generation
from fieldapp.store.model import RegisterRow, ShownRow
from fieldapp.store.pulled import PulledRow
from fieldapp.sync.enrolment import connected
from fieldapp.sync.protocol import PullPage
from fieldapp.sync.pull import pull
from tests.server.district import DistrictServer
from tests.services.office import FORM, HOUSES, LOCKED, MAJOR, filled
from tests.services.test_syncing import registered

LIST = "buildings"
SIZE = 300


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DistrictServer]:
    """A server with houses of the whole district, those of ``HOUSES`` among them."""
    folder = tmp_path_factory.mktemp("pulling")
    (folder / "f02.xml").write_bytes(built_form(FORM))
    rows = [row for row in sample_district() if row["building_code"] in HOUSES]
    rows += [row for row in sample_district(SIZE) if row["building_code"] not in HOUSES]
    write_csv(rows, folder / "houses.csv")
    server = DistrictServer(folder / "data", (folder / "f02.xml",), folder / "houses.csv")
    server.start()
    yield server
    server.kill()


def told(laptop: Laptop) -> dict[UUID, str]:
    return laptop.store.pulled.states()


def test_the_first_sync_brings_the_register(district: DistrictServer, tmp_path: Path) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        result = laptop.syncing.run()
        assert result.pulled is not None
        assert result.pulled.equal
        assert result.pulled.differing == ()
        total = laptop.store.register.count(LIST)
        assert result.pulled.rows == total >= SIZE
        house = laptop.buildings.get(HOUSES[0])
        assert (house.version, house.unconfirmed) == (1, 0)
        assert any(row.id == house.id for row in laptop.buildings.find(house.label))
        again = laptop.syncing.run()
        assert again.pulled is not None
        assert (again.pulled.rows, again.pulled.changed) == (0, 0)


def test_an_own_record_is_confirmed_when_the_pull_names_it(district: DistrictServer, tmp_path: Path) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        laptop.syncing.run()
        (record,) = laptop.visits.finalize(filled(laptop, MAJOR).visit_id)
        before = laptop.buildings.get(HOUSES[0])
        assert before.unconfirmed == 1
        result = laptop.syncing.run()
        assert result.pulled is not None
        assert told(laptop)[record.chain.instance_id] == "applied"
        after = laptop.buildings.get(HOUSES[0])
        assert after.unconfirmed == 0
        assert after.values == before.values
        assert after.version == before.version


def test_what_the_server_lost_lies_on_top_again(district: DistrictServer, tmp_path: Path) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        (record,) = laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
        laptop.syncing.run()
        assert laptop.buildings.get(HOUSES[1]).unconfirmed == 0
        laptop.store.outbox.put_back([record.chain.instance_id], 0)
        assert laptop.buildings.get(HOUSES[1]).unconfirmed == 1
        assert told(laptop) == {}


def test_two_laptops_see_each_others_work(district: DistrictServer, tmp_path: Path) -> None:
    with (
        registered(tmp_path / "one", district, district.port) as one,
        registered(tmp_path / "two", district, district.port) as two,
    ):
        for laptop in (one, two):
            laptop.syncing.run()
        one.visits.finalize(filled(one, LOCKED).visit_id)
        one.syncing.run()
        mine = one.buildings.get(HOUSES[1])
        assert two.buildings.get(HOUSES[1]).values != mine.values
        two.syncing.run()
        assert two.buildings.get(HOUSES[1]).values == mine.values


def test_what_was_only_imported_here_stays(district: DistrictServer, tmp_path: Path) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        own = RegisterRow(
            "0b0c0d0e-0000-4000-8000-000000000001", "新门街7号", {"address_detail": "新门街7号"}
        )
        laptop.store.register.import_rows(LIST, [own])
        laptop.syncing.run()
        assert laptop.buildings.get(own.id).label == "新门街7号"
        laptop.store.pulled.begin_anew()
        laptop.syncing.run()
        assert laptop.buildings.get(own.id).label == "新门街7号"


def test_a_pull_that_was_cut_goes_on(district: DistrictServer, tmp_path: Path) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        line = Line(district.port)
        inlet = Torn(laptop.store)
        with connected(laptop.syncing.enrolment) as transport, pytest.raises(Torn.Error):
            pull(transport, inlet)
        line.close()
        assert laptop.store.pulled.cursor().anew
        assert laptop.store.register.count(LIST) == len(HOUSES)  # the old register is whole meanwhile
        result = laptop.syncing.run()
        assert result.pulled is not None
        assert result.pulled.equal
        assert result.pulled.rows == 0  # what came before the cut is not fetched twice


def rows_of(names: Mapping[str, tuple[int, str]], first: int) -> list[PulledRow]:
    """Rows by id, of a version and an owner, numbered from ``first``."""
    return [
        PulledRow(LIST, name, version, f"北街{name[1:]}号", {"owner_name": owner}, False, first + number)
        for number, (name, (version, owner)) in enumerate(names.items())
    ]


def pulled_anew(store: Store, rows: list[PulledRow]) -> int:
    """All of the register in one page; how many rows are shown otherwise."""
    store.pulled.begin_anew()
    store.pulled.keep(store.pulled.ready(rows, (), {}, rows[-1].change_no, ""))
    return store.pulled.finish()


def owners(store: Store) -> dict[str, str]:
    return {row.id: row.values.get("owner_name", "") for row in store.register.all(LIST)}


def test_a_generation_takes_the_place_of_the_old_one(laptop: Laptop) -> None:
    """Cut off before the last step the old register is whole, and the next pull does the rest."""
    store = laptop.store
    kept = owners(store)
    old = {"o1": (1, "甲"), "o2": (1, "甲"), "o3": (1, "甲")}
    assert pulled_anew(store, rows_of(old, 1)) == 3
    numbers = {row.id: number for number, row in _numbered(store).items()}
    new = {f"n{n}": (1, "乙") for n in range(1, 9)} | {"o1": (2, "丙"), "o2": (1, "甲")}
    store.pulled.begin_anew()
    store.pulled.keep(store.pulled.ready(rows_of(new, 10), (), {}, 21, ""))
    generation.close(store.database, "2026-01-01T00:00:00+00:00")  # the program ends here
    assert owners(store) == kept | {name: owner for name, (_, owner) in old.items()}
    assert store.pulled.cursor().anew
    assert store.pulled.finish() == 8 + 1 + 1  # the new ones, one that changed, one that went
    assert owners(store) == kept | {name: owner for name, (_, owner) in new.items()}
    assert [row.id for row in store.register.find("丙")] == ["o1"]
    after = {row.id: number for number, row in _numbered(store).items()}
    assert {name: after[name] for name in ("o1", "o2")} == {name: numbers[name] for name in ("o1", "o2")}
    assert [one.version for one in store.register.history(LIST, "o1")] == [1, 2]
    assert [one.version for one in store.register.history(LIST, "o3")] == [1]
    assert not store.pulled.cursor().anew
    assert store.pulled.tallies()[LIST] == (10, store.pulled.recount()[LIST][1])
    left = store.database.read(
        "SELECT name FROM sqlite_master WHERE name LIKE 'new\\_%' OR name LIKE 'old\\_%'"
    )
    assert left == []


def _numbered(store: Store) -> dict[int, ShownRow]:
    return store.register.at(number for _text, number in store.register.places(LIST))


def test_a_row_that_changes_during_the_pull_is_there_once(laptop: Laptop) -> None:
    store = laptop.store
    store.pulled.begin_anew()
    store.pulled.keep(store.pulled.ready(rows_of({"o1": (1, "甲"), "o2": (1, "甲")}, 1), (), {}, 2, ""))
    gone = PulledRow(LIST, "o2", 2, "北街2号", {}, True, 4)
    store.pulled.keep(store.pulled.ready([*rows_of({"o1": (2, "乙")}, 3), gone], (), {}, 4, ""))
    store.pulled.finish()
    assert owners(store)["o1"] == "乙"
    assert "o2" not in owners(store)
    assert store.pulled.tallies() == store.pulled.recount()
    assert store.pulled.tallies()[LIST][0] == 1


def test_what_is_done_while_a_generation_is_filled_is_in_it(laptop: Laptop) -> None:
    """Own records, and houses that only this laptop has, come and change while the pull goes on."""
    store, house = laptop.store, laptop.buildings.get(HOUSES[1])
    store.pulled.begin_anew()
    page = [PulledRow(LIST, house.id, 1, house.label, dict(house.values), False, 1)]
    store.pulled.keep(store.pulled.ready(page, (), {}, 1, ""))
    laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
    generation.close(store.database, "2026-01-01T00:00:00+00:00")
    store.register.import_rows(LIST, [RegisterRow("own", "自己1号", {"owner_name": "丁"})])
    before = laptop.buildings.get(HOUSES[1])
    assert before.unconfirmed == 1
    store.pulled.finish()
    after = laptop.buildings.get(HOUSES[1])
    assert (after.values, after.unconfirmed) == (before.values, 1)
    assert owners(store)["own"] == "丁"
    assert [row.id for row in store.register.find("丁")] == ["own"]


def test_readers_see_one_register_or_the_other(laptop: Laptop) -> None:
    """While a generation takes the place of another, every look at the list is of one of them."""
    store, size = laptop.store, 1_500
    for turn, owner in enumerate("甲乙丙丁"):
        rows = rows_of({f"h{n}": (turn + 1, owner) for n in range(size)}, turn * size + 1)
        if turn == 0:
            pulled_anew(store, rows)
            continue
        seen: set[tuple[str, ...]] = set()
        done = Event()

        def look(seen: set[tuple[str, ...]] = seen, done: Event = done) -> None:
            while not done.is_set():
                found = store.register.between(LIST, "owner_name", "一", "鿿", size * 2)
                shown = Counter(row.values["owner_name"] for row in found if row.id.startswith("h"))
                seen.add(tuple(shown))
                assert list(shown.values()) == [size]
                numbers = [number for _text, number in store.register.places(LIST, limit=size * 2)]
                assert len(numbers) >= size

        with ThreadPoolExecutor(1) as other:
            looking = other.submit(look)
            pulled_anew(store, rows)
            done.set()
            looking.result()
        assert {owner for (owner,) in seen} <= {"甲乙丙丁"[turn - 1], owner}


def test_nothing_waits_long_for_the_swap(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every transaction of a swap keeps the writer under 100 ms, by its own time: drafts pass in between."""
    store, size, long = laptop.store, 4_000, []
    pulled_anew(store, rows_of({f"h{n}": (1, "甲") for n in range(size)}, 1))
    submit = store.database.submit

    def timed(work: Callable[[Rows], object]) -> Future[object]:
        def run(rows: Rows) -> object:
            begun = time.thread_time()
            try:
                return work(rows)
            finally:
                long.append(time.thread_time() - begun)

        return submit(run)

    store.pulled.begin_anew()
    new = rows_of({f"h{n}": (2, "乙") for n in range(1, size)}, size)
    for begun in range(0, len(new), 1_000):
        page = new[begun : begun + 1_000]
        store.pulled.keep(store.pulled.ready(page, (), {}, page[-1].change_no, ""))
    monkeypatch.setattr(store.database, "submit", timed)
    store.pulled.finish()
    assert len(long) > size / 1_000
    assert max(long) < 0.1


class Torn(StoreInlet):
    """Fails after its first page, once that is on the disk."""

    class Error(RuntimeError):
        """The cut."""

    def ready(self, page: PullPage) -> Callable[[], None]:
        keep = super().ready(page)

        def kept() -> None:
            keep()
            raise Torn.Error

        return kept


def test_a_row_that_went_wrong_here_is_found_and_mended(district: DistrictServer, tmp_path: Path) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        laptop.syncing.run()
        house = laptop.buildings.get(HOUSES[2])
        laptop.store.database.write(
            lambda rows: rows.execute("DELETE FROM entities WHERE list = ? AND id = ?", (LIST, house.id))
        )
        result = laptop.syncing.run()
        assert result.pulled is not None
        assert result.pulled.differing == (LIST,)
        assert result.pulled.equal
        assert laptop.buildings.get(HOUSES[2]).values == house.values


def test_a_row_of_other_content_in_the_same_version_is_mended(
    district: DistrictServer, tmp_path: Path
) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        laptop.syncing.run()
        house = laptop.buildings.get(HOUSES[2])
        (row,) = laptop.store.database.read(
            "SELECT change_no, version FROM entities WHERE list = ? AND id = ?", (LIST, house.id)
        )
        values = dict(house.values) | {"owner_name": "别人"}
        wrong = RegisterRow(house.id, house.label, values, version=row[1], change_no=row[0])
        laptop.store.register.import_rows(LIST, [wrong])
        assert laptop.buildings.get(HOUSES[2]).values["owner_name"] == "别人"
        result = laptop.syncing.run()
        assert result.pulled is not None
        assert result.pulled.differing == (LIST,)
        assert result.pulled.equal
        assert laptop.buildings.get(HOUSES[2]).values == house.values


def test_a_count_that_went_wrong_here_costs_no_pull(district: DistrictServer, tmp_path: Path) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        laptop.syncing.run()
        laptop.store.database.write(lambda rows: rows.execute("UPDATE tallies SET count = count + 1"))
        result = laptop.syncing.run()
        assert result.pulled is not None
        assert (result.pulled.rows, result.pulled.differing, result.pulled.equal) == (0, (), True)
        kept = laptop.store.pulled.tallies()
        assert kept == laptop.store.pulled.recount()


def test_a_laptop_of_one_street_carries_that_street(district: DistrictServer, tmp_path: Path) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        laptop.syncing.run()
        street = laptop.buildings.get(HOUSES[0]).values["street"]
        district.run("assign", str(laptop.syncing.enrolment.device_id), "--street", street)
        result = laptop.syncing.run()
        assert result.pulled is not None
        assert result.pulled.equal
        left = {row.values["street"] for row in laptop.store.register.all(LIST)}
        assert left == {street}


@pytest.mark.parametrize("seed", range(20))
def test_random_histories_never_wipe_local_work(seed: int, laptop: Laptop) -> None:
    """T04. Pages, own records, settlements and new generations in any order: an own effect is shown until the
    server has named its record, and then the server's row is.
    """
    dice = random.Random(seed)
    store: Store = laptop.store
    house = laptop.buildings.get(HOUSES[1])
    server: dict[str, str] = dict(house.values)
    number = 0
    open_records: dict[UUID, dict[str, str]] = {}

    def page(states: dict[UUID, str]) -> None:
        nonlocal number
        number += 1
        row = PulledRow(LIST, house.id, number, house.label, dict(server), False, number)
        store.pulled.keep(store.pulled.ready([row], (), states, number, ""))

    store.pulled.begin_anew()
    page({})
    store.pulled.finish()
    for turn in range(12):
        act = dice.choice(("visit", "settle", "other", "anew"))
        if act == "visit":
            (record,) = laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
            change = store.register.changes(LIST, house.id)[-1]
            open_records[record.chain.instance_id] = dict(change.values)
        elif act == "settle" and open_records:
            instance_id = next(iter(open_records))
            server |= open_records.pop(instance_id)
            page({instance_id: "applied"})
        elif act == "other":
            server["owner_name"] = f"业主{turn}"
            page({})
        else:
            store.pulled.begin_anew()
            page({})
        if dice.random() < 0.7 or act == "anew":
            store.pulled.finish()
            expected = dict(server)
            for values in open_records.values():
                expected |= values
            shown = laptop.buildings.get(house.id)
            assert shown.values == expected
            assert shown.unconfirmed == len(open_records)


def test_verify_counts_the_register_again(district: DistrictServer, tmp_path: Path) -> None:
    """A row whose content was altered under its mark is found, told by its list, and fetched again."""
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        first = laptop.syncing.run().pulled
        assert first is not None
        assert [step for step in laptop.store.verify() if step.finding is not None] == []
        steps = [step for step in laptop.store.verify() if step.step == "register"]
        assert steps[-1].done == steps[-1].total == first.rows
        house = laptop.buildings.get(HOUSES[2])

        def alter(rows: Rows) -> None:
            kept = rows.execute("SELECT count, mark FROM tallies WHERE list = ?", (LIST,)).fetchone()
            rows.execute("UPDATE entities SET data = '{}' WHERE list = ? AND id = ?", (LIST, house.id))
            rows.execute("UPDATE tallies SET count = ?, mark = ? WHERE list = ?", (*kept, LIST))

        laptop.store.database.write(alter)
        findings = [step.finding for step in laptop.store.verify() if step.finding is not None]
        assert [(one.code, one.slots) for one in findings] == [
            ("STORE_042", {"name": LIST, "count": 1, "missing": 0})
        ]
        result = laptop.syncing.run()
        assert result.pulled is not None
        assert result.pulled.equal
        assert [step for step in laptop.store.verify() if step.finding is not None] == []
