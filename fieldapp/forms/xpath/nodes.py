"""What the expression evaluator needs of a form: nodes, instances, hooks and the evaluation context.

The evaluator never touches lxml: the session shows its live instance tree as ``Node`` objects, its
secondary instances as ``Instance`` objects (``xpath.tree`` has ready-made ones for lists inside the form
and lists outside it) and everything else that changes from call to call in an ``Environment``.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol, TypeAlias

from fieldapp.forms.xpath.dates import Moment

DOCUMENT: Final = 0
ELEMENT: Final = 1
ATTRIBUTE: Final = 2
TEXT: Final = 3
COMMENT: Final = 4
INSTRUCTION: Final = 5
NAMESPACE: Final = 6


class Node(Protocol):
    """One node of a live or a fixed tree. Compared by identity: the same node is always the same object.

    The top of a tree is a node without a parent: for the form's own instance a ``DOCUMENT`` node whose only
    child is the root element (``/data``); for ``instance('x')`` an ``ELEMENT`` (see ``Instance.node``).
    """

    @property
    def kind(self) -> int:
        """``DOCUMENT``, ``ELEMENT``, ``ATTRIBUTE``, ``TEXT``, ``COMMENT``, ``INSTRUCTION``, ``NAMESPACE``."""

    @property
    def name(self) -> str:
        """The local name; empty for documents, texts and comments."""

    @property
    def prefix(self) -> str:
        """The prefix as written, only shown by ``name()``; empty if none."""

    @property
    def namespace(self) -> str:
        """The namespace URI that name tests compare.

        Empty for an element written without a prefix: as in JavaRosa, ``/data/a`` then finds ``<a>`` whatever
        the default namespace is. Prefixed elements carry their URI.
        """

    @property
    def parent(self) -> Node | None:
        """The parent; the owning element for attributes and texts; None at the top."""

    @property
    def children(self) -> Sequence[Node]:
        """All child nodes in document order: elements, and a ``TextNode`` where a leaf holds a value.

        Repeat instances stand here one after the other; templates and prompts are not nodes.
        """

    @property
    def attributes(self) -> Sequence[Node]:
        """The attribute nodes; empty for everything but elements."""

    @property
    def string_value(self) -> str:
        """The string value of XPath: a leaf's value, a group's concatenated texts.

        Not relevant nodes answer with the empty string.
        """

    @property
    def relevant(self) -> bool:
        """False takes the node out of the result of every path (but not out of the count for ``[2]``)."""

    def named(self, name: str, namespace: str) -> Sequence[Node]:
        """Child elements of that name in document order. The hottest call: answer from a dict if you can."""


class Instance(Protocol):
    """What ``instance('id')`` stands for."""

    @property
    def node(self) -> Node:
        """The ``<instance>`` element; its only child is the root, as in ``instance('x')/root/item``."""

    def lookup(self, steps: tuple[str, ...], column: str, value: str | float) -> Sequence[Node] | None:
        """Answer ``instance('x')/step/…/step[column = value]`` from an index, in document order.

        ``steps`` are the unprefixed names, usually ``('root', 'item')``; a number compares as a number.
        None means "no index for that": the evaluator then walks the tree. A list outside the form always
        answers, and its ``node`` has no items to walk over.
        """


@dataclass(frozen=True, slots=True)
class TextNode:
    """The text within a leaf, for ``a/text()``; a tree may make it each time it is asked for."""

    parent: Node
    string_value: str
    kind: int = TEXT
    name: str = ""
    prefix: str = ""
    namespace: str = ""
    relevant: bool = True
    children: tuple[Node, ...] = ()
    attributes: tuple[Node, ...] = ()

    def named(self, name: str, namespace: str) -> Sequence[Node]:  # noqa: ARG002 - a text has no children
        """No children."""
        return ()


Value: TypeAlias = "str | float | bool | Moment | Sequence[Node]"


# Between two looks at the stopwatch.
_FREE_STEPS: Final = 256


class EvaluationError(Exception):
    """An expression could not be evaluated (budget, regex time, wrong argument …).

    The session turns it into an empty value and a warning. Holds no answers, only what went wrong.
    """


def _no_instance(_name: str) -> Instance | None:
    return None


def _no_text(_name: str) -> str | None:
    return None


def _no_choice(_value: str, _question: str, _context: Context) -> str | None:
    return None


def _no_pull(_name: str, _column: str, _key_column: str, _key: str) -> str | None:
    return None


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Environment:
    """Everything outside the trees, one per session.

    ``instance(id)`` finds a secondary instance; None makes the evaluation fail.
    ``clock()`` gives an aware time; its zone is the zone of ``today()`` and of dates without an offset.
    ``itext(id)`` gives the text in the current language; ``choice_name(value, path, context)`` the label of a
    choice of the question whose path is given as text; ``session_property(name)`` a preload property;
    ``pull(list, column, key column, key)`` answers ``pulldata``. None from these means the empty string.
    ``steps``: node visits one evaluation may make. ``seconds``: how long it may take; ``regex_seconds``: how
    long all its regex matches together. What all evaluations within ``shared()`` may use together is
    ``shared_steps`` and ``shared_regex_seconds``.
    """

    instance: Callable[[str], Instance | None] = _no_instance
    clock: Callable[[], datetime] = _utc_now
    itext: Callable[[str], str | None] = _no_text
    choice_name: Callable[[str, str, Context], str | None] = _no_choice
    session_property: Callable[[str], str | None] = _no_text
    pull: Callable[[str, str, str, str], str | None] = _no_pull
    new_id: Callable[[], uuid.UUID] = uuid.uuid4
    chance: random.Random = field(default_factory=random.SystemRandom)
    stopwatch: Callable[[], float] = time.thread_time
    steps: int = 200_000
    seconds: float = 0.5
    regex_seconds: float = 0.25
    shared_steps: int = 4_000_000
    shared_regex_seconds: float = 1.0
    steps_left: int = field(default=0, init=False)
    regex_left: float = field(default=0.0, init=False)
    evaluating: bool = field(default=False, init=False)
    _shared: bool = field(default=False, init=False)
    _shared_steps_left: int = field(default=0, init=False)
    _shared_regex_left: float = field(default=0.0, init=False)
    _granted: tuple[int, float] = field(default=(0, 0.0), init=False)
    _look_at: int = field(default=0, init=False)
    _started: float = field(default=0.0, init=False)

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Many evaluations with one budget: no form holds up an edit by the number of its expressions."""
        if self._shared:  # within another: that one's budget counts
            yield
            return
        self._shared = True
        self._shared_steps_left = self.shared_steps
        self._shared_regex_left = self.shared_regex_seconds
        try:
            yield
        finally:
            self._shared = False

    def begin(self) -> None:
        """Start an evaluation with its budget. One within another (a text with outputs) has no own budget."""
        self.evaluating = True
        self.steps_left, self.regex_left = self.steps, self.regex_seconds
        if self._shared:
            self.steps_left = min(self.steps_left, self._shared_steps_left)
            self.regex_left = min(self.regex_left, self._shared_regex_left)
            self._granted = self.steps_left, self.regex_left
        self._look_at = max(self.steps_left - _FREE_STEPS, 0)
        self._started = -1.0

    def end(self) -> None:
        """The evaluation is over."""
        self.evaluating = False
        if self._shared:
            steps, seconds = self._granted
            self._shared_steps_left -= steps - max(self.steps_left, 0)
            self._shared_regex_left -= seconds - self.regex_left

    def spend(self, steps: int) -> None:
        """Count node visits; raises EvaluationError when the budget of this evaluation is used up."""
        self.steps_left -= steps
        if self.steps_left < self._look_at:
            self._look_at = max(self.steps_left - _FREE_STEPS, 0)
            self._check()

    def _check(self) -> None:
        """Now and then: are steps and time used up? Short evaluations never look at the stopwatch."""
        if self.steps_left < 0:
            raise EvaluationError("the expression visits too many nodes")
        if self._started < 0:
            self._started = self.stopwatch()
        elif self.stopwatch() - self._started > self.seconds:
            raise EvaluationError("the expression takes too long")


