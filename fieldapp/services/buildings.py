"""Buildings of this laptop's register: import, search, what is known of one."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from uuid import UUID, uuid5

from fieldapp.domain.codelists import codelists
from fieldapp.domain.register import normal_address, order_key, schema
from fieldapp.domain.sample import NAMESPACE, sample_district
from fieldapp.domain.sample_lists import sample_lists
from fieldapp.errors import Phrase, UserError
from fieldapp.store import Store
from fieldapp.store.model import RegisterRow, ShownRow

LIST = "buildings"


class Buildings:
    """The list ``buildings`` as an inspector meets it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def import_sample(self, size: int, progress: Callable[[int], None] | None = None) -> int:
        """Take in the sample district (marked as sample), with units, plates, other names, areas and
        contacts; how many houses."""
        houses = sample_district(size)
        for list_name, rows in sample_lists(houses).items():
            self._store.register.import_rows(list_name, map(_register_row, rows))
        return self._take_in(houses, progress)

    def import_file(self, file: Path, progress: Callable[[int], None] | None = None) -> int:
        """Take in a CSV with a head line or a JSON list of objects; how many rows.

        All rows are checked before the first is written. UserError LAPTOP_002 names the row that cannot be
        taken; CLI_003 is raised for a file that cannot be read.
        """
        return self._take_in(_checked(read_rows(file), file.name), progress)

    def _take_in(self, rows: Iterable[Mapping[str, str]], progress: Callable[[int], None] | None) -> int:
        return self._store.register.import_rows(LIST, map(_register_row, rows), progress)

    def find(self, text: str, limit: int = 50) -> tuple[ShownRow, ...]:
        """Buildings by any two characters, pinyin initials (``tdl12``), or code; in lane order."""
        found = {row.id: row for row in self._by_code(text)}
        found |= {row.id: row for row in self._store.register.find(text, limit, LIST)}
        return tuple(sorted(found.values(), key=lambda row: row.values.get("address_order", row.label)))

    def _by_code(self, text: str) -> list[ShownRow]:
        rows = self._store.register.lookup(LIST, "building_code", text.strip())
        shown = (self._store.register.get(LIST, row["name"]) for row in rows)
        return [row for row in shown if row is not None]

    def get(self, building: str) -> ShownRow:
        """One building by id, code, or a text that fits only one.

        UserError VISIT_006 for none, VISIT_010 for several.
        """
        row = self._store.register.get(LIST, building)
        if row is not None:
            return row
        found = self._by_code(building) or list(self._store.register.find(building, 3, LIST))
        exact = [one for one in found if one.label == building]
        if len(exact) == 1 or len(found) == 1:
            return (exact or found)[0]
        if not found:
            raise UserError("VISIT_006")
        raise UserError("VISIT_010", count=len(self.find(building)))

    def has_sample(self) -> bool:
        """Whether made-up buildings (示例数据) are among them."""
        return self._store.register.holds(LIST, "sample", "yes")

    def of(self, building_id: UUID | None) -> ShownRow | None:
        """The building of a visit, None for a house that is not in the register yet."""
        return None if building_id is None else self._store.register.get(LIST, str(building_id))


def _register_row(row: Mapping[str, str]) -> RegisterRow:
    values = {key: value for key, value in row.items() if value and key not in {"name", "label"}}
    return RegisterRow(row["name"], row["label"], values)


def streets_with_houses(store: Store) -> tuple[str, ...]:
    """Names of the streets that have houses here, in the order of the code list."""
    return tuple(name for name in codelists()["street"].items if store.register.holds(LIST, "street", name))


def read_rows(file: Path) -> list[dict[str, str]]:
    """Rows of a CSV with a head line (UTF-8, with or without its mark) or of a JSON list of objects.

    UserError CLI_003 if the file cannot be read, LAPTOP_002 if it is something else.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError("CLI_003", file=file.name, problem=error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise UserError("LAPTOP_002", file=file.name, problem="not UTF-8 text", row=0) from error
    if file.suffix.lower() != ".json":
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return [{key: (value or "").strip() for key, value in row.items() if key} for row in rows]
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UserError("LAPTOP_002", file=file.name, problem="not JSON", row=0) from error
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise UserError("LAPTOP_002", file=file.name, problem="not a list of objects", row=0)
    return [{str(key): "" if value is None else str(value) for key, value in row.items()} for row in found]


def _checked(rows: list[dict[str, str]], file: str) -> list[dict[str, str]]:
    """Rows with id, label and the derived addresses; nothing is dropped, what does not fit is refused."""
    known = set(schema(LIST).properties) | {"name", "label"}
    seen: set[str] = set()
    whole: list[dict[str, str]] = []
    for number, row in enumerate(rows, start=1):
        strangers = sorted(set(row) - known)
        address, code = row.get("address_detail", ""), row.get("building_code", "")
        problem: str | Phrase = ""
        if strangers:
            problem = Phrase("unknown columns {names}", names=", ".join(strangers))
        elif not address:
            problem = "address_detail is empty"
        elif not (row.get("name") or code):
            problem = "neither name nor building_code"
        identity = row.get("name") or str(uuid5(NAMESPACE, code))
        try:
            identity = str(UUID(identity))
        except ValueError:
            problem = problem or "name is no uuid"
        if identity in seen:
            problem = problem or "the building stands twice"
        if problem:
            raise UserError("LAPTOP_002", file=file, problem=problem, row=number)
        seen.add(identity)
        derived = {"address_norm": normal_address(address), "address_order": order_key(address)}
        whole.append(derived | row | {"name": identity, "label": row.get("label") or address})
    return whole
