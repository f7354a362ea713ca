"""Numbers of persons and organisations: the standards' own examples, and what one slip makes of them."""

from __future__ import annotations

import pytest

from fieldapp.domain.identity import valid_credit_code, valid_person_number


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_examples_of_gb_11643(number: str) -> None:
    assert valid_person_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "110105194912310021",  # check character
        "11010519491231002x",  # small letter
        "110105194913310029",  # no such month
        "3.50502E+17",
        "1101051949123100",
        "",
    ],
)
def test_a_slip_is_seen(number: str) -> None:
    assert not valid_person_number(number)


def test_every_wrong_digit_of_a_person_number_is_seen() -> None:
    right = "11010519491231002X"
    for place in range(17):
        for digit in "0123456789":
            wrong = right[:place] + digit + right[place + 1 :]
            assert valid_person_number(wrong) == (wrong == right)


def test_every_wrong_character_of_a_credit_code_is_seen() -> None:
    right = "91350100M000100Y43"  # the example of GB 32100-2015
    assert valid_credit_code(right)
    for place in range(18):
        for character in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            wrong = right[:place] + character + right[place + 1 :]
            assert valid_credit_code(wrong) == (wrong == right)
    assert not valid_credit_code(right[:17])
    assert not valid_credit_code(right[:17] + "O")
