"""The form by which the administration says what a laptop carries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from districtserver import assignments
from districtserver.models import Entity
from districtserver.staff.models import Laptop
from fieldapp.domain.codelists import codelists
from fieldapp.domain.filings import BUILDINGS

if TYPE_CHECKING:
    _Form = forms.ModelForm[Model]
else:
    _Form = forms.ModelForm  # Django's own class takes no parameter at run time


def _choices(list_name: str) -> list[tuple[str, str]]:
    return [(name, item.zh) for name, item in codelists()[list_name].items.items()]


class AssignmentForm(_Form):
    """Streets, communities, single buildings by code."""

    carried_streets = forms.MultipleChoiceField(
        label=_("streets"), required=False, choices=lambda: _choices("street")
    )
    carried_communities = forms.MultipleChoiceField(
        label=_("communities"), required=False, choices=lambda: _choices("community")
    )
    carried_houses = forms.CharField(
        label=_("single buildings"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Building codes, one a line. Nothing of all three: the whole district."),
    )

    class Meta:
        model = Laptop
        fields: tuple[str, ...] = ()

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if isinstance(self.instance, Laptop) and self.instance.enrolled_at is not None:
            now = assignments.assigned(self.instance)
            codes = dict(
                Entity.objects.filter(list=BUILDINGS, id__in=now.houses).values_list(
                    "id", "data__building_code"
                )
            )
            self.initial.update(
                carried_streets=list(now.streets),
                carried_communities=list(now.communities),
                carried_houses="\n".join(codes.get(one) or one for one in now.houses),
            )

    def clean_carried_houses(self) -> list[str]:
        """The ids of the buildings named."""
        said = str(self.cleaned_data["carried_houses"])
        try:
            return [assignments.house(one) for one in re.split(r"[\s,，、;；]+", said) if one]
        except ValueError as error:
            raise ValidationError(_("There is no building {code}.").format(code=error)) from error

    def assign(self) -> None:
        """What was filled in counts from the laptop's next pull on."""
        said = self.cleaned_data
        assert isinstance(self.instance, Laptop)
        assignments.assign(
            self.instance, said["carried_streets"], said["carried_communities"], said["carried_houses"]
        )
