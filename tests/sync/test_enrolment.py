"""Enrolment with a real code of a real server, and what is kept of it."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx
import pytest

from fieldapp.errors import FieldappError, UserError
from fieldapp.sync.enrolment import Enrolment, connected, enrol
from fieldapp.sync.hello import hello
from fieldapp.sync.transport import Transport
from tests.server.laptop import Laptop
from tests.sync.between import Between, answer
from tests.sync.conftest import Parties
from tests.sync.rounds import now


def enrolled(parties: Parties, code: str, laptop: Laptop, network: Between | None = None) -> Enrolment:
    ca = parties.district.ca.read_text(encoding="ascii")
    with Transport(parties.district.url, ca_pem=ca, network=network) as transport:
        return enrol(
            transport,
            code=code,
            device_name="二号",
            public_key=laptop.key.public_key().public_bytes_raw(),
            client="0.1.0",
        )


def test_code_is_repeatable_until_the_first_hello(parties: Parties) -> None:
    code, laptop = parties.district.code(), Laptop()
    first = enrolled(parties, f"  {code.lower()} ", laptop)
    assert enrolled(parties, code, laptop) == first
    with connected(first) as transport:
        hello(transport, client="0.1.0", now=now())
    with pytest.raises(UserError) as used:
        enrolled(parties, code, laptop)
    assert used.value.code == "SYNC_052"
    with pytest.raises(UserError) as unknown:
        enrolled(parties, "0000-0000-0000", laptop)
    assert unknown.value.code == "SYNC_050"


def test_what_is_kept_comes_back_and_hides_the_token(parties: Parties) -> None:
    kept = json.loads(json.dumps(parties.enrolment.as_json()))
    assert Enrolment.from_json(kept) == parties.enrolment
    assert parties.enrolment.token not in repr(parties.enrolment)
    with pytest.raises(KeyError):
        Enrolment.from_json({})
    with pytest.raises(ValueError, match="server_keys"):
        Enrolment.from_json(kept | {"server_keys": "x"})


def test_revoked_laptop_is_told_at_hello(parties: Parties) -> None:
    laptop = Laptop()
    stolen = enrolled(parties, parties.district.code(), laptop)
    parties.district.run("revoke", str(stolen.device_id))
    with connected(stolen) as transport, pytest.raises(UserError) as raised:
        hello(transport, client="0.1.0", now=now())
    assert raised.value.code == "SYNC_021"
    with connected(replace(stolen, token="x")) as transport, pytest.raises(UserError) as unknown:
        hello(transport, client="0.1.0", now=now())
    assert unknown.value.code == "SYNC_020"


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("SYNC_013", {"server_keys": []}),
        ("SYNC_013", {"server_keys": ["x"]}),
        ("SYNC_013", {"recovery_key": "AAAA"}),
        ("SYNC_014", {"ca_pem": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"}),
    ],
)
def test_keys_that_are_none_are_refused(parties: Parties, code: str, change: dict[str, object]) -> None:
    def act(path: str, request: httpx.Request, body: bytes) -> httpx.Response | None:
        return answer(200, network.said(request, body) | change)

    network = Between(parties.enrolment, act)
    with pytest.raises(FieldappError) as raised:
        enrolled(parties, parties.district.code(), Laptop(), network)
    assert raised.value.code == code
