"""Answer files that cannot be used: each is refused whole, with what is wrong and where, in Chinese."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp import i18n, settings
from fieldapp.errors import UserError
from fieldapp.services.answer_file import read_answers

#: What stands in the file, and what the message must name.
CASES = {
    b'{"answers": [["x", "a\\u0000b"]]}': ("U+0000", "answers.0.1"),
    b'{"answers": {"x": "\\ud800"}}': ("U+D800", "answers.x"),
    b'{"answers": {"x\\u0008": "a"}}': ("U+0008", "answers"),
    b'{"visit": {"team": [{"name": "\\ufffe"}]}, "answers": []}': ("U+FFFE", "visit.team.0.name"),
    b'{"answers": [["x", "a\x00"]]}': ("控制字符", "第 1 行第 22 列"),
    b'{"answers":\n[["x", "\xff"]]}': ("UTF-8", "第 2 行"),
    b'{"answers": {"a": "1",\n "a": "2"}}': ("同一名称出现两次", "a"),
    b'{"answers": [["a"]]}': ("[路径，文字]", "answers.0"),
    b'{"answers": [["a", 5]]}': ("[路径，文字]", "answers.0"),
    b'{"answers": [], "anwsers": []}': ("没有这个名称", "anwsers"),
    b'{"form": "x"}': ("缺少", "answers"),
    b'{"building": "x", "answers": []}': ("对象", "building"),
    b'{"visit": {"tasks": "t"}, "answers": []}': ("列表", "visit.tasks"),
    b'{"visit": {"started_at": "2022-01-01T09:00:00"}, "answers": []}': ("+08:00", "visit.started_at"),
    b'{"visit": {"source": "tape"}, "answers": []}': ("paper", "visit.source"),
    b"{": ("双引号", "第 1 行第 2 列"),
    b"": ("缺少值", "第 1 行"),
    b"[]": ("对象", "开头"),
    b"[" * 100_000: ("JSON", "开头"),
    b'{"answers": ' + b"9" * 5_000 + b"}": ("JSON", "开头"),
}


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    i18n.use("zh_CN")
    yield
    i18n.use(settings.language())


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_broken_file_is_refused_with_cause_and_place(tmp_path: Path, number: int) -> None:
    content, named = list(CASES.items())[number]
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(UserError) as error:
        read_answers(tmp_path / "a.json")
    assert error.value.code == "VISIT_003"
    said = i18n.explain(error.value)[1]
    assert all(one in said for one in named), said


def test_what_can_be_recorded_is_taken_as_it_is(tmp_path: Path) -> None:
    text = "\t\n𠮷野家\ue000�é"
    (tmp_path / "a.json").write_text(json.dumps({"answers": {"x": text}}, ensure_ascii=False), "utf-8-sig")
    assert read_answers(tmp_path / "a.json").answers[0].value == text
