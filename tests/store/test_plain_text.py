"""The quicker encoder writes what the marks are made of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.domain.marks import plain_json
from fieldapp.store.pulled import plain_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(TEXT, TEXT))
def test_both_encoders_write_the_same(values: dict[str, str]) -> None:
    assert plain_text(values) == plain_json(values)
