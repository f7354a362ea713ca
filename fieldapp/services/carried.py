"""Answers carried over from a partial visit: each waits until somebody has looked again (product 2).

The marks stand in the record itself: ``carried`` names what still waits, ``held`` what was looked at again
and still holds; in a defect ``d_carried`` and ``d_held``. So undo, a killed program and a correction keep
them, and the record says for ever which of its answers were first given on ``continued_day``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # 今日 imports this module, and is shown before the engine of forms is loaded
    from fieldapp.forms import FormSession, NodeView, Violation

#: The kind of the violation of an answer that waits.
KIND = "carried"
#: The day of the partial visit, in the head of the record.
DAY = "continued_day"
_WAITS, _HELD = "carried", "held"
#: The list of what waits within an instance of a repeat.
IN_REPEAT = f"d_{_WAITS}"
#: What ties a defect to its check item: not seen on site, so not looked at again.
_TIE = "d_item"
_NUMBER = re.compile(r"\[\d+\]")


def mark(session: FormSession, paths: Iterable[str]) -> None:
    """These answers were carried over and wait."""
    for path in paths:
        list_path, name = _entry(session, path)
        if list_path and name != _TIE:
            _write(session, list_path, [*_names(session, list_path), name])


def waiting(session: FormSession) -> tuple[NodeView, ...]:
    """The answers that still have to be looked at, as far as they count now, in the order of the form."""
    root = session.definition.root.path
    if f"{root}/{_WAITS}" not in session.definition.nodes or not session.value(f"{root}/{DAY}"):
        return ()
    found: list[NodeView] = []
    outside = set(session.value(f"{root}/{_WAITS}").split())
    pending = list(reversed(session.root.children))
    while pending:
        node = pending.pop()
        if not node.relevant:
            continue
        if node.kind == "question":
            if node.name in outside and node.value:
                found.append(node)
        elif node.kind == "repeat":
            leaves = node.children
            inside = next((leaf.kept.split() for leaf in leaves if leaf.name == IN_REPEAT), [])
            found += [leaf for leaf in leaves if leaf.name in inside and leaf.relevant and leaf.value]
        else:
            pending += reversed(node.children)
    return tuple(found)


def touched(session: FormSession, path: str) -> None:
    """Somebody has answered here: it is this visit's answer now."""
    list_path, name = _entry(session, path)
    if list_path:
        left = _names(session, list_path)
        if name in left:
            _write(session, list_path, [one for one in left if one != name])


def confirm(session: FormSession, paths: Iterable[str]) -> None:
    """Somebody has looked, and it still holds. Paths that wait for nothing are left alone."""
    for path in paths:
        list_path, name = _entry(session, path)
        if list_path and name in _names(session, list_path):
            touched(session, path)
            held = _held(list_path)
            _write(session, held, [*_names(session, held), name])


def open_of(session: FormSession) -> tuple[Violation, ...]:
    """All that keeps a form from being final, in its order: violations, and what waits to be looked at."""
    from fieldapp.forms import Violation

    found = session.validate()
    wrong = {one.path for one in found}
    more = [Violation(node.path, KIND, "") for node in waiting(session) if node.path not in wrong]
    if not more:
        return found
    order = {path: number for number, path in enumerate(session.definition.nodes)}
    return tuple(sorted((*found, *more), key=lambda one: place(order, one.path)))


def place(order: dict[str, int], path: str) -> tuple[tuple[int, int], ...]:
    """Where a path stands in its form, to sort by: ``order`` numbers the definition's paths."""
    found, plain = [], ""
    for part in path.split("/")[1:]:
        name, _bracket, number = part.partition("[")
        plain += f"/{name}"
        found.append((order.get(plain, 0), int(number.rstrip("]") or 0)))
    return tuple(found)


def _entry(session: FormSession, path: str) -> tuple[str, str]:
    """The path of the list that would name this answer, and its name there; an empty path for none."""
    above, _slash, name = path.rpartition("/")
    inside = above.endswith("]")
    list_path = f"{above}/{IN_REPEAT}" if inside else f"{session.definition.root.path}/{_WAITS}"
    known = _NUMBER.sub("", list_path) in session.definition.nodes
    return (list_path, name) if known and (inside or "[" not in path) else ("", name)


def _held(list_path: str) -> str:
    return list_path.removesuffix(_WAITS) + _HELD


def _names(session: FormSession, path: str) -> list[str]:
    """As kept, whether the group around it counts now or not."""
    return session.node(path).kept.split()


def _write(session: FormSession, path: str, names: Iterable[str]) -> None:
    session.answer(path, " ".join(dict.fromkeys(names)))
