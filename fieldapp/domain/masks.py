"""How a personal text is shown outside the case work: which properties are personal, the register says."""

from __future__ import annotations


def masked(text: str) -> str:
    """A personal text as others may see it: a number keeps its ends, a name its first character."""
    if not text:
        return ""
    if sum(character.isdigit() for character in text) >= 7:
        return f"{text[:3]}****{text[-4:]}"
    return text[0] + "*" * min(max(len(text) - 1, 1), 3)
