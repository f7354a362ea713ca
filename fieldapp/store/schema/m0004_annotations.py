"""Step 4: what was drawn onto copies of photographs. Rows are only added; the newest of a picture counts."""

from sqlite_utils import Database as Rows

STATEMENTS = (
    """CREATE TABLE annotations (
  number INTEGER PRIMARY KEY, visit_id TEXT NOT NULL REFERENCES visits, sha256 TEXT NOT NULL,
  marks TEXT NOT NULL, copy TEXT, drawn_at TEXT NOT NULL, actor TEXT NOT NULL) STRICT""",
    "CREATE INDEX annotations_photo ON annotations (visit_id, sha256, number)",
)


def step(rows: Rows) -> None:
    """Create the table and its index."""
    for statement in STATEMENTS:
        rows.execute(statement)
