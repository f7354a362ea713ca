"""After any edits the incremental state equals that of a session that calculates everything anew."""

from __future__ import annotations

from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.forms import FormDefinition, FormSession, load_form
from tests.forms.scenario import INSTANCE, clock, xform

TABLE = """
| survey |
| | type | name | label | relevant | calculation | repeat_count | choice_filter |
| | integer | a | A | | | | |
| | integer | n | N | | | | |
| | text | b | B | ${a} > 2 | | | |
| | begin group | g | G | ${a} != 3 | | | |
| | integer | c | C | | | | |
| | calculate | d | | | coalesce(${c}, 0) + coalesce(${a}, 0) | | |
| | integer | e | E | ${d} > 4 | | | |
| | end group | | | | | | |
| | begin repeat | r | R | ${d} < 9 | | | |
| | integer | x | X | | | | |
| | calculate | pos | | | position(..) | | |
| | calculate | share | | ${x} != 2 | ${x} * ${pos} + coalesce(${e}, 0) | | |
| | begin repeat | s | S | ${x} != 4 | | ${n} | |
| | integer | y | Y | | | | |
| | calculate | z | | | concat(${y}, '-', ${x}, '-', ${all}) | | |
| | end repeat | | | | | | |
| | calculate | ys | | | sum(${y}) | | |
| | end repeat | | | | | | |
| | calculate | all | | | sum(${x}) | | |
| | calculate | many | | | count(${r}) | | |
| | calculate | deep | | | count(${s}) + sum(${y}) | | |
| | calculate | joined | | | join(',', ${share}) | | |
| | calculate | second | | | indexed-repeat(${x}, ${r}, 2) | | |
| | calculate | picked | | | count(${r}[${x} > 1]) | | |
| | text | last | Last | ${joined} != '' and ${many} > 1 | | | |
"""


@lru_cache(maxsize=1)
def form() -> FormDefinition:
    """The form of this file."""
    return load_form(xform(TABLE), clock=clock)


small = st.integers(0, 5)
edits = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["a", "n", "b", "g/c", "g/e", "last"]), st.just(0), st.just(0), small),
        st.tuples(st.just("x"), small, st.just(0), small),
        st.tuples(st.just("y"), small, small, small),
        st.tuples(st.just("add"), st.just(0), st.just(0), st.just(0)),
        st.tuples(st.just("remove"), small, st.just(0), st.just(0)),
    ),
    max_size=25,
)


def instances(session: FormSession, path: str, name: str) -> list[str]:
    """The paths of the instances of a repeat, irrelevant ones too."""
    return [child.path for child in session.node(path).children if child.name == name]


def edit(session: FormSession, what: str, first: int, second: int, value: int) -> None:
    """One random edit; places that do not exist are taken modulo."""
    if what == "add":
        session.add_repeat("/data/r")
        return
    rooms = instances(session, "/data", "r")
    if what not in {"remove", "x", "y"}:
        session.answer(f"/data/{what}", str(value) if value else "")
        return
    if not rooms:
        return
    room = rooms[first % len(rooms)]
    if what == "remove":
        session.remove_repeat(room)
    elif what == "x":
        session.answer(f"{room}/x", str(value) if value else "")
    else:
        below = instances(session, room, "s")
        if below:
            session.answer(f"{below[second % len(below)]}/y", str(value) if value else "")


@settings(max_examples=150, deadline=None)
@given(edits)
def test_incremental_recalculation_equals_a_full_one(steps: list[tuple[str, int, int, int]]) -> None:
    session = form().new_session(INSTANCE)
    for step in steps:
        edit(session, *step)
    anew = form().open_session(session.draft_xml())
    assert session.to_xml() == anew.to_xml()
    assert [v.path for v in session.validate()] == [v.path for v in anew.validate()]
    assert session.warnings == anew.warnings == []
