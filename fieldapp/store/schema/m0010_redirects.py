"""Step 10: ids of buildings whose files were joined to others, and visits that a person put into a file.

Both follow from the register's list ``filings``. ``effects.told`` keeps an effect's id and data as its record
tells them, where the row that it lies on is another by now; null where it is not.
"""

from sqlite_utils import Database as Rows

STATEMENTS = (
    "CREATE TABLE redirects (building TEXT PRIMARY KEY, under TEXT NOT NULL) STRICT",
    "CREATE INDEX redirects_under ON redirects (under)",
    "CREATE TABLE filed_visits (visit_id TEXT PRIMARY KEY, under TEXT NOT NULL) STRICT",
    "CREATE INDEX filed_visits_under ON filed_visits (under)",
    "ALTER TABLE effects ADD COLUMN told TEXT",
)


def step(rows: Rows) -> None:
    """Create the tables and the column."""
    for statement in STATEMENTS:
        rows.execute(statement)
