"""Filling one instance of a form: answers in, everything that depends on them recalculated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from fieldapp.errors import BugError, UserError
from fieldapp.forms import entities, serialize
from fieldapp.forms.choices import Choices
from fieldapp.forms.definition import FormDefinition, Label, NodeDefinition, SetValue
from fieldapp.forms.instance import MAX_NODES, MAX_REPEATS, LiveDocument, LiveNode, grow, instance_of
from fieldapp.forms.reading import read_xml
from fieldapp.forms.recalculation import Recalculation
from fieldapp.forms.types import fits, normalized
from fieldapp.forms.views import Changes, Choice, NodeView, SessionEnvironment, Violation
from fieldapp.forms.xpath import EvaluationError, Expression, Node

_STEP = re.compile(r"(@?[^\[\]/]+)(?:\[([0-9]+)\])?")
#: setvalue may set off setvalue; a chain longer than this is a loop.
MAX_ACTIONS = 100


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the field's own word, and never used as Python's
    """An expression that failed while filling: the question, which expression, and why. Its value was
    empty.
    """

    path: str
    what: str
    problem: str


@dataclass(frozen=True, slots=True)
class OpeningReport:
    """What opening a draft or submission found: the version it was written with, and what no longer fits.

    ``strangers``: paths of answers that this version of the form has no question for; they are not carried
    on. What has a question but not a fitting type or choice is found by ``validate``.
    """

    written_version: str
    form_version: str
    strangers: tuple[str, ...]


class FormSession:
    """One instance being filled. Not thread-safe: it belongs to the thread that made it.

    ``strangers`` names what an opened draft held and the form no longer has; ``opened`` tells more.
    ``warnings`` holds one entry per question and expression that failed.
    """

    def __init__(self, definition: FormDefinition, language: str) -> None:
        self.definition = definition
        self.language = definition.language(language)
        self.opened: OpeningReport | None = None
        self.warnings: list[Warning] = []
        self._warned: set[tuple[str, str]] = set()
        self._listeners: list[Callable[[Changes], None]] = []
        self._choices = Choices(self)
        self._environment = SessionEnvironment(
            instance=self._choices.instance,
            clock=definition.clock,
            itext=self.itext,
            choice_name=self._choices.name_of,
            session_property=self._property,
            pull=self._choices.pull,
            session=self,
        )
        self._document = LiveDocument()
        self._root = grow(definition.root, self._document, self._environment)
        self._document.children = (self._root,)
        self._recalculation = Recalculation(
            definition.graph, self._environment, self.warn_at, self._fill_count
        )
        self._moved: dict[tuple[LiveNode, str], None] = {}
        self._properties: dict[str, str] = {}
        self._chain = 0

    @classmethod
    def new(
        cls, definition: FormDefinition, instance_id: UUID, language: str, preload: Mapping[str, str]
    ) -> FormSession:
        """A new instance with its defaults, preloads and first-load actions."""
        session = cls(definition, language)
        session._properties = {name: value for name, value in preload.items() if not name.startswith("/")}
        session._recalculation.enter(session._root)
        session._preload(instance_id)
        for path, value in preload.items():
            if path.startswith("/"):
                session._find(path).set_raw(value)
        session._recalculation.everything()
        session._run({"odk-instance-first-load", "xforms-ready", "odk-instance-load"})
        session._settle()
        return session

    @classmethod
    def from_xml(
        cls, definition: FormDefinition, xml: bytes, language: str = "zh", *, recalculate: bool = True
    ) -> FormSession:
        """The session of a draft or a submission. UserError FORM_001 to FORM_003 and FORM_014 if
        unreadable.
        """
        session = cls(definition, language)
        element = read_xml(xml)
        strangers = serialize.fill(session._root, element, session._environment, definition.form_id)
        session._recalculation.enter(session._root)
        session._recalculation.keep_values = not recalculate
        session._recalculation.everything()
        session._recalculation.keep_values = False
        if recalculate:
            session._run({"odk-instance-load"})
            session._settle()
        session._take_changes()
        session.opened = OpeningReport(element.get("version") or "", definition.version, strangers)
        return session

    @property
    def strangers(self) -> tuple[str, ...]:
        """Paths of what an opened draft held and this version of the form does not have."""
        return self.opened.strangers if self.opened is not None else ()

    @property
    def root(self) -> NodeView:
        """The root group."""
        return NodeView(self._root, self)

    def node(self, path: str) -> NodeView:
        """The node at ``path`` (``/data/g/rep[2]/x``; a missing position means 1). BugError if there is
        none.
        """
        return NodeView(self._find(path), self)

    def value(self, path: str) -> str:
        """The answer at ``path``, empty while irrelevant."""
        return self.node(path).value

    def choices(self, path: str) -> tuple[Choice, ...]:
        """The choices at ``path`` as they stand now."""
        return self.choices_of(self._find(path))

    def answer(self, path: str, value: str) -> Changes:
        """Answer a question; everything that depends on it is recalculated before this returns.

        UserError FORM_020 for what is readonly or only calculated: nobody changes by hand what the form says.
        """
        node = self._find(path)
        definition = node.definition
        if definition.kind != "leaf":
            raise BugError("BUG_001", what=f"{path} is not a question")
        if self.readonly(node) or (definition.control is None and definition.bind.calculate is not None):
            raise UserError("FORM_020", question=definition.path)
        self._chain = 0
        self._set(node, normalized(definition.bind.type, definition.many, value))
        return self._settle()

    def add_repeat(self, path: str) -> str:
        """Add an instance of the repeat at ``path`` behind the last; returns its path."""
        parent, definition = self._repeat(path)
        if definition.count is not None:
            raise UserError("FORM_018", path=definition.path)
        if len(parent.names.get(definition.name, ())) >= MAX_REPEATS or self._full():
            raise UserError("FORM_015", limit=MAX_REPEATS)
        added = self._grow_repeat(parent, definition)
        self._settle()
        return added.path

    def remove_repeat(self, path: str) -> Changes:
        """Remove one instance (``/data/rep[2]``); those behind it move up."""
        node = self._find(path)
        if node.definition.kind != "repeat" or not isinstance(node.parent, LiveNode):
            raise BugError("BUG_001", what=f"{path} is not an instance of a repeat")
        if node.definition.count is not None:
            raise UserError("FORM_018", path=node.definition.path)
        self._remove(node.parent, node)
        return self._settle()

    def validate(self) -> tuple[Violation, ...]:
        """All violations of relevant answers, in document order."""
        with self._environment.shared():
            return tuple(violation for node in self._root.walk() for violation in self._check(node))

    def check(self, path: str) -> tuple[Violation, ...]:
        """The violations of one question."""
        return tuple(self._check(self._find(path)))

    def complete(self) -> None:
        """Set what stands for the end of filling (``jr:preload="timestamp"`` with ``end``). Before
        ``to_xml``.
        """
        self._stamp("end")
        self._settle()

    def supersede(self, new_id: UUID) -> None:
        """Make this a correction: the old instanceID becomes deprecatedID, ``new_id`` the instanceID."""
        for meta in (child for child in self._root.elements if child.name == "meta"):
            old = meta.names.get("instanceID", [])
            deprecated = meta.names.get("deprecatedID", [])
            if old and deprecated:
                self._set(deprecated[0], old[0].raw)
                self._set(old[0], f"uuid:{new_id}")
                self._settle()
                return
        raise UserError("FORM_019", form=self.definition.form_id)

    @property
    def instance_name(self) -> str:
        """The text of ``meta/instanceName``, empty if the form gives none."""
        return next((n.string_value for n in self._root.walk() if n.definition.is_meta("instanceName")), "")

    def to_xml(self) -> bytes:
        """The submission: irrelevant nodes left out. The same state gives the same bytes."""
        return serialize.to_xml(self._root, pruned=True)

    def draft_xml(self) -> bytes:
        """The draft: everything, also what is irrelevant now, so that it opens exactly as it was."""
        return serialize.to_xml(self._root, pruned=False)

    def effects(self) -> tuple[entities.EntityEffect, ...]:
        """What the submission creates or changes in the register."""
        return entities.effects_of(self._root)

    def attachments(self) -> tuple[str, ...]:
        """The file names in relevant binary answers, in document order, each once."""
        names = (
            node.string_value
            for node in self._root.walk()
            if node.definition.bind.type == "binary" and node.definition.kind == "leaf"
        )
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def instance_id(self) -> str:
        """The text of ``meta/instanceID``."""
        return next((n.raw for n in self._root.walk() if n.definition.is_meta("instanceID")), "")

    def subscribe(self, listener: Callable[[Changes], None]) -> Callable[[], None]:
        """Call ``listener`` after every edit; returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def use_language(self, language: str) -> None:
        """Show labels and messages in another translation from now on."""
        self.language = self.definition.language(language)
        self._choices.forget()
        self._recalculation.worded()
        self._settle()

    # -- what views and functions ask -------------------------------------------------------------

    def show(self, label: Label | None, node: LiveNode) -> str:
        """A label or message at ``node``, in the session's language; empty if there is none."""
        if label is None:
            return ""
        try:
            if label.itext:
                text = self.definition.itext.get(self.language, {}).get(label.itext)
                return text.show(node.context) if text is not None else ""
            if label.expression is not None:
                return label.expression.string(node.context)
            return label.text.show(node.context) if label.text is not None else ""
        except EvaluationError as error:
            self.warn_at(node, "label", str(error))
            return ""

    def holds(self, expression: Expression | None, node: LiveNode) -> bool:
        """Whether a required or readonly expression is true now."""
        return expression is not None and self._recalculation.boolean(expression, node, "bind")

    def readonly(self, node: LiveNode) -> bool:
        """Whether the node or a group around it is readonly now."""
        current: object = node
        while isinstance(current, LiveNode):
            if self.holds(current.definition.bind.readonly, current):
                return True
            current = current.parent
        return False

    def choices_of(self, node: LiveNode) -> tuple[Choice, ...]:
        """The choices of a live select."""
        return self._choices.of(node)

    def display(self, node: LiveNode) -> str:
        """An answer as people read it."""
        if node.definition.kind != "leaf":
            return ""
        return self._choices.display(node)

    # -- inside -----------------------------------------------------------------------------------

    def _find(self, path: str) -> LiveNode:
        node: LiveNode | None = None
        for step in path.strip("/").split("/"):
            match = _STEP.fullmatch(step)
            if match is None:
                break
            name, position = match[1], int(match[2] or 1)
            if node is None:
                node = self._root if name == self._root.name else None
            elif name.startswith("@"):
                node = next((a for a in node.attributes if a.name == name[1:]), None)
            else:
                equals = node.names.get(name, [])
                node = equals[position - 1] if 0 < position <= len(equals) else None
            if node is None:
                break
        if node is None:
            raise UserError("FORM_016", path=path, form=self.definition.form_id)
        return node

    def _repeat(self, path: str) -> tuple[LiveNode, NodeDefinition]:
        above, _, last = path.rstrip("/").rpartition("/")
        parent = self._find(above)
        name = last.split("[", 1)[0]
        for child in parent.definition.children:
            if child.name == name and child.kind == "repeat":
                return parent, child
        raise UserError("FORM_016", path=path, form=self.definition.form_id)

    def _grow_repeat(self, parent: LiveNode, definition: NodeDefinition) -> LiveNode:
        added = grow(definition, parent, self._environment)
        parent.insert(added)
        self._recalculation.enter(added)
        self._recalculation.spread(added)
        self._recalculation.subtree(added)
        self._recalculation.moved(parent, definition)
        self._moved[parent, definition.name] = None
        for action in self.definition.actions:
            if action.events & {"odk-new-repeat", "jr-insert"} and action.target.startswith(
                f"{definition.path}/"
            ):
                self._recalculation.settle()
                self._act(action, added)
        return added

    def _remove(self, parent: LiveNode, node: LiveNode) -> None:
        self._recalculation.leave(node)
        parent.remove(node)
        self._recalculation.moved(parent, node.definition)
        self._moved[parent, node.name] = None

    def _set(self, node: LiveNode, value: str) -> None:
        if value == node.raw:
            return
        node.set_raw(value)
        self._recalculation.changed_values[node] = None
        self._recalculation.touched(node)
        control = node.definition.control
        triggered = [a for a in control.actions if "xforms-value-changed" in a.events] if control else []
        if triggered:
            self._chain += 1
            if self._chain > MAX_ACTIONS:
                raise UserError("FORM_017", question=node.definition.path)
            self._recalculation.settle()
            for action in triggered:
                self._act(action, node)

    def _settle(self) -> Changes:
        self._recalculation.settle()
        changes = self._take_changes()
        if changes != Changes():
            for listener in tuple(self._listeners):
                listener(changes)
        return changes

    def _take_changes(self) -> Changes:
        recalculation = self._recalculation
        changes = Changes(
            tuple(node.path for node in recalculation.changed_values),
            tuple(node.path for node in recalculation.changed_relevance),
            tuple(f"{parent.path}/{name}" for parent, name in self._moved if not parent.gone),
        )
        recalculation.changed_values.clear()
        recalculation.changed_relevance.clear()
        self._moved.clear()
        return changes

    def _fill_count(self, repeat: NodeDefinition, parent: LiveNode) -> None:
        """Bring a counted repeat to its number. Instances too many become irrelevant and keep their
        answers.
        """
        assert repeat.count is not None
        try:
            number = repeat.count.number(LiveNode(repeat, parent, self._environment).context)
        except EvaluationError as error:
            self.warn_at(parent, f"{repeat.name} jr:count", str(error))
            return
        wanted = min(int(min(number, MAX_REPEATS)), MAX_REPEATS) if number == number and number > 0 else 0
        instances = parent.names.get(repeat.name, [])
        for place, instance in enumerate(instances):
            if instance.surplus != (place >= wanted):
                instance.surplus = place >= wanted
                self._recalculation.spread(instance)
                self._moved[parent, repeat.name] = None
        for _ in range(wanted - len(instances)):
            if self._full():
                self.warn_at(parent, f"{repeat.name} jr:count", "there are too many questions")
                return
            self._grow_repeat(parent, repeat)

    def _full(self) -> bool:
        return self._recalculation.size > MAX_NODES

    def _run(self, events: set[str]) -> None:
        """Actions that belong to opening, in the order of the form."""
        for action in self.definition.actions:
            target = self.definition.nodes[action.target]
            if action.events & events:
                for node in tuple(self._recalculation.live.get(target.index, ())):
                    self._assign(action, node)

    def _act(self, action: SetValue, near: LiveNode) -> None:
        target = self.definition.nodes[action.target]
        around = {id(repeat) for repeat in near.definition.repeats()}
        shared = [repeat for repeat in target.repeats() if id(repeat) in around]
        for node in tuple(self._recalculation.live.get(target.index, ())):
            if not shared or instance_of(node, shared[-1]) is instance_of(near, shared[-1]):
                self._assign(action, node)

    def _assign(self, action: SetValue, node: LiveNode) -> None:
        value = self._recalculation.value(action.value, node, "setvalue") if action.value is not None else ""
        self._set(node, value)
        self._recalculation.again(node)
        self._recalculation.settle()

    def _preload(self, instance_id: UUID) -> None:
        for node in self._root.walk():
            bind = node.definition.bind
            if (node.definition.is_meta("instanceID") and not node.raw) or bind.preload == "uid":
                node.set_raw(f"uuid:{instance_id}")
            elif bind.preload == "date" and bind.preload_params == "today":
                node.set_raw(self.definition.clock().date().isoformat())
            elif bind.preload == "property":
                node.set_raw(self._properties.get(bind.preload_params, ""))
        self._stamp("start")

    def _stamp(self, moment: str) -> None:
        now = self.definition.clock().isoformat(timespec="milliseconds")
        for node in self._root.walk():
            bind = node.definition.bind
            if bind.preload == "timestamp" and bind.preload_params == moment:
                self._set(node, now)

    def _check(self, node: LiveNode) -> list[Violation]:
        definition = node.definition
        if definition.kind != "leaf" or not node.relevant:
            return []
        bind, value = definition.bind, node.raw
        if not value:
            if self.holds(bind.required, node):
                return [Violation(node.path, "required", self.show(bind.required_message, node))]
            return []
        if not fits(bind.type, value):
            return [Violation(node.path, "type", "")]
        if bind.constraint is not None and not self._recalculation.boolean(
            bind.constraint, node, "constraint", otherwise=True
        ):
            return [Violation(node.path, "constraint", self.show(bind.constraint_message, node))]
        if not self._choices.allows(node):
            return [Violation(node.path, "choice", "")]
        return []

    def warn_at(self, node: LiveNode, what: str, problem: str) -> None:
        """One warning per question and expression, however many instances of it fail."""
        path = node.definition.path
        if (path, what) not in self._warned:
            self._warned.add((path, what))
            self.warnings.append(Warning(path, what, problem))

    def _property(self, name: str) -> str | None:
        return self.definition.version if name == "version" else self._properties.get(name)

    def itext(self, text_id: str) -> str | None:
        """The text of that id in the session's language, None if there is none."""
        text = self.definition.itext.get(self.language, {}).get(text_id)
        return text.show(self._root.context) if text is not None else None

    def beside(self, definition: NodeDefinition, near: Node) -> LiveNode | None:
        """The live node of ``definition`` in the same repeat instances as ``near``, else the first."""
        live = self._recalculation.live.get(definition.index, [])
        repeats = definition.repeats()
        if repeats and isinstance(near, LiveNode):
            for repeat in reversed(repeats):
                instance = instance_of(near, repeat)
                if instance is not None:
                    return next((node for node in live if instance_of(node, repeat) is instance), None)
        return live[0] if live else None
