"""Every text of the program has its Chinese, says the same, and is there when the program starts."""

from __future__ import annotations

import ast
import os
import re
import runpy
import shutil
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from fieldapp import i18n, settings
from fieldapp.errors import CATALOGUE, EnvironmentProblem, Phrase, UserError

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "resources" / "i18n" / "zh_CN" / "LC_MESSAGES" / "fieldapp.po"
COLLECT = ROOT / "resources" / "i18n" / "collect.py"
RENEW = "run `make catalogues`, translate, run `make install`"

# What a message may name: ids, numbers, files, places in forms, words of ours. A new slot is added here
# after asking whether it can hold a name, an address or an answer, which never stand in an error.
SLOTS = frozenset(
    """
    at characters code column count expression file folder form form_id found given host id
    inspector instance_id kind known language least left limit line megapixels minutes missing name newer own
    path place prefix problem question questions reason record_id remedy row seconds seq server sha256
    sheet size status step times version visit_id wanted what
    """.split()  # noqa: SIM905 - one word a slot reads better than one line a slot
)
PERSONAL = re.compile(
    r"owner|occupant|person|phone|address|answer|value|surname|licence|id_no|latitude|longitude"
)


def _slots(text: str) -> list[str]:
    """The places of a text with their formats, ``megabytes:.1f``."""
    parsed = string.Formatter().parse(text)
    return sorted(f"{name}:{form}".rstrip(":") for _, name, form, _ in parsed if name is not None)


def _sources() -> set[str]:
    collect: Callable[[Path], set[str]] = runpy.run_path(str(COLLECT))["texts"]
    return collect(ROOT / "fieldapp")


def _translated() -> dict[str, str]:
    """What is translated; that nothing is left out is a test of its own."""
    return {source: text for source, text in _translations().items() if text}


def _translations() -> dict[str, str]:
    with PO.open("rb") as stream:
        return {str(message.id): str(message.string) for message in read_po(stream) if message.id}


@pytest.fixture
def english() -> Iterator[None]:
    i18n.use("en")
    yield
    i18n.use(settings.language())


@pytest.fixture
def chinese() -> Iterator[None]:
    i18n.use("zh_CN")
    yield
    i18n.use(settings.language())


def test_every_text_has_chinese_and_no_other_is_carried() -> None:
    translations = _translations()
    assert sorted(_sources() - translations.keys()) == [], RENEW
    assert sorted(translations.keys() - _sources()) == [], RENEW
    assert sorted(source for source, text in translations.items() if not text) == [], RENEW


def test_sources_are_really_found(tmp_path: Path) -> None:
    """One text of every kind that the collector knows, and what it must leave alone."""
    (tmp_path / "module.py").write_text(
        'label = N_("marked")\n'
        'def f(): return _("called") + _("long " "text") + _(variable)\n'
        'error = UserError("FORM_102", file="a.md", problem="given" if x else "otherwise")\n'
        'problem = "given later"\n'
        'phrase = Phrase("at byte {place}", place=3)\n'
        'detail = Detail("title", "message", "remedy")\n'
        'number = ngettext("{count} day", "{count} days", 1)\n'
        'row = table.insert(kind="none of ours")\n',
        encoding="utf-8",
    )
    collect: Callable[[Path], set[str]] = runpy.run_path(str(COLLECT))["texts"]
    assert collect(tmp_path) == {
        "marked",
        "called",
        "long text",
        "given",
        "otherwise",
        "given later",
        "at byte {place}",
        "title",
        "message",
        "remedy",
        "{count} days",
    }
    of_errors = {
        text for detail in CATALOGUE.values() for text in (detail.title, detail.message, detail.remedy)
    }
    assert of_errors <= _sources()


def test_collecting_again_keeps_translations_and_drops_what_is_gone(tmp_path: Path) -> None:
    package, catalogue = tmp_path / "package", tmp_path / "some.po"
    package.mkdir()
    module = package / "module.py"
    collect: Callable[[Path, Path], None] = runpy.run_path(str(COLLECT))["main"]
    module.write_text('_("stays")\n_("goes")\n', encoding="utf-8")
    collect(package, catalogue)
    written = catalogue.read_text(encoding="utf-8")
    catalogue.write_text(
        written.replace('msgid "stays"\nmsgstr ""', 'msgid "stays"\nmsgstr "留下"'), encoding="utf-8"
    )
    module.write_text('_("stays")\n_("comes")\n', encoding="utf-8")
    collect(package, catalogue)
    with catalogue.open("rb") as stream:
        kept = {str(message.id): str(message.string) for message in read_po(stream) if message.id}
    assert kept == {"stays": "留下", "comes": ""}
    again = catalogue.read_bytes()
    collect(package, catalogue)
    assert catalogue.read_bytes() == again


