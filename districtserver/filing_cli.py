"""Commands of ``districtserver``: files of buildings are compared, joined (并档), parted (分档), put back."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from districtserver.answering import WHO, Command, told
from fieldapp.errors import UserError

if TYPE_CHECKING:
    from districtserver.filing.facts import Difference
    from districtserver.models import Filing


def add_to(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    """The commands of this file."""
    likely = add("join-candidates", "pairs of files that may be of one house", told(_candidates))
    likely.add_argument("--street", default="", metavar="CODE")
    comparing = add("compare-files", "what two files tell differently, group by group", told(_compare))
    joining = add("join-files", "join a file to another one of the same house", told(_join))
    for one in (comparing, joining):
        one.add_argument("building", help="id or code of the file that stands")
        one.add_argument("other", help="id or code of the other one")
    parting = add("part-file", "part a file that is of two houses", told(_part))
    parting.add_argument("building", help="id or code of the file")
    _pairs(parting, "--facts", "GROUP=stay|go|both", "whose a group of facts is")
    _pairs(parting, "--set", "NAME=VALUE", "a fact of the new file")
    _pairs(parting, "--keep", "NAME=VALUE", "a fact of the file that stays")
    _pairs(parting, "--row", "LIST/ID=go|both", "a unit, plate, hazard … that goes to the new file")
    parting.add_argument("--visit", type=UUID, action="append", default=[], metavar="ID", help="goes too")
    add("filings", "what was joined and parted", told(_filings))
    looking = add("look-undo", "what came in between, and where it would be put", told(_look))
    undoing = add("undo-filing", "undo what was joined or parted", told(_undo))
    for one in (looking, undoing):
        one.add_argument("filing", type=UUID)
        _pairs(one, "--visit", "ID=BUILDING", "whose a visit is that came in between")
    _pairs(undoing, "--row", "LIST/ID=BUILDING", "whose a row is that was made in between")
    _pairs(undoing, "--fact", "GROUP=MINE,OTHERS", "numbers of the options from look-undo")
    for one in (joining, undoing):
        _pairs(one, "--take", "GROUP=keep|other|both", "which of two facts counts")
    for one in (joining, parting, undoing):
        one.add_argument("--reason", required=True)


def _pairs(parser: argparse.ArgumentParser, name: str, shape: str, what: str) -> None:
    parser.add_argument(
        name, type=_pair, action="append", default=[], metavar=shape, help=f"{what}; repeatable"
    )


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text} is no NAME=VALUE")
    return name, value


def _candidates(given: argparse.Namespace) -> Mapping[str, Any]:
    from districtserver.filing.candidates import pairs

    def called(values: Mapping[str, str]) -> dict[str, str]:
        return {name: values.get(name, "") for name in ("building_code", "address_detail")}

    return {
        "pairs": [
            {
                "one": {"id": pair.one.id, **called(pair.one.values)},
                "other": {"id": pair.other.id, **called(pair.other.values)},
                "why": list(pair.whys),
            }
            for pair in pairs(given.street)
        ]
    }


def _compare(given: argparse.Namespace) -> Mapping[str, Any]:
    from districtserver.filing import joining

    found = joining.compare(given.building, given.other)
    return {
        "building": found.building.id,
        "other": found.other.id,
        "differences": _differences(found.differences),
    }


def _differences(found: Iterable[Difference]) -> list[dict[str, Any]]:
    return [
        {
            "group": one.group,
            "keep": one.values[0],
            "other": one.values[1],
            "suggested": one.suggested,
            "must_choose": one.open,
            "both_possible": one.both,
        }
        for one in found
    ]


def _filing(filing: Filing) -> dict[str, Any]:
    return {
        "filing": str(filing.pk),
        "kind": filing.kind,
        "building": filing.building,
        "other": filing.other,
        "leads": filing.leads,
        "at": filing.at.isoformat(),
        "who": filing.who,
        "reason": filing.reason,
        "undone_at": filing.undone_at.isoformat() if filing.undone_at else None,
        "undone_by": filing.undone_by,
        "undone_reason": filing.undone_reason,
    }


def _join(given: argparse.Namespace) -> Mapping[str, Any]:
    from districtserver.filing import joining

    return _filing(joining.join(given.building, given.other, dict(given.take), WHO, given.reason))


def _part(given: argparse.Namespace) -> Mapping[str, Any]:
    from districtserver.filing import acts, parting
    from districtserver.writing import writing

    with writing():
        data = acts.house(given.building).data
    facts = parting.divided(data, dict(given.facts), dict(given.keep), dict(given.set))
    return _filing(parting.part(given.building, facts, _keys(given.row), given.visit, WHO, given.reason))


def _keys(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """``LIST/ID=…`` as the key of a row."""
    found = {}
    for name, value in pairs:
        list_name, _, identity = name.partition("/")
        found[list_name, identity] = value
    return found


def _visits(pairs: Iterable[tuple[str, str]]) -> dict[UUID, str]:
    """``ID=BUILDING``. UserError FILING_009 for what is no id."""
    try:
        return {UUID(visit): building for visit, building in pairs}
    except ValueError as error:
        raise UserError("FILING_009", id=str(error)) from error


def _filings(given: argparse.Namespace) -> Mapping[str, Any]:  # noqa: ARG001 - the shape of all commands
    from districtserver.models import Filing

    return {"filings": [_filing(one) for one in Filing.objects.order_by("-mark")]}


def _look(given: argparse.Namespace) -> Mapping[str, Any]:
    from districtserver.filing import undoing
    from districtserver.models import Visit

    found = undoing.look(given.filing, _visits(given.visit))
    return {
        "filing": str(found.filing.pk),
        "visits": [
            {
                "visit": str(one.what.pk),
                "started_at": one.what.started_at.isoformat(),
                "suggested": one.building,
            }
            for one in found.visits
            if isinstance(one.what, Visit)
        ],
        "rows": [
            {"list": one.what.list, "id": one.what.id, "label": one.what.label, "suggested": one.building}
            for one in found.rows
            if not isinstance(one.what, Visit)
        ],
        "facts": [
            {
                "group": one.group,
                "options": [
                    {"values": each.values, "of": each.of, "who": each.who, "at": each.at}
                    for each in one.options
                ],
                "suggested": list(one.suggested),
            }
            for one in found.facts
        ],
        "differences": _differences(found.differences),
    }


def _undo(given: argparse.Namespace) -> Mapping[str, Any]:
    from districtserver.filing import undoing

    choices = undoing.Choices(
        visits=_visits(given.visit),
        rows=_keys(given.row),
        facts={group: _places(group, text) for group, text in given.fact},
        differences=dict(given.take),
    )
    return _filing(undoing.undo(given.filing, choices, WHO, given.reason))


def _places(group: str, text: str) -> tuple[int, int]:
    """``MINE,OTHERS``. UserError FILING_008 for what is no two numbers."""
    mine, _, others = text.partition(",")
    if not (mine.isascii() and mine.isdigit() and others.isascii() and others.isdigit()):
        raise UserError("FILING_008", wanted=group)
    return int(mine), int(others)
