"""What a person has to be told about the own account, as sentences: the banner of every page, and the account's page.

Law: for own eyes only. Alerts of the other audience, the managers, are not read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from haidang.accounts.models import Account, Alert
from haidang.accounts.queries import own_alerts
from haidang.core.units import WallUs, to_datetime

__all__ = ["Notice", "notices_of"]

#: A notice that nobody took note of is old after this.
_KEPT_US = 90 * 86_400 * 1_000_000


@dataclass(frozen=True, slots=True)
class Notice:
    number: int
    at: datetime
    sentence: str
    advice: str


def notices_of(account: Account, *, now: WallUs) -> list[Notice]:
    """The account's own alerts that its person has not taken note of, newest first."""
    return [_notice(alert) for alert in own_alerts(account, since=WallUs(now - _KEPT_US))]


def _notice(alert: Alert) -> Notice:
    sentence, advice = _("Có thay đổi đối với tài khoản."), _("Nếu thấy bất thường, báo ngay cho đơn vị vận hành.")
    if alert.kind == "new_device":
        place = [alert.facts.get(name, "") for name in ("device", "address")]
        where = ", ".join(part for part in place if part) or _("thiết bị chưa rõ")
        sentence = _("Tài khoản vừa đăng nhập từ thiết bị mới: %(where)s.") % {"where": where}
        advice = _("Nếu không phải người được cấp tài khoản, đổi mật khẩu và báo ngay cho đơn vị vận hành.")
    elif alert.kind == "password_reset":
        sentence = _("Mật khẩu của tài khoản vừa được cấp lại.")
    elif alert.kind == "identity_linked":
        sentence = _("Tài khoản vừa được liên kết với đăng nhập của tổ chức.")
    return Notice(alert.pk, to_datetime(WallUs(alert.at)), sentence, advice)
