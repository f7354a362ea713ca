"""Drawn photographs for the demo, the tests and the benches: camera size, camera EXIF, plainly no real house.

Twelve million pixels with sensor noise, about 3 MB, so that everything that handles photographs has the
work it would have with real ones. Every picture carries 示例 in large type. The same seed and values
give the same bytes with the same Pillow.
"""

from __future__ import annotations

import io
import random
from datetime import datetime
from fractions import Fraction
from statistics import NormalDist

from PIL import Image, ImageChops, ImageDraw, TiffImagePlugin

from fieldapp.media.stamp import font

MAKE, MODEL = "Fieldapp", "Sample Camera 12"
#: Stored pixels, as a 12 MP phone stores them whichever way it is held.
WIDTH, HEIGHT = 4032, 3024
LABEL = "示例"
# Drawn at half size and doubled: a lens is no sharper, and it takes a quarter of the time.
_HALF = (WIDTH // 2, HEIGHT // 2)
_NOISE_SIGMA = 6.5

_WALLS = ((201, 190, 172), (186, 174, 160), (176, 92, 74), (208, 205, 198), (190, 181, 150))
_Colour = tuple[int, int, int]


def sample_photo(
    kind: str,
    *,
    taken_at: datetime,
    latitude: float,
    longitude: float,
    caption: str = "",
    seed: int = 0,
    orientation: int = 1,
    altitude: float = 18.0,
) -> bytes:
    """One JPEG of 4032 x 3024.

    ``kind`` chooses the scene: ``plate…``, ``document…``, ``interior…``, ``…_near`` (a crack with a scale),
    ``…_far`` (a façade with its crack marked); everything else is a façade. ``taken_at`` goes into EXIF as
    local time, with its offset when it is aware. ``orientation`` 1, 3, 6 or 8 is how the camera was held.
    Raises ValueError for other orientations, EnvironmentProblem MEDIA_021 without the carried font.
    """
    if orientation not in (1, 3, 6, 8):
        raise ValueError(f"a camera is not held in orientation {orientation}")
    # The digits of a seeded generator are the same on every platform; nothing here is secret.
    chance = random.Random(f"{kind}/{seed}")  # noqa: S311 - texture, not cryptography
    size = _HALF if orientation in (1, 3) else _HALF[::-1]
    image = Image.new("RGB", size, (150, 170, 195))
    _scene(kind, ImageDraw.Draw(image), size, chance)
    image = _textured(image, chance)
    _label(image, caption)
    turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    if orientation in turns:
        image = image.transpose(turns[orientation])
    image = image.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    image = _noisy(image, chance)
    stream = io.BytesIO()
    exif = _exif(taken_at, latitude, longitude, altitude, orientation)
    image.save(stream, "JPEG", quality=91, exif=exif)
    return stream.getvalue()


def _scene(kind: str, pen: ImageDraw.ImageDraw, size: tuple[int, int], chance: random.Random) -> None:
    wall = chance.choice(_WALLS)
    if kind.startswith("plate"):
        _plate(pen, size, wall)
    elif kind.startswith("document"):
        _document(pen, size)
    elif kind.startswith("interior"):
        _room(pen, size, chance)
    elif kind.endswith("_near") or kind.startswith(("node", "wall")):
        pen.rectangle((0, 0, *size), fill=wall)
        _crack(pen, (size[0] * 0.3, 0), (size[0] * 0.62, size[1]), 7, chance)
        _scale(pen, (int(size[0] * 0.12), int(size[1] * 0.62)))
    else:
        _facade(pen, size, wall, chance)
        if kind.endswith("_far"):
            x, y = size[0] * 0.52, size[1] * 0.45
            _crack(pen, (x, y), (x + size[0] * 0.09, y + size[1] * 0.3), 3, chance)
            pen.ellipse((x - 60, y - 40, x + 260, y + size[1] * 0.34), outline=(220, 30, 30), width=8)


def _shade(colour: _Colour, factor: float) -> _Colour:
    red, green, blue = (max(0, min(255, int(part * factor))) for part in colour)
    return red, green, blue


def _facade(pen: ImageDraw.ImageDraw, size: tuple[int, int], wall: _Colour, chance: random.Random) -> None:
    """Sky, ground, a house of three to five floors with courses of brick, windows, a shop front."""
    width, height = size
    for row in range(0, height, 4):
        pen.rectangle((0, row, width, row + 4), fill=_shade((190, 206, 224), 0.8 + 0.25 * row / height))
    left, right, top, ground = int(width * 0.14), int(width * 0.87), int(height * 0.12), int(height * 0.9)
    pen.rectangle((0, ground, width, height), fill=(118, 116, 112))
    pen.rectangle((left, top, right, ground), fill=wall)
    pen.rectangle((left - 24, top - 26, right + 24, top), fill=_shade(wall, 0.72))
    for line, row in enumerate(range(top, ground, 16)):
        pen.line((left, row, right, row), fill=_shade(wall, 0.9), width=2)
        for column in range(left + (line % 2) * 24, right, 48):
            pen.line((column, row, column, row + 16), fill=_shade(wall, 0.92), width=2)
    floors, bays = chance.randint(3, 5), chance.randint(3, 5)
    storey, bay = (ground - top) // floors, (right - left) // bays
    for floor in range(floors):
        for column in range(bays):
            x, y = left + column * bay + bay // 5, top + floor * storey + storey // 4
            if floor == floors - 1:
                shutter = chance.choice(((122, 128, 130), (96, 70, 52), (140, 146, 150)))
                pen.rectangle((x - bay // 10, y, x + bay * 7 // 10, ground), fill=shutter)
                for slat in range(y, ground, 12):
                    pen.line(
                        (x - bay // 10, slat, x + bay * 7 // 10, slat), fill=_shade(shutter, 0.8), width=2
                    )
            else:
                _window(pen, (x, y, x + bay * 3 // 5, y + storey * 11 // 20), chance)


def _window(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], chance: random.Random) -> None:
    left, top, right, bottom = box
    glass = _shade((74, 92, 104), chance.uniform(0.7, 1.3))
    pen.rectangle((left - 8, top - 8, right + 8, bottom + 14), fill=(150, 148, 142))
    pen.rectangle(box, fill=glass)
    pen.polygon((left, bottom, left, top, right, top), fill=_shade(glass, 1.2))
    middle = (left + right) // 2
    pen.line((middle, top, middle, bottom), fill=(214, 214, 208), width=8)
    for bar in range(left, right, 26):
        pen.line((bar, top, bar, bottom), fill=(160, 162, 160), width=3)


def _plate(pen: ImageDraw.ImageDraw, size: tuple[int, int], wall: _Colour) -> None:
    """A blue door plate without a real address."""
    width, height = size
    pen.rectangle((0, 0, width, height), fill=wall)
    box = (width * 0.2, height * 0.34, width * 0.8, height * 0.66)
    pen.rounded_rectangle(box, radius=36, fill=(22, 72, 148), outline=(232, 236, 240), width=10)
    pen.text((width / 2, height / 2), f"{LABEL}路 0 号", font=font(width // 11), fill="white", anchor="mm")
    for x in (0.23, 0.77):
        pen.ellipse((width * x - 12, height / 2 - 12, width * x + 12, height / 2 + 12), fill=(180, 182, 184))


def _document(pen: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    width, height = size
    pen.rectangle((0, 0, width, height), fill=(104, 82, 62))
    pen.rectangle((width * 0.2, height * 0.06, width * 0.8, height * 0.94), fill=(240, 238, 230))
    pen.text(
        (width / 2, height * 0.15), f"{LABEL}文件", font=font(width // 20), fill=(50, 50, 50), anchor="mm"
    )
    for row in range(int(height * 0.25), int(height * 0.85), 42):
        pen.line((width * 0.27, row, width * 0.73, row), fill=(120, 120, 120), width=6)


def _room(pen: ImageDraw.ImageDraw, size: tuple[int, int], chance: random.Random) -> None:
    """A box in one-point perspective: floor, ceiling, walls, a window at the back."""
    width, height = size
    back = (width * 0.28, height * 0.25, width * 0.72, height * 0.72)
    left, top, right, bottom = back
    tone = chance.choice(((214, 208, 196), (198, 204, 200), (220, 214, 188)))
    pen.polygon((0, 0, width, 0, right, top, left, top), fill=_shade(tone, 1.06))
    pen.polygon((0, height, width, height, right, bottom, left, bottom), fill=(132, 120, 106))
    pen.polygon((0, 0, left, top, left, bottom, 0, height), fill=_shade(tone, 0.82))
    pen.polygon((width, 0, right, top, right, bottom, width, height), fill=_shade(tone, 0.88))
    pen.rectangle(back, fill=tone)
    _window(pen, (int(width * 0.42), int(height * 0.33), int(width * 0.58), int(height * 0.56)), chance)
    _crack(pen, (left + 30, top), (left + 150, bottom), 3, chance)


def _crack(
    pen: ImageDraw.ImageDraw,
    start: tuple[float, float],
    end: tuple[float, float],
    width: int,
    chance: random.Random,
) -> None:
    """A random walk from ``start`` to ``end``, dark in the middle, with a branch."""
    points, drift, steps = [], 0.0, 90
    for step in range(steps + 1):
        drift = drift * 0.93 + chance.gauss(0, width * 1.6)
        part = step / steps
        x = start[0] + (end[0] - start[0]) * part + drift
        points.append((x, start[1] + (end[1] - start[1]) * part))
    branch = [points[steps // 2]]
    for _ in range(18):
        x, y = branch[-1]
        branch.append((x + chance.uniform(2, 22), y + chance.uniform(-10, 24)))
    pen.line(points, fill=(96, 86, 78), width=width + 5, joint="curve")
    pen.line(points, fill=(28, 24, 22), width=width, joint="curve")
    pen.line(branch, fill=(54, 48, 44), width=max(2, width // 2))


def _scale(pen: ImageDraw.ImageDraw, corner: tuple[int, int]) -> None:
    """A crack gauge of 100 mm, 6 px a millimetre."""
    left, top = corner
    pen.rectangle((left, top, left + 640, top + 110), fill=(244, 240, 222), outline=(60, 60, 60), width=3)
    for mark in range(101):
        length = 46 if mark % 10 == 0 else 32 if mark % 5 == 0 else 20
        x = left + 20 + mark * 6
        pen.line((x, top, x, top + length), fill=(30, 30, 30), width=2)
        if mark % 20 == 0:
            pen.text((x, top + 74), str(mark), font=font(30), fill=(30, 30, 30), anchor="mm")
    pen.text((left + 330, top + 96), "mm", font=font(22), fill=(30, 30, 30), anchor="mm")


def _textured(image: Image.Image, chance: random.Random) -> Image.Image:
    """Stains and grain: three octaves of smoothed noise added to ``image``."""
    for cell, strength in ((160, 14), (24, 8), (5, 9)):
        size = (image.width // cell + 2, image.height // cell + 2)
        grain = Image.frombytes("L", size, chance.randbytes(size[0] * size[1]))
        grain = grain.point([128 + (value - 128) * strength // 128 for value in range(256)])
        layer = grain.resize(image.size, Image.Resampling.BICUBIC)
        image = ImageChops.add(image, Image.merge("RGB", (layer, layer, layer)), 1, -128)
    return image


def _noisy(image: Image.Image, chance: random.Random) -> Image.Image:
    """Gaussian sensor noise on every pixel and channel (one field, shifted for each channel)."""
    bell = NormalDist(128, _NOISE_SIGMA)
    table = [round(bell.inv_cdf((value + 0.5) / 256)) for value in range(256)]
    field = Image.frombytes("L", image.size, chance.randbytes(image.width * image.height)).point(table)
    layers = (field, ImageChops.offset(field, 311, 97), ImageChops.offset(field, 1013, 571))
    return ImageChops.add(image, Image.merge("RGB", layers), 1, -128)


def _label(image: Image.Image, caption: str) -> None:
    pen = ImageDraw.Draw(image)
    face = font(max(image.size) // 26)
    text = f"{LABEL}　{caption}" if caption else LABEL
    box = pen.textbbox((30, 24), text, font=face)
    pen.rectangle((box[0] - 14, box[1] - 10, box[2] + 14, box[3] + 12), fill=(255, 255, 255))
    pen.text((30, 24), text, font=face, fill=(196, 20, 20))


def _exif(
    taken_at: datetime, latitude: float, longitude: float, altitude: float, orientation: int
) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = MAKE, MODEL, orientation
    camera = exif.get_ifd(0x8769)
    camera[0x9003] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    camera[0x9291] = f"{taken_at.microsecond // 1000:03d}"
    offset = taken_at.strftime("%z")
    if offset:
        camera[0x9011] = f"{offset[:3]}:{offset[3:5]}"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "S" if latitude < 0 else "N", _sexagesimal(latitude)
    gps[3], gps[4] = "W" if longitude < 0 else "E", _sexagesimal(longitude)
    gps[5], gps[6] = b"\x01" if altitude < 0 else b"\x00", _rational(abs(altitude))
    return exif


def _rational(value: float) -> TiffImagePlugin.IFDRational:
    exact = Fraction(value).limit_denominator(10_000)
    return TiffImagePlugin.IFDRational(exact.numerator, exact.denominator)


def _sexagesimal(degrees: float) -> tuple[TiffImagePlugin.IFDRational, ...]:
    """Degrees, minutes and ten-thousandths of seconds: 3 mm on the ground."""
    total = round(abs(degrees) * 36_000_000)
    seconds = TiffImagePlugin.IFDRational(total % 600_000, 10_000)
    return _rational(total // 36_000_000), _rational(total // 600_000 % 60), seconds
