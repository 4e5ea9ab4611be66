"""Copies under lock: put, said back, read back; found again after a crash; gone only when their time is over."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from haidang.core.errors import CorruptData, HaidangError, InvalidInput, NotFound, Unavailable
from haidang.core.units import WallUs
from haidang.storage.object_lock import Copy, Lock, Version, keep_copy, release_copy, verify_copy
from storage.memory_store import FailingStore, MemoryStore

NOW = WallUs(1_795_575_600_000_000)
UNTIL = WallUs(NOW + 86_400_000_000)
KEY, DATA = "de-gi/de-gi-1/2026-11-25/030000.000Z-main.mp4", b"pictures" * 400_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "recording.mp4").write_bytes(DATA)
    return tmp_path / "recording.mp4"


def put(store: MemoryStore, data: bytes, lock: Lock | None) -> Version:
    sha256 = hashlib.sha256(data).digest()
    return Version(KEY, store.put(KEY, io.BytesIO(data), sha256=sha256, lock=lock, only_new=False))


def code_of(store: MemoryStore, path: Path) -> str:
    with pytest.raises(HaidangError) as caught:
        keep_copy(store, KEY, path, UNTIL)
    return caught.value.code


def test_a_copy_is_the_files_bytes_under_a_lock(path: Path) -> None:
    store = MemoryStore(NOW)
    copy = keep_copy(store, KEY, path, WallUs(UNTIL - 1))
    assert copy == Copy(KEY, copy.version_id, hashlib.sha256(DATA).hexdigest(), len(DATA), UNTIL)
    assert store.held[0].data == DATA
    assert store.held[0].lock == Lock("COMPLIANCE", UNTIL), "whole seconds, rounded up"
    verify_copy(store, copy)


def test_a_copy_is_read_by_its_version_whatever_lies_over_its_name(path: Path) -> None:
    store = MemoryStore(NOW)
    copy = keep_copy(store, KEY, path, UNTIL)
    put(store, b"other", None)
    store.delete(KEY)
    verify_copy(store, copy)


def steps(path: Path) -> list[str]:
    store = FailingStore(NOW)
    keep_copy(store, KEY, path, UNTIL)
    return store.asked


def test_the_table_has_every_request_of_a_copy(path: Path) -> None:
    assert steps(path) == ["put", "lock_of", "lock_of", "read"]


@pytest.mark.parametrize("persists", [False, True], ids=["did not arrive", "arrived"])
@pytest.mark.parametrize("step", range(4))
def test_a_request_that_fails_is_gone_over_again_and_copies_once(path: Path, step: int, *, persists: bool) -> None:
    store = FailingStore(NOW, step, persists=persists)
    with pytest.raises(Unavailable):
        keep_copy(store, KEY, path, UNTIL)
    copy = keep_copy(store, KEY, path, UNTIL)
    verify_copy(store, copy)
    assert [(each.data, each.lock) for each in store.held] == [(DATA, Lock("COMPLIANCE", UNTIL))]


def test_what_a_crash_left_with_a_shorter_lock_is_locked_longer(path: Path) -> None:
    store = MemoryStore(NOW)
    left = put(store, DATA, Lock("COMPLIANCE", WallUs(UNTIL - 5_000_000)))
    assert keep_copy(store, KEY, path, UNTIL).version_id == left.version_id
    assert store.lock_of(left) == Lock("COMPLIANCE", UNTIL)


def test_another_object_of_that_name_is_told_and_left_as_it_is(path: Path) -> None:
    for data in (b"other", DATA[:-1] + b"x", DATA + b"x"):
        store = MemoryStore(NOW)
        put(store, data, Lock("COMPLIANCE", UNTIL))
        assert code_of(store, path) == "replica_differs"
        assert [each.data for each in store.held] == [data]


def test_the_right_version_is_found_beneath_others(path: Path) -> None:
    store = MemoryStore(NOW)
    ours = put(store, DATA, Lock("COMPLIANCE", UNTIL))
    put(store, b"other", None)
    assert keep_copy(store, KEY, path, UNTIL).version_id == ours.version_id


def test_a_store_that_keeps_no_lock_has_no_copy(path: Path) -> None:
    assert code_of(MemoryStore(NOW, keeps_locks=False), path) == "replica_unlocked"


def test_a_lock_that_an_administrator_can_lift_is_none(path: Path) -> None:
    store = MemoryStore(NOW)
    put(store, DATA, Lock("GOVERNANCE", WallUs(UNTIL + 1_000_000)))
    assert code_of(store, path) == "replica_unlocked"


def test_a_recording_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert code_of(MemoryStore(NOW), tmp_path / "gone.mp4") == "recording_missing"
    assert code_of(MemoryStore(NOW), tmp_path) == "recording_unreadable"


def test_a_copy_that_was_changed_or_is_gone_is_told(path: Path) -> None:
    store = MemoryStore(NOW)
    copy = keep_copy(store, KEY, path, UNTIL)
    store.held[0].data = DATA[::-1]
    with pytest.raises(CorruptData):
        verify_copy(store, copy)
    store.held[0].data, store.held[0].lock = DATA, None
    with pytest.raises(CorruptData):
        verify_copy(store, copy)
    store.held.clear()
    with pytest.raises(NotFound):
        verify_copy(store, copy)


def test_a_copy_goes_when_its_time_is_over_and_says_when_that_is(path: Path) -> None:
    store = MemoryStore(NOW)
    copy = keep_copy(store, KEY, path, UNTIL)
    assert release_copy(store, copy, WallUs(UNTIL - 1)) == UNTIL
    later = WallUs(UNTIL + 60_000_000)
    store.set_lock(Version(KEY, copy.version_id), Lock("COMPLIANCE", later))
    assert release_copy(store, copy, UNTIL) == later, "somebody made it longer"
    store.now = later
    assert release_copy(store, copy, later) is None
    assert store.held == []
    assert release_copy(store, copy, later) is None, "gone is gone"


def test_no_more_than_the_expected_bytes_are_read(path: Path) -> None:
    store = MemoryStore(NOW)
    copy = keep_copy(store, KEY, path, UNTIL)
    store.held[0].data = DATA * 10
    pieces = 0
    real = store.read

    def counted(version: Version) -> Iterator[bytes]:
        nonlocal pieces
        for piece in real(version):
            pieces += 1
            yield piece

    store.read = counted  # type: ignore[method-assign]
    with pytest.raises(CorruptData):
        verify_copy(store, copy)
    assert pieces <= len(DATA) // 1024**2 + 2


def test_a_file_beyond_what_a_store_takes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("haidang.storage.object_lock._MAX_BYTES", 7)
    (tmp_path / "big").write_bytes(bytes(8))
    with pytest.raises(InvalidInput) as caught:
        keep_copy(MemoryStore(NOW), KEY, tmp_path / "big", UNTIL)
    assert caught.value.code == "replica_too_big"
