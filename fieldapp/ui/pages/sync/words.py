"""Sizes, times and states of sync in words."""

from __future__ import annotations

from datetime import datetime

from fieldapp.i18n import _, ngettext
from fieldapp.services.paper import FORM_CODES
from fieldapp.settings import ZONE
from fieldapp.store.outbox import TransferRecord
from fieldapp.store.sync_runs import SyncRun
from fieldapp.ui.components.pills import PillKind

_KB, _MB = 1_000, 1_000_000


def size(count: int) -> str:
    """Bytes as ``18.4 MB`` or ``6 KB``."""
    return f"{count / _MB:.1f} MB" if count >= _MB / 10 else f"{max(count, 0) / _KB:.0f} KB"


def rate(per_second: float) -> str:
    """Bytes a second as ``0.7 MB/s``."""
    return f"{size(round(per_second))}/s"


def lasting(seconds: float) -> str:
    """A span: ``8 秒``, ``3 分钟``, ``1 小时 20 分钟``."""
    if seconds < 90:
        return ngettext("{count} second", "{count} seconds", max(1, round(seconds))).format(
            count=max(1, round(seconds))
        )
    minutes = round(seconds / 60)
    if minutes < 90:
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)


def when(moment: datetime, now: datetime) -> str:
    """A moment as one says it: ``今天 07:46``, ``3月16日 17:06``, with the year if it is another."""
    there, here = moment.astimezone(ZONE), now.astimezone(ZONE)
    clock = f"{there:%H:%M}"
    if there.date() == here.date():
        return _("Today {clock}").format(clock=clock)
    if there.year == here.year:
        return _("{month}/{day} {clock}").format(month=there.month, day=there.day, clock=clock)
    return f"{there:%Y-%m-%d} {clock}"


def form_of(record: TransferRecord) -> str:
    """``F18·6 张``, with the version of a correction."""
    parts = [FORM_CODES.get(record.form_id, record.form_id)]
    if record.version > 1:
        parts.append(_("correction {number}").format(number=record.version - 1))
    if record.files:
        parts.append(ngettext("{count} photo", "{count} photos", record.files).format(count=record.files))
    return "·".join(parts)


def name_of(record: TransferRecord) -> str:
    """The house, or what stands for one that is not in the register."""
    return record.label or _("House not in the register")


def result_of(run: SyncRun) -> tuple[PillKind, str]:
    """How a run ended."""
    kinds: dict[str, tuple[PillKind, str]] = {
        "complete": ("ok", _("Complete")),
        "partial": ("warn", _("Not all sent")),
        "failed": ("danger", _("Failed")),
        "cancelled": ("neutral", _("Paused")),
        "broken": ("neutral", _("Cut off")),
    }
    return kinds[run.result]
