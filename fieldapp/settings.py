"""Where things are: the carried resources and the user's data folder. Reads the environment, nothing else."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

#: China has one zone and no summer time. Inspections are dated by it wherever a laptop's own clock is set to.
ZONE = timezone(timedelta(hours=8))
_HERE = Path(__file__).resolve().parent


@cache
def resources() -> Path:
    """The folder of forms, code lists, rules, fonts and catalogues.

    ``resources/`` beside the package in a checkout, ``fieldapp/_resources`` in a wheel.
    """
    carried = _HERE / "_resources"
    return carried if carried.is_dir() else _HERE.parent / "resources"


def data_folder() -> Path:
    """Where the laptop's store lives unless ``--data`` or ``FIELDAPP_DATA`` says otherwise."""
    named = os.environ.get("FIELDAPP_DATA")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "fieldapp"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "fieldapp"


def language() -> str:
    """``zh_CN`` unless ``FIELDAPP_LANGUAGE`` names another carried language (``en``)."""
    return os.environ.get("FIELDAPP_LANGUAGE", "zh_CN")


def now() -> datetime:
    """The present moment in the district's zone."""
    return datetime.now(ZONE)
