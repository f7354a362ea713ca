"""Keyset paging: a page goes on behind the last row seen, however many rows came in before it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
SIZE = 50
_SALT = "staff page"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows, and the cursor behind the last one; empty if there are no more."""

    rows: Sequence[Row]
    after: str


def page(
    rows: QuerySet[Row],
    order: tuple[str, str],
    key: Callable[[Row], tuple[str, str]],
    after: str,
    *,
    newest_first: bool = False,
) -> Page[Row]:
    """The next rows by ``order``, two columns of which the second tells all rows apart.

    ``key`` gives both of a row as text. A cursor that is not ours begins at the front.
    """
    first, second = order
    behind = _read(after)
    if behind is not None:
        side = "lt" if newest_first else "gt"
        rows = rows.filter(
            Q(**{f"{first}__{side}": behind[0]}) | Q(**{first: behind[0], f"{second}__{side}": behind[1]})
        )
    sign = "-" if newest_first else ""
    found = list(rows.order_by(f"{sign}{first}", f"{sign}{second}")[: SIZE + 1])
    more = len(found) > SIZE
    found = found[:SIZE]
    return Page(found, signing.dumps(json.dumps(key(found[-1])), salt=_SALT) if more else "")


def _read(after: str) -> tuple[str, str] | None:
    if not after:
        return None
    try:
        first, second = json.loads(signing.loads(after, salt=_SALT))
    except (signing.BadSignature, ValueError):
        return None
    return first, second
