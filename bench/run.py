"""Runs the operations, prints the table and the JSON lines; exit code 1 when a goal is missed."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence

from bench.timing import Figure
from fieldapp.errors import EnvironmentProblem

#: Modules of this package with a ``measure() -> list[Figure]``, in the order of the table.
OPERATIONS = ("answers", "drafts", "photo", "pull", "scroll", "search", "sheet", "start", "upload")
#: Those that take minutes: measured when they are named.
BY_NAME = ("search_million",)


def main(chosen: Sequence[str]) -> int:
    """Measure all operations, or those named. Unknown names end with exit code 2."""
    unknown = set(chosen) - {*OPERATIONS, *BY_NAME}
    if unknown:
        there = ", ".join([*OPERATIONS, *BY_NAME])
        print(f"unknown: {', '.join(sorted(unknown))}; there are: {there}", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    for name in (*OPERATIONS, *BY_NAME):
        if name in chosen or (not chosen and name in OPERATIONS):
            figures += _measured(name)
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(table(figures))
    for figure in figures:
        print(line(figure))
    return 0 if all(figure.reached for figure in figures) else 1


def _measured(name: str) -> list[Figure]:
    """The figures of one operation; a part of the program that is not there fails its line by name."""
    try:
        found: list[Figure] = importlib.import_module(f"bench.{name}").measure()
    except ImportError as error:
        return [Figure(name, None, "", None, 1.0, f"part missing: {error.name}")]
    except EnvironmentProblem as error:
        return [Figure(name, None, "", None, 1.0, str(error))]
    return found


def table(figures: Sequence[Figure]) -> str:
    """The figures for people."""
    rows: list[tuple[str, ...]] = [("operation", "ours ms", "peer", "its ms", "ratio", "goal", "")]
    rows += [_cells(figure) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _cells(figure: Figure) -> tuple[str, ...]:
    verdict = "ok" if figure.reached else "MISSED"
    return (
        figure.operation,
        _number(figure.ours_ms),
        figure.peer,
        _number(figure.peer_ms),
        _number(figure.ratio),
        f"<= {figure.goal:g}",
        f"{verdict}  {figure.note}".rstrip(),
    )


def line(figure: Figure) -> str:
    """One figure for programs."""
    return json.dumps(
        {
            "bench": figure.operation,
            "ours_ms": figure.ours_ms,
            "peer": figure.peer,
            "peer_ms": figure.peer_ms,
            "ratio": figure.ratio,
            "goal": figure.goal,
            "reached": figure.reached,
            "note": figure.note,
        },
        ensure_ascii=False,
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
