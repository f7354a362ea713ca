"""``buildings export``: lists as files from the command line; what is masked without a reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fieldapp.cli.output import Exit
from tests.cli.conftest import Desk


def lines(file: Path) -> list[list[str]]:
    """A CSV's rows."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def test_a_list_is_written_masked_and_in_full_with_a_reason(ready: Desk, tmp_path: Path) -> None:
    file = tmp_path / "houses.csv"
    columns = ("--column", "address_detail", "--column", "owner_name", "--column", "owner_phone")
    done = ready.run("buildings", "export", file, *columns, "--where", "structure_type=stone")
    assert (done.code, done.said["rows"], done.said["masked"]) == (0, 1, True)
    head, row = lines(file)
    assert head == ["Street and number", "Owner", "Owner's phone", "unconfirmed"]
    assert row[0] == "亭店路12号"
    assert row[1].endswith("***")
    assert row[2].startswith("059****")
    done = ready.run("buildings", "export", file, *columns, "--reason", "notice to the owner")
    assert (done.said["rows"], done.said["masked"]) == (3, False)
    assert all(row[2].startswith("0595-0000") for row in lines(file)[1:])
    shown = ready.run("buildings", "show", "亭店路12号").said["facts"]
    assert shown["owner_phone"].startswith("059****")
    assert shown["owner_name"].endswith("（示例）")


@pytest.mark.parametrize(
    "wrong",
    [
        ("a.csv", "--list", "ships"),
        ("a.csv", "--column", "colour"),
        ("a.csv", "--where", "structure_type=paper"),
        ("a.csv", "--where", "owner_name=x"),
        ("a.csv", "--list", "units", "--where", "street=350502006"),
    ],
)
def test_what_does_not_exist_is_named_and_nothing_written(
    ready: Desk, tmp_path: Path, wrong: tuple[str, ...]
) -> None:
    name, *options = wrong
    assert ready.run("buildings", "export", tmp_path / name, *options).code == Exit.USAGE
    assert not (tmp_path / name).exists()


def test_a_file_of_another_kind_is_refused(ready: Desk, tmp_path: Path) -> None:
    ended = ready.run("buildings", "export", tmp_path / "houses.pdf")
    assert ended.code == Exit.USER
    assert ended.said["error"]["code"] == "CLI_003"
