"""Absolute paths inside repeats, read as ODK reads them.

The ODK XForms specification departs from XForms here: within an instance of ``/data/rep`` the path
``/data/rep/a`` means the ``a`` of that same instance, not of all.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from fieldapp.forms.xpath.syntax import Call, Chain, Filter, Literal, Negation, Path, Step, Test, Tree

_PARENT = Step("parent", Test("node"))


def beside(tree: Tree, place: tuple[str, ...], repeats: Collection[tuple[str, ...]]) -> Tree:
    """The tree with absolute paths into a repeat around ``place`` made relative to ``current()``."""
    if isinstance(tree, Literal):
        return tree
    if isinstance(tree, Negation):
        return Negation(beside(tree.operand, place, repeats))
    if isinstance(tree, Chain):
        return replace(tree, operands=_all(tree.operands, place, repeats))
    if isinstance(tree, Filter):
        return Filter(beside(tree.base, place, repeats), _all(tree.predicates, place, repeats))
    if isinstance(tree, Call):
        if tree.name == "indexed-repeat":
            # Its paths name all instances on purpose; only the indexes stand beside the question.
            kept = enumerate(tree.arguments)
            arguments = tuple(a if i % 2 or i == 0 else beside(a, place, repeats) for i, a in kept)
            return replace(tree, arguments=arguments)
        return replace(tree, arguments=_all(tree.arguments, place, repeats))
    return _path(tree, place, repeats)


def _all(
    trees: tuple[Tree, ...], place: tuple[str, ...], repeats: Collection[tuple[str, ...]]
) -> tuple[Tree, ...]:
    return tuple(beside(tree, place, repeats) for tree in trees)


def _path(path: Path, place: tuple[str, ...], repeats: Collection[tuple[str, ...]]) -> Path:
    steps = tuple(replace(step, predicates=_all(step.predicates, place, repeats)) for step in path.steps)
    if path.start != "root":
        start = path.start if isinstance(path.start, str) else beside(path.start, place, repeats)
        return Path(start, steps)
    shared = 0
    for common, (step, name) in enumerate(zip(steps[:-1], place, strict=False), 1):
        if step.axis != "child" or step.predicates or step.test.kind != "name" or step.test.name != name:
            break
        if place[:common] in repeats:
            shared = common
    if not shared:
        return Path("root", steps)
    climb = (_PARENT,) * (len(place) - shared)
    return Path(Call("current", (), 0), (*climb, *steps[shared:]))
