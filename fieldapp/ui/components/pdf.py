"""A PDF to look at before it is printed: pages one below the other, drawn in a thread of Qt's own."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QRect, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtPdf import QPdfDocument, QPdfDocumentRenderOptions, QPdfPageRenderer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from fieldapp.errors import BugError
from fieldapp.i18n import _
from fieldapp.ui.components.buttons import Button
from fieldapp.ui.components.layout import across, down, hairline, label
from fieldapp.ui.themes import colours_named
from fieldapp.ui.themes.tokens import PAPER

#: Logical pixels of a point at 100 %, and round a page.
_POINT, _GAP = 96 / 72, 12
#: Steps of the zoom, in per cent.
ZOOMS = (25, 50, 75, 100, 125, 150, 200, 300)
#: How many pages beyond those in sight keep their picture.
_NEAR = 1


class _Pages(QWidget):
    """The paper itself. Only what is in sight is drawn, at the resolution of the screen."""

    def __init__(self) -> None:
        super().__init__()
        # Children go in this order: the thread that draws before what it draws, and that before its bytes.
        self._renderer = QPdfPageRenderer(self)
        self.document = QPdfDocument(self)
        self._buffer = QBuffer(self)
        self._renderer.setDocument(self.document)
        self._renderer.setRenderMode(QPdfPageRenderer.RenderMode.MultiThreaded)
        self._renderer.pageRendered.connect(self._drawn)
        self._points: list[QSizeF] = []
        self._scale = _POINT
        self._images: dict[int, QImage] = {}
        self._asked: dict[int, QSize] = {}

    def load(self, pdf: bytes) -> None:
        """Other pages. BugError if the bytes are no PDF."""
        self.document.close()
        self._buffer.close()
        self._images, self._asked = {}, {}
        self._buffer.setData(QByteArray(pdf))
        self._buffer.open(QBuffer.OpenModeFlag.ReadOnly)
        self.document.load(self._buffer)
        if self.document.status() != QPdfDocument.Status.Ready:
            self._points = []
            raise BugError("BUG_001", what="a sheet that is no readable PDF")
        # Read once: later the document may be busy in the drawing thread, and asking would wait for it.
        self._points = [self.document.pagePointSize(page) for page in range(self.document.pageCount())]

    @property
    def count(self) -> int:
        """How many pages."""
        return len(self._points)

    def widest(self) -> float:
        """Of all pages, in points."""
        return max((size.width() for size in self._points), default=1.0)

    def show_at(self, scale: float) -> None:
        """Logical pixels a point."""
        self._scale = scale
        high = _GAP + sum(round(size.height() * scale) + _GAP for size in self._points)
        self.setFixedSize(round(self.widest() * scale) + 2 * _GAP, high)
        self.update()

    def box(self, page: int) -> QRect:
        """Where a page lies on this widget."""
        above = sum(round(size.height() * self._scale) + _GAP for size in self._points[:page])
        size = self._points[page]
        wide, high = round(size.width() * self._scale), round(size.height() * self._scale)
        return QRect((self.width() - wide) // 2, _GAP + above, wide, high)

    def at(self, y: int) -> int:
        """The page at a height."""
        for page in range(self.count):
            if y < self.box(page).bottom() + _GAP:
                return page
        return max(0, self.count - 1)

    def drawn(self, page: int) -> bool:
        """Whether a page shows its picture at the present size."""
        image = self._images.get(page)
        return image is not None and image.size() == self._pixels(page)

    def _pixels(self, page: int) -> QSize:
        ratio = self.devicePixelRatioF()
        box = self.box(page).size()
        return QSize(round(box.width() * ratio), round(box.height() * ratio))

    def _ask(self, page: int) -> None:
        size = self._pixels(page)
        if not self.drawn(page) and self._asked.get(page) != size:
            self._asked[page] = size
            self._renderer.requestPage(page, size)

    def _drawn(
        self, page: int, size: QSize, image: QImage, _options: QPdfDocumentRenderOptions, _request: int
    ) -> None:
        if page < self.count and self._asked.get(page) == size:
            self._images[page] = image
            self.update(self.box(page))

    def paintEvent(self, event: QPaintEvent) -> None:
        """White paper with a hairline; what is not drawn yet is drawn soon."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QPen(colours_named("line"), 1))
        sight = self.visibleRegion().boundingRect()
        seen = [page for page in range(self.count) if self.box(page).intersects(sight)]
        for page in seen:
            box = self.box(page)
            painter.fillRect(box, QColor(PAPER))
            if page in self._images:
                painter.drawImage(box, self._images[page])
            painter.drawRect(box.adjusted(-1, -1, 0, 0))
            self._ask(page)
        if seen:
            keep = range(seen[0] - _NEAR, seen[-1] + _NEAR + 1)
            self._images = {page: image for page, image in self._images.items() if page in keep}
            self._asked = {page: size for page, size in self._asked.items() if page in keep}


class _Table(QScrollArea):
    """What the paper lies on. ``turned`` and ``zoomed`` speak for keys: steps of a page, of the zoom."""

    turned = Signal(int)
    zoomed = Signal(int)
    resized = Signal()

    def __init__(self, pages: _Pages) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWidget(pages)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page keys turn whole pages, arrows scroll, Ctrl with + and - zooms."""
        key = event.key()
        if key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.turned.emit(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            bar = self.verticalScrollBar()
            bar.setValue(bar.minimum() if key == Qt.Key.Key_Home else bar.maximum())
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoomed.emit(-1 if key == Qt.Key.Key_Minus else 1)
        elif key == Qt.Key.Key_0:
            self.zoomed.emit(0)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl it zooms."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The width to fit has changed."""
        super().resizeEvent(event)
        self.resized.emit()


