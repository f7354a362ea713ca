"""The application ``ledgers``."""

from __future__ import annotations

from django.apps import AppConfig


class LedgersConfig(AppConfig):
    """Django's entry."""

    name = "districtserver.ledgers"
    label = "ledgers"
