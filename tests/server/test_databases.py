"""That the tests of the server run on both databases, and how it is told when they cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from _pytest.outcomes import Failed, Skipped

from tests.server.databases import MISSING, running

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent


def test_whatever_keeps_something_runs_on_both(request: pytest.FixtureRequest) -> None:
    """Every test of this folder that this run collected and that has a database has it by ``databases``."""
    for item in request.session.items:
        if HERE not in item.path.parents or not isinstance(item, pytest.Function):
            continue
        if {"db", "transactional_db", "district"} & set(item.fixturenames):
            assert "databases" in item.callspec.params, item.nodeid


def test_none_is_collected_for_one_database_alone() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", str(HERE)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    named = [line for line in done.stdout.splitlines() if "::" in line]
    kinds = {
        kind: Counter(name.replace(kind, "*") for name in named if f"[{kind}" in name)
        for kind in ("sqlite", "postgresql")
    }
    assert kinds["sqlite"] == kinds["postgresql"]
    assert kinds["sqlite"].total() > 150


def test_a_missing_postgresql_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a developer's machine its tests are left out, in continuous integration they fail."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(Skipped, match="apt-get install postgresql"), running(tmp_path):
        pass
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Failed, match="apt-get install postgresql"), running(tmp_path):
        pass


def test_a_run_says_what_it_left_out(tmp_path: Path) -> None:
    (tmp_path / "test_left_out.py").write_text(
        "import pytest\nfrom tests.server.databases import MISSING\n"
        "def test_nothing() -> None:\n    pytest.skip(MISSING)\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert f"1 tests of the server were left out: {MISSING}" in done.stdout, done.stdout + done.stderr
