"""Choices of selects: from lists inside the form, by index; from lists outside it, by asking their source."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from fieldapp.forms.definition import Itemset
from fieldapp.forms.instance import LiveNode
from fieldapp.forms.views import Choice
from fieldapp.forms.xpath import Context, EvaluationError, Instance, ListInstance, Node

if TYPE_CHECKING:
    from fieldapp.forms.session import FormSession

#: What stands between several chosen labels (paper.md 7).
SEPARATOR = "、"


class _Indexed:
    """The names in one column of a whole list, by its index."""

    def __init__(self, instance: Instance, column: str) -> None:
        self._instance = instance
        self._column = column

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self._instance.lookup(("root", "item"), self._column, name))


class Choices:
    """Answers for the selects of one session; lists outside the form are asked through its ``ListSource``."""

    def __init__(self, session: FormSession) -> None:
        self._session = session
        self._external: dict[str, ListInstance] = {}
        self._plain: dict[tuple[str, str], tuple[Choice, ...]] = {}

    def forget(self) -> None:
        """Drop labels remembered in the old language."""
        self._plain.clear()

    def instance(self, name: str) -> Instance | None:
        """The secondary instance of that id, None if the form has none."""
        definition = self._session.definition
        inside = definition.instances.get(name)
        if inside is not None:
            return inside
        if name not in definition.external:
            return None
        if name not in self._external:
            self._external[name] = ListInstance(definition.external[name], self._rows)
        return self._external[name]

    def _rows(self, name: str, column: str, value: str) -> Sequence[dict[str, str]]:
        try:
            return [dict(row) for row in self._session.definition.lists.lookup(name, column, value)]
        except KeyError as error:
            raise EvaluationError(f"the list '{name}' is not here") from error

    def pull(self, name: str, column: str, key_column: str, key: str) -> str | None:
        """``pulldata``: the cell of the first row whose key column has that value."""
        for row in self._rows(name, key_column, key):
            return row.get(column, "")
        return None

    def of(self, node: LiveNode) -> tuple[Choice, ...]:
        """The choices as they stand now; none for what is not a select.

        None either for a whole list outside the form, which may be of any size: it is searched, not shown.
        """
        control = node.definition.control
        if control is None:
            return ()
        if control.itemset is None:
            return tuple(Choice(item.value, self._session.show(item.label, node)) for item in control.items)
        itemset = control.itemset
        if itemset.filtered:
            return self._listed(itemset, node)
        if itemset.instance in self._session.definition.external:
            return ()
        key = (itemset.nodes.text, itemset.value_column)
        if key not in self._plain:
            self._plain[key] = self._listed(itemset, node)
        return self._plain[key]

    def _listed(self, itemset: Itemset, node: LiveNode) -> tuple[Choice, ...]:
        try:
            items = itemset.nodes.nodes(node.context)
            return tuple(self._choice(itemset, item, node) for item in items)
        except EvaluationError as error:
            self._session.warn_at(node, "itemset", str(error))
            return ()

    def _choice(self, itemset: Itemset, item: Node, node: LiveNode) -> Choice:
        label = itemset.label.expression
        # Nearly all lists name a column: reading it needs no evaluation.
        value_cells = item.named(itemset.value_column, "")
        label_cells = item.named(itemset.label_column, "") if itemset.label_column else ()
        if value_cells and label_cells:
            text = label_cells[0].string_value
            if itemset.by_itext:
                text = self._session.itext(text) or ""
            return Choice(value_cells[0].string_value, text)
        context = Context(item, node.context.environment, top=node.context.root())
        return Choice(itemset.value.string(context), label.string(context) if label is not None else "")

    def label(self, node: LiveNode, value: str) -> str | None:
        """The label of one choice, None if the select has no such choice. By index where there is one."""
        control = node.definition.control
        if control is None:
            return None
        itemset = control.itemset
        if itemset is not None and itemset.instance:
            instance = self.instance(itemset.instance)
            try:
                items = instance.lookup(("root", "item"), itemset.value_column, value) if instance else None
                if items is not None:
                    return self._choice(itemset, items[0], node).label if items else None
            except EvaluationError:
                return None  # a list that is not here has no labels; its name is shown instead
        return next((choice.label for choice in self.of(node) if choice.name == value), None)

    def name_of(self, value: str, question: str, context: Context) -> str | None:
        """``jr:choice-name``: the label of ``value`` in the question at that path, seen from ``context``."""
        path = question.strip().strip("'\"")
        above: object = context.current
        if path.startswith("/"):
            names = [part.split("[")[0].strip().rsplit(":", 1)[-1] for part in path.split("/")]
            definition = self._session.definition.nodes.get("/".join(names))
            above = self._session.beside(definition, context.current) if definition is not None else None
        else:
            for part in path.split("/"):
                if not isinstance(above, LiveNode):
                    return None
                if part == "..":
                    above = above.parent
                elif part not in (".", "current()"):
                    equals = above.names.get(part.rsplit(":", 1)[-1], [])
                    above = equals[0] if equals else None
        return self.label(above, value) if isinstance(above, LiveNode) else None

    def display(self, node: LiveNode) -> str:
        """The answer with labels in place of names; other answers as they are."""
        control = node.definition.control
        value = node.string_value
        if not value or control is None or control.tag not in {"select", "select1", "rank"}:
            return value
        names = value.split() if node.definition.many else [value]
        return SEPARATOR.join(self.label(node, name) or name for name in names)

    def allows(self, node: LiveNode) -> bool:
        """Whether all chosen names stand in the list. Lists outside the form are not asked: they may lag."""
        control = node.definition.control
        if control is None or control.tag not in {"select", "select1", "rank"}:
            return True
        names = node.raw.split() if node.definition.many else [node.raw]
        itemset = control.itemset
        if itemset is None:
            return not control.items or {item.value for item in control.items}.issuperset(names)
        if itemset.instance in self._session.definition.external:
            return True
        known = self._names(itemset, node)
        return all(name in known for name in names)

    def _names(self, itemset: Itemset, node: LiveNode) -> Container[str]:
        """The names of a list inside the form as they stand now, without labels, which cost more."""
        plain = itemset.value_column and not itemset.filtered
        instance = self.instance(itemset.instance) if plain else None
        if instance is not None:
            return _Indexed(instance, itemset.value_column)
        try:
            return {self._name(itemset, item, node) for item in itemset.nodes.nodes(node.context)}
        except EvaluationError as error:
            self._session.warn_at(node, "itemset", str(error))
            return ()

    def _name(self, itemset: Itemset, item: Node, node: LiveNode) -> str:
        cells = item.named(itemset.value_column, "")
        if cells:
            return cells[0].string_value
        return itemset.value.string(Context(item, node.context.environment, top=node.context.root()))
