"""A demonstration's accounts and cameras. Nothing outside a demonstration calls this or writes such a file."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import haidang.config.ready  # noqa: F401 - sets Django up before models are imported

# isort: split

from haidang.accounts import actions as accounts
from haidang.accounts.factors import SECRET_BYTES, secret_text, step_of, totp_code
from haidang.accounts.models import Account, Alert, Unit
from haidang.accounts.people import focal_person_of
from haidang.accounts.queries import factors_of, needs_second_factor
from haidang.cameras.actions import CameraFacts, add_camera, update_camera
from haidang.cameras.models import Camera
from haidang.config.key_files import credentials_key
from haidang.core.host import DEMO_ACCOUNTS
from haidang.core.sealed import open_sealed
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.host.files import replace_file

__all__ = ["DemoAccount", "DemoCamera", "demo_setup"]

DemoAccount = dict[str, str | None]
#: II.5 asks for a person before an account; the demonstration names one who says what they are.
_FOCAL_PERSON, _DOCUMENT = "Đầu mối (trình diễn)", "Văn bản trình diễn"


class DemoCamera(NamedTuple):
    """A simulated camera."""

    camera: str
    site: str
    name: str
    main_url: str
    sub_url: str


def demo_setup(
    home: Path, cameras: Iterable[DemoCamera], *, username: str = "", password: str = ""
) -> list[DemoAccount]:
    """One account for each unit (named like it), cameras, ``demo-accounts.json`` (0600); the file's content.

    Accounts are ready to sign in: passwords need not be changed, the pledge counts as accepted, and who must show a
    second factor has one, whose secret (base32) is ``totp_secret``. A second start keeps all that and gives cameras
    their new addresses. An account that a crash left out of the file gets a new password and secret.
    """
    now = wall_clock()
    key = credentials_key(home)
    for order, camera in enumerate(cameras):
        facts = CameraFacts(camera.name, camera.main_url, camera.sub_url, username, password, order=order)
        _put_camera(camera, facts, key, now)
    known = {entry["account"]: entry for entry in _read(home / DEMO_ACCOUNTS)}
    entries: list[DemoAccount] = []
    for unit in Unit.objects.order_by("pk"):
        account = Account.objects.filter(username=unit.slug).first()
        if account is not None and unit.slug in known:
            entries.append(_completed(known[unit.slug], account, key, now))
            continue
        entries.append(_put_account(unit, account, key, now))
        # Written after each account: a crash costs the password of one at most.
        _write(home / DEMO_ACCOUNTS, entries + [entry for name, entry in known.items() if name not in _names(entries)])
    _write(home / DEMO_ACCOUNTS, entries)
    _note_own_alerts(now)
    return entries


def _note_own_alerts(now: WallUs) -> None:
    """That the host made these accounts is no news to a demonstration: it opens calm."""
    watching = list(Account.objects.filter(is_manager=True, unit__role__in=("operator", "supervisor")))
    for alert in Alert.objects.filter(kind="host_account", audience="managers").select_related("account"):
        for by in {alert.account, *watching}:
            accounts.take_note(alert, by, now=now)


def _put_camera(camera: DemoCamera, facts: CameraFacts, key: bytes, now: WallUs) -> None:
    existing = Camera.objects.select_related("site").filter(slug=camera.camera).first()
    if existing is None:
        add_camera(camera.camera, camera.site, facts, key=key, now=now)
        return
    same = existing.sealed_password and facts.password == open_sealed(
        existing.sealed_password, camera=existing.slug, key=key
    )
    # Sealed anew, an unchanged password would look changed and restart the recorders.
    update_camera(existing, replace(facts, password=None) if same else facts, key=key, now=now)


def _put_account(unit: Unit, account: Account | None, key: bytes, now: WallUs) -> DemoAccount:
    if account is None:
        if unit.focal_required and focal_person_of(unit) is None:
            accounts.name_focal_person(unit, name=_FOCAL_PERSON, document=_DOCUMENT, by=None, now=now)
        account, password = accounts.add_account(
            unit.slug, unit.slug, now=now, must_change_password=False, manager=True
        )
    else:
        password = accounts.reset_password(account, now=now, must_change_password=False)
    account.password_changed_at = now
    account.save(update_fields=["password_changed_at"])
    accounts.accept_pledge(account, now=now)
    token = accounts.create_token(account, label="demo", now=now)
    return {
        "account": account.username, "unit": unit.slug, "password": password, "token": token.token,
        "totp_secret": _put_factor(account, key, now) if needs_second_factor(account) else None,
    }  # fmt: skip


def _completed(entry: DemoAccount, account: Account, key: bytes, now: WallUs) -> DemoAccount:
    """An entry from before second factors came, or from before its unit's role asked for one."""
    accounts.accept_pledge(account, now=now)
    if entry.get("totp_secret") or not needs_second_factor(account) or factors_of(account):
        return entry
    return {**entry, "totp_secret": _put_factor(account, key, now)}


def _put_factor(account: Account, key: bytes, now: WallUs) -> str:
    """A TOTP factor with a new secret in place of those before, which nobody can read any more."""
    accounts.end_factors(account, now=now)
    secret = secrets.token_bytes(SECRET_BYTES)
    # Confirmed by the code of the step before: the one that is shown now stays free for the first sign-in.
    code = totp_code(secret, step_of(now) - 1)
    accounts.add_totp(account, secret=secret, code=code, name="", session=None, now=now, key=key)
    return secret_text(secret)


def _names(entries: list[DemoAccount]) -> set[str | None]:
    return {entry["account"] for entry in entries}


def _read(path: Path) -> list[DemoAccount]:
    try:
        entries: list[DemoAccount] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return entries


def _write(path: Path, entries: list[DemoAccount]) -> None:
    replace_file(path, json.dumps(entries, ensure_ascii=False, indent=1).encode(), mode=0o600, durable=True)
