"""What the command line does with the control plane, as plain functions. Importing this module sets Django up.

A function takes ``home`` where it writes files there; the database and settings are those of ``HAIDANG_DIR`` in the
environment, which must be set before this module is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

import haidang.config.ready  # noqa: F401 - sets Django up before models are imported

# isort: split

from haidang.cameras import actions as cameras
from haidang.cameras.actions import CameraFacts
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
from haidang.config.key_files import credentials_key, keep_log_key, make_database_private, make_folders, make_keys
from haidang.config.policy_commands import (
    Verdict,
    apply_policy,
    approve_policy,
    can,
    check_policy,
    first_policy,
    plan_policy,
    show_policy,
    who,
)
from haidang.core.host import DATABASE
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
    "approve_policy",
    "can",
    "check_policy",
    "create_token",
    "demo_setup",
    "first_policy",
    "list_accounts",
    "list_cameras",
    "lock_account",
    "plan_policy",
    "prepare",
    "show_policy",
    "who",
]


@dataclass(frozen=True, slots=True)
class CameraLine:
    camera: str
    site: str
    name: str
    main_url: str
    sub_url: str
    active: bool


def prepare(home: Path) -> None:
    """Make the host ready: folders, keys (0700/0600), database tables, policy set. Doing it again changes nothing.

    The shipped policy set is applied where none is in force; later changes are `policy apply`'s, so that a start never
    brings back a grant that somebody ended. Raises Unavailable (``token_*``) where the logs' key is on a token that
    is not at hand; all the rest is done then.
    """
    on_token = bool(settings.HAIDANG_SETTINGS.log.pkcs11_module)
    make_folders(home)
    make_keys(home, log_on_token=on_token)
    if not settings.HAIDANG_SETTINGS.database_url:
        make_database_private(home / DATABASE)  # it holds who watches what
    call_command("migrate", interactive=False, verbosity=0)
    call_command("clearsessions")  # what browsers forgot; accounts' login sessions stay as records
    first_policy()
    if on_token:
        keep_log_key(home)


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
