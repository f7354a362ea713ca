"""One answer until all that depends on it is recalculated, against a frame of the screen, 16 ms."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from bench.filled import DEFECT, hazard_inspection
from bench.large_form import FIRST, large_form
from bench.timing import ROUNDS, Figure, milliseconds
from fieldapp.forms import FormSession, load_form

FRAME_MS = 16.0


def measure() -> list[Figure]:
    """F02: the width of a crack, which changes the suggested level; 300 questions: the first of the chain."""
    crack = f"{DEFECT}[2]/d_crack_w"
    inspection = hazard_inspection()
    large = load_form(large_form()).new_session(UUID(int=2))
    return [
        _figure("answer in F02", inspection, crack, ("0.5", "2.5"), "/data/g_result/hazard_suggested"),
        _figure("answer in 300 questions", large, FIRST, ("3", "4000"), "/data/verdict"),
    ]


def _figure(operation: str, session: FormSession, path: str, values: Sequence[str], result: str) -> Figure:
    """Time of one answer, the values taken in turn; ``result`` must follow them, else nothing is proved."""
    seen = []
    for value in values:
        session.answer(path, value)
        seen.append(session.value(result))
    turn = 0

    def answer() -> None:
        nonlocal turn
        turn += 1
        session.answer(path, values[turn % len(values)])

    best = min(milliseconds(answer, 20) for _ in range(ROUNDS))
    changed = len(session.answer(path, values[(turn + 1) % len(values)]).values)
    note = f"{changed} values change" if seen[0] != seen[-1] else f"{result} does not depend on it"
    return Figure(operation, best, "one frame", FRAME_MS, 1.0, note)
