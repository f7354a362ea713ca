"""Lists outside the form: who answers for them, and functions that come from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class ListSource(Protocol):
    """Answers for external lists (``jr://file-csv/buildings.csv`` is the list ``buildings``).

    Rows are mappings of column to text and always hold ``name`` and ``label``. A list of any size is asked by
    one column's value and never scanned.
    """

    def lookup(self, list_name: str, column: str, value: str) -> Sequence[Mapping[str, str]]:
        """The rows whose ``column`` is ``value``. KeyError for a list that is not known."""


class NoLists:
    """A source without lists."""

    def lookup(self, list_name: str, column: str, value: str) -> Sequence[Mapping[str, str]]:  # noqa: ARG002
        """Knows no list."""
        raise KeyError(list_name)


@dataclass(frozen=True, slots=True)
class FormFunction:
    """A function that forms may call by ``name``.

    ``call`` gets text, numbers and booleans as they are and a nodeset as a tuple of ``NodeView`` (groups
    and repeat instances included); it returns text, a number or a boolean. ``pure``: the same arguments
    always give the same result. ``most`` None means any number of arguments.
    """

    name: str
    call: Callable[..., str | float | bool]
    least: int = 0
    most: int | None = None
    pure: bool = True
