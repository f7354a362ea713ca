"""The district server: receives, re-evaluates, receipts."""
