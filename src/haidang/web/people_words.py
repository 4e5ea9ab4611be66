"""What the pages of people say: kinds of requests, how an account stands, what happened, why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from haidang.accounts.models import Account, Unit
from haidang.accounts.people import watches_over

__all__ = [
    "DONE",
    "KIND_TEXTS",
    "PROBLEMS",
    "event_text",
    "held_text",
    "kind_text",
    "name_of",
    "names_of",
    "problem_text",
    "refused_text",
    "standing_text",
    "waits_for",
]

KIND_TEXTS: dict[str, Promise] = {
    "issue": lazy("cấp tài khoản"),
    "reset": lazy("cấp lại mật khẩu"),
    "factors": lazy("đăng ký lại xác thực hai lớp"),
    "unlock": lazy("mở khóa tài khoản"),
    "transfer": lazy("chuyển tài khoản sang đơn vị khác"),
    "make_manager": lazy("giao làm người quản lý của đơn vị"),
}
_STANDINGS: dict[str, Promise] = {
    "active": lazy("đang hoạt động"),
    "waiting": lazy("chờ xác nhận"),
    "locked": lazy("đã khóa"),
    "expired": lazy("hết hạn"),
    "unit_over": lazy("đơn vị hết hiệu lực"),
}
#: By a state's reason, a request's end or an entry's action.
_EVENTS: dict[str, Promise] = {
    "issue": lazy("Cấp tài khoản"),
    "lock": lazy("Khóa tài khoản"),
    "unlock": lazy("Mở khóa tài khoản"),
    "transfer": lazy("Chuyển đơn vị"),
    "expire": lazy("Đặt ngày hết hạn"),
    "make_manager": lazy("Giao làm người quản lý của đơn vị"),
    "unmake_manager": lazy("Thôi làm người quản lý của đơn vị"),
    "end": lazy("Thu hồi tài khoản"),
    "reset_password": lazy("Cấp lại mật khẩu"),
    "change_password": lazy("Đổi mật khẩu"),
    "end_account_sessions": lazy("Kết thúc mọi phiên đăng nhập"),
    "accept_pledge": lazy("Cam kết bảo mật tài khoản"),
    "add_second_factor": lazy("Đăng ký xác thực hai lớp"),
    "end_second_factor": lazy("Hủy một cách xác thực hai lớp"),
    "end_second_factors": lazy("Hủy xác thực hai lớp"),
    "create_token": lazy("Cấp khóa truy cập giao diện lập trình"),
    "end_token": lazy("Hủy khóa truy cập giao diện lập trình"),
}
#: What a verb has done, by its word in the address.
DONE: dict[str, Promise] = {
    "de-nghi": lazy("Đã gửi đề nghị; chưa có gì thay đổi cho đến khi người thứ hai xác nhận."),
    "xac-nhan": lazy("Đã xác nhận đề nghị."),
    "tu-choi": lazy("Đã từ chối đề nghị."),
    "rut": lazy("Đã rút đề nghị."),
    "khoa": lazy("Đã khóa tài khoản."),
    "mo-khoa": lazy("Đã mở khóa tài khoản."),
    "han": lazy("Đã đặt ngày hết hạn."),
    "ket-thuc-phien": lazy("Đã kết thúc mọi phiên của tài khoản."),
    "huy-khoa": lazy("Đã hủy khóa truy cập của tài khoản."),
    "thoi-quan-ly": lazy("Tài khoản không còn là người quản lý của đơn vị."),
}
PROBLEMS: dict[str, Any] = {  # lazy texts, which their stubs call by several names
    "account_exists": lazy("Tên tài khoản này đã được dùng."),
    "invalid_slug": lazy(
        "Tên tài khoản gồm chữ thường không dấu, chữ số và dấu gạch nối; bắt đầu và kết thúc bằng chữ hoặc số."
    ),
    "document_needed": lazy("Đề nghị nêu văn bản làm căn cứ."),
    "reason_needed": lazy("Đề nghị nêu lý do."),
    "request_waiting": lazy("Tài khoản đã có đề nghị này đang chờ xác nhận."),
    "request_needless": lazy("Không thực hiện được: tình trạng của tài khoản đã thay đổi, việc này không còn phù hợp."),
    "request_decided": lazy("Đề nghị đã được quyết định trước đó."),
    "transfer_unit": lazy("Đề nghị chọn đơn vị nhận, khác đơn vị hiện tại."),
    "unit_over": lazy("Không thực hiện được: đơn vị không còn hiệu lực."),
    "expiry_widens": lazy(
        "Một người chỉ được rút ngắn thời hạn. Để dùng lâu hơn, đề nghị mở khóa khi tài khoản hết hạn."
    ),
    "expiry_past": lazy("Ngày hết hạn đã qua."),
    "invalid_day": lazy("Đề nghị nêu ngày theo dạng ngày/tháng/năm."),
    "account_unconfirmed": lazy("Không thực hiện được: tài khoản chưa được xác nhận."),
    "focal_person_needed": lazy(
        "Không thực hiện được: đơn vị chưa cử đầu mối nhận tài khoản (mục II.5). "
        "Người quản lý của đơn vị hoặc đơn vị vận hành cập nhật đầu mối."
    ),
    "focal_needless": lazy("Đơn vị này không phải cử đầu mối."),
}
_REFUSED: dict[str, Promise] = {
    "own_request": lazy("Không thực hiện được: người đề nghị không tự xác nhận đề nghị của mình (mục I.1)."),
    "watching_unit": lazy(
        "Không thực hiện được: đơn vị này theo dõi, phê duyệt việc vận hành nên chỉ người quản lý của đơn vị được "
        "thực hiện (mục II.2.a)."
    ),
    "asker_locked": lazy(
        "Không thực hiện được: tài khoản của người đề nghị đã bị khóa hoặc hết hiệu lực; đơn vị đó phải đề nghị lại."
    ),
    "own_account": lazy("Không thực hiện được: không ai tự quyết định về tài khoản của chính mình (mục I.1)."),
    "same_unit": lazy("Không thực hiện được: người xác nhận phải thuộc đơn vị khác với người đề nghị (mục I.1)."),
    "not_confirmer": lazy(
        "Không thực hiện được: việc này thuộc người quản lý của đơn vị liên quan; "
        "đơn vị chưa có người quản lý thì thuộc cơ quan theo dõi, hướng dẫn (mục I.1)."
    ),
    "not_asker": lazy("Không thực hiện được: chỉ đơn vị đã đề nghị mới rút được đề nghị."),
}


def kind_text(kind: str) -> str:
    return str(KIND_TEXTS.get(kind, kind))


def standing_text(standing: str) -> str:
    return str(_STANDINGS.get(standing, standing))


def event_text(key: str) -> str:
    return str(_EVENTS.get(key, key))


def problem_text(code: str) -> str:
    """Why what was typed cannot be done, and the way out."""
    return str(PROBLEMS.get(code) or _("Không thực hiện được. Đề nghị kiểm tra lại nội dung đã nhập."))


def refused_text(code: str) -> str:
    """Why this person may not; "" where the one door's words are better."""
    return str(_REFUSED.get(code, ""))


