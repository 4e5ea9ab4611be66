"""Reading a log that somebody else writes: entries and proofs of the checkpoint that was met."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.tlog.trees import records
from haidang.core.errors import CorruptData, NotFound
from haidang.core.tlog.policies import policy_of
from haidang.storage.log_reader import LogReader
from haidang.storage.log_store import LogStore
from storage.test_log_store import SIGNER


def test_entries_and_proofs_are_read_and_stay_good_while_the_log_grows(tmp_path: Path) -> None:
    store = LogStore(tmp_path, SIGNER)
    store.append(records(250), b"")
    reader = LogReader(tmp_path, SIGNER.key)
    store.append(records(900)[250:], b"")  # partial tiles have gone, full ones stand in their place
    for index in (0, 249):
        assert reader.entry(index) == f"record {index}".encode()
        policy = policy_of(f"log {SIGNER.key}\nquorum none\n")
        checkpoint, _standing = reader.proof(index).verify(f"record {index}".encode(), policy)
        assert checkpoint.size == 250
    with pytest.raises(NotFound):
        reader.entry(250)
    assert LogReader(tmp_path, SIGNER.key).checkpoint.size == 900


def test_no_log_or_anothers_is_none(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        LogReader(tmp_path, SIGNER.key)
    (tmp_path / "checkpoint").write_bytes(b"junk")
    with pytest.raises(CorruptData):
        LogReader(tmp_path, SIGNER.key)
    store = LogStore(tmp_path / "own", SIGNER)
    store.append(records(3), b"")
    (tmp_path / "own/tile/entries/000.p/3").unlink()
    with pytest.raises(CorruptData):
        LogReader(tmp_path / "own", SIGNER.key).entry(0)


@pytest.mark.parametrize("name", ["tile/0/000.p/200", "tile/entries/000.p/200"])
def test_no_proof_is_given_that_does_not_hold(tmp_path: Path, name: str) -> None:
    LogStore(tmp_path, SIGNER).append(records(200), b"")
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    with pytest.raises(CorruptData):
        LogReader(tmp_path, SIGNER.key).proof(0)
