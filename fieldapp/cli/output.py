"""What a command prints and the code it ends with: text for people, one JSON object with ``--json``.

Exit codes, documented in the user guide and stable: see :class:`Exit`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any

from fieldapp.errors import EnvironmentProblem, FieldappError, UserError
from fieldapp.i18n import _, explain


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    BUG = 1
    USAGE = 2
    USER = 3  # something the user can put right
    ENVIRONMENT = 4  # network, disk, other process: try again later
    INCOMPLETE = 5  # the record still has open questions
    UNDELIVERED = 6  # the run ended, but something has no receipt yet
    DAMAGED = 7  # a check found damage
    CANCELLED = 130


class Output:
    """Where a command's results go. ``as_json`` prints exactly one JSON object on standard output."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def say(self, text: str) -> None:
        """A line for people; silent with ``--json``."""
        if not self.as_json:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()

    def progress(self, text: str) -> None:
        """A passing line on standard error, so that results can be piped."""
        if not self.as_json:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()

    def result(self, result: Mapping[str, Any]) -> None:
        """The result object of the command; printed with ``--json`` only."""
        if self.as_json:
            sys.stdout.write(json.dumps(result, ensure_ascii=False, sort_keys=True, default=str) + "\n")
            sys.stdout.flush()

    def table(self, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Columns for people; full-width characters count as two. Nothing without rows, not even a head."""
        lines = [[str(cell) for cell in row] for row in rows]
        if self.as_json or not lines:
            return
        widths = [max(map(_width, column)) for column in zip(head, *lines, strict=True)]
        for line in (list(head), *lines):
            cells = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
            self.say("  ".join(cells).rstrip())

    def failure(self, error: FieldappError) -> Exit:
        """Say what happened, where and what to do; gives the exit code that goes with it."""
        title, message, remedy = explain(error)
        if self.as_json:
            told = {"code": error.code, "title": title, "message": message, "remedy": remedy}
            self.result({"error": told | {"retryable": error.retryable}})
        else:
            sys.stderr.write(f"{title} [{error.code}]\n  {message}\n  {_('What to do:')} {remedy}\n")
        if isinstance(error, EnvironmentProblem):
            return Exit.ENVIRONMENT
        return Exit.USER if isinstance(error, UserError) else Exit.BUG


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
