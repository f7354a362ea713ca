"""The regular rounds (挂牌巡检, F18): seven items, how often a house is due, what the answers lead to.

Every number and level stands in ``resources/rules/patrol-*.toml`` with its source. Days are ISO dates.
"""

from __future__ import annotations

import tomllib
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fieldapp.domain.facts import Facts, text
from fieldapp.domain.ruleset import RANK
from fieldapp.errors import UserError
from fieldapp.settings import resources

#: The form of a round (F18).
FORM = "periodic_check"
#: 七项, in the order of the sheet; names of questions and of the code list ``patrol_item``.
ITEMS = ("pc_ground", "pc_struct", "pc_finish", "pc_roof", "pc_openings", "pc_other", "pc_alter")
_HAZARDS = frozenset({"general", "major"})


@dataclass(frozen=True, slots=True)
class PatrolRules:
    """``months`` from one monthly round to the next; ``ages`` are (age in years, period in years), the
    greatest age first; ``levels`` what an item found (or ``unseen``) leads to; ``advice`` lines by level.
    """

    version: str
    months: int
    hazard_years: int
    unknown_age_years: int
    ages: tuple[tuple[int, int], ...]
    levels: Mapping[str, str]
    advice: Mapping[str, tuple[str, ...]]

    def interval_years(self, built_year: int | None, day: date, *, hazard: bool) -> int:
        """At least every so many years a professional inspects: by age on ``day``, every year with a
        hazard."""
        if hazard:
            return self.hazard_years
        if built_year is None:
            return self.unknown_age_years
        age = day.year - built_year
        return next((years for from_age, years in self.ages if age >= from_age), self.unknown_age_years)

    def next_patrol(self, day: date) -> date:
        """When the next monthly round is due after one on ``day``."""
        return later(day, months=self.months)

    def level(self, answers: Mapping[str, str]) -> str:
        """What the answers to the items lead to: a name of ``hazard_level``, empty while one is missing."""
        given = [answers.get(item, "") for item in ITEMS]
        if not all(given):
            return ""
        states = zip(ITEMS, given, strict=True)
        found = [self.levels[item if state == "have" else state] for item, state in states if state != "ok"]
        return max(found, key=RANK.__getitem__, default="basic_safe")


def later(day: date, *, months: int) -> date:
    """The same day ``months`` later, the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def worst(levels: Sequence[str]) -> str:
    """The most dangerous of some levels; empty ones say nothing."""
    return max((level for level in levels if level), key=RANK.__getitem__, default="")


def load_patrol_rules(path: Path) -> PatrolRules:
    """Read a rule set of the rounds; DOMAIN_002 names file and entry that are missing or broken."""
    try:
        return _rules(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise UserError("DOMAIN_002", file=path.name, place="", problem=str(error)) from error
    except KeyError as error:
        raise UserError("DOMAIN_002", file=path.name, place=str(error), problem="is missing") from error


def _rules(raw: dict[str, Any]) -> PatrolRules:
    annual = raw["annual"]
    ages = sorted(((line["from_age"], line["years"]) for line in annual["ages"]), reverse=True)
    levels = {name: raw["levels"][name] for name in (*ITEMS, "unseen")}
    return PatrolRules(
        version=raw["version"],
        months=raw["monthly"]["months"],
        hazard_years=annual["hazard_years"],
        unknown_age_years=annual["unknown_age_years"],
        ages=tuple(ages),
        levels=MappingProxyType(levels),
        advice=MappingProxyType({level: tuple(lines) for level, lines in raw["advice"].items()}),
    )


@lru_cache(maxsize=4)
def _carried(folder: Path) -> PatrolRules:
    found = [load_patrol_rules(path) for path in folder.glob("patrol-*.toml")]
    return max(found, key=lambda rules: tuple(int(part) for part in rules.version.split(".")))


def patrol_rules() -> PatrolRules:
    """The newest rule set of the rounds carried with the program, read once."""
    return _carried(resources() / "rules")


# ---- what forms call


def _day(facts: Facts, name: str) -> date | None:
    try:
        return date.fromisoformat(text(facts, name)[:10])
    except ValueError:
        return None


def _interval(facts: Facts) -> str:
    day, year = _day(facts, "visit_date"), text(facts, "built_year")
    if day is None:
        return ""
    hazard = text(facts, "reg_hazard_level") in _HAZARDS or bool(text(facts, "patrol_found"))
    built = int(year) if year.isdigit() else None
    return str(patrol_rules().interval_years(built, day, hazard=hazard))


def _annual_due(facts: Facts) -> str:
    """Counted from this inspection when it is the yearly one, else from the last."""
    yearly = text(facts, "visit_kind") == "annual"
    last = _day(facts, "visit_date" if yearly else "reg_last_annual")
    years = text(facts, "required_interval_y")
    return "" if last is None or not years else later(last, months=12 * int(years)).isoformat()


def _next(facts: Facts) -> str:
    day = _day(facts, "visit_date")
    return "" if day is None else patrol_rules().next_patrol(day).isoformat()


def _suggested(facts: Facts) -> str:
    answered = {item: text(facts, item) for item in ITEMS}
    level = patrol_rules().level(answered)
    # A round that finds nothing does not take back what an inspection has judged.
    return worst([level, text(facts, "reg_hazard_level")]) if level else ""


def _advice(facts: Facts) -> str:
    lines = patrol_rules().advice.get(text(facts, "safety_state"), ())
    return "".join(f"{line}。" for line in lines)


FORM_FUNCTIONS: dict[str, Callable[[Facts], str]] = {
    "patrol-interval": _interval,
    "patrol-annual-due": _annual_due,
    "patrol-next": _next,
    "patrol-suggestion": _suggested,
    "patrol-advice": _advice,
}
"""What F18 calls, by name: facts collected from the arguments → answer. All are pure.

``patrol-interval(built_year, visit_date, reg_hazard_level, patrol_found)`` years,
``patrol-annual-due(visit_kind, visit_date, reg_last_annual, required_interval_y)`` day,
``patrol-next(visit_date)`` day, ``patrol-suggestion(g_items, reg_hazard_level)`` level,
``patrol-advice(safety_state)`` text.
"""
