"""The log on disk: grown, opened again, proved from its files; and every step that fails, persisted or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.tlog.trees import records, slow_root
from haidang.core.errors import CorruptData, Fatal
from haidang.core.tlog.merkle import leaf_hash as hash_of
from haidang.core.tlog.merkle import verify_consistency, verify_inclusion
from haidang.core.tlog.notes import COSIGNATURE, ED25519, Signer, open_note, sign_note
from haidang.core.tlog.tiles import tile_named
from haidang.storage.log_reader import LogReader
from haidang.storage.log_store import LogStore, RealLogFileOps

ORIGIN = "haidang.example/quy-nhon"
SIGNER = Signer.of(ORIGIN, ED25519, Ed25519PrivateKey.from_private_bytes(bytes(32)))


class PulledPlugError(OSError):
    """The disk, or the whole machine, stopped here."""


class FailingOps(RealLogFileOps):
    """Real files until step ``fail_at``, which raises: before it touched the disk, or after (``persists``)."""

    def __init__(self, fail_at: int = -1, *, persists: bool = False) -> None:
        self.steps: list[str] = []
        self._fail_at, self._persists = fail_at, persists

    def put(self, path: Path, data: bytes) -> None:
        if self._stops(path.name):
            super().put(path, data)
            return
        if self._persists:
            super().put(path, data)
        raise PulledPlugError(path.name)

    def remove(self, path: Path) -> None:
        if self._stops(f"-{path.name}"):
            super().remove(path)
            return
        if self._persists:
            super().remove(path)
        raise PulledPlugError(path.name)

    def _stops(self, name: str) -> bool:
        self.steps.append(name)
        return len(self.steps) - 1 != self._fail_at


def whole(store: LogStore, folder: Path, entries: list[bytes]) -> None:
    """Everything that a log promises of these entries."""
    assert store.size == len(entries)
    assert store.checkpoint.root == slow_root(entries)
    assert open_note(store.note, [SIGNER.key]).text == store.checkpoint.text
    reader = LogReader(folder, SIGNER.key)
    for index in {0, len(entries) // 2, len(entries) - 1}:
        assert reader.entry(index) == entries[index]
        proof = reader.proof(index)
        verify_inclusion(hash_of(entries[index]), index, store.size, proof.hashes, store.checkpoint.root)
    for old in {1, len(entries) // 2, len(entries)}:
        verify_consistency(
            old, slow_root(entries[:old]), store.size, store.checkpoint.root, store.consistency(old)
        )  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 400), min_size=1, max_size=5))
def test_a_log_grows_and_is_opened_again(tmp_path_factory: pytest.TempPathFactory, batches: list[int]) -> None:
    folder, entries = tmp_path_factory.mktemp("log"), records(sum(batches))
    store, at = LogStore(folder, SIGNER), 0
    for size in batches:
        store.append(entries[at : at + size], f"{at + size}".encode())
        at += size
        whole(store, folder, entries[:at])
    again = LogStore(folder, SIGNER)
    whole(again, folder, entries)
    assert again.state == f"{at}".encode()
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    tiles = [tile_named(name) for name in names if name.startswith("tile/")]
    full = {(tile.level, tile.n) for tile in tiles if tile.width == 256}
    assert not [tile for tile in tiles if tile.width < 256 and (tile.level, tile.n) in full], "partial ones have gone"


def _steps(folder: Path) -> list[str]:
    ops = FailingOps()
    store = LogStore(folder, SIGNER, ops=ops)
    store.append(records(250), b"250")
    ops.steps.clear()
    store.append(records(300)[250:], b"300")
    return ops.steps


def test_the_table_has_every_step_of_an_append(tmp_path: Path) -> None:
    assert _steps(tmp_path) == [
        "pending", "000", "44", "000", "44", "1", "state", "checkpoint", "-pending",
    ]  # fmt: skip


@pytest.mark.parametrize("persists", [False, True], ids=["not persisted", "persisted"])
@pytest.mark.parametrize("step", range(9))
def test_a_step_that_fails_loses_no_entry_and_logs_none_twice(tmp_path: Path, step: int, *, persists: bool) -> None:
    entries = records(300)
    LogStore(tmp_path, SIGNER).append(entries[:250], b"250")
    failing = LogStore(tmp_path, SIGNER, ops=FailingOps(step, persists=persists))
    with pytest.raises(PulledPlugError):
        failing.append(entries[250:], b"300")
    again = LogStore(tmp_path, SIGNER)
    assert again.state in (b"250", b"300")
    assert (again.state == b"250") == (step == 0 and not persists), "a batch that is decided is finished"
    if again.state == b"250":
        whole(again, tmp_path, entries[:250])
        again.append(entries[250:], b"300")
    whole(again, tmp_path, entries)
    again.append([b"one more"], b"301")
    whole(LogStore(tmp_path, SIGNER), tmp_path, [*entries, b"one more"])


@pytest.mark.parametrize("step", range(8))
def test_a_crash_while_a_start_finishes_is_finished_by_the_next(tmp_path: Path, step: int) -> None:
    entries = records(300)
    LogStore(tmp_path, SIGNER).append(entries[:250], b"250")
    with pytest.raises(PulledPlugError):
        LogStore(tmp_path, SIGNER, ops=FailingOps(1)).append(entries[250:], b"300")
    with pytest.raises(PulledPlugError):
        LogStore(tmp_path, SIGNER, ops=FailingOps(step))
    whole(LogStore(tmp_path, SIGNER), tmp_path, entries)


def test_a_log_that_somebody_touched_is_not_opened(tmp_path: Path) -> None:
    LogStore(tmp_path, SIGNER).append(records(300), b"")
    tile = tmp_path / "tile/0/000"
    kept = tile.read_bytes()
    tile.write_bytes(kept[:100] + b"x" + kept[101:])
    LogStore(tmp_path, SIGNER)  # its edge does not need that byte: a proof does, and reconciliation reads all
    with pytest.raises(CorruptData):
        LogReader(tmp_path, SIGNER.key).proof(2)
    tile.write_bytes(kept)
    (tmp_path / "tile/1/000.p/1").write_bytes(bytes(32))
    with pytest.raises(CorruptData):
        LogStore(tmp_path, SIGNER)


def test_another_logs_folder_or_a_forged_checkpoint_is_not_opened(tmp_path: Path) -> None:
    store = LogStore(tmp_path, SIGNER)
    store.append(records(3), b"")
    other = Signer.of(ORIGIN, ED25519, Ed25519PrivateKey.from_private_bytes(b"1" * 32))
    with pytest.raises(CorruptData):
        LogStore(tmp_path, other)
    text = store.checkpoint.text.replace(ORIGIN, "another")
    (tmp_path / "checkpoint").write_bytes(sign_note(text, [SIGNER.sign(text)]))
    with pytest.raises(Fatal):
        LogStore(tmp_path, SIGNER)


def test_a_cosigned_checkpoint_takes_the_place_of_the_bare_one_alone(tmp_path: Path) -> None:
    witness = Signer.of("witness.example", COSIGNATURE, Ed25519PrivateKey.from_private_bytes(b"2" * 32))
    store = LogStore(tmp_path, SIGNER)
    store.append(records(3), b"")
    text = store.checkpoint.text
    store.publish(sign_note(text, [SIGNER.sign(text), witness.sign(text, time_s=1_795_575_600)]))
    assert b"witness.example" in LogStore(tmp_path, SIGNER).note
    store.append([b"x"], b"")
    with pytest.raises(CorruptData):
        store.publish(sign_note(text, [SIGNER.sign(text)]))
