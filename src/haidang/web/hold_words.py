"""What the pages of holds say: kinds, standings, and why something could not be done."""

from __future__ import annotations

from datetime import time, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from haidang.core.retention import days_left
from haidang.core.units import VIETNAM, WallUs, to_datetime

__all__ = ["KIND_TEXTS", "kept_text", "problem_of", "until_text"]

KIND_TEXTS: dict[str, Promise] = {
    "manual": lazy("Đề nghị của đơn vị"),
    "incident": lazy("Tự động theo vụ việc"),
    "storm": lazy("Tự động trong thời gian bão"),
}
_PROBLEMS: dict[str, Promise] = {
    "window_order": lazy("Thời điểm kết thúc phải sau thời điểm bắt đầu."),
    "window_future": lazy("Chỉ lưu giữ được phần đã ghi hình; thời điểm kết thúc chưa tới."),
    "hold_until": lazy(
        "Ngày hết lưu giữ phải sau ngày hiện tại (khi gia hạn: sau ngày đang áp dụng), tối đa 180 ngày."
    ),
    "hold_quota": lazy(
        "Vượt giới hạn số giờ camera mà đơn vị được lưu giữ cùng lúc. Đề nghị chọn khoảng ngắn hơn, "
        "hoặc nhờ người khác kết thúc các đề nghị không còn cần."
    ),
    "hold_over": lazy("Đề nghị lưu giữ này đã kết thúc."),
    "own_hold": lazy(
        "Không kết thúc được: đề nghị do chính tài khoản này lập, phải do người khác kết thúc (mục I.2.c-1)."
    ),
    "reason_needed": lazy("Phải nêu lý do."),
}


def kept_text(oldest: WallUs | None, days: int | None, now: WallUs) -> str:
    """How long a camera's oldest picture stays; "" where there is none."""
    if oldest is None:
        return ""
    since = to_datetime(oldest).astimezone(VIETNAM)
    if days is None:
        return _("Hình cũ nhất từ %(at)s") % {"at": f"{since:%d/%m/%Y %H:%M}"}
    return _("Hình cũ nhất từ %(at)s, còn lưu %(n)s ngày") % {
        "at": f"{since:%d/%m/%Y %H:%M}", "n": days_left(oldest, days, now),
    }  # fmt: skip


def until_text(until: WallUs) -> str:
    """Through which day: people give a day, which ends as the next one begins; a program may have given any instant."""
    lapses = to_datetime(until).astimezone(VIETNAM)
    if lapses.time() == time():
        return _("đến hết ngày %(day)s") % {"day": f"{lapses - timedelta(days=1):%d/%m/%Y}"}
    return _("đến %(at)s") % {"at": f"{lapses:%d/%m/%Y %H:%M}"}


def problem_of(code: str) -> str:
    """An empty text for what the page does not say itself."""
    return str(_PROBLEMS.get(code, ""))
