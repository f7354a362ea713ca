"""Time, place and inspector written onto a copy of a photograph. The original stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from fieldapp import settings
from fieldapp.errors import EnvironmentProblem
from fieldapp.media.decoding import decoded, encoded
from fieldapp.media.photos import VIEW_EDGE, Photograph

FONT_FILE = "NotoSansSC-Regular.ttf"
#: Printed where a picture has lost its EXIF: it may have been edited or be of another day.
NOT_ORIGINAL = "非原图"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is written, each line as it shall stand; empty lines are left out."""

    time: str = ""
    place: str = ""
    building: str = ""
    inspector: str = ""

    def lines(self, has_exif: bool) -> list[str]:
        """The lines from top to bottom; copies without EXIF say so beside the time."""
        first = self.time if has_exif else f"{self.time}　「{NOT_ORIGINAL}」".strip("　")
        return [line for line in (first, self.building, self.place, self.inspector) if line]


@lru_cache(maxsize=8)
def font(size: int) -> ImageFont.FreeTypeFont:
    """The carried Chinese face at ``size`` pixels. Raises EnvironmentProblem MEDIA_021 when it is gone."""
    path = settings.resources() / "fonts" / FONT_FILE
    try:
        return ImageFont.truetype(str(path), size)
    except OSError as error:
        raise EnvironmentProblem("MEDIA_021", file=FONT_FILE) from error


def stamped(photo: Photograph, stamp: Stamp, long_edge: int = VIEW_EDGE) -> bytes:
    """A JPEG copy of ``long_edge`` pixels with the stamp on a dark band along its lower edge.

    Raises EnvironmentProblem MEDIA_021 without the carried font.
    """
    image = decoded(photo.source, long_edge)
    draw_lines(image, stamp.lines(photo.has_exif))
    return encoded(image, 85)


def draw_lines(image: Image.Image, lines: list[str]) -> None:
    """Write ``lines`` white on a darkened band at the bottom of ``image`` (RGB), wrapped to its width."""
    size = max(12, max(image.size) // 44)
    face, margin, step = font(size), size // 2, size * 7 // 5
    rows = [row for line in lines for row in _wrapped(line, face, image.width - 2 * margin)]
    rows = rows[: max(1, (image.height - margin) // step)]
    top = image.height - step * len(rows) - margin
    band = image.crop((0, top, image.width, image.height)).point(lambda value: value * 0.35)
    image.paste(band, (0, top))
    pen = ImageDraw.Draw(image)
    for index, row in enumerate(rows):
        pen.text((margin, top + margin // 2 + index * step), row, font=face, fill="white")


def _wrapped(line: str, face: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """``line`` cut into rows of at most ``width`` pixels; Chinese may be cut anywhere."""
    rows, row = [], ""
    for letter in line:
        if row and face.getlength(row + letter) > width:
            rows.append(row)
            row = ""
        row += letter
    return [*rows, row]
