"""Papers about an account (NĐ 30/2020): the record of handing it over, and the pledge of who receives it.

Laws: always in Vietnamese, the language of the record; no password on them; what people fill in by hand is left blank.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from haidang.accounts.models import Account, Unit
from haidang.accounts.people import focal_person_of
from haidang.accounts.policies import notice_in_force
from haidang.accounts.queries import grants_of
from haidang.cameras.queries import sites
from haidang.core.errors import Conflict
from haidang.core.policy import site_uid
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.web.texts import action_name
from haidang.web.views.people import reader_of, seen

__all__ = ["form_handover", "form_pledge"]


@require_safe
def form_handover(request: HttpRequest, username: str) -> HttpResponse:
    """Biên bản giao nhận tài khoản: the operator gives, the unit's person receives."""
    return _paper(request, username, "web/form_handover.html")


@require_safe
def form_pledge(request: HttpRequest, username: str) -> HttpResponse:
    """Cam kết bảo mật tài khoản."""
    return _paper(request, username, "web/form_pledge.html")


def _paper(request: HttpRequest, username: str, template: str) -> HttpResponse:
    now = wall_clock()
    account = seen(reader_of(request, now), username)
    if account.confirmed_at is None:
        raise Conflict(f"couldn't print for {username}: nobody has confirmed it yet", code="account_unconfirmed")
    notice = notice_in_force()
    with translation.override("vi"):
        context = {
            "person": account,
            "unit": account.unit,
            "operator": Unit.objects.filter(role="operator").order_by("pk").first(),
            "focal": focal_person_of(account.unit) if account.unit.focal_required else None,
            "scopes": _scopes(account, now),
            "notice": "" if notice is None else notice.document,
        }
        return render(request, template, context)


def _scopes(account: Account, now: WallUs) -> list[str]:
    """Where it may do what, a line a site, by which clause."""
    names = {site_uid(site.slug): site.name for site in sites()}
    lines = []
    for grant in grants_of(account, now=now):
        if grant.resource in names:
            actions = ", ".join(action_name(action) for action in grant.actions)
            lines.append(f"{names[grant.resource]}: {actions} (mục {grant.clause})")
    return lines
