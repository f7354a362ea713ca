"""Reading QR symbols in photographs and scans. Only QR is looked for: twelve times faster than all kinds."""

from __future__ import annotations

from fieldapp.media.decoding import decoded, examined

#: Long edge at which symbols are looked for, pixels: a 25 mm symbol on an A4 scan is 170 px here.
_READING_EDGE = 2016


def read(file: bytes) -> list[str]:
    """Texts of all QR symbols in a JPEG, PNG or HEIC, from top to bottom; empty when there is none.

    Tried at 2016 px first, then once at full size for small symbols in large pictures.
    Raises UserError MEDIA_001..009 when the file is no usable picture.
    """
    import zxingcpp  # 20 ms to import: only where something is read

    source = examined(file)
    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    whole = max(source.width, source.height)
    for edge in [min(_READING_EDGE, whole)] + [whole] * (whole > _READING_EDGE):
        grey = decoded(source, edge).convert("L")
        found = zxingcpp.read_barcodes(grey, formats=wanted)
        if found:
            return [symbol.text for symbol in sorted(found, key=lambda symbol: symbol.position.top_left.y)]
    return []
