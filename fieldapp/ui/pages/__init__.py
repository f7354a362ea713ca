"""The places of the window, in the order of the rail: one table, one line a place; then those without a
button of their own.

A place is loaded when it is first opened, or while nothing else is to do: all of them take longer to load
than the one that is seen first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from fieldapp.i18n import N_
from fieldapp.ui.page import Frame, Page


@dataclass(frozen=True, slots=True)
class Place:
    """A place: its name, its word (translated when shown), its icon's meaning, the module that is loaded for
    its page, and the class in it; ``under``: the place whose button marks it in the rail, its own if empty;
    ``parts``: what else it needs to show an argument, and the module of that.
    """

    name: str
    word: str
    icon: str
    module: str
    built: str
    under: str = ""
    parts: tuple[tuple[object, str], ...] = ()

    def _modules(self, argument: object) -> list[str]:
        parts = [module for shown, module in self.parts if shown == argument]
        return [f"{__name__}.{module}" for module in (self.module, *parts)]

    def loaded(self, argument: object = None) -> bool:
        """Whether showing ``argument`` there loads nothing any more."""
        return _LOADED.issuperset(self._modules(argument))

    def load(self, argument: object = None) -> Callable[[Frame], Page]:
        """What builds its page, loaded if it was not yet; from any thread."""
        first, *parts = self._modules(argument)
        built: Callable[[Frame], Page] = getattr(import_module(first), self.built)
        for part in parts:
            import_module(part)
        _LOADED.update((first, *parts))
        return built


#: Modules that are loaded to their end; ``sys.modules`` has them from their beginning on.
_LOADED: set[str] = set()


PLACES = (
    Place("today", N_("Today"), "today", "today", "TodayPage", parts=(("field", "field.mode"),)),
    Place("buildings", N_("Buildings"), "buildings", "buildings", "BuildingsPage"),
    Place("inspection", N_("Inspection"), "inspection", "inspection", "InspectionPage"),
    Place("hazards", N_("Hazards"), "hazards", "hazards", "HazardsPage"),
    Place("papers", N_("Papers"), "papers", "paper", "PaperPage"),
    Place("sync", N_("Sync"), "sync", "sync", "SyncPage"),
    Place("settings", N_("Settings"), "settings", "settings", "SettingsPage"),
)

BEHIND = (
    Place(
        "conflicts",
        N_("Told differently in two places, to be decided"),
        "conflict",
        "conflicts",
        "ConflictsPage",
        "sync",
    ),
)