class Context:
    """Where an expression is evaluated: context node, its position and size, ``current()``, environment.

    ``Context(node, environment)`` is what a session makes, once per node: it can be kept and used again.
    ``environment`` is shared by all contexts of the session.
    """

    __slots__ = ("current", "environment", "node", "position", "size", "top")

    def __init__(
        self,
        node: Node,
        environment: Environment,
        *,
        current: Node | None = None,
        top: Node | None = None,
    ) -> None:
        self.node = node
        self.environment = environment
        self.position = 1
        self.size = 1
        self.current = node if current is None else current
        self.top = top

    def root(self) -> Node:
        """Where absolute paths start: the top of the tree of ``current``, also within ``instance('x')``."""
        if self.top is None:
            node = self.current
            while node.parent is not None:
                node = node.parent
            self.top = node
        return self.top


@dataclass(frozen=True, slots=True)
class Function:
    """A function from outside the library, by its name in expressions.

    ``call(context, arguments)`` gets evaluated arguments (str, float, bool, Moment or a sequence of nodes)
    and returns a value; it raises EvaluationError for arguments it cannot take. ``pure`` is False when the
    result may change although the arguments do not (then the name appears in ``Expression.uses``).
    ``most`` None: any number of arguments.
    """

    name: str
    call: Callable[[Context, Sequence[Value]], Value]
    least: int = 0
    most: int | None = None
    pure: bool = True


@dataclass(frozen=True, slots=True)
class Reference:
    """One path an expression reads, as far as it is known without evaluating it; predicates are left out.

    ``base``: ``root`` (an absolute path in the form's own instance), ``context`` (relative to the node the
    expression stands at, ``current()/…`` included) or ``instance`` (then ``instance`` is the id).
    ``steps``: local names (``{uri}name`` with a prefix), ``@name``, ``*``, ``..``, and ``**`` for "any nodes
    below"; text() and ``.`` are left out. ``('..', 'a')`` is the sibling ``a``; ``()`` the base itself.
    A reference to a group means: the group, its instances and all below it.
    """

    base: str
    steps: tuple[str, ...]
    instance: str = ""

    def resolve(self, place: tuple[str, ...]) -> tuple[str, ...] | None:
        """The absolute steps, standing at ``place`` (names from the root); None for other instances."""
        if self.base == "instance":
            return None
        path = list(place) if self.base == "context" else []
        for step in self.steps:
            if step != "..":
                path.append(step)
            elif path and path[-1] != "**":
                path.pop()
        return tuple(path)


Namespaces: TypeAlias = Mapping[str, str]
Functions: TypeAlias = Mapping[str, Function]
