"""Step 3: the print queue, and of how many copies a print was."""

from sqlite_utils import Database as Rows

STATEMENTS = (
    """CREATE TABLE print_queue (
  number INTEGER PRIMARY KEY, instance_id TEXT NOT NULL REFERENCES submissions, kind TEXT NOT NULL,
  copies INTEGER NOT NULL CHECK (copies BETWEEN 1 AND 2), queued_at TEXT NOT NULL, actor TEXT NOT NULL,
  UNIQUE (instance_id, kind)) STRICT""",
    "ALTER TABLE prints ADD COLUMN copies INTEGER NOT NULL DEFAULT 1",
    "CREATE INDEX prints_instance ON prints (instance_id, kind)",
    "CREATE INDEX submissions_paper ON submissions (paper, finalized_at) WHERE record = 'finalized'",
)


def step(rows: Rows) -> None:
    """Create the table, the column and the indexes."""
    for statement in STATEMENTS:
        rows.execute(statement)
