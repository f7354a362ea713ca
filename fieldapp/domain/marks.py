"""The mark of a register row: 52 bits that stand for all its content, the same on laptop and server.

Marks of a list are joined by exclusive or, so that a changed row is taken out and put in again without
looking at any other (docs/protocol.md, compare).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


class PlainJson(json.JSONEncoder):
    """Sorted, no spaces, characters as they are, whatever it is asked for."""

    def __init__(self, **_asked: object) -> None:
        super().__init__(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


_PLAIN = PlainJson()


def plain_json(values: Mapping[str, str]) -> str:
    """The one JSON text of a row's properties."""
    return _PLAIN.encode(values)


def row_mark(list_name: str, identity: str, version: int, label: str, values: str) -> int:
    """The mark of a row; ``values`` is its ``plain_json``. A line break in a label cannot make two rows look
    alike: what follows it is the object, which ends the text."""
    text = f"{list_name}\n{identity}\n{version}\n{label}\n{values}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 12
