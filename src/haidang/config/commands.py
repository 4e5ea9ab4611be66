"""What the command line does with the control plane, as plain functions. Importing this module sets Django up.

A function takes ``home`` where it writes files there; the database and settings are those of ``HAIDANG_DIR`` in the
environment, which must be set before this module is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

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


class DemoCamera(NamedTuple):
    camera: str
    site: str
    name: str
    main_url: str
    sub_url: str


def prepare(home: Path) -> None:
    """Make the host ready: folders, keys (0700/0600), database tables, policy set. Doing it again changes nothing."""
    raise NotImplementedError


def add_account(username: str, unit: str, *, display_name: str = "") -> NewAccount:
    """A new account with a generated password that its person must change at first login."""
    raise NotImplementedError


def create_token(username: str, *, label: str = "", days: int | None = None) -> str:
    """A new API token of an account, in clear, once."""
    raise NotImplementedError


def lock_account(username: str, *, reason: str = "") -> None:
    """Lock an account; its sessions, tokens and running streams end."""
    raise NotImplementedError


def list_accounts() -> list[AccountLine]:
    """Every account, by unit."""
    raise NotImplementedError


def add_camera(
    camera: str, site: str, name: str, main_url: str, sub_url: str = "", *, username: str = "", password: str = ""
) -> None:
    """A new camera; recorders start on it within about 2 s."""
    raise NotImplementedError


def list_cameras() -> list[CameraLine]:
    """Every camera, addresses without credentials."""
    raise NotImplementedError


def check_policy(folder: Path | None = None) -> list[str]:
    """Read and compile a policy set (the shipped one by default) without applying it; what is in it, line by line."""
    raise NotImplementedError


def apply_policy(folder: Path | None = None) -> bool:
    """Bring the database to a policy set; False if it already was there."""
    raise NotImplementedError


def show_policy() -> str:
    """The Cedar text in force."""
    raise NotImplementedError


def can(username: str, action: str, resource: str, *, purpose: str = "", on: str = "") -> Verdict:
    """Ask the one door. ``resource`` is a Cedar UID or a camera's id; ``on`` a day (YYYY-MM-DD), today by default."""
    raise NotImplementedError


def demo_setup(home: Path, cameras: list[DemoCamera]) -> list[dict[str, str | None]]:
    """One account for each unit (named like it), cameras, ``demo-accounts.json`` (0600); the file's content.

    A demonstration only: passwords need not be changed. A second call keeps accounts and passwords as they are.
    """
    raise NotImplementedError
