"""What reconciliation found, as sentences that a supervisor reads: what, where, which minutes, what it means.

Law: every kind has its sentence, held by a test over all kinds; nothing but the words is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from haidang.core.findings import Finding
from haidang.core.units import VIETNAM, WallUs, to_datetime
from haidang.web.texts import gap_text

__all__ = ["instant_text", "interval_text", "sentence_of"]

_SENTENCES: dict[str, str | Promise] = {
    # disk
    "file_missing": lazy("Mất tệp ghi hình: nhật ký có, kho không có và chưa hết hạn lưu trữ."),
    "file_cut": lazy("Tệp ghi hình bị cắt ngắn: còn %(found)s byte, nhật ký ghi %(expected)s byte."),
    "file_grown": lazy("Tệp ghi hình bị ghi thêm: %(found)s byte, nhật ký ghi %(expected)s byte."),
    "bytes_changed": lazy(
        "Dữ liệu hình ảnh bị thay đổi: mã kiểm tra của đoạn khác với mã đã niêm phong trong nhật ký."
    ),
    "file_added": lazy("Có tệp ghi hình không có trong nhật ký."),
    "file_unknown": lazy("Có tệp lạ trong kho ghi hình."),
    "file_unreadable": lazy("Không đọc được tệp: %(why)s."),
    "journal_missing": lazy("Mất tệp chỉ mục của tệp ghi hình."),
    "journal_changed": lazy("Tệp chỉ mục bị thay đổi: thời gian hoặc niêm phong khác với nhật ký."),
    "gap_journal_changed": lazy("Sổ gián đoạn bị sửa: kho ghi “%(found)s”, nhật ký ghi “%(logged)s”."),
    "gap_journal_missing": lazy("Sổ gián đoạn bị xóa một lần gián đoạn đã ghi trong nhật ký."),
    "gap_added": lazy("Sổ gián đoạn có một lần gián đoạn không có trong nhật ký."),
    "sealed_again": lazy(
        "Tệp ghi hình được niêm phong lại với nội dung khác sau khi đã ghi vào nhật ký; "
        "bản ghi trước đó trong nhật ký là bản có giá trị."
    ),
    # minutes
    "minutes_unexplained": lazy("Không có hình và không có lý do nào được ghi."),
    "gap_told_late": lazy(
        "Gián đoạn được khai báo muộn: nhật ký chỉ nhận được khi đã qua lâu (lý do khai: “%(reason)s”)."
    ),
    "clock_back": lazy("Đồng hồ máy chủ bị lùi lại."),
    "clock_behind": lazy("Đồng hồ máy chủ chậm so với bên chứng kiến."),
    "clock_ahead": lazy("Đồng hồ máy chủ nhanh so với bên chứng kiến."),
    # the log
    "log_missing": lazy("Không có nhật ký minh bạch trong khi kho có hình."),
    "log_checkpoint": lazy("Điểm kiểm của nhật ký (%(log)s) không hợp lệ: %(why)s."),
    "log_tile": lazy("Tệp của nhật ký (%(log)s) bị hỏng hoặc mất: %(why)s."),
    "log_entry": lazy("Bản ghi số %(index)s của nhật ký (%(log)s) bị thay đổi."),
    "log_root": lazy("Nhật ký (%(log)s) không khớp với điểm kiểm đã ký: %(size)s bản ghi."),
    "chain_broken": lazy(
        "Chuỗi bản ghi của luồng hình bị đứt tại bản ghi %(index)s: số %(number)s, phải là %(expected)s."
    ),
    "seals_broken": lazy("Các niêm phong của tệp không nối liền nhau trong nhật ký."),
    "expired_unknown": lazy("Nhật ký ghi hết hạn lưu trữ của một tệp chưa từng được ghi nhận (%(policy)s)."),
    "expired_early": lazy(
        "Nhật ký ghi hết hạn lưu trữ của một tệp chưa đến hạn, hoặc sai thời điểm ghi hình (%(policy)s)."
    ),
    "log_longer_elsewhere": lazy(
        "Nhật ký (%(log)s) bị đưa về trạng thái cũ: bên chứng kiến %(witness)s đã xác nhận %(theirs)s bản ghi, "
        "ở đây chỉ có %(size)s."
    ),
    "log_differs_elsewhere": lazy(
        "Nhật ký (%(log)s) bị viết lại: gốc tại %(theirs)s bản ghi khác với gốc mà bên chứng kiến %(witness)s "
        "đã xác nhận."
    ),
    # the database
    "replica_bad": lazy("Bản sao ở kho khóa không còn nguyên vẹn (%(why)s)."),
    "row_missing": lazy("Cơ sở dữ liệu thiếu một tệp ghi hình có trong nhật ký."),
    "row_changed": lazy("Cơ sở dữ liệu bị sửa (%(what)s): ghi %(found)s, nhật ký ghi %(expected)s."),
    "row_added": lazy("Cơ sở dữ liệu có một tệp ghi hình không có trong nhật ký."),
    "row_minutes": lazy("Trục thời gian khác với nhật ký (%(what)s)."),
    "row_gap": lazy("Gián đoạn trong cơ sở dữ liệu (“%(found)s”) khác với nhật ký (“%(logged)s”)."),
    "act_missing": lazy("Mất mục nhật ký truy cập số %(row)s."),
    "act_changed": lazy("Mục nhật ký truy cập số %(row)s bị sửa."),
    "act_added": lazy("Mục nhật ký truy cập số %(row)s không có trong nhật ký minh bạch: được thêm vào sau."),
    "act_twice": lazy(
        "Mục nhật ký truy cập số %(row)s có hai nội dung khác nhau: cơ sở dữ liệu từng bị đưa về trạng thái cũ."
    ),
    "act_told_late": lazy(
        "Mục nhật ký truy cập số %(row)s được đưa vào nhật ký minh bạch muộn: "
        "thời điểm ghi trong mục có thể bị khai lùi."
    ),
    # what is explained, or limits what can be said
    "log_silent": lazy("Nhật ký im lặng."),
    "clock_step": lazy("Đồng hồ máy chủ được chỉnh (theo %(source)s)."),
    "camera_clock": lazy("Đồng hồ của camera lệch %(seconds)s giây so với máy chủ."),
    "journal_rewritten": lazy("Tệp chỉ mục được lập lại sau sự cố mất điện."),
    "expired_still_there": lazy("Đã hết hạn lưu trữ, dữ liệu chưa được xóa."),
    "emergency_expiry": lazy("Hết hạn khẩn cấp vì ổ đĩa đầy (%(policy)s)."),
    "witness_away": lazy("Không đối chiếu được nhật ký (%(log)s) với bên chứng kiến %(witness)s: %(why)s."),
    "no_witness": lazy("Chưa có bên chứng kiến: không ai ngoài máy chủ này xác nhận được nhật ký."),
    "never_cosigned": lazy("Nhật ký chưa từng được bên chứng kiến đồng xác nhận."),
    "rows_away": lazy("Không đối chiếu được cơ sở dữ liệu: %(why)s."),
    "stopped_early": lazy("Đối soát dừng giữa chừng: %(why)s."),
    "replica_kept": lazy("Còn một bản sao ở kho khóa, không ai xóa được trước %(until)s."),
    "replica_good": lazy("Đã đọc lại bản sao ở kho khóa: nguyên vẹn."),
    "replica_unread": lazy("Không đọc được bản sao ở kho khóa (%(why)s)."),
    "more_findings": lazy("Còn %(more)s kết quả cùng loại không liệt kê."),
}
#: The year 9999.
_LAST_US = 253_370_764_799_999_999
_REASONS = ("found", "logged", "reason")
_WHAT: dict[str, str | Promise] = {
    "hidden": lazy("phút có hình bị giấu"),
    "invented": lazy("phút không có hình bị thêm"),
    "size_bytes": lazy("dung lượng"),
    "ended_at": lazy("thời điểm kết thúc"),
    "record": lazy("ghi hình"),
    "acts": lazy("hoạt động"),
    "steady": lazy("đồng hồ nội bộ"),
}


def sentence_of(finding: Finding, cameras: Mapping[str, str]) -> str:
    """One sentence, with the camera's name from ``cameras`` where it is known, the file and the time."""
    facts = {name: _fact(name, value) for name, value in finding.facts.items()}
    words = [str(_SENTENCES[finding.kind]) % facts]
    if finding.camera:
        words.insert(0, f"{cameras.get(finding.camera, finding.camera)} ({finding.stream}):")
    if finding.from_us:
        words.append(interval_text(finding.from_us, finding.to_us) + ".")
    if finding.file:
        words.append(finding.file)
    return " ".join(words)


