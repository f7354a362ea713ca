"""Settings, published forms, photographs: small tables around the records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlite_utils import Database as Rows

from fieldapp.errors import UserError
from fieldapp.store.audit import Audit
from fieldapp.store.database import Database, Row
from fieldapp.store.model import FinalizedVisit, KeptAside, Photo, StoredForm, to_json, uuid_or_none
from fieldapp.store.redirects import in_file
from fieldapp.store.vault import Vault

_PHOTO = (
    "sha256, visit_id, building_id, question, kind, name, size, media_type, width, height, taken_at, "
    "latitude, longitude, camera, has_exif, thumbnail, stamped, added_at, hazard_id"
)
_PLACE = (
    f"INSERT INTO photos ({_PHOTO}) "  # noqa: S608 - names
    f"SELECT {_PHOTO.replace('question, kind', '?, ?')} FROM photos WHERE visit_id = ? AND sha256 = ? "
    "ORDER BY number LIMIT 1 ON CONFLICT (visit_id, sha256, question) DO UPDATE SET kind = excluded.kind"
)


class Settings:
    """Values by key, any JSON."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or ``default``."""
        row = self._database.one("SELECT value FROM settings WHERE key = ?", (key,))
        return default if row is None else json.loads(row[0])

    def set(self, key: str, value: object) -> None:
        """Keep a value."""
        self._database.write(lambda rows: self.put(rows, key, value))

    @staticmethod
    def put(rows: Rows, key: str, value: object) -> None:
        """Keep a value within a transaction that does more."""
        rows.execute(
            "INSERT INTO settings (key, value) VALUES (?, ?) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, to_json(value)),
        )


