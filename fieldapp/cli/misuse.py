"""Wrong options or arguments, told like every other error: code, what, what to do, in the user's language.

The parser of commands speaks English only; what it says is recognised here by its beginning. A sentence
that is not known passes as it is: a new release of the parser must not hide what was wrong.
"""

from __future__ import annotations

import re

import typer

from fieldapp.errors import Phrase, UserError
from fieldapp.i18n import N_

_SENTENCES = (
    (r"No such command '(?P<name>.*?)'", N_("There is no command {name}.")),
    (r"No such option: (?P<name>\S+)", N_("There is no option {name}.")),
    (r"Missing (?:option|argument|parameter) '(?P<name>.*?)'", N_("{name} is missing.")),
    (r"Option '(?P<name>.*?)' requires an argument", N_("{name} needs a value.")),
    (r"Got unexpected extra argument\S* \((?P<found>.*)\)", N_("{found} is one argument too many.")),
    (r"Invalid value for '(?P<name>.*?)': .*valid UUID", N_("{name} must be an id, 36 characters long.")),
    (r"Invalid value for '(?P<name>.*?)': .*not one of (?P<known>.*?)\.?$", N_("{name} is one of {known}.")),
    (r"Invalid value for '(?P<name>.*?)': (?P<problem>.*)", N_("{name}: {problem}")),
    (r"Invalid value: (?P<problem>.*)", N_("{problem}")),
)


def misuse(error: typer.TyperException) -> UserError:
    """The parser's complaint as CLI_005."""
    said = error.format_message()
    for pattern, text in _SENTENCES:
        found = re.match(pattern, said, re.DOTALL)
        if found is not None:
            return UserError("CLI_005", problem=Phrase(text, **found.groupdict()))
    return UserError("CLI_005", problem=said)
