"""The door: who is it, the first run, and the emergency card that needs no unlocking."""

from fieldapp.ui.unlock.emergency import EmergencyCard
from fieldapp.ui.unlock.first_run import FirstRun
from fieldapp.ui.unlock.people import Unlock

__all__ = ["EmergencyCard", "FirstRun", "Unlock"]
