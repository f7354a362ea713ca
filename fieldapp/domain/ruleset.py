"""Versioned rule sets: thresholds with clause, source and confidence, and the findings they give.

Every number that judges a building stands in ``resources/rules/*.toml``, never in code. Limits and measured
values are compared as exact fractions: 8 mm over 1.2 m is 8/1200, not 0.00666….
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fieldapp.errors import Phrase, UserError
from fieldapp.settings import resources

RANK = {"": 0, "basic_safe": 0, "pending": 1, "general": 2, "major": 3}


def number(text: object) -> Fraction | None:
    """The exact value of an answer such as ``0.8``; None when it is empty or not a number."""
    try:
        return Fraction(str(text).strip())
    except (ValueError, ZeroDivisionError):
        return None


def shown(value: Fraction | None, places: int = 2) -> str:
    """A value for people, at most ``places`` decimals, half away from zero, without trailing zeros; 未测
    for None."""
    if value is None:
        return "未测"
    scale = 10**places
    scaled = abs(value) * scale
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    text = f"{whole // scale}.{whole % scale:0{places}d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 and whole else text


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of the building or of one defect.

    ``rule_id`` as printed (``C4``), ``group`` the H rule it leads to (``H2``) or empty; ``text`` and
    ``text_en`` say what was found with its value, ``limit_text`` and ``limit_text_en`` the limit in words;
    ``value``, ``limit`` and ``unit`` are the deciding number (empty where presence decides). ``exceeded``
    means the rule is met; ``decided`` is False where a measurement is missing. ``confirmed`` is False for
    limits to be printed with ``*``. ``level`` is what the rule leads to when met; ``defect_index`` counts
    defects from 1, None for the building.
    """

    rule_id: str
    clause: str
    text: str
    text_en: str
    value: str
    limit: str
    unit: str
    limit_text: str
    limit_text_en: str
    exceeded: bool
    decided: bool
    confirmed: bool
    level: str
    group: str = ""
    defect_index: int | None = None

    def line(self, language: str = "zh") -> str:
        """One line for sheet and screen: id, what was found, limit, ``*`` where the limit is not
        confirmed."""
        mark = "" if self.confirmed else "*"
        if language.startswith("en"):
            return f"{self.rule_id} {self.text_en} ({self.limit_text_en}){mark}"
        return f"{self.rule_id} {self.text}（{self.limit_text}）{mark}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as its file gives it; ``limits`` are exact, ``stated`` the same limits as they are written."""

    key: str
    code: str
    clause: str
    source: str
    confidence: str
    level: str
    group: str
    zh: str
    en: str
    limit_zh: str
    limit_en: str
    value: str
    limit: str
    unit: str
    limits: Mapping[str, Fraction]
    stated: Mapping[str, str]

    @property
    def confirmed(self) -> bool:
        """Found or recalled with high confidence; anything else is printed with ``*``."""
        return self.source in {"found", "recalled"} and self.confidence == "high"

    def finding(
        self,
        met: bool | None,
        slots: Mapping[str, Fraction | str | None],
        *,
        defect: int | None = None,
        level: str = "",
        group: str = "",
    ) -> Finding:
        """The finding for measured ``slots``; ``met`` None means a measurement is missing."""
        texts = dict(self.stated)
        for name, value in slots.items():
            texts[name] = value if isinstance(value, str) else shown(value)
        if self.value in slots and self.limit in self.limits:
            texts[self.value] = _apart(slots[self.value], self.limits[self.limit], texts[self.value])
        return Finding(
            rule_id=self.code,
            clause=self.clause,
            text=self.zh.format(**texts),
            text_en=self.en.format(**texts).replace("未测", "not measured"),
            value=texts.get(self.value, "") if self.value else "",
            limit=texts.get(self.limit, "") if self.limit else "",
            unit=self.unit,
            limit_text=self.limit_zh.format(**texts),
            limit_text_en=self.limit_en.format(**texts),
            exceeded=bool(met),
            decided=met is not None,
            confirmed=self.confirmed,
            level=level or self.level or "general",
            group=group or self.group,
            defect_index=defect,
        )


