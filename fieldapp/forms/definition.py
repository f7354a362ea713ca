"""What a form is, once read: an immutable tree of nodes with their binds, controls and texts.

Nothing here changes while a form is filled; what changes is in ``instance`` and ``session``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from fieldapp.forms.lists import FormFunction, ListSource
from fieldapp.forms.xpath import Context, Expression, FixedInstance

if TYPE_CHECKING:
    from fieldapp.forms.graph import Graph
    from fieldapp.forms.session import FormSession


@dataclass(frozen=True, slots=True)
class Text:
    """A text with outputs: literal parts and expressions, one after the other."""

    parts: tuple[str | Expression, ...]

    def show(self, context: Context) -> str:
        """The text with its outputs evaluated at ``context``."""
        shown = [part if isinstance(part, str) else part.string(context) for part in self.parts]
        return "".join(shown).strip()


@dataclass(frozen=True, slots=True)
class Label:
    """A label, hint or message: the id of an itext, an expression that gives the text, or the text itself."""

    itext: str = ""
    expression: Expression | None = None
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class Bind:
    """What holds for a node's value. Messages are None where the form has none."""

    type: str = "string"
    relevant: Expression | None = None
    required: Expression | None = None
    constraint: Expression | None = None
    readonly: Expression | None = None
    calculate: Expression | None = None
    required_message: Label | None = None
    constraint_message: Label | None = None
    preload: str = ""
    preload_params: str = ""
    save_to: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A choice written in the control itself."""

    value: str
    label: Label


@dataclass(frozen=True, slots=True)
class Itemset:
    """Choices from a list. ``instance`` is the id when ``nodes`` starts with ``instance('id')/root/item``.

    ``value`` and ``label`` are evaluated at each item; ``filtered`` tells of a choice filter.
    ``value_column`` and ``label_column`` are the plain names where the form has such (``by_itext``: the label
    column holds the id of an itext).
    """

    nodes: Expression
    value: Expression
    label: Label
    value_column: str
    label_column: str
    by_itext: bool
    instance: str
    filtered: bool


@dataclass(frozen=True, slots=True)
class SetValue:
    """A setvalue action: at ``events`` the node ``target`` gets ``value`` (None: the empty text)."""

    target: str
    value: Expression | None
    events: frozenset[str]


@dataclass(frozen=True, slots=True)
class Control:
    """How a node is asked: the element's name (``input``, ``select1``, ``upload`` …) and its texts."""

    tag: str
    label: Label | None = None
    hint: Label | None = None
    appearance: str = ""
    mediatype: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    itemset: Itemset | None = None
    actions: tuple[SetValue, ...] = ()


@dataclass(slots=True)
class NodeDefinition:
    """One element or attribute of the primary instance.

    ``path`` is absolute with local names (``/data/g/x``, attributes ``/data/meta/entity/@id``). ``kind`` is
    ``group``, ``repeat`` or ``leaf``. ``optional``: not written while empty. Filled while the
    form is read, not changed afterwards.
    """

    name: str
    path: str
    kind: str
    index: int
    parent: NodeDefinition | None
    prefix: str = ""
    namespace: str = ""
    default: str = ""
    bind: Bind = field(default_factory=Bind)
    control: Control | None = None
    count: Expression | None = None
    fixed_count: bool = False
    optional: bool = False
    live_repeats: int = 0
    children: list[NodeDefinition] = field(default_factory=list)
    attributes: list[NodeDefinition] = field(default_factory=list)

    @property
    def steps(self) -> tuple[str, ...]:
        """The names from the root down."""
        return tuple(self.path.split("/")[1:])

    @property
    def many(self) -> bool:
        """Whether the value is a set of choices separated by spaces."""
        return self.control is not None and self.control.tag in {"select", "rank"}

    def is_meta(self, name: str) -> bool:
        """Whether this is ``meta/<name>``, wherever the meta stands."""
        return self.name == name and self.parent is not None and self.parent.name == "meta"

    def repeats(self) -> tuple[NodeDefinition, ...]:
        """The repeats around this node, outermost first, itself included."""
        found: list[NodeDefinition] = []
        node: NodeDefinition | None = self
        while node is not None:
            if node.kind == "repeat":
                found.append(node)
            node = node.parent
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """A form: checked completely when it was loaded, shared by all its sessions.

    ``languages`` are the names of the form's translations; ``itext[language][id]`` the texts. ``nodes`` holds
    every node by path; ``instances`` the lists inside the form; ``external`` the ids of lists outside it.
    """

    form_id: str
    version: str
    title: str
    sha256: str
    root: NodeDefinition
    nodes: Mapping[str, NodeDefinition]
    languages: tuple[str, ...]
    default_language: str
    itext: Mapping[str, Mapping[str, Text]]
    instances: Mapping[str, FixedInstance]
    external: Mapping[str, str]
    actions: tuple[SetValue, ...]
    namespaces: Mapping[str, str]
    graph: Graph
    lists: ListSource
    functions: Mapping[str, FormFunction]
    clock: Callable[[], datetime]

    @property
    def questions(self) -> tuple[NodeDefinition, ...]:
        """All nodes that are asked, in the order of the form."""
        return tuple(node for node in self.nodes.values() if node.control is not None and node.kind == "leaf")

    def language(self, wanted: str) -> str:
        """The translation for ``wanted``: its name or the code in its brackets, else the form's default."""
        for name in self.languages:
            code = name[name.rfind("(") + 1 :].removesuffix(")").strip()
            if wanted in (name, code):
                return name
        return self.default_language

    def new_session(
        self, instance_id: UUID, language: str = "zh", preload: Mapping[str, str] | None = None
    ) -> FormSession:
        """A new instance with its defaults, preloads and first-load actions.

        ``preload`` maps paths to first values and names of session properties (``username``) to theirs.
        """
        from fieldapp.forms.session import FormSession

        return FormSession.new(self, instance_id, language, preload or {})

    def open_session(self, xml: bytes, language: str = "zh", recalculate: bool = True) -> FormSession:
        """The session of a draft or submission; ``recalculate`` False keeps the calculated values as sent."""
        from fieldapp.forms.session import FormSession

        return FormSession.from_xml(self, xml, language, recalculate=recalculate)
