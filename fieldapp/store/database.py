"""The encrypted database: one thread owns the writing connection, one read-only connection serves reads.

WAL with ``synchronous=FULL``: what a write has returned survives a power cut (ADR 0004). SQLite's errors
become
catalogue errors here and nowhere else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from sqlcipher3 import dbapi2
from sqlite_utils import Database as Rows

from fieldapp.errors import BugError, EnvironmentProblem, FieldappError, UserError
from fieldapp.store.files import no_room

T = TypeVar("T")
Row = tuple[Any, ...]
#: A query with its parameters to its rows.
Read = Callable[[str, Sequence[object]], list[Row]]
#: Bulk writes go in slices of this many rows, so that drafts can pass between two.
SLICE = 2_000


class Database:
    """The two connections of a store. ``write`` may be called from any thread but the writer's own."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path.absolute()
        self._key = key
        self._queue: SimpleQueue[tuple[Callable[[Rows], Any], Future[Any]] | None] = SimpleQueue()
        self._reader_lock = threading.Lock()
        self._closed = False
        self._door = threading.Lock()
        opened: Future[None] = Future()
        self._writer = threading.Thread(target=self._run, args=(opened,), name="store-writer", daemon=True)
        self._writer.start()
        opened.result()
        try:
            self._reader = self._connect(read_only=True)
        except FieldappError:
            self._queue.put(None)
            self._writer.join()
            raise

    def _keyed(self, path: Path, mode: str) -> Any:
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            check_same_thread=False,
            timeout=10,
            isolation_level=None,
        )
        # What goes wrong reaches us as errors; lines on stderr tell users nothing.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
        return connection

    def _connect(self, *, read_only: bool = False) -> Any:
        connection = None
        try:
            connection = self._keyed(self._path, "ro" if read_only else "rwc")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("PRAGMA cache_size = -32768")
            if read_only:
                connection.execute("PRAGMA query_only = ON")
            else:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except dbapi2.Error as error:
            if connection is not None:
                connection.close()
            raise self._translated(error) from error
        return connection

    def _translated(self, error: Exception) -> FieldappError:
        """As ``translated``. Where SQLite itself cannot tell a full disk from a broken one (it says disk I/O
        error when there is no room for the WAL's index), the disk is asked.
        """
        told = translated(error)
        return (no_room(self._path.parent) or told) if told.code == "STORE_021" else told

    def _run(self, opened: Future[None]) -> None:
        try:
            connection = self._connect()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits, who would wait for ever
            opened.set_exception(error)
            return
        rows = Rows(connection, execute_plugins=False)  # what else is installed has no say in the store
        opened.set_result(None)
        while (item := self._queue.get()) is not None:
            work, answer = item
            try:
                with rows.atomic():
                    result = work(rows)
            except dbapi2.Error as error:
                answer.set_exception(self._translated(error))
            except BaseException as error:  # noqa: BLE001 - handed to whoever waits, never swallowed
                answer.set_exception(error)
            else:
                answer.set_result(result)
        connection.close()

    def submit(self, work: Callable[[Rows], T]) -> Future[T]:
        """Queue one transaction; the future is done when it is on the disk, or failed without a trace."""
        if threading.current_thread() is self._writer:
            raise BugError("BUG_001", what="a write waits for itself on the writer thread")
        answer: Future[T] = Future()
        with self._door:  # nothing may be queued behind the end, where nobody would answer it
            if self._closed:
                raise BugError("BUG_001", what="the store is closed")
            self._queue.put((work, answer))
        return answer

    def write(self, work: Callable[[Rows], T]) -> T:
        """Run ``work`` as one transaction on the writer thread; durable when it returns."""
        return self.submit(work).result()

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Rows of a query on the read-only connection: what has been committed by now."""
        try:
            with self._reader_lock:
                return list(self._reader.execute(sql, tuple(parameters)))
        except dbapi2.Error as error:
            told = self._translated(error)
            if told.code == "STORE_023":
                self._renew_reader()
            raise told from error

    def _renew_reader(self) -> None:
        """A page that does not decrypt spoils a connection of SQLCipher for all others, which can be read."""
        renewed = self._connect(read_only=True)
        with self._reader_lock:
            self._reader.close()
            self._reader = renewed

    def at_one_moment(self, work: Callable[[Read], T]) -> T:
        """``work(read)``, whose reads see one and the same moment, whatever is written meanwhile."""

        def read(sql: str, parameters: Sequence[object] = ()) -> list[Row]:
            return list(self._reader.execute(sql, tuple(parameters)))

        try:
            with self._reader_lock:
                self._reader.execute("BEGIN")
                try:
                    return work(read)
                finally:
                    self._reader.execute("COMMIT")
        except dbapi2.Error as error:
            raise self._translated(error) from error

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """The first row or None."""
        rows = self.read(sql, parameters)
        return rows[0] if rows else None

    def snapshot(self, target: Path) -> None:
        """Copy what is committed by now to the new file ``target``, under the same key; writes go on.

        UserError STORE_023 for damaged pages; EnvironmentProblem STORE_020, STORE_021 as the disk says. What
        was written to ``target`` is not flushed.
        """
        source = self._connect(read_only=True)
        copy = None
        try:
            copy = self._keyed(target, "rwc")
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            source.execute("BEGIN")  # one moment for all steps, else every write would start the copy afresh
            # SQLCipher's backup copies zeroes for a page that does not decrypt and says nothing: look first.
            if source.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
                raise UserError("STORE_023")
            source.backup(copy, pages=1_000)
        except dbapi2.Error as error:
            raise self._translated(error) from error
        finally:
            source.close()
            if copy is not None:
                copy.close()

    def close(self) -> None:
        """Finish queued writes and close both connections."""
        with self._door:
            if self._closed:
                return
            self._closed = True
        with self._reader_lock:  # first: only a writing connection that closes last empties the WAL
            self._reader.close()
        self._queue.put(None)
        self._writer.join()


def translated(error: Exception) -> FieldappError:
    """The catalogue's error for what SQLite said; the texts are those of the SQLite documentation."""
    said = str(error)
    if "not a database" in said:
        return UserError("STORE_022")
    if any(words in said for words in ("malformed", "corrupt", "vtable constructor failed")):
        return UserError("STORE_023")
    if "full" in said:
        return EnvironmentProblem("STORE_020")
    if "disk I/O" in said or "readonly" in said or "unable to open" in said:
        return EnvironmentProblem("STORE_021", problem=said)
    if "locked" in said or "busy" in said:
        return EnvironmentProblem("STORE_024")
    return BugError("BUG_001", what=f"SQLite: {said}")
