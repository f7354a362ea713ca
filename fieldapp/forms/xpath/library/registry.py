"""The registry of functions: what a function of the library declares about itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from fieldapp.forms.xpath.code import Code
from fieldapp.forms.xpath.nodes import Value


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function over evaluated arguments.

    ``signature``: a letter per argument (``s`` text, ``n`` number, ``b`` boolean, ``N`` nodes, ``v`` any
    value); those behind ``|`` may be left out, a final ``*`` repeats the last one. ``result``: its type.
    ``context``: the evaluation context comes as first argument. ``here``: without arguments it takes the
    context node. ``local``: depends on the context node. ``volatile``: may change without its arguments.
    """

    name: str
    call: Callable[..., Value]
    signature: str
    result: str
    context: bool = False
    here: bool = False
    local: bool = False
    volatile: bool = False

    @property
    def least(self) -> int:
        """How many arguments it needs."""
        needed = self.signature.split("|")[0]
        return len(needed.rstrip("*"))

    @property
    def most(self) -> int | None:
        """How many it takes; None for any number."""
        letters = self.signature.replace("|", "")
        return None if letters.endswith("*") else len(letters)

    def letter(self, place: int) -> str:
        """The type of the argument at ``place`` (from 0)."""
        letters = self.signature.replace("|", "").rstrip("*")
        return letters[min(place, len(letters) - 1)]


@dataclass(frozen=True, slots=True)
class Special:
    """A function that builds its own closure: lazy arguments, or the context itself."""

    name: str
    build: Callable[[Sequence[Code]], Code]
    least: int
    most: int | None
    volatile: bool = False


LIBRARY: Final[dict[str, Builtin]] = {}
SPECIALS: Final[dict[str, Special]] = {}

Call = TypeVar("Call", bound=Callable[..., Value])
Build = TypeVar("Build", bound=Callable[[Sequence[Code]], Code])


def builtin(
    name: str,
    signature: str,
    result: str,
    *,
    context: bool = False,
    here: bool = False,
    local: bool = False,
    volatile: bool = False,
) -> Callable[[Call], Call]:
    """Register a function under ``name``; see ``Builtin``."""

    def register(call: Call) -> Call:
        LIBRARY[name] = Builtin(name, call, signature, result, context, here, local, volatile)
        return call

    return register


def special(name: str, least: int, most: int | None, *, volatile: bool = False) -> Callable[[Build], Build]:
    """Register a function that builds its closure itself; see ``Special``."""

    def register(build: Build) -> Build:
        SPECIALS[name] = Special(name, build, least, most, volatile)
        return build

    return register
