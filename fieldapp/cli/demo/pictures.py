"""Photographs for the demonstration visits: real ones from a folder while they last, else drawn ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fieldapp.media import photos as media
from fieldapp.media.sample import sample_photo
from fieldapp.services.answer_file import PHOTO, Answers

#: How many processes draw; a picture takes half a second.
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture to be drawn into ``file``."""

    file: Path
    kind: str
    taken_at: datetime
    latitude: float
    longitude: float
    caption: str
    seed: int


def wanted(answers: Answers) -> list[str]:
    """The names of the photographs that an answers file uses, each once, in order."""
    names = (step.value.removeprefix(PHOTO) for step in answers.answers if step.value.startswith(PHOTO))
    return list(dict.fromkeys(names))


def drawings(answers: Answers, facts: Mapping[str, str], folder: Path, seed: int) -> list[Drawing]:
    """What to draw for one visit: one picture every minute from its beginning, at the house's position."""
    begun = answers.visit.started_at
    assert begun is not None
    return [
        Drawing(
            file=folder / f"{name}.jpg",
            kind=name,
            taken_at=begun + timedelta(minutes=2 + number),
            latitude=float(facts["latitude"]),
            longitude=float(facts["longitude"]),
            caption=facts["address_detail"],
            seed=seed * 100 + number,
        )
        for number, name in enumerate(wanted(answers))
    ]


def draw(one: Drawing) -> int:
    """Draw one picture; its size in bytes."""
    content = sample_photo(
        one.kind,
        taken_at=one.taken_at,
        latitude=one.latitude,
        longitude=one.longitude,
        caption=one.caption,
        seed=one.seed,
    )
    return one.file.write_bytes(content)


def draw_all(ones: Sequence[Drawing]) -> int:
    """Draw all of them in several processes; bytes in all."""
    with ProcessPoolExecutor(WORKERS) as pool:
        return sum(pool.map(draw, ones, chunksize=4))


def real_photos(folder: Path) -> tuple[list[Path], list[Path]]:
    """The folder's photographs, those with EXIF first, and the files that are none; in natural order.

    UserError MEDIA_010 without such a folder.
    """
    photos: list[tuple[bool, Path]] = []
    others: list[Path] = []
    for file in media.files_of(folder):
        taken = media.taken(file)
        if isinstance(taken, media.Refused):
            others.append(file)
        else:
            photos.append((not taken.photo.has_exif, file))
    return [file for _, file in sorted(photos, key=lambda one: one[0])], others