def _fact(name: str, value: str | int) -> str:
    text = str(value)
    if name == "until":
        return instant_text(WallUs(int(value)))
    if name in _REASONS and isinstance(value, str) and text:
        return gap_text(text)
    if name in ("what", "log", "source") and text in _WHAT:
        return str(_WHAT[text])
    return text


def interval_text(from_us: WallUs, to_us: WallUs) -> str:
    """From and to as people of the place read clocks."""
    began, ended = _local(from_us), _local(to_us)
    if not to_us or to_us == from_us:
        return _("Lúc %(at)s") % {"at": instant_text(from_us)}
    if to_us < from_us:
        return _("Từ %(began)s về %(ended)s") % {"began": instant_text(from_us), "ended": instant_text(to_us)}
    last = f"{ended:%H:%M:%S}" if began.date() == ended.date() else instant_text(to_us)
    return _("Từ %(began)s đến %(ended)s") % {"began": instant_text(from_us), "ended": last}


def instant_text(at: WallUs) -> str:
    return f"{_local(at):%d/%m/%Y %H:%M:%S}"


def _local(at: WallUs) -> datetime:
    """Rows and files may name any time: the first and the last that can be written stand for what lies beyond."""
    return to_datetime(WallUs(min(max(at, 0), _LAST_US))).astimezone(VIETNAM)
