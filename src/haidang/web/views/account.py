"""The own account: unit, rights with their clauses, second factors, sessions, devices, alerts and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from haidang.accounts.actions import end_session, end_token, take_note
from haidang.accounts.entities import account_uid
from haidang.accounts.models import Account, Alert, Grant, LoginSession, Purpose
from haidang.accounts.queries import (
    devices_of,
    factors_of,
    grants_of,
    needs_second_factor,
    purposes_by_slug,
    recovery_codes_left,
    sessions_of,
    tokens_of,
)
from haidang.cameras.models import Site
from haidang.cameras.queries import sites
from haidang.core.errors import NotFound
from haidang.core.policy.notice import site_uid
from haidang.core.units import WallUs, to_datetime
from haidang.host.clock import wall_clock
from haidang.web.organisation_texts import organisations_of
from haidang.web.present import localised
from haidang.web.session import credential_of, host_settings
from haidang.web.sign_in import own_address
from haidang.web.texts import action_name

__all__ = ["account", "alert_noted", "end_own_session", "end_own_token"]

_DEVICES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class PageUnit:
    slug: str
    name: str
    name_en: str
    parent: str
    aliases: list[str]


@dataclass(frozen=True, slots=True)
class RightRow:
    scope: str
    actions: list[str]
    purposes: list[str]
    clause: str
    document: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    name: str
    started_at: datetime
    seen_at: datetime
    current: bool
    #: What the browser calls itself, and the address it came from; "" where not known. For own eyes only.
    device: str
    address: str


@dataclass(frozen=True, slots=True)
class DeviceRow:
    label: str
    first_seen_at: datetime
    last_seen_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class FactorsSummary:
    totp: int
    passkeys: int
    recovery_left: int
    required: bool


@dataclass(frozen=True, slots=True)
class TokenRow:
    name: str
    label: str
    created_at: datetime
    expires_at: datetime | None


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    credential, now = credential_of(request), wall_clock()
    own, unit = credential.account, credential.account.unit
    names = {site_uid(site.slug): site for site in sites()}
    purposes = purposes_by_slug()
    sessions = sessions_of(own, now=now, idle_s=host_settings().web.session_idle_s)
    context = {
        "unit": PageUnit(unit.slug, unit.name, unit.name_en, unit.parent.name if unit.parent else "", unit.aliases),
        "rights": [_right(grant, names, purposes) for grant in grants_of(own, now=now)],
        "sessions": [_session(row, credential.name) for row in sessions],
        "devices": _devices(own, next((row for row in sessions if row.name == credential.name), None)),
        "factors": _factors(own),
        "organisations": organisations_of(own),
        "tokens": [
            TokenRow(row.name, row.label, _at(row.created_at), None if row.expires_at is None else _at(row.expires_at))
            for row in tokens_of(own, now=now)
        ],
    }
    return render(request, "web/account.html", context)


def _session(row: LoginSession, current: str) -> SessionRow:
    label = row.device.label if row.device is not None else ""
    return SessionRow(row.name, _at(row.started_at), _at(row.seen_at), row.name == current, label, row.address)


def _devices(own: Account, here: LoginSession | None) -> list[DeviceRow]:
    current = here.device_id if here is not None else None
    return [
        DeviceRow(row.label, _at(row.first_seen_at), _at(row.last_seen_at), row.pk == current)
        for row in devices_of(own)[:_DEVICES_SHOWN]
    ]


def _factors(own: Account) -> FactorsSummary:
    kinds = [factor.kind for factor in factors_of(own)]
    return FactorsSummary(
        kinds.count("totp"), kinds.count("passkey"), recovery_codes_left(own), needs_second_factor(own)
    )


@require_POST
def alert_noted(request: HttpRequest, number: int) -> HttpResponse:
    """Take note of an own alert; another account's is as absent as one that never was."""
    own = credential_of(request).account
    alert = Alert.objects.filter(pk=number, account=own, audience="person").first()
    if alert is None:
        raise NotFound("couldn't find the alert", code="not_found")
    take_note(alert, own, now=wall_clock())
    return redirect(own_address(request, str(request.POST.get("next") or "")))


@require_POST
def end_own_session(request: HttpRequest, name: str) -> HttpResponse:
    """End one of the own sessions; another account's is as absent as one that never was."""
    credential, now = credential_of(request), wall_clock()
    sessions = sessions_of(credential.account, now=now, idle_s=host_settings().web.session_idle_s)
    session = next((row for row in sessions if row.name == name), None)
    if session is None:
        raise NotFound("couldn't find the session", code="not_found")
    end_session(session, reason="own", actor=str(account_uid(credential.account.username)), now=now)
    return redirect("account")


@require_POST
def end_own_token(request: HttpRequest, name: str) -> HttpResponse:
    """End one of the own API tokens; another account's is as absent as one that never was."""
    own, now = credential_of(request).account, wall_clock()
    token = next((row for row in tokens_of(own, now=now) if row.name == name), None)
    if token is None:
        raise NotFound("couldn't find the token", code="not_found")
    end_token(token, actor=str(account_uid(own.username)), now=now)
    return redirect("account")


def _right(grant: Grant, sites_by_uid: dict[str, Site], purposes: dict[str, Purpose]) -> RightRow:
    site = sites_by_uid.get(grant.resource)
    return RightRow(
        scope=localised(site) if site is not None else _("Hệ thống camera"),
        actions=[action_name(action) for action in grant.actions],
        purposes=[localised(purposes[slug]) if slug in purposes else slug for slug in grant.purposes],
        clause=grant.clause,
        document=grant.document,
        valid_from=grant.valid_from,
        valid_to=grant.valid_to,
    )


def _at(instant: int) -> datetime:
    return to_datetime(WallUs(instant))
