"""Fill small forms in tests: a form is an XLSForm Markdown table, a scenario a session of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from pyxform.xls2xform import convert

from fieldapp.forms import (
    Choice,
    FormDefinition,
    FormFunction,
    FormSession,
    ListSource,
    load_form,
)

INSTANCE = UUID("0192f0c0-0000-7000-8000-000000000001")
NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
    'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms" '
    'xmlns:odk="http://www.opendatakit.org/xforms" xmlns:entities="http://www.opendatakit.org/xforms/entities">'
)


def clock() -> datetime:
    """The time of all scenarios."""
    return NOW


@lru_cache(maxsize=128)
def xform(table: str) -> bytes:
    """The XForm that pyxform makes of Markdown tables (``| survey |`` first)."""
    lines = [line.strip() for line in table.strip().splitlines()]
    made = convert(xlsform="\n".join(lines), file_type=".md", validate=False, form_name="data")
    return str(made.xform).encode("utf-8")


def written(model: str, body: str = "") -> bytes:
    """An XForm written by hand: the inside of ``<model>`` and of ``<h:body>``."""
    return (
        f"{HEAD}<h:head><h:title>t</h:title><model>{model}</model></h:head><h:body>{body}</h:body></h:html>"
    ).encode()


class Lists:
    """External lists held in memory; counts how often it is asked."""

    def __init__(self, **lists: Sequence[Mapping[str, str]]) -> None:
        self.lists = lists
        self.asked = 0

    def lookup(self, list_name: str, column: str, value: str) -> Sequence[Mapping[str, str]]:
        """The rows whose column has that value."""
        self.asked += 1
        return [row for row in self.lists[list_name] if row.get(column, "") == value]


class Scenario:
    """A session with short names: ``s["age"]`` finds a question by its name, ``s.answer("age", "3")`` too."""

    def __init__(self, form: FormDefinition, session: FormSession) -> None:
        self.form = form
        self.session = session

    @classmethod
    def of(
        cls,
        source: str | bytes,
        lists: ListSource | None = None,
        functions: Mapping[str, FormFunction] | None = None,
        language: str = "zh",
        clock: Callable[[], datetime] = clock,
    ) -> Scenario:
        """A new session of a table or of an XForm."""
        xml = source if isinstance(source, bytes) else xform(source)
        form = load_form(xml, lists, functions or {}, clock)
        return cls(form, form.new_session(INSTANCE, language))

    def path(self, name: str) -> str:
        """The path of the node with that name; names with a slash are paths under the root already."""
        if name.startswith("/"):
            return name
        if "/" in name or "[" in name:
            return f"{self.form.root.path}/{name}"
        found = [path for path in self.form.nodes if path.endswith(f"/{name}")]
        assert len(found) == 1, (name, found)
        return found[0]

    def answer(self, name: str, value: str) -> None:
        """Answer a question."""
        self.session.answer(self.path(name), value)

    def __getitem__(self, name: str) -> str:
        return self.session.value(self.path(name))

    def relevant(self, name: str) -> bool:
        """Whether the node counts now."""
        return self.session.node(self.path(name)).relevant

    def choices(self, name: str) -> list[str]:
        """The names of the choices."""
        return [choice.name for choice in self.session.choices(self.path(name))]

    def labels(self, name: str) -> list[str]:
        """The labels of the choices."""
        choices: tuple[Choice, ...] = self.session.choices(self.path(name))
        return [choice.label for choice in choices]

    def violations(self) -> list[tuple[str, str]]:
        """Path and kind of all violations."""
        return [(violation.path, violation.kind) for violation in self.session.validate()]

    def reopened(self, *, recalculate: bool = True) -> Scenario:
        """The same as a draft, opened again."""
        session = self.form.open_session(
            self.session.draft_xml(), self.session.language, recalculate=recalculate
        )
        return Scenario(self.form, session)

    def xml(self) -> str:
        """The submission as text."""
        return self.session.to_xml().decode("utf-8")
