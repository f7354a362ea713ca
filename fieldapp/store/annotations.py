"""What was drawn onto copies of photographs. Originals stay as they are; every drawing is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlite_utils import Database as Rows

from fieldapp.errors import UserError
from fieldapp.store.audit import Audit
from fieldapp.store.database import Database
from fieldapp.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Annotation:
    """The marks of a photograph of a visit. ``sha256`` names the original, ``marks`` is a JSON list,
    ``copy`` the picture with the marks in the vault, None when all marks were taken away again.
    """

    visit_id: UUID
    sha256: str
    marks: str
    copy: str | None


class Annotations:
    """The drawings of this laptop."""

    def __init__(
        self, database: Database, vault: Vault, audit: Audit, actor: str, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._vault = vault
        self._audit = audit
        self._actor = actor
        self._clock = clock

    def add(self, annotation: Annotation) -> None:
        """Keep a drawing; it counts from now on. UserError STORE_031 if its copy is not in the vault."""
        if annotation.copy is not None and not self._vault.has(annotation.copy):
            raise UserError("STORE_031", sha256=annotation.copy)

        def keep(rows: Rows) -> None:
            rows.execute(
                "INSERT INTO annotations (visit_id, sha256, marks, copy, drawn_at, actor) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    str(annotation.visit_id),
                    annotation.sha256,
                    annotation.marks,
                    annotation.copy,
                    self._clock().isoformat(),
                    self._actor,
                ),
            )
            detail = {"visit_id": str(annotation.visit_id), "sha256": annotation.sha256}
            self._audit.add(rows, "photo.annotated", detail | {"copy": annotation.copy})

        self._database.write(keep)

    def of_visit(self, visit_id: UUID, until: datetime | None = None) -> dict[str, Annotation]:
        """What counts for each photograph of a visit that has marks, by the original's SHA-256; ``until``
        as it was at that moment.
        """
        found = self._database.read(
            "SELECT sha256, marks, copy, drawn_at FROM annotations WHERE visit_id = ? ORDER BY number",
            (str(visit_id),),
        )
        newest = {
            sha256: Annotation(visit_id, sha256, marks, copy)
            for sha256, marks, copy, drawn_at in found
            if until is None or datetime.fromisoformat(drawn_at) <= until
        }
        return {sha256: one for sha256, one in newest.items() if one.copy is not None}
