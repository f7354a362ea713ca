"""What a run brought besides rows, as the sync page tells it."""

from __future__ import annotations

from datetime import UTC, datetime

from pytestqt.qtbot import QtBot

from fieldapp.errors import EnvironmentProblem, UserError
from fieldapp.sync.outgoing import RunResult
from fieldapp.sync.protocol import FormRef
from fieldapp.sync.thumbnails import Copies
from fieldapp.ui.pages.sync.batch import Batch
from fieldapp.ui.pages.sync.side import AgreementCard, StepsCard


def result(**brought: object) -> RunResult:
    """A run that sent nothing."""
    fields: dict[str, object] = {
        "sent": (),
        "not_sent": {},
        "bytes_sent": 0,
        "bytes_total": 0,
        "server_time": datetime(2022, 12, 8, tzinfo=UTC),
        "forms": (),
        "flags": {},
        "ended": None,
        "audit_extends": True,
        "lost": (),
    }
    return RunResult(**fields | brought)  # type: ignore[arg-type]  # fields by name


def test_new_forms_and_refused_ones_are_told(qtbot: QtBot) -> None:
    card = AgreementCard()
    qtbot.addWidget(card)
    new = FormRef(form_id="hazard_inspection", version="2023.1", sha256="0" * 64)
    refused = UserError("SYNC_074", form="patrol", version="2023.2", problem="[FORM_001] 公式有误")
    card.show_facts((), (), None, result(forms_taken=(new,), forms_refused=(refused,)))
    assert card.words[:2] == (
        "F02：已安装新版本 2023.1。",
        "区里发布的表单 patrol（2023.2）无法在本机使用：[FORM_001] 公式有误",
    )


def test_small_photographs_that_are_left_or_refused_are_told(qtbot: QtBot) -> None:
    card = AgreementCard()
    qtbot.addWidget(card)
    copies = Copies(came=2, size=20_000, left=5, refused={"0" * 64: UserError("SYNC_072")})
    cut = EnvironmentProblem("SYNC_008", host="server")
    card.show_facts((), (), None, result(copies=copies, not_brought=cut))
    assert card.words[:2] == (
        "其他设备的照片小图还有 5 张，下次同步继续获取。",
        "1 张照片小图未能获取。",
    )
    card.show_facts((), (), None, result(copies=Copies(came=2)))
    assert len(card.words) == 1  # nothing is to be known of a run that brought all


def test_the_step_tells_how_many_and_their_bytes(qtbot: QtBot) -> None:
    card = StepsCard()
    qtbot.addWidget(card)
    batch = Batch(copies=(12, 40, 300_000))
    card.show_run("thumbnails", batch, running=True, done=False)
    assert card.passed == ("hello", "offer", "transfer")
    assert card._facts["pull"].text() == "照片小图 12 / 40，0.3 MB"
    assert card._facts["offer"].text() == ""
    card.show_run("forms", Batch(), running=True, done=False)
    assert card._facts["pull"].text() == ""
