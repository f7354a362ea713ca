"""A compiled expression: how it is made, evaluated and what is known of it beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fieldapp.forms.xpath.nodes import Context, Function, Node, Reference, Value


class Expression:
    """One expression, compiled. Evaluating raises only EvaluationError.

    ``text``: as written. ``references``: every path it reads. ``uses``: names of functions in it whose value
    may change although no reference does (``now``, ``today``, ``random``, ``position``, ``itext``, impure
    functions from outside …); ``position``, ``last``, ``count`` and ``indexed-repeat`` depend on the number
    of repeat instances. ``instances``: ids given as plain text to ``instance()`` and ``pulldata()``.
    ``constant``: no references and no uses, so one evaluation is enough.
    """

    __slots__ = ("_run", "instances", "references", "text", "uses")

    def __init__(
        self,
        text: str,
        run: Callable[[Context], Value],
        references: frozenset[Reference],
        uses: frozenset[str],
        instances: frozenset[str],
    ) -> None:
        self.text = text
        self.references = references
        self.uses = uses
        self.instances = instances
        self._run = run

    @property
    def constant(self) -> bool:
        """True if the value can never change."""
        return not self.references and not self.uses

    def evaluate(self, context: Context) -> Value:
        """The value as it comes: str, float, bool, Moment or a sequence of nodes in document order."""
        raise NotImplementedError

    def string(self, context: Context) -> str:
        """The value as text: numbers without needless zeros, dates as ISO 8601, first node of a nodeset."""
        raise NotImplementedError

    def number(self, context: Context) -> float:
        """The value as a number; dates as days since 1970-01-01; NaN if it is none."""
        raise NotImplementedError

    def boolean(self, context: Context) -> bool:
        """The value as XPath's ``boolean()`` sees it."""
        raise NotImplementedError

    def nodes(self, context: Context) -> Sequence[Node]:
        """The nodes in document order; EvaluationError if the value is not a nodeset."""
        raise NotImplementedError


def compile_expression(
    text: str, namespaces: Mapping[str, str] | None = None, functions: Mapping[str, Function] | None = None
) -> Expression:
    """Compile ``text``; ``namespaces`` maps prefixes to URIs, ``functions`` adds functions by name.

    Raises UserError: FORM_101 syntax, FORM_102 unknown function, FORM_103 wrong number of arguments,
    FORM_104 nested too deeply or too long, FORM_105 unknown prefix, FORM_106 variable; each with the
    expression's text and the column (1-based).
    """
    raise NotImplementedError
