"""Filling a form without a store: to try a form before it is published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from fieldapp.domain.visit import Visit
from fieldapp.errors import UserError
from fieldapp.forms import FormDefinition, FormSession, ListSource, load_form
from fieldapp.services.answer_file import Answers, Editor, fill
from fieldapp.services.filling import head_of
from fieldapp.services.form_functions import form_functions
from fieldapp.services.publishing import build, find_form
from fieldapp.services.shared_visit import files_houses

Rows = Sequence[Mapping[str, str]]


class RowLists:
    """External lists held in memory, indexed by every column that was asked for."""

    def __init__(self, lists: Mapping[str, Rows]) -> None:
        self._lists = {name: [{"__version": "1", **row} for row in rows] for name, rows in lists.items()}
        self._indexes: dict[tuple[str, str], dict[str, list[Mapping[str, str]]]] = {}

    def lookup(self, list_name: str, column: str, value: str) -> Rows:
        """Rows whose ``column`` is ``value``. KeyError for a list that was not given."""
        index = self._indexes.get((list_name, column))
        if index is None:
            index = {}
            for row in self._lists[list_name]:
                index.setdefault(row.get(column, ""), []).append(row)
            self._indexes[list_name, column] = index
        return index.get(value, ())


def load(form: str, lists: ListSource, clock: Callable[[], datetime]) -> FormDefinition:
    """A form by its id or file (``.md``, ``.xlsx``, ``.xml``). UserError FORM_0.., FORM_1.."""
    path = Path(form)
    if path.suffix == ".xml":
        try:
            xml = path.read_bytes()
        except OSError as error:
            raise UserError("CLI_003", file=path.name, problem=error.strerror or "") from error
    else:
        xml = build(path if path.suffix in {".md", ".xlsx"} else find_form(form).path).xform
    return load_form(xml, lists, form_functions(), clock)


def filled(
    definition: FormDefinition, answers: Answers, lists: ListSource, now: datetime, language: str = "zh"
) -> FormSession:
    """A session with the answers given; of a new house if none is named and the form can file one.

    UserError VISIT_006 for a building no list has, FORM_016.
    """
    head, building = answers.visit, _building(answers, lists)
    if building is None and files_houses(definition):
        building = uuid4()
    visit = Visit(
        visit_id=uuid4(),
        building_id=building,
        kind=head.kind or "first",
        tasks=head.tasks or (),
        team=head.members,
        started_at=head.started_at or now,
        source=head.source,
    )
    session = definition.new_session(uuid4(), language, head_of(definition, visit))
    fill(answers, definition, Editor.of_session(session), lambda done, total: None)  # noqa: ARG005 - no one waits
    session.complete()
    return session


def _building(answers: Answers, lists: ListSource) -> UUID | None:
    house = answers.building
    if not house.wanted:
        return None
    column = "name" if house.id else "building_code" if house.code else "label"
    rows = lists.lookup("buildings", column, house.wanted)
    if len(rows) != 1:
        raise UserError("VISIT_006")
    return UUID(rows[0]["name"])
