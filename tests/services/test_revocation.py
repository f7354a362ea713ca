"""A laptop that its district has disabled: locked at the next contact, whole, open again when accepted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fieldapp import app, i18n, settings
from fieldapp.errors import UserError
from fieldapp.i18n import explain
from fieldapp.services.access import Access
from fieldapp.services.revocation import admit, lift, revoked_at
from fieldapp.settings import now
from fieldapp.store import Store
from tests.server.district import DistrictServer
from tests.services.office import serving
from tests.services.test_restored_server import At
from tests.services.test_syncing import agree, day, registered
from tests.store.building import INSPECTOR, PASSPHRASE, WEAK

ID = INSPECTOR.inspector_id


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    i18n.use("zh_CN")
    yield
    i18n.use(settings.language())


@pytest.fixture
def district(tmp_path: Path) -> Iterator[DistrictServer]:
    with serving(tmp_path, houses=()) as server:
        yield server


@pytest.fixture
def access(tmp_path: Path, district: DistrictServer) -> Access:
    """The door of a registered laptop with two records to be sent and a PIN for today."""
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        day(laptop, 1)
    door = app.access(tmp_path / "laptop", now, WEAK)
    with door.unlock(ID, PASSPHRASE) as laptop:
        door.set_pin(laptop, "123456")
    return door


def revoke(district: DistrictServer, access: Access, *, back: bool = False) -> None:
    """What the office does; the laptop's id is read from a store that is opened without asking anybody."""
    with Store.unlock(access.folder, ID, PASSPHRASE, clock=now) as store:
        device = str(app.built(store).syncing.enrolment.device_id)
    assert district.run("readmit" if back else "revoke", device)["revoked"] is not back


def contact(access: Access) -> None:
    """A run that the district refuses."""
    with access.unlock(ID, PASSPHRASE) as laptop, pytest.raises(UserError, match="SYNC_021"):
        laptop.syncing.run()


def refused(access: Access, passphrase: str = PASSPHRASE) -> UserError:
    with pytest.raises(UserError) as error:
        access.unlock(ID, passphrase).close()
    return error.value


def test_locked_at_the_contact_and_open_when_accepted_again(district: DistrictServer, access: Access) -> None:
    revoke(district, access)
    access.unlock(ID, PASSPHRASE).close()  # nobody has told the laptop yet
    contact(access)
    with pytest.raises(UserError, match="STORE_010"):
        access.unlock_with_pin(ID, "123456")
    assert access.pin(ID) is None
    restarted = app.access(access.folder, now, WEAK)
    for door in (access, restarted):
        error = refused(door)
        assert (error.code, error.slots["count"]) == ("LAPTOP_004", 2)
        assert "仍" in explain(error)[1]
        assert refused(door, "not the passphrase").code == "STORE_002"
    with pytest.raises(UserError, match="LAPTOP_004"):
        app.unlock(access.folder, ID, PASSPHRASE)
    district.stop()
    assert "SYNC_003" in explain(refused(access))[1]
    district.start()

    revoke(district, access, back=True)
    with access.unlock(ID, PASSPHRASE) as laptop:
        assert revoked_at(laptop.store) is None
        assert len(laptop.syncing.run().sent) == 2
        agree(laptop, district)
        log = [one.entry["event"] for one in laptop.store.audit.entries()]
    assert [one for one in log if str(one).startswith("laptop.")] == ["laptop.revoked", "laptop.readmitted"]
    events = district.rows(
        "SELECT event FROM districtserver_auditentry WHERE event LIKE 'device_%%' ORDER BY seq"
    )
    assert [row[0] for row in events][-2:] == ["device_revoked", "device_readmitted"]


def test_a_disabled_laptop_lets_nobody_back_to_what_waits_behind_the_door(
    district: DistrictServer, access: Access
) -> None:
    revoke(district, access)
    with access.unlock(ID, PASSPHRASE) as laptop:
        with pytest.raises(UserError, match="SYNC_021"):
            laptop.syncing.run()
        with pytest.raises(UserError, match="LAPTOP_004"):
            access.uncover(laptop, PASSPHRASE)
        assert laptop.store.outbox.unsent() == 2  # it is open as before
        district.run("readmit", str(laptop.syncing.enrolment.device_id))
        assert access.uncover(laptop, PASSPHRASE) is laptop
        assert revoked_at(laptop.store) is None


def test_disabled_in_the_middle_of_a_run(district: DistrictServer, access: Access) -> None:
    with access.unlock(ID, PASSPHRASE) as laptop:
        device = str(laptop.syncing.enrolment.device_id)
        result = laptop.syncing.run(At("blobs", partial(district.run, "revoke", device)))
        assert result.ended is not None
        assert result.ended.code == "SYNC_021"
        assert revoked_at(laptop.store) is not None
        assert laptop.store.outbox.unsent() == 2
    assert refused(access).code == "LAPTOP_004"


def test_the_recovery_key_stands_above(district: DistrictServer, access: Access) -> None:
    revoke(district, access)
    contact(access)
    pem = next((district.folder / "recovery-offline").glob("*.pem")).read_bytes()
    private = load_pem_private_key(pem, None).private_bytes_raw()  # type: ignore[union-attr]
    with Store.recover(
        access.folder, private, INSPECTOR, "from the office", strength=WEAK, clock=now
    ) as store:
        assert store.outbox.unsent() == 2
        lift(store, "recovery_key")
        assert store.audit.entries()[-1].entry["detail"] == {"by": "recovery_key"}
    with access.unlock(ID, "from the office") as laptop:
        assert len(laptop.store.submissions.list()) == 2
        with pytest.raises(UserError, match="SYNC_021"):
            laptop.syncing.run()
    assert refused(access, "from the office").code == "LAPTOP_004"


def test_nobody_is_asked_while_nothing_is_locked(tmp_path: Path) -> None:
    from tests.store.building import new_store

    with new_store(tmp_path / "store") as store:
        admit(store, now)
        lift(store, "server")
        assert [one.entry["event"] for one in store.audit.entries()] == ["store.created"]
