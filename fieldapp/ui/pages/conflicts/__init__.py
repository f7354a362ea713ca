"""两处填写不一致，待核定: the houses with open conflicts, and both sides of one house beside each other.

``frame.go("conflicts")`` shows the list, ``frame.go("conflicts", key)`` (the house's id) one house. Who
decides sits at the district's server; here one looks, and goes to see for oneself again.
"""

from fieldapp.ui.pages.conflicts.page import ConflictsPage

__all__ = ["ConflictsPage"]
