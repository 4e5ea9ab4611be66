"""What alerts say, by kind: to the person, and to the managers who answer for the account."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from haidang.accounts.models import Alert

__all__ = ["AlertWords", "words_of"]


@dataclass(frozen=True, slots=True)
class AlertWords:
    """``sentence`` is complete, ``advice`` says what to do, ``clause`` what it rests on."""

    sentence: str
    advice: str
    clause: str


@dataclass(frozen=True, slots=True)
class _Kind:
    sentence: Promise
    advice: Promise
    clause: str = ""


_LOCK = lazy("Đề nghị xác minh với người được cấp; khóa tài khoản nếu có người khác cùng dùng.")
_CHECK_HOST = lazy("Đề nghị đối chiếu với văn bản và người trực máy chủ.")
_KINDS: dict[str, _Kind] = {
    "new_device": _Kind(
        lazy("Đăng nhập từ thiết bị mới: %(device)s, địa chỉ %(address)s."),
        lazy("Nếu không phải người được cấp tài khoản, đổi mật khẩu và báo ngay cho đơn vị vận hành."),
        "I.1.a-1",
    ),
    "two_places": _Kind(lazy("Đang được dùng cùng lúc từ hai mạng khác nhau: %(networks)s."), _LOCK, "I.1.a-2"),
    "many_devices": _Kind(lazy("Đã dùng từ %(devices)s thiết bị trong 30 ngày."), _LOCK, "I.1.a-2"),
    "locked_out": _Kind(
        lazy("Bị khóa tạm thời do nhập sai nhiều lần."),
        lazy("Đề nghị hỏi người được cấp; nếu không phải người đó, báo đơn vị vận hành."),
        "I.1.a-1",
    ),
    "password_reset": _Kind(
        lazy("Mật khẩu vừa được cấp lại."), lazy("Nếu không đề nghị cấp lại, báo ngay cho đơn vị vận hành."), "I.1.a-1"
    ),
    "identity_linked": _Kind(
        lazy("Vừa được liên kết với đăng nhập của tổ chức."),
        lazy("Nếu không tự thực hiện, hủy liên kết ở trang Tài khoản và báo ngay cho đơn vị vận hành."),
        "I.1.a-1",
    ),
    "terminal_copied": _Kind(
        lazy("Khóa của màn hình %(terminal)s bị hai thiết bị cùng dùng; màn hình đã bị thu hồi."),
        lazy("Đề nghị kiểm tra thiết bị tại chỗ, sau đó đăng ký lại."),
        "I.1.b-1",
    ),
    "hold_released": _Kind(
        lazy("Đề nghị lưu giữ số %(hold)s, do tài khoản này lập, đã được %(by)s (%(unit)s) kết thúc."),
        lazy("Đề nghị xem lý do ở trang Lưu giữ; nếu vẫn cần, lập đề nghị mới trước khi phần hình hết hạn."),
        "I.2.c-1",
    ),
    "unused": _Kind(
        lazy("Không được dùng trong %(days)s ngày."), lazy("Đề nghị khóa nếu không còn nhu cầu sử dụng."), "I.1.a-1"
    ),
}
_UNKNOWN = _Kind(lazy("Có thay đổi đối với tài khoản."), lazy("Nếu thấy bất thường, báo ngay cho đơn vị vận hành."))
#: By what the host did.
_HOST: dict[str, Promise] = {
    "add_account": lazy("Được cấp bằng lệnh trên máy chủ, không qua người thứ hai."),
    "reset_password": lazy("Mật khẩu được cấp lại bằng lệnh trên máy chủ."),
    "unlock_account": lazy("Được mở khóa bằng lệnh trên máy chủ."),
    "set_expiry": lazy("Được gia hạn bằng lệnh trên máy chủ."),
    "link_identity": lazy("Được liên kết với đăng nhập của tổ chức bằng lệnh trên máy chủ."),
}
_HOST_OTHER = lazy("Có thay đổi bằng lệnh trên máy chủ.")


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return _("chưa rõ")


def words_of(alert: Alert) -> AlertWords:
    """The alert in words; a kind that is not known here is told as a change."""
    if alert.kind == "host_account":
        sentence = _HOST.get(str(alert.facts.get("act", "")), _HOST_OTHER)
        return AlertWords(str(sentence), str(_CHECK_HOST), "I.1.a-1")
    kind = _KINDS.get(alert.kind, _UNKNOWN)
    facts = _Facts({name: str(value) for name, value in alert.facts.items() if value})
    return AlertWords(str(kind.sentence) % facts, str(kind.advice), kind.clause)
