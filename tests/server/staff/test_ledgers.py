"""台账导入 on the staff pages, as a person goes through them."""

from __future__ import annotations

import html
import io
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from districtserver.ledgers.models import Ledger, LedgerRow, LedgerTemplate
from districtserver.middleware import limit_of
from districtserver.models import AuditEntry, Entity
from fieldapp.domain.ledger_import.workbook import MAX_BYTES
from fieldapp.sync.protocol import MAX_REQUEST_BYTES
from tests.domain import messy_ledgers
from tests.server.test_ledgers import MAPPINGS


def upload(admin: Client, name: str, content: bytes) -> str:
    """Address of what became of an upload."""
    file = io.BytesIO(content)
    file.name = name
    answer = admin.post("/staff/ledgers/upload", {"file": file})
    assert answer.status_code == 302
    return str(answer["Location"])


def page(admin: Client, address: str) -> str:
    answer = admin.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def chosen(text: str) -> dict[str, str]:
    """What the form would send: every heading and what it is taken for."""
    return {
        name: (re.search(r'value="([^"]*)" selected', options) or [""] * 2)[1]
        for name, options in re.findall(r'<select name="(means:[^"]*)">(.*?)</select>', text)
    }


@pytest.mark.parametrize("name", [name for name in messy_ledgers.ALL if name != "unusual.xlsx"])
def test_upload_look_take_in(admin: Client, name: str) -> None:
    before, content, entries = Entity.objects.count(), messy_ledgers.ALL[name](), AuditEntry.objects.count()
    address = upload(admin, name, content)
    text = page(admin, address)
    assert "尚未写入任何内容" in text
    assert (Entity.objects.count(), Ledger.objects.count(), AuditEntry.objects.count()) == (
        before,
        0,
        entries,
    )
    answer = admin.post(address, chosen(text) | {"take": ""})
    ledger = Ledger.objects.get()
    assert answer["Location"] == f"/staff/ledgers/{ledger.pk}"
    assert ledger.who == "admin"
    assert Entity.objects.count() - before == ledger.rows.filter(state="new").count()
    waiting = page(admin, answer["Location"])
    for row in ledger.rows.filter(state="pending"):
        assert f"工作表“{row.sheet}”第 {row.row} 行" in waiting
        assert all(text in waiting for _heading, text in row.cells)
    again = admin.post(upload(admin, name, content), {"take": ""}, follow=True)
    assert "这个文件以前已经导入" in again.content.decode()
    assert Ledger.objects.count() == 1


def test_a_heading_is_corrected_and_remembered(admin: Client) -> None:
    address = upload(admin, "a.csv", "地址,社区,当家人\n新门街7号,金山社区,王五\n".encode())
    mapping = chosen(page(admin, address))
    assert mapping["means:当家人"] == ""
    mapping["means:当家人"] = "owner_name"
    looked = admin.post(address, mapping, follow=True).content.decode()
    assert chosen(html.unescape(looked)) == mapping
    admin.post(address, mapping | {"take": ""})
    assert LedgerRow.objects.get().values["owner_name"] == "王五"
    assert LedgerTemplate.objects.get().columns["当家人"] == "owner_name"
    later = upload(admin, "b.csv", "地址,社区,当家人\n新门街9号,金山社区,赵六\n".encode())
    assert chosen(page(admin, later)) == mapping


def test_rows_are_decided_and_the_whole_undone(admin: Client) -> None:
    before = Entity.objects.filter(deleted=False).count()
    admin.post(upload(admin, "gbk.csv", messy_ledgers.gbk_csv()), {"take": ""})
    ledger = Ledger.objects.get()
    years, twin = ledger.rows.filter(state="pending").order_by("id")
    refused = admin.post(f"/staff/ledgers/rows/{years.pk}", {"house": "skip"}, follow=True)
    assert "没有写明理由" in refused.content.decode()
    admin.post(f"/staff/ledgers/rows/{years.pk}", {"house": "skip", "reason": "不是房屋"})
    admin.post(f"/staff/ledgers/rows/{twin.pk}", {"house": "new"})
    states = dict(ledger.rows.values_list("pk", "state"))
    assert (states[years.pk], states[twin.pk]) == ("skipped", "new")
    built_on = Entity.objects.get(id=ledger.rows.filter(state="new").order_by("id")[0].house)
    Entity.objects.filter(id=built_on.id, list="buildings").update(version=2)
    undone = admin.post(f"/staff/ledgers/{ledger.pk}/undo", follow=True).content.decode()
    assert f"以下 1 栋房屋保留，因为已有后续记录：{built_on.label}" in undone
    assert Entity.objects.filter(deleted=False).count() == before + 1
    assert "已撤销" in page(admin, "/staff/ledgers/")


