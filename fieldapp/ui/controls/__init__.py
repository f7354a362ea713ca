"""Controls of questions, in a registry by control, type and appearance.

A new kind of question is one class with ``Control``'s four methods and one line in ``registry.py``.
Controls know nothing of the session: they are shown a node and tell what was answered.
"""

from fieldapp.ui.controls.control import Control, Surroundings
from fieldapp.ui.controls.registry import control_for
from fieldapp.ui.controls.thumbnails import Thumbnails
from fieldapp.ui.controls.wording import name_and_unit

__all__ = ["Control", "Surroundings", "Thumbnails", "control_for", "name_and_unit"]
