"""Alarms in Vietnamese: what is wrong, and what the department's technician does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from haidang.core.units import VIETNAM, WallUs, to_datetime
from haidang.witness.notebook import Alarm, Facts

__all__ = ["advice", "moment", "place", "said"]

_BAD = {"changed": "Hình ảnh đã bị thay đổi", "missing": "Hình ảnh không còn"}
_TITLES: dict[str, Callable[[Facts], str]] = {
    "silent": lambda _: "Nhật ký im lặng",
    "contradiction": lambda facts: f"Nhật ký tự mâu thuẫn: lưu {facts.get('evidence', 0)} bằng chứng",
    "unreachable": lambda _: "Không đọc được nhật ký của máy chủ",
    "lagging": lambda _: "Bản sao chưa theo kịp nhật ký",
    "wrong_bytes": lambda _: "Máy chủ gửi nội dung khác nội dung đã ký",
    "mirror_damaged": lambda _: "Bản sao trên máy này không dùng được",
    "clock": lambda facts: f"Đồng hồ máy chủ lệch {facts.get('off_s', 0)} giây",
    "sample_unanswered": lambda facts: f"Mẫu kiểm tra không được trả lời: {place(facts)}",
    "sample_bad": lambda facts: f"{_BAD.get(str(facts.get('found')), 'Trả lời mẫu kiểm tra sai')}: {place(facts)}",
}
_ADVICE = {
    "silent": "Gọi đơn vị vận hành. Nếu máy chủ vẫn chạy, kiểm tra đường truyền từ máy chủ đến máy này.",
    "contradiction": "Lập biên bản; không xóa gì trên máy này. So sánh bằng haidang witness compare, rồi yêu cầu đơn "
    "vị vận hành giải trình. Xong thì ghi nhận bằng haidang witness settle.",
    "unreachable": "Kiểm tra đường truyền từ máy này đến máy chủ, rồi khóa truy cập: còn hạn không, đã bị thu hồi chưa."
    " Nếu không phải lỗi ở đây, yêu cầu đơn vị vận hành mở lại.",
    "lagging": "Chờ nếu vừa cài đặt hoặc vừa mất mạng lâu. Nếu kéo dài, kiểm tra tốc độ đường truyền và ổ đĩa.",
    "wrong_bytes": "Lập biên bản; giữ nguyên thư mục evidence trên máy này và yêu cầu đơn vị vận hành giải trình. "
    "Nội dung sai không được nhận vào bản sao.",
    "mirror_damaged": "Kiểm tra ổ đĩa còn chỗ và không lỗi. Nếu bản sao hỏng, chuyển thư mục đó sang nơi khác: máy này "
    "tự chép lại từ đầu.",
    "clock": "Đối chiếu giờ của máy này trước (timedatectl). "
    "Nếu máy này đúng, yêu cầu đơn vị vận hành chỉnh giờ máy chủ.",
    "sample_unanswered": "Máy chủ nhận câu hỏi mà không trả lời trong nhật ký. Yêu cầu đơn vị vận hành giải trình.",
    "sample_bad": "Lập biên bản: câu trả lời do máy chủ ký, đã đồng xác nhận, không rút lại được. Kiểm tra tại chỗ "
    "đoạn hình này. Xong thì ghi nhận bằng haidang witness settle.",
}


def said(alarm: Alarm) -> str:
    """What is wrong, in one line."""
    return _TITLES[alarm.kind](alarm.facts)


def advice(alarm: Alarm) -> str:
    """What to do about it."""
    return _ADVICE[alarm.kind]


def place(facts: Facts) -> str:
    """A sealed piece: camera, stream, minute."""
    at = to_datetime(WallUs(int(facts.get("from_us", 0)))).astimezone(VIETNAM)
    stream = "luồng chính" if facts.get("stream") == "main" else "luồng phụ"
    return f"camera {facts.get('camera')}, {stream}, {at:%H:%M ngày %d/%m/%Y}"


def moment(at_s: int) -> str:
    """A time in Việt Nam."""
    return f"{datetime.fromtimestamp(at_s, UTC).astimezone(VIETNAM):%H:%M:%S ngày %d/%m/%Y}"
