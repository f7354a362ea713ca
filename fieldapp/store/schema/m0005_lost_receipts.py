"""Step 5: which audit head a receipt signed; receipts of records that a restored server had lost."""

import json

from sqlite_utils import Database as Rows

STATEMENTS = (
    "ALTER TABLE receipts ADD COLUMN audit_seq INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX receipts_audit ON receipts (audit_seq)",
    """CREATE TABLE lost_receipts (
  number INTEGER PRIMARY KEY, instance_id TEXT NOT NULL REFERENCES submissions, statement TEXT NOT NULL,
  received_at TEXT NOT NULL, run INTEGER REFERENCES sync_runs, lost_at TEXT NOT NULL) STRICT""",
    "CREATE INDEX lost_receipts_run ON lost_receipts (run, received_at)",
    "ALTER TABLE sync_runs ADD COLUMN lost INTEGER NOT NULL DEFAULT 0",
)


def step(rows: Rows) -> None:
    """Create the table and the columns; read what the receipts kept so far have signed."""
    for statement in STATEMENTS:
        rows.execute(statement)
    kept = rows.execute("SELECT instance_id, statement FROM receipts").fetchall()
    for instance_id, text in kept:
        seq = json.loads(json.loads(text)["statement"])["audit"]["seq"]
        rows.execute("UPDATE receipts SET audit_seq = ? WHERE instance_id = ?", (seq, instance_id))
