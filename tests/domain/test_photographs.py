"""The row that tells of a building's photographs."""

from __future__ import annotations

import json

import pytest

from fieldapp.domain.photographs import MOST, MOST_NAMES, Pictured, from_text, kind_of, to_text
from fieldapp.sync.transport import MAX_ANSWER_BYTES

#: Rows of a page of a pull.
PAGE = 2_000


def pictured(number: int, visit: int = 0, who: str = "陈某、李某") -> Pictured:
    at = f"2022-12-{28 - visit:02d}T02:00:00.000000Z"
    return Pictured(f"{number:064x}", 3_000_000 + number, "image/jpeg", "front", at, f"{visit:036d}", who)


def test_what_is_written_is_read() -> None:
    pictures = (pictured(1), pictured(2), pictured(3, 1, ""))
    assert from_text(to_text(pictures)) == pictures
    assert to_text(pictures).count("陈某") == 1
    assert from_text("") == from_text(to_text(())) == ()


def test_a_page_of_the_longest_rows_is_an_answer_that_laptops_read() -> None:
    longest = [pictured(number, number, "某" * 500) for number in range(MOST)]
    row = json.dumps({"data": {"pictures": to_text(longest)}}, ensure_ascii=False)
    assert len(row.encode()) * PAGE < MAX_ANSWER_BYTES
    assert from_text(to_text(longest))[0].who == "某" * MOST_NAMES


@pytest.mark.parametrize(
    ("question", "said", "kind"),
    [
        ("photo_front", "plate", "plate"),
        ("photo_front", "", "other"),
        ("d_photo_near", None, "defect_near"),
        ("picture", None, "other"),
    ],
)
def test_what_a_photograph_shows(question: str, said: str | None, kind: str) -> None:
    assert kind_of(question, said) == kind
