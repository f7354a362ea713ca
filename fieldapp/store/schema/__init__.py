"""The steps of the schema, one numbered file each, applied in order; released ones are never edited."""

from sqlite_utils import Database as Rows
from sqlite_utils import Migrations

from fieldapp.errors import UserError
from fieldapp.store.schema import (
    m0001_spine,
    m0002_sync_runs,
    m0003_print_queue,
    m0004_annotations,
    m0005_lost_receipts,
    m0006_ledgers,
    m0007_pull,
    m0009_marks,
    m0010_redirects,
    m0011_generations,
    m0013_fetched,
)

#: In order. A new step is a new file, appended here.
STEPS = (
    m0001_spine,
    m0002_sync_runs,
    m0003_print_queue,
    m0004_annotations,
    m0005_lost_receipts,
    m0006_ledgers,
    m0007_pull,
    m0009_marks,
    m0010_redirects,
    m0011_generations,
    m0013_fetched,
)


def _migrations() -> Migrations:
    steps = Migrations("fieldapp")
    for module in STEPS:
        steps(name=module.__name__.rsplit(".", 1)[-1])(module.step)
    return steps


def upgrade(rows: Rows) -> None:
    """Apply what is missing, all in one transaction. UserError STORE_025 for a store of a newer program."""
    steps = _migrations()
    known = {module.__name__.rsplit(".", 1)[-1] for module in STEPS}
    applied = {step.name for step in steps.applied(rows)}
    if applied - known:
        raise UserError("STORE_025", newer=", ".join(sorted(applied - known)))
    steps.apply(rows)
