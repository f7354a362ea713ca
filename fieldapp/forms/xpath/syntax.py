"""The syntax tree of an expression: what the parser makes and the compiler and the reference finder read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from fieldapp.errors import UserError


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or a number written in the expression."""

    value: str | float


@dataclass(frozen=True, slots=True)
class Negation:
    """``-operand``."""

    operand: Tree


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands of one precedence level with the operators between them: ``a - b + c``, ``a or b or c``.

    Kept flat, so that a chain of a thousand terms is not a thousand calls deep.
    """

    operands: tuple[Tree, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """``name(arguments)``; ``column`` is where the name stands (1-based)."""

    name: str
    arguments: tuple[Tree, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Test:
    """A node test. ``kind``: ``name``, ``node``, ``text``, ``comment`` or ``processing-instruction``.

    ``name`` and ``namespace`` None match any; an unprefixed name has the namespace "".
    """

    kind: str
    name: str | None = None
    namespace: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path."""

    axis: str
    test: Test
    predicates: tuple[Tree, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """A location path. ``start``: ``root``, ``context`` or the expression whose nodes it starts from."""

    start: str | Tree
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """``(expression)[predicate]…``."""

    base: Tree
    predicates: tuple[Tree, ...]


Tree: TypeAlias = Literal | Negation | Chain | Call | Path | Filter


def broken(code: str, text: str, column: int, **slots: object) -> UserError:
    """The UserError for a fault at ``column`` (1-based) of the expression ``text``."""
    shown = text if len(text) <= 300 else text[: max(column + 40, 200)][-300:] + "…"
    return UserError(code, expression=" ".join(shown.split()), column=column, **slots)
