"""Lines of Chinese text with inline boxes and writing lines: pieces in, broken lines out.

Breaks fall between tokens only: a date, a number with its unit, an id or a box with its word is one
token, and closing punctuation never begins a line (kinsoku). ReportLab's own CJK wrapping breaks all of
these (paper target, section 18). Widths are in points.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from fieldapp.errors import UserError
from fieldapp.sheets.faces import Face, widths

#: Side of a check box in em of its text, and its distance to the word.
BOX_EM, BOX_GAP_EM = 0.92, 0.26
_NO_START = frozenset("，。、；：？！）】》〉」』”’％%‰℃…—～·!),.:;?]}〕→々")
_NO_END = frozenset("（【《〈「『“‘〔([{￥$→")
_UNIT = r"(?: ?(?:mm|cm|m²|m|km|kg|kN|t|h|级|%|‰|°)(?![A-Za-z]))?"
_TOKEN = re.compile(
    r"\d{2,4}年\d{1,2}月\d{1,2}日前?|\d{1,2}月\d{1,2}日前?"
    r"|第\d+[条款项页次联号]"
    r"|(?:电话 )?\d{3,4} ×+ \d{4}"
    r"|[+\-]?\d+(?:[.,:/\-–]\d+)*" + _UNIT + r"[年月日时分层条人处次页项张户栋号]?"
    r"|[A-Za-z0-9][!-~²³]*"
    r"|[ \u3000]+|——|……|.",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Text:
    """Running text; ``bold`` in the bold face, ``font`` to name another face than the cell's."""

    text: str
    bold: bool = False
    font: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A check box and its word, never separated; ticked means tick and bold word, but for ``quiet``
    ones (未发现), which would drown what was found."""

    word: str
    ticked: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Blank:
    """A writing line of ``width`` points."""

    width: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty space of ``width`` points where a line may break."""

    width: float


Piece = Text | Box | Blank | Gap


class Fragment(NamedTuple):
    """Something drawn at one place of a line: ``text`` in ``font``, or a ``box`` (ticked or not), or a
    line to be ``written`` on, or a ``space``."""

    width: float
    text: str = ""
    font: str = ""
    box: bool | None = None
    space: bool = False
    written: bool = False


class Line(NamedTuple):
    """One line: its fragments from left to right and their width without trailing space."""

    fragments: tuple[Fragment, ...]
    width: float


@dataclass(slots=True)
class Typesetter:
    """Breaks pieces into lines in one pair of faces and remembers characters without a glyph.

    ``missing`` maps a character to the first place it was met at; ``require_glyphs`` reports them.
    """

    face: Face
    missing: dict[str, str] = field(default_factory=dict)

    def lines(self, pieces: Sequence[Piece], size: float, width: float, place: str = "") -> list[Line]:
        """``pieces`` at ``size`` points broken to ``width`` points; ``place`` names the cell in messages."""
        whole = [self._fragments(piece, size, place) for piece in pieces]
        flat = [one for fragments in whole for one in fragments]
        if sum(one.width for one in flat) <= width + 0.01 and not any("\n" in one.text for one in flat):
            return [_line(flat)]
        return _fill(self._atoms(pieces, whole, size, place), width)

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Width of ``text`` on one line, in points."""
        table = widths(self.face.bold if bold else self.face.regular)
        return sum(table.get(character, 1000) for character in text) * size / 1000

    def require_glyphs(self) -> None:
        """SHEET_001 when a text met so far has a character that no carried face can draw."""
        if not self.missing:
            return
        characters = " ".join(f"{one} (U+{ord(one):04X})" for one in self.missing)
        raise UserError(
            "SHEET_001", characters=characters, place="、".join(dict.fromkeys(self.missing.values()))
        )

    def _fragments(self, piece: Piece, size: float, place: str) -> list[Fragment]:
        """A piece as it is drawn when it need not be broken."""
        if isinstance(piece, Text):
            font = piece.font or (self.face.bold if piece.bold else self.face.regular)
            return [self._word(clean(piece.text), font, size, place)]
        if isinstance(piece, Blank):
            return [Fragment(piece.width, written=True)]
        if isinstance(piece, Gap):
            return [Fragment(piece.width, space=True)]
        font = self.face.bold if piece.ticked and not piece.quiet else self.face.regular
        word = [self._word(clean(piece.word), font, size, place)] if piece.word else []
        return [Fragment(BOX_EM * size, box=piece.ticked), Fragment(BOX_GAP_EM * size), *word]

    def _word(self, text: str, font: str, size: float, place: str) -> Fragment:
        units, absent = _units(text, font)
        for character in absent:
            self.missing.setdefault(character, place)
        return Fragment(units * size / 1000, text, font, space=not text.strip(" \u3000"))

    def _atoms(
        self, pieces: Sequence[Piece], whole: Sequence[list[Fragment]], size: float, place: str
    ) -> list[_Atom]:
        """Unbreakable groups of fragments; texts that follow each other are cut into words together."""
        atoms: list[_Atom] = []
        run: list[Fragment] = []
        for piece, fragments in zip(pieces, whole, strict=True):
            if isinstance(piece, Text):
                run += fragments
                continue
            atoms += self._run_atoms(run, size, place)
            run = []
            atoms.append(_Atom(fragments, last=clean(piece.word)[-1:] if isinstance(piece, Box) else ""))
        return _glued(atoms + self._run_atoms(run, size, place))

    def _run_atoms(self, run: Sequence[Fragment], size: float, place: str) -> list[_Atom]:
        atoms = []
        ends = list(accumulate(len(one.text) for one in run))
        at = 0
        for match in _TOKEN.finditer("".join(one.text for one in run)):
            word = match[0]
            start, end = match.span()
            if word == "\n":
                atoms.append(_Atom([], end=True))
                continue
            while ends[at] <= start:
                at += 1
            fragments = []
            part = at
            while start < end:
                stop = min(end, ends[part])
                fragments.append(self._word(word[: stop - start], run[part].font, size, place))
                word = word[stop - start :]
                start, part = stop, part + 1
            atoms.append(_Atom(fragments, first=match[0][0], last=match[0][-1]))
        return atoms


@lru_cache(maxsize=8192)
def _units(text: str, font: str) -> tuple[float, str]:
    """Width of ``text`` in thousandths of the size, and its characters that ``font`` cannot draw."""
    table = widths(font)
    absent = "".join(character for character in text if character not in table and character != "\n")
    return sum(table.get(character, 1000) for character in text), absent


@dataclass(slots=True)
class _Atom:
    """Fragments that stay together; ``first`` and ``last`` characters decide what may stand beside."""

    fragments: list[Fragment]
    first: str = ""
    last: str = ""
    end: bool = False

    @property
    def width(self) -> float:
        return sum(one.width for one in self.fragments)

    @property
    def space(self) -> bool:
        return bool(self.fragments) and all(one.space for one in self.fragments)


def clean(text: str) -> str:
    """``text`` without characters that have no picture (controls, joiners, direction marks); no-break
    spaces become spaces, ends of lines stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\u00a0", " ")
    if text.replace("\u3000", "").replace("\n", "").isprintable():
        return text
    return "".join(
        one for one in text if one == "\n" or unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )


