"""A laptop process: one run over a folder outbox, as ``python -m tests.sync.client FOLDER``."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from fieldapp.sync.enrolment import Enrolment, connected
from fieldapp.sync.run import run
from tests.sync.folder_outbox import FolderOutbox


def main(folder: Path) -> int:
    """0 if everything was sent, 1 if not."""
    enrolment = Enrolment.from_json(json.loads((folder / "enrolment.json").read_text(encoding="utf-8")))
    with connected(enrolment) as transport:
        result = run(
            transport, enrolment, FolderOutbox(folder), client="0.1.0", clock=lambda: datetime.now(UTC)
        )
    return 1 if result.not_sent else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
