"""What screens and problems say, by code. Vietnamese here, English in the catalogue."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

__all__ = ["action_name", "ended_text", "gap_text", "refusal_sentence", "status_title", "title_of"]

Text = str | Promise

_TITLES: dict[str, Text] = {
    "unauthenticated": lazy("Chưa đăng nhập"),
    "must_change_password": lazy("Phải đổi mật khẩu trước khi sử dụng hệ thống"),
    "csrf": lazy("Biểu mẫu đã hết hiệu lực"),
    "account_locked": lazy("Tài khoản đã bị khóa"),
    "not_granted": lazy("Đơn vị chưa được phân quyền"),
    "purpose_not_granted": lazy("Mục đích không thuộc phạm vi được phân quyền"),
    "forbidden": lazy("Hành vi bị cấm theo Thông báo"),
    "unknown_camera": lazy("Không có camera này"),
    "not_found": lazy("Không có nội dung này"),
    "purpose_needed": lazy("Phải nêu mục đích xem"),
    "window_needed": lazy("Phải nêu khoảng thời gian xem lại"),
    "window_order": lazy("Khoảng thời gian không hợp lệ"),
    "window_too_long": lazy("Khoảng thời gian quá dài (tối đa 31 ngày)"),
    "window_future": lazy("Khoảng thời gian chưa diễn ra"),
    "invalid_input": lazy("Dữ liệu gửi lên không hợp lệ"),
    "invalid_time": lazy("Thời điểm không hợp lệ"),
    "unavailable": lazy("Hệ thống tạm thời không phục vụ được"),
}
_STATUS_TITLES: dict[int, Text] = {
    400: lazy("Yêu cầu không hợp lệ"),
    401: lazy("Chưa đăng nhập"),
    403: lazy("Không thực hiện được"),
    404: lazy("Không có nội dung này"),
    405: lazy("Thao tác không được hỗ trợ"),
    409: lazy("Dữ liệu đã thay đổi"),
    422: lazy("Dữ liệu gửi lên không hợp lệ"),
    429: lazy("Quá nhiều lần thử"),
    500: lazy("Hệ thống gặp lỗi"),
    503: lazy("Hệ thống tạm thời không phục vụ được"),
}
_ACTIONS: dict[str, Text] = {
    "know_camera": lazy("biết camera"),
    "view_live": lazy("xem trực tiếp"),
    "view_playback": lazy("xem lại"),
    "view_operations": lazy("xem tình trạng hệ thống"),
    "change_configuration": lazy("thay đổi cấu hình"),
    "manage_accounts": lazy("quản lý tài khoản"),
    "read_access_log": lazy("xem nhật ký truy cập"),
}
_GAPS: dict[str, Text] = {
    "camera_unreachable": lazy("Mất tín hiệu: không kết nối được camera"),
    "camera_refused": lazy("Mất tín hiệu: camera từ chối kết nối"),
    "network": lazy("Mất tín hiệu: đường truyền gián đoạn"),
    "recorder_stopped": lazy("Gián đoạn ghi hình: bộ ghi đã dừng"),
    "disk_full": lazy("Gián đoạn ghi hình: ổ đĩa đầy"),
    "write_failed": lazy("Gián đoạn ghi hình: không ghi được vào ổ đĩa"),
    "bad_stream": lazy("Mất tín hiệu: không đọc được dữ liệu của camera"),
    "packet_loss": lazy("Mất tín hiệu: mất gói tin trên đường truyền"),
    "maintenance": lazy("Bảo trì"),
    "clock": lazy("Gián đoạn ghi hình: đồng hồ máy chủ thay đổi"),
    "": lazy("Không có bản ghi hình"),
}
_ENDED: dict[str, Text] = {
    "idle": lazy("Phiên đăng nhập đã kết thúc do không hoạt động."),
    "account_locked": lazy("Phiên đăng nhập đã kết thúc: tài khoản đã bị khóa."),
    "unit_inactive": lazy("Phiên đăng nhập đã kết thúc: đơn vị không còn hiệu lực."),
    "password_changed": lazy("Phiên đăng nhập đã kết thúc: mật khẩu đã được đổi."),
    "own": lazy("Phiên đăng nhập đã được kết thúc từ một phiên khác của tài khoản."),
}


def title_of(code: str, status: int) -> str:
    """The problem's title: the code's, else the status's."""
    return str(_TITLES.get(code) or status_title(status))


def status_title(status: int) -> str:
    return str(_STATUS_TITLES.get(status) or _STATUS_TITLES[500])


def action_name(action: str) -> str:
    return str(_ACTIONS.get(action, action))


def gap_text(reason: str) -> str:
    return str(_GAPS.get(reason, _GAPS[""]))


def ended_text(reason: str) -> str:
    return str(_ENDED.get(reason, ""))


def refusal_sentence(action: str, scope: str, clause: str, code: str = "not_granted") -> str:
    """What, why and the clause, in one sentence."""
    if code == "purpose_not_granted":
        said = _("Không thực hiện được: mục đích đã nêu không thuộc phạm vi phân quyền tại %(scope)s")
    elif scope:
        said = _("Không thực hiện được: đơn vị chưa được phân quyền %(action)s tại %(scope)s")
    else:
        said = _("Không thực hiện được: đơn vị chưa được phân quyền %(action)s")
    sentence = said % {"action": action_name(action), "scope": scope}
    return sentence + (_(" (mục %(clause)s).") % {"clause": clause} if clause else ".")
