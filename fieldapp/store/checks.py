"""Re-hash everything: database pages, submissions, vault files, audit chain."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from fieldapp.domain.marks import row_mark
from fieldapp.errors import FieldappError
from fieldapp.store.audit import Audit
from fieldapp.store.database import SLICE, Database
from fieldapp.store.model import Finding, Progress
from fieldapp.store.vault import Vault

#: Files that rows name in the vault; what is in no such row is an orphan.
NAMED = (
    "SELECT sha256 FROM attachments UNION SELECT sha256 FROM photos UNION SELECT thumbnail FROM photos "
    "UNION SELECT stamped FROM photos WHERE stamped IS NOT NULL "
    "UNION SELECT sha256 FROM annotations UNION SELECT copy FROM annotations WHERE copy IS NOT NULL "
    "UNION SELECT sha256 FROM ledgers UNION SELECT sha256 FROM fetched WHERE sha256 IS NOT NULL"
)
#: The same for the files kept aside.
KEPT = "SELECT sha256 FROM kept_aside"


def checked(database: Database, vault: Vault, aside: Vault, audit: Audit) -> Iterator[Progress]:
    """One item per thing checked, with what was found; goes on after a finding.

    Steps ``database``, ``submissions``, ``register``, ``files``, ``audit``. When pages of the database are
    damaged, what depends on unreadable tables is reported once by its step and the others still run.
    """
    yield from _guarded("database", _database(database))
    yield from _guarded("submissions", _submissions(database))
    yield from _guarded("register", _register(database))
    yield from _guarded("files", _files(database, vault, aside))
    yield from _guarded("audit", _audit(audit))


def _guarded(step: str, work: Iterator[Progress]) -> Iterator[Progress]:
    try:
        yield from work
    except FieldappError as error:
        yield Progress(step, 1, 1, Finding(error.code, error.slots))


def _database(database: Database) -> Iterator[Progress]:
    pages = database.read("PRAGMA cipher_integrity_check")
    yield Progress("database", 1, 2, Finding("STORE_023") if pages else None)
    structure = database.read("PRAGMA integrity_check")
    broken = [*structure, *database.read("PRAGMA foreign_key_check")] != [("ok",)]
    yield Progress("database", 2, 2, Finding("STORE_023") if broken else None)


def _submissions(database: Database) -> Iterator[Progress]:
    found = database.read("SELECT instance_id, sha256 FROM submissions ORDER BY instance_id")
    for done, (instance, sha256) in enumerate(found, 1):
        row = database.one("SELECT xml FROM submissions WHERE instance_id = ?", (instance,))
        fits = row is not None and hashlib.sha256(row[0]).hexdigest() == sha256
        finding = None if fits else Finding("STORE_040", {"instance_id": instance})
        yield Progress("submissions", done, len(found), finding)


def _register(database: Database) -> Iterator[Progress]:
    """What the server has given: every row against its mark, every list against the marks that are kept of
    it; one finding for each list."""
    (total,) = database.one("SELECT count(*) FROM entities WHERE change_no > 0") or (0,)
    sums: dict[str, tuple[int, int]] = {}
    wrong: Counter[str] = Counter()
    done = last = 0
    while rows := database.read(
        "SELECT rowid, list, id, version, label, data, deleted, mark FROM entities "
        "WHERE change_no > 0 AND rowid > ? ORDER BY rowid LIMIT ?",
        (last, SLICE),
    ):
        for row in rows:
            mark = row_mark(*row[1:6])
            wrong[row[1]] += mark != row[7]
            if not row[6]:
                count, joined = sums.get(row[1], (0, 0))
                sums[row[1]] = count + 1, joined ^ mark
        last, done = rows[-1][0], done + len(rows)
        yield Progress("register", done, total)
    kept = {
        row[0]: (row[1], row[2])
        for row in database.read("SELECT list, count, mark FROM tallies WHERE count > 0")
    }
    for name in sorted(wrong.keys() | kept.keys()):
        if wrong[name] or sums.get(name) != kept.get(name):
            missing = kept.get(name, (0, 0))[0] - sums.get(name, (0, 0))[0]
            slots = {"name": name, "count": wrong[name], "missing": missing}
            yield Progress("register", total, total, Finding("STORE_042", slots))


def _files(database: Database, vault: Vault, aside: Vault) -> Iterator[Progress]:
    kept = [(aside, row[0]) for row in database.read(f"{KEPT} ORDER BY 1")]
    files = [(vault, row[0]) for row in database.read(f"{NAMED} ORDER BY 1")] + kept
    for done, (place, sha256) in enumerate(files, 1):
        finding = None
        try:
            place.get(sha256)
        except FieldappError as error:
            finding = Finding(error.code, error.slots)
        yield Progress("files", done, len(files), finding)


def _audit(audit: Audit) -> Iterator[Progress]:
    for finding in audit.verify():
        yield Progress("audit", 0, 1, finding)
    yield Progress("audit", 1, 1)
