"""The suggested hazard level (规则提示，仅供参考) with the rules that led to it.

It is advice: the inspector sets the level, and a preliminary judgement never replaces an appraisal. Facts
are the answers of the form by question name (see ``facts``), the building's facts among them; thresholds
come from a rule set. Anything a measurement is missing for leads to ``pending``, never to ``basic_safe``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from fieldapp.domain.codelists import codelists
from fieldapp.domain.defects import Judge, both, either, read_defect
from fieldapp.domain.facts import Facts, text
from fieldapp.domain.ruleset import RANK, Finding, RuleSet, hazard_ruleset, number

CHECK_ITEMS = (
    "site_condition", "ground_settle", "ground_joint", "tilt_seen", "foundation_damage", "wall_damage",
    "column_damage", "beam_damage", "slab_damage", "stone_broken", "stair_damage", "balcony_damage",
    "facade_risk", "roof_damage", "opening_deform", "overload", "works_ongoing", "alteration_found",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``level`` is a name of ``hazard_level``; ``findings`` in the order of the building, then of the
    defects.

    ``undecided`` names check items (and ``defect N``) that keep the level at ``pending``; ``key_appraisal``
    names the classes of ``key_appraisal_class`` that make a general hazard one to be appraised; ``ruleset``
    is its version.
    """

    level: str
    findings: tuple[Finding, ...]
    undecided: tuple[str, ...]
    key_appraisal: tuple[str, ...]
    ruleset: str

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that are met, the H rules they lead to first, each once."""
        met = [finding for finding in self.findings if finding.exceeded]
        groups = [finding.group for finding in met if finding.group]
        return tuple(dict.fromkeys(groups + [finding.rule_id for finding in met]))


def suggest(facts: Facts, ruleset: RuleSet | None = None) -> Suggestion:
    """The suggestion for one building's facts (a form's answers and the register's facts, by question
    name)."""
    return _Case(facts, ruleset or hazard_ruleset()).suggestion()


class _Case:
    """One building under one rule set: collects findings and what could not be decided."""

    def __init__(self, facts: Facts, rules: RuleSet) -> None:
        self.facts = facts
        self.rules = rules
        self.structure = text(facts, "structure_type")
        self.floor_type = text(facts, "floor_type")
        self.findings: list[Finding] = []
        self.undecided: list[str] = []
        rows = facts.get("rep_defect", [])
        self.defects = [
            read_defect(row, index, self.structure, self.floor_type, rules)
            for index, row in enumerate(rows if isinstance(rows, list) else [], start=1)
        ]

    def suggestion(self) -> Suggestion:
        for judge in (
            self._site,
            self._ground,
            self._building_tilt,
            self._items,
            self._works,
            self._alteration,
        ):
            judge()
        self._history()
        per_defect: list[Finding] = []
        for defect in self.defects:
            judged = Judge(self.rules, defect, self.floor_type).run()
            per_defect += judged.findings
            if judged.undecided:
                self.undecided.append(f"defect {defect.index}")
        self._several_kinds(per_defect)
        self.findings += per_defect
        self._unseen()
        level = self._level()
        return Suggestion(
            level=level,
            findings=tuple(self.findings),
            undecided=tuple(dict.fromkeys(self.undecided)),
            key_appraisal=self._key_classes() if level == "general" else (),
            ruleset=self.rules.version,
        )

    def _level(self) -> str:
        worst = max(
            (finding.level for finding in self.findings if finding.exceeded), key=RANK.__getitem__, default=""
        )
        if worst:
            return worst
        return "pending" if self.undecided else "basic_safe"

    def say(self, rule: str, met: bool | None, item: str, **slots: Fraction | str | None) -> None:
        """Record what ``rule`` gives; a missing measurement leaves ``item`` undecided."""
        self.findings.append(self.rules.rules[rule].finding(met, slots))
        if met is None:
            self.undecided.append(item)

    def have(self, item: str) -> bool:
        return text(self.facts, item) == "have"

    def names(self, question: str) -> set[str]:
        return set(text(self.facts, question).split())

    def value(self, question: str) -> Fraction | None:
        return number(text(self.facts, question))

    def over(self, value: Fraction | None, rule: str, name: str) -> bool | None:
        return None if value is None else value > self.rules.limit(rule, name)

    def listed(self, name: str) -> frozenset[str]:
        return self.rules.lists[name]

    # ---- site and ground

    def _site(self) -> None:
        if not self.have("site_condition"):
            return
        if self.names("site_risk") & self.listed("geological"):
            self.say("H6", True, "site_condition")
        slide = self.value("slide_mm")
        if slide is not None:
            moving = {"yes": True, "no": False}.get(text(self.facts, "slide_moving"))
            self.say("G5", both(self.over(slide, "G5", "slide_mm"), moving), "site_condition", slide=slide)

    def _ground(self) -> None:
        if self.have("ground_settle"):
            month, day = self.value("settle_rate_mm_month"), self.value("settle_rate_mm_day")
            self.say("G1a", self.over(month, "G1a", "rate_mm_month"), "ground_settle", rate=month)
            if text(self.facts, "adjacent_works") == "yes":
                self.say("G1b", self.over(day, "G1b", "rate_mm_day"), "ground_settle", rate=day)
        if self.have("ground_joint"):
            # JGJ 125 names the sign; no rule of the set gives a number for it.
            self.undecided.append("ground_joint")

    @property
    def tilt_percent(self) -> Fraction | None:
        offset, height = self.value("tilt_mm"), self.value("tilt_h_m")
        return offset / (height * 1000) * 100 if offset is not None and height else None

    def _building_tilt(self) -> None:
        if not self.have("tilt_seen"):
            return
        tilt, floors, height = self.tilt_percent, self.value("floors_up"), self.value("tilt_h_m")
        rule = self._tilt_rule(floors, height)
        met = self.over(tilt, rule, "tilt_percent")
        if floors is None and met and not self.over(tilt, "G4a", "tilt_percent"):
            met = None  # between the two limits, and the number of storeys is not known
        self.say(rule, met, "tilt_seen", tilt=tilt)
        walls = [one for one in self.defects if one.component == "wall" and one.kind == "crack"]
        if any(one.diagonal and one.material in self.listed("masonry_like") for one in walls):
            self.say("X1", True, "tilt_seen")
        self._settlement_cracks(tilt)

    def _tilt_rule(self, floors: Fraction | None, height: Fraction | None) -> str:
        # The measured height is at most the building's: a high building is never judged by the laxer limit.
        for rule in ("G4d", "G4c"):
            if height is not None and height > self.rules.limit(rule, "over_m"):
                return rule
        few = floors is not None and floors <= self.rules.limit("G4a", "floors")
        return "G4a" if few else "G4b"

    def _settlement_cracks(self, tilt: Fraction | None) -> None:
        cracks = [
            one for one in self.defects if one.kind == "crack" and one.cause in {"settlement", "unknown", ""}
        ]
        walls = [
            one for one in cracks if one.component == "wall" and one.material in self.listed("masonry_like")
        ]
        if walls:
            worst = max(walls, key=lambda one: one.width or 0)
            name = "several_width_mm" if len(walls) > 1 or worst.count >= self.rules.several else "width_mm"
            met = both(self.over(worst.width, "G2", name), self.over(tilt, "G2", "tilt_percent"))
            self.say("G2", met, "tilt_seen", width=worst.width, tilt=tilt)
        frame = [one for one in cracks if one.component in {"beam", "column"} and one.material == "concrete"]
        if frame and self.structure in self.listed("frame_structures"):
            by_settlement = True if any(one.cause == "settlement" for one in frame) else None
            self.say("G3", both(by_settlement, self.over(tilt, "G3", "tilt_percent")), "tilt_seen", tilt=tilt)

    # ---- items, works, alterations, history

    def _items(self) -> None:
        if self.have("stone_broken"):
            self.say("H5", True, "stone_broken")
        if self.have("facade_risk") and text(self.facts, "facade_people") == "yes":
            self.say("H7", True, "facade_risk")
        elif self.have("roof_damage") and text(self.facts, "roof_fall") == "yes":
            self.say("H7", True, "roof_damage")
        if self.have("overload"):
            self._overload()

    def _overload(self) -> None:
        if self.structure not in self.listed("steel_structures"):
            self.undecided.append("overload")
            return
        deformed = any(one.kind in {"deflection", "tilt", "bulge"} for one in self.defects)
        self.say("L2" if deformed else "L1", True, "overload")

    def _works(self) -> None:
        if not self.have("works_ongoing") or text(self.facts, "works_structural") != "yes":
            return
        undesigned = text(self.facts, "works_design") != "yes"
        self.say("H4", text(self.facts, "works_in_use") == "yes" or undesigned, "works_ongoing")

    def _alteration(self) -> None:
        altered = self.names("alteration_now")
        if not self.have("alteration_found") or text(self.facts, "alteration_design") == "yes":
            return
        steel = self.structure in self.listed("steel_structures")
        on_frame = "add_storey" in altered or (
            "mezzanine" in altered and text(self.facts, "alteration_support") == "main"
        )
        if steel and on_frame:
            self.say("H3", True, "alteration_found")
        if altered & self.listed("member_cut"):
            self.say("H4", True, "alteration_found")
        added = [name for name in codelists()["alteration"].items if name in altered & self.listed("addon")]
        if added:
            self._say_added(added)

    def _say_added(self, added: list[str]) -> None:
        found = self.rules.rules["N1"].finding(
            True, {"what": codelists().text("alteration", " ".join(added))}
        )
        english = self.rules.rules["N1"].finding(
            True, {"what": codelists().text("alteration", " ".join(added), "en")}
        )
        self.findings.append(_with_english(found, english))

    def _history(self) -> None:
        grade = text(self.facts, "appraisal_grade")
        if grade in self.listed("grade_d"):
            self.say("H9", True, "appraisal_grade")
        elif grade in self.listed("grade_c"):
            self.say("N6", True, "appraisal_grade")
        elif grade == "unsafe":
            self.undecided.append("appraisal_grade")
        if (self.crowded or self.business) and self.irregular:
            self.say("N2", True, "building_use")
        floors = self.value("floors_up")
        if self.structure in self.listed("stone_structures"):
            high = None if floors is None else floors >= self.rules.limit("N3", "floors_from")
            met = either(high, self.have("alteration_found") and "add_storey" in self.names("alteration_now"))
            self.say("N3", met, "floors_up", floors=floors)
        if text(self.facts, "reinforced_by") in self.listed("unqualified_builder"):
            self.say("N4", True, "reinforced_by")

    @property
    def crowded(self) -> bool:
        named = text(self.facts, "crowded_place")
        return named == "yes" or (
            not named and bool(self.names("building_use") & self.listed("crowded_uses"))
        )

    @property
    def business(self) -> bool:
        return bool(self.names("building_use") & self.listed("business_uses"))

    @property
    def irregular(self) -> bool:
        """No regular design or no qualified builder; what is not known is not held against the building."""
        return text(self.facts, "design_state") in self.listed("no_formal_design") or text(
            self.facts, "build_state"
        ) in self.listed("unqualified_builder")

    def _several_kinds(self, per_defect: list[Finding]) -> None:
        signs = Counter(
            finding.rule_id for finding in per_defect if finding.rule_id in {"Y1", "Y2", "Y3", "Y4"}
        )
        if not signs:
            return
        kinds, places = Fraction(len(signs)), Fraction(max(signs.values()))
        met = kinds >= self.rules.limit("Y", "kinds") or places >= self.rules.limit("Y", "places")
        if met:
            self.say("Y", True, "wall_damage", found_kinds=kinds, found_places=places)

    def _unseen(self) -> None:
        if text(self.facts, "visit_result") == "partial":
            self.undecided.append("visit_result")
        recorded = {
            text(row, "d_item") for row in self.facts.get("rep_defect", ()) if isinstance(row, Mapping)
        }
        for item in CHECK_ITEMS:
            state = text(self.facts, item)
            may_stay = state == "unseen" and item in self.listed("may_stay_unseen")
            unseen = state in {"", "unseen"} and not may_stay
            unrecorded = state == "have" and item.endswith(("_damage", "_deform")) and item not in recorded
            if unseen or unrecorded:
                self.undecided.append(item)

    def _key_classes(self) -> tuple[str, ...]:
        steel = self.structure in self.listed("steel_structures")
        self_built = text(self.facts, "self_built") in {"self_urban", "self_rural"}
        low_rural = text(self.facts, "self_built") == "self_rural" and not self.business
        classes = {
            "no_formal": self.irregular and not low_rural,
            "crowded": self.crowded,
            "steel": steel and self.business,
            "self_biz": self_built and self.business,
            "bad_reinforce": text(self.facts, "reinforced_by") in self.listed("unqualified_builder"),
        }
        return tuple(name for name, member in classes.items() if member)


def _with_english(found: Finding, english: Finding) -> Finding:
    return replace(found, text_en=english.text_en)


def advice(level: str, suggestion: Suggestion, ruleset: RuleSet | None = None) -> str:
    """Proposed 处理意见 for a chosen level, numbered: what the level asks, then what single rules ask."""
    rules = ruleset or hazard_ruleset()
    lines = list(rules.advice.get(level, ()))
    if level in {"general", "major"}:
        lines += [rules.advice_of[rule] for rule in suggestion.rules if rule in rules.advice_of]
    if len(lines) < 2:
        return "".join(f"{line}。" for line in lines)
    return "".join(f"{place}. {line}；" for place, line in enumerate(lines, start=1))[:-1] + "。"


def deadline(level: str, inspected_on: str, ruleset: RuleSet | None = None) -> str:
    """Proposed 整改期限 as ISO date; empty for levels without one or when the day is not known."""
    days = (ruleset or hazard_ruleset()).deadline_days.get(level)
    try:
        day = date.fromisoformat(inspected_on[:10])
    except ValueError:
        return ""
    return "" if days is None else (day + timedelta(days=days)).isoformat()


FORM_FUNCTIONS: dict[str, Callable[[Facts], str]] = {
    "hazard-suggestion": lambda facts: suggest(facts).level,
    "hazard-rules": lambda facts: " ".join(suggest(facts).rules),
    "hazard-advice": lambda facts: advice(text(facts, "hazard_level"), suggest(facts)),
    "hazard-deadline": lambda facts: deadline(text(facts, "hazard_level"), text(facts, "visit_date")),
}
"""What forms call, by name: facts collected from the arguments (``facts_of_arguments``) → answer.

Forms call them as ``hazard-suggestion(visit_result, g_building, g_check, g_defect)``, ``hazard-rules(the
same)``, ``hazard-advice(hazard_level, the same)`` and ``hazard-deadline(hazard_level, visit_date)``. All
are pure.
"""