class PdfView(QWidget):
    """Pages of a PDF with a bar to turn and zoom. ``show_pdf`` shows bytes, ``say`` a sentence instead.

    Keys while it has the focus: PageUp and PageDown turn, arrows scroll, ``+`` ``-`` zoom, ``0`` fits the
    width. ``page_changed(page)`` counts from 0. BugError if the bytes are no PDF.
    """

    page_changed = Signal(int)

    def __init__(self, name: str = "", *, sentence: str = "") -> None:
        super().__init__()
        self._name = name or _("Preview")
        self._percent = 0  # fits the width
        self._pages = _Pages()
        self._table = _Table(self._pages)
        self._table.turned.connect(lambda step: self.turn_to(self.page + step))
        self._table.zoomed.connect(self._step_zoom)
        self._table.resized.connect(self._fit)
        self._table.verticalScrollBar().valueChanged.connect(lambda _value: self._tell())
        self._told = -1
        self._sentence = label(sentence, "M", "text2", wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._bar = QWidget()
        self._bar.setLayout(self._buttons())
        self._line = hairline()
        column = down(self._bar, self._line, self._sentence, self._table, gap=0)
        column.setStretchFactor(self._sentence, 1)
        column.setStretchFactor(self._table, 1)
        self.setLayout(column)
        self.setFocusProxy(self._table)
        self.say(sentence)

    def _buttons(self) -> QHBoxLayout:
        self._where = label("", "S", "text2")
        self._zoom = label("", "S", "text2")
        self.before = Button.of_icon(
            "up", _("Previous page"), lambda: self.turn_to(self.page - 1), size="small"
        )
        self.next = Button.of_icon("down", _("Next page"), lambda: self.turn_to(self.page + 1), size="small")
        self.smaller = Button.of_icon("zoom_out", _("Smaller"), lambda: self._step_zoom(-1), size="small")
        self.larger = Button.of_icon("zoom_in", _("Larger"), lambda: self._step_zoom(1), size="small")
        self.fit = Button(_("Fit width"), "plain", size="small", on_click=lambda: self._step_zoom(0))
        return across(
            self.before, self.next, self._where, None, self.smaller, self._zoom, self.larger, self.fit,
            gap=6, margin=(8, 6, 8, 6),
        )  # fmt: skip

    # -- what is shown --------------------------------------------------------------------------------

    @property
    def pages(self) -> int:
        """How many pages are shown, 0 for none."""
        return self._pages.count if self._table.isVisibleTo(self) else 0

    @property
    def page(self) -> int:
        """The page in the upper part of the view, from 0."""
        return self._pages.at(self._table.verticalScrollBar().value() + self._table.viewport().height() // 3)

    @property
    def percent(self) -> int:
        """The zoom; 100 is the size of the paper."""
        return round(self._scale() / _POINT * 100)

    def drawn(self) -> bool:
        """Whether the page in front has its picture."""
        return self.pages > 0 and self._pages.drawn(self.page)

    def show_pdf(self, pdf: bytes) -> None:
        """Show a document from its first page. BugError if it is none."""
        self._pages.load(pdf)
        self._show(True)
        self._fit()
        self._table.verticalScrollBar().setValue(0)
        self._told = -1
        self._tell()

    def say(self, sentence: str) -> None:
        """A sentence instead of pages: nothing chosen, or still being drawn."""
        self._sentence.setText(sentence)
        self._show(False)
        self.setAccessibleName(f"{self._name}：{sentence}" if sentence else self._name)

    def _show(self, paper: bool) -> None:
        for part in (self._bar, self._line, self._table):
            part.setVisible(paper)
        self._sentence.setVisible(not paper)

    # -- turning and zooming --------------------------------------------------------------------------

    def turn_to(self, page: int) -> None:
        """Bring the head of a page to the top; beyond the ends nothing happens."""
        if 0 <= page < self.pages:
            self._table.verticalScrollBar().setValue(self._pages.box(page).top() - _GAP)
            self._tell()

    def _scale(self) -> float:
        if self._percent:
            return self._percent / 100 * _POINT
        # The bar's room is always kept, else paper that just fits would come and go with it.
        room = self._table.width() - self._table.verticalScrollBar().sizeHint().width() - 2 * _GAP
        return max(0.1, room / self._pages.widest())

    def _step_zoom(self, step: int) -> None:
        """One step larger or smaller; 0 fits the width."""
        now = self.percent
        further = [zoom for zoom in ZOOMS if (zoom > now if step > 0 else zoom < now)]
        if step == 0:
            self._percent = 0
        elif further:
            self._percent = further[0] if step > 0 else further[-1]
        self._fit()

    def _fit(self) -> None:
        if not self.pages:
            return
        bar = self._table.verticalScrollBar()
        share = bar.value() / max(1, self._pages.height())
        self._pages.show_at(self._scale())
        bar.setValue(round(share * self._pages.height()))
        self._zoom.setText(f"{self.percent} %")
        self._tell()

    def _tell(self) -> None:
        page, count = self.page, self.pages
        if not count:
            return
        words = _("Page {page} of {count}").format(page=page + 1, count=count)
        self._where.setText(words)
        self.before.setEnabled(page > 0)
        self.next.setEnabled(page < count - 1)
        self.setAccessibleName(f"{self._name}：{words}")
        self._table.setAccessibleName(f"{self._name}：{words}")
        if page != self._told:
            self._told = page
            self.page_changed.emit(page)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme or density: the bar has another height."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_table"):
            self._fit()
