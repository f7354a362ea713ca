"""``fieldapp ui --gallery``: every control in every state, in any theme and density. Made for looking at."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QMainWindow, QWidget

from fieldapp.ui import themes
from fieldapp.ui.application import application
from fieldapp.ui.components import (
    Banner,
    Button,
    Card,
    Chips,
    Combo,
    EmptyState,
    Field,
    LineEdit,
    LongText,
    MultiChips,
    NumberEdit,
    Option,
    Pill,
    Progress,
    RadioCards,
    Row,
    RowList,
    ScrollColumn,
    Segment,
    SegmentBar,
    Segmented,
    Stepper,
    Toast,
    across,
    down,
    label,
)
from fieldapp.ui.components.focus import FocusRing
from fieldapp.ui.icons import NAMES
from fieldapp.ui.themes.tokens import DENSITIES, THEMES

_FINDINGS = (
    Option("none", "未发现"),
    Option("yes", "有", finding=True),
    Option("unseen", "未查看"),
    Option("absent", "无此构件"),
)
_ROWS = (
    Row("1", "亭店路12号", "石结构 3层·出租", icon="buildings", pill=("major", "重大·撤人封房")),
    Row("2", "霞洲路41号", "石木 2层·出租", icon="buildings", pill=("danger", "逾期 3 天"), word="整改复查"),
    Row("3", "明光路66号", "钢结构·餐饮", icon="buildings", pill=("ok", "已销号"), hit="66"),
    Row("4", "锦美街3号", "砖混 5层·群租房", icon="buildings", pill=("warn", "一般·已通知"), word="3月20日"),
)


class Gallery(QMainWindow):
    """One long page; theme and density are chosen at its top."""

    def __init__(self, theme: str = "light", density: str = "normal") -> None:
        super().__init__()
        self.setWindowTitle("fieldapp gallery")
        self.resize(1280, 800)
        self._theme, self._density = theme, density
        theme_choice = Segmented([Option(name, name) for name in THEMES], "theme", digits=False)
        theme_choice.select((theme,))
        theme_choice.chosen.connect(
            lambda names: self._take(names[0] if names else self._theme, self._density)
        )
        dense_choice = Segmented([Option(name, name) for name in DENSITIES], "density", digits=False)
        dense_choice.select((density,))
        dense_choice.chosen.connect(
            lambda names: self._take(self._theme, names[0] if names else self._density)
        )
        left = down(buttons(), choices(), None, gap=20)
        right = down(fields(), states(), None, gap=20)
        columns = across(left, right, gap=20)
        columns.setStretch(0, 1)
        columns.setStretch(1, 1)
        head = across(label("fieldapp", "L"), None, theme_choice, dense_choice, gap=16)
        self.column = ScrollColumn(head, columns, icons(), None)
        page = QWidget()
        page.setObjectName("app")
        page.setLayout(down(self.column, gap=0))
        self.setCentralWidget(page)
        themes.dress(self)
        self.toast = Toast(page)
        self.ring = FocusRing(self)

    def _take(self, theme: str, density: str) -> None:
        self._theme, self._density = theme, density
        themes.apply(theme, density)
        themes.dress(self)


def buttons() -> Card:
    """Every kind, enabled and not, small and large."""
    off = Button("定稿并到下一户", "primary", key="Ctrl Enter", size="main")
    off.refuse("先答完七项")
    return Card(
        label("Button", bold=True),
        across(Button("去填写下一项", "primary", key="F8"), Button("打开档案", key="Enter"), None, gap=8),
        across(
            Button("复制", "plain", icon="copy"), Button("再加一处缺陷", "quiet", icon="add"), None, gap=8
        ),
        across(
            Button("打开应急卡", "danger", key="F9"), Button("全部任务", "link"),
            Button.of_icon("zoom_in", "放大"), None, gap=8,
        ),
        across(Button("七项均未发现异常", "primary", icon="checks", key="0", size="main"), None, gap=8),
        across(label("先答完七项", "S", "text2"), off, None, gap=8),
        across(
            Button("与上次相同", key="=", size="small"),
            Button("锁屏", icon="lock", size="small"),
            None,
            gap=8,
        ),
        gap=10,
    )  # fmt: skip


def choices() -> Card:
    """Each form of choice, nothing chosen, chosen, a finding."""
    empty, clean, found = (Segmented(_FINDINGS, name) for name in ("柱", "梁", "墙"))
    clean.select(("none",))
    found.select(("yes",))
    off = Segmented(_FINDINGS, "屋面")
    off.select(("none",))
    off.setEnabled(False)
    chips = Chips([Option(name, name) for name in ("自住", "出租居住", "群租房", "餐饮", "沿街店面")], "用途")
    chips.select(("出租居住",))
    several = MultiChips(
        [
            Option("裂缝", "裂缝"),
            Option("倾斜", "倾斜"),
            Option("渗水", "渗水"),
            Option("无", "无", alone=True),
        ],
        "现象",
    )
    several.select(("裂缝", "渗水"))
    cards = RadioCards(
        [
            Option("general", "一般安全隐患", "不影响主体结构安全，限期整改后复查"),
            Option("major", "重大安全隐患", "先打电话，撤人封房", finding=True),
        ],
        "初步判定",
    )
    cards.select(("major",))
    parts = (empty, clean, found, off, chips, several, cards)
    return Card(label("Choice", bold=True), *parts, gap=12)


def fields() -> Card:
    """Empty, filled, wrong, disabled, read only; number, long text, combo."""
    wrong = Field("缝长", NumberEdit("缝长", "m", "160"), hint="上次 1.1")
    wrong.complain("缝长在 0 到 50 m 之间。")
    differs = Field("最大缝宽", NumberEdit("最大缝宽", "mm", "1.4"))
    differs.say_hint("上次 0.8", differs=True)
    off = LineEdit("350502006019-0112", name="编号")
    off.setEnabled(False)
    fixed = LineEdit("石结构", name="结构")
    fixed.setReadOnly(True)
    corrected = Field("层数", LineEdit("3", name="层数"))
    corrected.note("原 2，更正：加建一层")
    combo = Combo([("v", "竖向"), ("h", "水平"), ("d", "斜向")], "裂缝走向", hint="请选择")
    chosen = Combo([("v", "竖向"), ("h", "水平")], "裂缝走向")
    chosen.select("v")
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(12)
    shown = (
        differs, wrong, Field("姓名", LineEdit(name="姓名")), Field("编号", off), Field("结构", fixed),
        corrected, Field("裂缝走向", combo), Field("裂缝走向", chosen),
    )  # fmt: skip
    for number, field in enumerate(shown):
        grid.addWidget(field, number // 2, number % 2)
    long = Field(
        "处理意见", LongText("立即撤离二层住户，设置警戒线。", name="处理意见"), hint="常用语 Ctrl 空格"
    )
    return Card(label("Field", bold=True), grid, long, gap=12)


def states() -> Card:
    """Pills, banners, bars, steps, list, empty state."""
    bar = SegmentBar("亭店路")
    bar.show_segments(
        [Segment("code_green", 0.29), Segment("code_yellow", 0.04), Segment("code_grey", 0.04)], "28 户"
    )
    progress = Progress("上传")
    progress.show_share(0.44, "92.7 MB / 212.6 MB")
    pills = across(
        Pill("ok", "已送达"), Pill("warn", "一般·已通知"), Pill("danger", "规则提示 重大"),
        Pill("major", "重大"), Pill("neutral", "未赋码", "no_code"), None, gap=8,
    )  # fmt: skip
    handled = Stepper("处置", ("未处置", "已通知", "鉴定中", "处置中", "待验收", "已销号"))
    handled.show_step(2)
    controlled = Stepper("管控", ("无", "警戒", "停用", "撤人封房", "已解除"), "warn")
    controlled.show_step(1)
    rows = RowList("房屋", _ROWS)
    rows.setFixedHeight(240)
    rows.setCurrentIndex(rows.rows.index(0))
    empty = EmptyState("这里列出待签字的检查表。", "打印现场页", icon_name="signing")
    empty.setFixedHeight(140)
    return Card(
        label("State", bold=True),
        pills,
        Banner("danger", "亭店路12号：规则提示重大，09:50 已致电街道值班。未定稿，未填 17 项", "去填写"),
        Banner("warn", "本机时间比服务器慢 14 分钟。"),
        Banner("neutral", "没有连接网络，记录都保存在本机。"),
        Banner("ok", "26 项都有回执。"),
        bar,
        progress,
        handled,
        controlled,
        rows,
        empty,
        gap=12,
    )


def icons() -> Card:
    """Every icon with its meaning."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(4)
    for number, name in enumerate(sorted(NAMES)):
        grid.addWidget(Button(name, "plain", icon=name, size="small"), number // 7, number % 7)
    return Card(label("Icon", bold=True), grid)


def show() -> int:
    """Open the gallery; returns when it is closed."""
    app = application()
    themes.apply("light")
    window = Gallery()
    window.show()
    return app.exec()
