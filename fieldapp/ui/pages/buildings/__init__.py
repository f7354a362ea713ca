"""房屋: the list of houses with filters, search and preview, and the file of one house.

``frame.go("buildings")`` shows the list, ``frame.go("buildings", id)`` (uuid or text) the file of a house.
"""

from fieldapp.ui.pages.buildings.page import BuildingsPage

__all__ = ["BuildingsPage"]
