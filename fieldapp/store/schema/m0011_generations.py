"""Step 11: a pull from the beginning fills a whole generation of the register (``generation``), not a copy of
its rows; indexes are of one list each.

A generation that was half filled is fetched again. Indexes of the form before are made anew under their new
names, so that nobody has to wait for them later.
"""

from sqlite_utils import Database as Rows

from fieldapp.store.indexes import SHOWN, by_column, declared, make


def step(rows: Rows) -> None:
    """Drop what is not used any more, make the indexes of the lists that have rows."""
    rows.execute("DROP TABLE pulled")
    rows.execute("DELETE FROM pull WHERE anew = 1")
    before = [
        name
        for (name,) in rows.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'shown' AND sql IS NOT NULL"
        ).fetchall()
    ]
    for name in before:
        rows.execute(f'DROP INDEX "{name}"')
    asked = [name.removeprefix("shown_by_") for name in before if name.startswith("shown_by_")]
    lists = [name for (name,) in rows.execute("SELECT DISTINCT list FROM shown").fetchall()]
    for name in lists:
        make(rows, SHOWN, (*(by_column(name, column) for column in asked), *declared(name)))
