"""Keys of a store: one master key, one slot per inspector, a recovery slot always (ADR 0005).

The master key M is 32 random bytes and never touches the disk unwrapped. From M come, by HKDF-SHA256 with
labels, the
database key, the vault key and the key that wraps the laptop's Ed25519 signing key. ``keys.json`` names every
algorithm, because others may be asked for later.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldapp.errors import FieldappError, Phrase, UserError
from fieldapp.store.files import disk_problem, write_durably

FILE = "keys.json"
#: The same once more: without its key file nobody opens a store, the district's recovery key neither.
COPY = "keys.copy.json"
FORMAT = 1
RECOVERY_INFO = b"fieldapp recovery slot 1"
MIN_PASSPHRASE = 8
#: 1 GiB: a key file that asks for more was made to stop the laptop.
MOST_KIB = 1024 * 1024
_HPKE = "hpke-x25519-hkdf-sha256-aes256gcm"


@dataclass(frozen=True, slots=True)
class KeyStrength:
    """Cost of a passphrase guess: argon2id memory in KiB, passes, lanes."""

    memory_kib: int = 128 * 1024
    passes: int = 4
    lanes: int = 2


@dataclass(frozen=True, slots=True)
class Inspector:
    """Whose slot it is: a short id (the actor in audit and records) and a name to show."""

    inspector_id: str
    name: str


@dataclass(frozen=True, slots=True)
class OpenKeys:
    """The keys of an unlocked store, in memory only. ``actor`` is the slot that opened it."""

    actor: Inspector
    master: bytes
    signing: Ed25519PrivateKey

    @property
    def database(self) -> bytes:
        """Raw 32-byte key of the database."""
        return derived(self.master, "database")

    @property
    def vault(self) -> bytes:
        """Raw 32-byte AES-256-GCM key of the vault."""
        return derived(self.master, "vault")


def derived(master: bytes, label: str) -> bytes:
    """HKDF-SHA256 of the master key under ``fieldapp <label> 1``, 32 bytes."""
    return HKDF(SHA256(), 32, None, f"fieldapp {label} 1".encode()).derive(master)


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _seal(key: bytes, content: bytes, purpose: str) -> dict[str, str]:
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, content, purpose.encode())
    return {"cipher": "aes-256-gcm", "nonce": _b64(nonce), "sealed": _b64(sealed)}


def _open(key: bytes, box: Mapping[str, str], purpose: str) -> bytes:
    nonce, sealed = base64.b64decode(box["nonce"]), base64.b64decode(box["sealed"])
    return AESGCM(key).decrypt(nonce, sealed, purpose.encode())


def _stretched(passphrase: str, salt: bytes, strength: KeyStrength) -> bytes:
    return hash_secret_raw(
        passphrase.encode(), salt, strength.passes, strength.memory_kib, strength.lanes, 32, Type.ID
    )


def _checksum(content: Mapping[str, Any]) -> str:
    """Tells a damaged file from a wrong passphrase; it protects nothing, the slots' ciphers do."""
    rest = {name: value for name, value in content.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


class KeyFile:
    """``keys.json`` of a store: slots and the wrapped signing key. Every change is written durably at
    once.
    """

    def __init__(self, folder: Path, content: dict[str, Any]) -> None:
        self.path = folder / FILE
        self.content = content

    @classmethod
    def create(cls, folder: Path, recovery_key: bytes, signing: Ed25519PrivateKey) -> tuple[KeyFile, bytes]:
        """A new key file, not written yet, and its master key. ``recovery_key``: raw X25519 public key."""
        master = os.urandom(32)
        sealed = _suite().encrypt(master, X25519PublicKey.from_public_bytes(recovery_key), info=RECOVERY_INFO)
        content: dict[str, Any] = {
            "format": FORMAT,
            "slots": {},
            "recovery": {"algorithm": _HPKE, "public_key": _b64(recovery_key), "sealed": _b64(sealed)},
            "signing": {
                "algorithm": "ed25519",
                "public_key": _b64(signing.public_key().public_bytes_raw()),
                "kdf": "hkdf-sha256",
            }
            | _seal(derived(master, "signing"), signing.private_bytes_raw(), "signing"),
        }
        return cls(folder, content), master

    @classmethod
    def read(cls, folder: Path) -> KeyFile:
        """From ``keys.json``, or from its copy if that is damaged or gone.

        UserError STORE_001 without a store, STORE_004 if both are damaged or of a newer program;
        EnvironmentProblem STORE_021 if the disk reads neither.
        """
        problems: list[FieldappError] = []
        for name in (FILE, COPY):
            try:
                return cls.checked(folder, json.loads((folder / name).read_text("utf-8")))
            except FileNotFoundError:
                problems.append(UserError("STORE_001", folder=folder))
            except OSError as error:
                problems.append(disk_problem(error))
            except ValueError:
                problems.append(UserError("STORE_004", problem="not readable"))
            except UserError as error:
                problems.append(error)
        raise problems[0]

    @classmethod
    def checked(cls, folder: Path, content: Any) -> KeyFile:
        """The key file of ``folder`` with what was read for it. UserError STORE_004 as ``read``."""
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise UserError("STORE_004", problem="unknown format")
        if not isinstance(content.get("slots"), dict) or content.get("sha256") != _checksum(content):
            raise UserError("STORE_004", problem="its checksum does not fit")
        return cls(folder, content)

    def write(self) -> None:
        """To the disk with its copy, durably."""
        self.content["sha256"] = _checksum(self.content)
        for path in (self.path, self.path.with_name(COPY)):
            write_durably(path, json.dumps(self.content, ensure_ascii=False, indent=1).encode())

    def inspectors(self) -> tuple[Inspector, ...]:
        """Who has a slot."""
        return tuple(Inspector(key, slot["name"]) for key, slot in self.content["slots"].items())

    def set_slot(self, master: bytes, inspector: Inspector, passphrase: str, strength: KeyStrength) -> None:
        """Add or replace a slot and write. UserError STORE_005 for a short passphrase."""
        if len(passphrase) < MIN_PASSPHRASE:
            raise UserError("STORE_005", least=MIN_PASSPHRASE)
        salt = os.urandom(16)
        key = _stretched(passphrase, salt, strength)
        self.content["slots"][inspector.inspector_id] = {
            "name": inspector.name,
            "kdf": "argon2id",
            "salt": _b64(salt),
            "memory_kib": strength.memory_kib,
            "passes": strength.passes,
            "lanes": strength.lanes,
        } | _seal(key, master, f"slot {inspector.inspector_id}")
        self.write()

    def first_slot(
        self, master: bytes, inspector: Inspector, passphrase: str, strength: KeyStrength
    ) -> OpenKeys:
        """Give ``inspector`` a slot without another's passphrase (creation, recovery); the open keys."""
        opened = self.opened(master, inspector)
        self.set_slot(master, inspector, passphrase, strength)
        return opened

    def remove_slot(self, inspector_id: str) -> None:
        """Take a slot away and write. UserError STORE_003 for none, STORE_006 for the last one."""
        if inspector_id not in self.content["slots"]:
            raise UserError("STORE_003", inspector=inspector_id, known=", ".join(self.content["slots"]))
        if len(self.content["slots"]) < 2:
            raise UserError("STORE_006")
        del self.content["slots"][inspector_id]
        self.write()

    def unlock(self, inspector_id: str, passphrase: str) -> OpenKeys:
        """The keys. UserError STORE_002 for a wrong passphrase, STORE_003 for an unknown inspector."""
        slot = self.content["slots"].get(inspector_id)
        if slot is None:
            known = ", ".join(self.content["slots"])
            raise UserError("STORE_003", inspector=inspector_id, known=known)
        try:
            strength = KeyStrength(slot["memory_kib"], slot["passes"], slot["lanes"])
            if (
                not 1 <= strength.lanes * 8 <= strength.memory_kib <= MOST_KIB
                or not 1 <= strength.passes <= 64
            ):
                raise ValueError(strength)
            key = _stretched(passphrase, base64.b64decode(slot["salt"]), strength)
            master = _open(key, slot, f"slot {inspector_id}")
        except InvalidTag as error:
            raise UserError("STORE_002") from error
        except (KeyError, ValueError, TypeError) as error:
            raise UserError(
                "STORE_004", problem=Phrase("slot {inspector}", inspector=inspector_id)
            ) from error
        return self.opened(master, Inspector(inspector_id, slot["name"]))

    def recover(self, private_key: bytes) -> bytes:
        """The master key by the district's recovery key (raw X25519). UserError STORE_007 if it does not
        fit.
        """
        try:
            sealed = base64.b64decode(self.content["recovery"]["sealed"])
            return _suite().decrypt(
                sealed, X25519PrivateKey.from_private_bytes(private_key), info=RECOVERY_INFO
            )
        except (KeyError, ValueError, TypeError, InvalidTag) as error:
            raise UserError("STORE_007") from error

    def opened(self, master: bytes, actor: Inspector) -> OpenKeys:
        """The keys that follow from the master key. UserError STORE_004 for a damaged signing key."""
        try:
            raw = _open(derived(master, "signing"), self.content["signing"], "signing")
        except (InvalidTag, KeyError, ValueError) as error:
            raise UserError("STORE_004", problem="signing key") from error
        return OpenKeys(actor, master, Ed25519PrivateKey.from_private_bytes(raw))


#: Wrong PINs before only the passphrase opens again (product.md 2).
PIN_TRIES = 5


class DayPin:
    """A 6-digit PIN that unlocks again until evening.

    It lives in the running process only: six digits on the disk would be guessed in seconds by whoever has
    the
    disk. The master key is kept wrapped under a key that needs the PIN and a secret of this process.
    """

    def __init__(
        self,
        keys: OpenKeys,
        pin: str,
        until: datetime,
        clock: Callable[[], datetime],
        strength: KeyStrength,
    ) -> None:
        """UserError STORE_008 unless ``pin`` is 6 digits; it ends at ``until`` of ``clock`` (both aware)."""
        if len(pin) != 6 or not (pin.isascii() and pin.isdigit()):
            raise UserError("STORE_008")
        self._until = until
        self._clock = clock
        self._strength = strength
        self._salt = os.urandom(16)
        self._secret = os.urandom(32)
        self._actor = keys.actor
        both = keys.master + keys.signing.private_bytes_raw()
        self._box: dict[str, str] | None = _seal(self._key(pin), both, "pin")
        self.tries_left = PIN_TRIES

    def _key(self, pin: str) -> bytes:
        return derived(_stretched(pin, self._salt, self._strength) + self._secret, "pin")

    def unlock(self, pin: str) -> OpenKeys:
        """The keys. UserError STORE_009 for a wrong PIN (with tries left), STORE_010 when it is spent."""
        if self._clock() >= self._until:
            self.forget()
        if self._box is None:
            raise UserError("STORE_010")
        try:
            both = _open(self._key(pin), self._box, "pin")
        except InvalidTag as error:
            self.tries_left -= 1
            if self.tries_left == 0:
                self.forget()
                raise UserError("STORE_010") from error
            raise UserError("STORE_009", left=self.tries_left) from error
        self.tries_left = PIN_TRIES
        return OpenKeys(self._actor, both[:32], Ed25519PrivateKey.from_private_bytes(both[32:]))

    def forget(self) -> None:
        """Evening, or too many tries: only the passphrase opens from now on."""
        self._box = None
