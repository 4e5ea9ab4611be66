"""Whatever lies below the recordings' root, or in the log: it is named, and reconciliation comes to its end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from haidang.core.host import RECORD_LOG
from haidang.core.layout import gaps_journal
from haidang.core.log_entries import NO_LINK, Expired, Gap, Sealed, entry_bytes
from haidang.core.units import WallUs
from haidang.host.signers import log_signer
from haidang.reconcile.scratch import Scratch
from haidang.storage.log_store import LogStore
from reconcile.a_host import Host, a_host, at
from storage.recorded import CAMERA, SITE

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(30)]


@pytest.fixture
def host(home: Path) -> Host:
    return a_host(home)


def fifo(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def endless(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


def loop(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(path.name)


def huge(path: Path) -> None:
    os.truncate(path, 1 << 40)


PUT = [fifo, folder, endless, loop, huge]


@pytest.mark.parametrize("put", PUT)
def test_a_recording_that_is_no_file_is_named(host: Host, put: Callable[[Path], None]) -> None:
    put(host.path(1))
    assert {each.file for each in host.found()} == {host.files[1].media_path}


@pytest.mark.parametrize("put", PUT)
def test_a_journal_that_is_no_file_is_named(host: Host, put: Callable[[Path], None]) -> None:
    put(host.journal(1))
    assert {each.file for each in host.found()} == {host.files[1].media_path}


@pytest.mark.parametrize("put", PUT)
def test_a_gaps_journal_that_is_no_file_is_named(host: Host, put: Callable[[Path], None]) -> None:
    path = gaps_journal(SITE, CAMERA, at(12), "main")
    put(host.root / path)
    assert {each.file for each in host.found(deep=False)} == {path}


@pytest.mark.parametrize("put", [fifo, folder])
def test_what_is_no_file_keeps_nobody_from_logging(host: Host, put: Callable[[Path], None]) -> None:
    put(host.root / gaps_journal(SITE, CAMERA, at(12), "sub"))
    put(host.journal(5).with_name("235959.000Z-main.journal"))
    (host.root / SITE / "lost+found").mkdir()
    host.restart()
    before = host.now
    host.keep(until=230)
    assert host.now > before


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.mp4", b"a\nb.mp4", b"\x1b[2K.mp4", b"x" * 250], ids=["bytes", "line", "terminal", "long"]
)
@pytest.mark.parametrize("where", ["", SITE, f"{SITE}/{CAMERA}", f"{SITE}/{CAMERA}/2026-11-25"])
def test_a_file_of_any_name_anywhere_is_named(host: Host, name: bytes, where: str) -> None:
    (host.root / where / os.fsdecode(name)).write_bytes(b"x")
    (found,) = host.found(deep=False)
    assert found.kind == "file_unknown"
    assert found.file.startswith(where)
    found.file.encode()


def test_a_folder_of_any_name_is_named_and_one_for_the_file_system_is_not(host: Host) -> None:
    (host.root / os.fsdecode(b"\xff")).mkdir()
    (host.root / SITE / "UPPER" / "2026-11-25").mkdir(parents=True)
    (host.root / "lost+found").mkdir()
    assert [each.kind for each in host.found(deep=False)] == ["file_unknown", "file_unknown"]


def test_a_day_that_is_a_file_is_named(host: Host) -> None:
    (host.root / SITE / CAMERA / "2026-11-27").write_bytes(b"x")
    assert [each.kind for each in host.found(deep=False)] == ["file_unknown"]


DAY = f"{SITE}/{CAMERA}/2026-11-25"
BAD = [
    Sealed("../..", "main", 0, NO_LINK, "../../etc/passwd", 0, 1, bytes(32), WallUs(0), WallUs(0)),
    Sealed(CAMERA, "main", 0, NO_LINK, f"{DAY}/../../x.mp4", 0, 1, bytes(32), at(0), at(1)),
    Sealed(CAMERA, "sub", 0, NO_LINK, f"{DAY}/010101.000Z-main.mp4", 0, 1, bytes(32), at(0), at(1)),
    Gap("../..", "main", 0, NO_LINK, at(0), at(1), "network"),
    Gap("\ud800", "main", 0, NO_LINK, at(0), at(1), "network"),
    Gap(CAMERA, "other", 0, NO_LINK, at(0), at(1), "network"),
    Gap(CAMERA, "sub", 0, NO_LINK, WallUs((1 << 63) - 1), at(1), "network"),
    Expired(CAMERA, "main", "\ud800", 1, at(0), at(1), "retention", "x"),
]  # fmt: skip


@pytest.mark.parametrize("entry", BAD)
def test_an_entry_that_names_nothing_is_a_wrong_entry_and_no_end(host: Host, entry: Sealed | Gap | Expired) -> None:
    store = LogStore(host.home / RECORD_LOG, log_signer(host.home))
    store.append([entry_bytes(entry)], store.state)
    assert "log_entry" in host.kinds()


def test_a_scratch_file_that_is_none_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "1.scratch"
    path.write_bytes(b"no database" * 1000)
    kept = Scratch(path)
    kept.put_value("a", "b")
    kept.close()
