"""The administration says what a laptop carries."""

from __future__ import annotations

import html

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from districtserver import assignments, register
from districtserver.models import AuditEntry, Device
from tests.server.laptop import Laptop


@pytest.fixture
def page(inside: Laptop) -> str:
    """The page of a laptop; two houses are in the register."""
    register.import_rows(
        "buildings",
        [
            {"name": "a", "building_code": "A-1", "street": "350502001"},
            {"name": "b", "building_code": "B-1", "street": "350502002"},
        ],
    )
    return f"/admin/staff/laptop/{inside.device_id}/change/"


def test_what_is_chosen_counts_and_stands_there_again(admin: Client, inside: Laptop, page: str) -> None:
    said = {
        "carried_streets": ["350502003"],
        "carried_communities": ["350502001001"],
        "carried_houses": "A-1、B-1",
    }
    assert admin.post(page, said).status_code == 302
    device = Device.objects.get(pk=inside.device_id)
    assert assignments.assigned(device) == assignments.Assigned(("350502003",), ("350502001001",), ("a", "b"))
    shown = html.unescape(admin.get(page).content.decode())
    assert "A-1\nB-1</textarea>" in shown
    assert '<option value="350502001001" selected>金山社区</option>' in shown
    assert "单独指定的房屋" in shown
    assert AuditEntry.objects.order_by("-seq")[0].detail["houses"] == ["a", "b"]
    assert admin.post(page, {}).status_code == 302
    assert assignments.assigned(device) == assignments.Assigned()


def test_a_building_that_is_not_there_is_named(admin: Client, inside: Laptop, page: str) -> None:
    answer = admin.post(page, {"carried_streets": ["350502003"], "carried_houses": "A-1 X-9"})
    assert "没有房屋 X-9" in answer.content.decode()
    assert assignments.assigned(Device.objects.get(pk=inside.device_id)) == assignments.Assigned()


def test_only_who_may_changes_it(admin: Client, inside: Laptop, page: str) -> None:
    user = User.objects.get(username="admin")
    user.is_superuser = False
    user.save()
    user.user_permissions.add(Permission.objects.get(codename="view_laptop"))
    shown = admin.get(page)
    assert shown.status_code == 200
    assert "carried_houses" not in shown.content.decode()
    assert admin.post(page, {"carried_houses": "A-1"}).status_code == 403
    assert assignments.assigned(Device.objects.get(pk=inside.device_id)) == assignments.Assigned()
