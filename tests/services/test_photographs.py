"""Photographs that another laptop took: small copies after the rows, originals on demand."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from fieldapp.errors import EnvironmentProblem, FieldappError, UserError
from fieldapp.services import bringing, photographs
from fieldapp.services.laptop import Laptop
from fieldapp.services.pictures import ForeignPhoto, Pictures, of_others
from fieldapp.services.publishing import built_form
from fieldapp.sync.problems import Cancelled
from fieldapp.sync.protocol import sha256_of
from tests.server.databases import Databases
from tests.server.district import DistrictServer
from tests.services.office import FORM, HOUSES, MAJOR, filled, serving
from tests.services.test_syncing import registered
from tests.sync.between import Between, answer

Answered = tuple[Laptop, UUID, dict[str, bytes]]


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[DistrictServer]:
    """A server with the houses of ``HOUSES``."""
    with serving(tmp_path_factory.mktemp("photographs"), url=databases.create("photographs")) as server:
        yield server


@pytest.fixture(scope="module")
def taken(
    district: DistrictServer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[UUID, dict[str, bytes]]:
    """The house that one laptop has visited and sent, and its photographs' originals by hash."""
    with registered(tmp_path_factory.mktemp("first") / "laptop", district, district.port) as laptop:
        laptop.syncing.run()
        (record,) = laptop.visits.finalize(filled(laptop, MAJOR).visit_id)
        assert laptop.syncing.run().not_sent == {}
        photos = laptop.store.photos.for_visit(record.visit_id)
        house = UUID(laptop.buildings.get(HOUSES[0]).id)
        return house, {one.sha256: laptop.store.vault.get(one.sha256) for one in photos}


@pytest.fixture
def other(district: DistrictServer, taken: object, tmp_path: Path) -> Iterator[Laptop]:
    """Another laptop, that has not synced yet."""
    with registered(tmp_path / "other", district, district.port) as laptop:
        yield laptop


def fetched(laptop: Laptop, photo: ForeignPhoto) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    laptop.photographs.fetch(photo, lambda done, total: told.append((done, total)), lambda _abort: None)
    return told


def sound(laptop: Laptop) -> bool:
    return all(step.finding is None for step in laptop.store.verify())


def test_small_copies_come_after_the_rows(other: Laptop, taken: tuple[UUID, dict[str, bytes]]) -> None:
    house, originals = taken
    told: list[tuple[int, int, int]] = []
    result = other.syncing.run(copies=lambda *one: told.append(one))
    assert result.copies is not None
    assert (result.copies.came, result.copies.left, result.copies.refused) == (len(originals), 0, {})
    assert told[-1] == (len(originals), len(originals), result.copies.size)
    photos = of_others(other.store, house)
    assert {one.sha256 for one in photos} == set(originals)
    assert {one.kind for one in photos} > {"front"}
    assert photos[0].who
    for one in photos:
        assert Pictures(other.store).thumbnail(one).startswith(b"\xff\xd8\xff")
    # They are nobody's evidence here, and nothing to send.
    assert other.store.photos.for_building(house) == ()
    assert not other.store.outbox.pending()
    assert sound(other)
    again = other.syncing.run()
    assert again.copies is None


def test_an_original_on_demand(
    other: Laptop, district: DistrictServer, taken: tuple[UUID, dict[str, bytes]]
) -> None:
    house, originals = taken
    other.syncing.run()
    photo = of_others(other.store, house)[0]
    assert not other.photographs.is_here(photo)
    told = fetched(other, photo)
    assert told[-1] == (photo.size, photo.size)
    assert other.photographs.is_here(photo)
    assert other.store.vault.get(photo.sha256) == originals[photo.sha256]
    assert Pictures(other.store).view(photo.sha256)
    assert fetched(other, photo) == []  # it is here: nothing goes over the line
    assert sound(other)
    assert not other.store.outbox.pending()
    query = "SELECT count(*) FROM districtserver_auditentry WHERE event = 'original_fetched'"
    assert district.rows(query)[0][0] >= 1


def test_a_backup_has_what_was_fetched(
    other: Laptop, taken: tuple[UUID, dict[str, bytes]], tmp_path: Path
) -> None:
    from fieldapp.store.backup import back_up, by_passphrase, restore
    from tests.store.building import INSPECTOR, PASSPHRASE

    other.syncing.run()
    photo = of_others(other.store, taken[0])[0]
    fetched(other, photo)
    assert all(step.finding is None for step in back_up(other.store, tmp_path / "kept"))
    opening = by_passphrase(INSPECTOR.inspector_id, PASSPHRASE)
    assert all(step.finding is None for step in restore(tmp_path / "kept", tmp_path / "again", opening))


