"""The QR text on paper: fixed for ever, so its examples are fixed here."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.domain.record_code import RecordCode, check_of, crockford


def test_an_example_that_must_never_change() -> None:
    record = UUID("01234567-89ab-cdef-0123-456789abcdef")
    code = RecordCode.of(record, 1, "f" * 64)
    assert code.text == "F1:014D2PF2DBSQQG28T5CY4TQKFF:1:ZZZZ"
    assert code.letters == "014D2PF2DBSQQG28T5CY4TQKFF"


@given(st.uuids(), st.integers(0, 999), st.binary(min_size=32, max_size=32))
def test_what_is_printed_is_read_back(record: UUID, version: int, digest: bytes) -> None:
    code = RecordCode.of(record, version, digest.hex())
    assert len(code.text) <= 38
    assert RecordCode.parse(f" {code.text}\n") == code


@pytest.mark.parametrize("text", ["", "F1:abc:1:0000", "F1:" + "Z" * 26 + ":1:0000", "https://example.org"])
def test_other_texts_are_not_ours(text: str) -> None:
    assert RecordCode.parse(text) is None


def test_limits() -> None:
    assert check_of("00000" + "0" * 59) == "0000"
    with pytest.raises(ValueError, match="version"):
        RecordCode(UUID(int=1), 1000, "0000")
    with pytest.raises(ValueError, match="more than"):
        crockford(32, 1)
