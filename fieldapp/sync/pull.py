"""Step 6, pull: what changed in the register since the last time, page by page; step 7, compare.

Every page is kept with its cursor, in order, while the next is under way: a pull that is cut off goes on
behind the last that was kept. At the end both sides count; what differs is pulled anew once, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from fieldapp.sync.protocol import ListDigest, Pull, PullPage
from fieldapp.sync.transport import Transport


class Inlet(Protocol):
    """What a pull needs of the laptop; each call is durable when it returns."""

    def cursor(self) -> tuple[int, str, bool]:
        """Where to go on, the subset's name, and whether a generation of its own is being filled."""

    def begin_anew(self) -> None:
        """From the beginning."""

    def ready(self, page: PullPage) -> Callable[[], None]:
        """Make a page ready; the answer keeps it and its cursor together, once those before are kept. Called
        in another thread than everything else."""

    def finish(self) -> int:
        """The last page is here; how many rows are shown otherwise now."""

    def tallies(self) -> Mapping[str, tuple[int, int]]:
        """Count and joined marks of every list, as they were kept."""

    def recount(self) -> Mapping[str, tuple[int, int]]:
        """The same, counted anew from all rows; kept from then on."""


@dataclass(frozen=True, slots=True)
class PullResult:
    """``rows`` and ``gone`` came over the line, ``changed`` are shown otherwise now. ``differing`` lists
    were not equal at the end (repaired by pulling anew); ``equal``: they are now.
    """

    rows: int
    gone: int
    changed: int
    differing: tuple[str, ...]
    equal: bool


def pull(transport: Transport, inlet: Inlet) -> PullResult:
    """Fetch what is new. Raises the catalogue's SYNC errors; what has come so far is kept."""
    came, gone, changed, digests = _whole(transport, inlet)
    differing = differences(inlet.tallies(), digests)
    if differing and (differing := differences(inlet.recount(), digests)):
        inlet.begin_anew()
        more = _whole(transport, inlet)
        came, gone, changed = came + more[0], gone + more[1], changed + more[2]
        differing_still = differences(inlet.recount(), more[3])
        return PullResult(came, gone, changed, differing, equal=not differing_still)
    return PullResult(came, gone, changed, (), equal=True)


def _whole(transport: Transport, inlet: Inlet) -> tuple[int, int, int, tuple[ListDigest, ...]]:
    came = gone = 0

    def fetch(after: int, subset: str) -> tuple[PullPage, Callable[[], None] | None]:
        page = transport.ask("/pull", Pull(after=after, subset=subset), PullPage)
        return page, None if page.anew else inlet.ready(page)

    after, subset, anew = inlet.cursor()
    if after == 0 and not anew:
        inlet.begin_anew()
    with ThreadPoolExecutor(1, "pull") as ahead:
        under_way = ahead.submit(fetch, after, subset)
        while True:
            page, keep = under_way.result()
            if keep is None:
                inlet.begin_anew()
                under_way = ahead.submit(fetch, 0, "")
                continue
            last = page.upto >= page.head
            if not last:
                under_way = ahead.submit(fetch, page.upto, page.subset)
            keep()
            came, gone = came + len(page.rows), gone + len(page.gone)
            if last:
                return came, gone, inlet.finish(), page.digests


def differences(own: Mapping[str, tuple[int, int]], digests: Iterable[ListDigest]) -> tuple[str, ...]:
    """The lists whose rows are not those that the server counted; ``own`` as of ``tallies``."""
    theirs = {one.list: (one.count, one.mark) for one in digests}
    return tuple(sorted(name for name in own.keys() | theirs.keys() if own.get(name) != theirs.get(name)))
