"""文书: what waits for a signature or a printer, the sheet before it is printed, the log of prints."""

from fieldapp.ui.pages.paper.page import PaperPage

__all__ = ["PaperPage"]
