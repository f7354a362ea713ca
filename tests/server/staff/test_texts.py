"""Chinese and English of the staff pages are complete."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import districtserver

PACKAGE = Path(districtserver.__file__).parent
CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
SLOTS = re.compile(r"%\(\w+\)s|\{\w+\}")


def translations(file: Path) -> dict[str, str]:
    with file.open("rb") as stream:
        catalogue = read_po(stream, locale="zh_Hans")
    found = {}
    for message in catalogue:
        many = isinstance(message.id, (tuple, list))
        told = message.string if isinstance(message.string, str) else str((message.string or [""])[0])
        if message.id and not message.fuzzy:
            found[str(message.id[0] if many else message.id)] = told
    return found


def test_the_chinese_catalogue_is_complete() -> None:
    told = translations(PACKAGE / CATALOGUE)
    assert len(told) > 100
    assert [text for text, chinese in told.items() if not re.search(r"[\u4e00-\u9fff]", chinese)] == []
    assert [t for t, chinese in told.items() if set(SLOTS.findall(t)) != set(SLOTS.findall(chinese))] == []


def test_the_catalogue_holds_what_makemessages_finds(tmp_path: Path) -> None:
    """English is the source: a text that is not in the catalogue would be shown in English to everyone."""
    if shutil.which("xgettext") is None:
        reason = "no xgettext here (Debian: apt-get install gettext)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    copy = tmp_path / "districtserver"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    (copy / CATALOGUE).write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n', encoding="utf-8"
    )
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale", "zh_Hans", "--no-location"],
        cwd=copy,
        env={key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"},
        check=True,
        capture_output=True,
    )
    assert set(translations(PACKAGE / CATALOGUE)) == set(translations(copy / CATALOGUE))


def test_templates_say_nothing_untranslated() -> None:
    """Outside tags and translations a template has no word of either language but the names of languages."""
    found = []
    for file in sorted((PACKAGE / "staff" / "templates").rglob("*.html")):
        text = file.read_text(encoding="utf-8")
        text = re.sub(r"{% blocktranslate.*?endblocktranslate %}", "", text, flags=re.S)
        text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.S)
        text = re.sub(r"<[^>]*>", " ", text, flags=re.S)
        found += [(file.name, word) for word in re.findall(r"[A-Za-z\u4e00-\u9fff]{2,}", text)]
    assert set(found) <= {("base.html", "中文"), ("base.html", "English"), ("submission.html", "SHA")}
