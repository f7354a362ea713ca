"""The on-site sheet of F02 against stock ReportLab with the same face and as much content."""

from __future__ import annotations

from bench import plain_sheet
from bench.timing import ROUNDS, Figure, milliseconds
from fieldapp.domain.suggestion import CHECK_ITEMS
from fieldapp.settings import resources

GOAL = 1.2
_TIMES = 5
_HEAD = tuple((f"项目{number}", f"鲤城区示例街道示例路{number}号") for number in range(20))
_CHECKS = tuple(
    (f"检查项目{number + 1}", "☑未发现　□有　□未查看　□无此构件") for number in range(len(CHECK_ITEMS))
)
_FINDINGS = ("承重墙裂缝 2.5 mm，限值 1.0 mm，规则 H2", "缝长与层高之比 0.6，限值 0.5，规则 M2a")
_ADVICE = "建议委托具备资质的鉴定机构进行安全性鉴定；鉴定完成前不得用于经营或出租。" * 3


def measure() -> list[Figure]:
    """The peer is measured; the sheet's own line fails until sheets can be drawn."""
    font = resources() / "fonts" / "NotoSansSC-Regular.ttf"
    operation, peer = "on-site sheet of F02", "plain platypus"
    if not font.exists():
        return [Figure(operation, None, peer, None, GOAL, "part missing: resources/fonts")]
    plain_sheet.register(font)

    def plain() -> bytes:
        return plain_sheet.plain_sheet("房屋安全隐患排查表", _HEAD, _CHECKS, _FINDINGS, _ADVICE)

    plain()
    taken = min(milliseconds(plain, _TIMES) for _ in range(ROUNDS))
    return [Figure(operation, None, peer, taken, GOAL, "part missing: fieldapp.sheets")]
