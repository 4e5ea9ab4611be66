"""The cast of the control plane's tests: the shipped policy set, units' accounts, four cameras a site."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from haidang.accounts import actions
from haidang.accounts.actions.factor import seal_secret
from haidang.accounts.factors import step_of, totp_code
from haidang.accounts.models import Account, Alert, SecondFactor
from haidang.accounts.people import focal_person_of, unit_named
from haidang.accounts.queries import needs_second_factor
from haidang.cameras.actions import CameraFacts, add_camera, apply_sites
from haidang.cameras.models import Camera
from haidang.config.key_files import credentials_key, make_folders, make_keys
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from policy.shipped import SITES, notice

#: 2026-11-25 10:00:00 in Việt Nam.
NOW = WallUs(1_795_575_600_000_000)
PASSWORD = "Sóng-lặng 2026 ở cảng"
#: Of every TOTP factor in tests.
SECRET = b"den-bien-hai-dang-26"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """Hashing that costs nothing; one test looks at the real one."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.Argon2PasswordHasher",
    ]


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    """A host's directory with its keys."""
    make_folders(tmp_path)
    make_keys(tmp_path)
    settings.HAIDANG_HOME = tmp_path
    return tmp_path


@pytest.fixture
def policy(db: None) -> None:
    """The shipped set in force."""
    apply_sites(notice().sites, now=NOW)
    actions.apply_policy(notice(), now=NOW)


@pytest.fixture
def port(policy: None, home: Path) -> Path:
    """The policy, and cameras: ``<site>-1`` to ``-4``."""
    for site in SITES:
        for number in range(1, 5):
            url = f"rtsp://10.0.0.{number}"
            facts = CameraFacts(f"Cầu cảng {number}", f"{url}/main", f"{url}/sub", order=number)
            add_camera(f"{site}-{number}", site, facts, key=credentials_key(home), now=NOW)
    return home


def account_of(unit: str, *, username: str = "", must_change_password: bool = False) -> Account:
    """An account of a unit, named like it, with PASSWORD: confirmed, pledged, with a second factor where it must."""
    holder = unit_named(unit)
    if holder.focal_required and focal_person_of(holder) is None:
        actions.name_focal_person(holder, name="Người Đầu Mối", document="Công văn 1", by=None, now=NOW)
    account, _ = actions.add_account(username or unit, unit, now=NOW, must_change_password=must_change_password)
    account.set_password(PASSWORD)
    account.is_active, account.confirmed_at, account.pledged_at = True, NOW, NOW
    account.password_changed_at = wall_clock()
    account.save()
    Alert.objects.filter(account=account).delete()  # the host's making of it is no news to these tests
    return account


def enrolled(account: Account) -> SecondFactor:
    """A TOTP factor with SECRET, of which no code was used; needs the fixture ``home``."""
    found = SecondFactor.objects.filter(account=account, kind="totp", ended_at=None).first()
    if found is not None:
        return found
    sealed = seal_secret(SECRET, account, key=credentials_key(settings.HAIDANG_HOME))
    return SecondFactor.objects.create(account=account, kind="totp", sealed_secret=sealed, created_at=NOW)


def code_now(*, steps: int = 0) -> str:
    """The code that an application with SECRET shows."""
    return totp_code(SECRET, step_of(wall_clock()) + steps)


def camera(slug: str) -> Camera:
    return Camera.objects.select_related("site").get(slug=slug)


def logged_in(account: Account, client: Client | None = None) -> Client:
    """A browser of the account, with its second factor shown where it has or must have one."""
    client = client or Client()
    if needs_second_factor(account):
        enrolled(account)
    answer = client.post("/dang-nhap", {"username": account.username, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()[:500]
    if answer["Location"] == "/dang-nhap/xac-thuc":
        # Tests log in more often than people do: a code serves once, so it is as if none had been used.
        SecondFactor.objects.filter(account=account).update(last_step=0)
        answer = client.post("/dang-nhap/xac-thuc", {"code": code_now()})
        assert answer.status_code == 302, answer.content.decode()[:500]
    return client
