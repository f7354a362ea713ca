"""The databases that the server is tested on: SQLite, and a real PostgreSQL started for this run.

The cluster lives in a temporary folder, listens on a unix socket only and runs as an unprivileged user
(PostgreSQL refuses to run as root). Without its programs the tests are skipped, or fail where ``CI`` is set.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

OWNER = "district"
MISSING = "no PostgreSQL here: initdb and postgres are needed (Debian: apt-get install postgresql)"
# Tests kill the server, not the machine: what a power cut would take needs no fsync here.
_OPTIONS = ("listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=300")


#: Where Debian puts each version's programs, which are not on the path.
DEBIAN = Path("/usr/lib/postgresql")


def programs(installed: Path = DEBIAN) -> Path | None:
    """The folder of PostgreSQL's programs, the newest version; None if there are none."""
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    versions = [path for path in installed.glob("*/bin") if (path / "initdb").exists()]
    found += sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    return next((folder for folder in found if (folder / "postgres").exists()), None)


class Cluster:
    """A running PostgreSQL in ``folder``."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        self._account = _unprivileged()
        if self._account:
            os.chown(folder, *self._account)
        given = ("--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", f"--username={OWNER}")
        self._run(str(binaries / "initdb"), *given, "--pgdata", str(folder / "base"))
        options = [
            part for option in (*_OPTIONS, f"unix_socket_directories={folder}") for part in ("-c", option)
        ]
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(folder / "base"), *options],
                stdout=log,
                stderr=log,
                cwd=folder,
                **self._as(),
            )
        self._wait()

    def _as(self) -> dict[str, Any]:
        if self._account is None:
            return {}
        user, group = self._account
        return {"user": user, "group": group, "extra_groups": []}

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self._folder, timeout=120, **self._as()
        )
        assert done.returncode == 0, done.stderr

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                with psycopg.connect(self.url("postgres"), connect_timeout=5):
                    return
            except psycopg.OperationalError:
                told = (self._folder / "log").read_text(encoding="utf-8", errors="replace")
                assert self._process.poll() is None and time.monotonic() < until, told  # noqa: PT018
                time.sleep(0.05)

    def url(self, name: str) -> str:
        """Where the database ``name`` is."""
        return f"postgresql:///{name}?host={self._folder}&user={OWNER}"

    def create(self, name: str) -> str:
        """A new empty database whose name begins with ``name``; its URL."""
        self._made += 1
        name = f"{name}_{self._made}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def stop(self) -> None:
        """End it; who is still connected is sent away."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=30)


def _unprivileged() -> tuple[int, int] | None:
    """User and group to run as, None for our own."""
    if os.geteuid() != 0:
        return None
    import pwd  # not on Windows, where there is no cluster either

    names = {account.pw_name: account for account in pwd.getpwall()}
    account = names.get("postgres") or names["nobody"]
    return account.pw_uid, account.pw_gid


@contextmanager
def running(installed: Path = DEBIAN) -> Iterator[Cluster]:
    """A cluster for the length of the block."""
    binaries = programs(installed)
    if binaries is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    # Not pytest's own folder: that one is closed to the other user.
    folder = Path(tempfile.mkdtemp(prefix="fieldapp-postgresql-"))
    try:
        cluster = Cluster(binaries, folder)
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)


@dataclass(frozen=True)
class Databases:
    """One kind of database; ``cluster`` is None for SQLite."""

    cluster: Cluster | None

    def create(self, name: str) -> str:
        """URL of a new database for a server process; empty for SQLite, which makes its file itself."""
        return self.cluster.create(name) if self.cluster else ""


def rows(url: str, folder: Path, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    """What a query with ``%s`` finds in the database of a server process, read beside that process."""
    if url:
        with psycopg.connect(url) as connection:
            return connection.execute(query.encode(), parameters).fetchall()
    plain = [value.hex if isinstance(value, UUID) else value for value in parameters]
    with closing(sqlite3.connect(folder / "district.sqlite3")) as database:
        return database.execute(query.replace("%s", "?"), plain).fetchall()
