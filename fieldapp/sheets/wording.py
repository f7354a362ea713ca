"""How answers read on paper: masked telephones, Chinese storeys, corrected facts, dates, 未填."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from fieldapp.domain.codelists import codelists
from fieldapp.sheets.content import Answer
from fieldapp.sheets.inline import Piece, Text

UNANSWERED = "未填"
_DIGITS = "零一二三四五六七八九"
_ABSENT = Answer(relevant=False)


def answer(answers: Mapping[str, Answer], name: str) -> Answer:
    """The answer to ``name``; a question the record does not know counts as not relevant."""
    return answers.get(name, _ABSENT)


def value(answers: Mapping[str, Answer], name: str) -> str:
    """The raw value of a relevant answer, empty otherwise."""
    found = answer(answers, name)
    return found.value if found.relevant else ""


def shown(answers: Mapping[str, Answer], name: str, codes: str = "") -> str:
    """The display text: what came with the answer, else labels of the code list ``codes``; empty when
    unanswered or not relevant."""
    raw = value(answers, name)
    if not raw:
        return ""
    text = answer(answers, name).text
    if text and text != raw:
        return text
    return codelists().text(codes, raw) if codes else raw


def masked(phone: str) -> str:
    """138 ×××× 2216: area code or first three and last four digits stay. Never ``*`` (paper target 7)."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) < 7:
        return "××××" if digits else ""
    area = re.match(r"\s*(0\d{2,3})[-\s]", phone)
    head = area[1] if area else digits[:3]
    return f"{head} ×××× {digits[-4:]}"


def storey(floor: str) -> str:
    """2 is 二层, -1 is 地下一层; empty stays empty, anything else is shown as it is."""
    try:
        number = int(floor)
    except ValueError:
        return floor
    if number == 0:
        return "0层"
    return f"地下{_chinese(-number)}层" if number < 0 else f"{_chinese(number)}层"


def _chinese(number: int) -> str:
    if number < 10:
        return _DIGITS[number]
    if number >= 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def chinese_date(iso: str) -> str:
    """2023-01-31 is 2023年1月31日; what is no date is shown as it is."""
    try:
        day = date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_moment(iso: str) -> str:
    """An ISO date and time as 2022年12月8日 09:40, in the offset it was given in."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{chinese_date(iso)} {moment:%H:%M}"


def without_remarks(text: str) -> str:
    """未经正规设计（无施工草图） is 未经正规设计, where room is short."""
    return re.sub(r"（[^（）]*）", "", text)


def fact(answers: Mapping[str, Answer], name: str, *, codes: str = "", bold: bool = False) -> list[Piece]:
    """A fact of the building; a corrected one is followed by （原：…）."""
    text = shown(answers, name, codes) or UNANSWERED
    return [Text(text, bold=bold and text != UNANSWERED), *original(answers, name, codes)]


def original(answers: Mapping[str, Answer], name: str, codes: str = "") -> list[Piece]:
    """（原：…） of a fact corrected on this visit, else nothing."""
    if name not in value(answers, "fix_facts").split():
        return []
    before = shown(answers, f"reg_{name}", codes)
    return [Text(f"（原：{before or '无'}）")]


def runs(numbers: Sequence[int], mark: str) -> str:
    """1、2、5-9: rising numbers, three and more in a row by the first and the last."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return mark.join(
        f"{part[0]}-{part[-1]}" if len(part) > 2 else mark.join(map(str, part)) for part in parts
    )


def joined(parts: Sequence[Sequence[Piece]], mark: str) -> list[Piece]:
    """Parts that are not empty with ``mark`` between them."""
    pieces: list[Piece] = []
    for part in parts:
        if part:
            pieces += [Text(mark), *part] if pieces else list(part)
    return pieces


def plain(text: str) -> list[Piece]:
    """Regular text, or nothing for an empty one."""
    return [Text(text)] if text else []
