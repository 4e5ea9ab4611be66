import os

import pytest

from accounts.cast import _quick_passwords, home

__all__ = ["_quick_passwords", "home"]


@pytest.fixture(autouse=True)
def _disk_that_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here pulls a plug; a host is recorded and logged for every test."""
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda _descriptor: None)
