"""Step 7: what a pull brings: the cursor, the generation that a first pull fills, what became of own
records."""

from sqlite_utils import Database as Rows

STATEMENTS = (
    """CREATE TABLE pull (
  feed TEXT PRIMARY KEY, after INTEGER NOT NULL, subset TEXT NOT NULL, anew INTEGER NOT NULL) STRICT""",
    """CREATE TABLE pulled (
  list TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, label TEXT NOT NULL, data TEXT NOT NULL,
  deleted INTEGER NOT NULL, change_no INTEGER NOT NULL, PRIMARY KEY (list, id)) STRICT""",
    """CREATE TABLE submission_states (
  instance_id TEXT PRIMARY KEY, state TEXT NOT NULL CHECK (state IN ('applied', 'waiting', 'conflict',
  'held')),
  settled INTEGER NOT NULL DEFAULT 0) STRICT""",
    "CREATE INDEX effects_unconfirmed ON effects (list, id) WHERE confirmed = 0",
)


def step(rows: Rows) -> None:
    """Create the tables and the index."""
    for statement in STATEMENTS:
        rows.execute(statement)