def name_of(account: Account | None) -> str:
    """As people call its person; the host has none."""
    return _("máy chủ") if account is None else account.display_name or account.username


def names_of(accounts: Sequence[Account]) -> str:
    """With their units: "Nguyễn Văn An (Công an huyện Phù Cát)"."""
    return ", ".join(f"{name_of(each)} ({each.unit.name})" for each in accounts)


def waits_for(confirmers: Sequence[Account]) -> str:
    """Whom a request waits for."""
    if not confirmers:
        return _("Chưa có người xác nhận được: đơn vị liên quan cần có người quản lý đang hoạt động.")
    return _("Chờ xác nhận: %(names)s") % {"names": names_of(confirmers)}


def held_text(unit: Unit, operator: str) -> str:
    """Who has the verbs that this reader has not."""
    if watches_over(unit):
        return _(
            "Khóa, đặt ngày hết hạn, kết thúc phiên: người quản lý của %(unit)s. "
            "Cấp lại mật khẩu, mở khóa, chuyển đơn vị: %(operator)s đề nghị, người thứ hai xác nhận."
        ) % {"unit": unit.name, "operator": operator}
    return _(
        "Khóa, đặt ngày hết hạn, kết thúc phiên: người quản lý của %(unit)s hoặc %(operator)s. "
        "Cấp lại mật khẩu, mở khóa, chuyển đơn vị: %(operator)s đề nghị, người thứ hai xác nhận."
    ) % {"unit": unit.name, "operator": operator}
