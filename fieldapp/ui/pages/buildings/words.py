"""Facts of a house in words, short enough for a table, whole enough for its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fieldapp.domain.register import schema
from fieldapp.i18n import _, ngettext
from fieldapp.services.buildings import LIST
from fieldapp.services.ledger import Newest
from fieldapp.services.wording import said
from fieldapp.ui.components.pills import PillKind

Values = Mapping[str, str]
Tone = Literal["", "text2", "text3", "warn", "danger", "ok", "accent"]


@dataclass(frozen=True, slots=True)
class Level:
    """A hazard level as a pill: its kind, its short word, the meaning of its icon."""

    kind: PillKind
    word: str
    icon: str


@dataclass(frozen=True, slots=True)
class Words:
    """Says values in ``language`` (``zh`` or ``en``), days as seen from ``today``."""

    language: str
    today: date

    def name_of(self, fact: str) -> str:
        """The word for a property."""
        return schema(LIST).properties[fact].title(self.language)

    def head(self, fact: str) -> str:
        """The head of its column: the one that names the house is headed by what the rows are."""
        declared = schema(LIST)
        return declared.title(self.language) if fact == declared.label else self.name_of(fact)

    def said(self, fact: str, value: str, labels: Mapping[str, str] | None = None) -> str:
        """A property's value in words, empty for none; ``labels`` of the rows that it may name."""
        if value and fact == "floors_up":
            return ngettext("{count} storey", "{count} storeys", 1 if value == "1" else 0).format(count=value)
        if value and fact == "built_year":
            return _("built {year}").format(year=value)
        return said(schema(LIST).properties[fact], value, self.language, labels)

    def short(self, fact: str, value: str) -> str:
        """As ``said``, without what stands in brackets or behind a stroke."""
        words = re.sub(r"[（(].*?[）)]", "", self.said(fact, value))
        return words.partition("/")[0].strip()

    def structure(self, values: Values) -> tuple[str, str]:
        """石结构, and 3层·1996年 (a line of its own, for a number is never cut off)."""
        parts = (self._of(values, "floors_up"), self._of(values, "built_year"))
        kind = self.short("structure_type", values.get("structure_type", ""))
        return kind, "·".join(part for part in parts if part)

    def community(self, values: Values) -> str:
        """亭店 of 亭店社区, as a column headed by the word needs it."""
        name = self.short("community", values.get("community", ""))
        return name.removesuffix("社区").removesuffix(" Community")

    def _of(self, values: Values, fact: str) -> str:
        return self.said(fact, values.get(fact, ""))

    def first(self, fact: str, value: str) -> str:
        """The first of several codes, and how many more."""
        names = value.split()
        if not names:
            return ""
        first = self.short(fact, names[0])
        return f"{first} +{len(names) - 1}" if len(names) > 1 else first

    def tasks(self, values: Values) -> str:
        """T1 T12, the open tasks of the plan."""
        return " ".join(f"T{int(task[1:])}" for task in values.get("open_tasks", "").split())

    def level(self, level: str) -> Level | None:
        """The pill of an open level, None where nothing is open."""
        return {
            "major": Level("danger", _("Major"), "major"),
            "general": Level("warn", _("General"), "general"),
            "pending": Level("neutral", _("To be judged"), "no_code"),
        }.get(level)

    def day(self, on: str | date) -> str:
        """今天, else 2026-02-20; a time of day is left out. Empty for none."""
        text = on.isoformat() if isinstance(on, date) else on[:10]
        return _("today") if text == self.today.isoformat() else text

    def deadline(self, value: str) -> tuple[str, Tone]:
        """A deadline as days past or a day, empty for none."""
        if not value:
            return "", ""
        late = (self.today - date.fromisoformat(value[:10])).days
        if late > 0:
            return ngettext("{days} day overdue", "{days} days overdue", late).format(days=late), "danger"
        return _("until {day}").format(day=self.day(value)), "text2"

    def last(self, values: Values, newest: Newest | None) -> tuple[str, str, Tone]:
        """When somebody was there last, and how far the record of it has come."""
        if newest is not None:
            word, tone = standing(newest.standing)
            return self.day(newest.day), word, tone
        inspected, visited = values.get("last_inspected", ""), values.get("last_visit", "")
        if visited > inspected:
            return self.day(visited), self.short("last_result", values.get("last_result", "")), "warn"
        if inspected:
            return self.day(inspected), "", ""
        return _("Never"), "", "text3"


def standing(name: str) -> tuple[str, Tone]:
    """A state of a record in words, and its tone."""
    told: dict[str, tuple[str, Tone]] = {
        "draft": (_("Draft"), "accent"),
        "queued": (_("Final, unsent"), "text2"),
        "refused": (_("Not delivered"), "danger"),
        "sent": (_("Delivered"), "ok"),
        "accepted": (_("Accepted"), "ok"),
        "returned": (_("Returned"), "danger"),
        "superseded": (_("Replaced"), "text3"),
    }
    return told[name]
