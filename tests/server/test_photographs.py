"""Photographs of buildings: their rows in the feed, small copies, originals for who may have them."""

from __future__ import annotations

import base64
import io
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from PIL import Image

from districtserver import assignments, blobs, photographs, published, register
from districtserver.filing import joining, undoing
from districtserver.models import AuditEntry, Device, Entity, Submission
from districtserver.staff.releasing import release
from districtserver.staff.roles import add_user
from fieldapp.domain.photographs import MOST, PHOTOGRAPHS, Pictured, from_text
from fieldapp.sync.protocol import API, Pull, PullPage, ThumbnailsAnswer, WantedThumbnails, sha256_of
from tests.server.calls import enrolled, post, send
from tests.server.laptop import BUILDING, Draft, Laptop, small_form

STREET, OTHER = "350502001", "350502002"


def picture(number: int = 0, size: tuple[int, int] = (800, 600)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (80, 80, 90)).save(stream, "JPEG", comment=f"number {number}")
    return stream.getvalue()


def pictures(client: Client, laptop: Laptop, building: UUID = BUILDING) -> tuple[Pictured, ...]:
    """What a pull from the beginning tells of a building's photographs."""
    answer = post(client, "/pull", Pull(after=0), laptop)
    assert answer.status_code == 200, answer.content
    rows = PullPage.model_validate_json(answer.content).rows
    found = [row for row in rows if (row.list, row.id) == (PHOTOGRAPHS, str(building))]
    return from_text(found[0].data.get("pictures", "")) if found else ()


def fetch(client: Client, laptop: Laptop, sha256: str, first: int = 0, last: int = 9) -> Any:
    headers = laptop.bearer | {"Range": f"bytes={first}-{last}"}
    return client.get(f"{API}/originals/{sha256}", headers=headers)


def small(client: Client, laptop: Laptop, *files: str) -> ThumbnailsAnswer:
    answer = post(client, "/thumbnails", WantedThumbnails(files=files), laptop)
    assert answer.status_code == 200, answer.content
    return ThumbnailsAnswer.model_validate_json(answer.content)


def test_what_others_took_stands_in_the_row_of_the_house(client: Client, inside: Laptop) -> None:
    other, photo = enrolled(client), picture()
    assert pictures(client, other) == ()
    draft = Draft(photos=(photo,))
    send(client, inside, draft)
    (told,) = pictures(client, other)
    assert (told.sha256, told.size, told.media_type) == (sha256_of(photo), len(photo), "image/jpeg")
    assert (told.kind, told.visit, told.who) == ("other", str(draft.visit_id), "laptop")
    assert photographs.catch_up() == 0


def test_a_correction_takes_a_photograph_out(client: Client, inside: Laptop) -> None:
    wrong, right = picture(1), picture(2)
    draft = Draft(photos=(wrong,))
    send(client, inside, draft)
    assert [one.sha256 for one in pictures(client, inside)] == [sha256_of(wrong)]
    send(client, inside, draft.correction(photos=(right,)))
    assert [one.sha256 for one in pictures(client, inside)] == [sha256_of(right)]
    assert fetch(client, inside, sha256_of(wrong)).json()["code"] == "file_missing"


def test_a_held_record_shows_none_until_it_is_released(client: Client, inside: Laptop) -> None:
    draft = Draft(floors="99999", photos=(picture(),))
    send(client, inside, draft)
    assert pictures(client, inside) == ()
    assert fetch(client, inside, sha256_of(picture())).json()["code"] == "file_missing"
    release(draft.instance_id, add_user("r", "Tulip-4-Brave", "reviewer"), "looked at")
    assert len(pictures(client, inside)) == 1


def test_the_newest_and_each_once(client: Client, inside: Laptop) -> None:
    many = tuple(picture(number, (8, 8)) for number in range(MOST + 3))
    send(client, inside, Draft(photos=many[:10]), Draft(photos=many))
    found = [one.sha256 for one in pictures(client, inside)]
    assert len(found) == len(set(found)) == MOST


def test_the_row_follows_its_house_to_another_street(client: Client, inside: Laptop) -> None:
    send(client, inside, Draft(photos=(picture(),)))
    pictures(client, inside)
    register.import_rows("buildings", [{"name": str(BUILDING), "label": "一号楼", "street": STREET}])
    assert photographs.catch_up() == 1
    assert Entity.objects.get(list=PHOTOGRAPHS).street == STREET
    device = Device.objects.get(pk=inside.device_id)
    assignments.assign(device, [OTHER])
    assert pictures(client, inside) == ()
    assignments.assign(device, [OTHER], [], [str(BUILDING)])
    assert len(pictures(client, inside)) == 1


