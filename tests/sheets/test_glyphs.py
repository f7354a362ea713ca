"""Characters that no carried face has: shown by their numbers, explained, no blank and no refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from fieldapp.domain.visit import TeamMember
from fieldapp.errors import UserError
from fieldapp.sheets import _USUAL, glyphs, missing_glyphs, render_archive, render_onsite
from fieldapp.sheets.content import SheetRecord
from fieldapp.sheets.faces import ARCHIVE_FACE, widths
from fieldapp.sheets.inline import Text, Typesetter
from tests.sheets import examples
from tests.sheets.pdfs import pages, text, texts

RENDER = pytest.mark.parametrize("render", [render_onsite, render_archive])
#: Of the national standard list of 2013 (通用规范汉字表), beyond U+FFFF: names and places are full of such.
STANDARD = "𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢"


@pytest.mark.parametrize(
    "change",
    [
        {"facts": examples.FACTS | {"owner_name": "王𠮷"}},
        {"result": examples.RESULT | {"hazard_basis": "阳台𠮷露筋"}},
        {"checks": examples.CHECKS | {"foundation_damage_why": "𠮷"}},
        {"defects": [examples.CRACK | {"d_note": "𠮷"}]},
        {"issuer": "𠮷办"},
        {"serial": "𠮷-1"},
        {"phone": "𠮷"},
        {"team": (TeamMember("𠮷某", "江南街道", "LC"),)},
    ],
    ids=lambda change: next(iter(change)),
)
@RENDER
def test_it_is_shown_by_its_number_wherever_it_stands(
    render: Callable[[SheetRecord], bytes], change: dict[str, object]
) -> None:
    pdf = render(examples.record(**change))  # type: ignore[arg-type] # fields by name
    said = text(pdf)
    assert "〔U+20BB7〕" in said
    assert "以其统一码编号代替" in said
    assert "𠮷" not in said
    assert pdf == render(examples.record(**change))  # type: ignore[arg-type] # fields by name


@RENDER
def test_nothing_is_explained_where_nothing_is_missing(render: Callable[[SheetRecord], bytes]) -> None:
    record = examples.record(facts=examples.FACTS | {"owner_name": f"王{STANDARD}"})
    said = text(render(record))
    assert STANDARD in said
    assert "统一码" not in said


def test_the_number_looks_like_one_and_the_page_stays_one_page() -> None:
    plain = examples.record()
    odd = replace(plain, team=(TeamMember("王𠮷", "江南街道", "LC-0312"),))
    assert len(texts(render_onsite(odd))) == len(texts(render_onsite(plain))) == 1
    (image,), (before,) = pages(render_onsite(odd)), pages(render_onsite(plain))
    assert image.size == before.size
    assert image.tobytes() != before.tobytes()


def test_what_is_missing_is_named_once_in_its_order() -> None:
    assert missing_glyphs("王𠮷与𠮷、😀") == "𠮷😀"
    assert missing_glyphs("\ue000") == "\ue000"
    assert missing_glyphs("葛\U000e0100城") == "", "a selector has no picture of its own"
    assert missing_glyphs("林\u200b某\t\r\n") == ""
    assert glyphs.coded("王𠮷，\ue000") == "王〔U+20BB7〕，〔U+E000〕"
    assert glyphs.coded("葛\U000e0100") == "葛\U000e0100", "left to the setter where nothing is missing"


def test_the_usual_characters_are_in_every_face() -> None:
    usual = [chr(code) for code in range(0x110000) if _USUAL.fullmatch(chr(code)) and chr(code) != "\n"]
    assert len(usual) > 20_000
    assert [one for one in usual if one not in glyphs._drawable()] == []


def test_the_setter_itself_still_draws_nothing_it_cannot() -> None:
    """Texts that never went through a record: the program's own."""
    setter = Typesetter(ARCHIVE_FACE)
    setter.lines([Text("表头𠮷")], 10, 100, "表头")
    with pytest.raises(UserError) as caught:
        setter.require_glyphs()
    assert caught.value.code == "SHEET_001"
    assert re.search(r"𠮷 \(U\+20BB7\).*表头", str(caught.value))
    assert "𠮷" not in widths(ARCHIVE_FACE.regular)
