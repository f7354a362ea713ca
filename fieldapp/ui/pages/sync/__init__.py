"""同步: one button, what is on its way, why something did not arrive, all runs and receipts."""

from fieldapp.ui.pages.sync.page import SyncPage

__all__ = ["SyncPage"]
