"""Step 13: files fetched from the server: small copies and originals of photographs of others."""

from sqlite_utils import Database as Rows

#: ``sha256`` names the file in the vault; NULL with the ``code`` why there is none.
STATEMENTS = (
    """CREATE TABLE fetched (
  original TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('thumbnail', 'original')), sha256 TEXT,
  size INTEGER NOT NULL, code TEXT NOT NULL DEFAULT '', fetched_at TEXT NOT NULL,
  PRIMARY KEY (original, kind)) STRICT""",
)


def step(rows: Rows) -> None:
    """Create the table."""
    for statement in STATEMENTS:
        rows.execute(statement)
