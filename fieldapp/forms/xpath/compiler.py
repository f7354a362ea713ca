"""From syntax tree to closures: operators, function calls, and what is checked beforehand."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Final

from fieldapp.forms.xpath.code import (
    ANY,
    BOOLEAN,
    NODES,
    NUMBER,
    STRING,
    Code,
    as_boolean,
    as_nodes,
    as_number,
    as_text,
    literal,
)
from fieldapp.forms.xpath.compare import comparison
from fieldapp.forms.xpath.library import LIBRARY, SPECIALS, Builtin
from fieldapp.forms.xpath.library.control import context_nodes
from fieldapp.forms.xpath.library.nodesets import union
from fieldapp.forms.xpath.nodes import Context, Function, Functions, Value
from fieldapp.forms.xpath.paths import compile_filter, compile_path
from fieldapp.forms.xpath.syntax import Call, Chain, Filter, Literal, Negation, Path, Tree, broken

_CONVERSIONS: Final[dict[str, Callable[[Code], Callable[[Context], Value]]]] = {
    STRING: as_text,
    NUMBER: as_number,
    BOOLEAN: as_boolean,
    NODES: as_nodes,
    ANY: lambda code: code.run,
}


def divide(left: float, right: float) -> float:
    """``div`` of IEEE 754: never raises."""
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder(left: float, right: float) -> float:
    """``mod``: the sign of the first operand, as in Java."""
    if right == 0 or math.isinf(left) or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.fmod(left, right)


_ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": divide,
    "mod": remainder,
}


class Compiler:
    """Compiles one expression; ``text`` is only for messages. ``uses`` collects what may change by itself,
    ``walked`` the ids of instances that are not only asked by the value of a column.
    """

    def __init__(self, text: str, functions: Functions) -> None:
        self.text = text
        self.functions = functions
        self.uses: set[str] = set()
        self.walked: set[str] = set()
        self._known: dict[int, tuple[Tree, Code]] = {}

    def translate(self, tree: Tree) -> Code:
        """The piece for a tree; UserError FORM_152 or FORM_153 for a faulty call.

        Predicates ask more than once for the same part: without the memory, nested ones would take time
        exponential in their depth.
        """
        known = self._known.get(id(tree))
        if known is None:
            known = self._known[id(tree)] = (tree, self._translate(tree))
        return known[1]

    def _translate(self, tree: Tree) -> Code:
        if isinstance(tree, Path):
            return compile_path(tree, self.translate)
        if isinstance(tree, Call):
            return self._call(tree)
        if isinstance(tree, Literal):
            return literal(tree.value)
        if isinstance(tree, Chain):
            return self._chain(tree)
        if isinstance(tree, Filter):
            return compile_filter(self.translate(tree.base), tree.predicates, self.translate)
        return self._negation(tree)

    def _negation(self, tree: Negation) -> Code:
        operand = self.translate(tree.operand)
        number_of = as_number(operand)
        if operand.constant and operand.kind == NUMBER:
            return literal(-number_of_constant(operand))
        return Code(lambda context: -number_of(context), NUMBER, operand.local)

    def _chain(self, tree: Chain) -> Code:
        sign = tree.operators[0]
        codes = [self.translate(operand) for operand in tree.operands]
        if sign in ("and", "or"):
            return _logic(sign, codes)
        if sign == "|":
            return union(codes)
        if sign in _ARITHMETIC:
            return _sums(tree.operators, codes)
        left = codes[0]
        for relation, right in zip(tree.operators, codes[1:], strict=True):
            left = comparison(relation, left, right)
        return left

    def _call(self, tree: Call) -> Code:
        name = tree.name
        function = self.functions.get(name)
        if function is not None:
            self._check(tree, function.least, function.most)
            return self._foreign(function, [self.translate(argument) for argument in tree.arguments])
        special = SPECIALS.get(name)
        if special is not None:
            self._check(tree, special.least, special.most)
            if special.volatile:
                self.uses.add(name)
            return special.build([self.translate(argument) for argument in tree.arguments])
        found = LIBRARY.get(name)
        if found is None:
            raise broken("FORM_152", self.text, tree.column, name=name)
        if name == "instance":  # paths that an index answers do without it
            self.walked.update(str(one.value) for one in tree.arguments if isinstance(one, Literal))
        least = 0 if found.here else found.least
        self._check(tree, least, found.most)
        if found.volatile:
            self.uses.add(name)
        codes = [self.translate(argument) for argument in tree.arguments]
        if found.here and not codes:
            codes = [context_nodes()]
        return _library_call(found, codes)

    def _check(self, tree: Call, least: int, most: int | None) -> None:
        given = len(tree.arguments)
        if given < least or (most is not None and given > most):
            wanted = f"{least}" if most == least else f"{least}+" if most is None else f"{least}-{most}"
            raise broken("FORM_153", self.text, tree.column, name=tree.name, given=given, wanted=wanted)

    def _foreign(self, function: Function, codes: Sequence[Code]) -> Code:
        if not function.pure:
            self.uses.add(function.name)
        call = function.call
        runs = [code.run for code in codes]
        local = not function.pure or any(code.local for code in codes)
        return Code(lambda context: call(context, [run(context) for run in runs]), ANY, local)


def number_of_constant(code: Code) -> float:
    """The value of a piece that is a literal number."""
    return code.value if isinstance(code.value, float) else math.nan


def _logic(sign: str, codes: Sequence[Code]) -> Code:
    local = any(code.local for code in codes)
    conditions = [as_boolean(code) for code in codes]
    if len(conditions) == 2:
        first, second = conditions
        if sign == "and":
            return Code(lambda context: first(context) and second(context), BOOLEAN, local)
        return Code(lambda context: first(context) or second(context), BOOLEAN, local)
    if sign == "and":
        return Code(lambda context: all(holds(context) for holds in conditions), BOOLEAN, local)
    return Code(lambda context: any(holds(context) for holds in conditions), BOOLEAN, local)


def _sums(operators: Sequence[str], codes: Sequence[Code]) -> Code:
    local = any(code.local for code in codes)
    first, *others = (as_number(code) for code in codes)
    steps = [(_ARITHMETIC[sign], number_of) for sign, number_of in zip(operators, others, strict=True)]
    if len(steps) == 1:
        ((operate, second),) = steps
        return Code(lambda context: operate(first(context), second(context)), NUMBER, local)

    def run(context: Context) -> float:
        total = first(context)
        for operate, number_of in steps:
            total = operate(total, number_of(context))
        return total

    return Code(run, NUMBER, local)


def _library_call(found: Builtin, codes: Sequence[Code]) -> Code:
    """The closure for a function over evaluated arguments, unrolled for the usual numbers of them."""
    call = found.call
    local = found.local or any(code.local for code in codes)
    runs = [_CONVERSIONS[found.letter(place)](code) for place, code in enumerate(codes)]
    if found.context:
        if len(runs) == 1:
            (only,) = runs
            return Code(lambda context: call(context, only(context)), found.result, local)
        return Code(lambda context: call(context, *[run(context) for run in runs]), found.result, local)
    if len(runs) == 1:
        (only,) = runs
        return Code(lambda context: call(only(context)), found.result, local)
    if len(runs) == 2:
        first, second = runs
        return Code(lambda context: call(first(context), second(context)), found.result, local)
    return Code(lambda context: call(*[run(context) for run in runs]), found.result, local)
