"""One sheet to a printer or into a file, and logged: work for the jobs of every page that prints."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths

from fieldapp.errors import UserError
from fieldapp.services.laptop import Laptop
from fieldapp.ui.pages.paper.printers import Printers, print_pdf
from fieldapp.ui.pages.paper.reading import Wanted, file_name
from fieldapp.ui.preferences import Preferences

#: Preferences: the printer and the folder used last.
PRINTER, FOLDER = "printer", "paper_folder"


def pdf_folder(preferences: Preferences) -> Path:
    """Where PDFs are saved: the folder used last, at first one among the user's documents."""
    kept = preferences.text(FOLDER)
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(kept) if kept else Path(documents) / "fieldapp"


def print_sheet(laptop: Laptop, printers: Printers, name: str, wanted: Wanted) -> None:
    """Draw it, give it to the printer, log it. EnvironmentProblem WINDOW_001 if the printer takes nothing."""
    submission = laptop.store.submissions.get(wanted.instance_id)
    sheet = laptop.paper.sheet(submission, wanted.kind, wanted.copies)
    print_pdf(sheet.pdf, printers.open(name))
    laptop.paper.log(wanted.instance_id, sheet)


def save_sheet(laptop: Laptop, folder: Path, wanted: Wanted) -> Path:
    """Write it as PDF under a name that says what it is, and log it like a print. UserError CLI_003."""
    submission = laptop.store.submissions.get(wanted.instance_id)
    times = laptop.store.submissions.prints(wanted.instance_id, wanted.kind) + 1
    file = folder / file_name(wanted.label, submission, wanted.kind, times)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        laptop.paper.print_to(submission, wanted.kind, file, wanted.copies)
    except OSError as error:
        raise UserError("CLI_003", file=file.name, problem=error.strerror or "") from error
    return file
