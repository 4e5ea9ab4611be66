"""What screens and problems say, by code. Vietnamese here, English in the catalogue."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

__all__ = ["action_name", "ended_text", "gap_text", "status_title", "title_of"]

Text = str | Promise

_TITLES: dict[str, Text] = {
    "unauthenticated": lazy("Chưa đăng nhập"),
    "must_change_password": lazy("Phải đổi mật khẩu trước khi sử dụng hệ thống"),
    "pledge_needed": lazy("Phải cam kết bảo mật tài khoản trước khi sử dụng hệ thống"),
    "second_factor_needed": lazy("Phải xác thực hai lớp"),
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
    "hold_quota": lazy("Vượt giới hạn lưu giữ của đơn vị"),
    "hold_until": lazy("Ngày hết lưu giữ không hợp lệ"),
    "hold_over": lazy("Đề nghị lưu giữ đã kết thúc"),
    "own_hold": lazy("Người lập không tự kết thúc lưu giữ"),
    "unknown_hold": lazy("Không có đề nghị lưu giữ này"),
    "reason_needed": lazy("Phải nêu lý do"),
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
    "control_ptz": lazy("điều khiển quay quét"),
    "place_hold": lazy("đề nghị lưu giữ"),
    "request_extraction": lazy("đề nghị trích xuất"),
    "report_incident": lazy("báo cáo vụ việc"),
    "handle_violation": lazy("xử lý vi phạm"),
    "execute_extraction": lazy("thực hiện trích xuất"),
    "receive_bundle": lazy("nhận gói dữ liệu"),
    "view_operations": lazy("xem tình trạng hệ thống"),
    "change_configuration": lazy("thay đổi cấu hình"),
    "manage_accounts": lazy("quản lý tài khoản"),
    "manage_unit": lazy("quản lý tài khoản của đơn vị"),
    "view_rights": lazy("xem phân quyền"),
    "propose_policy": lazy("đề nghị thay đổi phân quyền"),
    "approve_policy": lazy("phê duyệt thay đổi phân quyền"),
    "read_access_log": lazy("xem nhật ký truy cập"),
    "approve_extraction": lazy("phê duyệt trích xuất"),
    "report_difficulty": lazy("báo cáo khó khăn, vướng mắc"),
    "aggregate_difficulties": lazy("tổng hợp khó khăn, vướng mắc"),
    "stop_recording": lazy("dừng ghi hình"),
    "block_transmission": lazy("ngăn chặn truyền nhận hình ảnh"),
    "disable_feature": lazy("vô hiệu hóa tính năng kỹ thuật"),
    "connect_device": lazy("kết nối, cài cắm thiết bị khác"),
    "delete_recording": lazy("xóa dữ liệu, hình ảnh"),
    "alter_recording": lazy("thay đổi dữ liệu, hình ảnh"),
    "copy_recording": lazy("sao chép dữ liệu, hình ảnh"),
    "extract_recording": lazy("trích xuất dữ liệu, hình ảnh"),
    "provide_recording": lazy("cung cấp dữ liệu, hình ảnh cho bên khác"),
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
    "elsewhere": lazy("Phiên đăng nhập đã kết thúc: tài khoản vừa đăng nhập ở nơi khác, đơn vị chỉ cho một phiên."),
    "second_factor": lazy("Phiên đăng nhập đã kết thúc: tài khoản vừa bật xác thực hai lớp."),
    "account_over": lazy("Phiên đăng nhập đã kết thúc: tài khoản hết thời hạn hoặc đơn vị không còn hiệu lực."),
    "signed_out": lazy("Phiên đăng nhập đã được người quản lý kết thúc."),
    "transferred": lazy("Phiên đăng nhập đã kết thúc: tài khoản đã chuyển sang đơn vị khác."),
    "person_changed": lazy("Phiên đăng nhập đã kết thúc: đơn vị đã đổi đầu mối nhận tài khoản."),
    "factors_ended": lazy("Phiên đăng nhập đã kết thúc: xác thực hai lớp phải đăng ký lại."),
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
