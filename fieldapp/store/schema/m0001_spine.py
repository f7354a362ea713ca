"""Step 1: visits, drafts, submissions, photographs, register, outbox, receipts, audit."""

from sqlite_utils import Database as Rows

TABLES = """
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE forms (
  form_id TEXT NOT NULL, version TEXT NOT NULL, sha256 TEXT NOT NULL, xml BLOB NOT NULL, installed_at TEXT
  NOT NULL,
  PRIMARY KEY (form_id, version)) STRICT;
CREATE TABLE visits (
  visit_id TEXT PRIMARY KEY, building_id TEXT, kind TEXT NOT NULL, tasks TEXT NOT NULL, team TEXT NOT NULL,
  started_at TEXT NOT NULL, ended_at TEXT, result TEXT NOT NULL, source TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'finalized'))) STRICT;
CREATE INDEX visits_building ON visits (building_id, started_at);
CREATE TABLE drafts (
  visit_id TEXT NOT NULL REFERENCES visits, form_id TEXT NOT NULL, form_version TEXT NOT NULL,
  instance_id TEXT NOT NULL UNIQUE, record_id TEXT NOT NULL, version INTEGER NOT NULL, deprecated_id TEXT,
  xml BLOB NOT NULL, position TEXT NOT NULL, saves INTEGER NOT NULL, saved_at TEXT NOT NULL,
  PRIMARY KEY (visit_id, form_id)) STRICT;
CREATE TABLE submissions (
  instance_id TEXT PRIMARY KEY, record_id TEXT NOT NULL, version INTEGER NOT NULL, deprecated_id TEXT,
  visit_id TEXT NOT NULL REFERENCES visits, building_id TEXT, form_id TEXT NOT NULL, form_version TEXT NOT
  NULL,
  xml BLOB NOT NULL, sha256 TEXT NOT NULL, manifest TEXT NOT NULL, finalized_at TEXT NOT NULL, actor TEXT
  NOT NULL,
  record TEXT NOT NULL CHECK (record IN ('finalized', 'superseded')),
  paper TEXT NOT NULL CHECK (paper IN ('none', 'printed', 'signed')),
  transfer TEXT NOT NULL CHECK (transfer IN ('local', 'queued', 'sent')),
  review TEXT NOT NULL CHECK (review IN ('none', 'accepted', 'returned')),
  UNIQUE (record_id, version)) STRICT;
CREATE INDEX submissions_visit ON submissions (visit_id);
CREATE INDEX submissions_building ON submissions (building_id, finalized_at);
CREATE TABLE attachments (
  instance_id TEXT NOT NULL REFERENCES submissions, name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER
  NOT NULL,
  media_type TEXT NOT NULL, PRIMARY KEY (instance_id, name)) STRICT;
CREATE INDEX attachments_sha256 ON attachments (sha256);
CREATE TABLE photos (
  number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, visit_id TEXT NOT NULL REFERENCES visits, building_id
  TEXT,
  question TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, media_type TEXT
  NOT NULL,
  width INTEGER NOT NULL, height INTEGER NOT NULL, taken_at TEXT, latitude REAL, longitude REAL, camera
  TEXT NOT NULL,
  has_exif INTEGER NOT NULL, thumbnail TEXT NOT NULL, stamped TEXT, added_at TEXT NOT NULL, hazard_id TEXT,
  UNIQUE (visit_id, sha256, question)) STRICT;
CREATE INDEX photos_building ON photos (building_id);
CREATE TABLE kept_aside (
  sha256 TEXT PRIMARY KEY, visit_id TEXT, name TEXT NOT NULL, code TEXT NOT NULL, size INTEGER NOT NULL,
  at TEXT NOT NULL) STRICT;
CREATE TABLE effects (
  number INTEGER PRIMARY KEY AUTOINCREMENT, instance_id TEXT NOT NULL REFERENCES submissions, list TEXT NOT
  NULL,
  id TEXT NOT NULL, action TEXT NOT NULL CHECK (action IN ('create', 'update')), base_version TEXT NOT NULL,
  label TEXT NOT NULL, data TEXT NOT NULL, confirmed INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX effects_target ON effects (list, id);
CREATE TABLE entities (
  list TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, label TEXT NOT NULL,
  data TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0, change_no INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (list, id)) STRICT;
CREATE TABLE entity_versions (
  list TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL, submission TEXT, who
  TEXT NOT NULL,
  at TEXT NOT NULL, PRIMARY KEY (list, id, version)) STRICT;
CREATE TABLE shown (
  number INTEGER PRIMARY KEY, list TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, label TEXT
  NOT NULL,
  data TEXT NOT NULL, unconfirmed INTEGER NOT NULL DEFAULT 0, UNIQUE (list, id)) STRICT;
CREATE INDEX shown_label ON shown (list, label);
CREATE INDEX photos_sha256 ON photos (sha256);
CREATE VIRTUAL TABLE search USING fts5 (
  grams, initials, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0');
CREATE TABLE outbox (
  instance_id TEXT PRIMARY KEY REFERENCES submissions, queued_at TEXT NOT NULL, tries INTEGER NOT NULL
  DEFAULT 0,
  code TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '', retryable INTEGER NOT NULL DEFAULT 1,
  tried_at TEXT) STRICT;
CREATE TABLE receipts (
  instance_id TEXT PRIMARY KEY REFERENCES submissions, statement TEXT NOT NULL, received_at TEXT NOT NULL)
  STRICT;
CREATE TABLE prints (
  number INTEGER PRIMARY KEY, instance_id TEXT NOT NULL REFERENCES submissions, kind TEXT NOT NULL, sha256
  TEXT NOT NULL,
  printed_at TEXT NOT NULL, actor TEXT NOT NULL) STRICT;
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, event TEXT NOT NULL, detail TEXT NOT NULL,
  content TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER submissions_keep BEFORE UPDATE OF
  instance_id, record_id, version, deprecated_id, visit_id, building_id, form_id, form_version, xml,
  sha256, manifest,
  finalized_at, actor ON submissions BEGIN SELECT RAISE(ABORT, 'a finalized submission never changes'); END;
CREATE TRIGGER submissions_stay BEFORE DELETE ON submissions
  WHEN OLD.transfer <> 'sent' BEGIN SELECT RAISE(ABORT, 'not sent yet'); END;
"""


def step(rows: Rows) -> None:
    """Create the tables. Statement by statement: executescript would end the migration's transaction."""
    statement = ""
    for line in TABLES.strip().splitlines():
        statement += line + "\n"
        if line.endswith(("STRICT;", "END;")) or (line.endswith(";") and "TRIGGER" not in statement):
            rows.execute(statement)
            statement = ""
