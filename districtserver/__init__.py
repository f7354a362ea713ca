"""The district server: receives, re-evaluates, receipts."""

__version__ = "0.1.0"
