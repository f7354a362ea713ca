"""A laptop that its district has disabled: locked at the contact that says so, until the district accepts it.

The lock stands in the encrypted, audited store. Whoever gives a right passphrase is told; the server is asked
again, and its yes opens. Nothing is deleted. The district's recovery key opens in any case: it stands above.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fieldapp.errors import FieldappError, Phrase, UserError
from fieldapp.settings import ZONE
from fieldapp.store import Store

#: Setting: when the district was heard to refuse this laptop, ISO with zone; None or missing: it has not.
REVOKED = "revoked_at"
#: What the district's refusal is called when it is heard.
REFUSED = "SYNC_021"


def revoked_at(store: Store) -> datetime | None:
    """Since when the laptop is locked by its district, None if it is not."""
    kept = store.settings.get(REVOKED)
    return None if kept is None else datetime.fromisoformat(kept)


def note(store: Store, clock: Callable[[], datetime]) -> None:
    """The district has refused the laptop: it is locked from now on. Durable; again changes nothing."""
    if revoked_at(store) is None:
        store.set_noted(REVOKED, clock().isoformat(), "laptop.revoked", {})


def lift(store: Store, by: str) -> None:
    """The lock ends, ``by`` the ``server`` or the ``recovery_key``. Nothing happens if there is none."""
    if revoked_at(store) is not None:
        store.set_noted(REVOKED, None, "laptop.readmitted", {"by": by})


def admit(store: Store, clock: Callable[[], datetime]) -> None:
    """Let an opened store pass, or close it: errors of ``ask_again``."""
    try:
        ask_again(store, clock)
    except BaseException:
        store.close()
        raise


def ask_again(store: Store, clock: Callable[[], datetime]) -> None:
    """If the laptop is locked, the server is asked, which takes a network; its yes lifts the lock.

    UserError LAPTOP_004 while the district refuses the laptop or cannot be asked.
    """
    since = revoked_at(store)
    if since is None:
        return
    try:
        _ask(store, clock)
    except FieldappError as error:
        raise UserError(
            "LAPTOP_004",
            at=f"{since.astimezone(ZONE):%Y-%m-%d %H:%M}",
            count=store.outbox.unsent(),
            reason=_why(error),
        ) from error
    lift(store, "server")


def _why(error: FieldappError) -> Phrase:
    if error.code == REFUSED:
        return Phrase("The server was asked just now and still refuses it.")
    return Phrase("The server could not be asked just now ({code}).", code=error.code)


def _ask(store: Store, clock: Callable[[], datetime]) -> None:
    from fieldapp import __version__
    from fieldapp.services.registration import enrolment_of
    from fieldapp.sync.enrolment import connected
    from fieldapp.sync.hello import hello

    with connected(enrolment_of(store)) as transport:
        hello(transport, client=__version__, now=clock())
