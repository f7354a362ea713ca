"""A building's address as people write it."""

from __future__ import annotations

from collections.abc import Mapping

from fieldapp.domain.codelists import codelists


def full_address(values: Mapping[str, str]) -> str:
    """``鲤城区江南街道亭店社区亭店路12号`` of a building's row."""
    lists = codelists()
    street, community = values.get("street", ""), values.get("community", "")
    parts = (
        "鲤城区",
        lists.text("street", street),
        lists.text("community", community),
        values.get("address_detail", ""),
    )
    return "".join(parts)
