"""The printers of this laptop, and a PDF on one of them. Work for jobs: both may wait for a device."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QMarginsF, QRect, QSize
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from fieldapp.errors import BugError, EnvironmentProblem

#: Dots per inch a page is drawn with at most: more costs memory and shows nothing on these sheets.
FINEST = 300


class Printers:
    """What the system knows of printers."""

    def names(self) -> tuple[str, ...]:
        """Their names, the system's usual one first."""
        usual = QPrinterInfo.defaultPrinterName()
        found = QPrinterInfo.availablePrinterNames()
        return tuple(sorted(found, key=lambda name: (name != usual, name)))

    def open(self, name: str) -> QPrinter:
        """The printer of that name. EnvironmentProblem WINDOW_001 if it has gone."""
        known = QPrinterInfo.printerInfo(name)
        if known.isNull():
            raise EnvironmentProblem("WINDOW_001")
        return QPrinter(known, QPrinter.PrinterMode.HighResolution)


def print_pdf(pdf: bytes, printer: QPrinter) -> int:
    """All pages of ``pdf`` on A4, each at its own size without scaling; how many.

    EnvironmentProblem WINDOW_001 if the printer does not take the job.
    """
    document, buffer = QPdfDocument(), QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document.load(buffer)
    if document.status() != QPdfDocument.Status.Ready:
        raise BugError("BUG_001", what="a sheet that is no readable PDF")
    paper = QPageSize(QPageSize.PageSizeId.A4)
    printer.setPageLayout(QPageLayout(paper, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    printer.setFullPage(True)
    painter = QPainter()
    if not painter.begin(printer):
        raise EnvironmentProblem("WINDOW_001")
    dots, device = min(FINEST, printer.resolution()) / 72, printer.resolution() / 72
    count = document.pageCount()
    for page in range(count):
        if page:
            printer.newPage()
        points = document.pagePointSize(page)
        image = document.render(page, QSize(round(points.width() * dots), round(points.height() * dots)))
        whole = QRect(0, 0, round(points.width() * device), round(points.height() * device))
        painter.drawImage(whole, image)
    if not painter.end():
        raise EnvironmentProblem("WINDOW_001")
    document.close()
    return count
