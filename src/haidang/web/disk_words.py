"""What the operations page says of the room that recordings have; nothing while there is enough."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from haidang.core.disk_state import DiskState, parse_disk_state
from haidang.core.errors import CorruptData
from haidang.core.host import DISK_STATE
from haidang.core.units import WallUs

__all__ = ["HostWarning", "disk_warnings"]

#: The keeper says it every ten seconds.
_STALE_US = 5 * 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class HostWarning:
    """``kind``: what a note's ``data-kind`` may be."""

    kind: str
    sentence: str


def disk_warnings(home: Path, *, now: WallUs) -> list[HostWarning]:
    try:
        state = parse_disk_state((home / DISK_STATE).read_bytes())
    except FileNotFoundError:
        return []  # a host that was only just made
    except (OSError, CorruptData):
        return [HostWarning("refused", _("Không đọc được tình trạng dung lượng; kiểm tra tiến trình keeper."))]
    if now - state.at_us > _STALE_US:
        return [HostWarning("refused", _("Tình trạng dung lượng không được cập nhật; kiểm tra tiến trình keeper."))]
    return _warnings(state)


def _warnings(state: DiskState) -> list[HostWarning]:
    found = []
    values = {"percent": state.free_percent}
    if state.level == "alarm":
        found.append(
            HostWarning(
                "decide",
                _("Dung lượng ghi hình còn %(percent)s%%: đề nghị bổ sung dung lượng trước khi hệ thống phải xóa sớm.")
                % values,
            )
        )
    elif state.level and not state.nothing_left:
        found.append(
            HostWarning(
                "refused",
                _(
                    "Dung lượng ghi hình còn %(percent)s%%: đang xóa sớm phần cũ nhất không được lưu giữ, "
                    "có ghi nhật ký. Ghi hình vẫn tiếp tục."
                )
                % values,
            )
        )
    if state.nothing_left:
        sentence = (
            _(
                "Dung lượng ghi hình còn %(percent)s%%; không còn phần nào được phép xóa sớm: phần còn lại đang được "
                "lưu giữ hoặc vừa ghi. Phải bổ sung dung lượng hoặc kết thúc các đề nghị lưu giữ không còn cần."
            )
            % values
        )
        found.append(HostWarning("refused", sentence))
    if state.clock_doubted:
        sentence = _("Bên chứng kiến báo đồng hồ máy chủ sai: tạm dừng xóa theo thời hạn cho đến khi chỉnh lại giờ.")
        found.append(HostWarning("refused", sentence))
    if state.faults:
        sentence = _("%(count)s tệp hết hạn chưa xóa được như quy định; xem nhật ký của keeper.") % {
            "count": state.faults
        }
        found.append(HostWarning("refused", sentence))
    return found
