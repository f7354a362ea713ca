"""What several folders of tests share: the databases of the district server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.databases import MISSING, Cluster, Databases, running


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out for want of a database, and how to have it: quiet runs tell no reasons."""
    left_out = sum(MISSING in str(one.longrepr) for one in terminalreporter.stats.get("skipped", ()))
    if left_out:
        terminalreporter.write_line(f"{left_out} tests of the server were left out: {MISSING}")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL for this session."""
    with running() as started:
        yield started


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Tests that need this run once on each: ``-k sqlite`` or ``-k postgresql`` picks one."""
    return Databases(request.getfixturevalue("cluster") if request.param == "postgresql" else None)
