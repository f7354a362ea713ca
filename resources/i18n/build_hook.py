"""Compiles the catalogues when a wheel is built, so that it starts in Chinese wherever it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledCatalogues(BuildHookInterface):  # type: ignore[type-arg] # hatchling's generic is not for users
    """Writes the compiled file beside every catalogue, the laptop's and the server's."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's shape
        """Before the files are gathered."""
        root = Path(self.root)
        for source in sorted(
            file for top in ("resources/i18n", "districtserver/locale") for file in (root / top).rglob("*.po")
        ):
            with source.open("rb") as stream:
                catalogue = read_po(stream)
            with source.with_suffix(".mo").open("wb") as stream:
                write_mo(stream, catalogue)
