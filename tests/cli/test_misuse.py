"""Wrong options and arguments are told like every other error: code, Chinese, one JSON object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp import i18n, settings
from fieldapp.cli import main
from fieldapp.cli.output import Exit

CASES = {
    "inspekt": "inspekt",
    "inspect new --bogus": "--bogus",
    "inspect show": "visit",
    "init --server https://x": "--code",
    "inspect new --building": "--building",
    "inspect new a b": "a b",
    "inspect show abc": "36",
    "sheet abc --kind thick": "'onsite', 'archive'",
    "inspect new": "--building",
    "photos add 00000000-0000-0000-0000-000000000000 a b --question /data/x": "一",
}


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    i18n.use("zh_CN")
    yield
    i18n.use(settings.language())


@pytest.mark.parametrize("line", sorted(CASES))
def test_misuse_is_told_in_chinese_with_code_and_exit_code(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line.split()) == Exit.USAGE
    told = capsys.readouterr()
    assert told.out == ""
    assert "[CLI_005]" in told.err
    sentence = told.err.partition("[CLI_005]")[2]
    assert CASES[line] in sentence
    assert re.search(r"[一-鿿]", sentence.splitlines()[1])
    assert not re.search(r"Missing|Invalid|No such|requires|unexpected", sentence)


@pytest.mark.parametrize("line", sorted(CASES.keys() - {"inspect new --building"}))
def test_misuse_with_json_is_one_object(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*line.split(), "--json"]) == Exit.USAGE
    told = capsys.readouterr()
    assert json.loads(told.out)["error"]["code"] == "CLI_005"
    assert told.err == ""


def test_without_a_command_its_help_is_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == Exit.USAGE
    assert capsys.readouterr().err.count("Usage:") == 1


def test_what_the_system_says_of_a_file_is_chinese_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "没有.json"
    assert main(["inspect", "new", "--building", "x", "--answers", str(missing)]) == Exit.USER
    told = capsys.readouterr().err
    assert "没有这个文件或文件夹" in told
    assert "No such file" not in told
