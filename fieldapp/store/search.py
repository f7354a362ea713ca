"""How Chinese is searched: overlapping pairs of characters, and the initials of its pinyin.

亭店路12号 is kept as ``亭店 店路 路1 12 2号 号`` and as ``td dl l1 12 2h h``; what is typed becomes the same
pairs,
asked for as a phrase. Two characters are enough, one works as the beginning of a pair.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from operator import add

#: Stands between texts, so that no phrase runs from one into the next; a letter to the tokenizer, never
#: typed.
_BREAK = "\ue000"
_BETWEEN = f" {_BREAK} "
_PIECES = re.compile(r"[^\W_]+")
_RUNS = re.compile(r"[0-9a-z]+|[^0-9a-z]+")


def pieces(text: str) -> list[str]:
    """The runs of letters and digits, full and half width alike, lower case."""
    return _PIECES.findall(unicodedata.normalize("NFKC", text).casefold())


def entry(text: str) -> tuple[str, str]:
    """What a text is found by: its pairs, and those of its initials."""
    found = [_found_by(piece) for piece in pieces(text)]
    return _BETWEEN.join(by for by, _short in found), _BETWEEN.join(short for _by, short in found)


@lru_cache(maxsize=20_000)
def _found_by(piece: str) -> tuple[str, str]:
    """Of one piece; those of codes and names come again and again."""
    return _pairs_of(piece), _BETWEEN.join(map(_pairs_of, pieces(initials(piece))))


def _pairs_of(piece: str) -> str:
    """The pairs of a piece, ended by its last character alone."""
    return " ".join([*map(add, piece, piece[1:]), piece[-1]])


def initials(text: str) -> str:
    """The first letters of the pinyin, other characters as they are: 亭店路12号 is ``tdl12h``."""
    return " ".join("".join(map(_initials, _RUNS.findall(piece))) for piece in pieces(text))


@lru_cache(maxsize=20_000)
def _initials(run: str) -> str:
    """Of a run without digits, or of digits: names of roads and people come again and again."""
    if run.isascii():
        return run
    from pypinyin import Style, lazy_pinyin  # 60 ms that only importing rows and nobody's start should pay

    return "".join(lazy_pinyin(run, style=Style.FIRST_LETTER))


def spans(text: str, typed: str) -> tuple[tuple[int, int], ...]:
    """Where in ``text`` stands what was typed, by its characters or by their initials: begin and length.

    Nothing for a text that is of another length once it is made plain: its places are not those.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    if len(plain) != len(text):
        return ()
    found: set[tuple[int, int]] = set()
    for piece in _asked(typed):
        for run in _PIECES.finditer(plain):
            short = initials(run[0])
            for said in (run[0], short) if len(short) == len(run[0]) else (run[0],):
                at = said.find(piece)
                if at >= 0:
                    found.add((run.start() + at, len(piece)))
                    break
    return tuple(sorted(found))


def query(text: str) -> str:
    """The FTS5 expression for what was typed, empty if nothing can be searched."""
    return " AND ".join(_term(piece) for piece in _asked(text))


def _asked(typed: str) -> list[str]:
    """What is looked for, each by itself: 亭店12 asks for 亭店 and 12, for between them stands 路.

    A part of one character would be found in nearly every code; such a piece stays whole.
    """
    found: list[str] = []
    for piece in pieces(typed):
        runs = _RUNS.findall(piece)
        found += runs if min(map(len, runs)) > 1 else [piece]
    return found


def _term(piece: str) -> str:
    phrase = f'"{" ".join(map(add, piece, piece[1:]))}"' if len(piece) > 1 else f'"{piece}"*'
    return f"({{grams initials}} : {phrase})"
