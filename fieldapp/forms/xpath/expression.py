"""A compiled expression: how it is made, evaluated and what is known of it beforehand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from fieldapp.forms.xpath.code import Code, as_boolean, as_nodes, as_number, as_text
from fieldapp.forms.xpath.compiler import Compiler
from fieldapp.forms.xpath.nodes import Context, EvaluationError, Function, Node, Reference, Value
from fieldapp.forms.xpath.parser import parse
from fieldapp.forms.xpath.references import Finder
from fieldapp.forms.xpath.repeats import beside
from fieldapp.forms.xpath.syntax import broken

Result = TypeVar("Result")


class Expression:
    """One expression, compiled. Evaluating raises only EvaluationError.

    ``text``: as written. ``references``: every path it reads. ``uses``: names of functions in it whose value
    may change although no reference does (``now``, ``today``, ``random``, ``position``, ``itext``, impure
    functions from outside …); ``position``, ``last``, ``count`` and ``indexed-repeat`` depend on the number
    of repeat instances. ``instances``: ids given as plain text to ``instance()`` and ``pulldata()``.
    ``walked``: those of them that it goes through instead of asking by the value of a column.
    ``constant``: no references and no uses, so one evaluation is enough.
    """

    __slots__ = (
        "_boolean",
        "_code",
        "_nodes",
        "_number",
        "_text",
        "instances",
        "references",
        "text",
        "uses",
        "walked",
    )

    def __init__(
        self,
        text: str,
        code: Code,
        references: frozenset[Reference],
        uses: frozenset[str],
        instances: frozenset[str],
        walked: frozenset[str],
    ) -> None:
        self.text = text
        self.references = references
        self.uses = uses
        self.instances = instances
        self.walked = walked
        self._code = code
        self._text = as_text(code)
        self._number = as_number(code)
        self._boolean = as_boolean(code)
        self._nodes = as_nodes(code)

    @property
    def constant(self) -> bool:
        """True if the value can never change."""
        return not self.references and not self.uses

    def _value(self, run: Callable[[Context], Result], context: Context) -> Result:
        environment = context.environment
        if environment.evaluating:
            return self._guarded(run, context)
        environment.begin()
        try:
            return self._guarded(run, context)
        finally:
            environment.end()

    def _guarded(self, run: Callable[[Context], Result], context: Context) -> Result:
        try:
            return run(context)
        except (ArithmeticError, ValueError, RecursionError) as error:
            raise EvaluationError(f"{type(error).__name__} in the expression") from error

    def evaluate(self, context: Context) -> Value:
        """The value as it comes: str, float, bool, Moment or a sequence of nodes in document order."""
        return self._value(self._code.run, context)

    def string(self, context: Context) -> str:
        """The value as text: numbers without needless zeros, dates as ISO 8601, first node of a nodeset."""
        return self._value(self._text, context)

    def number(self, context: Context) -> float:
        """The value as a number; dates as days since 1970-01-01; NaN if it is none."""
        return self._value(self._number, context)

    def boolean(self, context: Context) -> bool:
        """The value as XPath's ``boolean()`` sees it."""
        return self._value(self._boolean, context)

    def nodes(self, context: Context) -> Sequence[Node]:
        """The nodes in document order; EvaluationError if the value is not a nodeset."""
        return self._value(self._nodes, context)


def compile_expression(
    text: str,
    namespaces: Mapping[str, str] | None = None,
    functions: Mapping[str, Function] | None = None,
    *,
    place: tuple[str, ...] = (),
    repeats: Collection[tuple[str, ...]] = (),
) -> Expression:
    """Compile ``text``; ``namespaces`` maps prefixes to URIs, ``functions`` adds functions by name.

    ``place``: names from the root to the node where the expression stands, ``repeats``: the same for every
    repeat of the form. Given these, absolute paths into a repeat around ``place`` stay in its instance.
    Raises UserError: FORM_151 syntax, FORM_152 unknown function, FORM_153 wrong number of arguments,
    FORM_154 nested too deeply or too long, FORM_155 unknown prefix, FORM_156 variable; each with the
    expression's text and the column (1-based).
    """
    tree = parse(text, namespaces or {})
    try:
        if repeats:
            tree = beside(tree, place, repeats)
        finder = Finder()
        finder.visit(tree)
        compiler = Compiler(text, functions or {})
        code = compiler.translate(tree)
    except RecursionError:
        raise broken("FORM_154", text, 1) from None
    return Expression(
        text,
        code,
        frozenset(finder.references),
        frozenset(compiler.uses),
        frozenset(finder.instances),
        frozenset(compiler.walked),
    )
