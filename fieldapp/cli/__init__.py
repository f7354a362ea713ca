"""The command line. ``main`` is the entry point of ``fieldapp`` and ``python -m fieldapp``."""

from fieldapp.cli.commands import main

__all__ = ["main"]
