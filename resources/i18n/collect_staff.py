"""Collect the English texts of the staff pages with Django's makemessages; ``make catalogues`` runs it.

What it leaves is put into one form, without the times and guesses of gettext's tools, so that the same
texts give the same file. New ones are left untranslated; a test finds them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po, write_po

HEADER = b"""msgid ""
msgstr ""
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
OPTIONS = ("--locale", "zh_Hans", "--no-location", "--no-obsolete")


def main(package: Path) -> None:
    """Renew the catalogue of ``package``."""
    subprocess.run([sys.executable, "-m", "django", "makemessages", *OPTIONS], cwd=package, check=True)  # noqa: S603 - our own arguments
    file = package / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    with file.open("rb") as stream:
        catalogue = read_po(stream, locale="zh_Hans")
    for message in catalogue:
        if message.fuzzy and message.id:
            message.flags.discard("fuzzy")
            message.string = (
                "" if isinstance(message.id, str) else ("",)
            )  # a guess of msgmerge, not a translation
    with file.open("wb") as stream:
        stream.write(HEADER)
        write_po(stream, catalogue, width=110, omit_header=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
