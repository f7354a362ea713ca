"""What the outside sees of a session: read-only nodes, choices, violations, changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldapp.errors import UserError
from fieldapp.forms.instance import LiveNode
from fieldapp.forms.lists import FormFunction
from fieldapp.forms.xpath import Context, Environment, EvaluationError, Function, Moment, Node, Value

if TYPE_CHECKING:
    from fieldapp.forms.session import FormSession


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a select: the name that is stored and the label that is shown."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Violation:
    """An answer that cannot stand. ``kind`` is ``required``, ``constraint``, ``type`` or ``choice``."""

    path: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What one edit changed: paths of values, of relevance, and of repeats whose instances came or went."""

    values: tuple[str, ...] = ()
    relevance: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()


class NodeView:
    """A read-only look at a live node. Cheap to make; always shows the present state."""

    __slots__ = ("_node", "_session")

    def __init__(self, node: LiveNode, session: FormSession) -> None:
        self._node = node
        self._session = session

    @property
    def name(self) -> str:
        """The question's name."""
        return self._node.name

    @property
    def path(self) -> str:
        """The absolute path with positions."""
        return self._node.path

    @property
    def kind(self) -> str:
        """``group``, ``repeat`` (one instance of it), ``question`` (asked) or ``value`` (kept, not asked)."""
        if self._node.definition.kind != "leaf":
            return self._node.definition.kind
        return "question" if self._node.definition.control is not None else "value"

    @property
    def type(self) -> str:
        """The type of the bind (``string``, ``int``, ``date`` …)."""
        return self._node.definition.bind.type

    @property
    def control(self) -> str:
        """The control's element name (``input``, ``select1``, ``upload`` …), empty if not asked."""
        control = self._node.definition.control
        return control.tag if control is not None else ""

    @property
    def appearance(self) -> str:
        """The appearance the form gives."""
        control = self._node.definition.control
        return control.appearance if control is not None else ""

    @property
    def mediatype(self) -> str:
        """What an upload takes, ``image/*`` for instance."""
        control = self._node.definition.control
        return control.mediatype if control is not None else ""

    @property
    def label(self) -> str:
        """The label in the session's language, outputs filled in."""
        control = self._node.definition.control
        return self._session.show(control.label if control else None, self._node)

    @property
    def hint(self) -> str:
        """The hint in the session's language."""
        control = self._node.definition.control
        return self._session.show(control.hint if control else None, self._node)

    @property
    def value(self) -> str:
        """The answer as stored; empty while irrelevant."""
        return self._node.string_value if self._node.definition.kind == "leaf" else ""

    @property
    def kept(self) -> str:
        """The answer as it is kept, also while it is irrelevant and does not count."""
        return self._node.raw if self._node.definition.kind == "leaf" else ""

    @property
    def text(self) -> str:
        """The answer as shown: labels of choices joined by 、."""
        return self._session.display(self._node)

    @property
    def relevant(self) -> bool:
        """Whether the node counts now, all around it taken into account."""
        return self._node.relevant

    @property
    def required(self) -> bool:
        """Whether an answer is needed now."""
        return self._session.holds(self._node.definition.bind.required, self._node)

    @property
    def readonly(self) -> bool:
        """Whether it cannot be answered by hand now."""
        return self._session.readonly(self._node)

    @property
    def calculated(self) -> bool:
        """Whether the form calculates it; what is readonly and not calculated only has its label to say."""
        return self._node.definition.bind.calculate is not None

    @property
    def required_message(self) -> str:
        """The form's own message for a missing answer, empty if it has none."""
        return self._session.show(self._node.definition.bind.required_message, self._node)

    @property
    def constraint_message(self) -> str:
        """The form's own message for a value that breaks the constraint, empty if it has none."""
        return self._session.show(self._node.definition.bind.constraint_message, self._node)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The choices that stand now."""
        return self._session.choices_of(self._node)

    @property
    def save_to(self) -> str:
        """The register's property that this answer is saved to, empty if none."""
        return self._node.definition.bind.save_to

    @property
    def children(self) -> Sequence[NodeView]:
        """The elements beneath, repeat instances one after the other."""
        return [NodeView(child, self._session) for child in self._node.elements]

    @property
    def leaves(self) -> Iterator[NodeView]:
        """All questions and values beneath, in the order of the form; a question itself."""
        if self._node.definition.kind == "leaf":
            yield self
        for child in self.children:
            yield from child.leaves


@dataclass(slots=True)
class SessionEnvironment(Environment):
    """The evaluator's environment that also knows its session, for functions from outside."""

    session: FormSession | None = None


def engine_function(function: FormFunction) -> Function:
    """A function from outside as the evaluator calls it: nodesets become views, moments become text.

    What it raises for arguments it cannot take becomes an EvaluationError: an empty value and a warning.
    """

    def call(context: Context, arguments: Sequence[Value]) -> Value:
        environment = context.environment
        assert isinstance(environment, SessionEnvironment)
        session = environment.session
        assert session is not None
        try:
            result = function.call(*[_argument(argument, session) for argument in arguments])
        except (ArithmeticError, LookupError, TypeError, ValueError, UserError) as error:
            # The message may hold answers: only the kind of the error is told.
            raise EvaluationError(f"{function.name}() failed: {type(error).__name__}") from error
        return float(result) if isinstance(result, int) and not isinstance(result, bool) else result

    return Function(function.name, call, function.least, function.most, function.pure)


def _argument(argument: Value, session: FormSession) -> object:
    if isinstance(argument, str | float | bool | int):
        return argument
    if isinstance(argument, Moment):
        return str(argument)
    return tuple(_seen(node, session) for node in argument)


def _seen(node: Node, session: FormSession) -> NodeView | str:
    return NodeView(node, session) if isinstance(node, LiveNode) else node.string_value
