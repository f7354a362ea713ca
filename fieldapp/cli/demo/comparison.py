"""Whether two inventories, laptop's and server's, say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldapp.i18n import N_

#: What is compared, by the inventories' keys, and which fields of each entry count.
COMPARED = {
    "submissions": ("instance_id", "record_id", "version", "sha256"),
    "attachments": ("instance_id", "name", "sha256", "size"),
    "receipts": ("instance_id", "sha256"),
    "register": ("list", "count", "mark"),
}
TITLES = {
    "submissions": N_("submissions"),
    "attachments": N_("attachments"),
    "receipts": N_("receipts"),
    "register": N_("Rows of the register"),
}


def compared(laptop: Mapping[str, Any], server: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Counts on both sides and whether the entries are equal, one by one, none twice; by title."""
    rows: dict[str, dict[str, Any]] = {}
    for key, fields in COMPARED.items():
        here, there = _entries(laptop[key], fields), _entries(server[key], fields)
        rows[TITLES[key]] = {
            "laptop": _count(laptop[key]),
            "server": _count(server[key]),
            "equal": bool(here) and here == there and len(set(there)) == len(there),
        }
    return rows


def _count(entries: Sequence[Mapping[str, Any]]) -> int:
    """A list of the register stands for its rows."""
    return sum(int(entry.get("count", 1)) for entry in entries)


def _entries(entries: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> list[tuple[str, ...]]:
    return sorted(tuple(str(entry[name]) for name in fields) for entry in entries)
