"""One defect in one house: every threshold below, at and above its limit."""

from __future__ import annotations

import pytest

from fieldapp.domain.suggestion import suggest
from tests.domain.houses import bow, crack, with_defect

DEFECTS: list[tuple[str, str, str, dict[str, str], str, str]] = [
    # structure, component, kind, measurements, level, deciding rule ("" none)
    # M2a: width > 1.0 mm and length > 1/2 storey
    ("masonry", "wall", "crack", crack("vertical", "1.0", crack_ratio="0.9"), "basic_safe", ""),
    ("masonry", "wall", "crack", crack("vertical", "1.1", crack_ratio="0.5"), "basic_safe", ""),
    ("masonry", "wall", "crack", crack("vertical", "1.1", crack_ratio="0.51"), "major", "M2a"),
    ("masonry", "wall", "crack", crack("vertical", "1.1"), "pending", ""),
    ("masonry", "wall", "crack", crack("vertical", "0.3"), "basic_safe", ""),
    # M2b: several, length > 1/3 (0.3333 is below, 0.34 above)
    (
        "masonry",
        "wall",
        "crack",
        crack("vertical", "0.5", crack_ratio="0.3333", crack_n="3"),
        "basic_safe",
        "",
    ),
    ("masonry", "wall", "crack", crack("vertical", "0.5", crack_ratio="0.34", crack_n="3"), "major", "M2b"),
    # X2 on diagonal cracks: > 10 mm alone, > 5 mm if several
    ("masonry", "wall", "crack", crack("diagonal", "10"), "basic_safe", ""),
    ("masonry", "wall", "crack", crack("diagonal", "10.1"), "major", "X2"),
    ("masonry", "wall", "crack", crack("diagonal", "5", crack_n="2"), "basic_safe", ""),
    ("masonry", "wall", "crack", crack("stepped", "5.1", crack_n="2"), "major", "X2"),
    # M3: section loss >= 15 %
    ("masonry", "wall", "spall", {"loss_pct": "14.9"}, "basic_safe", ""),
    ("masonry", "wall", "spall", {"loss_pct": "15"}, "general", "M3"),
    ("masonry", "wall", "spall", {}, "pending", ""),
    # M4, M5, M6 through crack
    ("masonry", "wall", "crack", crack("diagonal", "1.0", spot="under_bearing"), "basic_safe", ""),
    ("masonry", "wall", "crack", crack("diagonal", "1.01", spot="under_bearing"), "major", "M4"),
    ("masonry", "wall", "crack", crack("vertical", "0.2", spot="under_bearing", crack_n="2"), "major", "M4"),
    ("masonry", "wall", "crack", crack("horizontal", "0.5", crack_cause="load"), "general", "M5"),
    ("masonry", "wall", "crack", crack("horizontal", "0.5", crack_cause="temperature"), "basic_safe", ""),
    ("masonry", "wall", "crack", crack("horizontal", "0.5"), "pending", ""),
    ("masonry", "wall", "crack", crack("vertical", "0.5", spot="joint_through"), "major", "M6"),
    # M6: tilt > 7 per mille; 21 mm over 3 m is exactly 7
    ("masonry", "wall", "tilt", {"tilt_mm": "21", "tilt_h": "3"}, "basic_safe", ""),
    ("masonry", "wall", "tilt", {"tilt_mm": "21.1", "tilt_h": "3"}, "major", "M6"),
    # M7: bulge > h/150; 20 mm over 3 m is exactly the limit
    ("masonry", "wall", "bulge", bow("20", "3"), "basic_safe", ""),
    ("masonry", "wall", "bulge", bow("20.5", "3"), "major", "M7"),
    ("masonry", "wall", "bulge", bow("5", "3", bulge_crack="yes"), "major", "M7"),
    # F2
    ("masonry", "foundation", "crack", crack("vertical", "10"), "basic_safe", ""),
    ("masonry", "foundation", "crack", crack("vertical", "10.5"), "general", "F2"),
    # concrete: C2b, C3, C4, C7, C8, C9, C14
    ("rc_frame", "beam", "crack", crack("horizontal", "0.5"), "basic_safe", ""),
    ("rc_frame", "beam", "crack", crack("horizontal", "0.6"), "general", "C2b"),
    ("rc_frame", "slab", "crack", crack("vertical", "1.0"), "basic_safe", ""),
    ("rc_frame", "slab", "crack", crack("vertical", "1.2"), "general", "C2b"),
    ("rc_frame", "slab", "crack", crack("cross", "0.2"), "general", "C6"),
    ("rc_frame", "beam", "crack", crack("vertical", "1.1", crack_ratio="0.66"), "basic_safe", ""),
    ("rc_frame", "beam", "crack", crack("vertical", "1.1", crack_ratio="0.67"), "major", "C3"),
    ("rc_frame", "beam", "crack", crack("diagonal", "0.2", spot="near_support"), "major", "C3"),
    ("rc_frame", "column", "crack", crack("horizontal", "1.1", crushed="yes"), "major", "C7"),
    ("rc_frame", "column", "crack", crack("horizontal", "1.0", crushed="yes"), "basic_safe", ""),
    ("rc_frame", "column", "crack", crack("vertical", "0.3"), "pending", ""),
    ("rc_frame", "column", "tilt", {"tilt_mm": "30", "tilt_h": "3"}, "basic_safe", ""),
    ("rc_frame", "column", "tilt", {"tilt_mm": "31", "tilt_h": "3"}, "major", "C8"),
    ("rc_frame", "beam", "rebar", {"loss_pct": "15"}, "basic_safe", ""),
    ("rc_frame", "beam", "rebar", {"loss_pct": "15.1"}, "general", "C4"),
    ("rc_frame", "beam", "rebar", {}, "pending", ""),
    ("rc_frame", "column", "spall", {"loss_pct": "14"}, "basic_safe", ""),
    ("rc_frame", "column", "spall", {"loss_pct": "15"}, "major", "C9"),
    ("rc_frame", "slab", "spall", {"loss_pct": "15"}, "general", "C9"),
    ("rc_frame", "balcony", "crack", crack("vertical", "0.5"), "basic_safe", ""),
    ("rc_frame", "balcony", "crack", crack("vertical", "0.6"), "general", "C14"),
    ("rc_frame", "beam", "deflection", bow("41", "6", crack_w="1.1"), "general", "C2a"),
    ("rc_frame", "beam", "deflection", bow("41", "6"), "pending", ""),
    ("rc_frame", "beam", "deflection", bow("40", "6"), "basic_safe", ""),
    # timber
    ("timber", "beam", "deflection", bow("20", "3"), "basic_safe", ""),
    ("timber", "beam", "deflection", bow("21", "3"), "general", "T3"),
    ("timber", "truss", "deflection", bow("50", "6"), "basic_safe", ""),
    ("timber", "truss", "deflection", bow("51", "6"), "general", "T4"),
    ("timber", "roof", "deflection", bow("31", "3"), "general", "T5"),
    ("timber", "column", "bulge", bow("21", "3"), "major", "T6"),
    ("timber", "column", "rot", {"loss_pct": "20"}, "basic_safe", ""),
    ("timber", "column", "rot", {"loss_pct": "21"}, "major", "T6"),
    ("timber", "beam", "rot", {}, "pending", ""),
    ("timber", "beam", "rot", {"severe": "yes"}, "major", "X5"),
    ("timber", "beam", "joint", {}, "general", "T2"),
    # steel: ST2, ST4, ST5, ST6, ST8, ST9, bracing
    ("steel_portal", "column", "weld", {}, "major", "ST2"),
    ("steel_portal", "brace", "bolt", {}, "general", "ST2"),
    ("steel_portal", "column", "corrosion", {"loss_pct": "10"}, "basic_safe", ""),
    ("steel_portal", "column", "corrosion", {"loss_pct": "10.5"}, "general", "ST4"),
    ("steel_portal", "beam", "deflection", bow("24", "6"), "basic_safe", ""),
    ("steel_portal", "beam", "deflection", bow("24.5", "6"), "general", "ST5"),
    ("steel_portal", "beam", "deflection", bow("45", "18"), "basic_safe", ""),
    ("steel_portal", "beam", "deflection", bow("46", "18"), "general", "ST5"),
    ("steel_portal", "beam", "bulge", bow("11", "6", growing="no"), "basic_safe", ""),
    ("steel_portal", "beam", "bulge", bow("11", "6", growing="unknown"), "pending", ""),
    ("steel_portal", "beam", "bulge", bow("11", "6", growing="yes"), "general", "ST6"),
    (
        "steel_portal",
        "column",
        "tilt",
        {"tilt_mm": "40", "tilt_h": "6", "tilt_plane": "in"},
        "basic_safe",
        "",
    ),
    ("steel_portal", "column", "tilt", {"tilt_mm": "41", "tilt_h": "9", "tilt_plane": "in"}, "major", "ST8"),
    (
        "steel_portal",
        "column",
        "tilt",
        {"tilt_mm": "12", "tilt_h": "6", "tilt_plane": "out"},
        "basic_safe",
        "",
    ),
    ("steel_portal", "column", "tilt", {"tilt_mm": "13", "tilt_h": "6", "tilt_plane": "out"}, "major", "ST8"),
    ("steel_portal", "column", "tilt", {"tilt_mm": "13", "tilt_h": "6"}, "pending", ""),
    ("steel_portal", "truss", "deflection", bow("41", "18"), "general", "ST9"),
    ("steel_portal", "brace", "missing", {}, "general", "B1"),
    # stone and what no rule judges
    ("stone", "beam", "break", {}, "major", "H5"),
    ("stone", "beam", "crack", crack("vertical", "0.5"), "pending", ""),
    ("stone", "wall", "crack", crack("diagonal", "0.8"), "basic_safe", ""),
    ("masonry", "wall", "missing", {}, "major", "H4"),
    ("masonry", "wall", "crack", crack("map", "0.2"), "basic_safe", ""),
    ("masonry", "roof", "leak", {}, "basic_safe", ""),
    ("masonry", "wall", "other", {"severe": "yes"}, "major", "X4"),
    ("rc_frame", "beam", "other", {"severe": "yes"}, "major", "S6"),
    ("other", "beam", "crack", crack("vertical", "0.5"), "pending", ""),
]


@pytest.mark.parametrize(("structure", "component", "kind", "answers", "level", "rule"), DEFECTS)
def test_one_defect(
    structure: str, component: str, kind: str, answers: dict[str, str], level: str, rule: str
) -> None:
    found = suggest(with_defect(structure, component, kind, **answers))
    assert found.level == level
    if rule:
        assert rule in found.rules
        decisive = [one for one in found.findings if one.rule_id == rule and one.exceeded]
        assert decisive[0].defect_index == 1
    else:
        assert found.rules == ()
