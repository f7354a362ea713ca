"""The text of the QR code on paper. Fixed for ever, because paper cannot be migrated.

``F1:<26 Crockford base32 of the uuid>:<version>:<4 characters of the hash>``, upper case: at most 38
characters of QR alphanumeric mode, so a version-2 symbol at level M (design, section 6).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PATTERN = re.compile(r"F1:([0-9A-HJKMNP-TV-Z]{26}):([0-9]{1,3}):([0-9A-HJKMNP-TV-Z]{4})")


def crockford(number: int, length: int) -> str:
    """``number`` in Crockford base32, most significant character first, padded to ``length``."""
    characters = []
    for _ in range(length):
        number, rest = divmod(number, 32)
        characters.append(ALPHABET[rest])
    if number:
        raise ValueError(f"number needs more than {length} characters")
    return "".join(reversed(characters))


def check_of(sha256: str) -> str:
    """The 4 check characters of a hash: its first 20 bits. ``sha256`` is 64 hex digits."""
    return crockford(int(sha256[:5], 16), 4)


@dataclass(frozen=True, slots=True)
class RecordCode:
    """What a sheet's QR names: a record, one version of it and four characters of its hash.

    Blank paper forms carry version 0 and check ``0000``.
    """

    record_id: UUID
    version: int
    check: str

    def __post_init__(self) -> None:
        if not 0 <= self.version <= 999:
            raise ValueError("version outside 0..999: the symbol would grow")

    @classmethod
    def of(cls, record_id: UUID, version: int, sha256: str) -> RecordCode:
        """The code of a finalized record; ``sha256`` is that of its instance XML, hex."""
        return cls(record_id, version, check_of(sha256))

    @property
    def text(self) -> str:
        """The QR text, upper case alphanumeric."""
        return f"F1:{self.letters}:{self.version}:{self.check}"

    @property
    def letters(self) -> str:
        """The 26 characters that stand for the record id, printed under the symbol to be typed."""
        return crockford(self.record_id.int, 26)

    @classmethod
    def parse(cls, text: str) -> RecordCode | None:
        """The code in ``text``, or None when the text is not one of ours."""
        match = _PATTERN.fullmatch(text.strip())
        if match is None:
            return None
        number = 0
        for character in match[1]:
            number = number * 32 + ALPHABET.index(character)
        if number >= 1 << 128:
            return None
        return cls(UUID(int=number), int(match[2]), match[3])
