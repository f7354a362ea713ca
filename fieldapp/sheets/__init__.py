"""PDF sheets as in the paper target: one ruled table, black on white, deterministic.

The renderers take a ``SheetRecord`` (module ``content``) and give PDF/A-2b bytes. What draws is imported
with the first sheet, so that commands which print nothing start without it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldapp.sheets.content import SheetRecord

__all__ = ["has_sheet", "missing_glyphs", "render_archive", "render_onsite"]

#: What most texts are made of and every face has: to find that out, no face need be loaded.
_USUAL = re.compile("[ -~\n、。〇《》「」【】！（），．：；？一-龥]*")


def missing_glyphs(text: str) -> str:
    """The characters of ``text`` that a sheet shows by their numbers, because no carried face has them."""
    if _USUAL.fullmatch(text):
        return ""
    from fieldapp.sheets import glyphs

    return glyphs.missing(text)


def has_sheet(form_id: str) -> bool:
    """Whether there is a sheet for the form."""
    from fieldapp.sheets import rendering

    return form_id in rendering.FORMS


def render_onsite(record: SheetRecord) -> bytes:
    """The 现场页 of ``record``: see ``fieldapp.sheets.rendering.render_onsite``."""
    from fieldapp.sheets import rendering

    return rendering.render_onsite(record)


def render_archive(record: SheetRecord) -> bytes:
    """The 归档本 of ``record``: see ``fieldapp.sheets.rendering.render_archive``."""
    from fieldapp.sheets import rendering

    return rendering.render_archive(record)
