"""Photographs of another laptop in the file of a house: small ones at once, the original when looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fieldapp import app as composition
from fieldapp.services.access import Access
from fieldapp.services.pictures import ForeignPhoto
from fieldapp.settings import now
from fieldapp.ui.desk import Desk
from fieldapp.ui.pages.buildings.file import FileView
from tests.server.district import DistrictServer
from tests.services.office import MAJOR, filled, serving
from tests.services.test_syncing import registered
from tests.store.building import WEAK
from tests.ui.test_building_file import HOUSE, file_of, words


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DistrictServer]:
    """A server to which one laptop has sent the visit of a house."""
    folder = tmp_path_factory.mktemp("foreign")
    with serving(folder) as server:
        with registered(folder / "first", server, server.port) as laptop:
            laptop.visits.finalize(filled(laptop, MAJOR).visit_id)
            assert laptop.syncing.run().not_sent == {}
        yield server


@pytest.fixture
def access(tmp_path: Path, district: DistrictServer) -> Access:
    """The door of another laptop, which has synced."""
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        laptop.syncing.run()
    return composition.access(tmp_path / "laptop", now, WEAK)


@pytest.fixture
def file(qtbot: QtBot, desk: Desk) -> FileView:
    return file_of(qtbot, desk, HOUSE)


def test_they_stand_in_the_file_and_among_what_was_done(qtbot: QtBot, file: FileView) -> None:
    photos = file.photos.photos
    assert len(photos) > 2
    assert all(isinstance(one, ForeignPhoto) and one.thumbnail for one in photos)
    assert photos[0].kind == "front"
    (row,) = file.story.timeline.rows.rows
    assert row.text == f"其他设备的照片 {len(photos)} 张"
    assert isinstance(photos[0], ForeignPhoto)
    assert row.note == photos[0].who
    file.story.timeline.opened.emit(row.key)
    qtbot.waitUntil(lambda: file.viewer.fetching is None and not file.viewer.again.isVisible())
    assert photos[0].who in words(file.viewer)


def test_looking_closely_fetches_the_original(qtbot: QtBot, desk: Desk, file: FileView) -> None:
    photo = file.photos.photos[0]
    assert not desk.laptop.photographs.is_here(photo)
    file.photos.opened.emit(0)
    qtbot.waitUntil(lambda: desk.laptop.photographs.is_here(photo) and not desk.jobs.running)
    assert not file.viewer.again.isVisible()
    assert not file.viewer.stop.isVisible()
    assert desk.laptop.store.vault.has(photo.sha256)


def test_without_the_server_the_small_copy_stays_and_it_says_why(
    qtbot: QtBot, desk: Desk, file: FileView, district: DistrictServer
) -> None:
    district.kill()
    try:
        file.photos.opened.emit(1)
        qtbot.waitUntil(file.viewer.again.isVisible, timeout=15_000)
        assert "这是小图" in words(file.viewer)
        assert "127.0.0.1" in words(file.viewer)
    finally:
        district.start()
    file.viewer.again.click()
    photo = file.photos.photos[1]
    qtbot.waitUntil(lambda: desk.laptop.photographs.is_here(photo) and not desk.jobs.running, timeout=15_000)
    assert not file.viewer.again.isVisible()


def test_putting_it_away_ends_the_fetching(qtbot: QtBot, desk: Desk, file: FileView) -> None:
    file.photos.opened.emit(2)
    qtbot.waitUntil(lambda: file.viewer.fetching is not None)
    job = file.viewer.fetching
    file.viewer.put_away()
    assert job is not None
    assert job.cancelled
    assert file.viewer.fetching is None
    qtbot.waitUntil(lambda: not desk.jobs.running)
