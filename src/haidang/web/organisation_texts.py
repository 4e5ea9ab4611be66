"""Organisations' own sign-ins in words: the buttons, the account's links, why a proof opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from haidang.accounts.models import Account
from haidang.accounts.queries import identities_of
from haidang.core.units import WallUs, to_datetime
from haidang.web.session import host_settings

__all__ = ["OrganisationRow", "organisations", "organisations_of", "refusal_words"]

_OTHER = lazy("Không đăng nhập được bằng tài khoản của %(name)s: hệ thống của tổ chức không xác nhận được danh tính.")
_REFUSALS: dict[str, Promise] = {
    "organisation_away": lazy(
        "Không liên lạc được với hệ thống đăng nhập của %(name)s. "
        "Đề nghị thử lại sau ít phút, hoặc dùng tài khoản và mật khẩu."
    ),
    "busy": lazy("Đang có nhiều người đăng nhập bằng tài khoản của tổ chức. Đề nghị thử lại sau ít phút."),
    "organisation_secret": lazy(
        "Đăng nhập bằng tài khoản của %(name)s chưa được cấu hình xong. Đề nghị báo đơn vị vận hành."
    ),
    "organisation_state": lazy(
        "Không thực hiện được: lượt đăng nhập đã dùng, đã quá hạn hoặc bắt đầu từ nơi khác. Đề nghị thực hiện lại."
    ),
    "organisation_cancelled": lazy("Việc đăng nhập tại %(name)s đã được hủy."),
    "identity_unknown": lazy(
        "Không đăng nhập được: tài khoản của %(name)s chưa được liên kết với tài khoản nào của hệ thống. "
        "Đề nghị đăng nhập bằng tài khoản và mật khẩu, rồi liên kết tại trang Tài khoản."
    ),
    "identity_locked": lazy(
        "Không đăng nhập được: tài khoản đã liên kết bị khóa, hết hạn hoặc đơn vị hết hiệu lực. "
        "Đề nghị liên hệ người quản lý của đơn vị."
    ),
    "identity_taken": lazy("Không liên kết được: tài khoản này của %(name)s đã liên kết với một tài khoản khác."),
    "identity_exists": lazy(
        "Không liên kết được: tài khoản đang đăng nhập đã liên kết với một tài khoản khác của %(name)s. "
        "Đề nghị hủy liên kết cũ trước."
    ),
}


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation whose sign-in serves here; ``linked_at``: since when the account is linked."""

    slug: str
    name: str
    linked_at: datetime | None = None


def organisations() -> list[OrganisationRow]:
    """Those of the settings: what the sign-in page offers."""
    return [OrganisationRow(each.slug, each.name) for each in host_settings().oidc]


def organisations_of(account: Account) -> list[OrganisationRow]:
    """The same, with the account's links."""
    if not host_settings().oidc:
        return []
    links = identities_of(account)
    return [
        OrganisationRow(
            each.slug, each.name, to_datetime(WallUs(links[each.slug].linked_at)) if each.slug in links else None
        )
        for each in host_settings().oidc
    ]


def refusal_words(code: str, name: str) -> str:
    """Why not, as a sentence; ``name`` is the organisation's."""
    return str(_REFUSALS.get(code, _OTHER)) % {"name": name}
