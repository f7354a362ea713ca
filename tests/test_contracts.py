"""The import contracts hold, and each is seen to fail when it is broken: a contract that cannot fail guards nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

BREAKS = [
    ("layers of the laptop", "fieldapp/domain/visit.py", "import fieldapp.services"),
    ("layers of the laptop", "fieldapp/forms/__init__.py", "import fieldapp.domain.visit"),
    ("layers of the laptop", "fieldapp/store/__init__.py", "import fieldapp.media"),
    ("layers of the laptop", "fieldapp/utils.py", "x = 1"),
    ("SQLite only in store", "fieldapp/services/__init__.py", "import sqlcipher3"),
    ("HTTP only in sync", "fieldapp/services/__init__.py", "import httpx"),
    ("PDF only in sheets", "fieldapp/media/__init__.py", "import pikepdf"),
    ("Pillow only in media and sheets", "fieldapp/services/__init__.py", "import PIL"),
    ("the engine is used through its front door", "fieldapp/services/__init__.py", "import fieldapp.forms.session"),
    ("the server knows the engine", "districtserver/__init__.py", "import fieldapp.services"),
    ("the laptop knows nothing of the server", "fieldapp/sync/__init__.py", "import districtserver"),
]


def lint(folder: Path) -> tuple[int, str]:
    """Exit code and output of import-linter over the checkout in ``folder``."""
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in ("fieldapp", "districtserver"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_contracts_hold(copy: Path) -> None:
    code, output = lint(copy)
    assert code == 0, output


@pytest.mark.parametrize(("contract", "file", "line"), BREAKS)
def test_contract_fails_when_broken(copy: Path, contract: str, file: str, line: str) -> None:
    target = copy / file
    old = target.read_text(encoding="utf-8") if target.exists() else ""
    target.write_text(old + f"\n{line}\n", encoding="utf-8")
    code, output = lint(copy)
    assert code != 0
    if not file.endswith("utils.py"):
        assert any(contract in row and "BROKEN" in row for row in output.splitlines()), output