def test_a_run_brings_so_many_and_the_next_the_rest(
    other: Laptop, taken: tuple[UUID, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldapp.sync.thumbnails.MOST_THUMBNAILS", 2)
    monkeypatch.setattr(photographs, "ROOM_OF_RUN", 1)
    count = len(taken[1])
    first = other.syncing.run()
    assert first.copies is not None
    assert (first.copies.came, first.copies.left) == (2, count - 2)
    monkeypatch.setattr(photographs, "ROOM_OF_RUN", 1_000_000)
    rest = other.syncing.run()
    assert rest.copies is not None
    assert (rest.copies.came, rest.copies.left) == (count - 2, 0)


def test_cancelling_the_copies_leaves_a_good_run(
    other: Laptop, taken: tuple[UUID, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldapp.sync.thumbnails.MOST_THUMBNAILS", 2)

    def enough(came: int, _wanted: int, _size: int) -> None:
        if came:
            other.syncing.cancel()

    result = other.syncing.run(copies=enough)
    assert result.pulled is not None
    assert result.pulled.equal
    assert result.not_brought is None
    assert other.store.sync_runs.list(1)[0].result == "complete"
    assert 0 < len(other.store.fetched.thumbnails()) < len(taken[1])
    other.syncing.run()
    assert len(other.store.fetched.thumbnails()) == len(taken[1])


def test_a_line_that_breaks_among_the_copies_is_told(other: Laptop) -> None:
    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        if path == "/thumbnails":
            raise httpx.ReadError("cut")
        return None

    result = other.syncing.run(network=Between(other.syncing.enrolment, act))
    assert result.not_brought is not None
    assert result.not_brought.code == "SYNC_008"
    assert other.store.sync_runs.list(1)[0].result == "complete"
    assert other.syncing.run().not_brought is None


@pytest.mark.parametrize("harm", ["content", "hash", "picture", "base64"])
def test_a_damaged_or_false_copy_is_refused_alone(
    other: Laptop, taken: tuple[UUID, dict[str, bytes]], harm: str
) -> None:
    false: list[str] = []

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        if path != "/thumbnails":
            return None
        said = network.said(request, body)
        one = said["files"][0]
        false.append(one["sha256"])
        content = bytearray(base64.b64decode(one["jpeg"]))
        if harm == "content":
            content[len(content) // 2] ^= 1
        elif harm == "picture":
            content = bytearray(b"\xff\xd8\xff no picture at all")
        one["jpeg"] = "###" if harm == "base64" else base64.b64encode(content).decode()
        if harm in {"hash", "picture"}:
            one["jpeg_sha256"] = "0" * 64 if harm == "hash" else sha256_of(bytes(content))
        return answer(200, said)

    network = Between(other.syncing.enrolment, act)
    result = other.syncing.run(network=network)
    assert result.copies is not None
    assert list(result.copies.refused) == false
    code = result.copies.refused[false[0]].code
    assert code.startswith("MEDIA_") if harm == "picture" else code == "SYNC_072"
    assert false[0] not in other.store.fetched.thumbnails()
    photo = next(one for one in of_others(other.store, taken[0]) if one.sha256 == false[0])
    assert photo.thumbnail == ""
    other.syncing.run()
    assert false[0] in other.store.fetched.thumbnails()


def test_another_file_than_the_one_asked_for_is_thrown_away(
    other: Laptop, taken: tuple[UUID, dict[str, bytes]]
) -> None:
    other.syncing.run()
    photo = of_others(other.store, taken[0])[0]

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        headers = {"Content-Range": f"bytes 0-{photo.size - 1}/{photo.size}"}
        return httpx.Response(206, stream=httpx.ByteStream(bytes(photo.size)), headers=headers)

    network = Between(other.syncing.enrolment, act)
    with pytest.raises(FieldappError) as raised:
        other.photographs.fetch(photo, lambda _done, _all: None, lambda _abort: None, network)
    assert raised.value.code == "SYNC_072"
    assert not other.photographs.is_here(photo)
    assert not other.store.vault.has(photo.sha256)


def test_an_original_goes_on_where_the_line_broke(
    other: Laptop, taken: tuple[UUID, dict[str, bytes]]
) -> None:
    other.syncing.run()
    photo = of_others(other.store, taken[0])[0]
    asked: list[str] = []

    def halves(content: bytes) -> Iterator[bytes]:
        yield content
        raise httpx.ReadError("cut")

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        asked.append(request.headers["Range"])
        if len(asked) > 1:
            return None
        headers = {"Content-Range": f"bytes 0-{photo.size - 1}/{photo.size}"}
        return httpx.Response(206, content=halves(taken[1][photo.sha256][:100]), headers=headers)

    network = Between(other.syncing.enrolment, act)
    other.photographs.fetch(photo, lambda _done, _all: None, lambda _abort: None, network)
    assert asked == [f"bytes=0-{photo.size - 1}", f"bytes=100-{photo.size - 1}"]
    assert other.store.vault.get(photo.sha256) == taken[1][photo.sha256]


def test_cancelled_within_a_part(other: Laptop, taken: tuple[UUID, dict[str, bytes]]) -> None:
    other.syncing.run()
    photo = of_others(other.store, taken[0])[0]
    aborts: list[Callable[[], None]] = []

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        aborts[0]()
        raise httpx.ReadError("broken by the cancel")

    with pytest.raises(Cancelled):
        other.photographs.fetch(
            photo, lambda _done, _all: None, aborts.append, Between(other.syncing.enrolment, act)
        )
    assert not other.photographs.is_here(photo)


def test_what_the_server_does_not_have_is_said(
    other: Laptop, district: DistrictServer, taken: tuple[UUID, dict[str, bytes]]
) -> None:
    other.syncing.run()
    photo = of_others(other.store, taken[0])[1]
    file = district.folder / "blobs" / photo.sha256[:2] / photo.sha256
    content = file.read_bytes()
    file.unlink()
    try:
        with pytest.raises(UserError) as raised:
            fetched(other, photo)
        assert raised.value.code == "SYNC_070"
    finally:
        file.write_bytes(content)
    with pytest.raises(UserError) as raised:
        other.photographs.find("0" * 64)
    assert raised.value.code == "SYNC_075"
    assert other.photographs.find(photo.sha256[:12]) == photo


def test_without_a_network_it_says_so(other: Laptop, taken: tuple[UUID, dict[str, bytes]]) -> None:
    other.syncing.run()

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        raise httpx.ConnectError("no route")

    photo = of_others(other.store, taken[0])[0]
    with pytest.raises(EnvironmentProblem) as raised:
        other.photographs.fetch(
            photo, lambda _done, _all: None, lambda _abort: None, Between(other.syncing.enrolment, act)
        )
    assert raised.value.code == "SYNC_003"


def test_a_house_leaves_and_comes_back_with_its_photographs(
    other: Laptop, district: DistrictServer, taken: tuple[UUID, dict[str, bytes]]
) -> None:
    """The assignment of single houses changes: rows and small copies leave and enter."""
    house, originals = taken
    device = str(other.syncing.enrolment.device_id)
    district.run("assign", device, "--house", HOUSES[0], "--house", HOUSES[1])
    other.syncing.run()
    assert len(other.store.fetched.thumbnails()) == len(originals)
    photo = of_others(other.store, house)[0]
    assert district.run("assign", device, "--house", HOUSES[1])["houses"] != []
    result = other.syncing.run()
    assert result.pulled is not None
    assert (result.pulled.equal, result.pulled.gone, result.pulled.rows) == (True, 2, 0)
    assert other.store.register.get("buildings", str(house)) is None
    assert other.store.fetched.thumbnails() == {}
    with pytest.raises(UserError) as raised:
        fetched(other, photo)
    assert raised.value.code == "SYNC_071"
    district.run("assign", device, "--house", HOUSES[1], "--community", HOUSES[0].partition("-")[0])
    back = other.syncing.run()
    assert back.pulled is not None
    assert (back.pulled.equal, back.pulled.gone) == (True, 0)
    assert len(other.store.fetched.thumbnails()) == len(originals)
    assert fetched(other, photo)[-1] == (photo.size, photo.size)


def test_a_copy_that_was_lost_here_comes_again(other: Laptop, taken: tuple[UUID, dict[str, bytes]]) -> None:
    other.syncing.run()
    photo = of_others(other.store, taken[0])[0]
    other.store.vault.path(photo.thumbnail).unlink()
    with pytest.raises(UserError):
        Pictures(other.store).thumbnail(photo)
    other.syncing.run()
    assert Pictures(other.store).thumbnail(photo)


FORM_2 = "photographs_test"


def small_form(version: str, broken: str = "") -> bytes:
    """A form of one question; ``broken`` stands in its constraint."""
    return f"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
  xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Small</h:title><model>
<instance><data id="{FORM_2}" version="{version}"><floors/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/floors" type="int" constraint=". &lt; 100{broken}"/>
<bind nodeset="/data/meta/instanceID" type="string" readonly="true()" jr:preload="uid"/>
</model></h:head><h:body><input ref="/data/floors"><label>Floors</label></input></h:body></h:html>
""".encode()


def test_a_new_version_of_a_form_is_fetched_and_put_beside_the_old(
    other: Laptop, district: DistrictServer, tmp_path: Path
) -> None:
    other.syncing.run()
    for version in ("2022.9", "2022.10"):
        (tmp_path / "form.xml").write_bytes(small_form(version))
        district.run("publish-form", str(tmp_path / "form.xml"))
        steps: list[str] = []
        result = other.syncing.run(Steps(steps))
        assert [(one.form_id, one.version) for one in result.forms_taken] == [(FORM_2, version)]
        assert "forms" in steps
        newest = other.store.forms.get(FORM_2)
        assert newest is not None
        assert (newest.version, newest.xml) == (version, small_form(version))
    assert other.store.forms.get(FORM_2, "2022.9") is not None
    assert other.syncing.run().forms_taken == ()
    (tmp_path / "form.xml").write_bytes(small_form("2022.2"))
    district.run("publish-form", str(tmp_path / "form.xml"))
    assert other.syncing.run().forms_taken == ()  # published late, and older than what is installed


def test_a_form_that_cannot_be_used_is_refused_by_name(other: Laptop) -> None:
    """It comes through a server that is newer than this laptop and takes what this one does not know."""
    broken = small_form("2099.1", " + no-such-function(.)")

    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        if path == "/hello":
            said = network.said(request, body)
            ref = {"form_id": FORM_2, "version": "2099.1", "sha256": sha256_of(broken)}
            return answer(200, said | {"forms": [*said["forms"], ref]})
        if path == f"/forms/{sha256_of(broken)}":
            return answer(200, broken)
        return None

    network = Between(other.syncing.enrolment, act)
    before = [(one.form_id, one.version) for one in other.store.forms.list()]
    result = other.syncing.run(network=network)
    (error,) = result.forms_refused
    assert (error.code, error.slots["form"], error.slots["version"]) == ("SYNC_074", FORM_2, "2099.1")
    assert "2099.1" not in [one.version for one in other.store.forms.list()]
    assert set(before) <= {(one.form_id, one.version) for one in other.store.forms.list()}
    assert result.pulled is not None
    assert json.dumps(error.slots)


def test_drafts_stay_on_their_version(other: Laptop, district: DistrictServer) -> None:
    opened = filled(other, MAJOR)
    version = opened.session.definition.version
    newer = built_form(FORM).replace(f'version="{version}"'.encode(), b'version="2099.1"')
    assert newer != built_form(FORM)
    other.store.forms.install(FORM, "2099.1", newer)
    again = other.filling.open(opened.visit_id, FORM)
    assert again.session.definition.version == version
    assert other.filling.definition(FORM).version == "2099.1"
    del district


def test_versions_in_order() -> None:
    from fieldapp.sync.protocol import FormRef

    def ref(version: str) -> FormRef:
        return FormRef(form_id="f", version=version, sha256="0" * 64)

    assert bringing.newer([ref("2022.9"), ref("2022.10"), ref("2022.2")], {}) == [ref("2022.10")]
    assert bringing.newer([ref("2022.9")], {"f": "2022.10"}) == []
    assert bringing.newer([ref("2022.10")], {"f": "2022.10"}) == []


class Steps:
    """A listener that keeps the steps."""

    def __init__(self, steps: list[str]) -> None:
        self._steps = steps

    def step(self, name: str) -> None:
        self._steps.append(name)

    def progress(self, done: int, total: int) -> None:
        """Nothing."""

    def part(self, instance_id: UUID, done: int, total: int) -> None:
        """Nothing."""

    def item(self, instance_id: UUID, state: str) -> None:
        """Nothing."""


def test_the_command_fetches_an_original(
    other: Laptop,
    taken: tuple[UUID, dict[str, bytes]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from fieldapp.cli import main
    from tests.services.office import open_laptop
    from tests.store.building import PASSPHRASE

    other.syncing.run()
    folder, (sha256, content) = other.store.folder, next(iter(taken[1].items()))
    other.close()
    monkeypatch.setenv("FIELDAPP_PASSPHRASE", PASSPHRASE)
    for new in (True, False):
        assert main(["photos", "fetch", sha256[:10], "--data", str(folder), "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["sha256"], said["new"]) == (sha256, new)
    assert main(["photos", "fetch", "ffff0000ffff", "--data", str(folder)]) == 3
    assert "SYNC_075" in capsys.readouterr().err
    with open_laptop(folder) as again:
        assert again.store.vault.get(sha256) == content
