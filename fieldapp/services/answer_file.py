"""Answers from a JSON file: a visit made without a window, step by step as a person would.

{"form": "hazard_inspection", "building": {"code": "…"}, "visit": {"kind": "recheck", "team": […]},
 "answers": [["/data/g/x", "1"], {"add": "/data/g/rep"}, ["photo", "photo:front.jpg"]]}
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from fieldapp.domain.visit import TeamMember
from fieldapp.errors import Phrase, UserError
from fieldapp.forms import FormDefinition, FormSession, unwritable
from fieldapp.i18n import N_

#: An answer that begins so names a photograph, which is taken in first.
PHOTO = "photo:"
#: What the reader of JSON says of a broken file.
JSON_WORDS = (
    N_("Expecting value"),
    N_("Expecting property name enclosed in double quotes"),
    N_("Expecting ',' delimiter"),
    N_("Expecting ':' delimiter"),
    N_("Illegal trailing comma before end of object"),
    N_("Illegal trailing comma before end of array"),
    N_("Unterminated string starting at"),
    N_("Invalid control character at"),
    N_("Extra data"),
)


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
    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
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
            raise ValueError(N_("an answer is [path, text]"))
        return given

    @model_validator(mode="after")
    def _one_of(self) -> Step:
        if sum(map(bool, (self.path, self.add, self.remove))) != 1:
            raise ValueError(N_("a step is [path, text], [add: path] or [remove: path]"))
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
        given = json.loads(file.read_bytes().decode("utf-8-sig"), object_pairs_hook=_once_each)
        for where, text in _texts(given):
            _refuse_unwritable(where, text)
        return Answers.model_validate(given)
    except OSError as error:
        raise UserError("CLI_003", file=file.name, problem=error.strerror or "") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _unusable(file, Phrase("not UTF-8 text"), Phrase("line {line}", line=line)) from error
    except json.JSONDecodeError as error:
        place = Phrase("line {line}, column {column}", line=error.lineno, column=error.colno)
        raise _unusable(file, Phrase("not JSON ({found})", found=error.msg), place) from error
    except ValidationError as error:
        raise _unusable(file, *_first_of(error)) from error
    except _Problem as problem:
        raise _unusable(file, problem.what, problem.place) from problem
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets without end
        raise _unusable(file, Phrase("not JSON ({found})", found=type(error).__name__), _TOP) from error


_TOP = Phrase("the top")


class _Problem(Exception):  # noqa: N818 - becomes VISIT_003 once the file's name is known
    def __init__(self, what: Phrase, place: Phrase | str) -> None:
        super().__init__(str(what))
        self.what, self.place = what, place


def _unusable(file: Path, what: Phrase, place: Phrase | str) -> UserError:
    return UserError("VISIT_003", file=file.name, problem=what, place=place)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that stands in it twice is an error, for only one of the two could be kept."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Problem(Phrase("the same name twice"), twice)
    return found


def _texts(given: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in parsed JSON, names included, with the place where it stands (``answers.2.1``)."""
    if isinstance(given, str):
        yield place, given
        return
    parts = given.items() if isinstance(given, dict) else enumerate(given) if isinstance(given, list) else ()
    for name, below in parts:
        inner = f"{place}.{name}" if place else str(name)
        if isinstance(name, str):
            yield place, name
        yield from _texts(below, inner)


def _refuse_unwritable(place: str, text: str) -> None:
    """NUL, most control characters and halves of pairs have no place in XML: an instance would show U+FFFD
    where they stood.
    """
    found = next(unwritable(text), None)
    if found is not None:
        what = Phrase("the character {character} cannot be recorded", character=f"U+{ord(found):04X}")
        raise _Problem(what, place or _TOP)


def _first_of(error: ValidationError) -> tuple[Phrase, Phrase | str]:
    """What the first finding says, and where."""
    first = error.errors(include_url=False)[0]
    place: Phrase | str = ".".join(str(part) for part in first["loc"]) or _TOP
    kind = first["type"]
    if kind == "missing":
        what = Phrase("it is missing")
    elif kind == "extra_forbidden":
        what = Phrase("nothing of this name is expected here")
    elif kind.startswith(("datetime", "timezone")):
        what = Phrase("a time is written as 2022-12-08T09:05:00+08:00")
    elif kind == "literal_error":
        what = Phrase("it is one of {known}", known=first["ctx"]["expected"])
    elif kind == "value_error":
        what = Phrase(str(first["ctx"]["error"]))
    else:
        what = Phrase("it must be {wanted}", wanted=_wanted(kind))
    return what, place


def _wanted(kind: str) -> Phrase:
    """What a type error of pydantic asks for."""
    if kind.startswith(("tuple", "list")):
        return Phrase("a list")
    return Phrase("an object") if kind.startswith(("model", "dict")) else Phrase("a text that is not empty")


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
