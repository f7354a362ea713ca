"""The import contracts hold, and each is seen to fail when broken: one that cannot fail guards nothing.

What the documents say of folders, files and libraries is compared with what is there, and so are the house
rules on size and names that no linter knows.
"""

from __future__ import annotations

import ast
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
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS: list[dict[str, Any]] = PYPROJECT["tool"]["importlinter"]["contracts"]
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
    ("layers of the laptop", "fieldapp.ui", "fieldapp.app"),
    ("layers of the laptop", "fieldapp.services", "fieldapp.ui"),
    ("layers of the laptop", "fieldapp.store", "fieldapp.media"),
    ("layers of the laptop", "fieldapp.sync", "fieldapp.store"),
    ("layers of the laptop", "fieldapp.sheets", "fieldapp.media"),
    ("layers of the laptop", "fieldapp.media", "fieldapp.sync"),
    ("SQLite only in store", "fieldapp.services", "sqlcipher3"),
    ("Qt only in ui", "fieldapp.services", "PySide6"),
    ("HTTP only in sync", "fieldapp.services", "httpx"),
    ("PDF only in sheets", "fieldapp.media", "pikepdf"),
    ("Pillow only in media and sheets", "fieldapp.services", "PIL"),
    ("the engine is used through its front door", "fieldapp.services", "fieldapp.forms.session"),
    ("the engine is used through its front door", "districtserver", "fieldapp.forms.xpath"),
    ("the server knows the engine", "districtserver", "fieldapp.services"),
    ("the server knows the engine", "districtserver", "fieldapp.sync.transport"),
    ("the server knows the engine", "districtserver.staff", "fieldapp.sheets"),
    ("the server knows the engine", "districtserver.paper", "fieldapp.sheets.rendering"),
    ("the server knows the engine", "districtserver.paper", "fieldapp.services"),
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


def test_every_library_has_a_reason() -> None:
    """ADR 0007 names exactly the libraries of ``pyproject.toml``, each with licence and what it is for."""
    project = PYPROJECT["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = sorted(re.split(r"[<>=]", requirement)[0] for group in groups for requirement in group)
    text = (ROOT / "docs" / "adr" / "0007-dependencies.md").read_text("utf-8")
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\|.*\|$", text, re.M)]
    named = [row for row in rows if row[0] != "library" and set(row[0]) != {"-"}]
    assert sorted(name.strip() for row in named for name in row[0].split(",")) == wanted
    assert all(len(row) == 3 and all(row) for row in named)


DOCUMENTS = [
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    *(f"docs/adr/{one.name}" for one in (ROOT / "docs/adr").iterdir()),
]


@pytest.mark.parametrize("document", sorted(DOCUMENTS))
def test_files_that_documents_name_exist(document: str) -> None:
    """Paths in backticks that begin with a folder or package of ours."""
    text = (ROOT / document).read_text("utf-8")
    tops = "|".join(one.name for base in (ROOT, ROOT / "fieldapp") for one in base.iterdir() if one.is_dir())
    named = re.findall(rf"`((?:{tops})/[\w./-]*\w/?)`", text)
    missing = [
        name for name in named if not any((base / name).exists() for base in (ROOT, ROOT / "fieldapp"))
    ]
    assert missing == []


def test_the_map_names_every_part() -> None:
    """Each layer and each service stands in ARCHITECTURE.md, which stays short."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    parts = {
        one.stem for folder in ("fieldapp", "fieldapp/services") for one in (ROOT / folder).glob("[a-z]*")
    }
    assert sorted(name for name in parts if f"`{name}" not in text) == []
    assert len(text.splitlines()) <= 200


# A catalogue of texts, one entry after the other: splitting it would only hide where a code is.
LONG_BY_NATURE = {"fieldapp/errors.py"}
# Words that say nothing about what a thing is.
EMPTY_WORDS = frozenset(
    [
        "manager",
        "managers",
        "helper",
        "helpers",
        "util",
        "utils",
        "handler",
        "handlers",
        "info",
        "data",
        "process",
    ]
)
# A folder of data is not a thing called data; the others are Qt's, of models that we fill.
GIVEN_NAMES = frozenset({"data_folder", "data", "headerData", "mimeData", "setData"})


def _house_breaches(tree: ast.Module, lines: int, name: str) -> list[str]:
    breaches = [f"{name}: {lines} lines"] if lines > 500 and name not in LONG_BY_NATURE else []
    named = [Path(name).stem]
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            named.append(node.name)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            breaches += [f"{name}: {node.name} has {length} lines"] if length > 60 else []
    for word in named:
        parts = {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", word)}
        breaches += [f"{name}: {word}"] if EMPTY_WORDS & parts and word not in GIVEN_NAMES else []
    return breaches


def test_files_functions_and_names_keep_the_house_rules() -> None:
    breaches = []
    for package in ("fieldapp", "districtserver", "resources", "bench"):
        for file in sorted((ROOT / package).rglob("*.py")):
            text = file.read_text("utf-8")
            name = file.relative_to(ROOT).as_posix()
            breaches += _house_breaches(ast.parse(text), len(text.splitlines()), name)
    assert breaches == []


def test_the_house_rules_see_a_breach() -> None:
    long = "def f():\n" + "    pass\n" * 60
    tree = ast.parse(long + "class FormManager: ...\ndef parsed_info(): ...\n")
    assert len(_house_breaches(tree, 501, "fieldapp/utils.py")) == 5
