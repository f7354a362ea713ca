"""Collect the English texts of the program into the Chinese catalogue; ``make catalogues`` runs it.

Sources, found in the syntax tree: the arguments of ``_("…")``, ``N_("…")`` and ``Phrase("…")``, the second of
``ngettext``, the three texts of every ``Detail(…)`` in the error catalogue, and what is given literally to a
worded slot of an error (``problem="…"``). Existing translations stay, texts no longer used go.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from fieldapp.i18n import WORDED_SLOTS

CALLS = {"_", "N_", "Phrase", "Detail"}
HEADER = b"""msgid ""
msgstr ""
"Language: zh_CN\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
CODE = re.compile(r"[A-Z]+_\d{3}")


def texts(package: Path) -> set[str]:
    """All texts to be translated beneath ``package``."""
    found: set[str] = set()
    for file in sorted(package.rglob("*.py")):
        found.update(_texts_of(ast.parse(file.read_text(encoding="utf-8"))))
    return found


def _texts_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in CALLS:
                for argument in node.args:
                    yield from _literals(argument)
            if isinstance(node.func, ast.Name) and node.func.id == "ngettext":
                yield from _literals(node.args[1])  # Chinese has one form for any number
            if any(CODE.fullmatch(text) for argument in node.args[:1] for text in _literals(argument)):
                for keyword in node.keywords:
                    if keyword.arg in WORDED_SLOTS:
                        yield from _literals(keyword.value)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "problem":
            yield from _literals(node.value)  # given to the slot of that name a line later


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for one in node.values:
            yield from _literals(one)


def main(package: Path, catalogue: Path) -> None:
    """Write ``catalogue`` anew from the texts of ``package``, keeping what is translated."""
    old: dict[str, str] = {}
    if catalogue.exists():
        with catalogue.open("rb") as stream:
            old = {str(message.id): str(message.string) for message in read_po(stream, locale="zh_CN")}
    new = Catalog(locale="zh_CN", fuzzy=False)
    for text in sorted(texts(package)):
        new.add(text, old.get(text, ""))
    with catalogue.open("wb") as stream:
        stream.write(HEADER)  # without the times of Babel's own, which would differ in every run
        write_po(stream, new, width=110, omit_header=True, sort_output=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
