"""An answer until it is durable: recalculated, serialized, committed by the store.

The floor is SQLite alone replacing a row of 20 KB under WAL and ``synchronous=FULL``, on the same disk.
"""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from bench.drafting import opened_draft
from bench.filled import DEFECT
from bench.timing import Figure, side_by_side

GOAL = 10.0
ROW_BYTES = 20_000
TIMES = 50


def measure() -> list[Figure]:
    """The width of a crack of F02, alternating, each answer saved as the window saves it."""
    with (
        tempfile.TemporaryDirectory(prefix="fieldapp-bench-") as name,
        opened_draft(Path(name) / "store") as draft,
    ):
        floor = _floor(Path(name) / "floor.sqlite3")
        turn = 0

        def ours() -> None:
            nonlocal turn
            turn += 1
            draft.session.answer(f"{DEFECT}[2]/d_crack_w", ("0.5", "2.5")[turn % 2])
            draft.save()

        def peer() -> None:
            nonlocal turn
            turn += 1
            with floor:
                floor.execute("REPLACE INTO drafts VALUES (1, ?)", (bytes([turn % 256]) * ROW_BYTES,))

        taken, plain = side_by_side(ours, peer, TIMES, rounds=7)
        floor.close()
        note = f"draft of {len(draft.session.draft_xml()) / 1000:.1f} kB"
    return [Figure("durable answer in F02", taken, "SQLite WAL FULL, 20 kB", plain, GOAL, note)]


def _floor(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE drafts (id INTEGER PRIMARY KEY, xml BLOB)")
    return connection
