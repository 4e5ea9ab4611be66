"""A decision as a sentence in official Vietnamese: what, why, by which clause, and who can change it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from haidang.accounts.authority import Authority
from haidang.core.policy import Decision
from haidang.web.texts import action_name

__all__ = ["Explained", "explained", "refusal_of"]

_NOT_APPROVED = lazy("Không thực hiện được: chưa được phép của cấp có thẩm quyền để %(action)s")
#: By the second half of the forbid's id: what it asks for.
_FORBIDDEN_BY: dict[str, Promise] = {
    "inactive": lazy("Không thực hiện được: tài khoản bị khóa, hết hạn, chưa đổi mật khẩu hoặc đơn vị hết hiệu lực"),
    "second_factor": lazy("Không thực hiện được: phiên đăng nhập này phải xác thực hai lớp trước khi %(action)s"),
    "terminal": lazy("Không thực hiện được: màn hình trực chỉ được xem trực tiếp"),
    "extract_recording": _NOT_APPROVED,
    "execute_extraction": _NOT_APPROVED,
    "provide_recording": _NOT_APPROVED,
}


@dataclass(frozen=True, slots=True)
class Explained:
    """``sentence`` is complete; ``document`` is what the deciding grant rests on, "" for the notice's own rules."""

    sentence: str
    clause: str
    document: str


def explained(action: str, scope: str, decision: Decision, door: Authority) -> Explained:
    """Why it may or may not be done; ``scope`` is where, in words ("" for the system)."""
    sources = door.sources(decision.policies)
    document = next((document for _clause, document in sources if document), "")
    if not decision.allowed:
        return Explained(refusal_of(action, scope, decision), decision.clause, document)
    values = {"action": action_name(action), "scope": scope, "clause": decision.clause}
    if scope:
        sentence = _("Được %(action)s tại %(scope)s theo mục %(clause)s.") % values
    else:
        sentence = _("Được %(action)s theo mục %(clause)s.") % values
    return Explained(sentence, decision.clause, document)


def refusal_of(action: str, scope: str, decision: Decision, *, code: str = "") -> str:
    """Why not, in one sentence. ``code`` says it more exactly than the decision where the caller knows."""
    code = code or decision.code
    rule = decision.policies[0].partition(":")[2] if decision.policies else ""
    if code == "forbidden":
        sentence = str(
            _FORBIDDEN_BY.get(rule) or _("Không thực hiện được: Thông báo cấm %(action)s đối với mọi tài khoản")
        )
    elif code == "purpose_not_granted":
        sentence = _("Không thực hiện được: mục đích đã nêu không thuộc phạm vi phân quyền tại %(scope)s")
    elif code in ("not_granted", "unknown_entity") and scope:
        sentence = _("Không thực hiện được: đơn vị chưa được phân quyền %(action)s tại %(scope)s")
    elif code in ("not_granted", "unknown_entity"):
        sentence = _("Không thực hiện được: đơn vị chưa được phân quyền %(action)s")
    else:
        sentence = _("Không thực hiện được: chưa xác định được quyền %(action)s, hệ thống từ chối để bảo đảm an toàn")
    sentence %= {"action": action_name(action), "scope": scope}
    if decision.clause:
        return sentence + _(" (mục %(clause)s).") % {"clause": decision.clause}
    return sentence + "."
