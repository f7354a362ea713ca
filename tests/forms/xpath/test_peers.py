"""The cases recorded from another ODK engine: score, and every deviation known with its reason."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.forms.xpath.dom import cases_of, run_case

DEVIATIONS = Path(__file__).with_name("deviations.json")
FLOOR = 0.97


@pytest.mark.skipif("FIELDAPP_PEERS" not in os.environ, reason="FIELDAPP_PEERS names no folder with cases")
def test_recorded_cases(capsys: pytest.CaptureFixture[str]) -> None:
    known = {name for group in json.loads(DEVIATIONS.read_text("utf-8")) for name in group["cases"]}
    total = 0
    failed: dict[str, str] = {}
    for name, case, xml in cases_of(Path(os.environ["FIELDAPP_PEERS"])):
        total += 1
        outcome = run_case(case, xml)
        if outcome:
            failed[name] = f"{case['expr']} -> {outcome}, recorded {case.get('expected')!r}"
    score = (total - len(failed)) / total
    told = f"xpath cases: {total - len(failed)} of {total} ({score:.1%}), {len(failed)} known deviations\n"
    with capsys.disabled():
        sys.stdout.write("\n" + told)
    assert {name: text for name, text in failed.items() if name not in known} == {}
    assert known - failed.keys() == set(), "no longer deviating: take them off the list"
    assert score >= FLOOR


def test_every_deviation_has_a_reason() -> None:
    groups = json.loads(DEVIATIONS.read_text("utf-8"))
    assert all(len(group["reason"]) > 30 and group["cases"] for group in groups)
    assert sum(len(group["cases"]) for group in groups) <= 45