def test_what_is_no_workbook_is_told(admin: Client) -> None:
    answer = admin.get(upload(admin, "a.xlsx", b"PK no workbook"), follow=True)
    assert "a.xlsx" in answer.content.decode()
    assert "error" in answer.content.decode()
    assert admin.post("/staff/ledgers/upload").status_code == 302


def test_files_of_more_than_a_request_of_laptops_are_taken(admin: Client) -> None:
    assert limit_of(reverse("staff:ledger_uploaded")) > MAX_BYTES > limit_of(reverse("staff:ledgers"))
    text = "地址,社区,备注\n" + "".join(f"新建路{number}号,金山社区,{'长' * 60}\n" for number in range(3))
    padded = text.encode() + b"\n" * (MAX_REQUEST_BYTES + 1)
    assert "新增 3 栋" in page(admin, upload(admin, "long.csv", padded))
    refused = admin.post("/staff/ledgers/upload", CONTENT_LENGTH=str(MAX_BYTES + 20_000))
    assert (refused.status_code, refused["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert "超过" in refused.content.decode()
    listed = page(admin, "/staff/ledgers/")
    assert f'data-limit="{MAX_BYTES}"' in listed
    assert "文件超过 64 MB" in listed


def test_headings_that_say_no_place_are_mapped_on_the_page_and_remembered(admin: Client) -> None:
    address = upload(admin, "unusual.xlsx", messy_ledgers.ALL["unusual.xlsx"]())
    text = page(admin, address)
    assert "没有一列表头写明房屋在哪里" in text
    assert 'name="take"' not in text
    shown = chosen(text)
    assert {f"means:{title}" for title in MAPPINGS["unusual.xlsx"]} <= set(shown)
    given = {f"means:{title}": means for title, means in MAPPINGS["unusual.xlsx"].items()}
    looked = html.unescape(admin.post(address, shown | given, follow=True).content.decode())
    assert 'name="take"' in looked
    admin.post(address, chosen(looked) | {"take": ""})
    assert Ledger.objects.get().rows.exclude(values={}).exists()
    again = page(admin, upload(admin, "later.xlsx", messy_ledgers.ALL["unusual.xlsx"]() + b" "))
    assert "没有一列表头" not in again


def test_remarks_are_in_the_readers_language(admin: Client) -> None:
    address = upload(admin, "gbk.csv", messy_ledgers.gbk_csv())
    assert "含有不止一个年份" in page(admin, address)
    admin.cookies["django_language"] = "en"
    english = page(admin, address)
    assert "names more than one year" in english
    assert "年份" not in english.replace("年代", "")
    nothing = admin.get(upload(admin, "a.xlsx", b"PK no workbook"), follow=True).content.decode()
    assert "Open the file in the spreadsheet program" in html.unescape(nothing)


def test_cells_of_persons_are_masked_for_who_may_not_see_them(admin: Client, reader: Client) -> None:
    taker = User.objects.get(username="reader")
    taker.user_permissions.add(Permission.objects.get(codename="add_ledger"))
    head = "地址,社区,户主,电话,当家人,建造年份"
    content = f"{head}\n新门街7号,金山社区,王五六,13805950002,赵七八,1993-1995\n".encode()
    for browser, shown in ((admin, True), (reader, False)):
        address = upload(browser, "a.csv", content)
        text = page(browser, address)
        browser.post(address, chosen(text) | {"take": ""})
        waiting = page(browser, f"/staff/ledgers/{Ledger.objects.get().pk}")
        for told in ("王五六", "13805950002", "赵七八"):
            assert (told in text) is shown, told
            assert (told in waiting) is shown, told
        assert "“1993-1995”" in waiting
        assert "新门街7号" in waiting


def test_only_who_may(reader: Client, admin: Client) -> None:
    address = upload(admin, "gbk.csv", messy_ledgers.gbk_csv())
    assert reader.get("/staff/ledgers/").status_code == 403
    assert reader.get(address).status_code == 403
    assert reader.post(address, {"take": ""}).status_code == 403
    assert "/staff/ledgers/" not in page(reader, "/staff/ledger/")
    assert Ledger.objects.count() == 0
