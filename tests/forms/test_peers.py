"""Forms of other projects: how many load and open, and why the others are refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fieldapp.errors import UserError
from fieldapp.forms import load_form
from tests.forms.scenario import INSTANCE, clock

REFUSED = Path(__file__).with_name("refused.json")
PEERS = os.environ.get("FIELDAPP_PEERS")


@pytest.mark.skipif(PEERS is None, reason="FIELDAPP_PEERS names no folder")
def test_forms_of_others_load_and_survive_a_second_pass(capsys: pytest.CaptureFixture[str]) -> None:
    """``refused.json`` lists path, code and reason; data files beside the forms are no forms."""
    top = Path(PEERS or "") / "forms"
    paths = sorted(path for path in top.rglob("*") if path.suffix.lower() in {".xml", ".xhtml"})
    assert len(paths) > 180
    refused: dict[str, str] = {}
    for path in paths:
        name = path.relative_to(top).as_posix()
        try:
            form = load_form(path.read_bytes(), clock=clock)
        except UserError as error:
            refused[name] = error.code
            continue
        session = form.new_session(INSTANCE)
        xml = session.to_xml()
        assert form.open_session(xml).to_xml() == xml, name
        assert form.open_session(session.draft_xml()).draft_xml() == session.draft_xml(), name
        session.validate()
        session.effects()
    known = {name: entry["code"] for name, entry in json.loads(REFUSED.read_text("utf-8")).items()}
    assert refused == known
    with capsys.disabled():
        print(f"\n{len(paths) - len(refused)} of {len(paths)} forms load and open", end=" ")  # noqa: T201
