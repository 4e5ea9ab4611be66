"""A host's keys: made once, readable by their owner alone, never overwritten."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from haidang.core.errors import Unavailable
from haidang.core.host import (
    CREDENTIALS_KEY,
    DJANGO_KEY,
    DOORBELLS,
    LOG_KEY,
    LOG_PUBLIC_KEY,
    LOG_STANDING,
    LOGS,
    PAPERS_KEY,
    RECORDINGS,
    RUN,
    TICKET_KEY,
    TICKET_PUBLIC_KEY,
)
from haidang.core.sealed import KEY_BYTES
from haidang.host.files import replace_file
from haidang.host.signers import log_signer

__all__ = ["credentials_key", "keep_log_key", "make_database_private", "make_folders", "make_keys"]

_PRIVATE = ("secrets", RUN, DOORBELLS)
_FOLDERS = (RECORDINGS, LOGS, "state", LOG_STANDING)


def make_folders(home: Path) -> None:
    home.mkdir(mode=0o750, parents=True, exist_ok=True)
    for name in _PRIVATE:
        (home / name).mkdir(mode=0o700, exist_ok=True)
        (home / name).chmod(0o700)
    for name in _FOLDERS:
        (home / name).mkdir(mode=0o750, exist_ok=True)


def make_keys(home: Path, *, draw: Callable[[int], bytes] = secrets.token_bytes, log_on_token: bool = False) -> None:
    """Make what is missing. A public half is derived anew from the private one, so a crash between them heals.

    ``log_on_token``: no file for the logs' key, which nobody would use and a thief could; then ``keep_log_key``.
    """
    _make(home / DJANGO_KEY, lambda: draw(40).hex().encode())
    _make(home / CREDENTIALS_KEY, lambda: draw(KEY_BYTES))
    _make(home / TICKET_KEY, lambda: draw(32))
    _make(home / PAPERS_KEY, lambda: draw(32))
    _make_public(home / TICKET_KEY, home / TICKET_PUBLIC_KEY)
    if not log_on_token:
        _make(home / LOG_KEY, lambda: draw(32))
        _make_public(home / LOG_KEY, home / LOG_PUBLIC_KEY)


def keep_log_key(home: Path) -> None:
    """The public half of the key on the token, for those who read the logs. Raises Unavailable (``token_*``)."""
    _keep_public(home / LOG_PUBLIC_KEY, log_signer(home).key.public)


def _make_public(private: Path, path: Path) -> None:
    _keep_public(path, Ed25519PrivateKey.from_private_bytes(private.read_bytes()).public_key().public_bytes_raw())


def _keep_public(path: Path, public: bytes) -> None:
    if not path.exists() or path.read_bytes() != public:
        replace_file(path, public, mode=0o644, durable=True)


def make_database_private(path: Path) -> None:
    """Before SQLite opens it: its journal beside, which holds the same rows, gets the mode that the database has.

    A file that is there is not opened: closing it would drop the locks that SQLite holds in this process.
    """
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if each.exists():
            each.chmod(0o600)


def credentials_key(home: Path) -> bytes:
    """The key that seals camera passwords. Raises Unavailable (``no_key``)."""
    try:
        return (home / CREDENTIALS_KEY).read_bytes()
    except OSError as error:
        raise Unavailable("couldn't seal the password: no key here; `haidang init` makes it", code="no_key") from error


def _make(path: Path, content: Callable[[], bytes]) -> None:
    """Order: write beside, sync, link. The link fails if the key exists: of two starts at once one key stands."""
    if path.exists():
        return
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    _write(beside, content(), 0o600)
    try:
        os.link(beside, path)
    except FileExistsError:
        return  # another start made it meanwhile
    finally:
        beside.unlink()


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
