"""Workbooks as offices really keep them, each messy in its own way, written anew for every test."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet


def packed(book: Workbook) -> bytes:
    """The bytes of a workbook as it would lie on a stick."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _first(book: Workbook, title: str) -> Worksheet:
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    return sheet


def titled() -> bytes:
    """A title merged over all columns, a line of dates and names, blanks in headings, a total at the end."""
    book = Workbook()
    sheet = _first(book, "Sheet1")
    sheet.append(["鲤城区江南街道亭店社区自建房排查台账"])
    sheet.merge_cells("A1:I1")
    sheet.append(["填报单位：亭店社区居委会", None, None, None, "填报日期：2022年3月5日"])
    sheet.append(
        [
            "序号",
            "户 主",
            "门牌地址",
            "结构\n形式",
            "层数（层）",
            "建筑面积（㎡）",
            "建造年份",
            "用途",
            "备注",
        ]
    )
    sheet.append([1, "王小明", "亭店路12号", "砖混", "3层", "120平", "1998年左右", "自住", "屋面渗水"])
    sheet.append([2, "李秀英", "亭店路12号之1", "石结构", 2, 86.5, "80年代", "出租", None])
    sheet.append([3, "陈建国", "同上", "框架", "四", "约200㎡", 2005.0, "店面、自住", None])
    sheet.append([None, None, None, None, None, None, None, None, None])
    sheet.append(["合计", None, None, None, None, 406.5])
    sheet.append(["审核人：", None, "填表人："])
    return packed(book)


def two_rows() -> bytes:
    """Headings of two rows, merged across and down; the owner's columns hang under one word."""
    book = Workbook()
    sheet = _first(book, "台账")
    sheet.append(["序号", "所属社区", "产权人", None, None, "房屋坐落", None, "房屋基本情况", None, "坐标"])
    sheet.append([None, None, "姓名", "联系电话", "身份证号", "路名", "门牌号", "结构类型", "建成时间", None])
    for merged in ("A1:A2", "B1:B2", "C1:E1", "F1:G1", "H1:I1", "J1:J2"):
        sheet.merge_cells(merged)
    sheet.append(
        [1, "亭店", "黄丽", 13959712345, 3.50502197001011e17, "亭店路", 7, "木结构", 1975, "118.5712,24.9031"]
    )
    sheet.append(
        [
            2,
            "亭店社区",
            "林志强",
            "0595-22345678",
            "350502196505051234",
            "亭店路",
            "9-1",
            "砖木",
            "1960年",
            None,
        ]
    )
    sheet.append(
        [
            3,
            "不存在社区",
            "吴敏",
            "12345",
            "3.50502E+17",
            "亭店路",
            "11号",
            "金刚石",
            "不详",
            "24.9035 118.5714",
        ]
    )
    return packed(book)


def by_community() -> bytes:
    """A sheet for each community, whose name stands nowhere else, and a sheet that is no ledger."""
    book = Workbook()
    sheet = _first(book, "填表说明")
    sheet.append(["请如实填写"])
    for community, owner in (("亭店社区", "蔡"), ("金山社区", "苏")):
        sheet = book.create_sheet(community)
        sheet.append(["编号", "业主", "详细地址", "使用性质", "层数"])
        for number in (1, 2, 3):
            sheet.append(
                [f"{community[:2]}-{number:03}", f"{owner}{number}", f"中心路{number}号", "商住两用", number]
            )
    return packed(book)


def dittos() -> bytes:
    """Ditto marks of every kind, communities merged downwards, headings repeated on the second page."""
    book = Workbook()
    sheet = _first(book, "名册")
    head = ["社区", "房主", "房屋地址", "结构", "排查时间", "排查结论"]
    sheet.append(head)
    sheet.append(["亭店社区", "庄一", "繁荣路1号", "砖混结构", date(2022, 5, 6), "无隐患"])
    sheet.append([None, "庄二", "繁荣路2号", "〃", 44687, "一般隐患"])
    sheet.append([None, "庄三", "繁荣路3号", "同上", "2022.5.8", "重大隐患"])
    sheet.merge_cells("A2:A4")
    sheet.append(head)
    sheet.append(["金山社区", "同上", "江滨路5号", "″", "2022年5月", "存在疑问"])
    return packed(book)


def gbk_csv() -> bytes:
    """A table as Excel saves it in this country: GB 18030, addresses with everything in front."""
    lines = [
        "房屋编号,街道,社区名称,房屋地址,业主姓名,手机号,总建筑面积,年代",
        "TD0001,江南街道,亭店社区,福建省泉州市鲤城区江南街道亭店社区亭店路２１号,许文,13805950001,０．５亩,一九八八年",
        'TD0002,江南,亭店,"鲤城区亭店路23号,后座",许武,13805950002/22771234,"1,250",1993-1995',
        "TD0001,江南,亭店,亭店路25号,许全,,90,1999",
    ]
    return "\r\n".join(lines).encode("gb18030")


def unusual() -> bytes:
    """Headings that no one foresaw; an office's own template maps them."""
    book = Workbook()
    sheet = _first(book, "表")
    sheet.append(["屋主大名", "坐落何处", "几层", "哪个社区", "门牌号"])
    sheet.append(["郑和", "新门街108号", "-2", "金山社区", None])
    sheet.append(["郑成", None, "两层半", "金山社区", None])
    return packed(book)


ALL: dict[str, Callable[[], bytes]] = {
    "titled.xlsx": titled,
    "two_rows.xlsx": two_rows,
    "by_community.xlsx": by_community,
    "dittos.xlsx": dittos,
    "gbk.csv": gbk_csv,
    "unusual.xlsx": unusual,
}