def _apart(value: Fraction | str | None, limit: Fraction, text: str) -> str:
    """More decimals where rounding would show a value equal to a limit that it is not equal to."""
    if isinstance(value, Fraction) and value != limit and Fraction(text) == limit:
        return shown(value, 6)
    return text


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule set by id and version. ``lists`` hold names of code lists, ``texts`` the advice."""

    id: str
    version: str
    date: str
    several: Fraction
    rules: Mapping[str, Rule]
    lists: Mapping[str, frozenset[str]]
    materials: Mapping[str, Mapping[str, str]]
    raised: Mapping[str, frozenset[str]]
    deadline_days: Mapping[str, int]
    advice: Mapping[str, tuple[str, ...]]
    advice_of: Mapping[str, str]
    title: Mapping[str, str] = field(default_factory=dict)

    def limit(self, rule: str, name: str) -> Fraction:
        """The exact limit ``name`` of ``rule``."""
        return self.rules[rule].limits[name]


def load_ruleset(path: Path) -> RuleSet:
    """Read a rule set; DOMAIN_002 names file and rule when something is missing or not exact."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UserError("DOMAIN_002", file=path.name, place="", problem=str(error)) from error
    try:
        return _ruleset(raw, path)
    except KeyError as error:
        raise UserError("DOMAIN_002", file=path.name, place=str(error), problem="is missing") from error


@lru_cache(maxsize=4)
def _carried(folder: Path) -> dict[str, RuleSet]:
    return {rules.version: rules for rules in map(load_ruleset, sorted(folder.glob("hazard-*.toml")))}


def hazard_ruleset(version: str = "") -> RuleSet:
    """A hazard rule set carried with the program, read once; the newest without ``version``.

    Old records are judged and printed by the version they name. KeyError for one that is not carried.
    """
    carried = _carried(resources() / "rules")
    return carried[version or max(carried, key=_parts)]


def _parts(version: str) -> tuple[int, ...]:
    """``2022.10`` is newer than ``2022.2``."""
    return tuple(int(part) for part in version.split("."))


def _ruleset(raw: dict[str, Any], path: Path) -> RuleSet:
    several = number(raw["several"])
    if several is None:
        raise UserError("DOMAIN_002", file=path.name, place="several", problem="is not a number")
    return RuleSet(
        id=raw["id"],
        version=raw["version"],
        date=str(raw["date"]),
        several=several,
        rules=MappingProxyType({key: _rule(key, table, path) for key, table in raw["rules"].items()}),
        lists=MappingProxyType({key: frozenset(names) for key, names in raw["lists"].items()}),
        materials=raw["materials"],
        raised={key: frozenset(names) for key, names in raw["groups"]["H2"].items()},
        deadline_days=raw["deadline_days"],
        advice={key: tuple(lines) for key, lines in raw["advice"].items()},
        advice_of=raw["advice_of"],
        title={"zh": raw["title_zh"], "en": raw["title_en"]},
    )


def _rule(key: str, table: dict[str, Any], path: Path) -> Rule:
    limits = {}
    for name, text in table.get("limits", {}).items():
        exact = number(text) if isinstance(text, str) else None
        if exact is None:
            form = Phrase('the limit {name} is written as a text such as "1.0" or "1/150"', name=name)
            raise UserError("DOMAIN_002", file=path.name, place=key, problem=form)
        limits[name] = exact
    if table["source"] not in {"found", "recalled", "proposal"} or table["confidence"] not in {
        "high",
        "medium",
        "low",
    }:
        problem = "source is found, recalled or proposal; confidence is high, medium or low"
        raise UserError("DOMAIN_002", file=path.name, place=key, problem=problem)
    return Rule(
        key=key,
        code=table.get("code", key),
        clause=table["clause"],
        source=table["source"],
        confidence=table["confidence"],
        level=table.get("level", ""),
        group=table.get("group", ""),
        zh=table["zh"],
        en=table["en"],
        limit_zh=table["limit_zh"],
        limit_en=table["limit_en"],
        value=table.get("value", ""),
        limit=table.get("limit", ""),
        unit=table.get("unit", ""),
        limits=MappingProxyType(limits),
        stated=MappingProxyType(dict(table.get("limits", {}))),
    )
