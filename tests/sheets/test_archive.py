"""归档本: the record with its signing status, photographs and scanned pages."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image

from fieldapp.errors import UserError
from fieldapp.sheets import render_archive
from fieldapp.sheets.content import ARCHIVE_COPY, ARCHIVE_SECOND, Photo
from fieldapp.sheets.signatures import SENTENCE
from tests.sheets import examples
from tests.sheets.pdfs import one_bit, pages, symbols, text, texts
from tests.sheets.test_onsite import hostile
from tests.sheets.visits import VISITS, visit_record

PICTURE = examples.jpeg(400, 300)


def many(count: int) -> tuple[Photo, ...]:
    six = examples.photos((400, 300))
    return tuple(
        replace(six[index % 6], note=f"第{index}张", jpeg=examples.jpeg(400, 300, 60 + index))
        for index in range(count)
    )


def pictures(pdf: bytes) -> list[list[tuple[bytes, float, float]]]:
    """JPEG bytes, width and height in points of what is drawn, by page."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            drawn, place = [], (0.0, 0.0)
            for instruction in pikepdf.parse_content_stream(page):
                if str(instruction.operator) == "cm":
                    numbers = [float(str(one)) for one in instruction.operands]
                    place = (numbers[0], numbers[3])
                elif str(instruction.operator) == "Do":
                    image = page.Resources.XObject[str(instruction.operands[0])]
                    assert image.Filter in ("/DCTDecode", pikepdf.Array([pikepdf.Name.DCTDecode]))
                    drawn.append((image.read_raw_bytes(), *place))
            found.append(drawn)
    return found


