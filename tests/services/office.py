"""A laptop for tests: a real store with the real form, a few houses of the sample district, weak keys."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from fieldapp import app
from fieldapp.cli.demo.district import write_csv
from fieldapp.domain.sample import sample_district
from fieldapp.services.answer_file import Answers, Editor, fill, read_answers
from fieldapp.services.filling import OpenForm
from fieldapp.services.laptop import Laptop
from fieldapp.services.publishing import built_form, find_form
from fieldapp.settings import resources
from fieldapp.sheets.gathering import photo_kind
from fieldapp.store import Inspector, Store
from fieldapp.store.model import RegisterRow
from fieldapp.sync.enrolment import Enrolment
from tests.server.district import DistrictServer
from tests.store.building import INSPECTOR, PASSPHRASE, RECOVERY, WEAK

CHINA = timezone(timedelta(hours=8))
MORNING = datetime(2022, 12, 8, 9, 5, tzinfo=CHINA)
FORM = "hazard_inspection"
HOUSES = ("350502005006-0001", "350502002006-0001", "350502006019-0001")
MAJOR, LOCKED = "1-major-hazard.json", "2-locked-door.json"


@cache
def form() -> tuple[str, bytes]:
    """Version and XForm of F02."""
    return find_form(FORM).version, built_form(FORM)


def enrolment(key: Ed25519PrivateKey | None = None) -> Enrolment:
    """A registration with a district that nobody serves."""
    server = (key or Ed25519PrivateKey.generate()).public_key().public_bytes_raw()
    recovery = RECOVERY.public_key().public_bytes_raw()
    return Enrolment("https://127.0.0.1:9", UUID(int=77), "token", "鲤城区", (server,), recovery, "")


def register_row(row: Mapping[str, str]) -> RegisterRow:
    """A row of the sample district as the register takes it in."""
    known = {name: value for name, value in row.items() if name not in {"name", "label"}}
    return RegisterRow(row["name"], row["label"], known)


def new_laptop(
    folder: Path, clock: Callable[[], datetime] = lambda: MORNING, inspector: Inspector = INSPECTOR
) -> Laptop:
    """A new store in ``folder`` with form and houses."""
    store = Store.create(
        folder,
        inspector,
        PASSPHRASE,
        recovery_key=RECOVERY.public_key().public_bytes_raw(),
        settings={"enrolment": enrolment().as_json()},
        strength=WEAK,
        clock=clock,
    )
    version, xform = form()
    store.forms.install(FORM, version, xform)
    rows = [row for row in sample_district() if row["building_code"] in HOUSES]
    store.register.import_rows("buildings", map(register_row, rows))
    return app.built(store, clock)


@contextmanager
def serving(folder: Path, houses: Container[str] = HOUSES, url: str = "") -> Iterator[DistrictServer]:
    """A running district server with F02 and these houses of the sample district, by code.

    ``url``: a PostgreSQL instead of the SQLite file in ``folder``.
    """
    (folder / "f02.xml").write_bytes(form()[1])
    rows = [row for row in sample_district() if row["building_code"] in houses]
    write_csv(rows, folder / "houses.csv")
    file = folder / "houses.csv" if rows else None
    server = DistrictServer(folder / "data", (folder / "f02.xml",), file, url)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def open_laptop(folder: Path, clock: Callable[[], datetime] = lambda: MORNING) -> Laptop:
    """The same laptop again."""
    return app.unlock(folder, INSPECTOR.inspector_id, PASSPHRASE, clock)


def answers(name: str) -> Answers:
    """The answers of one of the demonstration visits."""
    return read_answers(resources() / "samples" / "visits" / name)


def jpeg(seed: int = 0, size: tuple[int, int] = (320, 240), note: str = "") -> bytes:
    """A small camera file, other bytes for every seed; ``note`` stands in its EXIF."""
    image = Image.new("RGB", size, (seed % 256, 80, 120))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Camera", note or "One"
    exif.get_ifd(0x8769)[0x9003] = "2022:12:08 09:07:00"
    stream = io.BytesIO()
    image.save(stream, "JPEG", exif=exif, quality=80)
    return stream.getvalue()


def begin(laptop: Laptop, name: str = LOCKED) -> OpenForm:
    """A visit of the house that an answers file names, its form open and untouched."""
    said = answers(name)
    building = laptop.buildings.get(said.building.wanted)
    visit = laptop.visits.begin(
        UUID(building.id), [FORM], team=said.visit.members, started_at=said.visit.started_at
    )
    return laptop.filling.open(visit.visit_id, FORM)


def filled(laptop: Laptop, name: str = LOCKED, picture: Callable[[str], bytes] | None = None) -> OpenForm:
    """The same, with all answers of the file; each photograph is a small one of its own, or ``picture``'s."""
    opened = begin(laptop, name)
    taken: dict[str, str] = {}

    def attach(path: str, photo: str) -> None:
        if photo not in taken:
            own = jpeg(len(taken), note=f"{photo} {opened.visit_id}")
            content = own if picture is None else picture(photo)
            kind = photo_kind(opened.session, path)
            taken[photo] = laptop.evidence.add(opened.visit_id, content, question=path, kind=kind).name
        opened.attach(path, taken[photo])

    editor = Editor(opened.answer, opened.add_repeat, opened.remove_repeat, attach)
    fill(answers(name), opened.session.definition, editor, lambda done, total: None)
    opened.settle()
    return opened


def answer_until_killed(folder: Path) -> None:
    """Open a visit and answer text questions for ever; each edit is named on stdout once it is durable."""
    with open_laptop(folder) as laptop:
        opened = begin(laptop)
        opened.answer("/data/g_outcome/visit_result", "locked")
        paths = ("/data/g_outcome/visit_reason", "/data/g_outcome/next_visit_date")
        for number in range(100_000):
            path = paths[number % 2]
            value = f"敲门 {number} 次" if number % 2 == 0 else f"2023-{number % 12 + 1:02d}-15"
            opened.answer(path, value)
            opened.settle()
            sys.stdout.write(f"{opened.visit_id} {number} {path} {value}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    answer_until_killed(Path(sys.argv[1]))
