"""The tree of commands: documented, translated, helpful."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from districtserver.cli import _parser
from fieldapp.cli import main
from fieldapp.cli.commands import application
from fieldapp.cli.output import Exit

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")


def leaves(command: Any, path: str = "fieldapp") -> Iterator[tuple[str, Any]]:
    """Every command with its full name."""
    below = getattr(command, "commands", {})
    if not below:
        yield path, command
    for name, child in below.items():
        yield from leaves(child, f"{path} {name}")


COMMANDS = dict(leaves(get_command(application())))


def test_the_page_lists_exactly_the_commands_that_exist() -> None:
    told = {name for name in COMMANDS if re.search(rf"`{name}[ `]", PAGE)}
    assert told == set(COMMANDS)
    listed = {match[1] for match in re.finditer(r"^\| `(fieldapp [a-z ]+?)(?: [-A-Z].*?)?` \|", PAGE, re.M)}
    assert {name for name in listed if name not in COMMANDS} == set()


def test_the_servers_commands_are_listed_too() -> None:
    (actions,) = [action for action in _parser()._actions if action.choices]
    for name in actions.choices or ():
        assert f"`districtserver {name}" in PAGE, name


def test_every_exit_code_is_documented() -> None:
    for code in Exit:
        assert f"| {int(code)} |" in PAGE


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_json_and_help_in_both_languages(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = COMMANDS[name]
    assert any("--json" in parameter.opts for parameter in command.params), name
    for parameter in command.params:
        if parameter.name != "help":
            assert getattr(parameter, "help", None), (name, parameter.name)
    arguments = [*name.split()[1:], "--help"]
    from fieldapp import i18n

    try:
        i18n.use("zh_CN")
        assert main(arguments) == Exit.OK
        chinese = capsys.readouterr().out
        i18n.use("en")
        assert main(arguments) == Exit.OK
        english = capsys.readouterr().out
    finally:
        monkeypatch.setattr(i18n, "_current", None)
    assert re.search(r"[一-鿿]", chinese), name
    assert chinese != english