@pytest.mark.parametrize(("count", "appendix"), [(0, 0), (1, 1), (6, 1), (7, 2), (30, 5)])
def test_photographs_two_by_three_on_a_page(count: int, appendix: int) -> None:
    record = replace(examples.record(), photos=many(count))
    pdf = render_archive(record)
    sheets = texts(pdf)
    assert len(sheets) == 1 + appendix
    drawn = pictures(pdf)
    assert [len(page) for page in drawn] == [0] + [6] * (count // 6) + [count % 6] * (count % 6 > 0)
    said = "".join(sheets[1:])
    assert all(f"第{index}张" in said for index in range(count))
    assert (f"四、照片（{count}张" in said) == (count > 0)
    assert all("照片附页" in sheet for sheet in sheets[1:])
    placed = [one[0] for page in drawn for one in page]
    assert sorted(placed) == sorted(photo.jpeg for photo in record.photos)  # unchanged, each once


def test_order_numbers_captions_and_defects_belong_together() -> None:
    record = replace(examples.record(), photos=examples.photos())
    first, second = texts(render_archive(record))
    captions = [
        "1正立面东南向全貌，屋顶彩钢棚2022-12-0809:43陈某某摄原图",
        "2侧立面东北向东侧；西侧毗连无法拍摄",
        "3门牌南向亭店路12号",
        "4二层阳台挑板仰视缺陷1特写，带标尺2022-12-0809:48李某某摄非原图",
        "5二层东侧承重墙西向缺陷3位置2022-12-0809:46李某某摄标注副本",
        "6二层东侧承重墙西向缺陷3特写，带标尺2022-12-0809:47李某某摄原图",
    ]
    places = [second.index(caption) for caption in captions]
    assert places == sorted(places)
    for photo in record.photos:
        assert photo.sha256[:12] in second
    assert "C4限15%，已超4" in first  # defect 1 is on picture 4
    assert "X2限10mm*，未超5、6" in first


@pytest.mark.parametrize("size", [(1000, 750), (750, 1000), (1000, 250), (300, 1000), (40, 30)])
def test_a_photograph_is_whole_and_never_distorted(size: tuple[int, int]) -> None:
    photo = replace(examples.photos()[0], jpeg=examples.jpeg(*size))
    ((), ((_, width, height),)) = pictures(render_archive(replace(examples.record(), photos=(photo,))))
    assert width <= 80 / 25.4 * 72 + 0.01
    assert height <= 60 / 25.4 * 72 + 0.01
    assert width / height == pytest.approx(size[0] / size[1], rel=0.001)


def test_the_same_picture_twice_and_a_second_copy_hold_its_pixels_once() -> None:
    six = many(6)
    photos = (*six, six[0])
    record = replace(examples.record(), photos=photos)
    printing = replace(record.printing, copies=(ARCHIVE_COPY, ARCHIVE_SECOND))
    pdf = render_archive(replace(record, printing=printing))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        streams = [item for item in document.objects if isinstance(item, pikepdf.Stream)]
        assert sum(item.get("/Subtype") == "/Image" for item in streams) == 6
    assert [len(page) for page in pictures(pdf)] == [0, 6, 1] * 2
    assert "区级存档" in texts(pdf)[3]


def cmyk() -> bytes:
    stream = io.BytesIO()
    Image.new("CMYK", (400, 300), (10, 200, 30, 40)).save(stream, "JPEG")
    return stream.getvalue()


def test_a_picture_in_printers_inks_is_made_rgb() -> None:
    photo = replace(examples.photos()[0], jpeg=cmyk())
    pdf = render_archive(replace(examples.record(), photos=(photo,)))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (image,) = document.pages[1].Resources.XObject.values()
        assert image.ColorSpace == "/DeviceRGB"


@pytest.mark.parametrize(
    "file",
    [b"", b"no picture", PICTURE[:200], PICTURE[:-2000], b"\x89PNG\r\n\x1a\n" + b"0" * 99],
    ids=["empty", "text", "head", "cut", "png"],
)  # fmt: skip
def test_a_damaged_picture_is_refused_by_its_number(file: bytes) -> None:
    photos = (*examples.photos()[:2], replace(examples.photos()[2], jpeg=file))
    with pytest.raises(UserError) as caught:
        render_archive(replace(examples.record(), photos=photos))
    assert caught.value.code == "SHEET_002"
    assert "照片 3" in str(caught.value)


def test_a_damaged_scan_is_refused_by_its_number() -> None:
    with pytest.raises(UserError) as caught:
        render_archive(
            replace(examples.record(), scans=(examples.scan(), replace(examples.scan(), jpeg=b"x")))
        )
    assert caught.value.code == "SHEET_002"
    assert "签字页 2" in str(caught.value)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_signing_status_names_page_and_hash_of_the_scan(count: int) -> None:
    record = replace(
        examples.record(), photos=many(7), signings=examples.signings(), scans=(examples.scan(),) * count
    )
    sheets = texts(render_archive(record))
    assert len(sheets) == 3 + count
    assert "签署状态已签字：检查人员陈某某、李某某；产权人王某某（捺印，已宣读）；社区黄某某" in sheets[0]
    where = {0: "签字页扫描件待归档", 1: "扫描件见第4页", 3: "扫描件见第4-6页"}[count]
    assert where in sheets[0]
    assert sheets[0].count("59ad1b2fc74287de") == count
    assert all("签字页" in sheet and "59ad1b2fc74287de" in sheet for sheet in sheets[3:])


def test_the_page_of_the_scan_is_right_behind_pages_of_defects() -> None:
    record = replace(hostile(), signings=examples.signings(), scans=(examples.scan(),), photos=many(2))
    sheets = texts(render_archive(record))
    assert f"扫描件见第{len(sheets)}页" in "".join(sheets)
    assert "签字页（1/1）" in sheets[-1]


def test_without_a_signature_it_waits_for_one() -> None:
    said = text(render_archive(examples.record()))
    assert "签署状态待签字：检查人员陈某某（江南街道LC-0312）、李某某（江南街道LC-0147）" in said


def test_refused_is_not_signed() -> None:
    refusal = replace(examples.signings()[2], manner="refused", read_aloud=False, note="不同意结论")
    said = text(render_archive(replace(examples.record(), signings=(refusal,))))
    assert "签署状态未签字：产权人王某某（拒签，不同意结论）" in said


@pytest.mark.parametrize("name", VISITS)
def test_each_sample_visit_is_one_page_and_its_photographs(name: str) -> None:
    record = replace(visit_record(name), photos=many(6))
    pdf = render_archive(record)
    sheets = texts(pdf)
    assert len(sheets) == 2
    assert SENTENCE in sheets[0]
    for image in pages(pdf):
        assert symbols(one_bit(image)) == [record.code.text]


def test_long_answers_are_whole_and_the_foot_stays_free() -> None:
    record = replace(hostile(), photos=tuple(replace(one, note="长说明" * 60 + "完") for one in many(7)))
    pdf = render_archive(record)
    said = text(pdf)
    for name in ("hazard_basis", "advice", "downgrade_reason", "owner_name"):
        assert record.answers[name].value in said, name
    assert said.count("长说明" * 60 + "完") == 7
    assert [len(page) for page in pictures(pdf) if page] == [6, 1]
    scale = 203 / 25.4
    for image in pages(pdf):
        gap = image.crop((0, int((297 - 13 - 1.2) * scale), image.width, int((297 - 13 - 0.4) * scale)))
        assert min(gap.tobytes()) > 128
        assert symbols(one_bit(image)) == [record.code.text]


def test_columns_are_named_again_on_the_next_page() -> None:
    sheets = texts(render_archive(hostile()))
    continued = [words for words in sheets[1:] if "X2限10mm" in words or "C4限15%" in words]
    assert continued
    assert all("序部位构件现场所见与实测值规则与限值照片" in words for words in continued)
