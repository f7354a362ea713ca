"""Refusals: every code this server answers, with HTTP status, Chinese sentence, remedy, whether to retry.

Codes are stable for ever; sentences name no person, address or answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse

from fieldapp.sync.protocol import Problem


@dataclass(frozen=True, slots=True)
class Kind:
    """What a code means. ``status`` is that of a whole request; in a batch only code and texts are used."""

    status: int
    message: str
    remedy: str = ""
    retryable: bool = False


CATALOGUE: dict[str, Kind] = {
    # the request itself
    "length_required": Kind(
        411, "请求没有写明长度(Content-Length)，服务器不接收。", "请检查中间的代理设备设置。"
    ),
    "too_large": Kind(413, "请求超过 {limit} 字节的上限。", "请分批发送。"),
    "body_short": Kind(400, "数据只收到一部分，连接中断了。", "请重新同步，已收到的部分不会重传。", True),
    "malformed": Kind(400, "数据格式不符合约定：{problem}。", "请更新程序后再试。"),
    "protocol_differs": Kind(409, "程序与服务器的协议版本不同。", "请更新程序。"),
    "not_found": Kind(404, "没有这个地址。", "请检查服务器地址，或更新程序。"),
    # who asks
    "token_missing": Kind(401, "没有提供设备令牌。", "请先进行设备登记。"),
    "token_unknown": Kind(401, "设备令牌无效。", "请重新进行设备登记。"),
    "device_revoked": Kind(403, "本设备已被停用。", "请联系区里的管理员。"),
    "code_unknown": Kind(403, "登记码无效。", "请核对登记码，或向管理员要一个新的。"),
    "code_expired": Kind(403, "登记码已过期。", "请向管理员要一个新的登记码。"),
    "code_used": Kind(403, "登记码已被使用。", "请向管理员要一个新的登记码。"),
    # files
    "offset_differs": Kind(409, "文件应从第 {offset} 字节继续。", "程序会自动从正确的位置继续。", True),
    "content_mismatch": Kind(
        422, "收到的文件与其校验值不符，已丢弃。", "请重新发送；仍不行时请运行“自检数据”。", True
    ),
    "file_missing": Kind(404, "服务器上没有这个文件。", "请联系管理员。"),
    "file_not_assigned": Kind(403, "这个文件所属的房屋未分配给本设备。", "请联系管理员。"),
    # items of a batch
    "item_malformed": Kind(400, "记录的格式不符合约定：{problem}。", "请更新程序后再试。"),
    "signature_invalid": Kind(
        403, "记录的签名不符，可能在传输中被改动。", "请重新发送；仍不行时请联系管理员。"
    ),
    "wrong_device": Kind(403, "记录不是由本设备定稿的。", "请用定稿的设备发送。"),
    "xml_differs": Kind(422, "记录内容与清单中的校验值不符。", "请重新发送；仍不行时请运行“自检数据”。"),
    "versions_inconsistent": Kind(422, "记录的编号与版本互相矛盾。", "请更新程序后再试。"),
    "attachment_name": Kind(422, "附件名称不符合约定。", "请更新程序后再试。"),
    "attachment_size": Kind(422, "附件 {sha256} 的大小与清单不符。", "请运行“自检数据”。"),
    "form_unknown": Kind(
        409, "服务器没有表单 {form} 的这个版本。", "请管理员发布该版本后再同步，记录仍保存在本机。", True
    ),
    "form_broken": Kind(500, "服务器上的表单 {form} 无法使用。", "请联系管理员，记录仍保存在本机。", True),
    "xml_malformed": Kind(422, "记录的内容不是完整的 XML。", "请运行“自检数据”，并联系管理员。"),
    "form_mismatch": Kind(422, "记录的内容不属于所写的表单。", "请更新程序后再试。"),
    "instance_differs": Kind(422, "记录内容里的编号与清单不同。", "请更新程序后再试。"),
    "content_differs": Kind(
        409, "同一编号的记录已经收到，但内容不同，原来的不会被覆盖。", "请联系管理员核对两份内容。"
    ),
    "visit_differs": Kind(
        409, "同一次上门已经收到，但上门信息不同，原来的不会被覆盖。", "请联系管理员核对。"
    ),
    # the server's own state
    "disk_full": Kind(507, "服务器磁盘已满。", "请联系管理员；稍后会自动重发。", True),
    "busy": Kind(503, "服务器正忙。", "稍后会自动重发。", True),
    "server_failed": Kind(500, "服务器出错。", "稍后会自动重发；仍不行时请联系管理员。", True),
}


class Refusal(Exception):  # noqa: N818 - it is an answer, not a failure
    """Ends a request, or one item of a batch, with a code of ``CATALOGUE``. ``slots`` fill its sentence."""

    def __init__(self, code: str, **slots: object) -> None:
        super().__init__(code)
        self.code = code
        self.slots = slots

    @property
    def kind(self) -> Kind:
        """What the code means."""
        return CATALOGUE[self.code]

    @property
    def message(self) -> str:
        """The Chinese sentence, slots filled."""
        return self.kind.message.format(**self.slots)


def answer(refusal: Refusal) -> HttpResponse:
    """The HTTP answer of a refusal: its status and a ``Problem`` as JSON."""
    kind = refusal.kind
    problem = Problem(
        code=refusal.code, message=refusal.message, remedy=kind.remedy, retryable=kind.retryable
    )
    return HttpResponse(problem.model_dump_json(), content_type="application/json", status=kind.status)
