"""What the pages of changes say of states, and of refusals by code."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

__all__ = ["change_done", "problem_text", "refused_text", "state_text"]

_STATES: dict[str, Promise] = {
    "proposed": lazy("Chờ phê duyệt"),
    "applied": lazy("Đã áp dụng"),
    "agreed": lazy("Đã phê duyệt"),
    "overtaken": lazy("Hết giá trị: bộ quyền đã đổi"),
    "refused": lazy("Từ chối"),
    "withdrawn": lazy("Đã rút"),
    "stale": lazy("Hết giá trị"),
}
#: What an act has done, by the state that the change is in after it.
_DONE: dict[str, Promise] = {
    "proposed": lazy("Đã trình đề nghị; chưa có gì thay đổi cho đến khi người thứ hai phê duyệt."),
    "applied": lazy("Đã áp dụng thay đổi."),
    "agreed": lazy("Đã phê duyệt; quyền thay đổi từ ngày ghi trong nội dung dưới đây."),
    "refused": lazy("Đã từ chối đề nghị."),
    "withdrawn": lazy("Đã rút đề nghị."),
}
#: Why this person cannot be the second one.
_REFUSED: dict[str, Promise] = {
    "own_proposal": lazy("Không phê duyệt được: đề nghị do chính tài khoản này lập, phải do người khác phê duyệt."),
    "same_unit": lazy("Không phê duyệt được: đề nghị do đơn vị của tài khoản lập, phải do đơn vị khác phê duyệt."),
    "gaining_unit": lazy("Không phê duyệt được: đơn vị của tài khoản được thêm quyền, phải do đơn vị khác phê duyệt."),
    "proposer_locked": lazy(
        "Không phê duyệt được: tài khoản lập đề nghị đã bị khóa hoặc hết hiệu lực; người khác phải lập đề nghị mới."
    ),
    "not_yours": lazy("Không rút được: đề nghị do người khác lập."),
}
#: Why a form's change cannot be made.
_PROBLEMS: dict[str, Promise] = {
    "nothing_to_transfer": lazy("Đơn vị giao không có quyền nào tại khu vực đã chọn vào ngày trước ngày chuyển giao."),
    "unit_dates": lazy("Đơn vị nhận không tồn tại vào ngày chuyển giao."),
    "grant_dates": lazy("Ngày không phù hợp: quyền chưa bắt đầu, đã kết thúc trước ngày đó, hoặc đơn vị nhận đã có."),
    "unknown_grant": lazy("Quyền này không còn trong bộ quyền đang áp dụng."),
    "unknown_unit": lazy("Đơn vị không có trong bộ quyền đang áp dụng."),
    "unknown_site": lazy("Khu vực không có trong bộ quyền đang áp dụng."),
    "transfer": lazy("Chuyển giao cần hai đơn vị khác nhau và văn bản."),
    "no_change": lazy("Đề nghị không làm thay đổi quyền nào."),
    "no_policy": lazy("Chưa có bộ quyền nào được áp dụng."),
    "stale_change": lazy("Bộ quyền vừa được thay đổi; đề nghị xem trước lại rồi trình."),
    "document_needed": lazy("Phải nêu văn bản."),
    "reason_needed": lazy("Phải nêu lý do từ chối."),
}


def state_text(state: str) -> str:
    return str(_STATES.get(state, state))


def change_done(state: str) -> str:
    return str(_DONE.get(state, ""))


def refused_text(code: str) -> str:
    """An empty text for a code that is no refusal of a second person."""
    return str(_REFUSED.get(code, ""))


def problem_text(code: str) -> str:
    return str(_PROBLEMS.get(code, lazy("Không lập được đề nghị với dữ liệu đã nhập.")))
