"""自检数据: everything that is kept is hashed again, in a job; what was found, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fieldapp.errors import UserError
from fieldapp.i18n import _, explain
from fieldapp.ui.jobs import Job
from fieldapp.ui.page import Frame

#: So many findings are told in full.
_TOLD = 3


def check_kept(frame: Frame, say: Callable[[str], object]) -> None:
    """Check all of the open store; ``say`` hears that it has begun and what was found."""
    store = frame.laptop.store
    say(_("Checking your data…"))

    def work(job: Job) -> list[str]:
        found = []
        for step in store.verify():
            job.check()
            if step.finding is not None:
                found.append(explain(UserError(step.finding.code, **step.finding.slots))[1])
        return found

    frame.jobs.start(work, done=lambda found: say(_words(found)), what="verify")


def _words(found: Sequence[str]) -> str:
    if not found:
        return _("Checked: everything on this laptop is whole.")
    return _("Checked: {count} things found.").format(count=len(found)) + "".join(found[:_TOLD])
