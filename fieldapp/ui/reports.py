"""A report of an accident: where in the code it happened, never what somebody wrote.

Messages of foreign exceptions may quote an answer, so only their type is kept, and the code of our own.
"""

from __future__ import annotations

import platform
import traceback
from datetime import UTC, datetime
from pathlib import Path

from PySide6 import __version__ as qt_version

from fieldapp import __version__
from fieldapp.errors import FieldappError, UserError


def text_of(error: BaseException) -> str:
    """Type, code and places of ``error`` and of what caused it; no values, no folders of the user."""
    lines = [
        f"fieldapp {__version__}, Qt {qt_version}, Python {platform.python_version()}, {platform.system()}",
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    ]
    seen: BaseException | None = error
    while seen is not None:
        code = f" {seen.code}" if isinstance(seen, FieldappError) else ""
        lines.append(f"{type(seen).__name__}{code}")
        for frame in traceback.extract_tb(seen.__traceback__):
            place = Path(frame.filename)
            lines.append(f"  {place.parent.name}/{place.name}:{frame.lineno} {frame.name}")
        seen = seen.__cause__ or seen.__context__
    return "\n".join(lines) + "\n"


def write(error: BaseException, folder: Path) -> Path:
    """Write the report of ``error`` into ``folder``; the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"report-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
    file.write_text(text_of(error), encoding="utf-8")
    return file


def told(error: BaseException, folder: Path) -> UserError:
    """Write the report of ``error``; what is to be told of it. A disk that takes none is no second accident:
    then it is told what the report would have said."""
    try:
        return UserError("WINDOW_003", file=write(error, folder).name)
    except OSError as refused:
        return UserError("WINDOW_007", what=text_of(error), problem=refused.strerror or "")