def test_they_go_with_a_file_that_is_joined_and_come_back(client: Client, inside: Laptop) -> None:
    other = str(uuid4())
    register.import_rows(
        "buildings", [{"name": other, "label": "二号楼", "floors_up": "2", "owner_name": "甲"}]
    )
    send(client, inside, Draft(photos=(picture(),)))
    device = Device.objects.get(pk=enrolled(client).device_id)
    assignments.assign(device, [], [], [str(BUILDING)])
    assert len(pictures(client, inside)) == 1
    differing = joining.compare(other, str(BUILDING)).differences
    chosen = {one.group: "keep" for one in differing}
    filing = joining.join(other, str(BUILDING), chosen, "office", "同一栋")
    assert (len(pictures(client, inside)), len(pictures(client, inside, UUID(other)))) == (0, 1)
    assert set(photographs.buildings_of(sha256_of(picture()))) == {other}
    # Who was assigned the one that stands no more carries the one that it was joined to.
    assert assignments.carries(device, [other])
    undoing.undo(filing.pk, undoing.Choices(), "office", "看错了")
    assert not assignments.carries(device, [other])
    assert (len(pictures(client, inside)), len(pictures(client, inside, UUID(other)))) == (1, 0)


def test_a_part_of_an_original(client: Client, inside: Laptop) -> None:
    photo = picture()
    send(client, inside, Draft(photos=(photo,)))
    answer = fetch(client, enrolled(client), sha256_of(photo), 5, len(photo) - 1)
    assert (answer.status_code, answer.content) == (206, photo[5:])
    assert answer["Content-Range"] == f"bytes 5-{len(photo) - 1}/{len(photo)}"
    entry = AuditEntry.objects.order_by("-seq")[0]
    assert (entry.event, entry.detail["sha256"]) == ("original_fetched", sha256_of(photo))
    for first, last in ((0, len(photo)), (9, 8), (0, 4 * 1024 * 1024)):
        assert fetch(client, inside, sha256_of(photo), first, last).json()["code"] == "malformed"
    assert client.get(f"{API}/originals/{sha256_of(photo)}", headers=inside.bearer).status_code == 400
    assert client.get(f"{API}/originals/{sha256_of(photo)}").status_code == 401


def test_only_of_houses_that_are_assigned(client: Client, inside: Laptop) -> None:
    photo = picture()
    send(client, inside, Draft(photos=(photo,)))
    other = enrolled(client)
    device = Device.objects.get(pk=other.device_id)
    assignments.assign(device, [STREET])
    refused = fetch(client, other, sha256_of(photo))
    assert (refused.status_code, refused.json()["code"]) == (403, "file_not_assigned")
    assert small(client, other, sha256_of(photo)).files[0].code == "file_not_assigned"
    entries = AuditEntry.objects.filter(event="file_refused", device=device)
    assert [one.detail["sha256"] for one in entries] == [sha256_of(photo)] * 2
    assignments.assign(device, [], [], [str(BUILDING)])
    assert fetch(client, other, sha256_of(photo)).status_code == 206


def test_a_file_without_a_record_is_nobodys(client: Client, inside: Laptop) -> None:
    """Bytes that were sent and that no record names yet; bytes that are not here."""
    photo = picture(9)
    blobs.append(sha256_of(photo), 0, len(photo), [photo], len(photo))
    for sha256 in (sha256_of(photo), "0" * 64, "nothing"):
        assert fetch(client, inside, sha256).json()["code"] == "file_missing"


def test_small_copies_each_on_its_own(client: Client, inside: Laptop) -> None:
    photo, broken, lost = picture(3), b"\xff\xd8\xff nothing of a picture", picture(4)
    send(client, inside, Draft(photos=(photo, broken, lost)))
    blobs.stored_path(sha256_of(lost)).unlink()
    found = small(client, inside, *(sha256_of(one) for one in (photo, broken, lost))).files
    assert [one.code for one in found] == ["", "file_no_picture", "file_missing"]
    content = base64.b64decode(found[0].jpeg)
    assert sha256_of(content) == found[0].jpeg_sha256
    assert Image.open(io.BytesIO(content)).size == (320, 240)
    many = WantedThumbnails(files=("0" * 64,) * 17)
    assert post(client, "/thumbnails", many, inside).status_code == 400


def test_a_published_form_by_its_hash(client: Client, inside: Laptop) -> None:
    published.publish(small_form("2"))
    headers = inside.bearer
    got = client.get(f"{API}/forms/{sha256_of(small_form('2'))}", headers=headers)
    assert got.content == small_form("2")
    assert client.get(f"{API}/forms/{'0' * 64}", headers=headers).json()["code"] == "file_missing"
    assert client.get(f"{API}/forms/{sha256_of(small_form('2'))}").status_code == 401


@pytest.mark.usefixtures("inside")
def test_a_visit_without_a_house_tells_nothing(client: Client, inside: Laptop) -> None:
    send(client, inside, Draft(photos=(picture(),), building=None))
    assert Submission.objects.count() == 1
    assert photographs.catch_up() == 0
    assert not Entity.objects.filter(list=PHOTOGRAPHS).exists()
    assert list(photographs.buildings_of(str(uuid4()))) == []
