"""A real store with Object Lock: it keeps its word, copies stand, and what it does not protect from is noticed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from haidang.core.errors import Conflict, CorruptData, Denied, InvalidInput, NotFound, Unavailable
from haidang.core.units import WallUs
from haidang.host.clock import wall_clock
from haidang.storage.object_lock import Lock, Version, keep_copy, release_copy, verify_copy
from keeper.journals_on_disk import append, name_at, whole
from system.store.seaweed import Seaweed, free_ports
from system.waiting import eventually
from system.web.own_host import OwnHost

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    own = Seaweed(tmp_path_factory.mktemp("store"))
    try:
        own.start()
        yield own
    finally:
        own.stop()


def recording(tmp_path: Path) -> Path:
    path = tmp_path / "recording.mp4"
    path.write_bytes(os.urandom(3_000_000))
    return path


def in_seconds(seconds: int) -> WallUs:
    return WallUs(wall_clock() + seconds * 1_000_000)


@pytest.mark.parametrize("key", ["recorder", "admin"])
def test_it_keeps_its_word_to_the_recorder_and_to_its_administrator(seaweed: Seaweed, key: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "haidang.cli", "store", "check", "--json", "--key-file", f"secrets/{key}.key"],
        env={**os.environ, "HAIDANG_DIR": str(seaweed.home)}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    findings = json.loads(done.stdout)["findings"]
    assert len([each for each in findings if each["state"] == "ok"]) >= 12


def test_what_a_crash_left_is_found_and_no_second_copy_is_made(seaweed: Seaweed, tmp_path: Path) -> None:
    store, path, until = seaweed.store(), recording(tmp_path), in_seconds(3600)
    data = path.read_bytes()
    left = store.put("crash/a.mp4", io.BytesIO(data), sha256=hashlib.sha256(data).digest(),
                     lock=Lock("COMPLIANCE", WallUs(until // 1_000_000 * 1_000_000)))  # fmt: skip
    copy = keep_copy(store, "crash/a.mp4", path, in_seconds(7200))
    assert copy.version_id == left
    assert len(store.versions("crash/")) == 1
    lock = store.lock_of(Version(copy.key, copy.version_id))
    assert lock == Lock("COMPLIANCE", copy.retain_until), "locked longer"


def test_another_object_of_that_name_is_told(seaweed: Seaweed, tmp_path: Path) -> None:
    store = seaweed.store()
    data = b"other"
    store.put("taken/a.mp4", io.BytesIO(data), sha256=hashlib.sha256(data).digest(), lock=None)
    with pytest.raises(CorruptData):
        keep_copy(store, "taken/a.mp4", recording(tmp_path), in_seconds(60))


def test_a_copy_is_read_by_its_version_whatever_lies_over_it(seaweed: Seaweed, tmp_path: Path) -> None:
    store, admin = seaweed.store(), seaweed.store(key="admin")
    copy = keep_copy(store, "hidden/a.mp4", recording(tmp_path), in_seconds(60))
    admin.put(copy.key, io.BytesIO(b"x"), sha256=hashlib.sha256(b"x").digest(), lock=None, only_new=False)
    admin.delete(copy.key)
    verify_copy(store, copy)


def test_a_copy_goes_when_its_time_is_over_and_not_before(seaweed: Seaweed, tmp_path: Path) -> None:
    store = seaweed.store()
    copy = keep_copy(store, "short/a.mp4", recording(tmp_path), in_seconds(3))
    with pytest.raises(Denied):
        store.delete(copy.key, copy.version_id)
    assert release_copy(store, copy, wall_clock()) == copy.retain_until
    eventually(lambda: wall_clock() > copy.retain_until + 200_000, "the end of its time")
    assert release_copy(store, copy, wall_clock()) is None
    assert store.versions("short/") == []
    with pytest.raises(NotFound):
        verify_copy(store, copy)


def test_who_destroys_a_copy_beside_s3_is_noticed(seaweed: Seaweed, tmp_path: Path) -> None:
    """The lock binds S3 alone: this is why the store stands under another party's root."""
    store = seaweed.store()
    copy = keep_copy(store, "beside/a.mp4", recording(tmp_path), in_seconds(3600))
    seaweed.destroy(copy.key, copy.version_id)
    with pytest.raises(NotFound):
        verify_copy(store, copy)


def test_a_large_file_goes_through_in_pieces(seaweed: Seaweed, tmp_path: Path) -> None:
    path = tmp_path / "recording.mp4"
    with path.open("wb") as file:
        file.truncate(150_000_000)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    keep_copy(seaweed.store(), "large/a.mp4", path, in_seconds(60))
    print(f"150 MB copied and read back in {time.monotonic() - began:.1f} s")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 60_000


def test_errors_say_whose_fault_they_are(seaweed: Seaweed, tmp_path: Path) -> None:
    store = seaweed.store()
    digest = hashlib.sha256(b"x").digest()
    with pytest.raises(InvalidInput):
        store.put("errors/a", io.BytesIO(b"y"), sha256=digest, lock=None)
    with pytest.raises(InvalidInput):
        store.put("errors/b", io.BytesIO(b"x"), sha256=digest, lock=Lock("COMPLIANCE", WallUs(1_000_000)))
    store.put("errors/c", io.BytesIO(b"x"), sha256=digest, lock=None)
    with pytest.raises(Conflict):
        store.put("errors/c", io.BytesIO(b"x"), sha256=digest, lock=None)
    with pytest.raises(NotFound):
        store.lock_of(Version("errors/none", "0" * 32))
    with pytest.raises(Denied):
        store.has_lock()
    with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
        seaweed.store(ca_file="").versions("")


def test_a_store_that_has_gone_is_unavailable(seaweed: Seaweed) -> None:
    store = Seaweed(seaweed.home, port=free_ports(1)[0]).store()
    with pytest.raises(Unavailable):
        store.versions("")


def test_the_keeper_copies_what_was_recorded_and_a_copy_that_is_gone_is_told(seaweed: Seaweed, tmp_path: Path) -> None:
    host = OwnHost(tmp_path / "home")
    name = name_at(0)
    append(host.home / "recordings", name.journal_path, whole(name, 5))
    (host.home / "recordings" / name.media_path).write_bytes(os.urandom(100_000))
    with (host.home / "haidang.toml").open("a") as settings:
        settings.write(seaweed.settings)
    host.start("keeper")
    try:
        eventually(lambda: '"kept": 1' in _store(host, "show").stdout, "a copy", 60)
    finally:
        host.stop()
    assert _store(host, "verify", name.media_path).returncode == 0
    for version in seaweed.store().versions(f"quy-nhon/{name.media_path}"):
        seaweed.destroy(version.key, version.version_id)
    told = _store(host, "verify", name.media_path)
    assert told.returncode == 1
    assert "replica_missing" in told.stderr


def _store(host: OwnHost, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "haidang.cli", "store", *words, "--json"]
    return subprocess.run(command, env=host.environment, capture_output=True, text=True, timeout=60, check=False)
