"""The danger points of components (JGJ 125-2016 chapter 5, Xiamen's X and Y rules) for one recorded defect.

A rule is *met*, *not met*, or *not decided* because a measurement is missing. ``judge`` gives one finding
for each rule that applies; which rules apply follows from material, component and kind of defect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from fieldapp.domain.facts import text
from fieldapp.domain.ruleset import Finding, RuleSet, number, shown

Slots = dict[str, Fraction | str | None]


@dataclass(frozen=True, slots=True)
class Defect:
    """One row of ``rep_defect``. Lengths in mm except ``tilt_h`` and ``span`` (m); ``loss`` in percent.

    ``ratio`` is crack length over storey height (beams: height over depth). ``material`` is what the
    inspector named, else what follows from the structure, else empty. ``index`` counts from 1.
    """

    index: int
    component: str
    material: str
    kind: str
    direction: str
    spot: str
    cause: str
    width: Fraction | None
    ratio: Fraction | None
    count: Fraction
    tilt_mm: Fraction | None
    tilt_h: Fraction | None
    plane: str
    defl: Fraction | None
    span: Fraction | None
    loss: Fraction | None
    crushed: str
    bulge_crack: str
    growing: str
    severe: bool

    @property
    def tilt(self) -> Fraction | None:
        """Offset over height, a pure ratio."""
        if self.tilt_mm is None or not self.tilt_h:
            return None
        return self.tilt_mm / (self.tilt_h * 1000)

    @property
    def diagonal(self) -> bool:
        """Diagonal; stepped and crossing cracks are diagonal cracks that follow the joints or meet."""
        return self.direction in {"diagonal", "stepped", "cross"}


def read_defect(row: Mapping[str, object], index: int, structure: str, floor: str, rules: RuleSet) -> Defect:
    """A defect from the answers of one repeat instance."""
    component = text(row, "d_component")
    return Defect(
        index=index,
        component=component,
        material=text(row, "d_material") or material_of(component, structure, floor, rules),
        kind=text(row, "d_kind"),
        direction=text(row, "d_crack_dir"),
        spot=text(row, "d_spot"),
        cause=text(row, "d_crack_cause"),
        width=number(text(row, "d_crack_w")),
        ratio=number(text(row, "d_crack_ratio")),
        count=number(text(row, "d_crack_n")) or Fraction(1),
        tilt_mm=number(text(row, "d_tilt_mm")),
        tilt_h=number(text(row, "d_tilt_h")),
        plane=text(row, "d_tilt_plane"),
        defl=number(text(row, "d_defl_mm")),
        span=number(text(row, "d_span")),
        loss=number(text(row, "d_loss_pct")),
        crushed=text(row, "d_crushed"),
        bulge_crack=text(row, "d_bulge_crack"),
        growing=text(row, "d_growing"),
        severe=text(row, "d_severe") == "yes",
    )


def material_of(component: str, structure: str, floor_type: str, rules: RuleSet) -> str:
    """The material that follows from structure and floor; empty when it does not follow."""
    by_structure = rules.materials.get(structure, {})
    if component in by_structure:
        return by_structure[component]
    if component in {"slab", "stair", "balcony", "roof"}:
        named = {rules.materials["floor_type"].get(name, "") for name in floor_type.split()}
        return named.pop() if len(named) == 1 else ""
    return ""


class Judge:
    """Applies a rule set to one defect and collects the findings."""

    def __init__(self, rules: RuleSet, defect: Defect, floor_type: str) -> None:
        self.rules = rules
        self._defect = defect
        self._floor_type = floor_type
        self.findings: list[Finding] = []
        self.undecided = False
        self._touched = False

    def say(self, rule: str, met: bool | None, level: str = "", **slots: Fraction | str | None) -> None:
        """Record what ``rule`` gives; H2 raises danger points of load-bearing components to major."""
        self._touched = True
        group = ""
        if rule in self.rules.raised["rules"] and self._defect.component in self.rules.raised["components"]:
            level, group = "major", "H2"
        self.undecided |= met is None
        found = self.rules.rules[rule].finding(
            met, slots, defect=self._defect.index, level=level, group=group
        )
        self.findings.append(found)

    def note(self, rule: str, **slots: Fraction | str | None) -> None:
        """Record a sign that counts only together with others (Y rules): not exceeded, but decided."""
        self._touched = True
        self.findings.append(self.rules.rules[rule].finding(False, slots, defect=self._defect.index))

    def recorded(self) -> None:
        """No rule judges this, and none has to: it does not leave the suggestion undecided."""
        self._touched = True

    def run(self) -> Judge:
        """Judge the defect; one that no rule could judge leaves the suggestion undecided."""
        defect = self._defect
        masonry = defect.material in self.rules.lists["masonry_like"]
        if defect.severe:
            self._severe(masonry)
        family = "masonry" if masonry else defect.material
        check = _BY_KIND.get((defect.kind, family)) or _BY_KIND.get((defect.kind, ""))
        if isinstance(check, str):
            self.say(check, True)
        elif check is not None:
            check(self, defect)
        if not self._touched and defect.kind not in self.rules.lists["not_judged"]:
            self.undecided = True
        return self

    def _severe(self, masonry: bool) -> None:
        if masonry and self._defect.component == "wall":
            self.say("X4", True)
        elif self._defect.material == "timber":
            self.say("X5", True)
        else:
            self.say("S6", True)

    def over(self, value: Fraction | None, rule: str, name: str) -> bool | None:
        """``value`` strictly greater than the limit; None when it was not measured."""
        return None if value is None else value > self.rules.limit(rule, name)

    def part(self, rule: str, length_m: Fraction | None) -> Fraction | None:
        """The bound in mm of a limit given as a part of a span or height in m."""
        return None if length_m is None else self.rules.limit(rule, "part") * length_m * 1000

    @property
    def several(self) -> bool:
        return self._defect.count >= self.rules.several

    @property
    def precast(self) -> bool:
        return self._floor_type == "precast"


def both(first: bool | None, second: bool | None) -> bool | None:
    """Three-valued *and*: one False decides, a missing measurement leaves it open."""
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def either(first: bool | None, second: bool | None) -> bool | None:
    """Three-valued *or*."""
    if first or second:
        return True
    return None if first is None or second is None else False


def _crack_masonry(judge: Judge, defect: Defect) -> None:
    if defect.component == "foundation":
        judge.say("F2", judge.over(defect.width, "F2", "width_mm"), width=defect.width)
    elif defect.component == "lintel":
        judge.say("M8", defect.direction == "vertical" or defect.diagonal)
    elif defect.component in {"wall", "column"}:
        _crack_wall(judge, defect)
    elif defect.component == "facade":
        judge.recorded()  # whether it may fall on people is asked with the check item


def _crack_wall(judge: Judge, defect: Defect) -> None:
    width = defect.width
    if defect.spot == "joint_through":
        judge.say("M6j", True, width=width)
        judge.note("Y3")
    elif defect.spot == "under_bearing":
        met = either(judge.over(width, "M4", "width_mm"), judge.several and defect.direction == "vertical")
        judge.say("M4", met, width=width, count=defect.count)
        judge.note("Y4", width=width)
    elif defect.direction == "vertical":
        _crack_vertical(judge, defect)
    elif defect.direction == "horizontal":
        by_load = {"load": True, "temperature": False, "settlement": False, "corrosion": False}
        judge.say("M5", by_load.get(defect.cause), width=width)
    elif defect.diagonal and defect.component == "wall":
        _crack_diagonal(judge, defect)
    elif defect.direction in {"map", "along_bar"}:
        judge.recorded()


def _crack_vertical(judge: Judge, defect: Defect) -> None:
    width, ratio = defect.width, defect.ratio
    wide = judge.over(width, "M2a", "width_mm")
    met = both(wide, judge.over(ratio, "M2a", "length_ratio"))
    judge.say("M2a", met, width=width, ratio=_fraction_text(ratio))
    if judge.several:
        judge.say("M2b", judge.over(ratio, "M2b", "length_ratio"), ratio=_fraction_text(ratio))
    if defect.component == "wall":
        name = "several_ratio" if judge.several else "length_ratio"
        danger = both(judge.over(width, "X3", "width_mm"), judge.over(ratio, "X3", name))
        if danger:
            judge.say("X3", True, width=width, ratio=_fraction_text(ratio), count=defect.count)
        else:
            judge.note("Y2", width=width, limit_mm=judge.rules.rules["X3"].stated["width_mm"])


def _crack_diagonal(judge: Judge, defect: Defect) -> None:
    name = "several_width_mm" if judge.several else "width_mm"
    if judge.over(defect.width, "X2", name):
        judge.say("X2", True, width=defect.width, count=defect.count)
    else:
        judge.note("Y1", width=defect.width, limit_mm=judge.rules.rules["X2"].stated[name])


def _crack_concrete(judge: Judge, defect: Defect) -> None:
    width, component = defect.width, defect.component
    if component == "foundation":
        judge.say("F2", judge.over(width, "F2", "width_mm"), width=width)
    elif component == "balcony":
        judge.say("C14", judge.over(width, "C14", "width_mm"), width=width)
    elif component == "beam":
        _crack_beam(judge, defect)
    elif component in {"slab", "stair", "roof"}:
        _crack_slab(judge, defect)
    elif component == "column":
        _crack_column(judge, defect)
    elif component == "wall":
        judge.say("C10", defect.diagonal and defect.spot in {"mid_span", ""}, width=width)


def _crack_beam(judge: Judge, defect: Defect) -> None:
    width = defect.width
    if defect.direction == "vertical":
        met = both(judge.over(width, "C3", "width_mm"), judge.over(defect.ratio, "C3", "height_ratio"))
        judge.say("C3", met, width=width, ratio=_fraction_text(defect.ratio))
        return
    if defect.diagonal and defect.spot == "near_support":
        judge.say("C3s", True, width=width)
    if defect.diagonal or defect.direction in {"horizontal", "along_bar"}:
        judge.say("C2b", judge.over(width, "C2b", "width_mm"), width=width)
    else:
        judge.say("C2c", judge.over(width, "C2c", "width_mm"), width=width)


def _crack_slab(judge: Judge, defect: Defect) -> None:
    if judge.precast and defect.spot == "soffit_across":
        judge.say("C5", True, width=defect.width)
    elif not judge.precast and (defect.spot == "perimeter_top" or defect.direction == "cross"):
        judge.say("C6", True, width=defect.width)
    judge.say("C2c", judge.over(defect.width, "C2c", "width_mm"), width=defect.width)


def _crack_column(judge: Judge, defect: Defect) -> None:
    crushed = {"yes": True, "no": False}.get(defect.crushed)
    if defect.direction == "vertical":
        judge.say("C7", crushed, width=defect.width)
    else:
        judge.say("C7", both(judge.over(defect.width, "C7", "width_mm"), crushed), width=defect.width)


def _fraction_text(ratio: Fraction | None) -> str:
    return shown(ratio)


def _tilt_masonry(judge: Judge, defect: Defect) -> None:
    if defect.component in {"wall", "column", "facade"}:
        _permil(judge, defect, "M6")


def _tilt_concrete(judge: Judge, defect: Defect) -> None:
    if defect.component in {"wall", "column"}:
        _permil(judge, defect, "C8")
    elif defect.component == "truss":
        _permil(judge, defect, "C12")


def _permil(judge: Judge, defect: Defect, rule: str) -> None:
    permil = None if defect.tilt is None else defect.tilt * 1000
    judge.say(rule, judge.over(permil, rule, "tilt_permil"), tilt=permil)


def _tilt_timber(judge: Judge, defect: Defect) -> None:
    if defect.component == "truss":
        _bow(judge, "T4t", defect.tilt_mm, defect.tilt_h)


def _tilt_steel(judge: Judge, defect: Defect) -> None:
    offset, height = defect.tilt_mm, defect.tilt_h
    if defect.component == "truss":
        _bow(judge, "ST9t", offset, height)
    elif defect.component == "column":
        judge.say("ST8", judge.over(offset, "ST8", "most_mm"), offset=offset)
        in_plane, out_of_plane = judge.part("ST8i", height), judge.part("ST8o", height)
        beyond_in = _beyond(offset, in_plane)
        # h/150 is the wider limit: beyond it the column is dangerous in whichever plane it was measured.
        if defect.plane == "in" or beyond_in or beyond_in is None:
            judge.say("ST8i", beyond_in, offset=offset, height=height, bound=in_plane)
        else:
            beyond_out = _beyond(offset, out_of_plane)
            met = beyond_out if defect.plane == "out" or not beyond_out else None
            judge.say("ST8o", met, offset=offset, height=height, bound=out_of_plane)


def _beyond(value: Fraction | None, bound: Fraction | None) -> bool | None:
    return None if value is None or bound is None else value > bound


def _bow(judge: Judge, rule: str, defl: Fraction | None, span: Fraction | None) -> bool | None:
    bound = judge.part(rule, span)
    met = _beyond(defl, bound)
    judge.say(rule, met, defl=defl, span=span, bound=bound)
    return met


def _bow_or_most(judge: Judge, rule: str, defect: Defect) -> None:
    bound = judge.part(rule, defect.span)
    met = either(_beyond(defect.defl, bound), judge.over(defect.defl, rule, "most_mm"))
    judge.say(rule, met, defl=defect.defl, span=defect.span, bound=bound)


def _sag_masonry(judge: Judge, defect: Defect) -> None:
    if defect.component == "lintel":
        judge.say("M8", True)


def _sag_concrete(judge: Judge, defect: Defect) -> None:
    rule = "C11" if defect.component == "truss" else "C2a"
    if defect.component in {"beam", "slab", "stair", "balcony", "roof", "truss"}:
        bound = judge.part(rule, defect.span)
        met = both(_beyond(defect.defl, bound), judge.over(defect.width, rule, "width_mm"))
        judge.say(rule, met, defl=defect.defl, span=defect.span, width=defect.width, bound=bound)


def _sag_timber(judge: Judge, defect: Defect) -> None:
    rule = {"beam": "T3", "truss": "T4", "roof": "T5", "slab": "T5", "column": "T6"}.get(defect.component)
    if rule:
        _bow(judge, rule, defect.defl, defect.span)


def _sag_steel(judge: Judge, defect: Defect) -> None:
    if defect.component in {"beam", "slab", "roof", "stair"}:
        _bow_or_most(judge, "ST5", defect)
    elif defect.component == "truss":
        _bow_or_most(judge, "ST9", defect)


def _bulge_masonry(judge: Judge, defect: Defect) -> None:
    if defect.component in {"wall", "column", "facade"}:
        bound = judge.part("M7", defect.span)
        met = True if defect.bulge_crack == "yes" else _beyond(defect.defl, bound)
        judge.say("M7", met, defl=defect.defl, span=defect.span, bound=bound)


def _bulge_timber(judge: Judge, defect: Defect) -> None:
    if defect.component == "column":
        _bow(judge, "T6", defect.defl, defect.span)


def _bulge_steel(judge: Judge, defect: Defect) -> None:
    if defect.component == "beam":
        bound = judge.part("ST6", defect.span)
        growing = {"yes": True, "no": False}.get(defect.growing)
        met = both(_beyond(defect.defl, bound), growing)
        judge.say("ST6", met, defl=defect.defl, span=defect.span, bound=bound)


def _spall_masonry(judge: Judge, defect: Defect) -> None:
    met = None if defect.loss is None else defect.loss >= judge.rules.limit("M3", "loss_percent")
    judge.say("M3", met, loss=defect.loss)


def _spall_concrete(judge: Judge, defect: Defect) -> None:
    met = None if defect.loss is None else defect.loss >= judge.rules.limit("C9", "loss_percent")
    judge.say("C9", met, loss=defect.loss)


def _rebar(judge: Judge, defect: Defect) -> None:
    judge.say("C4", judge.over(defect.loss, "C4", "loss_percent"), loss=defect.loss)


def _rot(judge: Judge, defect: Defect) -> None:
    if defect.component == "column":
        judge.say("T6b", judge.over(defect.loss, "T6b", "loss_percent"), loss=defect.loss)


def _corrosion_steel(judge: Judge, defect: Defect) -> None:
    judge.say("ST4", judge.over(defect.loss, "ST4", "loss_percent"), loss=defect.loss)


def _break_stone(judge: Judge, defect: Defect) -> None:
    if defect.material == "stone" and defect.component in {
        "beam",
        "slab",
        "column",
        "stair",
        "balcony",
        "lintel",
    }:
        judge.say("H5", True)


def _break_timber(judge: Judge, defect: Defect) -> None:
    if defect.component == "column":
        judge.say("T6b", True, loss=defect.loss)


def _missing(judge: Judge, defect: Defect) -> None:
    if defect.component == "brace":
        judge.say("B1", True)
    elif defect.component in judge.rules.raised["components"]:
        judge.say("H4", True)


Check = Callable[[Judge, Defect], None]
#: By kind of defect and family of material ("" for any material); a rule id where presence alone decides.
_BY_KIND: dict[tuple[str, str], Check | str] = {
    ("crack", "masonry"): _crack_masonry,
    ("crack", "concrete"): _crack_concrete,
    ("crack", "steel"): "ST2",
    ("tilt", "masonry"): _tilt_masonry,
    ("tilt", "concrete"): _tilt_concrete,
    ("tilt", "timber"): _tilt_timber,
    ("tilt", "steel"): _tilt_steel,
    ("deflection", "masonry"): _sag_masonry,
    ("deflection", "concrete"): _sag_concrete,
    ("deflection", "timber"): _sag_timber,
    ("deflection", "steel"): _sag_steel,
    ("bulge", "masonry"): _bulge_masonry,
    ("bulge", "timber"): _bulge_timber,
    ("bulge", "steel"): _bulge_steel,
    ("spall", "masonry"): _spall_masonry,
    ("spall", "concrete"): _spall_concrete,
    ("rebar", ""): _rebar,
    ("rot", "timber"): _rot,
    ("corrosion", "steel"): _corrosion_steel,
    ("corrosion", "concrete"): _rebar,
    ("joint", "steel"): "ST2",
    ("joint", "timber"): "T2",
    ("weld", ""): "ST2",
    ("bolt", ""): "ST2",
    ("break", "masonry"): _break_stone,
    ("break", "timber"): _break_timber,
    ("break", "steel"): "ST2",
    ("missing", ""): _missing,
}
