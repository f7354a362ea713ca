"""Enrolment codes in the administration: made by who may, shown once, good for one laptop."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from districtserver.models import AuditEntry, Device, EnrolmentCode
from tests.server.calls import post
from tests.server.laptop import Laptop

ADD, LIST = "/admin/staff/laptopcode/add/", "/admin/staff/laptopcode/"


def test_a_code_is_shown_once_and_lets_one_laptop_in(admin: Client, client: Client) -> None:
    assert "登记码" in admin.get("/admin/").content.decode()
    made = html.unescape(admin.post(ADD, {"name": "外业三组"}, follow=True).content.decode())
    (code,) = re.findall(r"“外业三组”的登记码：([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})。", made)
    assert AuditEntry.objects.order_by("-seq")[0].event == "code_made"
    again = admin.get(LIST).content.decode()
    assert "外业三组" in again
    assert code not in again
    row = EnrolmentCode.objects.get(name="外业三组")
    assert code not in str(vars(row))
    assert code not in admin.get(f"{LIST}{row.pk}/change/").content.decode()
    laptop = Laptop()
    assert post(client, "/enrol", laptop.enrol(code)).status_code == 200
    assert post(client, "/enrol", Laptop().enrol(code)).json()["code"] == "code_used"
    assert Device.objects.get().name in admin.get(LIST).content.decode()


@pytest.mark.usefixtures("folder")
def test_only_who_may_makes_one(admin: Client) -> None:
    user = User.objects.get(username="admin")
    user.is_superuser = False
    user.save()
    user.user_permissions.add(Permission.objects.get(codename="view_laptopcode"))
    assert admin.get(LIST).status_code == 200
    assert admin.post(ADD, {"name": "外业三组"}).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="add_laptopcode"))
    assert admin.post(ADD, {"name": "外业三组"}).status_code == 302
    assert EnrolmentCode.objects.count() == 1
