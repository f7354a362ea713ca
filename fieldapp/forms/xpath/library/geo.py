"""Functions of places: a point is ``latitude longitude [altitude [accuracy]]``, traces join them by ``;``."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final, TypeAlias

from fieldapp.forms.xpath.code import BOOLEAN, NUMBER
from fieldapp.forms.xpath.library.registry import builtin
from fieldapp.forms.xpath.nodes import Value
from fieldapp.forms.xpath.values import plain_number, to_texts

# The equatorial radius that all ODK programs use, in metres.
RADIUS: Final = 6_378_100.0

Point: TypeAlias = tuple[float, float]


def read_points(texts: list[str]) -> list[Point] | None:
    """All points of points, traces or shapes as (latitude, longitude) in degrees; None if one is faulty."""
    points: list[Point] = []
    for text in texts:
        for part in text.strip().rstrip(";").split(";"):
            numbers = [plain_number(number) for number in part.split()]
            if not 2 <= len(numbers) <= 4 or any(math.isnan(number) for number in numbers):
                return None
            latitude, longitude = numbers[:2]
            if abs(latitude) > 90 or abs(longitude) > 180:
                return None
            points.append((latitude, longitude))
    return points


def _cents(number: float) -> float:
    return math.floor(number * 100 + 0.5) / 100


@builtin("area", "v", NUMBER)
def _area(value: Value) -> float:
    """Square metres within a shape, to two digits."""
    points = read_points(to_texts(value))
    if points is None or len(points) < 3:
        return 0.0
    if points[0] != points[-1]:
        points.append(points[0])
    total = 0.0
    for (lat1, lon1), (lat2, lon2) in pairwise(points):
        bulge = 2 + math.sin(math.radians(lat1)) + math.sin(math.radians(lat2))
        total += math.radians(lon2 - lon1) * bulge
    return _cents(abs(total * RADIUS * RADIUS / 2))


def _arc(start: Point, end: Point) -> float:
    """Metres along the great circle."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*start, *end))
    cosine = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon2 - lon1)
    return math.acos(max(-1.0, min(1.0, cosine))) * RADIUS


@builtin("distance", "v*", NUMBER)
def _distance(*values: Value) -> float:
    """Metres along a trace or from point to point, to two digits."""
    points = read_points([text for value in values for text in to_texts(value)])
    if points is None:
        return math.nan
    return _cents(sum(_arc(start, end) for start, end in pairwise(points)))


@builtin("geofence", "vv", BOOLEAN)
def _geofence(point: Value, shape: Value) -> bool:
    """True if the point lies within the shape (degrees taken as a plane, odd crossings are inside)."""
    points = read_points(to_texts(point)[:1])
    corners = read_points(to_texts(shape)[:1])
    if not points or corners is None or len(corners) < 3:
        return False
    latitude, longitude = points[0]
    inside = False
    for (lat1, lon1), (lat2, lon2) in pairwise([*corners, corners[0]]):
        if (lat1 > latitude) != (lat2 > latitude):
            crossing = (lon2 - lon1) * (latitude - lat1) / (lat2 - lat1) + lon1
            if longitude < crossing:
                inside = not inside
    return inside


def _turn(first: Point, second: Point, third: Point) -> float:
    """Positive for a left turn, negative for a right one, 0 on a line."""
    return (second[0] - first[0]) * (third[1] - first[1]) - (second[1] - first[1]) * (third[0] - first[0])


def _between(first: Point, middle: Point, last: Point) -> bool:
    return min(first[0], last[0]) <= middle[0] <= max(first[0], last[0]) and min(first[1], last[1]) <= middle[
        1
    ] <= max(first[1], last[1])


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """True if two pieces share a point."""
    (a, b), (c, d) = one, other
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((turns[0], a, c, b), (turns[1], a, d, b), (turns[2], c, a, d), (turns[3], c, b, d))
    return any(turn == 0 and _between(start, point, end) for turn, start, point, end in ends)


@builtin("intersects", "v", BOOLEAN)
def _intersects(value: Value) -> bool:
    """True if a trace or the outline of a shape crosses or touches itself."""
    points = read_points(to_texts(value))
    if points is None:
        return False
    pieces = [piece for piece in pairwise(points) if piece[0] != piece[1]]
    closed = len(pieces) > 2 and pieces[0][0] == pieces[-1][1]
    for place, piece in enumerate(pieces):
        for beyond in range(place + 2, len(pieces)):
            if closed and place == 0 and beyond == len(pieces) - 1:
                continue
            if _cross(piece, pieces[beyond]):
                return True
    return False
