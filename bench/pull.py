"""The register from the real server over TLS into a real store: all of it, then what little has changed.

Against the goals: 25,000 rows/s until everything can be searched, 2 s for 100 changed rows of 60,000 (at most
100 kB), 300 ms for 1,000. Compare is part of every pull. And the first pull against what the laptop's disk
and cipher take by themselves: the same rows, made ready before, put bare into the same tables with the same
indexes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlite_utils import Database as Rows

from bench import district
from bench.ledgers import INSPECTOR, PASSPHRASE, WEAK
from bench.timing import Figure
from fieldapp.cli.demo.district import write_csv
from fieldapp.domain.sample import sample_district
from fieldapp.services.publishing import built_form
from fieldapp.services.syncing import StoreInlet
from fieldapp.store import Store, generation
from fieldapp.store.database import Database, Row
from fieldapp.store.schema import upgrade
from fieldapp.store.search import entry
from fieldapp.store.shown import searched
from fieldapp.sync.enrolment import connected
from fieldapp.sync.protocol import PullPage
from fieldapp.sync.pull import pull

BUILDINGS = 60_000
#: Fetching, reading, checking and making ready may take as long again as the bare inserts.
BARE_GOAL = 2.0
#: Rows of a transaction, as the feed's pages.
PAGE = 1_000
FIRST_GOAL_MS = BUILDINGS / 25_000 * 1000
#: Changed rows, and the milliseconds and bytes that they may take.
DELTAS = ((100, 2_000.0, 100_000), (1_000, 300.0, 1_000_000))


class _Weighed(StoreInlet):
    """Counts the bytes of the pages, as they travel."""

    weight = 0

    def ready(self, page: PullPage) -> Callable[[], None]:
        self.weight += len(page.model_dump_json().encode())
        return super().ready(page)


def measure() -> list[Figure]:
    """Each once: a first pull is one only once."""
    rows = sample_district(BUILDINGS)
    with tempfile.TemporaryDirectory(prefix="fieldapp-bench-") as name:
        folder = Path(name)
        with district.running(folder / "server", built_form("hazard_inspection")) as server:
            _imported(folder, rows)
            with Store.create(
                folder / "laptop",
                INSPECTOR,
                PASSPHRASE,
                recovery_key=server.enrolment.recovery_key,
                strength=WEAK,
                clock=lambda: datetime.now(UTC),
            ) as store:
                figures = [_figure("first pull", server, store, BUILDINGS, FIRST_GOAL_MS, None)]
                figures.append(_against_bare(figures[0], folder / "bare", store))
                for number, (count, goal_ms, most) in enumerate(DELTAS):
                    _imported(folder, [row | {"owner_name": f"业主{number}"} for row in rows[:count]])
                    figures.append(_figure(f"pull of {count:,}", server, store, count, goal_ms, most))
    return figures


def _figure(
    title: str, server: district.District, store: Store, count: int, goal_ms: float, most: int | None
) -> Figure:
    """One pull. RuntimeError unless it brings ``count`` rows and both sides are equal."""
    inlet = _Weighed(store)
    with connected(server.enrolment) as transport:
        begun, own = time.perf_counter(), time.process_time()
        result = pull(transport, inlet)
        taken, own = (time.perf_counter() - begun) * 1000, (time.process_time() - own) * 1000
    if result.rows != count or result.differing or not result.equal:
        raise RuntimeError(f"{title}: {result}")
    note = (
        f"{count / taken * 1000:,.0f} rows/s, {inlet.weight / 1000:,.0f} kB of {BUILDINGS:,} buildings, "
        f"{own:,.0f} ms of it the laptop's own computing"
    )
    if most is not None and inlet.weight > most:
        return Figure(title, None, "goal", goal_ms, 1.0, f"more than {most:,} bytes: {note}")
    return Figure(title, taken, "goal", goal_ms, 1.0, note)


_CONFIRMED = """SELECT list, id, version, label, data, deleted, change_no, mark FROM entities
  ORDER BY change_no"""


def _against_bare(first: Figure, folder: Path, store: Store) -> Figure:
    """The first pull against bare inserts of its rows, a page at a time as it does it."""
    rows = [
        (*row, *entry(searched(row[0], row[3], json.loads(row[4]))))
        for row in store.database.read(_CONFIRMED)
    ]
    folder.mkdir()
    database = Database(folder / "store.sqlite3", bytes(32))
    try:
        database.write(upgrade)
        database.write(generation.begin)
        begun, own = time.perf_counter(), time.process_time()
        for start in range(0, len(rows), PAGE):
            database.write(partial(_bare, start, rows[start : start + PAGE]))
        taken, own = (time.perf_counter() - begun) * 1000, (time.process_time() - own) * 1000
    finally:
        database.close()
    note = f"bare: {len(rows) / taken * 1000:,.0f} rows/s, {own:,.0f} ms of it computing"
    return Figure("first pull over bare inserts", first.ours_ms, "bare", taken, BARE_GOAL, note)


def _bare(start: int, page: list[Row], rows: Rows) -> None:
    numbered = list(enumerate(page, start + 1))
    rows.conn.executemany(
        "INSERT INTO new_entities (list, id, version, label, data, deleted, change_no, mark) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [row[:8] for row in page],
    )
    rows.conn.executemany(
        "INSERT INTO new_shown (number, list, id, version, label, data) VALUES (?, ?, ?, ?, ?, ?)",
        [(number, *row[:5]) for number, row in numbered],
    )
    rows.conn.executemany(
        "INSERT INTO new_search (rowid, grams, initials) VALUES (?, ?, ?)",
        [(number, *row[8:]) for number, row in numbered],
    )


def _imported(folder: Path, rows: list[dict[str, str]]) -> None:
    """The office's list taken in, as the office does it."""
    file = folder / "list.csv"
    write_csv(rows, file)
    base = str(folder / "server" / "district")
    command = [sys.executable, "-m", "districtserver", "import-buildings", "--folder", base, str(file)]
    subprocess.run(command, check=True, capture_output=True)
