"""The door: pauses after wrong passphrases, PINs until evening, more than one inspector."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fieldapp import app as composition
from fieldapp.errors import UserError
from fieldapp.services.access import PAUSE, TRIES, Access
from fieldapp.store import Inspector
from tests.services.office import MORNING, new_laptop
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK

ID = INSPECTOR.inspector_id


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(tmp_path: Path, clock: Clock) -> Access:
    new_laptop(tmp_path / "laptop").close()
    return composition.access(tmp_path / "laptop", clock, WEAK)


def test_there_is_no_door_without_a_store(tmp_path: Path) -> None:
    door = composition.access(tmp_path / "nothing")
    assert not door.exists()
    with pytest.raises(UserError) as caught:
        door.inspectors()
    assert caught.value.code == "STORE_001"


def test_five_wrong_passphrases_make_a_pause(access: Access, clock: Clock) -> None:
    for left in range(TRIES, 0, -1):
        assert access.tries_left(ID) == left
        with pytest.raises(UserError) as caught:
            access.unlock(ID, "not this one")
        assert caught.value.code == "STORE_002"
    with pytest.raises(UserError) as caught:
        access.unlock(ID, PASSPHRASE)
    assert caught.value.code == "LAPTOP_003"
    clock.now += PAUSE
    access.unlock(ID, PASSPHRASE).close()
    assert access.tries_left(ID) == TRIES


def test_a_pin_opens_until_evening(access: Access, clock: Clock) -> None:
    with access.unlock(ID, PASSPHRASE) as laptop:
        state = access.set_pin(laptop, "123456")
    assert state.until == MORNING.replace(hour=18, minute=0)
    with access.unlock_with_pin(ID, "123456") as laptop:
        assert laptop.store.keys.actor.inspector_id == ID
    clock.now = state.until
    assert access.pin(ID) is None
    with pytest.raises(UserError) as caught:
        access.unlock_with_pin(ID, "123456")
    assert caught.value.code == "STORE_010"


@pytest.mark.parametrize(("hour", "until"), [(8, 18), (17, 19), (23, 24)])
def test_a_late_pin_lasts_two_hours_but_not_past_midnight(
    access: Access, clock: Clock, hour: int, until: int
) -> None:
    clock.now = MORNING.replace(hour=hour, minute=0)
    midnight = MORNING.replace(hour=0, minute=0)
    with access.unlock(ID, PASSPHRASE) as laptop:
        assert access.set_pin(laptop, "123456").until == midnight + timedelta(hours=until)


def test_a_second_inspector_has_a_door_of_her_own(access: Access) -> None:
    with access.unlock(ID, PASSPHRASE) as laptop:
        access.add_inspector(laptop, Inspector("chen", "陈某某"), "another passphrase")
        access.set_pin(laptop, "123456")
    assert [one.inspector_id for one in access.inspectors()] == [ID, "chen"]
    assert access.pin("chen") is None
    with access.unlock("chen", "another passphrase") as laptop:
        assert laptop.store.keys.actor.name == "陈某某"


def test_a_changed_passphrase_ends_the_pin(access: Access) -> None:
    with access.unlock(ID, PASSPHRASE) as laptop:
        access.set_pin(laptop, "123456")
        access.change_passphrase(laptop, PASSPHRASE, "a new passphrase")
    assert access.pin(ID) is None
    with pytest.raises(UserError) as caught:
        access.unlock(ID, PASSPHRASE)
    assert caught.value.code == "STORE_002"
    access.unlock(ID, "a new passphrase").close()


def test_who_comes_back_to_an_open_store_shows_the_same(access: Access, clock: Clock) -> None:
    with access.unlock(ID, PASSPHRASE) as laptop:
        access.set_pin(laptop, "123456")
        assert access.uncover_with_pin(laptop, "123456") is laptop
        with pytest.raises(UserError, match="STORE_009"):
            access.uncover_with_pin(laptop, "000000")
        for _try in range(TRIES):
            with pytest.raises(UserError, match="STORE_002"):
                access.uncover(laptop, "not this one")
        with pytest.raises(UserError, match="LAPTOP_003"):
            access.uncover(laptop, PASSPHRASE)
        clock.now += PAUSE
        assert access.uncover(laptop, PASSPHRASE) is laptop
        access.forget_pins()
        with pytest.raises(UserError, match="STORE_010"):
            access.uncover_with_pin(laptop, "123456")


def test_opening_by_pin_is_logged(access: Access) -> None:
    with access.unlock(ID, PASSPHRASE) as laptop:
        access.set_pin(laptop, "123456")
    with access.unlock_with_pin(ID, "123456") as laptop:
        (last,) = laptop.store.audit.entries()[-1:]
    assert last.entry["event"] == "store.unlocked"
    assert last.entry["detail"] == {"inspector": ID, "by": "pin"}


def test_a_pin_that_cannot_be_logged_leaves_the_door_as_it_was(access: Access) -> None:
    with access.unlock(ID, PASSPHRASE) as laptop:
        access.set_pin(laptop, "123456")
        laptop.store.database.write(
            lambda rows: rows.execute(
                "CREATE TRIGGER full BEFORE INSERT ON audit WHEN new.detail LIKE '%pin%' "
                "BEGIN SELECT RAISE(ABORT, 'no room'); END"
            )
        )
    with pytest.raises(Exception, match="no room"):
        access.unlock_with_pin(ID, "123456")
    with access.unlock(ID, PASSPHRASE) as laptop:
        assert laptop.store.audit.head().seq > 0
