"""Sheets from real records: what they say, what their QR names, that printing is logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fieldapp.domain.record_code import RecordCode
from fieldapp.media.annotation import Mark
from fieldapp.services.laptop import Laptop
from fieldapp.services.pictures import Pictures
from fieldapp.sheets.gathering import photo_answers
from tests.services.office import LOCKED, MAJOR, filled
from tests.sheets.pdfs import pages, symbols, text, texts


@pytest.mark.parametrize("name", [MAJOR, LOCKED])
def test_the_onsite_sheet_is_one_page_whose_qr_names_the_record(laptop: Laptop, name: str) -> None:
    (record,) = laptop.visits.finalize(filled(laptop, name).visit_id)
    sheet = laptop.paper.sheet(record, "onsite")
    (page,) = pages(sheet.pdf)
    (symbol,) = symbols(page)
    code = RecordCode.parse(symbol)
    assert code == RecordCode.of(record.chain.record_id, 1, record.sha256)
    assert "示例" in text(sheet.pdf)


def test_the_sheet_says_what_was_answered(laptop: Laptop) -> None:
    (record,) = laptop.visits.finalize(filled(laptop, MAJOR).visit_id)
    said = text(laptop.paper.sheet(record, "archive").pdf)
    for part in ("延陵路8号", "承重墙被拆除", "6.5mm", "区房屋安全指挥部值班室", "陈某某", "四、照片（9张）"):
        assert part in said, part
    assert "初步判定结论不能替代房屋安全鉴定" in said


def test_a_sheet_is_chinese_whatever_language_forms_are_filled_in(laptop: Laptop) -> None:
    (record,) = laptop.visits.finalize(filled(laptop, MAJOR).visit_id)
    chinese = laptop.paper.sheet(record, "archive").pdf
    laptop.language = "en"
    assert laptop.paper.sheet(record, "archive").pdf == chinese


def test_every_photograph_is_in_the_appendix_by_its_hash(laptop: Laptop) -> None:
    (record,) = laptop.visits.finalize(filled(laptop, MAJOR).visit_id)
    appendix = "".join(texts(laptop.paper.sheet(record, "archive").pdf)[1:])
    for file in record.attachments:
        assert file.sha256[:12] in appendix


def test_printing_is_logged_and_counted(laptop: Laptop, tmp_path: Path) -> None:
    (record,) = laptop.visits.finalize(filled(laptop).visit_id)
    first = laptop.paper.print_to(record, "onsite", tmp_path / "1.pdf")
    second = laptop.paper.print_to(record, "onsite", tmp_path / "2.pdf")
    assert (first.times, second.times) == (1, 2)
    assert "第2次打印" in text((tmp_path / "2.pdf").read_bytes())
    assert laptop.store.submissions.get(record.chain.instance_id).paper == "printed"
    assert laptop.store.submissions.prints(record.chain.instance_id, "archive") == 0


def test_two_copies_are_two_pages_that_say_which_they_are(laptop: Laptop) -> None:
    (record,) = laptop.visits.finalize(filled(laptop).visit_id)
    sheet = laptop.paper.sheet(record, "onsite", copies=2)
    first, second = texts(sheet.pdf)
    assert "街道存档" in first
    assert "当事人留存" in second
    assert laptop.paper.log(record.chain.instance_id, sheet) == 1
    (logged,) = laptop.store.papers.log()
    assert (logged.copies, logged.sha256, logged.label) == (2, sheet.sha256, "聚宝街21号")


def test_a_preview_is_not_a_print_and_always_the_same(laptop: Laptop) -> None:
    (record,) = laptop.visits.finalize(filled(laptop).visit_id)
    assert laptop.paper.sheet(record, "onsite") == laptop.paper.sheet(record, "onsite")
    assert laptop.store.submissions.get(record.chain.instance_id).paper == "none"


def test_a_file_that_cannot_be_written_is_no_print(laptop: Laptop, tmp_path: Path) -> None:
    (record,) = laptop.visits.finalize(filled(laptop).visit_id)
    with pytest.raises(OSError, match="No such file"):
        laptop.paper.print_to(record, "onsite", tmp_path / "gone" / "1.pdf")
    assert laptop.store.submissions.prints(record.chain.instance_id, "onsite") == 0


def test_a_correction_prints_its_own_version(laptop: Laptop) -> None:
    (first,) = laptop.visits.finalize(filled(laptop).visit_id)
    opened = laptop.filling.correct(first.chain.instance_id)
    opened.answer("/data/g_outcome/visit_reason", "住户外出务工")
    opened.settle()
    (second,) = laptop.visits.finalize(opened.visit_id)
    sheet = laptop.paper.sheet(second, "onsite")
    assert "住户外出务工" in text(sheet.pdf)
    (symbol,) = symbols(pages(sheet.pdf)[0])
    assert RecordCode.parse(symbol) == replace(
        RecordCode.of(first.chain.record_id, 2, second.sha256), version=2
    )


def test_an_annotated_copy_is_printed_beside_its_original(laptop: Laptop) -> None:
    opened = filled(laptop, MAJOR)
    pictures = Pictures(laptop.store)
    node = next(one for one in photo_answers(opened.session) if one.name == "d_photo_near")
    marked = node.value.partition(".")[0]
    pictures.annotate(opened.visit_id, marked, [Mark("arrow", 0.2, 0.2, 0.6, 0.6)])
    other = next(iter(pictures.of_visit(opened.visit_id)))
    pictures.annotate(opened.visit_id, other, [Mark("circle", 0.2, 0.2, 0.6, 0.6)])
    pictures.annotate(opened.visit_id, other, [])  # taken away again
    (record,) = laptop.visits.finalize(opened.visit_id)
    sheet = laptop.paper.sheet(record, "archive").pdf
    appendix = "".join(texts(sheet)[1:])
    assert "四、照片（10张，其中标注副本1张）" in appendix
    assert appendix.count("摄标注副本") == 1
    assert appendix.count(marked[:12]) == 2  # both captions name the original
    assert appendix.count(other[:12]) == 1
    later = record.finalized_at - timedelta(seconds=1)
    assert laptop.store.annotations.of_visit(record.visit_id, until=later) == {}
