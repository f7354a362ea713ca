"""Step 2: the history of sync runs, which run brought a receipt, what to do about a refusal."""

from sqlite_utils import Database as Rows

#: ``broken`` stands until a run has ended: one that was killed never says anything else.
STATEMENTS = (
    """CREATE TABLE sync_runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT, begun_at TEXT NOT NULL, ended_at TEXT,
  sent INTEGER NOT NULL DEFAULT 0,
  not_sent INTEGER NOT NULL DEFAULT 0, bytes_sent INTEGER NOT NULL DEFAULT 0,
  result TEXT NOT NULL DEFAULT 'broken'
    CHECK (result IN ('broken', 'complete', 'partial', 'failed', 'cancelled')),
  code TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '', remedy TEXT NOT NULL DEFAULT '',
  clock_offset REAL) STRICT""",
    "ALTER TABLE receipts ADD COLUMN run INTEGER REFERENCES sync_runs",
    "CREATE INDEX receipts_run ON receipts (run, received_at)",
    "ALTER TABLE outbox ADD COLUMN remedy TEXT NOT NULL DEFAULT ''",
)


def step(rows: Rows) -> None:
    """Create the table and the columns."""
    for statement in STATEMENTS:
        rows.execute(statement)
