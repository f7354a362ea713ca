"""规则提示（仅供参考）: what the rules find, with their numbers and limits. It never sets the level."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from fieldapp.domain.codelists import codelists
from fieldapp.domain.ruleset import RANK, Finding
from fieldapp.i18n import _
from fieldapp.services.judging import judged
from fieldapp.ui.components import Button, across, down, label
from fieldapp.ui.components.feedback import IconLabel
from fieldapp.ui.pages.inspection.answering import Answering
from fieldapp.ui.pages.inspection.major import said
from fieldapp.ui.pages.inspection.sections import ITEM

_LOOKS = {
    "major": ("major", "danger"),
    "general": ("general", "warn"),
    "pending": ("no_code", "neutral"),
    "basic_safe": ("done", "ok"),
}


class Hints(QWidget):
    """``go(path)`` leads to the answer a finding rests on."""

    def __init__(self, answering: Answering, go: Callable[[str], object]) -> None:
        super().__init__()
        self._answering, self._go = answering, go
        self._shown: object = None
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        self._foot = label("", "S", "text3", wrap=True)
        title = label(_("Suggestion of the rules (advice only)"), bold=True, wrap=True)
        self.setLayout(down(title, self._list, self._foot, gap=8))
        self.refresh()

    def refresh(self) -> None:
        """Show what the rules say now; nothing is made anew while they say the same."""
        said_now = judged(self._answering.session)
        language = self._answering.language
        level = said(self._answering, "hazard_suggested")
        if said_now is None:
            shown: object = (level, language)
            met: list[Finding] = []
        else:
            met = _once([one for one in said_now.findings if one.exceeded])
            met.sort(key=lambda one: -RANK[one.level])
            open_ones = tuple(one for one in said_now.findings if not one.decided)
            shown = (level, language, tuple(met), open_ones, said_now.undecided, said_now.ruleset)
        if shown == self._shown:
            return
        self._shown = shown
        self._clear()
        for finding in met:
            self._list.addWidget(self._finding(finding, language))
        if not met:
            self._list.addWidget(self._level(level, language))
        if said_now is not None:
            self._say_foot(said_now.ruleset, len(said_now.undecided))

    def _say_foot(self, ruleset: str, undecided: int) -> None:
        words = _("Rule set {version}. The inspector makes the preliminary judgement.").format(
            version=ruleset
        )
        if undecided:
            words = _("{count} not decided yet.").format(count=undecided) + " " + words
        self._foot.setText(words)

    def _clear(self) -> None:
        while self._list.count():
            item = self._list.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _level(self, level: str, language: str) -> QWidget:
        made = QWidget()
        icon_name, tone = _LOOKS.get(level, ("info", "neutral"))
        words = codelists().label("hazard_level", level, language) if level else _("Nothing to judge yet")
        made.setLayout(across(IconLabel(icon_name, tone, 20), label(words, bold=bool(level)), None, gap=10))
        return made

    def _finding(self, finding: Finding, language: str) -> QWidget:
        english = language == "en"
        icon_name, tone = _LOOKS[finding.level]
        level = codelists().label("hazard_level", finding.level, language)
        ids = "、".join(dict.fromkeys(one for one in (finding.rule_id, finding.group) if one))
        mark = "" if finding.confirmed else "*"
        head = label(level, bold=True, tone="danger" if finding.level == "major" else "warn")
        rule = label(f"{ids}{mark}")
        rule.setToolTip(finding.clause)
        words = finding.text_en if english else finding.text
        limit = finding.limit_text_en if english else finding.limit_text
        text = label(f"{words}（{limit}）", "S", "text2", wrap=True)
        text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = down(across(head, rule, None, gap=14), text, gap=2)
        if finding.defect_index:
            column.addLayout(across(self._link(finding.defect_index), None, gap=0))
        made = QWidget()
        row = across(down(IconLabel(icon_name, tone, 20), None, gap=0), column, gap=10)
        row.setStretch(1, 1)
        made.setLayout(row)
        made.setAccessibleName(f"{level} {ids} {words}")
        return made

    def _link(self, number: int) -> Button:
        definition = self._answering.session.definition
        repeat = next((path.rpartition("/")[0] for path in definition.nodes if path.endswith(f"/{ITEM}")), "")
        words = _("Defect {number}").format(number=number)
        return Button(words, "link", on_click=partial(self._go, f"{repeat}[{number}]"))


def _once(findings: list[Finding]) -> list[Finding]:
    """A rule that the building and a defect meet by the same words is told once, with the defect."""
    found: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.rule_id, finding.text)
        if key not in found or found[key].defect_index is None:
            found[key] = finding
    return list(found.values())
