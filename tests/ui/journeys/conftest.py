"""One district, its houses, and files of a camera, for every journey from the first run to the receipt."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp import app as composition
from fieldapp.domain.sample import sample_district
from fieldapp.services.access import Access
from fieldapp.services.publishing import built_form
from fieldapp.settings import now
from tests.server.district import DistrictServer
from tests.services.office import jpeg
from tests.store.building import WEAK

STREET, HOUSES = "350502005", 60
CAMERAS = os.environ.get("FIELDAPP_PHOTOS", "")
#: Files of the corpus that every camera reader must take.
NAMES = ("gps_DSCN0010.jpg", "gps_DSCN0012.jpg", "gps_DSCN0021.jpg", "Canon_40D.jpg")


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The register file that the district office hands out."""
    rows = [row for row in sample_district() if row["building_code"].startswith(STREET)][:HOUSES]
    file = tmp_path_factory.mktemp("office") / "houses.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, sorted({name for row in rows for name in row}))
        writer.writeheader()
        writer.writerows(rows)
    return file


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory, houses: Path) -> Iterator[DistrictServer]:
    """A running server with the forms and the same houses."""
    folder = tmp_path_factory.mktemp("district")
    forms = []
    for form_id in ("building_profile", "hazard_inspection", "periodic_check"):
        forms.append(folder / f"{form_id}.xml")
        forms[-1].write_bytes(built_form(form_id))
    server = DistrictServer(folder / "data", tuple(forms), houses).start()
    yield server
    server.kill()


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """The door of a laptop that was never used."""
    return composition.access(tmp_path / "laptop", now, WEAK)


@pytest.fixture
def photographs(tmp_path: Path) -> tuple[Path, ...]:
    """Four files as a camera left them: of real cameras where the corpus is at hand."""
    card = tmp_path / "card"
    card.mkdir()
    for number, name in enumerate(NAMES):
        content = Path(CAMERAS, name).read_bytes() if CAMERAS else jpeg(number, (640, 480), note=name)
        (card / f"IMG_{number}.jpg").write_bytes(content)
    return tuple(sorted(card.iterdir()))
