"""Photographs and QR codes: import, derived copies, recognition."""