def test_slots_are_the_same_on_both_sides() -> None:
    assert {source: text for source, text in _translated().items() if _slots(source) != _slots(text)} == {}


def test_nothing_is_fuzzy() -> None:
    with PO.open("rb") as stream:
        assert [message.id for message in read_po(stream) if message.id and message.fuzzy] == []


def test_chinese_is_written_as_chinese() -> None:
    """Full stops where the source has them, no half-width punctuation between hanzi, no double blanks."""
    hanzi = re.compile(r"[\u4e00-\u9fff]")
    half_width = re.compile(r"[\u4e00-\u9fff][,;:!?.](?!\w)|[\u4e00-\u9fff]\s+[\u4e00-\u9fff]|  ")
    for source, text in _translated().items():
        words = re.sub(r"\{+\w*\}+|`[^`]*`", "", source)
        if re.search(r"[A-Za-z]{2}", words) and not source.isupper():
            assert hanzi.search(text), source
        assert not half_width.search(text), (source, text)
        if source.endswith(".") and not source.endswith(("{place}.", "{problem}.")):
            assert text.endswith(("。", ".")), (source, text)


def test_reasons_are_phrases_not_filled_texts() -> None:
    """A reason that is filled before it is translated can never be found in the catalogue."""
    filled = [
        f"{file.relative_to(ROOT)}:{given.lineno}"
        for file in sorted((ROOT / "fieldapp").rglob("*.py"))
        for given in _reasons(ast.parse(file.read_text(encoding="utf-8")))
        for part in ast.walk(given)
        if isinstance(part, ast.JoinedStr) and any(map(_is_wording, part.values))
    ]
    assert filled == [], "give a Phrase with slots"
    caught = ast.parse('raise UserError("A_001", problem=f"no mark at {place}")\nproblem = f"{n} rows left"')
    assert len([part for given in _reasons(caught) for part in ast.walk(given) if _is_wording(part)]) == 2


