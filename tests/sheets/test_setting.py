"""Lines, rows and words: what is true of every text, not only of the examples."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.sheets.faces import ARCHIVE_FACE, ONSITE_FACE
from fieldapp.sheets.inline import Box, Line, Text, Typesetter, clean
from fieldapp.sheets.table import MM, Band, Cell, Measure, Room, Row, height_of, paginate, shortened, stretch
from fieldapp.sheets.wording import chinese_date, masked, runs, storey

_ALPHABET = "阳台裂缝宽度，。；：（）“”0123456789.%‰mAB- 　/、m²年月日某"
_TEXTS = st.text(_ALPHABET, max_size=120)
_NO_START = "，。；：）”%‰、"


def words(line: Line) -> str:
    return "".join(one.text for one in line.fragments)


@settings(deadline=None)
@given(_TEXTS, _TEXTS, st.floats(60, 400))
def test_lines_are_never_too_wide_and_lose_nothing(first: str, second: str, width: float) -> None:
    setter = Typesetter(ONSITE_FACE)
    lines = setter.lines([Text(first), Text(second, bold=True)], 10.5, width)
    assert all(line.width <= width + 0.02 for line in lines)
    said = "".join(words(line) for line in lines)
    assert "".join(said.split()) == "".join((first + second).split())
    assert not setter.missing


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["阳台", "，", "裂缝", "；", "0.8 mm", "2022年12月8日", "18%", "（北）", "。"]),
        max_size=60,
    )
)
def test_lines_never_begin_with_closing_marks_nor_split_numbers(parts: list[str]) -> None:
    # Marks in a row longer than a line cannot be kept; here a letter always stands between.
    parts = [*parts, "电话 138 ×××× 2216"]
    text = "墙".join(parts)
    lines = Typesetter(ARCHIVE_FACE).lines([Text(text)], 10.5, 120)
    starts = [words(line)[:1] for line in lines[1:]]
    assert not [one for one in starts if one in _NO_START]
    for token in ("0.8 mm", "2022年12月8日", "18%", "电话 138 ×××× 2216"):
        assert sum(words(line).count(token) for line in lines) == text.count(token)


def test_a_box_and_its_word_stay_together() -> None:
    pieces = [Box(f"选项{number}", ticked=number == 3) for number in range(12)]
    lines = Typesetter(ONSITE_FACE).lines(pieces, 10, 100)
    assert len(lines) > 3
    for line in lines:
        assert line.fragments[0].box is not None
        assert line.fragments[-1].text.startswith("选项")


def test_a_word_longer_than_the_line_is_cut_not_lost() -> None:
    lines = Typesetter(ONSITE_FACE).lines([Text("A" * 300)], 10.5, 100)
    assert "".join(words(line) for line in lines) == "A" * 300
    assert all(line.width <= 100.02 for line in lines)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a\u200bb", "ab"),
        ("a\u00a0b\tc", "a b c"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("全　角", "全　角"),
        ("\x00", ""),
    ],
)
def test_cleaning(written: str, read: str) -> None:
    assert clean(written) == read


def bands(lengths: list[int], measure: Measure) -> list[Band]:
    made = [Band([Row([Cell(0, 40, [Text(f"行{index}")]), Cell(40, 130, [Text("字" * length)])], Room(6))])
            for index, length in enumerate(lengths)]  # fmt: skip
    return measure.bands(made)


@settings(deadline=None)
@given(st.lists(st.integers(0, 4000), min_size=1, max_size=6))
def test_pages_hold_everything_and_no_more_than_fits(lengths: list[int]) -> None:
    measure = Measure(Typesetter(ONSITE_FACE), 1.3)
    capacity = 200 * MM
    laid = paginate(bands(lengths, measure), capacity)
    assert all(height_of(page) <= capacity + 0.1 for page in laid)
    written = "".join(
        words(line) for page in laid for band in page for row in band.rows for line in row.cells[1].lines
    )
    assert len(written) == sum(lengths)


def test_a_head_never_stands_alone() -> None:
    measure = Measure(Typesetter(ONSITE_FACE), 1.3)
    (head,) = bands([3], measure)
    head.with_next = True
    (first, second, third) = bands([3, 3, 3], measure)
    capacity = height_of([first, second, head]) + 1
    assert paginate([first, second, head, third], capacity) == [[first, second], [head, third]]


def test_a_cut_text_is_returned_whole() -> None:
    measure = Measure(Typesetter(ONSITE_FACE), 1.3)
    made = bands([2, 2000], measure)
    made[1].rows[0].cells[1].place = "说明"
    ((place, pieces),) = shortened(made, 2, [Text("（见下）", bold=True)], measure)
    assert (place, pieces) == ("说明", [Text("字" * 2000)])
    assert [words(line)[-4:] for line in made[1].rows[0].cells[1].lines][-1] == "（见下）"
    assert len(made[1].rows[0].cells[1].lines) == 3


def test_room_left_over_goes_to_wishes_first_then_to_hands() -> None:
    measure = Measure(Typesetter(ONSITE_FACE), 1.3)
    plain, signed = Row([Cell(0, 170)], Room(6, 8)), Row([Cell(0, 170)], Room(14), signed=True)
    made = measure.bands([Band([plain]), Band([signed])])
    stretch(made, 21 * MM)
    assert (plain.height / MM, signed.height / MM) == pytest.approx((7, 14))
    stretch(made, 200 * MM)
    assert (plain.height / MM, signed.height / MM) == pytest.approx((8, 20))


def test_a_hint_leaves_room_for_a_hand() -> None:
    measure = Measure(Typesetter(ONSITE_FACE), 1.3)
    row = Row([Cell(0, 52, [Text("很长的单位名称" * 12)], size=9, top=True)], Room(13.9))
    measure.bands([Band([row])])
    assert row.height - len(row.cells[0].lines) * 11.7 >= 9 * MM


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800002216", "138 ×××× 2216"), ("138 0000 2216", "138 ×××× 2216"),
        ("0595-22345678", "0595 ×××× 5678"), ("110", "××××"), ("", ""),
    ],
)  # fmt: skip
def test_telephones_are_masked(phone: str, shown: str) -> None:
    assert masked(phone) == shown


@pytest.mark.parametrize(
    ("floor", "shown"),
    [
        ("2", "二层"), ("10", "十层"), ("12", "十二层"), ("20", "二十层"), ("33", "三十三层"),
        ("-1", "地下一层"), ("0", "0层"), ("", ""), ("夹层", "夹层"),
    ],
)  # fmt: skip
def test_storeys(floor: str, shown: str) -> None:
    assert storey(floor) == shown


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [([], ""), ([3], "3"), ([4, 5], "4、5"), ([1, 2, 3, 5, 7, 8], "1-3、5、7、8"), ([2, 4, 5, 6], "2、4-6")],
)
def test_runs_of_numbers(numbers: list[int], shown: str) -> None:
    assert runs(numbers, "、") == shown


def test_dates() -> None:
    assert chinese_date("2023-01-31") == "2023年1月31日"
    assert chinese_date("不详") == "不详"
