"""What takes longer than a page may, on the real server: sheets drawn, ledgers taken in and undone."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from fieldapp.store import Inspector
from tests.server.databases import Databases
from tests.server.district import DistrictServer
from tests.server.staff.test_browser import signed_in
from tests.services.office import LOCKED, MAJOR, answers, filled, jpeg, serving
from tests.services.test_syncing import registered

ROWS = 1_200


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[DistrictServer]:
    """A server with three houses and F02."""
    with serving(tmp_path_factory.mktemp("work"), url=databases.create("work")) as server:
        yield server


def followed(browser: httpx.Client, answer: httpx.Response) -> httpx.Response:
    """What a browser ends at: pages of progress are asked again, as HTMX does it."""
    until = time.monotonic() + 120
    while True:
        while answer.is_redirect:
            answer = browser.get(answer.headers["Location"])
        assert answer.status_code == 200, answer.text
        progress = (
            re.search(r'class="working".* hx-get="([^"]+)"', answer.text) if answer.is_success else None
        )
        if progress is None:
            return answer
        assert time.monotonic() < until
        time.sleep(0.1)
        address = html.unescape(progress[1])
        answer = browser.get(address, headers={"HX-Request": "true"})
        assert "<html" not in answer.text
        if "HX-Redirect" in answer.headers:
            answer = browser.get(answer.headers["HX-Redirect"])


def posted(browser: httpx.Client, page: httpx.Response, address: str, **fields: str) -> httpx.Response:
    """A form of ``page`` sent, and what the browser ends at."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    origin = {"Origin": str(browser.base_url).rstrip("/"), "Referer": str(page.url)}
    content = fields.pop("content", None)
    files = None if content is None else {"file": ("big.csv", content.encode())}
    sent = browser.post(
        address, data={**fields, "csrfmiddlewaretoken": token[1]}, files=files, headers=origin
    )
    return followed(browser, sent)


def houses(district: DistrictServer) -> int:
    query = "SELECT COUNT(*) FROM districtserver_entity WHERE list = 'buildings' AND NOT deleted"
    return int(district.rows(query)[0][0])


@pytest.mark.parametrize("name", [MAJOR, LOCKED])
def test_the_sheet_is_the_laptops_byte_by_byte(district: DistrictServer, tmp_path: Path, name: str) -> None:
    # The server names the first of the team as the photographer: the manifest has the slot, not the name.
    carrier = Inspector("chen", answers(name).visit.members[0].name)
    with registered(tmp_path / "laptop", district, district.port, carrier) as laptop:
        pictures = (jpeg(number, (1600, 1200), note=f"{name} {number}") for number in range(100))
        (record,) = laptop.visits.finalize(filled(laptop, name, lambda _photo: next(pictures)).visit_id)
        laptop.syncing.run()
        drawn = laptop.paper.sheet(record, "archive").pdf
        with closing(signed_in(district)) as browser:
            page = browser.get(f"/staff/submissions/{record.chain.instance_id}")
            (address,) = re.findall(r'href="([^"]+/sheet)"', page.text)
            for _again in range(2):  # drawn, then kept
                sheet = followed(browser, browser.get(address))
                assert sheet.headers["Content-Type"] == "application/pdf"
                assert sheet.content == drawn
        with closing(signed_in(district, "reader")) as browser:
            assert "/sheet" not in browser.get(f"/staff/submissions/{record.chain.instance_id}").text
            assert browser.get(address).status_code == 403


def test_a_photograph_that_is_gone_is_told_and_no_sheet_is_kept(
    district: DistrictServer, tmp_path: Path
) -> None:
    with registered(tmp_path / "laptop", district, district.port) as laptop:
        (record,) = laptop.visits.finalize(filled(laptop, LOCKED).visit_id)
        laptop.syncing.run()
    sha256 = record.attachments[0].sha256
    (file,) = (district.folder / "blobs").rglob(sha256)
    file.rename(tmp_path / "aside")
    with closing(signed_in(district)) as browser:
        told = followed(browser, browser.get(f"/staff/submissions/{record.chain.instance_id}/sheet"))
        assert told.url.path == f"/staff/submissions/{record.chain.instance_id}"
        assert 'class="banner error"' in told.text
        (tmp_path / "aside").rename(file)
        sheet = followed(browser, browser.get(f"/staff/submissions/{record.chain.instance_id}/sheet"))
        assert sheet.content.startswith(b"%PDF")


def test_a_ledger_is_taken_in_and_undone_page_by_page(district: DistrictServer) -> None:
    before = houses(district)
    lines = [f"新建路{number}号,亭店社区,王小明,{number % 7 + 1}层" for number in range(ROWS)]
    content = "\n".join(["地址,社区,户主,层数", *lines])
    with closing(signed_in(district, "admin")) as browser:
        listed = browser.get("/staff/ledgers/")
        looked = posted(browser, listed, "/staff/ledgers/upload", content=content)
        assert f"新增 {ROWS} 栋" in looked.text
        assert houses(district) == before
        rows = posted(browser, looked, str(looked.url.path), take="")
        assert rows.url.path.startswith("/staff/ledgers/")
        assert houses(district) == before + ROWS
        assert (
            "新建路7号" in browser.get("/staff/ledger/?q=新建路7号").text
        )  # searchable when it is told done
        undone = posted(browser, rows, f"{rows.url.path}/undo")
        assert "已撤销" in undone.text
        assert houses(district) == before
        assert posted(browser, undone, f"{rows.url.path}/undo").url.path == rows.url.path


def test_work_that_nobody_knows_leads_back(district: DistrictServer) -> None:
    """A page of progress that was left open while the server was started again."""
    with closing(signed_in(district, "admin")) as browser:
        answer = browser.get(f"/staff/ledgers/take/{'0' * 64}")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/ledgers/")
