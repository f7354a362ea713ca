"""A disk without room is called a full disk, wherever it is met; nothing is lost by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldapp.errors import EnvironmentProblem
from tests.store.building import new_store, open_store
from tests.store.drives import fill, mounted


def test_opening_on_a_full_disk_says_so(tmp_path: Path) -> None:
    with mounted(tmp_path / "drive") as drive:
        with new_store(drive / "store") as store:
            store.settings.set("kept", "还在")
        told = {free: opened(drive, free) for free in range(0, 65_536, 4_096)}
        assert told[0] == "STORE_020"
        assert set(told.values()) == {"STORE_020", ""}, told
        assert not list((drive / "store").glob(".*")), "a trial was left"
        with open_store(drive / "store") as store:
            assert store.settings.get("kept") == "还在"


def opened(drive: Path, free: int) -> str:
    """What opening says with so many bytes left; empty if it opens."""
    pad = fill(drive, free=free)
    try:
        open_store(drive / "store").close()
    except EnvironmentProblem as error:
        return error.code
    finally:
        pad.unlink()
    return ""


def test_a_broken_disk_is_not_called_full(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    new_store(folder).close()
    (folder / "store.sqlite3").unlink()
    (folder / "store.sqlite3").mkdir()
    with pytest.raises(EnvironmentProblem) as error:
        open_store(folder)
    assert error.value.code == "STORE_021"
