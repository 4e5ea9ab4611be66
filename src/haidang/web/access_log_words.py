"""What the access log's pages say: every act by its name and kind, every fact by its label.

Law: whatever ``audit.actions.record`` is given as an action has words here (``tests/web_text/test_access_log_words``).
"""

from __future__ import annotations

from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from haidang.audit.models import Entry
from haidang.web.texts import action_name

__all__ = [
    "ACTS", "FACTS", "KINDS", "VIEWS", "Kind", "act_text", "actions_of", "decision_text", "ended_view_text",
    "fact_label", "kind_of", "number_text",
]  # fmt: skip

Kind = Literal["views", "sign_in", "accounts", "rights", "configuration", "holds", "log", "other"]
#: In the address, with what the page calls it.
KINDS: dict[str, tuple[Kind, Promise]] = {
    "xem": ("views", lazy("xem hình ảnh")),
    "dang-nhap": ("sign_in", lazy("đăng nhập")),
    "tai-khoan": ("accounts", lazy("tài khoản")),
    "quyen": ("rights", lazy("phân quyền")),
    "cau-hinh": ("configuration", lazy("cấu hình")),
    "luu-giu": ("holds", lazy("lưu giữ, trích xuất")),
    "nhat-ky": ("log", lazy("nhật ký, đối soát")),
    "khac": ("other", lazy("việc khác")),
}
VIEWS = ("view_live", "view_playback")
_ON_RECORDINGS = ("delete_recording", "alter_recording", "copy_recording", "extract_recording", "provide_recording")
_ON_THE_SYSTEM = ("stop_recording", "block_transmission", "disable_feature", "connect_device")
_OTHER = (
    "know_camera", "control_ptz", "report_incident", "handle_violation", "report_difficulty", "aggregate_difficulties",
)  # fmt: skip
#: Action -> its kind and its name; what the policy names too is called as there.
ACTS: dict[str, tuple[Kind, Promise | None]] = {
    "view_live": ("views", None),
    "view_playback": ("views", None),
    "end_view": ("views", lazy("kết thúc xem")),
    "lose_views": ("views", lazy("không ghi được lúc kết thúc của một số lượt xem")),
    "login": ("sign_in", lazy("đăng nhập")),
    "logout": ("sign_in", lazy("đăng xuất")),
    "show_second_factor": ("sign_in", lazy("xác thực hai lớp")),
    "enrol_terminal": ("sign_in", lazy("đăng ký màn hình trực bằng mã")),
    "end_terminal_sessions": ("sign_in", lazy("kết thúc phiên của màn hình trực")),
    "add_account": ("accounts", lazy("cấp tài khoản")),
    "reset_password": ("accounts", lazy("cấp lại mật khẩu")),
    "change_password": ("accounts", lazy("đổi mật khẩu")),
    "lock_account": ("accounts", lazy("khóa tài khoản")),
    "unlock_account": ("accounts", lazy("mở khóa tài khoản")),
    "set_expiry": ("accounts", lazy("đặt ngày hết hạn của tài khoản")),
    "end_account_sessions": ("accounts", lazy("kết thúc mọi phiên của tài khoản")),
    "unmake_manager": ("accounts", lazy("thôi giao làm người quản lý của đơn vị")),
    "change_account": ("accounts", lazy("thay đổi tài khoản")),
    "ask_request": ("accounts", lazy("đề nghị về tài khoản")),
    "confirm_request": ("accounts", lazy("xác nhận đề nghị về tài khoản")),
    "refuse_request": ("accounts", lazy("từ chối đề nghị về tài khoản")),
    "withdraw_request": ("accounts", lazy("rút đề nghị về tài khoản")),
    "accept_pledge": ("accounts", lazy("cam kết bảo mật tài khoản")),
    "add_second_factor": ("accounts", lazy("đăng ký xác thực hai lớp")),
    "end_second_factor": ("accounts", lazy("hủy một cách xác thực hai lớp")),
    "end_second_factors": ("accounts", lazy("hủy xác thực hai lớp")),
    "draw_recovery_codes": ("accounts", lazy("tạo mã dự phòng")),
    "link_identity": ("accounts", lazy("liên kết với đăng nhập của tổ chức")),
    "unlink_identity": ("accounts", lazy("hủy liên kết với đăng nhập của tổ chức")),
    "create_token": ("accounts", lazy("cấp khóa truy cập giao diện lập trình")),
    "end_token": ("accounts", lazy("hủy khóa truy cập giao diện lập trình")),
    "name_focal_person": ("accounts", lazy("cập nhật đầu mối của đơn vị")),
    "set_single_session": ("accounts", lazy("đặt chế độ một phiên của đơn vị")),
    "set_unit_active": ("accounts", lazy("bật hoặc tắt một đơn vị")),
    "raise_alert": ("accounts", lazy("cảnh báo về tài khoản")),
    "take_note": ("accounts", lazy("ghi nhận cảnh báo")),
    "open_review": ("accounts", lazy("mở đợt rà soát quyền")),
    "set_review_verdicts": ("accounts", lazy("ghi kết quả rà soát")),
    "sign_review": ("accounts", lazy("ký kết quả rà soát")),
    "register_terminal": ("accounts", lazy("đăng ký màn hình trực")),
    "new_terminal_code": ("accounts", lazy("cấp mã mới cho màn hình trực")),
    "revoke_terminal": ("accounts", lazy("thu hồi màn hình trực")),
    "manage_accounts": ("accounts", None),
    "manage_unit": ("accounts", None),
    "view_rights": ("rights", None),
    "propose_policy": ("rights", None),
    "approve_policy": ("rights", None),
    "withdraw_policy": ("rights", lazy("rút đề nghị thay đổi phân quyền")),
    "decide_policy": ("rights", lazy("quyết định về thay đổi phân quyền")),
    "apply_policy": ("rights", lazy("đưa bộ quyền vào hiệu lực")),
    "end_grant": ("rights", lazy("kết thúc một quyền")),
    "add_camera": ("configuration", lazy("thêm camera")),
    "update_camera": ("configuration", lazy("sửa thông tin camera")),
    "switch_camera": ("configuration", lazy("bật hoặc tắt camera")),
    "apply_sites": ("configuration", lazy("cập nhật danh sách khu vực")),
    "view_operations": ("configuration", None),
    "change_configuration": ("configuration", None),
    "read_access_log": ("log", None),
    "export_access_log": ("log", lazy("kết xuất nhật ký truy cập")),
    "ask_reconciliation": ("log", lazy("yêu cầu đối soát")),
    "ask_samples": ("log", lazy("bên chứng kiến hỏi mẫu đối soát")),
    "reconcile": ("log", lazy("đối soát dữ liệu với nhật ký")),
    "extend_hold": ("holds", lazy("gia hạn lưu giữ")),
    "release_hold": ("holds", lazy("kết thúc lưu giữ")),
    "place_hold": ("holds", None),
    "request_extraction": ("holds", None),
    "approve_extraction": ("holds", None),
    "execute_extraction": ("holds", None),
    "receive_bundle": ("holds", None),
    **dict.fromkeys(_ON_RECORDINGS, ("holds", None)),
    **dict.fromkeys(_ON_THE_SYSTEM, ("configuration", None)),
    **dict.fromkeys(_OTHER, ("other", None)),
}  # fmt: skip
#: What an entry's facts are called on its own page.
FACTS: dict[str, Promise] = {
    "account": lazy("Tài khoản"),
    "accounts": lazy("Số tài khoản"),
    "act": lazy("Việc"),
    "active": lazy("Đang dùng"),
    "audience": lazy("Báo cho"),
    "change": lazy("Số của thay đổi"),
    "changed": lazy("Nội dung đã sửa"),
    "changes": lazy("Số thay đổi"),
    "code": lazy("Mã lý do"),
    "copied": lazy("Khóa bị sao chép"),
    "days": lazy("Khoảng ngày đã xem"),
    "deep": lazy("Đối soát toàn bộ"),
    "document": lazy("Văn bản"),
    "due": lazy("Hạn"),
    "ended": lazy("Kết thúc lúc"),
    "entries": lazy("Số bản ghi được hỏi"),
    "filters": lazy("Điều kiện lọc"),
    "from": lazy("Từ thời điểm"),
    "grants": lazy("Số quyền"),
    "hold": lazy("Số của lưu giữ"),
    "keep": lazy("Giữ"),
    "kind": lazy("Loại"),
    "last_day": lazy("Ngày cuối"),
    "limited": lazy("Bị chặn do nhập sai nhiều lần"),
    "lines": lazy("Số dòng"),
    "lock": lazy("Khóa"),
    "locked": lazy("Tài khoản bị chặn tạm thời"),
    "manager": lazy("Người quản lý"),
    "of": lazy("Việc"),
    "provider": lazy("Nơi xác thực"),
    "reach": lazy("Phạm vi"),
    "reason": lazy("Lý do"),
    "request": lazy("Số của đề nghị"),
    "review": lazy("Số của đợt rà soát"),
    "rows": lazy("Số mục"),
    "scope": lazy("Chỉ dùng cho"),
    "second_factor": lazy("Xác thực hai lớp bằng"),
    "run": lazy("Số của lần đối soát"),
    "seconds": lazy("Số giây hình ảnh đã tải"),
    "session": lazy("Phiên đăng nhập"),
    "sessions": lazy("Số phiên"),
    "set": lazy("Bộ quyền"),
    "sha256": lazy("Mã băm SHA-256"),
    "single": lazy("Chế độ một phiên"),
    "site": lazy("Khu vực"),
    "spans": lazy("Các đoạn đã tải"),
    "started": lazy("Bắt đầu lúc"),
    "state": lazy("Kết quả"),
    "stream": lazy("Lượt xem"),
    "streams": lazy("Số lượt xem"),
    "terminal": lazy("Màn hình trực"),
    "ticket": lazy("Vé truy cập"),
    "to": lazy("Đến thời điểm"),
    "token": lazy("Khóa truy cập"),
    "unit": lazy("Đơn vị"),
    "until": lazy("Lưu giữ đến"),
    "widens": lazy("Mở rộng quyền"),
    "wrong": lazy("Số sai lệch"),
}
#: Why a view ended, by the fact ``reason`` of ``end_view``.
_ENDED: dict[str, Promise] = {
    "left": lazy("người xem dừng"),
    "idle": lazy("không tải thêm hình ảnh"),
    "session_ended": lazy("phiên đăng nhập kết thúc"),
    "account_ended": lazy("tài khoản hết hiệu lực"),
    "grant_ended": lazy("quyền xem kết thúc"),
    "ticket_ended": lazy("vé truy cập hết hạn"),
    "unchecked": lazy("hệ thống không kiểm tra được quyền"),
    "shutdown": lazy("hệ thống dừng phát hình"),
    "gone": lazy("hệ thống phát hình khởi động lại"),
}


def kind_of(action: str) -> Kind:
    return ACTS[action][0] if action in ACTS else "other"


def actions_of(kind: Kind) -> tuple[str, ...]:
    """The actions of a kind; what is unknown belongs to none."""
    return tuple(action for action, (each, _name) in ACTS.items() if each == kind)


def act_text(entry: Entry) -> str:
    """What was done or asked for, as a sentence begins."""
    if entry.action == "end_view":
        return _begin(_("kết thúc %(view)s") % {"view": action_name(str(entry.facts.get("of", "")))})
    own = ACTS.get(entry.action, ("other", None))[1]
    return _begin(str(own) if own is not None else action_name(entry.action))


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]


def decision_text(decision: str) -> str:
    return str({"allow": lazy("cho phép"), "deny": lazy("từ chối")}.get(decision, ""))


def ended_view_text(reason: str) -> str:
    return str(_ENDED.get(reason, reason))


def number_text(number: int) -> str:
    """With the separator of the language: 10.000, or 10,000."""
    return f"{number:,}" if get_language() == "en" else f"{number:,}".replace(",", ".")


def fact_label(name: str) -> str:
    return str(FACTS.get(name, name))
