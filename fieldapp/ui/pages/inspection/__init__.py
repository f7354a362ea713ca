"""检查: the visits that are open, the form of one, its photographs, and how it is finalized.

Other places lead here by ``frame.go("inspection", argument)``:

* ``NewVisit(building_id)`` begins a visit of a building with its first form and shows the form; a visit of
  the same building that is still open with that form is gone on with, never begun a second time;
* ``OpenVisit(visit_id, form_id)`` shows a form of a visit at the question where it was left;
* ``(visit_id, form_id)`` is the same in texts, a building's id as a text the same as ``NewVisit``;
* ``"correct:<instance id>"`` opens the correction (补正) of a finalized record, or goes on with it;
* ``None`` shows what was shown last, at first the list of open visits.
"""

from fieldapp.ui.pages.inspection.arguments import FIRST_FORM, PROFILE, NewVisit, OpenVisit
from fieldapp.ui.pages.inspection.page import InspectionPage

__all__ = ["FIRST_FORM", "PROFILE", "InspectionPage", "NewVisit", "OpenVisit"]
