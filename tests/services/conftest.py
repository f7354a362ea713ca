"""A laptop of its own for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.services.laptop import Laptop
from tests.services.office import new_laptop


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    """A new, unlocked laptop in ``tmp_path / "laptop"``."""
    with new_laptop(tmp_path / "laptop") as made:
        yield made
