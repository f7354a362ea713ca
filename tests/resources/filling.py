"""Filling F02 through the engine, as the tests of this folder need it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from fieldapp.domain.sample import sample_district
from fieldapp.forms import FormDefinition, FormSession, NodeView, load_form
from fieldapp.services.form_functions import form_functions
from fieldapp.services.publishing import built_form

DAY = "2022-12-08"


class SampleRegister:
    """The sample district as the engine's list source."""

    def __init__(self) -> None:
        self._rows = {row["name"]: row | {"__version": "1"} for row in sample_district()}
        self.by_code = {row["building_code"]: row for row in self._rows.values()}

    def lookup(self, list_name: str, column: str, value: str) -> Sequence[Mapping[str, str]]:
        if list_name != "buildings":
            raise KeyError(list_name)
        if column == "name":
            return [self._rows[value]] if value in self._rows else []
        return [row for row in self._rows.values() if row.get(column) == value]


@cache
def register() -> SampleRegister:
    return SampleRegister()


@cache
def form() -> FormDefinition:
    return load_form(
        built_form("hazard_inspection"),
        register(),
        form_functions(),
        clock=lambda: datetime(2022, 12, 8, 2, 0, tzinfo=UTC),
    )


def opened(code: str, kind: str = "recheck", language: str = "zh") -> FormSession:
    """F02 opened for one house of the sample district, with the head as the visit fills it in."""
    return _opened(form(), register().by_code[code]["name"], kind, language)


class _Bare:
    """A register with one row of which little is known."""

    name = str(UUID(int=5))

    def lookup(self, list_name: str, column: str, value: str) -> Sequence[Mapping[str, str]]:
        if list_name != "buildings":
            raise KeyError(list_name)
        row = {"name": self.name, "label": "亭店路12号", "address_detail": "亭店路12号", "__version": "1"}
        return [row] if row.get(column) == value else []


def bare() -> FormSession:
    """F02 opened for a house of which the register knows the address only."""
    known = load_form(built_form("hazard_inspection"), _Bare(), form_functions(), form().clock)
    return _opened(known, _Bare.name, "first", "zh")


def _opened(definition: FormDefinition, building: str, kind: str, language: str) -> FormSession:
    head = {
        "/data/visit_id": str(UUID(int=7)),
        "/data/ruleset_version": "2022.2",
        "/data/visit_date": DAY,
        "/data/g_visit/visit_kind": kind,
        "/data/g_visit/task_no": "t01",
        "/data/g_visit/building_ref": building,
    }
    return definition.new_session(UUID(int=1), language, head)


def leaves(node: NodeView) -> Iterator[NodeView]:
    """All leaves beneath ``node``, in order."""
    if node.kind in {"question", "value"}:
        yield node
        return
    for child in node.children:
        yield from leaves(child)


def to_answer(session: FormSession) -> list[str]:
    """Paths of relevant required questions that a person still has to answer."""
    return [
        node.path
        for node in leaves(session.node("/data"))
        if node.kind == "question"
        and node.relevant
        and node.required
        and not node.readonly
        and not node.value
    ]
