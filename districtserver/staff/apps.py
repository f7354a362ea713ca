"""The application ``staff``: enters submissions into its index, refuses to start without its texts."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _

#: The compiled texts. English in silence would surprise the whole district office.
CATALOGUE = Path(__file__).parents[1] / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"


class StaffConfig(AppConfig):
    """Django's entry."""

    name = "districtserver.staff"
    label = "staff"
    verbose_name = _("District")

    def ready(self) -> None:
        """Called once all models are known."""
        if not CATALOGUE.exists():
            raise ImproperlyConfigured(f"{CATALOGUE.name} is not compiled: run `make install`")
        from districtserver.models import Submission
        from districtserver.staff.indexing import on_submission

        post_save.connect(on_submission, sender=Submission, dispatch_uid="staff index")
