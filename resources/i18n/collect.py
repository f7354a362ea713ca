"""Collect the English texts of the program into the Chinese catalogue; ``make catalogues`` runs it.

Sources are the arguments of ``_("…")`` and ``N_("…")`` and the three texts of every ``Detail(…)`` in the
error catalogue, found in the syntax tree. Existing translations stay, texts no longer used go.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

CALLS = {"_", "N_", "Detail"}


def texts(package: Path) -> set[str]:
    """All texts to be translated beneath ``package``."""
    found: set[str] = set()
    for file in sorted(package.rglob("*.py")):
        found.update(_texts_of(ast.parse(file.read_text(encoding="utf-8"))))
    return found


def _texts_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
                    yield argument.value


def main(package: Path, catalogue: Path) -> None:
    """Write ``catalogue`` anew from the texts of ``package``, keeping what is translated."""
    old: dict[str, str] = {}
    if catalogue.exists():
        with catalogue.open("rb") as stream:
            old = {str(message.id): str(message.string) for message in read_po(stream, locale="zh_CN")}
    new = Catalog(locale="zh_CN", project="fieldapp", fuzzy=False)
    for text in sorted(texts(package)):
        new.add(text, old.get(text, ""))
    with catalogue.open("wb") as stream:
        write_po(stream, new, width=110, omit_header=False, sort_output=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
