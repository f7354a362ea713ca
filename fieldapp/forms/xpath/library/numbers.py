"""Number functions. What has no result gives NaN, as in JavaScript and Java, and never raises."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from fieldapp.forms.xpath.code import NUMBER
from fieldapp.forms.xpath.library.registry import LIBRARY, Builtin, builtin
from fieldapp.forms.xpath.nodes import Context, Node, Value
from fieldapp.forms.xpath.numbers import round_digits
from fieldapp.forms.xpath.values import is_nodes, text_number, to_nodes, to_number

nan: Final = math.nan


@builtin("number", "v", NUMBER, context=True, here=True)
def _number(context: Context, value: Value) -> float:
    return to_number(value, context)


@builtin("int", "n", NUMBER)
def _int(number: float) -> float:
    return float(math.trunc(number)) if math.isfinite(number) else number


@builtin("floor", "n", NUMBER)
def _floor(number: float) -> float:
    return _whole(math.floor, number)


@builtin("ceiling", "n", NUMBER)
def _ceiling(number: float) -> float:
    return _whole(math.ceil, number)


def _whole(rounded: Callable[[float], int], number: float) -> float:
    """XPath keeps the sign of a zero, which decides the sign of what is divided by it."""
    return math.copysign(rounded(number), number) if math.isfinite(number) else number


@builtin("round", "n|n", NUMBER)
def _round(number: float, digits: float = 0) -> float:
    return nan if math.isnan(digits) else round_digits(number, int(max(-400, min(400, digits))))


@builtin("abs", "n", NUMBER)
def _abs(number: float) -> float:
    return abs(number)


@builtin("pow", "nn", NUMBER)
def _pow(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        return math.inf if base == 0 else nan


@builtin("log", "n", NUMBER)
def _log(number: float) -> float:
    return math.log(number) if number > 0 else -math.inf if number == 0 else nan


@builtin("log10", "n", NUMBER)
def _log10(number: float) -> float:
    return math.log10(number) if number > 0 else -math.inf if number == 0 else nan


@builtin("exp", "n", NUMBER)
def _exp(number: float) -> float:
    return (
        math.exp(number) if number < 709.78 or math.isinf(number) else nan if math.isnan(number) else math.inf
    )


@builtin("exp10", "n", NUMBER)
def _exp10(number: float) -> float:
    return _pow(10.0, number)


@builtin("sqrt", "n", NUMBER)
def _sqrt(number: float) -> float:
    return math.sqrt(number) if number >= 0 else nan


@builtin("atan2", "nn", NUMBER)
def _atan2(y: float, x: float) -> float:
    return math.atan2(y, x)


@builtin("pi", "", NUMBER)
def _pi() -> float:
    return math.pi


def _trigonometry(call: Callable[[float], float]) -> Callable[[float], float]:
    def guarded(number: float) -> float:
        try:
            return call(number)
        except ValueError:
            return nan  # asin(2), sin(Infinity)

    return guarded


for _name in ("sin", "cos", "tan", "asin", "acos", "atan"):
    LIBRARY[_name] = Builtin(_name, _trigonometry(getattr(math, _name)), "n", NUMBER)


def _numbers(context: Context, values: Sequence[Value], *, blanks: bool) -> list[float]:
    """All numbers of the arguments; ``blanks``: empty nodes are left out."""
    found: list[float] = []
    for value in values:
        if is_nodes(value):
            texts = [node.string_value for node in to_nodes(value)]
            found.extend(text_number(text, context) for text in texts if text or not blanks)
        else:
            found.append(to_number(value, context))
    return found


@builtin("sum", "N", NUMBER, context=True)
def _sum(context: Context, nodes: Sequence[Node]) -> float:
    """Questions without an answer do not count; anything else that is no number makes it NaN."""
    return float(sum(_numbers(context, [nodes], blanks=True)))


@builtin("min", "v*", NUMBER, context=True)
def _min(context: Context, *values: Value) -> float:
    numbers = _numbers(context, values, blanks=False)
    return nan if not numbers or any(math.isnan(n) for n in numbers) else min(numbers)


@builtin("max", "v*", NUMBER, context=True)
def _max(context: Context, *values: Value) -> float:
    numbers = _numbers(context, values, blanks=False)
    return nan if not numbers or any(math.isnan(n) for n in numbers) else max(numbers)


@builtin("random", "", NUMBER, context=True, local=True, volatile=True)
def _random(context: Context) -> float:
    return context.environment.chance.random()
