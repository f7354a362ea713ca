"""Answers from a JSON file: a visit made without a window, step by step as a person would.

{"form": "hazard_inspection", "building": {"code": "…"}, "visit": {"kind": "recheck", "team": […]},
 "answers": [["/data/g/x", "1"], {"add": "/data/g/rep"}, ["photo", "photo:front.jpg"]]}
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fieldapp.domain.visit import TeamMember
from fieldapp.errors import UserError
from fieldapp.forms import FormDefinition, FormSession

#: An answer that begins so names a photograph, which is taken in first.
PHOTO = "photo:"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Member(_Strict):
    """One of the team."""

    name: str = Field(min_length=1)
    unit: str = ""
    certificate: str = ""


class House(_Strict):
    """Which building: ``id`` or ``code`` name it, ``find`` is a text that fits only one."""

    id: str = ""
    code: str = ""
    find: str = ""

    @property
    def wanted(self) -> str:
        """The most exact of the three."""
        return self.id or self.code or self.find


class VisitHead(_Strict):
    """The visit's head; times are ISO with their zone. What is left out is filled in as on the screen."""

    kind: str = ""
    tasks: tuple[str, ...] | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    team: tuple[Member, ...] = ()
    source: Literal["screen", "paper"] = "screen"

    @property
    def members(self) -> tuple[TeamMember, ...]:
        """The team as the visit wants it."""
        return tuple(TeamMember(one.name, one.unit, one.certificate) for one in self.team)


class Step(_Strict):
    """One edit: exactly one of an answer (``path`` and ``value``), ``add`` or ``remove`` of a repeat."""

    path: str = ""
    value: str = ""
    add: str = ""
    remove: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, given: Any) -> Any:
        if isinstance(given, list) and len(given) == 2 and all(isinstance(one, str) for one in given):
            return {"path": given[0], "value": given[1]}
        if isinstance(given, list):
            raise ValueError("an answer is [path, text]")
        return given

    @model_validator(mode="after")
    def _one_of(self) -> Step:
        if sum(map(bool, (self.path, self.add, self.remove))) != 1:
            raise ValueError("a step is [path, text], {add: path} or {remove: path}")
        return self


class Answers(_Strict):
    """The content of an answers file. ``answers`` may also be an object of path to text, in its order."""

    title: str = ""
    form: str = ""
    building: House = House()
    visit: VisitHead = VisitHead()
    answers: tuple[Step, ...]

    @model_validator(mode="before")
    @classmethod
    def _from_object(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("answers"), dict):
            return given | {"answers": [list(pair) for pair in given["answers"].items()]}
        return given


def read_answers(file: Path) -> Answers:
    """The file's content. UserError CLI_003 if it cannot be read, VISIT_003 with place and problem."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError("CLI_003", file=file.name, problem=error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise UserError("VISIT_003", file=file.name, problem="not UTF-8 text", place="1") from error
    try:
        return Answers.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}"
        raise UserError("VISIT_003", file=file.name, problem=error.msg, place=place) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the top"
        raise UserError("VISIT_003", file=file.name, problem=first["msg"], place=place) from error


@dataclass(frozen=True, slots=True)
class Editor:
    """How edits are made: on a draft of the store (``OpenForm``) or on a session alone."""

    answer: Callable[[str, str], object]
    add: Callable[[str], object]
    remove: Callable[[str], object]
    photo: Callable[[str, str], object]

    @classmethod
    def of_session(cls, session: FormSession) -> Editor:
        """Edits without a store: a photograph's name is the answer."""
        return cls(session.answer, session.add_repeat, session.remove_repeat, session.answer)


def fill(answers: Answers, form: FormDefinition, editor: Editor, done: Callable[[int, int], None]) -> None:
    """Make the edits in order; ``done`` hears how many of all. UserError FORM_016 for an unknown question,
    FORM_020 for one that the form fills in itself."""
    for number, step in enumerate(answers.answers, start=1):
        if step.add:
            editor.add(_full_path(form, step.add))
        elif step.remove:
            editor.remove(_full_path(form, step.remove))
        elif step.value.startswith(PHOTO):
            editor.photo(_question(form, step.path), step.value.removeprefix(PHOTO))
        else:
            editor.answer(_question(form, step.path), step.value)
        done(number, len(answers.answers))


def _question(form: FormDefinition, path: str) -> str:
    """The full path of something that is asked; what is only kept is no answer of a person."""
    full = _full_path(form, path)
    node = form.nodes.get(re.sub(r"\[[0-9]+\]", "", full))
    if node is not None and node.kind == "leaf" and node.control is None:
        raise UserError("FORM_020", question=node.name)
    return full


def _full_path(form: FormDefinition, path: str) -> str:
    """``path`` itself, or the one question that has this bare name. UserError FORM_016."""
    if path.startswith("/"):
        return path
    found = [node.path for node in form.nodes.values() if node.name == path and node.kind != "group"]
    if len(found) != 1:
        raise UserError("FORM_016", path=path, form=form.form_id)
    return found[0]


def photo_file(name: str, folder: Path) -> Path:
    """The file ``name`` of ``folder``, its suffix optional. UserError VISIT_004 if there is none.

    A name never leads out of the folder.
    """
    if name == Path(name).name and folder.is_dir():
        for file in sorted(folder.iterdir()):
            if name in (file.name, file.stem):
                return file
    raise UserError("VISIT_004", name=name)
