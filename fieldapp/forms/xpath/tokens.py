"""Cutting the text of an expression into tokens by the lexical rules of XPath 1.0 (section 3.7)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fieldapp.forms.xpath.syntax import broken

# The 200 kB of a hostile expression would cost a second; real ones stay far below this.
LONGEST: Final = 65_536

_NAME = r"[^\W\d][\w.\-·]*"
_TOKEN = re.compile(
    rf"""\s*(?:
    (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<literal>"[^"]*"|'[^']*')
    |(?P<name>{_NAME}(?::(?!:)(?:{_NAME}|\*))?)
    |(?P<symbol>::|//|\.\.|!=|<=|>=|[()\[\].@,/|+\-=<>*$])
    |(?P<end>\Z)
    )""",
    re.VERBOSE,
)
# After an operand a name can only be an operator, even with no blank behind it: ``1 div2``.
_OPERATOR = re.compile(r"\s*(?P<name>and|or|div|mod|\*)")


class Token(NamedTuple):
    """``kind``: number, literal, name, symbol, operator or end; ``column`` is 1-based."""

    kind: str
    text: str
    column: int


def _ends_operand(token: Token) -> bool:
    return token.kind in {"number", "literal", "name"} or token.text in {")", "]", ".", ".."}


def tokenize(text: str) -> list[Token]:
    """All tokens, an ``end`` last. Raises UserError FORM_151 for a stray character, FORM_154 if too long."""
    if len(text) > LONGEST:
        raise broken("FORM_154", text, LONGEST)
    tokens: list[Token] = []
    place = 0
    while not tokens or tokens[-1].kind != "end":
        match = None
        if tokens and _ends_operand(tokens[-1]):
            match = _OPERATOR.match(text, place)
            if match is not None:
                tokens.append(Token("operator", match["name"], match.start("name") + 1))
        if match is None:
            match = _TOKEN.match(text, place)
            if match is None:
                column = place + len(text[place:]) - len(text[place:].lstrip()) + 1
                found = text[column - 1]
                raise broken("FORM_151", text, column, found=found)
            kind = str(match.lastgroup)
            tokens.append(Token(kind, match[kind], match.start(kind) + 1))
        place = match.end()
    return tokens
