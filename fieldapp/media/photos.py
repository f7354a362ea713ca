"""Taking photographs in, and the copies made of them.

An original is never altered: it is hashed, examined, decoded once to prove that it can be, and handed
on as it came. What cannot be used is refused with its reason and its bytes, so that the store can keep
them aside; in a folder nothing stops the others.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image

from fieldapp.errors import EnvironmentProblem, FieldappError, UserError
from fieldapp.media.decoding import Examined, decoded, encoded, examined
from fieldapp.media.exif import Position
from fieldapp.media.recognition import MAX_FILE_BYTES

#: Long edges in pixels. 2016 is half of the common 4032: libjpeg halves while decoding, the rest is free.
VIEW_EDGE = 2016
WORKING_EDGE = 1600
SHEET_EDGE = 1000
THUMBNAIL_EDGE = 256
#: Thumbnails travel with every pull (design, section 4).
THUMBNAIL_BYTES = 20_000

# What operating systems leave in every folder; no inspector means it.
_LITTER = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", ".ds_store"})


@dataclass(frozen=True, slots=True, repr=False)
class Photograph:
    """An original and what is known of it.

    ``original`` are the bytes as they came, ``sha256`` 64 hex digits over them. ``width`` and ``height``
    are upright pixels; ``orientation`` is the EXIF value 1..8 as stored. ``taken_at`` is the camera's
    local time without zone, ``utc_offset`` its offset where recorded. ``make``/``model`` name the camera.
    ``has_exif`` is False for copies that lost everything (messengers): these are marked 非原图.
    """

    original: bytes
    sha256: str
    media_type: str
    extension: str
    width: int
    height: int
    orientation: int
    taken_at: datetime | None
    utc_offset: timedelta | None
    gps: Position | None
    make: str
    model: str
    has_exif: bool
    source: Examined

    @property
    def size(self) -> int:
        """Length of the original in bytes."""
        return len(self.original)

    @property
    def camera(self) -> str:
        """Make and model in one line, the make not said twice; empty when unknown."""
        if self.model.lower().startswith(self.make.lower()):
            return self.model
        return f"{self.make} {self.model}".strip()

    @property
    def attachment_name(self) -> str:
        """Name inside an instance: ``<sha256>.<ext>``, so that the instance's hash commits to it."""
        return f"{self.sha256}.{self.extension}"

    def __repr__(self) -> str:
        return f"Photograph({self.sha256[:12]}, {self.media_type}, {self.width}x{self.height})"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A photograph with its working copy (1600 px) and thumbnail (256 px, <= 20 kB), both JPEG bytes."""

    photo: Photograph
    working_copy: bytes
    thumbnail: bytes


@dataclass(frozen=True, slots=True)
class Imported:
    """A file of a folder that is a photograph; ``path`` is where it lay."""

    path: Path
    photo: Photograph


@dataclass(frozen=True, slots=True, repr=False)
class Refused:
    """A file that is none, and why.

    ``original`` are its bytes for keeping aside; None when it could not be read or exceeds 256 MB (the
    file itself is left where it is in any case). ``sha256`` belongs to ``original``.
    """

    path: Path
    error: FieldappError
    original: bytes | None
    sha256: str | None

    def __repr__(self) -> str:
        return f"Refused({self.error.code})"


def import_photo(source: Path | bytes) -> Photograph:
    """Take one photograph in: hash, headers, EXIF, and one full decode as proof.

    Raises UserError MEDIA_001..009 (the file), EnvironmentProblem MEDIA_020 (it cannot be read) or
    MEDIA_022 (memory is short).
    """
    photo = _described(bytes_of(source))
    decoded(photo.source, THUMBNAIL_EDGE)
    return photo


def take_in(source: Path | bytes) -> TakenIn:
    """The whole import job with a single decode: as ``import_photo``, plus working copy and thumbnail.

    Raises as ``import_photo``.
    """
    photo = _described(bytes_of(source))
    image = decoded(photo.source, WORKING_EDGE)
    return TakenIn(photo, encoded(image, 85, image.info.get("icc_profile")), _thumbnail(image))


def thumbnail(photo: Photograph) -> bytes:
    """JPEG of at most 256 px and 20 kB."""
    return _thumbnail(decoded(photo.source, THUMBNAIL_EDGE))


def sheet_copy(photo: Photograph) -> bytes:
    """JPEG of 1000 px for the printed sheet (300 dpi at 80 mm), quality 82, without a colour profile."""
    return encoded(decoded(photo.source, SHEET_EDGE), 82)


def view_copy(photo: Photograph) -> bytes:
    """JPEG of 2016 px for the screen, quality 85."""
    image = decoded(photo.source, VIEW_EDGE)
    return encoded(image, 85, image.info.get("icc_profile"))


def import_folder(folder: Path, recursive: bool = True) -> Iterator[Imported | Refused]:
    """Every file of ``folder`` in natural order of names (IMG_2 before IMG_10), one by one.

    Hidden files and what systems leave behind are passed over, links are not followed. Nothing a file
    holds stops the rest. Raises UserError MEDIA_010 at the first step when there is no such folder.
    """
    for path in files_of(folder, recursive):
        yield taken(path)


def taken(path: Path) -> Imported | Refused:
    """One file of a folder: imported, or refused with its reason and its bytes."""
    original: bytes | None = None
    try:
        original = bytes_of(path)
        return Imported(path, import_photo(original))
    except (UserError, EnvironmentProblem) as error:
        digest = None if original is None else hashlib.sha256(original).hexdigest()
        return Refused(path, error, original, digest)


def files_of(folder: Path, recursive: bool = True) -> list[Path]:
    """The files of ``folder`` in natural order of names, as ``import_folder`` takes them; MEDIA_010."""
    if not folder.is_dir():
        raise UserError("MEDIA_010")
    return sorted(_files(folder, recursive), key=_natural)


def _files(folder: Path, recursive: bool) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if recursive and not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if not (name.startswith(".") or name.lower() in _LITTER or path.is_symlink()):
                yield path


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.split(r"([0-9]+)", str(path).lower())
    return [(0, int(part), "") if index % 2 else (1, 0, part) for index, part in enumerate(parts)]


def bytes_of(source: Path | bytes) -> bytes:
    """The bytes of a file. UserError MEDIA_002 above 256 MB, EnvironmentProblem MEDIA_020 if unreadable."""
    if isinstance(source, bytes):
        return source
    try:
        if source.is_file() and source.stat().st_size > MAX_FILE_BYTES:
            raise UserError("MEDIA_002", limit=MAX_FILE_BYTES // (1024 * 1024))
        return source.read_bytes()
    except OSError as error:
        raise EnvironmentProblem("MEDIA_020", reason=os.strerror(error.errno or 5)) from error


def _described(file: bytes) -> Photograph:
    source = examined(file)
    found = source.metadata
    return Photograph(
        original=file,
        sha256=hashlib.sha256(file).hexdigest(),
        media_type=source.kind.media_type,
        extension=source.kind.extension,
        width=source.width,
        height=source.height,
        orientation=found.orientation,
        taken_at=found.taken_at,
        utc_offset=found.utc_offset,
        gps=found.position,
        make=found.make,
        model=found.model,
        has_exif=found.from_camera,
        source=source,
    )


def _thumbnail(image: Image.Image) -> bytes:
    """Scale and encode; noisy pictures get a lower quality until they fit."""
    small = image.copy() if max(image.size) <= THUMBNAIL_EDGE else image
    if small is image:
        scale = THUMBNAIL_EDGE / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    for quality in (80, 65, 50, 35):
        copy = encoded(small, quality)
        if len(copy) <= THUMBNAIL_BYTES:
            return copy
    # 256 x 256 at quality 20 cannot reach the limit (about 1.5 bits a pixel), whatever the picture is.
    return encoded(small, 20)
