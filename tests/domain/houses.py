"""Houses for the rules: inspected with nothing found, or with one defect."""

from __future__ import annotations

from fieldapp.domain.facts import Facts
from fieldapp.domain.suggestion import CHECK_ITEMS


def house(structure: str, **answers: str) -> Facts:
    """A house fully inspected with nothing found, then ``answers``."""
    facts: Facts = dict.fromkeys(CHECK_ITEMS, "ok")
    facts |= {
        "visit_result": "done",
        "structure_type": structure,
        "floors_up": "2",
        "building_use": "res_self",
    }
    return facts | answers


def with_defect(structure: str, component: str, kind: str, **answers: str) -> Facts:
    """The house with one defect; question names are given without their ``d_``."""
    row: Facts = {"d_item": "wall_damage", "d_component": component, "d_kind": kind}
    row |= {f"d_{name}": value for name, value in answers.items()}
    facts = house(structure, wall_damage="have", floor_type="cast")
    return facts | {"rep_defect": [row]}


def crack(direction: str, width: str, **answers: str) -> dict[str, str]:
    return {"crack_dir": direction, "crack_w": width, "growing": "no", **answers}


def bow(defl: str, span: str, **answers: str) -> dict[str, str]:
    return {"defl_mm": defl, "span": span, **answers}
