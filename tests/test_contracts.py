"""The import contracts hold, and each is seen to fail when broken: one that cannot fail guards nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"][
    "importlinter"
]["contracts"]
FORBIDDEN = [contract for contract in CONTRACTS if contract["type"] == "forbidden"]

# The architecture in sentences (ADR 0001): contract, the module that breaks it, the import it adds.
BREAKS = [
    ("layers of the laptop", "fieldapp.domain.visit", "fieldapp.services"),
    ("layers of the laptop", "fieldapp.services", "fieldapp.cli"),
    ("layers of the laptop", "fieldapp.services", "fieldapp.app"),
    ("layers of the laptop", "fieldapp.app", "fieldapp.cli"),
    ("layers of the laptop", "fieldapp.errors", "fieldapp.domain"),
    ("layers of the laptop", "fieldapp.i18n", "fieldapp.store"),
    ("layers of the laptop", "fieldapp.forms", "fieldapp.domain.visit"),
    ("layers of the laptop", "fieldapp.domain", "fieldapp.forms"),
    ("layers of the laptop", "fieldapp.store", "fieldapp.media"),
    ("layers of the laptop", "fieldapp.sync", "fieldapp.store"),
    ("layers of the laptop", "fieldapp.sheets", "fieldapp.media"),
    ("layers of the laptop", "fieldapp.media", "fieldapp.sync"),
    ("SQLite only in store", "fieldapp.services", "sqlcipher3"),
    ("HTTP only in sync", "fieldapp.services", "httpx"),
    ("PDF only in sheets", "fieldapp.media", "pikepdf"),
    ("Pillow only in media and sheets", "fieldapp.services", "PIL"),
    ("the engine is used through its front door", "fieldapp.services", "fieldapp.forms.session"),
    ("the engine is used through its front door", "districtserver", "fieldapp.forms.xpath"),
    ("the server knows the engine", "districtserver", "fieldapp.services"),
    ("the server knows the engine", "districtserver", "fieldapp.sync.transport"),
    ("the laptop knows nothing of the server", "fieldapp.sync", "districtserver"),
    ("no cycles", "fieldapp.domain.facts", "fieldapp.domain.suggestion"),
]


def lint(folder: Path) -> tuple[int, str]:
    """Exit code and output of import-linter over the checkout in ``folder``."""
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


def broken(output: str) -> list[str]:
    """The names of the contracts that the output calls broken."""
    return re.findall(r"^(.+) BROKEN(?: \(\d+ ignored imports?\))?$", output, re.MULTILINE)


def add_imports(folder: Path, module: str, imports: list[str]) -> None:
    """Append ``imports`` to ``module`` (of a package: to its ``__init__``), never importing itself."""
    path = folder.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    assert file.is_file(), f"{module} is named here or in pyproject.toml, but does not exist"
    lines = "".join(f"import {name}\n" for name in imports if name != module)
    file.write_text(file.read_text("utf-8") + "\n" + lines, encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in ("fieldapp", "districtserver"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_contracts_hold(copy: Path) -> None:
    code, output = lint(copy)
    assert code == 0, output
    assert broken(output) == []
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in output


def test_every_contract_is_broken_here_on_purpose() -> None:
    unbroken = [
        contract["name"]
        for contract in CONTRACTS
        if not any(contract["name"].startswith(name) for name, _, _ in BREAKS)
    ]
    assert unbroken == []


@pytest.mark.parametrize(("contract", "module", "imported"), BREAKS)
def test_contract_fails_when_broken(copy: Path, contract: str, module: str, imported: str) -> None:
    add_imports(copy, module, [imported])
    code, output = lint(copy)
    assert code == 1, output
    assert any(name.startswith(contract) for name in broken(output)), output


@pytest.mark.parametrize("contract", FORBIDDEN, ids=lambda contract: str(contract["name"]))
def test_every_pair_of_a_forbidding_contract_is_seen(copy: Path, contract: dict[str, Any]) -> None:
    """Each source with each module forbidden to it: a misspelt name in the list would guard nothing."""
    forbidden = [name.removesuffix(".*") for name in contract["forbidden_modules"]]
    for source in contract["source_modules"]:
        add_imports(copy, source, forbidden)
    code, output = lint(copy)
    assert code == 1, output
    assert contract["name"] in broken(output)
    for source in contract["source_modules"]:
        for name in contract["forbidden_modules"]:
            if not name.endswith(".*"):  # sync itself is no secret: only its modules are
                assert f"{source} is not allowed to import {name}:" in output


def test_a_module_outside_the_layers_is_refused(copy: Path) -> None:
    """No ``utils.py`` can appear beside the layers."""
    (copy / "fieldapp" / "utils.py").write_text("x = 1\n", encoding="utf-8")
    code, output = lint(copy)
    assert code == 1, output
    assert "fieldapp.utils" in output
