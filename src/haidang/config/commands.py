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
from haidang.accounts.models import Grant, PolicyRevision
from haidang.accounts.queries import account_named
from haidang.cameras import actions as cameras
from haidang.cameras.actions import CameraFacts
from haidang.cameras.entities import camera_resource
from haidang.cameras.models import Camera
from haidang.config.account_commands import (
    AccountLine,
    NewAccount,
    add_account,
    create_token,
    list_accounts,
    lock_account,
)
from haidang.config.demonstration import DemoCamera, demo_setup
from haidang.config.key_files import credentials_key, make_database_private, make_folders, make_keys
from haidang.config.policy_files import read_policy_set
from haidang.core.errors import InvalidInput, NotFound
from haidang.core.host import DATABASE
from haidang.core.policy.notice import SYSTEM_UID
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
