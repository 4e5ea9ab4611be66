"""What the command line does with the control plane, as plain functions. Importing this module sets Django up.

A function takes ``home`` where it writes files there; the database and settings are those of ``HAIDANG_DIR`` in the
environment, which must be set before this module is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

import haidang.config.ready  # noqa: F401 - sets Django up before models are imported

# isort: split

from haidang.accounts import actions as accounts
from haidang.accounts.authority import SYSTEM, Resource, authority, vietnam_day
from haidang.accounts.models import Account, Grant, PolicyRevision
from haidang.accounts.queries import account_named
from haidang.cameras import actions as cameras
from haidang.cameras.actions import CameraFacts
from haidang.cameras.entities import camera_resource
from haidang.cameras.models import Camera
from haidang.config.demonstration import DemoCamera, demo_setup
from haidang.config.key_files import credentials_key, make_database_private, make_folders, make_keys
from haidang.config.policy_files import read_policy_set
from haidang.core.errors import InvalidInput, NotFound
from haidang.core.host import DATABASE
from haidang.core.policy.notice import SYSTEM_UID
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock

__all__ = [
    "AccountLine",
    "CameraLine",
    "DemoCamera",
    "NewAccount",
    "Verdict",
    "add_account",
    "add_camera",
    "apply_policy",
    "can",
    "check_policy",
    "create_token",
    "demo_setup",
    "list_accounts",
    "list_cameras",
    "lock_account",
    "prepare",
    "show_policy",
]


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Shown once: the password is nowhere in clear."""

    account: str
    unit: str
    password: str


@dataclass(frozen=True, slots=True)
class AccountLine:
    account: str
    unit: str
    active: bool
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class CameraLine:
    camera: str
    site: str
    name: str
    main_url: str
    sub_url: str
    active: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why an account may or may not do something."""

    allowed: bool
    code: str
    clause: str
    policies: tuple[str, ...]


def prepare(home: Path) -> None:
    """Make the host ready: folders, keys (0700/0600), database tables, policy set. Doing it again changes nothing.

    The shipped policy set is applied where none is in force; later changes are `policy apply`'s, so that a start never
    brings back a grant that somebody ended.
    """
    make_folders(home)
    make_keys(home)
    if not settings.HAIDANG_SETTINGS.database_url:
        make_database_private(home / DATABASE)  # it holds who watches what
    call_command("migrate", interactive=False, verbosity=0)
    call_command("clearsessions")  # what browsers forgot; accounts' login sessions stay as records
    if not PolicyRevision.objects.exists():
        apply_policy()


def add_account(username: str, unit: str, *, display_name: str = "") -> NewAccount:
    """A new account with a generated password that its person must change at first login."""
    account, password = accounts.add_account(username, unit, display_name=display_name, now=wall_clock())
    return NewAccount(account.username, unit, password)


def create_token(username: str, *, label: str = "", days: int | None = None) -> str:
    """A new API token of an account, in clear, once."""
    if days is not None and not 1 <= days <= 3660:
        raise InvalidInput(f"couldn't use {days} days: takes 1 to 3660", code="invalid_days")
    now = wall_clock()
    expires_at = None if days is None else WallUs(now + days * 86_400_000_000)
    return accounts.create_token(account_named(username), label=label, expires_at=expires_at, now=now).token


def lock_account(username: str, *, reason: str = "") -> None:
    """Lock an account; its sessions, tokens and running streams end."""
    accounts.lock_account(account_named(username), reason=reason, now=wall_clock())


def list_accounts() -> list[AccountLine]:
    """Every account, by unit."""
    rows = Account.objects.order_by("unit__slug", "username")
    return [AccountLine(row.username, row.unit.slug, row.is_active, row.must_change_password) for row in rows]


def add_camera(
    camera: str,
    site: str,
    name: str,
    main_url: str,
    sub_url: str = "",
    *,
    username: str = "",
    password: str = "",
    ingest: str = "native",
    tls_sha256: str = "",
) -> None:
    """A new camera; recorders start on it within about 2 s."""
    order = Camera.objects.filter(site__slug=site).count()
    facts = CameraFacts(name, main_url, sub_url, username, password, ingest, tls_sha256, order)
    cameras.add_camera(camera, site, facts, key=credentials_key(settings.HAIDANG_HOME), now=wall_clock())


def list_cameras() -> list[CameraLine]:
    """Every camera, addresses without credentials."""
    rows = Camera.objects.select_related("site")
    return [CameraLine(row.slug, row.site.slug, row.name, row.main_url, row.sub_url, row.is_active) for row in rows]


def check_policy(folder: Path | None = None) -> list[str]:
    """Read and compile a policy set (the shipped one by default) without applying it; what is in it, line by line."""
    notice = read_policy_set(folder)
    return [
        f"{grant.kind:9} {grant.clause:9} {grant.unit:24} {grant.resource:20} {', '.join(grant.actions)}"
        for grant in notice.grants
    ]


def apply_policy(folder: Path | None = None) -> bool:
    """Bring the database to a policy set; False if it already was there."""
    notice, now = read_policy_set(folder), wall_clock()
    sites_changed = cameras.apply_sites(notice.sites, now=now)
    return accounts.apply_policy(notice, now=now) or sites_changed


def show_policy() -> str:
    """The Cedar text in force."""
    revision = PolicyRevision.objects.order_by("-pk").first()
    if revision is None:
        raise NotFound("couldn't show the policy: none is in force; `haidang policy apply`", code="no_policy")
    return revision.cedar


def can(username: str, action: str, resource: str, *, purpose: str = "", on: str = "") -> Verdict:
    """Ask the one door. ``resource`` is a Cedar UID or a camera's id; ``on`` a day (YYYY-MM-DD), today by default.

    Without a purpose, each of the unit's is tried.
    """
    try:
        day = date.fromisoformat(on) if on else vietnam_day(wall_clock())
    except ValueError as error:
        raise InvalidInput(f"couldn't use {on!r} as a day: YYYY-MM-DD", code="invalid_day") from error
    account, about = account_named(username), _resource(resource)
    grants = Grant.objects.filter(unit_id=account.unit_id).order_by("pk")
    purposes = [purpose] if purpose else sorted({each for grant in grants for each in grant.purposes} | {""})
    door = authority()
    decisions = [door.decide_on(account, action, about, on=day, purpose=each) for each in purposes]
    decision = next((each for each in decisions if each.allowed), decisions[0])
    return Verdict(decision.allowed, decision.code, decision.clause, decision.policies)


def _resource(text: str) -> Resource:
    if text == SYSTEM_UID:
        return SYSTEM
    slug = text.removeprefix('Camera::"').removesuffix('"')
    camera = Camera.objects.select_related("site").filter(slug=slug).first()
    if camera is None:
        raise NotFound(f"couldn't find {text!r}: a camera's id or {SYSTEM_UID}", code="unknown_resource")
    return camera_resource(camera)
