"""Step 9: every row has a mark of its content, every list the count and joined marks of what the server
gave; triggers keep them, so that no way of writing can forget to.

SQLite knows no exclusive or: what is in either, without what is in both.
"""

from sqlite_utils import Database as Rows

from fieldapp.domain.marks import row_mark

_TAKEN = (
    "UPDATE tallies SET count = count - 1, mark = (mark | old.mark) - (mark & old.mark) "
    "WHERE list = old.list AND old.change_no > 0 AND old.deleted = 0;"
)
#: NOT EXISTS, for an OR IGNORE here would give way to the policy of the statement that fires the trigger.
_PUT = (
    "INSERT INTO tallies (list) SELECT new.list WHERE new.change_no > 0 AND new.deleted = 0 "
    "AND NOT EXISTS (SELECT 1 FROM tallies WHERE list = new.list); "
    "UPDATE tallies SET count = count + 1, mark = (mark | new.mark) - (mark & new.mark) "
    "WHERE list = new.list AND new.change_no > 0 AND new.deleted = 0;"
)

STATEMENTS = (
    "ALTER TABLE entities ADD COLUMN mark INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE tallies (
  list TEXT PRIMARY KEY, count INTEGER NOT NULL DEFAULT 0, mark INTEGER NOT NULL DEFAULT 0) STRICT""",
    f"CREATE TRIGGER tallies_entered AFTER INSERT ON entities BEGIN {_PUT} END",
    f"CREATE TRIGGER tallies_changed AFTER UPDATE ON entities BEGIN {_TAKEN} {_PUT} END",
    f"CREATE TRIGGER tallies_left AFTER DELETE ON entities BEGIN {_TAKEN} END",
)


def step(rows: Rows) -> None:
    """Create column, table and triggers; mark and count what is there."""
    for statement in STATEMENTS[:2]:
        rows.execute(statement)
    found = rows.execute("SELECT list, id, version, label, data FROM entities WHERE change_no > 0").fetchall()
    rows.conn.executemany(
        "UPDATE entities SET mark = ? WHERE list = ? AND id = ?",
        [(row_mark(*row), row[0], row[1]) for row in found],
    )
    sums: dict[str, tuple[int, int]] = {}
    for name, mark in rows.execute("SELECT list, mark FROM entities WHERE change_no > 0 AND deleted = 0"):
        count, joined = sums.get(name, (0, 0))
        sums[name] = count + 1, joined ^ mark
    rows.conn.executemany(
        "INSERT INTO tallies (list, count, mark) VALUES (?, ?, ?)",
        [(name, *of_list) for name, of_list in sums.items()],
    )
    for statement in STATEMENTS[2:]:
        rows.execute(statement)
