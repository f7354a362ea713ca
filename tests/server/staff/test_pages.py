"""The pages as a reviewer reads them: lists with filters, submissions, release, ledger, files, conflicts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image

from districtserver import inventory, register
from districtserver.models import AuditEntry, Effect, Entity, Submission
from districtserver.staff import flags, indexing
from districtserver.staff.models import Release, SearchEntry, SubmissionIndex
from districtserver.staff.releasing import NotHeldError, release
from districtserver.staff.views.ledger import searched
from tests.server.calls import send
from tests.server.laptop import BUILDING, Draft, Laptop
from tests.server.staff.conftest import PHOTO, code_of_sample, picture


def text(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def shown(page: str) -> list[str]:
    """Ids of the submissions that a list links to, in order."""
    return re.findall(r'<a href="/staff/submissions/([0-9a-f-]{36})">2', page)


def test_the_list_narrows_by_everything(reviewer: Client, client: Client, inside: Laptop) -> None:
    plain, held, roof = Draft(), Draft(floors="200"), Draft(building=None)
    send(client, inside, plain, held, roof)
    Entity.objects.filter(id=str(BUILDING)).update(street="350502006")
    ids = {name: str(draft.instance_id) for name, draft in (("plain", plain), ("held", held), ("roof", roof))}
    address = "/staff/submissions/"
    assert shown(text(reviewer, address)) == [ids["roof"], ids["held"], ids["plain"]]
    day = str(SubmissionIndex.objects.values_list("day", flat=True)[0])
    both, all_three = [ids["held"], ids["plain"]], [ids["roof"], ids["held"], ids["plain"]]
    for query, wanted in (
        ({"street": "350502006"}, both),
        ({"street": "350502001"}, []),
        ({"form": "small"}, all_three),
        ({"form": "other"}, []),
        ({"state": "held"}, [ids["held"]]),
        ({"state": "flagged"}, [ids["held"]]),
        ({"state": "released"}, []),
        ({"flag": "constraint"}, [ids["held"]]),
        ({"flag": "type"}, []),
        ({"since": day, "until": day}, all_three),
        ({"since": "2022-12-09"}, []),
        ({"until": "2022-12-07"}, []),
        ({"since": "yesterday"}, []),
        ({"device": str(inside.device_id)}, all_three),
        ({"device": str(uuid4())}, []),
        ({"inspector": "A"}, all_three),
        ({"inspector": "nobody"}, []),
    ):
        assert shown(text(reviewer, address, **query)) == wanted, query
    rows = reviewer.get(address, {"state": "held"}, headers={"HX-Request": "true"}).content.decode()
    assert shown(rows) == [ids["held"]]
    assert "<html" not in rows


def test_pages_go_on_behind_the_last_row(reviewer: Client, client: Client, inside: Laptop) -> None:
    """Also where many came in the same moment, and though new ones come in meanwhile."""
    drafts = [Draft(photos=(), building=None) for _ in range(120)]
    send(client, inside, *drafts)
    moment = Submission.objects.order_by("received_at")[0].received_at
    SubmissionIndex.objects.update(received_at=moment)
    seen: list[str] = []
    address = "/staff/submissions/"
    while address:
        page = text(reviewer, address)
        seen += shown(page)
        late = Draft(photos=(), building=None)
        send(client, inside, late)
        SubmissionIndex.objects.filter(pk=late.instance_id).update(received_at=moment + timedelta(hours=1))
        more = re.search(r'href="(\?[^"]*after=[^"]+)"', page)
        address = "/staff/submissions/" + more[1].replace("&amp;", "&") if more else ""
    assert sorted(seen) == sorted(str(draft.instance_id) for draft in drafts)
    assert len(text(reviewer, "/staff/submissions/", after="forged")) > 1000


def test_one_submission_reads_in_chinese(
    reviewer: Client, inspection: Callable[[], Draft], folder: Path
) -> None:
    draft = inspection()
    page = text(reviewer, f"/staff/submissions/{draft.instance_id}")
    for words in ("房屋结构安全隐患排查登记表", "重大安全隐患", "复核无异常", "初步判定", "检查表（PDF）"):
        assert words in page, words
    assert page.index("上门") < page.index("初步判定")
    assert f"/files/{draft.names()[0]}/small" in page
    assert "hazard_level" not in re.sub(r'(id|href)="[^"]*"', "", page)
    reviewer.post("/staff/language", {"language": "en", "next": "/staff/submissions/"})
    english = text(reviewer, f"/staff/submissions/{draft.instance_id}")
    assert "Major hazard" in english or "Major safety hazard" in english
    assert "检查表" not in english


def test_photographs_are_small_upright_copies_without_exif(
    reviewer: Client, client: Client, inside: Laptop, folder: Path
) -> None:
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"
    Image.new("RGB", (1600, 800), "blue").save(stream, "JPEG", exif=exif)
    drafts = [Draft(photos=(photo,), base="9") for photo in (stream.getvalue(), b"no picture at all")]
    send(client, inside, *drafts)
    address = f"/staff/submissions/{drafts[0].instance_id}/files/{drafts[0].names()[0]}"
    answer = reviewer.get(f"{address}/small")
    small = Image.open(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert (small.size, dict(small.getexif())) == ((160, 320), {})
    assert answer["Cache-Control"].startswith("private")
    whole = reviewer.get(address)
    assert b"".join(whole.streaming_content) == stream.getvalue()  # type: ignore[attr-defined]
    assert whole["Content-Type"] == "image/jpeg"
    other = f"/staff/submissions/{drafts[1].instance_id}/files/{drafts[1].names()[0]}"
    assert reviewer.get(f"{other}/small").status_code == 404
    raw = reviewer.get(other)
    assert (raw["Content-Type"], raw["Content-Disposition"][:10]) == (
        "application/octet-stream",
        "attachment",
    )
    assert b"".join(raw.streaming_content) == b"no picture at all"  # type: ignore[attr-defined]
    foreign = f"/staff/submissions/{drafts[1].instance_id}/files/{drafts[0].names()[0]}"
    assert reviewer.get(foreign).status_code == 404


def test_a_released_submission_counts_and_says_who_and_why(
    reviewer: Client, client: Client, inside: Laptop
) -> None:
    draft = Draft(floors="200")
    send(client, inside, draft)
    address = f"/staff/submissions/{draft.instance_id}"
    page = text(reviewer, address)
    assert all(words in page for words in ("暂不入账", "填写内容超出允许范围", "Floors", "放行理由"))
    reviewer.post(f"{address}/release", {"reason": "   "})
    assert Submission.objects.get().held
    reviewer.post(f"{address}/release", {"reason": "照片核实为\0高层"})
    assert Entity.objects.get().data["floors_up"] == "200"
    assert list(Effect.objects.values_list("state", "version")) == [("applied", 2)]
    kept = Release.objects.get()
    assert (kept.by.username, kept.reason) == ("reviewer", "照片核实为高层")
    entry = AuditEntry.objects.get(event="submission_released")
    assert entry.detail["effects"] == ["applied"]
    page = text(reviewer, address)
    assert all(words in page for words in ("已放行", "照片核实为高层", "填写内容超出允许范围"))
    reviewer.post(f"{address}/release", {"reason": "again"})
    assert Release.objects.count() == AuditEntry.objects.filter(event="submission_released").count() == 1
    assert inventory.check()["broken"] == []
    assert shown(text(reviewer, "/staff/submissions/", state="released")) == [str(draft.instance_id)]


def test_only_what_is_held_and_current_is_released(reviewer: Client, client: Client, inside: Laptop) -> None:
    good, held = Draft(), Draft(floors="200")
    send(client, inside, good, held, held.correction(floors="6", base="2"))
    user = User.objects.get()
    for draft in (good, held):
        with pytest.raises(NotHeldError):
            release(draft.instance_id, user, "reason")
    with pytest.raises(ValueError, match="reason"):
        release(held.instance_id, user, " ")
    assert not Release.objects.exists()
    assert "已被补正替代" in text(reviewer, f"/staff/submissions/{held.instance_id}")


def test_the_ledger_is_searched_by_characters_and_initials(
    reviewer: Client, inspection: Callable[[], Draft]
) -> None:
    inspection()
    assert indexing.catch_up() > 2000
    code = code_of_sample()
    row = Entity.objects.get(list="buildings", data__building_code=code)
    for typed in (row.label[:2], row.label[-4:], indexing.initials(row.label).replace(" ", "")[:4], code):
        assert row.id in searched(typed, {}).values_list("entity_id", flat=True), typed
    assert f"/staff/ledger/{row.id}" in text(reviewer, "/staff/ledger/", q=row.label)
    assert "没有符合的房屋" in text(reviewer, "/staff/ledger/", q="不存在的路")
    major = text(reviewer, "/staff/ledger/", q=code, hazard_level="major")
    assert f"/staff/ledger/{row.id}" in major
    assert f"/staff/ledger/{row.id}" not in text(reviewer, "/staff/ledger/", q=code, hazard_level="general")
    street = text(reviewer, "/staff/ledger/", q=code, street="350502001")
    assert (f"/staff/ledger/{row.id}" in street) == (row.street == "350502001")


def test_the_index_follows_the_register(folder: Path, client: Client, inside: Laptop) -> None:
    assert indexing.catch_up() == 1
    register.import_rows("buildings", [{"name": str(uuid4()), "label": f"亭店路{n}号"} for n in (12, 2, 1)])
    assert indexing.catch_up() == 3
    assert indexing.catch_up() == 0
    lane = searched("tdl", {}).order_by("sort").values_list("text", flat=True)
    assert list(lane) == ["亭店路1号", "亭店路2号", "亭店路12号"]
    send(client, inside, Draft(owner="张三"))
    assert indexing.catch_up() == 1
    assert list(searched("张三", {}).values_list("entity_id", flat=True)) == [str(BUILDING)]
    assert SearchEntry.objects.count() == 4
    SubmissionIndex.objects.all().delete()
    assert (indexing.enter_missing(), indexing.enter_missing()) == (1, 0)


def test_the_file_of_a_building_tells_everything(reviewer: Client, inspection: Callable[[], Draft]) -> None:
    draft = inspection()
    row = Entity.objects.get(id=str(draft.building))
    page = text(reviewer, f"/staff/ledger/{row.id}")
    for words in (row.label, "结构类型", "初步判定", "重大安全隐患", "第 1 版", "第 2 版", "导入", "提交件"):
        assert words in page, words
    assert f"/staff/submissions/{draft.instance_id}/files/{draft.names()[0]}/small" in page
    assert reviewer.get("/staff/ledger/none").status_code == 404


def test_every_flag_that_the_server_gives_is_explained(
    reviewer: Client, client: Client, inside: Laptop
) -> None:
    source = Path(flags.__file__).parents[1]
    given = set(re.findall(r'"((?:[a-z]+_)+[a-z]+)"', (source / "evaluation.py").read_text()))
    assert {"evaluation_failed", "unknown_nodes", "attachment_unlisted", "effect_too_long"} <= given
    assert {"evaluation_failed", "unknown_nodes", "attachment_unlisted", "effect_too_long"} <= set(
        flags.WORDS
    )
    first = Draft(photos=(picture("green"),))
    late = first.correction(floors="6", base="2")
    send(client, inside, first, first.correction(floors="5", base="2"), late)
    page = text(reviewer, f"/staff/submissions/{late.instance_id}")
    assert "补正所依据的不是当前版本" in page
    assert flags.title("of_tomorrow").endswith("(of_tomorrow)")


def test_a_submission_that_no_engine_can_open_is_still_shown(
    reviewer: Client, client: Client, inside: Laptop
) -> None:
    draft = Draft(photos=(PHOTO,))
    send(client, inside, draft)
    Submission.objects.update(xml=b"<data")
    page = text(reviewer, f"/staff/submissions/{draft.instance_id}")
    assert "表单在此无法打开" in page
    assert reviewer.get(f"/staff/submissions/{draft.instance_id}/original").content == b"<data"
