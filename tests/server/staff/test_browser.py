"""A browser on the real server: TLS, cookies, static files, a session that outlives ``kill -9``."""

from __future__ import annotations

import re
import ssl
from contextlib import closing
from uuid import uuid4

import httpx

from tests.server.calls import batch_of, patch_headers
from tests.server.district import DistrictServer
from tests.server.laptop import Draft, Laptop
from tests.server.staff.conftest import PASSWORD, PHOTO


def signed_in(district: DistrictServer, role: str = "reviewer") -> httpx.Client:
    """A browser after a new user of ``role`` has signed in by the form."""
    name = f"chen-{uuid4().hex[:8]}"
    added = district.run("staff", "add", name, "--role", role, typed=f"{PASSWORD}\n")
    assert added == {"user": name, "role": role}
    trust = ssl.create_default_context(cafile=str(district.ca))
    browser = httpx.Client(base_url=district.url, verify=trust, trust_env=False, timeout=20)
    browser.headers["Accept"] = "text/html"
    page = browser.get("/", follow_redirects=True)
    assert (page.status_code, page.url.path) == (200, "/staff/sign-in")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    form = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    origin = {"Origin": district.url, "Referer": str(page.url)}
    answer = browser.post("/staff/sign-in", data=form, headers=origin)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/submissions/"), answer.text
    return browser


def test_a_reviewer_sees_what_a_laptop_sent(
    district: DistrictServer, line: httpx.Client, laptop: Laptop
) -> None:
    draft = Draft(photos=(PHOTO,), base="9")
    name = draft.names()[0]
    headers = patch_headers(laptop, 0, len(PHOTO))
    assert line.patch(f"/blobs/{name[:64]}", content=PHOTO, headers=headers).status_code == 204
    body = batch_of(laptop.envelope(draft)).model_dump_json()
    sent = line.post("/submissions", content=body, headers=laptop.bearer).json()
    assert sent["items"][0]["state"] == "stored"
    with closing(signed_in(district)) as browser:
        assert str(draft.instance_id) in browser.get("/staff/submissions/").text
        small = browser.get(f"/staff/submissions/{draft.instance_id}/files/{name}/small")
        assert (small.status_code, small.content[:3]) == (200, b"\xff\xd8\xff")
        whole = browser.get(f"/staff/submissions/{draft.instance_id}/files/{name}")
        assert whole.content == PHOTO
        for file, kind in (("staff.css", "text/css"), ("htmx-2.0.11.min.js", "text/javascript")):
            answer = browser.get(f"/static/staff/{file}")
            assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, kind)
        district.kill()
        district.start()
        assert browser.get("/staff/ledger/").status_code == 200
    assert line.get(f"{district.url}/staff/ledger/").status_code == 302
