"""A Pratt parser for XPath 1.0: text to syntax tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fieldapp.errors import UserError
from fieldapp.forms.xpath.syntax import Call, Chain, Filter, Literal, Negation, Path, Step, Test, Tree, broken
from fieldapp.forms.xpath.tokens import Token, tokenize

# Generated forms nest if() some sixty deep; each level costs four Python frames here.
DEEPEST: Final = 120

_LEVELS: Final = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "div": 6,
    "mod": 6,
    "|": 8,
}
_UNARY: Final = 7
_PATH_SYMBOLS: Final = frozenset({"/", "//", ".", "..", "@", "*"})
_NODE_TYPES: Final = frozenset({"node", "text", "comment", "processing-instruction"})
AXES: Final = frozenset(
    {
        "ancestor",
        "ancestor-or-self",
        "attribute",
        "child",
        "descendant",
        "descendant-or-self",
        "following",
        "following-sibling",
        "namespace",
        "parent",
        "preceding",
        "preceding-sibling",
        "self",
    }
)
_ANY_BELOW: Final = Step("descendant-or-self", Test("node"))


def parse(text: str, namespaces: Mapping[str, str]) -> Tree:
    """The tree of an expression; UserError FORM_151, FORM_154, FORM_155 or FORM_156 if it is faulty."""
    parser = _Parser(text, namespaces)
    try:
        return parser.whole()
    except RecursionError:
        raise broken("FORM_154", text, parser.token.column) from None


class _Parser:
    def __init__(self, text: str, namespaces: Mapping[str, str]) -> None:
        self.text = text
        self.namespaces = namespaces
        self.tokens = tokenize(text)
        self.place = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def fault(self, token: Token | None = None) -> UserError:
        at = token or self.token
        return broken("FORM_151", self.text, at.column, found=at.text or "end of expression")

    def advance(self) -> Token:
        token = self.tokens[self.place]
        self.place += 1
        return token

    def accept(self, symbol: str) -> bool:
        token = self.tokens[self.place]
        if token.kind == "symbol" and token.text == symbol:
            self.place += 1
            return True
        return False

    def expect(self, symbol: str) -> None:
        if not self.accept(symbol):
            raise self.fault()

    def whole(self) -> Tree:
        tree = self.expression(0)
        if self.token.kind != "end":
            raise self.fault()
        return tree

    def expression(self, floor: int) -> Tree:
        """An expression of operators that bind more tightly than ``floor``."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise broken("FORM_154", self.text, self.token.column)
        left = self.prefix()
        while (level := self.level()) > floor:
            operands = [left]
            operators = []
            while self.level() == level:
                operators.append(self.advance().text)
                operands.append(self.expression(level))
            left = Chain(tuple(operands), tuple(operators))
        self.depth -= 1
        return left

    def level(self) -> int:
        kind, text, _ = self.tokens[self.place]
        return _LEVELS.get(text, 0) if kind in ("symbol", "operator") else 0

    def prefix(self) -> Tree:
        signs = 0
        while self.accept("-"):
            signs += 1
        if signs == 0:
            return self.operand()
        operand: Tree = self.expression(_UNARY)
        # Two signs cancel out but still make a number.
        operand = Negation(operand)
        return operand if signs % 2 else Negation(operand)

    def operand(self) -> Tree:
        """A path expression: a location path, or a primary expression with predicates and steps behind it."""
        token = self.token
        if token.kind == "symbol" and token.text in _PATH_SYMBOLS:
            return self.location()
        if token.kind == "name" and not self.is_call():
            return self.location()
        primary = self.primary()
        if self.token.text == "[" and self.token.kind == "symbol":
            primary = Filter(primary, self.predicates())
        if self.token.kind == "symbol" and self.token.text in ("/", "//"):
            return Path(primary, tuple(self.more_steps()))
        return primary

    def is_call(self) -> bool:
        following = self.tokens[self.place + 1]
        return following.kind == "symbol" and following.text == "(" and self.token.text not in _NODE_TYPES

    def primary(self) -> Tree:
        token = self.advance()
        if token.kind == "number":
            return Literal(float(token.text))
        if token.kind == "literal":
            return Literal(token.text[1:-1])
        if token.kind == "name":
            return self.call(token)
        if token.text == "(" and token.kind == "symbol":
            tree = self.expression(0)
            self.expect(")")
            return tree
        if token.text == "$" and token.kind == "symbol":
            raise broken("FORM_156", self.text, token.column, found=self.token.text)
        raise self.fault(token)

    def call(self, name: Token) -> Tree:
        self.expect("(")
        arguments: list[Tree] = []
        if not self.accept(")"):
            arguments.append(self.expression(0))
            while self.accept(","):
                arguments.append(self.expression(0))
            self.expect(")")
        return Call(name.text, tuple(arguments), name.column)

    def location(self) -> Tree:
        if self.accept("//"):
            return Path("root", (_ANY_BELOW, *self.steps()))
        if self.accept("/"):
            return Path("root", tuple(self.steps()) if self.starts_step() else ())
        return Path("context", tuple(self.steps()))

    def starts_step(self) -> bool:
        token = self.token
        return token.kind == "name" or (token.kind == "symbol" and token.text in (".", "..", "@", "*"))

    def steps(self) -> list[Step]:
        return [self.step(), *self.more_steps()]

    def more_steps(self) -> list[Step]:
        steps: list[Step] = []
        while True:
            if self.accept("//"):
                steps.append(_ANY_BELOW)
            elif not self.accept("/"):
                return steps
            steps.append(self.step())

    def step(self) -> Step:
        if self.accept("."):
            return Step("self", Test("node"), self.predicates())
        if self.accept(".."):
            return Step("parent", Test("node"), self.predicates())
        axis = "child"
        if self.accept("@"):
            axis = "attribute"
        elif self.token.kind == "name" and self.tokens[self.place + 1].text == "::":
            axis = self.advance().text
            if axis not in AXES:
                raise self.fault(self.tokens[self.place - 1])
            self.expect("::")
        return Step(axis, self.test(), self.predicates())

    def test(self) -> Test:
        token = self.advance()
        if token.text == "*" and token.kind in ("symbol", "operator"):
            return Test("name")
        if token.kind != "name":
            raise self.fault(token)
        if token.text in _NODE_TYPES and self.accept("("):
            target = None
            if token.text == "processing-instruction" and self.token.kind == "literal":
                target = self.advance().text[1:-1]
            self.expect(")")
            return Test(token.text, target)
        prefix, colon, local = token.text.partition(":")
        if not colon:
            return Test("name", prefix, "")
        namespace = self.namespaces.get(prefix)
        if namespace is None:
            raise broken("FORM_155", self.text, token.column, prefix=prefix)
        return Test("name", None if local == "*" else local, namespace)

    def predicates(self) -> tuple[Tree, ...]:
        found: list[Tree] = []
        while self.accept("["):
            found.append(self.expression(0))
            self.expect("]")
        return tuple(found)
