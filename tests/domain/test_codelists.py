"""Code lists: complete in both languages, the cascade of streets and communities, broken files named."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from fieldapp.domain.codelists import codelists, read_codelists
from fieldapp.errors import UserError


def test_eight_streets_and_their_81_communities() -> None:
    streets, communities = codelists()["street"].items, codelists()["community"].items
    assert len(streets) == 8
    of_street = Counter(item.columns["street"] for item in communities.values())
    assert [of_street[name] for name in sorted(streets)] == [8, 7, 12, 13, 11, 9, 11, 10]
    assert all(name.startswith(item.columns["street"]) for name, item in communities.items())


def test_labels_exist_in_both_languages() -> None:
    for one in codelists().values():
        for item in one.items.values():
            assert item.label("zh_CN") == item.zh
            assert item.label("en") == item.en
            assert item.en.isascii(), (one.name, item.name)


def test_check_items_fit_one_line_of_the_sheet() -> None:
    assert len(codelists()["check_item"].items) == 18
    assert all(len(item.zh) <= 11 for item in codelists()["check_item"].items.values())


def test_text_of_answers() -> None:
    lists = codelists()
    assert lists.text("building_use", "shop res_rent") == "其他商业/沿街店面、出租居住"
    assert lists.text("hazard_level", "major", "en") == "Major hazard"
    assert lists.label("hazard_level", "purple") == "purple"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.toml", '[x]\nitems = [["one", "一"]]'),
        ("a.toml", '[x]\nitems = [["one", "一", "One"], ["one", "一", "One"]]'),
        ("a.toml", "[x\n"),
        ("a.csv", "name,zh,en\none,,One\n"),
        ("a.csv", "name,zh,en\none,一,One\none,一,One\n"),
    ],
)
def test_broken_lists_are_named(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(UserError) as caught:
        read_codelists(tmp_path)
    assert caught.value.code == "DOMAIN_001"
    assert name in str(caught.value)


def test_a_list_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[x]\nitems = [["one", "一", "One"]]', "utf-8")
    (tmp_path / "x.csv").write_text("name,zh,en\none,一,One\n", "utf-8")
    with pytest.raises(UserError, match="twice"):
        read_codelists(tmp_path)
