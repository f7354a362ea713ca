"""A submission as it is read: its answers in the order of form and sheet, choices by their labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from districtserver import published
from districtserver.evaluation import ENGINE_FAILURES
from districtserver.models import Submission
from fieldapp.domain.masks import masked
from fieldapp.domain.register import list_names, schema
from fieldapp.errors import FieldappError
from fieldapp.forms import FormSession, NodeView


@dataclass(frozen=True, slots=True)
class Answer:
    """One question: its label and answer as text; ``photo`` names a file of the submission.

    ``missing``: a required answer that is not there.
    """

    path: str
    label: str
    text: str = ""
    photo: str = ""
    missing: bool = False


@dataclass(slots=True)
class Section:
    """A group or one instance of a repeat with the answers directly in it. ``depth`` counts from 0."""

    title: str
    depth: int
    answers: list[Answer] = field(default_factory=list)


def opened(submission: Submission, language: str) -> FormSession | None:
    """The submission in its form, as it was sent; None if the engine cannot open it."""
    try:
        form = published.definition(submission.form)
        return form.open_session(bytes(submission.xml), language=language, recalculate=False)
    except (FieldappError, *ENGINE_FAILURES):
        return None


def sections(session: FormSession, *, persons: bool) -> list[Section]:
    """All that was asked and counted, in order; groups without an answer are left out.

    ``persons``: personal answers are shown in full.
    """
    hidden = frozenset() if persons else _personal()
    found = [Section("", 0)]
    _gather(session.root, 0, found, hidden)
    return [section for section in found if section.answers or section.title]


def _personal() -> frozenset[str]:
    """Names of properties that hold personal data in any list."""
    return frozenset(name for one in list_names() for name in schema(one).personal())


def _gather(parent: NodeView, depth: int, found: list[Section], hidden: frozenset[str]) -> None:
    for node in parent.children:
        if not node.relevant:
            continue
        if node.kind in ("group", "repeat"):
            if any(_asked(leaf) for leaf in node.leaves):
                title = node.label or (found[-1].title if node.kind == "group" else node.name)
                found.append(Section(_numbered(node, title), depth))
                _gather(node, depth + 1, found, hidden)
        elif _asked(node):
            found[-1].answers.append(_answer(node, hidden))


def _numbered(node: NodeView, title: str) -> str:
    number = node.path.rpartition("[")[2].rstrip("]")
    return f"{title} {number}" if node.kind == "repeat" and number.isdigit() else title


def _asked(node: NodeView) -> bool:
    """A question that counts. What only has its label to say is no answer."""
    note = node.readonly and not node.calculated and not node.value
    return node.relevant and node.kind == "question" and not note


def _answer(node: NodeView, hidden: frozenset[str]) -> Answer:
    if node.control == "upload":
        return Answer(node.path, node.label, photo=node.value, missing=node.required and not node.value)
    text = node.text
    if node.save_to in hidden:
        text = masked(text)
    return Answer(node.path, node.label, text, missing=node.required and not node.value)


def photo_labels(session: FormSession) -> Iterator[tuple[str, str]]:
    """Names of files and the labels of the questions they answer."""
    for leaf in session.root.leaves:
        if leaf.control == "upload" and leaf.value:
            yield leaf.value, leaf.label
