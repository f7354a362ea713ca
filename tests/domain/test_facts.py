"""From live nodes to facts: groups flattened, repeats collected, nothing irrelevant."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.domain.facts import facts_of, facts_of_arguments, text


@dataclass
class Node:
    """A node as the engine shows it."""

    name: str
    kind: str = "question"
    value: str = ""
    relevant: bool = True
    children: tuple[Node, ...] = ()


DEFECTS = Node(
    "g_defect",
    "group",
    children=(
        Node("rep_defect", "repeat", children=(Node("d_kind", value="crack"), Node("d_note"))),
        Node("rep_defect", "repeat", children=(Node("d_kind", value="tilt"),)),
        Node("rep_defect", "repeat", relevant=False, children=(Node("d_kind", value="rot"),)),
    ),
)


def test_groups_are_flattened_and_repeats_collected() -> None:
    facts = facts_of([Node("g", "group", children=(Node("a", value="1"), Node("b"))), DEFECTS])
    assert facts == {"a": "1", "rep_defect": [{"d_kind": "crack"}, {"d_kind": "tilt"}]}


def test_irrelevant_groups_say_nothing() -> None:
    hidden = Node("g", "group", relevant=False, children=(Node("a", value="1"),))
    assert facts_of([hidden, Node("b", value="2", relevant=False)]) == {}


def test_arguments_other_than_nodes_are_passed_over() -> None:
    assert facts_of_arguments([(Node("a", value="1"),), "text", 3.0, (DEFECTS,)])["a"] == "1"


def test_text_of_what_is_no_text_is_empty() -> None:
    assert text({"a": "1", "b": []}, "a") == "1"
    assert text({"a": "1", "b": []}, "b") == ""
    assert text({}, "c") == ""
