"""Which nodes an expression reads, as far as its text tells: the edges of the dependency graph."""

from __future__ import annotations

from fieldapp.forms.xpath.nodes import Reference
from fieldapp.forms.xpath.syntax import Call, Chain, Filter, Literal, Negation, Path, Step, Test, Tree

_HERE = Reference("context", ())
_ANYWHERE = Reference("root", ("**",))
# Calls whose result is, or may be, one of the nodesets given as arguments (by place).
_PASSING = {
    "if": (1, 2),
    "coalesce": None,
    "randomize": (0,),
    "indexed-repeat": (0,),
    "depend": (0,),
    "current": (),
}
# Called without arguments these read the context node.
_READ_CONTEXT = frozenset(
    {"string", "number", "string-length", "normalize-space", "name", "local-name", "namespace-uri", "lang"}
)


class Finder:
    """Collects references and the ids of instances while it goes through a tree."""

    def __init__(self) -> None:
        self.references: set[Reference] = set()
        self.instances: set[str] = set()

    def visit(self, tree: Tree, here: Reference = _HERE) -> list[Reference]:
        """Record what ``tree`` reads when ``here`` is the context node; return the nodesets it may yield."""
        if isinstance(tree, Literal):
            return []
        if isinstance(tree, Negation):
            self.visit(tree.operand, here)
            return []
        if isinstance(tree, Chain):
            yielded = [place for operand in tree.operands for place in self.visit(operand, here)]
            return yielded if tree.operators[0] == "|" else []
        if isinstance(tree, Filter):
            places = self.visit(tree.base, here)
            self._predicates(tree.predicates, places)
            return places
        if isinstance(tree, Call):
            return self._call(tree, here)
        return self._path(tree, here)

    def _predicates(self, predicates: tuple[Tree, ...], places: list[Reference]) -> None:
        for place in places:
            for predicate in predicates:
                self.visit(predicate, place)

    def _call(self, call: Call, here: Reference) -> list[Reference]:
        if call.name in ("instance", "pulldata") and call.arguments:
            first = call.arguments[0]
            if isinstance(first, Literal) and isinstance(first.value, str):
                self.instances.add(first.value)
                if call.name == "instance":
                    return [Reference("instance", (), first.value)]
        if call.name == "current":
            return [_HERE]
        if not call.arguments and call.name in _READ_CONTEXT:
            self.references.add(here)
        if call.name == "id":
            self.references.add(_ANYWHERE)
            return [_ANYWHERE]
        yielded = [self.visit(argument, here) for argument in call.arguments]
        passing = _PASSING.get(call.name, ())
        chosen = yielded if passing is None else [yielded[i] for i in passing if i < len(yielded)]
        if call.name == "instance":
            return [Reference("instance", ("**",), "*")]
        return [place for places in chosen for place in places]

    def _path(self, path: Path, here: Reference) -> list[Reference]:
        if path.start == "root":
            places = [Reference("root", ())]
        elif path.start == "context":
            places = [here]
        else:
            assert not isinstance(path.start, str)
            places = self.visit(path.start, here)
        for step in path.steps:
            places = [_after(place, step) for place in places]
            self._predicates(step.predicates, places)
        self.references.update(places)
        return places


def _name(test: Test) -> str:
    if test.kind != "name" or test.name is None:
        return "*"
    return f"{{{test.namespace}}}{test.name}" if test.namespace else test.name


def _after(place: Reference, step: Step) -> Reference:
    """Where a step leads."""
    steps = place.steps
    axis = step.axis
    if axis == "self" or (
        axis == "child" and step.test.kind in ("text", "comment", "processing-instruction")
    ):
        return place
    if axis in ("child", "attribute"):
        added = _name(step.test)
        return _moved(place, (*steps, f"@{added}" if axis == "attribute" else added))
    if axis in ("descendant", "descendant-or-self"):
        below = (*steps, "**") if steps[-1:] != ("**",) else steps
        named = step.test.kind == "name" and step.test.name is not None
        return _moved(place, (*below, _name(step.test)) if named else below)
    if axis in ("following-sibling", "preceding-sibling"):
        return _moved(place, (*_up(steps, place.base), _name(step.test)))
    if axis == "parent":
        return _moved(place, _up(steps, place.base))
    return _moved(place, ("**",)) if place.base == "instance" else _ANYWHERE


def _up(steps: tuple[str, ...], base: str) -> tuple[str, ...]:
    if steps and steps[-1] == "**":
        return steps
    if steps and steps[-1] != "..":
        return steps[:-1]
    return (*steps, "..") if base == "context" else steps


def _moved(place: Reference, steps: tuple[str, ...]) -> Reference:
    return Reference(place.base, steps, place.instance)
