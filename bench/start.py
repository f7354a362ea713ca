"""From the start of the process until 今日 can be used, against a process that shows a bare window.

Both are started in turn, with compiled modules at hand as an installed program has them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.ledgers import INSPECTOR, PASSPHRASE, laptop_folder
from bench.timing import Figure
from fieldapp.domain.sample import SIZE

GOAL = 4.0
ROUNDS = 7


def measure() -> list[Figure]:
    """The best of some starts of each, after one of each that compiles what is loaded."""
    folder = laptop_folder(SIZE)
    with tempfile.TemporaryDirectory(prefix="fieldapp-bench-") as compiled:
        ours = [str(folder), INSPECTOR.inspector_id, PASSPHRASE]
        _started(ours, compiled), _started([], compiled)
        rounds = [(_started(ours, compiled), _started([], compiled)) for _ in range(ROUNDS)]
    best, its = (min(column) for column in zip(*rounds, strict=True))
    note = f"unlocked with a weak key, {SIZE} buildings"
    return [Figure("start until 今日 is usable", best, "bare QMainWindow", its, GOAL, note)]


def _started(arguments: list[str], compiled: str) -> float:
    """Milliseconds from before the process was started until it was done."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": compiled}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.monotonic()
    said = subprocess.run(
        [sys.executable, "-m", "bench.usable", *arguments],
        env=environment,
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    return (float(said.stdout) - begun) * 1000
