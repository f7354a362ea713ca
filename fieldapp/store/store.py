"""The store of one laptop: a folder with ``keys.json`` and its copy, ``store.sqlite3``, ``vault``, ``aside``
and ``store.lock``.

A store exists once ``keys.json`` does: it is made beside its place and moved there whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlite_utils import Database as Rows

from fieldapp.errors import UserError
from fieldapp.store.annotations import Annotations
from fieldapp.store.audit import Audit
from fieldapp.store.checks import KEPT, NAMED, checked
from fieldapp.store.database import Database
from fieldapp.store.documents import Forms, Photos, Settings
from fieldapp.store.fetched import Fetched
from fieldapp.store.files import disk_problem, sync_folder
from fieldapp.store.keys import FILE as KEYS
from fieldapp.store.keys import DayPin, Inspector, KeyFile, KeyStrength, OpenKeys, derived
from fieldapp.store.ledgers import Ledgers
from fieldapp.store.lock import StoreLock
from fieldapp.store.model import Progress
from fieldapp.store.outbox import Outbox
from fieldapp.store.papers import Papers
from fieldapp.store.pulled import Pulled
from fieldapp.store.redirects import Redirects
from fieldapp.store.register import Register
from fieldapp.store.schema import upgrade
from fieldapp.store.submissions import Submissions
from fieldapp.store.sync_runs import SyncRuns
from fieldapp.store.vault import Vault
from fieldapp.store.visits import Drafts, Visits

DATABASE = "store.sqlite3"
#: A copy of the database while a backup is made (``backup``); encrypted like the database.
SNAPSHOT = "snapshot-{}.part"


def utc_now() -> datetime:
    """The clock when none is given."""
    return datetime.now(UTC)


class Store:
    """An unlocked store. ``keys.actor`` is who works; close it (or use ``with``) to lock it again."""

    def __init__(self, folder: Path, keys: OpenKeys, clock: Callable[[], datetime] = utc_now) -> None:
        """Open with keys at hand, from a passphrase or a PIN (``create``, ``unlock``, ``recover`` do it all).

        EnvironmentProblem STORE_026 if another process has the store; UserError STORE_022, STORE_023 for an
        altered database, STORE_025 for a newer one, STORE_027 for a missing one.
        """
        self.folder = folder
        self.keys = keys
        self.clock = clock
        self._lock = StoreLock(folder)
        try:
            self.key_file = KeyFile.read(folder)
            if not (folder / DATABASE).exists():
                raise UserError("STORE_027")
            for left in folder.glob(SNAPSHOT.format("*")):  # of a backup that was killed
                left.unlink()
            self._open()
        except BaseException:
            self._lock.release()
            raise

    def _open(self) -> None:
        keys, clock, actor = self.keys, self.clock, self.keys.actor.inspector_id
        self.vault = Vault(self.folder / "vault", keys.vault)
        self.aside = Vault(self.folder / "aside", derived(keys.master, "aside"))
        self.database = Database(self.folder / DATABASE, keys.database)
        try:
            self.database.write(upgrade)
        except BaseException:
            self.database.close()
            raise
        self.audit = Audit(self.database, actor, clock)
        self.settings = Settings(self.database)
        self.forms = Forms(self.database, self.audit, clock)
        self.visits = Visits(self.database, self.audit)
        self.drafts = Drafts(self.database, self.audit, clock)
        self.photos = Photos(self.database, self.vault, self.aside, self.audit, clock)
        self.annotations = Annotations(self.database, self.vault, self.audit, actor, clock)
        self.submissions = Submissions(self.database, self.vault, self.audit, actor, clock)
        self.register = Register(self.database, clock)
        self.redirects = Redirects(self.database)
        self.pulled = Pulled(self.database, self.register, self.audit, clock)
        self.fetched = Fetched(self.database, self.vault, clock)
        self.ledgers = Ledgers(self.database, self.vault, self.audit, actor, clock)
        self.outbox = Outbox(self.database, self.audit, clock)
        self.sync_runs = SyncRuns(self.database, clock)
        self.papers = Papers(self.database, actor, clock)

    @classmethod
    def create(
        cls,
        folder: Path,
        inspector: Inspector,
        passphrase: str,
        *,
        recovery_key: bytes,
        signing: Ed25519PrivateKey | None = None,
        settings: Mapping[str, object] = MappingProxyType({}),
        strength: KeyStrength | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> Store:
        """Make a store with its first inspector. ``recovery_key``: the district's raw X25519 public key.

        ``signing`` is the laptop's key that enrolment registered (a new one by default), ``settings`` are
        there from the start. UserError STORE_005 for a short passphrase, STORE_011 if the folder holds
        anything already.
        """
        if folder.exists() and any(folder.iterdir()):
            raise UserError("STORE_011", folder=folder.name)
        fresh = folder.with_name(folder.name + ".new")
        try:
            shutil.rmtree(fresh, ignore_errors=True)  # of a creation that was cut off: it never was a store
            fresh.mkdir(parents=True)
            key_file, master = KeyFile.create(fresh, recovery_key, signing or Ed25519PrivateKey.generate())
            keys = key_file.first_slot(master, inspector, passphrase, strength or KeyStrength())
            database = Database(fresh / DATABASE, keys.database)
            try:
                database.write(upgrade)
                for key, value in settings.items():
                    Settings(database).set(key, value)
            finally:
                database.close()
            if folder.exists():
                folder.rmdir()
            fresh.rename(folder)
            sync_folder(folder.parent)
        except OSError as error:
            raise disk_problem(error) from error
        store = cls(folder, keys, clock)
        store.audit.append("store.created", {"inspector": inspector.inspector_id})
        return store

    @classmethod
    def unlock(
        cls, folder: Path, inspector_id: str, passphrase: str, *, clock: Callable[[], datetime] = utc_now
    ) -> Store:
        """Open with a passphrase. UserError STORE_001 no store, STORE_002 wrong passphrase, STORE_003 unknown
        inspector, STORE_004 altered key file; and those of the constructor."""
        store = cls(folder, KeyFile.read(folder).unlock(inspector_id, passphrase), clock)
        try:
            store.audit.append("store.unlocked", {"inspector": inspector_id})
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def recover(
        cls,
        folder: Path,
        recovery_private_key: bytes,
        inspector: Inspector,
        passphrase: str,
        *,
        strength: KeyStrength | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> Store:
        """Open with the district's recovery key (raw X25519) and give ``inspector`` a (new) slot.

        UserError STORE_007 if the key does not fit, STORE_005 for a short passphrase; those of
        the constructor.
        """
        key_file = KeyFile.read(folder)
        master = key_file.recover(recovery_private_key)
        store = cls(folder, key_file.opened(master, inspector), clock)
        try:
            store.key_file.set_slot(master, inspector, passphrase, strength or KeyStrength())
            store.audit.append("store.recovered", {"inspector": inspector.inspector_id})
        except BaseException:
            store.close()
            raise
        return store

    @staticmethod
    def inspectors(folder: Path) -> tuple[Inspector, ...]:
        """Who can unlock the store, to choose from before it is open."""
        return KeyFile.read(folder).inspectors()

    def add_inspector(
        self, inspector: Inspector, passphrase: str, strength: KeyStrength | None = None
    ) -> None:
        """A slot for one more person. UserError STORE_037 if the id has one."""
        if any(one.inspector_id == inspector.inspector_id for one in self.key_file.inspectors()):
            raise UserError("STORE_037", kind="inspector", id=inspector.inspector_id)
        self.key_file.set_slot(self.keys.master, inspector, passphrase, strength or KeyStrength())
        self.audit.append("inspector.added", {"inspector": inspector.inspector_id})

    def remove_inspector(self, inspector_id: str) -> None:
        """Take a slot away. UserError STORE_003 for none, STORE_006 for the last."""
        self.key_file.remove_slot(inspector_id)
        self.audit.append("inspector.removed", {"inspector": inspector_id})

    def change_passphrase(self, old: str, new: str, strength: KeyStrength | None = None) -> None:
        """Change the passphrase of who works. UserError STORE_002 if ``old`` is wrong."""
        actor = self.keys.actor
        self.key_file.unlock(actor.inspector_id, old)
        self.key_file.set_slot(self.keys.master, actor, new, strength or KeyStrength())
        self.audit.append("inspector.passphrase_changed", {"inspector": actor.inspector_id})

    def set_noted(self, key: str, value: object, event: str, detail: Mapping[str, object]) -> None:
        """Keep a setting together with the audit entry that tells of it."""

        def both(rows: Rows) -> None:
            self.settings.put(rows, key, value)
            self.audit.add(rows, event, detail)

        self.database.write(both)

    def day_pin(self, pin: str, until: datetime, strength: KeyStrength | None = None) -> DayPin:
        """A PIN that opens again until ``until``; keep the answer in memory and the store may be closed."""
        return DayPin(self.keys, pin, until, self.clock, strength or KeyStrength())

    def verify(self) -> Iterator[Progress]:
        """Re-hash everything (see ``checks.checked``); where all is well, orphans are swept at the end.

        A register that is not as it was given is counted anew: the next pull compares and fetches it again.
        """
        sound = True
        for step in checked(self.database, self.vault, self.aside, self.audit):
            sound = sound and step.finding is None
            yield step
            if step.step == "register" and step.finding is not None:
                self.pulled.recount()
        if sound:
            self.sweep()

    def files(self) -> tuple[list[str], list[Path]]:
        """SHA-256 of files that rows name and that are missing; the encrypted files there are, in order."""
        missing: list[str] = []
        found: list[Path] = []
        for place, query in ((self.vault, NAMED), (self.aside, KEPT)):
            there = set(place.names())
            missing += sorted({row[0] for row in self.database.read(query)} - there)
            found += [place.path(sha256) for sha256 in sorted(there)]
        return missing, found

    def sweep(self, age: timedelta = timedelta(days=30)) -> list[str]:
        """Delete files that no row names and that are older than ``age``; their names. Logged.

        ``age`` leaves time to find out that an older database was put in place of the one that named them.
        """
        named = {row[0] for row in self.database.read(NAMED)}
        kept = {row[0] for row in self.database.read(KEPT)}
        before = (self.clock() - age).timestamp()
        try:
            swept = self.vault.sweep(named, before) + self.aside.sweep(kept, before)
        except OSError as error:
            raise disk_problem(error) from error
        if swept:
            self.audit.append("files.swept", {"names": swept})
        return swept

    def close(self) -> None:
        """Finish queued writes and let go of the store; again does nothing."""
        self.database.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


__all__ = ["DATABASE", "KEYS", "Store", "utc_now"]
