"""Commands that answer with one JSON object, or say why not."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from fieldapp.errors import UserError

Command = Callable[[argparse.Namespace], int]
#: Who has acted on the command line: in the audit log and beside what was done.
WHO = "districtserver"


def told(answering: Callable[[argparse.Namespace], Mapping[str, Any]]) -> Command:
    """A command that prints the answer; what it changed is searchable before it ends."""

    def command(given: argparse.Namespace) -> int:
        import django

        django.setup()
        from districtserver.staff import indexing

        try:
            answer = answering(given)
        except (UserError, OSError) as error:
            sys.stderr.write(f"districtserver: {error}\n")
            return 1
        indexing.catch_up()
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        return 0

    return command