def _reasons(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (one.value for one in node.keywords if one.arg in i18n.WORDED_SLOTS)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "problem":
            yield node.value


def _is_wording(part: ast.AST) -> bool:
    return isinstance(part, ast.Constant) and bool(re.search(r"[a-z] | [a-z]", str(part.value)))


def test_titles_have_no_slots() -> None:
    assert [code for code, detail in CATALOGUE.items() if _slots(detail.title)] == []


def test_no_error_has_a_place_for_answers() -> None:
    used = {
        slot
        for detail in CATALOGUE.values()
        for text in (detail.message, detail.remedy)
        for slot in _slots(text)
    }
    assert sorted(used - SLOTS) == []
    assert [slot for slot in used if PERSONAL.search(slot)] == []


def test_nothing_is_translated_while_a_module_is_imported() -> None:
    """``_`` outside a function would fix the language before it is known."""
    early = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file in sorted((ROOT / "fieldapp").rglob("*.py"))
        for call in _calls_on_import(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert early == []


def _calls_on_import(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            at_once = [
                *node.decorator_list,
                node.args,
            ]  # defaults and decorators run on import, the body later
            for part in at_once:
                yield from _calls_on_import(ast.Expression(part) if isinstance(part, ast.expr) else part)
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            yield node
        yield from _calls_on_import(node)


def test_the_guard_against_early_translation_sees_it() -> None:
    late = 'def f(x=1):\n    return _("late")\ng = lambda: _("late")\n'
    early = (
        'a = _("early")\n'
        'def f(x=_("early")): ...\n'
        '@d(_("early"))\ndef g(): ...\n'
        'class C:\n    b = _("early")\n'
    )
    assert list(_calls_on_import(ast.parse(late))) == []
    assert len(list(_calls_on_import(ast.parse(early)))) == 4


def test_the_compiled_catalogue_says_what_the_text_file_says(chinese: None) -> None:
    with PO.with_suffix(".mo").open("rb") as stream:
        compiled = {str(message.id): str(message.string) for message in read_mo(stream) if message.id}
    assert compiled == _translations(), RENEW
    assert i18n._("Passphrase wrong") == "解锁口令不对"


def test_an_error_is_explained_in_chinese_down_to_its_reason(chinese: None) -> None:
    error = UserError("MEDIA_006", problem=Phrase("no mark at byte {place}", place=512))
    title, message, remedy = i18n.explain(error)
    assert title == "照片损坏"
    assert message == "图片不能完整读出：第 512 字节处没有标记。"
    assert "重新复制" in remedy
    assert str(error) == "MEDIA_006: The picture cannot be read whole: no mark at byte 512."
    assert i18n.explain(UserError("STORE_034", kind="visit", id="7f3a"))[1] == "没有上门 7f3a。"


def test_only_wordings_are_translated_in_slots(chinese: None) -> None:
    """A file or form that is called like one of our words keeps its name."""
    assert i18n.explain(UserError("FORM_103", form_id="visit", known="form"))[1:] == (
        "没有编号为 visit 的表单。",
        "请从中选择：form。",
    )
    told = i18n.explain(EnvironmentProblem("STORE_021", problem="Permission denied"))
    assert told[1] == "磁盘无法读写：没有权限。"


def test_english_tells_the_sources(english: None) -> None:
    told = i18n.explain(UserError("MEDIA_006", problem=Phrase("no mark at byte {place}", place=512)))
    assert told[:2] == ("Photograph damaged", "The picture cannot be read whole: no mark at byte 512.")


def test_english_counts_one(english: None) -> None:
    said = [i18n.ngettext("{days} day overdue", "{days} days overdue", days) for days in (0, 1, 2)]
    assert said == ["{days} days overdue", "{days} day overdue", "{days} days overdue"]
    with i18n.speaking("zh_CN"):
        assert i18n.ngettext("{days} day overdue", "{days} days overdue", 1) == "逾期 {days} 天"


def test_an_error_inside_an_error_is_explained_too(chinese: None) -> None:
    """What the compiler says of an expression becomes the reason of the form's error."""
    from fieldapp.forms import load_form

    form = (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>'
        '<instance><data id="t"><a/></data></instance><bind nodeset="/data/a" calculate="nonsense(1)"/>'
        "</model></h:head><h:body/></h:html>"
    )
    with pytest.raises(UserError) as caught:
        load_form(form.encode())
    message = i18n.explain(caught.value)[1]
    assert caught.value.code == "FORM_011"
    assert "没有函数 nonsense()" in message
    assert "There is no function nonsense()" in str(caught.value)


@pytest.fixture
def carried(tmp_path: Path) -> Path:
    """A copy of what the start needs, its Chinese catalogue compiled afresh from the text file."""
    shutil.copytree(ROOT / "fieldapp", tmp_path / "fieldapp", ignore=shutil.ignore_patterns("__pycache__"))
    folder = tmp_path / "resources" / "i18n" / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with PO.open("rb") as source, (folder / "fieldapp.mo").open("wb") as target:
        write_mo(target, read_po(source, locale="zh_CN"))
    return tmp_path


def _told(checkout: Path, **environment: str) -> str:
    """What a process of the checkout tells of a wrong passphrase, or of the error that stopped it."""
    script = (
        "from fieldapp.errors import FieldappError, UserError\n"
        "from fieldapp.i18n import explain\n"
        "try:\n"
        "    told = explain(UserError('STORE_002'))\n"
        "except FieldappError as error:\n"
        "    told = (error.code, *explain(error))\n"
        "import fieldapp; print(fieldapp.__file__); print('|'.join(told))"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIELDAPP_")}
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=checkout,
        env=kept | {"PYTHONPATH": str(checkout), "PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    where, told = ended.stdout.splitlines()
    assert where.startswith(str(checkout))
    return told


def test_a_process_speaks_chinese_unless_told_otherwise(carried: Path) -> None:
    assert _told(carried).startswith("解锁口令不对|这个解锁口令打不开。|")
    assert _told(carried, FIELDAPP_LANGUAGE="en").startswith("Passphrase wrong|")


def test_a_missing_catalogue_stops_the_start_and_says_so(carried: Path) -> None:
    (carried / "resources" / "i18n" / "zh_CN" / "LC_MESSAGES" / "fieldapp.mo").unlink()
    told = _told(carried)
    assert told.startswith("TEXT_001|")
    assert "没有安装所选语言的界面文字" in told
    assert "language zh_CN are not installed" in told
    assert _told(carried, FIELDAPP_LANGUAGE="en").startswith("Passphrase wrong|")


def _start(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIELDAPP_")}
    return subprocess.run(
        [sys.executable, "-m", "fieldapp", *arguments],
        cwd=checkout,
        env=kept | {"PYTHONPATH": str(checkout), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_program_starts_in_chinese_or_not_at_all(carried: Path) -> None:
    started = _start(carried, "--help")
    assert (started.returncode, started.stderr) == (0, "")
    assert "房屋安全现场检查" in started.stdout
    (carried / "resources" / "i18n" / "zh_CN" / "LC_MESSAGES" / "fieldapp.mo").unlink()
    stopped = _start(carried, "--help")
    assert (stopped.returncode, stopped.stdout) == (3, "")
    assert "[TEXT_001]" in stopped.stderr
    assert "没有安装所选语言的界面文字" in stopped.stderr


def test_a_language_that_is_not_carried_is_refused(carried: Path) -> None:
    assert _told(carried, FIELDAPP_LANGUAGE="de").startswith("TEXT_001|")
