"""What several folders of tests share: the databases of the district server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.databases import Cluster, Databases, running


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL for this session."""
    with running() as started:
        yield started


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Tests that need this run once on each: ``-k sqlite`` or ``-k postgresql`` picks one."""
    return Databases(request.getfixturevalue("cluster") if request.param == "postgresql" else None)
