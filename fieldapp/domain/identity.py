"""Numbers of persons and organisations: GB 11643 (公民身份号码) and GB 32100 (统一社会信用代码).

Both carry a check character; a number that fails it was mistyped, or was spoilt by a spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from fieldapp.domain.facts import Facts

_PERSON = re.compile(r"[1-9][0-9]{5}([0-9]{4})([0-9]{2})([0-9]{2})[0-9]{3}[0-9X]")
_PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_CHECK = "10X98765432"
#: The characters of a credit code in the order of their values; I, O, S, V and Z are not used.
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def valid_person_number(number: str) -> bool:
    """Whether ``number`` is an 18-character citizen number with a real birthday and the right check
    character (ISO 7064 MOD 11-2)."""
    found = _PERSON.fullmatch(number)
    if found is None:
        return False
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _PERSON_WEIGHTS, strict=False))
    return number[17] == _PERSON_CHECK[total % 11]


def valid_credit_code(code: str) -> bool:
    """Whether ``code`` is an 18-character credit code with the right check character (weights 3^i mod 31)."""
    if len(code) != 18 or not set(code) <= set(_CREDIT):
        return False
    total = sum(_CREDIT.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return code[17] == _CREDIT[-total % 31]


def _known(facts: Facts) -> str:
    number = next((value for value in facts.values() if isinstance(value, str)), "")
    return "yes" if valid_person_number(number) or valid_credit_code(number) else "no"


FORM_FUNCTIONS: dict[str, Callable[[Facts], str]] = {"identity-number": _known}
"""What forms call: ``identity-number(question)``, ``yes`` for a valid number of a person or organisation."""
