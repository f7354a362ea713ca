"""Who gets in, who may see what, and what every page carries."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import URLPattern

from districtserver.models import AuditEntry, Device, Submission
from districtserver.staff import roles
from districtserver.staff.middleware import POLICY
from districtserver.staff.urls import urlpatterns
from fieldapp.domain.masks import masked
from tests.server.calls import send
from tests.server.laptop import BUILDING, Draft, Laptop
from tests.server.staff.conftest import PASSWORD, PHOTO, browser

OPEN = {"home", "sign_in", "sign_out", "language"}
#: Pages that something is sent to and nothing is read from.
POSTED = {"release", "conflict_decided", "ledger_uploaded", "ledger_decided"}


def addresses(draft: Draft) -> dict[str, str]:
    """Every page that needs somebody signed in, by its name."""
    values = {
        "uuid:instance_id": str(draft.instance_id),
        "str:name": draft.names()[0],
        "str:building_id": str(BUILDING),
        "int:number": "1",
        "str:sha256": "0" * 64,
        "uuid:ledger_id": str(BUILDING),
        "uuid:conflict": str(BUILDING),
        "uuid:filing": str(BUILDING),
    }
    return {
        str(pattern.name): "/staff/"
        + re.sub(r"<([^>]+)>", lambda match: values[match[1]], str(pattern.pattern))
        for pattern in urlpatterns
        if isinstance(pattern, URLPattern) and pattern.name not in OPEN
    }


def test_strangers_see_no_page_and_no_photograph(client: Client, inside: Laptop) -> None:
    draft = Draft(photos=(PHOTO,))
    send(client, inside, draft)
    found = addresses(draft)
    assert len(found) >= 10
    for name, address in found.items():
        answer = client.post(address) if name in POSTED else client.get(address)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/staff/sign-in"), name
    assert client.get("/staff/ledger/", headers={"HX-Request": "true"}).status_code == 401
    token = client.get(found["file"], headers=inside.bearer)
    assert token.status_code == 302  # a laptop's token opens the API and nothing else


def test_a_user_without_a_role_is_told_no(client: Client, inside: Laptop) -> None:
    draft = Draft(photos=(PHOTO,))
    send(client, inside, draft)
    User.objects.create_user("nobody", password=PASSWORD)
    own = Client(headers={"Accept": "text/html"})
    own.post("/staff/sign-in", {"username": "nobody", "password": PASSWORD})
    for name, address in addresses(draft).items():
        answer = own.post(address) if name in POSTED else own.get(address)
        assert answer.status_code == 403, name
        assert "您的账号无权查看" in answer.content.decode()


def test_readers_release_nothing_and_see_no_persons(reader: Client, client: Client, inside: Laptop) -> None:
    draft = Draft(floors="200", owner="陈某某", photos=(PHOTO,))
    send(client, inside, draft)
    address = f"/staff/submissions/{draft.instance_id}"
    shown = reader.get(address).content.decode()
    assert "陈某某" not in shown
    assert "陈***" in shown or "陈**" in shown
    assert "放行理由" not in shown
    assert reader.post(f"{address}/release", {"reason": "x"}).status_code == 403
    assert reader.get(f"{address}/original").status_code == 403
    assert Submission.objects.get().held
    assert "<td>甲</td>" not in reader.get(f"/staff/ledger/{BUILDING}").content.decode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("甲", "甲*"),
        ("陈某某", "陈**"),
        ("13900000044", "139****0044"),
        ("350502199001011234", "350****1234"),
    ],
)
def test_masks(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_forms_need_their_token(folder: Path, client: Client, inside: Laptop) -> None:
    draft = Draft(floors="200")
    send(client, inside, draft)
    roles.add_user("chen", PASSWORD, "reviewer")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/staff/sign-in", {"username": "chen", "password": PASSWORD}).status_code == 403
    strict.get("/staff/sign-in")
    token = strict.cookies["csrftoken"].value
    answer = strict.post(
        "/staff/sign-in", {"username": "chen", "password": PASSWORD, "csrfmiddlewaretoken": token}
    )
    assert answer.status_code == 302
    address = f"/staff/submissions/{draft.instance_id}/release"
    assert strict.post(address, {"reason": "x"}).status_code == 403
    token = strict.cookies["csrftoken"].value
    assert strict.post(address, {"reason": "x", "csrfmiddlewaretoken": token}).status_code == 302
    assert not Submission.objects.get().held


def test_cookies_and_policy(reviewer: Client) -> None:
    answer = reviewer.get("/staff/ledger/")
    assert answer["Content-Security-Policy"] == POLICY
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    for name in ("sessionid", "csrftoken"):
        cookie = reviewer.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Strict"), name
    for address in ("/staff/ledger/", "/staff/submissions/", "/staff/conflicts/"):
        page = reviewer.get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|https?://", page), address


def test_wrong_passwords_make_a_name_wait(folder: Path) -> None:
    roles.add_user("chen", PASSWORD, "reader")
    client = Client(headers={"Accept": "text/html"})
    for _ in range(9):
        answer = client.post("/staff/sign-in", {"username": "chen", "password": "wrong"})
        assert "用户名或口令不对" in answer.content.decode()
    assert client.post("/staff/sign-in", {"username": "chen", "password": "wrong"}).status_code == 429
    answer = client.post("/staff/sign-in", {"username": "chen", "password": PASSWORD})
    assert (answer.status_code, "15 分钟" in answer.content.decode()) == (429, True)


def test_sign_in_goes_nowhere_else(folder: Path) -> None:
    roles.add_user("chen", PASSWORD, "reader")
    client = Client()
    form = {"username": "chen", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post("/staff/sign-in", form)["Location"] == "/staff/submissions/"
    assert client.post("/staff/sign-out")["Location"] == "/staff/sign-in"
    assert client.get("/staff/ledger/").status_code == 302


def test_users_are_made_once_with_a_role_and_audited(folder: Path) -> None:
    with pytest.raises(ValidationError):
        roles.add_user("chen", "12345678", "reader")
    user = roles.add_user("chen", PASSWORD, "reviewer", "陈某某")
    with pytest.raises(roles.NameTakenError):
        roles.add_user("chen", PASSWORD, "reader")
    assert user.has_perm("staff.add_release")
    assert not user.has_perm("auth.view_user")
    assert AuditEntry.objects.get(event="staff_added").detail == {"user": user.pk, "role": "reviewer"}


def test_the_administration_is_chinese_and_evidence_is_read_only(
    admin: Client, client: Client, inside: Laptop
) -> None:
    send(client, inside, Draft(photos=(PHOTO,)))
    front = admin.get("/admin/").content.decode()
    assert all(word in front for word in ("区级管理", "设备", "已发布表单", "审计日志", "用户"))
    for model in ("laptop", "publishedform", "auditrow"):
        listed = admin.get(f"/admin/staff/{model}/")
        assert listed.status_code == 200
        assert admin.get(f"/admin/staff/{model}/add/").status_code == 403
    assert admin.get(f"/admin/staff/laptop/{inside.device_id}/change/").status_code == 200
    chosen = {"action": "revoke", "_selected_action": [str(inside.device_id)]}
    assert admin.post("/admin/staff/laptop/", chosen).status_code == 302
    assert Device.objects.get().revoked_at is not None
    assert AuditEntry.objects.filter(event="device_revoked").count() == 1
    assert browser("reviewer").get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "address",
    ["ledger/%00", "ledger/?q=%00", "ledger/?street=%00", "submissions/?inspector=a%00b", "submissions/%00"],
)
def test_a_nul_is_refused_and_fails_nothing(reviewer: Client, address: str) -> None:
    """PostgreSQL has none: a query with one would end in a failure of the server."""
    assert reviewer.get(f"/staff/{address}").status_code == 400


def test_unknown_addresses_answer_in_kind(reviewer: Client, client: Client) -> None:
    assert "没有这个页面" in reviewer.get("/staff/nothing").content.decode()
    assert reviewer.get(f"/staff/submissions/{UUID(int=9)}").status_code == 404
    assert client.get("/nothing").json()["code"] == "not_found"


def test_reviewers_of_before_may_decide_conflicts(folder: Path) -> None:
    """A group that was made when there were no conflicts to decide, whatever it is called."""
    releasing = Permission.objects.get(codename="add_release")
    before, reading = Group.objects.create(name="审核岗"), Group.objects.create(name="只读岗")
    before.permissions.add(releasing)
    reading.permissions.add(Permission.objects.get(codename="view_submission"))
    Permission.objects.get(codename="decide_conflict").delete()  # Django makes it after the migrations
    import_module("districtserver.staff.migrations.0004_reviewers_decide").grant(apps, None)
    assert set(before.permissions.values_list("codename", flat=True)) == {"add_release", "decide_conflict"}
    assert list(reading.permissions.values_list("codename", flat=True)) == ["view_submission"]
    made = Permission.objects.get(codename="decide_conflict")
    assert (made.content_type.app_label, made.content_type.model) == ("staff", "submissionindex")
