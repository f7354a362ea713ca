"""A stream of sealed pieces: altered, cut, lengthened or reordered, it cannot be read.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance, 2015): pieces of ``PIECE`` plain bytes, each one AES-256-GCM message whose
nonce is the piece's number (11 bytes, big-endian) and one byte that says whether it is the last. Only the
last piece may be shorter, or empty. A key serves one stream only, so no nonce is ever used twice.
"""

from __future__ import annotations

from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldapp.errors import UserError

PIECE = 1024 * 1024
_TAG = 16


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class SealedWriter:
    """Seals what is written, in constant memory; ``finish`` it, or the stream reads as cut off.

    ``bound`` is associated data of every piece: what stands in clear before the stream and must not change.
    """

    def __init__(self, stream: BinaryIO, key: bytes, bound: bytes) -> None:
        self._stream = stream
        self._cipher = AESGCM(key)
        self._bound = bound
        self._waiting = bytearray()
        self._number = 0

    def write(self, content: bytes) -> None:
        """Add ``content``. OSError as the stream raises it."""
        self._waiting += content
        while len(self._waiting) > PIECE:  # a full piece waits: it may be the last
            self._put(last=False)

    def finish(self) -> None:
        """Seal the last piece; nothing may be written afterwards."""
        self._put(last=True)

    def _put(self, *, last: bool) -> None:
        piece = bytes(self._waiting[:PIECE])
        del self._waiting[:PIECE]
        self._stream.write(self._cipher.encrypt(_nonce(self._number, last=last), piece, self._bound))
        self._number += 1


class SealedReader:
    """Reads what a ``SealedWriter`` wrote, from where ``stream`` stands. Nothing unchecked comes out."""

    def __init__(self, stream: BinaryIO, key: bytes, bound: bytes) -> None:
        self._stream = stream
        self._cipher = AESGCM(key)
        self._bound = bound
        self._plain = b""
        self._at = 0
        self._number = 0
        self._ahead = stream.read(PIECE + _TAG)

    def read(self, size: int) -> bytes:
        """The next bytes: ``size``, or fewer where a piece ends; none at the end of the stream.

        UserError STORE_051 if the piece was altered, moved or cut.
        """
        if self._at == len(self._plain):
            self._open_next()
        content = self._plain[self._at : self._at + size]
        self._at += len(content)
        return content

    def exactly(self, size: int) -> bytes:
        """The next ``size`` bytes; UserError STORE_051 too if the stream ends before."""
        content = b""
        while len(content) < size:
            more = self.read(size - len(content))
            if not more:
                raise self.damaged()
            content += more
        return content

    def damaged(self) -> UserError:
        """The error for content that is not what it should be, with the place (bytes of the stream)."""
        return UserError("STORE_051", at=max(0, self._number - 1) * (PIECE + _TAG))

    def _open_next(self) -> None:
        if self._number and not self._ahead:
            return
        sealed, self._ahead = self._ahead, self._stream.read(PIECE + _TAG)
        nonce = _nonce(self._number, last=not self._ahead)
        self._number += 1
        try:
            self._plain = self._cipher.decrypt(nonce, sealed, self._bound)
        except InvalidTag as error:
            raise self.damaged() from error
        self._at = 0
