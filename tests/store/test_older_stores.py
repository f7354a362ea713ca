"""A store of an earlier program is taken over by this one, with all that it holds."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database as Rows
from sqlite_utils import Migrations

from fieldapp.domain.marks import row_mark
from fieldapp.store.audit import Audit
from fieldapp.store.database import Database
from fieldapp.store.pulled import Pulled, PulledRow
from fieldapp.store.register import Register
from fieldapp.store.schema import STEPS, upgrade
from fieldapp.store.search import entry
from tests.store.building import NOON

LIST = "buildings"
KEY = bytes(32)
DATA = (
    '{"address_detail":"北街1号","address_order":"北街000001!","building_code":"c1","open_tasks":"t1",'
    '"street":"s1"}'
)


def before(rows: Rows) -> None:
    """A register as step 10 left it: a row that was pulled, a generation that was being filled."""
    steps = Migrations("fieldapp")
    for module in STEPS:
        name = module.__name__.rsplit(".", 1)[-1]
        if name < "m0011":
            steps(name=name)(module.step)
    steps.apply(rows)
    row = (LIST, "h1", 3, "北街1号", DATA)
    rows.execute(
        "INSERT INTO entities (list, id, version, label, data, change_no, mark) VALUES (?, ?, ?, ?, ?, 7, ?)",
        (*row, row_mark(*row)),
    )
    rows.execute("INSERT INTO shown (number, list, id, version, label, data) VALUES (5, ?, ?, ?, ?, ?)", row)
    rows.execute("INSERT INTO search (rowid, grams, initials) VALUES (5, ?, ?)", entry("北街1号"))
    for column in ("building_code", "open_tasks"):
        rows.execute(
            f'CREATE INDEX "shown_by_{column}" ON shown (list, json_extract(data, \'$."{column}"\'))'
        )
    rows.execute("INSERT INTO pulled VALUES ('buildings', 'h2', 1, '北街2号', '{}', 0, 8)")
    rows.execute("INSERT INTO pull (feed, after, subset, anew) VALUES ('register', 8, 'x', 1)")


def test_a_register_of_step_10_is_taken_over(tmp_path: Path) -> None:
    database = Database(tmp_path / "store.sqlite3", KEY)
    try:
        database.write(before)
        database.write(upgrade)
        register = Register(database, lambda: NOON)
        pulled = Pulled(database, register, Audit(database, "someone", lambda: NOON), lambda: NOON)
        assert [row.id for row in register.find("北街")] == ["h1"]
        assert [row["name"] for row in register.lookup(LIST, "building_code", "c1")] == ["h1"]
        assert [row.id for row in register.between(LIST, "open_tasks", "t", "u")] == ["h1"]
        assert register.places(LIST) == (("北街000001!", 5),)
        assert pulled.tallies() == pulled.recount()
        assert pulled.cursor().after == 0  # what was half filled is fetched again
        names = {name.rpartition("@")[0] for (name,) in database.read("SELECT name FROM sqlite_master")}
        assert "shown_buildings_by_open_tasks" in names  # nobody waits for it later
        pulled.begin_anew()
        row = PulledRow(LIST, "h1", 4, "北街1号", {"building_code": "c2"}, False, 9)
        pulled.keep(pulled.ready([row], (), {}, 9, ""))
        assert pulled.finish() == 1
        assert [row["name"] for row in register.lookup(LIST, "building_code", "c2")] == ["h1"]
        assert [one.version for one in register.history(LIST, "h1")] == [3, 4]
    finally:
        database.close()
