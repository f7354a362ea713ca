"""Arrows, circles and words drawn onto a copy of a photograph. The original stays as it is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageDraw

from fieldapp.media.decoding import decoded, encoded
from fieldapp.media.photos import VIEW_EDGE, Photograph
from fieldapp.media.stamp import font

#: What a mark is drawn in, with a white border, so that it is seen on any wall.
INK, BORDER = (174, 28, 21), (255, 255, 255)
#: Thickness of lines and height of words, as parts of the long edge.
LINE, WORD = 1 / 200, 1 / 32
Shape = Literal["arrow", "circle", "text"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: from ``(x1, y1)`` to ``(x2, y2)``, in parts (0..1) of the upright picture's width and height.

    An arrow points at its second end; a circle fills the box of both; a text begins at the first.
    """

    shape: Shape
    x1: float
    y1: float
    x2: float
    y2: float
    text: str = ""


def arrow_head(
    tail: tuple[float, float], tip: tuple[float, float], size: float
) -> tuple[tuple[float, float], ...]:
    """The three corners of an arrow's head at ``tip``, ``size`` long."""
    angle = math.atan2(tip[1] - tail[1], tip[0] - tail[0])
    return (
        tip,
        (tip[0] - size * math.cos(angle - 0.45), tip[1] - size * math.sin(angle - 0.45)),
        (tip[0] - size * math.cos(angle + 0.45), tip[1] - size * math.sin(angle + 0.45)),
    )


def annotated(photo: Photograph, marks: Iterable[Mark], long_edge: int = VIEW_EDGE) -> bytes:
    """A JPEG copy of ``long_edge`` pixels with the marks. EnvironmentProblem MEDIA_021 without the font."""
    image = decoded(photo.source, long_edge)
    pen = ImageDraw.Draw(image)
    for mark in marks:
        _draw(pen, image, mark)
    return encoded(image, 88)


def _draw(pen: ImageDraw.ImageDraw, image: Image.Image, mark: Mark) -> None:
    edge = max(image.size)
    line = max(2, round(edge * LINE))
    begin = (mark.x1 * image.width, mark.y1 * image.height)
    end = (mark.x2 * image.width, mark.y2 * image.height)
    if mark.shape == "text":
        _word(pen, begin, mark.text, round(edge * WORD), line)
        return
    for colour, wide in ((BORDER, line * 2), (INK, line)):
        if mark.shape == "circle":
            grown = (wide - line) / 2
            box = (
                min(begin[0], end[0]) - grown, min(begin[1], end[1]) - grown,
                max(begin[0], end[0]) + grown, max(begin[1], end[1]) + grown,
            )  # fmt: skip
            pen.ellipse(box, outline=colour, width=wide)
        else:
            pen.line((*begin, *end), fill=colour, width=wide)
            pen.polygon(arrow_head(begin, end, line * 6 + (wide - line)), fill=colour)


def _word(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, height: int, line: int) -> None:
    face, pad = font(height), height // 3
    left, top, right, bottom = pen.textbbox(at, text, font=face)
    pen.rounded_rectangle(
        (left - pad, top - pad, right + pad, bottom + pad),
        radius=pad, fill=BORDER, outline=INK, width=max(2, line // 2),
    )  # fmt: skip
    pen.text(at, text, font=face, fill=INK)
