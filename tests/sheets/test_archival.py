"""PDF/A-2b by inspection, text that extracts, and the same bytes from the same record."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pikepdf
import pytest
from lxml import etree

from fieldapp.errors import UserError
from fieldapp.sheets import render_archive, render_onsite
from fieldapp.sheets.srgb import srgb_profile
from tests.sheets import examples
from tests.sheets.pdfs import operators, text, texts

#: Characters beyond U+FFFF of all three faces: names and places.
BEYOND = "𫟹𬱖𫄨𬬭"


def full() -> bytes:
    record = replace(
        examples.record(), photos=examples.photos(), signings=examples.signings(), scans=(examples.scan(),)
    )
    return render_archive(record)


SHEETS = [
    pytest.param(render_onsite(examples.record()), id="onsite"),
    pytest.param(render_onsite(examples.not_entered()), id="door"),
    pytest.param(full(), id="archive"),
]


@pytest.mark.parametrize("pdf", SHEETS)
def test_it_declares_pdf_a_2b(pdf: bytes) -> None:
    assert pdf[:5] == b"%PDF-"
    second = pdf.splitlines()[1]
    assert second[:1] == b"%"
    assert all(byte > 127 for byte in second[1:5])
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.check_pdf_syntax() == []
        assert not document.is_encrypted
        assert len(document.trailer.ID) == 2
        root = document.Root
        metadata = root.Metadata.read_raw_bytes()
        assert "/Filter" not in root.Metadata
        names = {"pdfaid": "http://www.aiim.org/pdfa/ns/id/", "dc": "http://purl.org/dc/elements/1.1/"}
        xmp = etree.fromstring(metadata)
        assert xmp.findtext(".//pdfaid:part", namespaces=names) == "2"
        assert xmp.findtext(".//pdfaid:conformance", namespaces=names) == "B"
        (intent,) = root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert intent.DestOutputProfile.N == 3
        assert intent.DestOutputProfile.read_bytes() == srgb_profile()
        assert str(root.Lang) == "zh-CN"
        assert str(root.ViewerPreferences) == str(pikepdf.Dictionary(DisplayDocTitle=True))
        assert not {"/OpenAction", "/AA", "/AcroForm", "/Names", "/StructTreeRoot"} & set(root.keys())


@pytest.mark.parametrize("pdf", SHEETS)
def test_nothing_that_an_archive_forbids(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for item in document.objects:
            if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                continue
            keys = set(item.keys())
            assert not keys & {"/SMask", "/CA", "/ca", "/BM", "/JS", "/EF", "/Alternates", "/OPI"}, keys
            assert item.get("/S") not in ("/Transparency", "/JavaScript", "/Launch")
            assert "/LZWDecode" not in str(item.get("/Filter", ""))
        for page in document.pages:
            assert "/Annots" not in page
            assert [float(one) for one in page.MediaBox] == pytest.approx([0, 0, 595.28, 841.89], abs=0.01)


def test_the_icc_profile_is_one() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert profile.profile.xcolor_space.strip() == "RGB"
    primary = profile.profile.red_primary
    assert primary is not None
    assert primary[1][:2] == pytest.approx((0.64, 0.33), abs=0.01)


@pytest.mark.parametrize("pdf", SHEETS)
def test_every_font_is_embedded_as_a_subset_with_its_characters(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = [
            one
            for one in document.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"
        ]
        assert fonts
        for font in fonts:
            assert font.Subtype == "/TrueType"
            assert str(font.BaseFont)[7] == "+"
            assert "Noto" in str(font.BaseFont)
            assert font.FontDescriptor.FontFile2.read_bytes()[:4] == b"\x00\x01\x00\x00"
            assert int(font.FontDescriptor.Flags) & 4
            assert "/Encoding" not in font
            assert len(font.Widths) == int(font.LastChar) - int(font.FirstChar) + 1
            program = font.ToUnicode.read_bytes()
            for count in (line.split()[0] for line in program.splitlines() if line.endswith(b"beginbfchar")):
                assert int(count) <= 100


def _tables(program: bytes) -> dict[bytes, bytes]:
    """The tables of a TrueType program."""
    (count,) = struct.unpack_from(">H", program, 4)
    found = {}
    for number in range(count):
        tag, _, start, length = struct.unpack_from(">4sLLL", program, 12 + 16 * number)
        found[tag] = program[start : start + length]
    return found


def _glyph_widths(program: bytes) -> list[tuple[int, int]]:
    """Glyph and advance width by character code, from the font's only cmap (format 6) and its hmtx."""
    tables = _tables(program)
    (encodings,) = struct.unpack_from(">H", tables[b"cmap"], 2)
    assert encodings == 1
    platform, _, start = struct.unpack_from(">HHL", tables[b"cmap"], 4)
    form, _, _, first, count = struct.unpack_from(">5H", tables[b"cmap"], start)
    assert (platform, form, first) == (1, 6, 0)
    glyphs = struct.unpack_from(f">{count}H", tables[b"cmap"], start + 10)
    (metrics,) = struct.unpack_from(">H", tables[b"hhea"], 34)
    advances = [struct.unpack_from(">Hh", tables[b"hmtx"], 4 * number)[0] for number in range(metrics)]
    return [(glyph, advances[min(glyph, metrics - 1)]) for glyph in glyphs]


