"""The door of a laptop: who may open it, with what, and how often they may try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from fieldapp.errors import UserError
from fieldapp.services.revocation import admit, ask_again, revoked_at
from fieldapp.store import Inspector, KeyStrength, Store
from fieldapp.store.keys import DayPin
from fieldapp.store.store import KEYS

if TYPE_CHECKING:  # the door is seen before the services are loaded: they take longer than it
    from fieldapp.services.laptop import Laptop

#: A PIN set in the morning opens until then (product 2).
EVENING = time(18)
#: One set late still opens for so long, but never past midnight.
LEAST = timedelta(hours=2)
#: So many wrong passphrases in a row, then a pause.
TRIES, PAUSE = 5, timedelta(minutes=1)
Opened = TypeVar("Opened")


@dataclass(frozen=True, slots=True)
class PinState:
    """An inspector's PIN of today: since when, until when, how many wrong tries are left."""

    since: datetime
    until: datetime
    tries_left: int


class Access:
    """Opens the store in ``folder`` by passphrase or by the PIN of the day.

    PINs and counts of wrong tries live in this process only. Every method that opens stretches a passphrase,
    which takes a second: off the GUI thread with it.
    """

    def __init__(
        self,
        folder: Path,
        built: Callable[[Store], Laptop],
        clock: Callable[[], datetime],
        strength: KeyStrength | None = None,
    ) -> None:
        self.folder = folder
        self.clock = clock
        self._built = built
        self._strength = strength
        self._pins: dict[str, tuple[DayPin, datetime, datetime]] = {}
        self._wrong: dict[str, tuple[int, datetime]] = {}

    def exists(self) -> bool:
        """Whether there is a store to open; else this is the first run."""
        return (self.folder / KEYS).exists()

    def inspectors(self) -> tuple[Inspector, ...]:
        """Who can open it. UserError STORE_001, STORE_004."""
        return Store.inspectors(self.folder)

    def set_up(
        self,
        *,
        server: str,
        code: str,
        ca_pem: str,
        device_name: str,
        inspector: Inspector,
        passphrase: str,
    ) -> Laptop:
        """First run: register with the district and make the store. Errors of ``registration.set_up``."""
        from fieldapp.services.registration import set_up

        store = set_up(
            self.folder,
            server=server,
            code=code,
            ca_pem=ca_pem,
            device_name=device_name,
            inspector=inspector,
            passphrase=passphrase,
            clock=self.clock,
            strength=self._strength,
        )
        return self._built(store)

    def unlock(self, inspector_id: str, passphrase: str) -> Laptop:
        """Open with a passphrase. UserError LAPTOP_003 during the pause after five wrong ones; and those of
        ``Store.unlock`` and ``revocation.admit``.
        """
        store = self._tried(
            inspector_id, lambda: Store.unlock(self.folder, inspector_id, passphrase, clock=self.clock)
        )
        admit(store, self.clock)
        return self._built(store)

    def _tried(self, inspector_id: str, opened: Callable[[], Opened]) -> Opened:
        wrong, at = self._wrong.get(inspector_id, (0, self.clock()))
        left = at + PAUSE - self.clock()
        if wrong >= TRIES and left > timedelta(0):
            raise UserError("LAPTOP_003", seconds=max(1, round(left.total_seconds())))
        try:
            made = opened()
        except UserError as error:
            if error.code == "STORE_002":
                self._wrong[inspector_id] = (wrong % TRIES + 1, self.clock())
            raise
        self._wrong.pop(inspector_id, None)
        return made

    def uncover(self, laptop: Laptop, passphrase: str) -> Laptop:
        """Let who works on ``laptop`` back to it: its store is open behind the door, because the disk does
        not take what was typed. Errors as of ``unlock``; whatever they are, the store stays open.
        """
        actor = laptop.store.keys.actor.inspector_id
        self._tried(actor, lambda: laptop.store.key_file.unlock(actor, passphrase))
        ask_again(laptop.store, self.clock)
        return laptop

    def uncover_with_pin(self, laptop: Laptop, pin: str) -> Laptop:
        """As ``uncover``, with the PIN of today. UserError STORE_009 for a wrong one, STORE_010 for none."""
        kept = self._pins.get(laptop.store.keys.actor.inspector_id)
        if kept is None:
            raise UserError("STORE_010")
        kept[0].unlock(pin)
        return laptop

    def tries_left(self, inspector_id: str) -> int:
        """How many wrong passphrases there may still be before the pause."""
        return TRIES - self._wrong.get(inspector_id, (0, self.clock()))[0] % TRIES

    def set_pin(self, laptop: Laptop, pin: str) -> PinState:
        """Let six digits open it again until evening. UserError STORE_008."""
        now = self.clock()
        evening = datetime.combine(now.date(), EVENING, now.tzinfo)
        midnight = datetime.combine(now.date() + timedelta(days=1), time(0), now.tzinfo)
        until = min(max(evening, now + LEAST), midnight)
        made = laptop.store.day_pin(pin, until, self._strength)
        self._pins[laptop.store.keys.actor.inspector_id] = (made, now, until)
        return PinState(now, until, made.tries_left)

    def pin(self, inspector_id: str) -> PinState | None:
        """The inspector's PIN of today, None if there is none (any more): then only the passphrase opens."""
        kept = self._pins.get(inspector_id)
        if kept is None or self.clock() >= kept[2] or kept[0].tries_left == 0:
            return None
        return PinState(kept[1], kept[2], kept[0].tries_left)

    def unlock_with_pin(self, inspector_id: str, pin: str) -> Laptop:
        """Open with the PIN of today. UserError STORE_009 for a wrong one, STORE_010 for none or a spent, or
        if the district has disabled the laptop.
        """
        kept = self._pins.get(inspector_id)
        if kept is None:
            raise UserError("STORE_010")
        store = Store(self.folder, kept[0].unlock(pin), self.clock)
        try:
            if revoked_at(store) is not None:
                self.forget_pins()
                raise UserError("STORE_010")
            store.audit.append("store.unlocked", {"inspector": inspector_id, "by": "pin"})
            return self._built(store)
        except BaseException:  # the lock of the store would keep everyone out until this process ends
            store.close()
            raise

    def forget_pins(self) -> None:
        """From now on only passphrases open, whoever it is."""
        self._pins.clear()

    def add_inspector(self, laptop: Laptop, inspector: Inspector, passphrase: str) -> None:
        """A slot for one more person. UserError STORE_005, STORE_037."""
        laptop.store.add_inspector(inspector, passphrase, self._strength)

    def change_passphrase(self, laptop: Laptop, old: str, new: str) -> None:
        """Of who works. The PIN of today goes. UserError STORE_002, STORE_005."""
        laptop.store.change_passphrase(old, new, self._strength)
        self._pins.pop(laptop.store.keys.actor.inspector_id, None)

    def district_of(self, laptop: Laptop) -> str:
        """The district's name. UserError LAPTOP_001."""
        from fieldapp.services.registration import enrolment_of

        return enrolment_of(laptop.store).district
