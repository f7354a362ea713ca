"""Every form that is carried says everything in Chinese and in English."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from fieldapp.domain.codelists import codelists
from fieldapp.services.publishing import built_form, list_forms

XF = "{http://www.w3.org/2002/xforms}"
JR = "{http://openrosa.org/javarosa}"
FORMS = [form.form_id for form in list_forms()]
HANZI = re.compile(r"[\u4e00-\u9fff]")
WORDS = re.compile(r"[A-Za-z][a-z]{2}")
#: pyxform writes these for what has no text in a language.
NOTHING = ("", "-")
#: Said in Chinese characters in English, too: the units of a storey count.
KEPT = "层"


def plain(element: etree._Element) -> str:
    """The text of an element and what is within it."""
    return "".join(str(part) for part in element.itertext()).strip()


def texts(form_id: str) -> dict[str, dict[str, str]]:
    """By language (``zh``, ``en``) and id; what is filled in by the form stands as ``{}``."""
    root = etree.fromstring(built_form(form_id))
    found: dict[str, dict[str, str]] = {}
    for translation in root.iter(f"{XF}translation"):
        language = "en" if "(en)" in translation.get("lang", "") else "zh"
        said = found.setdefault(language, {})
        for text in translation.iter(f"{XF}text"):
            for value in text.iter(f"{XF}value"):
                for output in value.iter(f"{XF}output"):
                    output.tail = "{}" + (output.tail or "")
                said[text.get("id", "")] = plain(value)
    return found


@pytest.mark.parametrize("form_id", FORMS)
def test_all_texts_are_there_twice(form_id: str) -> None:
    said = texts(form_id)
    assert set(said) == {"zh", "en"}
    assert said["zh"].keys() == said["en"].keys()
    nothing = {key for told in said.values() for key, text in told.items() if text in NOTHING}
    both = {key for key in nothing if all(told[key] in NOTHING for told in said.values())}
    assert sorted(nothing - both) == []


@pytest.mark.parametrize("form_id", FORMS)
def test_each_is_in_its_language(form_id: str) -> None:
    said = texts(form_id)
    chinese = {key: text for key, text in said["en"].items() if HANZI.search(text.replace(KEPT, ""))}
    assert chinese == {}
    english = {
        key: text
        for key, text in said["zh"].items()
        if WORDS.search(text) and not HANZI.search(text) and text == said["en"][key]
    }
    assert english == {}


@pytest.mark.parametrize("form_id", FORMS)
def test_no_text_stands_outside_the_translations(form_id: str) -> None:
    root = etree.fromstring(built_form(form_id))
    loose = [
        plain(one)
        for name in ("label", "hint")
        for one in root.iter(f"{XF}{name}")
        if one.get("ref") is None and plain(one)
    ]
    messages = [
        text
        for bind in root.iter(f"{XF}bind")
        for name in ("constraintMsg", "requiredMsg")
        if (text := bind.get(f"{JR}{name}")) and not text.startswith("jr:itext(")
    ]
    assert (loose, messages) == ([], [])


@pytest.mark.parametrize("form_id", FORMS)
def test_a_form_is_called_by_its_title_and_has_one_in_english(form_id: str) -> None:
    title = etree.fromstring(built_form(form_id)).findtext(".//{http://www.w3.org/1999/xhtml}title")
    assert codelists()["form"].items[form_id].zh == title
