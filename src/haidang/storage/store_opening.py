"""Opens the store that the settings name. Its key is in a file that others cannot read, never in the settings."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import cast

from haidang.core.errors import InvalidInput, Unavailable
from haidang.core.settings import StoreSettings
from haidang.storage.object_lock import LockStore

__all__ = ["open_store", "read_access_key"]


def open_store(settings: StoreSettings, home: Path, *, access_key_file: str = "") -> LockStore:
    """``access_key_file``: another key than the settings', for a check. Asks nothing of the store yet.

    Raises InvalidInput (``no_store``, ``store_key``) or Unavailable (``no_s3``).
    """
    if not settings.endpoint:
        raise InvalidInput("no store: [store] in haidang.toml names one (docs/guide/object-lock.md)", code="no_store")
    access_key = read_access_key(home / (access_key_file or settings.access_key_file))
    ca_file = str(home / settings.ca_file) if settings.ca_file else ""
    if ca_file and not Path(ca_file).is_file():
        raise InvalidInput(f"couldn't read {ca_file}: no such file", code="store_key")
    try:
        s3 = importlib.import_module("haidang.storage.s3_store")
    except ImportError as error:
        raise Unavailable("a store needs `pip install 'haidang[s3]'`", code="no_s3") from error
    return cast(
        "LockStore", s3.S3Store(settings.endpoint, settings.bucket, settings.region, access_key, ca_file=ca_file)
    )


def read_access_key(path: Path) -> tuple[str, str]:
    """Id and secret. Raises InvalidInput (``store_key``) where they are missing or others can read them."""
    try:
        if path.stat().st_mode & 0o077:
            raise InvalidInput(f"{path} can be read by others: chmod 600", code="store_key")
        lines = path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"couldn't read {path}: {error}", code="store_key") from error
    if len(lines) != 2:
        raise InvalidInput(f"{path} takes two lines: the key's id and its secret", code="store_key")
    return lines[0], lines[1]
