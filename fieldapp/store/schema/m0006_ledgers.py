"""Step 6: ledgers of the offices taken in, and every row of them with what became of it."""

from sqlite_utils import Database as Rows

STATEMENTS = (
    """CREATE TABLE ledgers (
  ledger_id TEXT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, template TEXT NOT NULL,
  taken_at TEXT NOT NULL, actor TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('taken', 'undone')))
  STRICT""",
    """CREATE TABLE ledger_rows (
  number INTEGER PRIMARY KEY AUTOINCREMENT, ledger_id TEXT NOT NULL REFERENCES ledgers, sheet TEXT NOT NULL,
  row INTEGER NOT NULL, cells TEXT NOT NULL, remarks TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('new', 'known', 'pending', 'skipped', 'undone')), house TEXT NOT NULL,
  data TEXT NOT NULL, candidates TEXT NOT NULL, decided_by TEXT, decided_at TEXT) STRICT""",
    "CREATE INDEX ledger_rows_house ON ledger_rows (house, state)",
    "CREATE INDEX ledger_rows_ledger ON ledger_rows (ledger_id, state)",
)


def step(rows: Rows) -> None:
    """Create the tables and their indexes."""
    for statement in STATEMENTS:
        rows.execute(statement)
