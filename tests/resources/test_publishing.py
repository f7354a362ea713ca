"""Publishing: tables in, the same XForm out every time, and broken tables named by file, sheet and row."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from fieldapp.domain.codelists import codelists
from fieldapp.errors import UserError
from fieldapp.services.form_tables import flatten
from fieldapp.services.publishing import (
    build,
    built_form,
    check,
    explained,
    find_form,
    flattened_markdown,
    list_forms,
    workbook,
)

F02 = find_form("hazard_inspection")

SMALL = """# A form

| survey |
| | type | name | label::中文(zh) | label::English(en) | calculation | constraint | save_to |
| | include | blocks/head | | | | | |
| | select_one yes_no | sure | 确定 | Sure | | | |
| | calculate | twice | | | ${count} * 2 | | |

| settings |
| | form_title | form_id | version | default_language | name |
| | 小表 | small | 1 | 中文(zh) | data |
"""
HEAD = """Text for readers.

| survey |
| | type | name | label::中文(zh) | label::English(en) | hint::中文(zh) |
| | integer | count | 个数 | Count | 竖线 \\| 可以写 |
"""


def write(folder: Path, form: str = SMALL, head: str = HEAD) -> Path:
    (folder / "blocks").mkdir()
    (folder / "blocks" / "head.md").write_text(head, "utf-8")
    (folder / "small.md").write_text(form, "utf-8")
    return folder / "small.md"


def test_the_carried_forms_are_listed() -> None:
    assert [form.form_id for form in list_forms()] == [
        "building_profile",
        "hazard_inspection",
        "periodic_check",
    ]
    assert F02.version == "2022.5"


def test_building_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "import hashlib; from fieldapp.services.publishing import built_form;"
        "print(hashlib.sha256(built_form('hazard_inspection')).hexdigest())"
    )
    import hashlib

    here = hashlib.sha256(built_form("hazard_inspection")).hexdigest()
    there = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


def test_the_carried_form_passes_the_check() -> None:
    report = check(F02.path)
    assert (report.form.form_id, report.form.version) == ("hazard_inspection", "2022.5")
    assert report.form.warnings == ()
    assert report.languages == ("中文(zh)", "English(en)")
    assert report.lists == ("buildings",)
    assert report.questions == len(report.definition.questions) > 100
    assert report.expressions > 200


def test_flattened_markdown_builds_the_same_form(tmp_path: Path) -> None:
    flat = tmp_path / "flat.md"
    flat.write_text(flattened_markdown(F02.path), "utf-8")
    assert "include" not in [row.cells["type"] for row in flatten(flat).rows["survey"]]
    assert build(flat).xform == build(F02.path).xform


def test_the_workbook_builds_the_same_form(tmp_path: Path) -> None:
    book = tmp_path / "f02.xlsx"
    book.write_bytes(workbook(F02.path))
    assert build(book).xform == build(F02.path).xform
    assert flattened_markdown(book) == flattened_markdown(F02.path)


def test_a_text_that_begins_like_a_formula_stays_text(tmp_path: Path) -> None:
    path = write(tmp_path, SMALL.replace("| Sure |", "| =1+1 |"))
    (tmp_path / "small.xlsx").write_bytes(workbook(path))
    page = load_workbook(tmp_path / "small.xlsx")["survey"]
    assert [cell.data_type for row in page.iter_rows() for cell in row if cell.value == "=1+1"] == ["s"]
    assert "=1+1" in build(tmp_path / "small.xlsx").xform.decode("utf-8")


def test_blocks_lists_and_bars(tmp_path: Path) -> None:
    path = write(tmp_path)
    built = build(path)
    assert (built.form_id, built.title) == ("small", "小表")
    text = built.xform.decode("utf-8")
    assert "竖线 | 可以写" in text
    assert "不清楚" not in text
    names = [row.cells["name"] for row in flatten(path).rows["choices"]]
    assert names == list(codelists()["yes_no"].items)
    assert check(path).definition.form_id == "small"


@pytest.mark.parametrize(
    ("old", "new", "row", "words"),
    [
        ("| | include | blocks/head | | | | | |", "| | include | blocks/tail | | | | | |", 5, "blocks/tail"),
        ("select_one yes_no", "select_one maybe", 6, "maybe"),
        ("| twice |", "| sure |", 7, "stands twice"),
        ("| calculate | twice |", "| | twice |", 7, "type is empty"),
        ("| calculate | twice |", "| begin_group | twice |", 7, "never closed"),
        ("| calculate | twice |", "| end_group | twice |", 7, "closes nothing"),
        ("| 确定 | Sure | | | |", "| 确定 | Sure | | | | more |", 6, "column heads"),
        ("| survey |", "| servey |", 3, "sheet is survey"),
        ("| 小表 | small | 1 |", "| 小表 | | 1 |", 11, "form_id is missing"),
    ],
)
def test_broken_tables_name_their_row(tmp_path: Path, old: str, new: str, row: int, words: str) -> None:
    assert SMALL.count(old) >= 1
    path = write(tmp_path, SMALL.replace(old, new, 1))
    with pytest.raises(UserError) as caught:
        build(path)
    assert caught.value.code == "FORM_101"
    assert (caught.value.slots["file"], caught.value.slots["row"]) == ("small.md", row)
    assert words in str(caught.value)


def test_a_broken_block_is_named_by_its_own_file(tmp_path: Path) -> None:
    path = write(tmp_path, head=HEAD.replace("integer", "inteeger"))
    with pytest.raises(UserError) as caught:
        build(path)
    assert caught.value.slots["file"] == "head.md"
    assert caught.value.slots["row"] == 5


def test_an_unknown_reference_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, SMALL.replace("${count}", "${cuont}"))
    with pytest.raises(UserError) as caught:
        build(path)
    assert "cuont" in str(caught.value)


@pytest.mark.parametrize(
    ("calculation", "words"),
    [
        ("${count} *", "end of expression"),
        ("nope(${count})", "no function nope()"),
        ("/data/cuont", "/data/cuont"),
        ("${twice} + 1", "/data/twice (calculate) → /data/twice (calculate)"),
        ("instance('none')/root/item", "instance('none')"),
    ],
)
@pytest.mark.parametrize("ending", [".md", ".xlsx"])
def test_what_the_engine_refuses_is_named_by_its_row(
    tmp_path: Path, calculation: str, words: str, ending: str
) -> None:
    path = write(tmp_path, SMALL.replace("${count} * 2", calculation))
    row = 7  # of the Markdown file; in the workbook head, count and sure stand above
    if ending == ".xlsx":
        path, source = path.with_suffix(ending), path
        path.write_bytes(workbook(source))
        row = 4
    build(path)
    with pytest.raises(UserError) as caught:
        check(path)
    assert caught.value.code == "FORM_104"
    slots = caught.value.slots
    assert (slots["file"], slots["row"], slots["question"]) == (path.name, row, "twice")
    assert words in str(caught.value)
    assert str(slots["remedy"])


def test_a_question_is_explained() -> None:
    told = explained(F02.path, "d_crack_w")
    path = "/data/g_defect/rep_defect/d_crack_w"
    assert (told.path, told.kind, told.type) == (path, "question", "decimal")
    assert [clause.what for clause in told.clauses] == ["relevant", "required", "constraint"]
    assert told.reads == ("/data/g_defect/rep_defect/d_kind",)
    assert ("/data/g_defect", "relevant") in [(clause.path, clause.what) for clause in told.around]
    assert "/data/g_result/hazard_suggested" in [clause.path for clause in told.readers]
    # Only where defects stand is read by position(..), not what is in them.
    assert "/data/g_defect/rep_defect/d_item" not in [clause.path for clause in told.readers]


def test_what_sets_a_question_off_is_explained() -> None:
    told = explained(F02.path, "/data/g_result/advice")
    assert "set" in [clause.what for clause in told.clauses]
    assert "/data/g_result/hazard_level" in told.reads


def test_an_unknown_question_is_named() -> None:
    with pytest.raises(UserError, match=r"FORM_016.*no_such"):
        explained(F02.path, "no_such")


def test_save_to_is_checked_against_the_register(tmp_path: Path) -> None:
    entities = "\n| entities |\n| | list_name | entity_id |\n| | buildings | ${count} |\n"
    form = SMALL.replace("${count} * 2 | | |", "${count} * 2 | | colour |") + entities
    with pytest.raises(UserError, match="colour"):
        build(write(tmp_path, form))


def test_save_to_is_checked_in_a_workbook_too(tmp_path: Path) -> None:
    entities = "\n| entities |\n| | list_name | entity_id |\n| | buildings | ${count} |\n"
    path = write(tmp_path, SMALL.replace("${count} * 2 | | |", "${count} * 2 | | attempts |") + entities)
    book = tmp_path / "small.xlsx"
    book.write_bytes(workbook(path))
    assert build(book).form_id == "small"
    edited = load_workbook(book)
    (cell,) = [cell for row in edited["survey"].iter_rows() for cell in row if cell.value == "attempts"]
    cell.value = "colour"
    edited.save(book)
    with pytest.raises(UserError, match=r"FORM_101.*small.xlsx.*row 4.*colour"):
        build(book)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("units#persons", ""),
        ("attempts", ""),  # of the first list
        ("persons", "buildings has no property"),
        ("plates#plate_code", "names no list"),
        ("units#colour", "units has no property"),
    ],
)
def test_a_form_that_writes_several_lists_says_which(tmp_path: Path, target: str, words: str) -> None:
    entities = (
        "\n| entities |\n| | list_name | entity_id |\n| | buildings | ${count} |\n| | units | ${twice} |\n"
    )
    form = SMALL.replace("${count} * 2 | | |", f"${{count}} * 2 | | {target} |") + entities
    if words:
        with pytest.raises(UserError, match=rf"FORM_101.*row 7.*{words}"):
            build(write(tmp_path, form))
    else:
        rows = flatten(write(tmp_path, form)).rows["survey"]
        whole = target if "#" in target else f"buildings#{target}"
        assert [row.cells["save_to"] for row in rows if "save_to" in row.cells] == [whole]


def test_an_undeclared_register_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="ships"):
        build(
            write(tmp_path, SMALL + "\n| entities |\n| | list_name | entity_id |\n| | ships | ${count} |\n")
        )


def test_an_unknown_form_id_names_the_known_ones() -> None:
    with pytest.raises(UserError) as caught:
        find_form("nothing")
    assert caught.value.code == "FORM_103"
    assert "hazard_inspection" in caught.value.detail.remedy.format(**caught.value.slots)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gone.md", None, "does not exist"),
        ("gone.xlsx", None, "does not exist"),
        ("false.xlsx", b"not a workbook", "false.xlsx"),
        ("gbk.md", "房屋".encode("gbk"), "UTF-8"),
    ],
)
def test_files_that_are_no_forms(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError) as caught:
        build(tmp_path / name)
    assert caught.value.code == "FORM_102"
    assert words in str(caught.value)
