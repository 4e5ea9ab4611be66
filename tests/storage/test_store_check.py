"""The check of a store says ok where it keeps its word, and names every word that it does not keep."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from haidang.core.errors import InvalidInput, Unavailable
from haidang.core.settings import StoreSettings
from haidang.core.units import WallUs
from haidang.storage.object_lock import Lock, Version
from haidang.storage.store_check import LOCKED_US, Finding, check_store
from haidang.storage.store_opening import open_store, read_access_key
from storage.memory_store import Held, MemoryStore

NOW = WallUs(1_795_575_600_000_000)


def found(store: MemoryStore, name: str = "a") -> list[Finding]:
    return list(check_store(store, "", name=name, now=store.now))


def failed(store: MemoryStore) -> list[str]:
    return [each.what for each in found(store) if each.state == "FAILED"]


@pytest.mark.parametrize("is_admin", [False, True])
def test_a_store_that_keeps_its_word_has_no_failed_line(*, is_admin: bool) -> None:
    findings = found(MemoryStore(NOW, is_admin=is_admin))
    assert [each for each in findings if each.state == "FAILED"] == []
    assert len([each for each in findings if each.state == "ok"]) >= 11


def test_a_store_that_keeps_no_lock_fails_line_by_line() -> None:
    lines = failed(MemoryStore(NOW, keeps_locks=False))
    assert "the store says the lock back" in lines
    assert "deleting the locked version is refused" in lines


class _Shortening(MemoryStore):
    """As moto does: no deletion, but any lock is taken."""

    def set_lock(self, version: Version, lock: Lock, *, bypass: bool = False) -> None:
        self._held(version).lock = lock


class _Bypassing(MemoryStore):
    def _refuse_if_locked(self, held: Held, *, bypass: bool, unless: Lock | None = None) -> None:
        if not bypass:
            super()._refuse_if_locked(held, bypass=bypass, unless=unless)


class _Overwriting(MemoryStore):
    def _added(self, key: str, data: bytes | None, lock: Lock | None) -> str:
        self.held = [each for each in self.held if each.version.key != key or data is not None]
        return super()._added(key, data, lock)


class _Unchecked(MemoryStore):
    def put(self, key: str, body: BinaryIO, *, sha256: bytes, lock: Lock | None, only_new: bool = True) -> str:
        return self._added(key, body.read(), lock)


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (_Shortening, "shortening the lock is refused"),
        (_Shortening, "weakening the lock to GOVERNANCE is refused"),
        (_Shortening, "the lock is still what it was"),
        (_Bypassing, "deleting it by the right to bypass is refused"),
        (_Bypassing, "shortening it by the right to bypass is refused"),
        (_Overwriting, "written over and deleted by name, the locked version is read by its id"),
        (_Unchecked, "putting bytes that are not the hash's is refused"),
        (_Unchecked, "a second object of the same name, asked for once only is refused"),
    ],
)
def test_each_word_that_is_not_kept_is_named(kind: Callable[[WallUs], MemoryStore], line: str) -> None:
    assert line in failed(kind(NOW))


def test_what_earlier_checks_left_goes_when_time_has_unlocked_it() -> None:
    store = MemoryStore(NOW)
    found(store, "first")
    store.now = WallUs(NOW + 1_000_000)
    found(store, "second")
    assert any(each.version.key.endswith("first") for each in store.held), "still locked"
    store.now = WallUs(NOW + LOCKED_US + 2_000_000)
    found(store, "third")
    assert not any(each.version.key.endswith(("first", "second")) for each in store.held)


def test_a_key_that_others_can_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.key"
    for content, mode in (("id\nsecret\n", 0o640), ("id\n", 0o600), ("khóa bí-mật\n", 0o600)):
        path.write_text(content)
        path.chmod(mode)
        with pytest.raises(InvalidInput) as caught:
            read_access_key(path)
        assert caught.value.code == "store_key"
    path.write_text("id\nsecret\n")
    assert read_access_key(path) == ("id", "secret")


def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store.key").touch(mode=0o600)
    (tmp_path / "store.key").write_text("id\nsecret\n")
    monkeypatch.delitem(sys.modules, "haidang.storage.s3_store", raising=False)
    monkeypatch.setitem(sys.modules, "boto3.session", None)
    with pytest.raises(Unavailable, match=r"haidang\[s3\]"):
        open_store(StoreSettings("https://s3.example.vn", "evidence", access_key_file="store.key"), tmp_path)


def test_without_settings_there_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        open_store(StoreSettings(), tmp_path)
    assert caught.value.code == "no_store"
    settings = StoreSettings("https://s3.example.vn", "evidence", ca_file="ca.pem")
    (tmp_path / "secrets").mkdir()
    (tmp_path / settings.access_key_file).touch(mode=0o600)
    (tmp_path / settings.access_key_file).write_text("id\nsecret\n")
    with pytest.raises(InvalidInput, match=r"ca\.pem"):
        open_store(settings, tmp_path)
