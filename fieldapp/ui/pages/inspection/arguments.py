"""What other places say when they lead here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

#: The form that a visit begins with unless another is named.
FIRST_FORM = "hazard_inspection"
#: The file of a building (一楼一档, F01).
PROFILE = "building_profile"


@dataclass(frozen=True, slots=True)
class NewVisit:
    """Begin a visit of a building with a form, or go on with the one that is open; at the correction of a
    fact (a name of ``building_fact``) if one is named. Without a building the form files a new one.
    ``beside`` names the other forms that are begun on the same visit."""

    building_id: UUID | None
    form_id: str = FIRST_FORM
    fact: str = ""
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """Show a form of a visit that has been begun, at the correction of ``fact`` if one is named."""

    visit_id: UUID
    form_id: str = FIRST_FORM
    fact: str = ""
