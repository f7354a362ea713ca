"""What a run brings besides rows: new versions of forms, small copies of photographs.

It comes after the rows and can fail or be cancelled without harm: what was sent and pulled stands, and the
next run brings the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from fieldapp.errors import FieldappError, UserError
from fieldapp.forms import load_form
from fieldapp.i18n import explain
from fieldapp.services.form_functions import form_functions
from fieldapp.services.photographs import Photographs
from fieldapp.store import Store
from fieldapp.sync.forms import form
from fieldapp.sync.outgoing import RunResult
from fieldapp.sync.problems import Cancelled
from fieldapp.sync.protocol import FormRef
from fieldapp.sync.thumbnails import Copies, Progress, thumbnails
from fieldapp.sync.transport import Transport

_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Bringing:
    """Brings into one store. ``step`` and ``progress`` tell how it goes."""

    store: Store
    photographs: Photographs
    step: Callable[[str], None]
    progress: Progress

    def bring(self, transport: Transport, result: RunResult) -> RunResult:
        """Everything; ``result`` with what came. Nothing is raised that the run could be blamed for: an error
        of the line, or the user's cancelling, ends it and is told."""
        try:
            result = self._forms(transport, result)
            return self._copies(transport, result)
        except Cancelled:
            return result
        except FieldappError as error:
            return replace(result, not_brought=error)

    def _forms(self, transport: Transport, result: RunResult) -> RunResult:
        wanted = newer(result.forms, {one.form_id: one.version for one in self.store.forms.list()})
        if wanted:
            self.step("forms")
        for ref in wanted:
            try:
                self._take_form(ref, form(transport, ref.sha256))
            except UserError as error:
                result = replace(result, forms_refused=(*result.forms_refused, error))
            else:
                result = replace(result, forms_taken=(*result.forms_taken, ref))
        return result

    def _take_form(self, ref: FormRef, xform: bytes) -> None:
        """Check a form as it will be used and put it beside the older versions. SYNC_074 if it is broken."""
        slots = {"form": ref.form_id, "version": ref.version}
        try:
            loaded = load_form(xform, self.store.register, form_functions())
        except FieldappError as error:
            raise UserError("SYNC_074", **slots, problem=f"[{error.code}] {explain(error)[1]}") from error
        if (loaded.form_id, loaded.version) != (ref.form_id, ref.version):
            raise UserError("SYNC_074", **slots, problem=f"{loaded.form_id} {loaded.version}")
        self.store.forms.install(loaded.form_id, loaded.version, xform)

    def _copies(self, transport: Transport, result: RunResult) -> RunResult:
        wanted = self.photographs.settle()
        if not wanted:
            return result
        self.step("thumbnails")
        copies = Copies()
        result = replace(result, copies=copies)
        try:
            thumbnails(
                transport,
                wanted,
                self.photographs.keep,
                room=self.photographs.room(),
                progress=self.progress,
                copies=copies,
            )
        except FieldappError as error:
            result = replace(result, not_brought=error)
        finally:
            for sha256, refusal in copies.refused.items():
                self.photographs.refused(sha256, refusal)
        return result


def newer(published: Iterable[FormRef], own: dict[str, str]) -> Sequence[FormRef]:
    """The newest published version of every form that is newer than the laptop's own, or that it lacks."""
    newest: dict[str, FormRef] = {}
    for one in published:
        if one.form_id not in newest or _order(one.version) >= _order(newest[one.form_id].version):
            newest[one.form_id] = one
    return [
        one
        for form_id, one in sorted(newest.items())
        if form_id not in own or _order(one.version) > _order(own[form_id])
    ]


def _order(version: str) -> tuple[tuple[int, ...], str]:
    """Versions in order: by their numbers, 2022.10 after 2022.9."""
    return tuple(int(number) for number in _DIGITS.findall(version)), version