@pytest.mark.parametrize("pdf", SHEETS)
def test_every_letter_shown_has_its_glyph_and_its_width(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = document.pages[0].Resources.Font
        embedded = {
            name: _glyph_widths(one.FontDescriptor.FontFile2.read_bytes()) for name, one in fonts.items()
        }
        declared = {name: [float(width) for width in one.Widths] for name, one in fonts.items()}
    current = ""
    shown: set[tuple[str, int]] = set()
    for _, operator, operands in operators(pdf):
        if operator == "Tf":
            current = str(operands[0])
        elif operator == "Tj":
            assert isinstance(operands[0], pikepdf.String)
            shown |= {(current, code) for code in bytes(operands[0])}
    assert len(shown) > 50
    for name, code in shown:
        glyph, width = embedded[name][code]
        assert glyph != 0
        assert declared[name][code] == pytest.approx(width, abs=1)


def test_the_file_says_what_it_is_and_when_the_record_was_made() -> None:
    with pikepdf.open(io.BytesIO(full())) as document:
        said = document.docinfo
        assert str(said.Title) == "房屋结构安全隐患排查登记表 鲤城区江南街道亭店社区亭店路12号"
        assert str(said.Author) == "泉州市鲤城区江南街道办事处"
        assert str(said.Subject) == "hazard_inspection"
        assert str(said.CreationDate) == str(said.ModDate) == "D:20221208102500+08'00'"
        with document.open_outline() as outline:
            assert [entry.title for entry in outline.root] == ["检查表", "照片", "签字页"]
        xmp = document.Root.Metadata.read_bytes().decode()
    assert "<xmp:CreateDate>2022-12-08T10:25:00+08:00</xmp:CreateDate>" in xmp


def test_a_time_in_utc_and_marks_of_xml_are_written_right() -> None:
    record = replace(examples.record(), ended_at=datetime(2022, 12, 8, 2, 25, tzinfo=UTC), address="<A&B>号")
    with pikepdf.open(io.BytesIO(render_onsite(record))) as document:
        assert str(document.docinfo.CreationDate) == "D:20221208022500+00'00'"
        title = etree.fromstring(document.Root.Metadata.read_bytes()).findtext(".//{*}title/{*}Alt/{*}li")
    assert title == "房屋结构安全隐患排查登记表 <A&B>号"


@pytest.mark.parametrize("render", [render_onsite, render_archive])
def test_characters_beyond_the_basic_plane_extract(render: object) -> None:
    assert callable(render)
    facts = examples.FACTS | {"owner_name": f"王{BEYOND}", "user_name": f"李{BEYOND[::-1]}"}
    pdf = render(examples.record(facts=facts, result=examples.RESULT | {"hazard_basis": BEYOND * 3}))
    said = text(pdf)
    assert f"王{BEYOND}" in said
    assert f"李{BEYOND[::-1]}" in said
    assert BEYOND * 3 in said
    with pikepdf.open(io.BytesIO(pdf)) as document:
        programs = b"".join(
            one.ToUnicode.read_bytes()
            for one in document.objects
            if isinstance(one, pikepdf.Dictionary) and "/ToUnicode" in one
        )
    assert f"<{'𫟹'.encode('utf-16-be').hex().upper()}>".encode() in programs


def test_more_characters_than_one_subset_holds_extract() -> None:
    many = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 700))
    answers = examples.RESULT | {"hazard_basis": many[:500], "advice": many[200:]}
    said = text(render_archive(examples.record(result=answers)))
    assert many[:500] in said
    assert many[200:] in said


def test_characters_that_have_no_picture_are_left_out_and_nothing_else() -> None:
    facts = examples.FACTS | {"user_name": "林\u200b某\u202e某\x07\ufeff，\u00a0九\t户"}
    (said,) = texts(render_onsite(examples.record(facts=facts)))
    assert "林某某，九户" in said


def test_an_unknown_form_is_refused() -> None:
    for render in (render_onsite, render_archive):
        with pytest.raises(UserError) as caught:
            render(replace(examples.record(), form_id="soil_survey"))
        assert caught.value.code == "SHEET_004"


_PROGRAM = """
import hashlib
from dataclasses import replace
from fieldapp.sheets import render_archive, render_onsite
from tests.sheets import examples
record = examples.record()
full = replace(record, photos=examples.photos(), signings=examples.signings(), scans=(examples.scan(),))
for pdf in (render_onsite(record), render_onsite(examples.not_entered()), render_archive(full)):
    print(hashlib.sha256(pdf).hexdigest())
"""


def test_two_processes_give_the_same_bytes() -> None:
    here = [hashlib.sha256(one.values[0]).hexdigest() for one in SHEETS if isinstance(one.values[0], bytes)]
    for seed in ("1", "77"):
        ran = subprocess.run(
            [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert ran.stdout.split() == here


def test_another_sheet_before_changes_no_byte() -> None:
    before = render_onsite(examples.record())
    full()
    render_onsite(examples.not_entered())
    assert render_onsite(examples.record()) == before
