"""``fieldapp demo``: the whole main job, as ``make demo`` runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped] # has no types


def test_the_demonstration_holds_what_it_promises(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "fieldapp",
            "demo",
            "--no-window",
            "--out",
            str(tmp_path / "out"),
            "--photos",
            "",
        ],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert said["equal"]
    assert said["damage"] == {"laptop": [], "server": []}
    assert said["buildings"] == 2000
    assert len(said["visits"]) == 5
    counts = [visit["records"][0]["attachments"] for visit in said["visits"]]
    assert sum(1 for count in counts if count >= 6) == 4
    for side in ("laptop", "server"):
        assert len(said[side]["submissions"]) == 5
        assert len(said[side]["receipts"]) == 5
        assert len(said[side]["attachments"]) == sum(counts)
    assert said["sync"]["cuts"] == 1
    assert said["killed"]["unsent"] > 0
    assert said["sync"]["overhead"] <= 1.05
    sheets = sorted((tmp_path / "out").glob("*.pdf"))
    assert [sheet["file"] for sheet in sorted(said["sheets"], key=lambda one: str(one["file"]))] == [
        sheet.name for sheet in sheets
    ]
    for sheet in sheets:
        with pypdfium2.PdfDocument(sheet) as document:
            assert len(document) == 1 or "archive" in sheet.name


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine.txt").write_text("kept", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "fieldapp", "demo", "--out", str(tmp_path), "--json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["code"] == "CLI_003"
    assert (tmp_path / "data" / "mine.txt").read_text("utf-8") == "kept"
