"""One writing transaction at a time, on either database.

SQLite has it by its lock (``IMMEDIATE``). On PostgreSQL an advisory lock, taken before the first statement
and freed at the end, gives the same: the order of commits is the order of audit entries and change numbers,
what is checked inside still holds when it is written, and no two writers can wait for each other. Judging a
submission, the expensive part, is done before; readers never wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

#: Names the lock among the advisory locks of the database: "fdapp" as a number.
_LOCK = 0x6664617070


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that writes. Within another one it is a savepoint, the lock is held already.

    OperationalError if another writer kept the lock for longer than ``BUSY_SECONDS``.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield
