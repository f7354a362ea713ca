"""An sRGB colour profile (ICC version 2) written by ourselves, so that its bytes never change.

PDF/A needs one as output intent; profiles made by colour libraries carry the date of their creation.
Primaries and curve are those of IEC 61966-2-1, adapted to D50.
"""

from __future__ import annotations

import struct
from functools import lru_cache

_WHITE_D50 = (0.9642, 1.0, 0.8249)
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_STEPS = 1024


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The profile: about 2.6 kB, the same bytes everywhere."""
    name = b"sRGB IEC61966-2.1"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name + b"\0" + bytes(12 + 67),
        b"cprt": b"text\0\0\0\0" + b"No copyright, use freely\0",
        b"wtpt": _xyz(_WHITE_D50),
        **{tag: _xyz(value) for tag, value in _PRIMARIES.items()},
    }
    curve = b"curv\0\0\0\0" + struct.pack(f">I{_STEPS}H", _STEPS, *(_linear(i) for i in range(_STEPS)))
    body = b""
    places = []
    start = 128 + 4 + 12 * (len(tags) + 3)
    for tag, content in tags.items():
        places.append((tag, start + len(body), len(content)))
        body += content + bytes(-len(content) % 4)
    places += [(tag, start + len(body), len(curve)) for tag in (b"rTRC", b"gTRC", b"bTRC")]
    body += curve + bytes(-len(curve) % 4)
    table = struct.pack(">I", len(places)) + b"".join(struct.pack(">4sII", *place) for place in places)
    size = 128 + len(table) + len(body)
    return _header(size) + table + body


def _header(size: int) -> bytes:
    dates = struct.pack(">6H", 1999, 10, 18, 0, 0, 0)
    white = struct.pack(">3i", *(round(value * 65536) for value in _WHITE_D50))
    return (
        struct.pack(">I4sI", size, bytes(4), 0x02100000)
        + b"mntrRGB XYZ "
        + dates
        + b"acsp"
        + bytes(28)
        + white
        + bytes(48)
    )


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(part * 65536) for part in value))


def _linear(index: int) -> int:
    value = index / (_STEPS - 1)
    linear = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    return round(linear * 65535)
