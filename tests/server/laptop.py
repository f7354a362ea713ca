"""A laptop as the server sees it, without the laptop's own code: keys, a small form, signed submissions."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldapp.sync.protocol import (
    AttachmentRef,
    Enrol,
    FormRef,
    SignedStatement,
    SubmissionEnvelope,
    SubmissionManifest,
    VisitHead,
    sha256_of,
    signed,
)

BUILDING = UUID(int=11)
PHOTO = b"\xff\xd8 a photograph " * 1000

SMALL = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
  xmlns:jr="http://openrosa.org/javarosa" xmlns:entities="http://www.opendatakit.org/xforms/entities"
  xmlns:orx="http://openrosa.org/xforms">
<h:head><h:title>Small</h:title><model entities:entities-version="2024.1.0">
<instance><data id="small" version="%s"><floors/><owner/><photo/>
<meta><instanceID/><entity dataset="buildings" id="" update="1" baseVersion=""/></meta></data></instance>
<bind nodeset="/data/floors" type="int" required="true()" constraint=". &lt; 100"
  entities:saveto="floors_up"/>
<bind nodeset="/data/owner" type="string" entities:saveto="owner_name"/>
<bind nodeset="/data/photo" type="binary"/>
<bind nodeset="/data/meta/instanceID" type="string" readonly="true()" jr:preload="uid"/>
<bind nodeset="/data/meta/entity/@id" type="string"/>
<bind nodeset="/data/meta/entity/@update" type="string"/>
<bind nodeset="/data/meta/entity/@baseVersion" type="string"/>
</model></h:head><h:body>
<input ref="/data/floors"><label>Floors</label></input>
<input ref="/data/owner"><label>Owner</label></input>
<upload ref="/data/photo" mediatype="image/*"><label>Photo</label></upload>
</h:body></h:html>
"""


def small_form(version: str = "1") -> bytes:
    """The form that these submissions fill."""
    return (SMALL % version).encode()


def small_ref(version: str = "1") -> FormRef:
    return FormRef(form_id="small", version=version, sha256=sha256_of(small_form(version)))


@dataclass(frozen=True)
class Draft:
    """What a submission will say; ``replace`` it to say something else."""

    instance_id: UUID = field(default_factory=uuid4)
    record_id: UUID | None = None
    version: int = 1
    deprecated_id: UUID | None = None
    floors: str = "3"
    owner: str = "甲"
    base: str = "1"
    photos: tuple[bytes, ...] = (PHOTO,)
    form: FormRef = field(default_factory=small_ref)
    visit_id: UUID = field(default_factory=uuid4)
    visit_result: str = "done"
    building: UUID | None = BUILDING
    xml: bytes | None = None

    def names(self) -> list[str]:
        return [f"{sha256_of(photo)}.jpg" for photo in self.photos]

    def bytes(self) -> bytes:
        if self.xml is not None:
            return self.xml
        photo = "".join(self.names()[:1])
        return (
            f'<data id="small" version="{self.form.version}"><floors>{self.floors}</floors>'
            f"<owner>{self.owner}</owner><photo>{photo}</photo><meta><instanceID>uuid:{self.instance_id}"
            f'</instanceID><entity dataset="buildings" id="{BUILDING}" update="1" baseVersion="{self.base}"/>'
            "</meta></data>"
        ).encode()

    def correction(self, **changes: object) -> Draft:
        """The next version of the same record."""
        changed: Mapping[str, object] = {
            "instance_id": uuid4(),
            "record_id": self.record_id or self.instance_id,
            "version": self.version + 1,
            "deprecated_id": self.instance_id,
            **changes,
        }
        return replace(self, **changed)  # type: ignore[arg-type]  # any field may be changed by name


@dataclass
class Laptop:
    """A key pair, and an identity once enrolled."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    device_id: UUID = field(default_factory=lambda: UUID(int=0))
    token: str = ""

    @property
    def public_key(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def enrol(self, code: str) -> Enrol:
        return Enrol(code=code, device_name="laptop", public_key=self.public_key, client="0.1.0")

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def manifest(self, draft: Draft) -> SubmissionManifest:
        moment = datetime(2022, 12, 8, 2, 0, tzinfo=UTC)
        return SubmissionManifest(
            instance_id=draft.instance_id,
            record_id=draft.record_id or draft.instance_id,
            version=draft.version,
            deprecated_id=draft.deprecated_id,
            form=draft.form,
            ruleset="2022.2",
            visit=VisitHead(
                visit_id=draft.visit_id,
                building_id=draft.building,
                kind="first",
                result=draft.visit_result,
                tasks=("t01",),
                team=(),
                started_at=moment,
                ended_at=moment,
                source="screen",
            ),
            sha256=sha256_of(draft.bytes()),
            size=len(draft.bytes()),
            attachments=tuple(
                AttachmentRef(name=name, sha256=sha256_of(photo), size=len(photo), media_type="image/jpeg")
                for name, photo in zip(draft.names(), draft.photos, strict=True)
            ),
            device_id=self.device_id,
            actor="a",
            finalized_at=moment,
        )

    def envelope(self, draft: Draft, manifest: SubmissionManifest | None = None) -> SubmissionEnvelope:
        return SubmissionEnvelope(
            manifest=signed(manifest or self.manifest(draft), self.key),
            xml=base64.b64encode(draft.bytes()).decode(),
        )

    def forged(self, draft: Draft) -> SubmissionEnvelope:
        """The statement of another manifest under this one's signature."""
        envelope = self.envelope(draft)
        other = envelope.manifest.statement.replace('"actor":"a"', '"actor":"b"')
        statement = SignedStatement(
            key_id=envelope.manifest.key_id, statement=other, signature=envelope.manifest.signature
        )
        return SubmissionEnvelope(manifest=statement, xml=envelope.xml)