def _glued(atoms: list[_Atom]) -> list[_Atom]:
    """Closing punctuation joins what stands before it, opening punctuation what follows."""
    glued: list[_Atom] = []
    for atom in atoms:
        before = glued[-1] if glued else None
        if (
            before is not None
            and not (before.end or atom.end or before.space or atom.space)
            and (atom.first in _NO_START or before.last in _NO_END)
        ):
            before.fragments += atom.fragments
            before.last = atom.last
        else:
            glued.append(atom)
    return glued


def _fill(atoms: list[_Atom], width: float) -> list[Line]:
    lines: list[Line] = []
    current: list[Fragment] = []
    used = 0.0
    for atom in atoms:
        if atom.end:
            lines.append(_line(current))
            current, used = [], 0.0
            continue
        size = atom.width
        if used + size > width + 0.01 and not atom.space:
            if current:
                lines.append(_line(current))
                current, used = [], 0.0
            if size > width:
                *whole, rest = _split(atom.fragments, width)
                lines += [_line(part) for part in whole]
                current, used = list(rest), sum(one.width for one in rest)
                continue
        if atom.space and not current and lines:
            continue  # no space at the beginning of a continued line
        current.extend(atom.fragments)
        used += size
    lines.append(_line(current))
    return lines


def _split(fragments: list[Fragment], width: float) -> list[list[Fragment]]:
    """A token longer than the line (an id, a row of signs) is cut where the line is full."""
    parts: list[list[Fragment]] = [[]]
    used = 0.0
    for one in fragments:
        for piece in _characters(one):
            if used + piece.width > width and parts[-1]:
                parts.append([])
                used = 0.0
            parts[-1].append(piece)
            used += piece.width
    return parts


def _characters(one: Fragment) -> list[Fragment]:
    if not one.text:
        return [one]
    table = widths(one.font)
    units = [table.get(character, 1000) for character in one.text]
    scale = one.width / sum(units) if any(units) else 0.0
    return [
        Fragment(unit * scale, character, one.font) for unit, character in zip(units, one.text, strict=True)
    ]


def _line(fragments: list[Fragment]) -> Line:
    """Fragments side by side; what has the same font is joined, spaces at the end are left out."""
    end = len(fragments)
    while end and fragments[end - 1].space:
        end -= 1
    merged: list[Fragment] = []
    for one in fragments[:end]:
        last = merged[-1] if merged else None
        if last is not None and one.text and last.text and one.font == last.font:
            merged[-1] = Fragment(last.width + one.width, last.text + one.text, one.font)
        else:
            merged.append(one)
    return Line(tuple(merged), sum(one.width for one in merged))


def broken(pieces: Sequence[Piece]) -> bool:
    """Whether the text says itself where its lines end."""
    return any("\n" in one.text for one in pieces if isinstance(one, Text))