class Forms:
    """Published XForms by id and version, the bytes as they came."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def install(self, form_id: str, version: str, xml: bytes) -> StoredForm:
        """Keep a form version; again with the same bytes changes nothing. UserError STORE_037 for other
        bytes.
        """
        form = StoredForm(form_id, version, hashlib.sha256(xml).hexdigest(), xml, self._clock())

        def keep(rows: Rows) -> None:
            known = rows.execute(
                "SELECT sha256 FROM forms WHERE form_id = ? AND version = ?", (form_id, version)
            ).fetchone()
            if known is not None and known[0] != form.sha256:
                raise UserError("STORE_037", kind="form", id=f"{form_id} {version}")
            if known is None:
                rows.execute(
                    "INSERT INTO forms (form_id, version, sha256, xml, installed_at) VALUES (?, ?, ?, ?, ?)",
                    (form_id, version, form.sha256, xml, form.installed_at.isoformat()),
                )
                detail = {"form_id": form_id, "version": version, "sha256": form.sha256}
                self._audit.add(rows, "form.installed", detail)

        self._database.write(keep)
        return form

    def get(self, form_id: str, version: str | None = None) -> StoredForm | None:
        """That version, or the one installed last."""
        where, values = ("", ()) if version is None else ("AND version = ?", (version,))
        row = self._database.one(
            "SELECT form_id, version, sha256, xml, installed_at FROM forms "  # noqa: S608 - names
            f"WHERE form_id = ? {where} ORDER BY rowid DESC LIMIT 1",
            (form_id, *values),
        )
        return None if row is None else _form_of(row)

    def list(self) -> tuple[StoredForm, ...]:
        """All of them, oldest first."""
        found = self._database.read(
            "SELECT form_id, version, sha256, xml, installed_at FROM forms ORDER BY rowid"
        )
        return tuple(_form_of(row) for row in found)


def _form_of(row: Row) -> StoredForm:
    form_id, version, sha256, xml, installed = row
    return StoredForm(form_id, version, sha256, xml, datetime.fromisoformat(installed))


class Photos:
    """The one index of photographs; their bytes are in the vault before a row names them."""

    def __init__(
        self, database: Database, vault: Vault, aside: Vault, audit: Audit, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._vault = vault
        self._aside = aside
        self._audit = audit
        self._clock = clock

    def add(self, photo: Photo) -> bool:
        """Keep a row; False if this photograph answers this question of this visit already.

        UserError STORE_031 if a file it names is not in the vault.
        """
        for named in (photo.sha256, photo.thumbnail, photo.stamped):
            if named and not self._vault.has(named):
                raise UserError("STORE_031", sha256=named)

        def keep(rows: Rows) -> bool:
            row = asdict(photo) | {
                "visit_id": str(photo.visit_id),
                "building_id": None if photo.building_id is None else str(photo.building_id),
                "has_exif": int(photo.has_exif),
                "added_at": photo.added_at.isoformat(),
            }
            places = ", ".join(f":{name}" for name in row)
            fresh = rows.execute(
                f"INSERT INTO photos ({', '.join(row)}) VALUES ({places}) "  # noqa: S608 - names of fields
                "ON CONFLICT DO NOTHING RETURNING 1",
                row,
            ).fetchone()
            return fresh is not None

        return self._database.write(keep)

    def for_visit(self, visit_id: UUID) -> tuple[Photo, ...]:
        """The photographs of a visit, in the order added."""
        return self._where("visit_id = ?", [str(visit_id)])

    def for_building(self, building_id: UUID) -> tuple[Photo, ...]:
        """The photographs of a building over all visits."""
        return self._where(*in_file(building_id))

    def hashes(self) -> frozenset[str]:
        """The SHA-256 of all originals that this laptop took in."""
        return frozenset(row[0] for row in self._database.read("SELECT DISTINCT sha256 FROM photos"))

    def by_sha256(self, sha256: str) -> tuple[Photo, ...]:
        """Wherever this original is used."""
        return self._where("sha256 = ?", [sha256])

    def _where(self, term: str, values: Sequence[object]) -> tuple[Photo, ...]:
        found = self._database.read(f"SELECT {_PHOTO} FROM photos WHERE {term} ORDER BY number", values)  # noqa: S608 - names
        return tuple(_photo_of(row) for row in found)

    def keep_aside(self, content: bytes, name: str, code: str, visit_id: UUID | None = None) -> str:
        """Keep bytes that could not be taken in (``code`` says why), encrypted; their SHA-256."""
        sha256 = self._aside.put(content)

        def keep(rows: Rows) -> None:
            rows.execute(
                "INSERT INTO kept_aside (sha256, visit_id, name, code, size, at) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT DO NOTHING",
                (
                    sha256,
                    None if visit_id is None else str(visit_id),
                    name,
                    code,
                    len(content),
                    self._clock().isoformat(),
                ),
            )
            self._audit.add(rows, "file.kept_aside", {"sha256": sha256, "code": code})

        self._database.write(keep)
        return sha256

    def kept_aside(self) -> tuple[KeptAside, ...]:
        """What was kept aside, oldest first."""
        found = self._database.read(
            "SELECT sha256, visit_id, name, code, size, at FROM kept_aside ORDER BY at"
        )
        return tuple(
            KeptAside(row[0], uuid_or_none(row[1]), row[2], row[3], row[4], datetime.fromisoformat(row[5]))
            for row in found
        )

    def read_aside(self, sha256: str) -> bytes:
        """The bytes of a file kept aside."""
        return self._aside.get(sha256)


def place_photos(rows: Rows, finalized: FinalizedVisit) -> None:
    """Let the index say of every photograph of a visit what its frozen records say: where it stands and what
    it shows. Both may have changed since it was taken in. A correction only adds, for other records may
    show the same photograph.
    """
    visit_id = str(finalized.visit.visit_id)
    placed: dict[str, set[str]] = {}
    for photo in (photo for one in finalized.submissions for photo in one.photos):
        rows.execute(_PLACE, (photo.question, photo.kind, visit_id, photo.sha256))
        placed.setdefault(photo.sha256, set()).add(photo.question)
    if any(one.chain.deprecated_id is not None for one in finalized.submissions):
        return
    for sha256, questions in placed.items():
        rows.execute(
            "DELETE FROM photos WHERE visit_id = ? AND sha256 = ? "
            "AND question NOT IN (SELECT value FROM json_each(?))",
            (visit_id, sha256, json.dumps(sorted(questions))),
        )


def _photo_of(row: Row) -> Photo:
    fields = dict(zip(_PHOTO.split(", "), row, strict=True))
    fields["visit_id"] = UUID(fields["visit_id"])
    fields["building_id"] = uuid_or_none(fields["building_id"])
    fields["has_exif"] = bool(fields["has_exif"])
    fields["added_at"] = datetime.fromisoformat(fields["added_at"])
    return Photo(**fields)
