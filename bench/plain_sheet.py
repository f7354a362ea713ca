"""The floor of sheets: one A4 of F02's size by stock ReportLab platypus, no rules, no checks, no metadata."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Spacer, Table

FACE = "bench-plain"
_GRID = [
    ("FONT", (0, 0), (-1, -1), FACE, 9),
    ("GRID", (0, 0), (-1, -1), 0.5, "black"),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
]


def register(font: Path) -> None:
    """The face of the plain sheet: the same file as ours."""
    pdfmetrics.registerFont(TTFont(FACE, str(font)))


def plain_sheet(
    title: str,
    head: Sequence[tuple[str, str]],
    checks: Sequence[tuple[str, str]],
    findings: Sequence[str],
    advice: str,
    pictures: Sequence[bytes] = (),
) -> bytes:
    """``head`` two pairs a row, ``checks`` two pairs a row, ``findings`` a line each, text, signatures,
    ``pictures`` (JPEG) two a row."""
    body = ParagraphStyle("body", fontName=FACE, fontSize=9, leading=12, wordWrap="CJK")
    flow = [
        Paragraph(title, ParagraphStyle("title", fontName=FACE, fontSize=16, leading=22, alignment=1)),
        Table(_pairs(head, body), style=_GRID, colWidths=[70, 190, 70, 190]),
        Spacer(1, 4),
        Table(_pairs(checks, body), style=_GRID, colWidths=[110, 150, 110, 150]),
        Spacer(1, 4),
        Table([[Paragraph(line, body)] for line in findings] or [[""]], style=_GRID, colWidths=[520]),
        Paragraph(advice, body),
        Spacer(1, 4),
        Table([["检查人", "", "房屋所有权人或使用人", ""]], style=_GRID, colWidths=[60, 200, 120, 140]),
    ]
    cells = [Image(io.BytesIO(picture), 226, 170) for picture in pictures]
    if cells:
        rows = [cells[place : place + 2] for place in range(0, len(cells), 2)]
        flow.append(Table([row + [""] * (2 - len(row)) for row in rows]))
    stream = io.BytesIO()
    SimpleDocTemplate(
        stream, pagesize=A4, leftMargin=36, rightMargin=36, topMargin=30, bottomMargin=30
    ).build(flow)
    return stream.getvalue()


def _pairs(pairs: Sequence[tuple[str, str]], body: ParagraphStyle) -> list[list[object]]:
    cells = [[name, Paragraph(value, body)] for name, value in pairs]
    rows = []
    for place in range(0, len(cells), 2):
        second = cells[place + 1] if place + 1 < len(cells) else ["", ""]
        rows.append([*cells[place], *second])
    return rows
