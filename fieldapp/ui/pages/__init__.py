"""The places of the window, in the order of the rail: one table, one line a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fieldapp.i18n import N_
from fieldapp.ui.page import Frame, Page
from fieldapp.ui.pages.buildings import BuildingsPage
from fieldapp.ui.pages.hazards import HazardsPage
from fieldapp.ui.pages.inspection import InspectionPage
from fieldapp.ui.pages.paper import PaperPage
from fieldapp.ui.pages.settings import SettingsPage
from fieldapp.ui.pages.sync import SyncPage
from fieldapp.ui.pages.today import TodayPage


@dataclass(frozen=True, slots=True)
class Place:
    """A place: its name, its word (translated when shown), its icon's meaning, what builds its page."""

    name: str
    word: str
    icon: str
    build: Callable[[Frame], Page]


PLACES = (
    Place("today", N_("Today"), "today", TodayPage),
    Place("buildings", N_("Buildings"), "buildings", BuildingsPage),
    Place("inspection", N_("Inspection"), "inspection", InspectionPage),
    Place("hazards", N_("Hazards"), "hazards", HazardsPage),
    Place("papers", N_("Papers"), "papers", PaperPage),
    Place("sync", N_("Sync"), "sync", SyncPage),
    Place("settings", N_("Settings"), "settings", SettingsPage),
)
