"""The copy: what a host serves is kept once it is under a cosigned root, and nothing else ever is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.tlog.trees import records, slow_root
from haidang.core.errors import CorruptData, Unavailable
from haidang.core.tlog.checkpoints import checkpoint_of
from haidang.core.tlog.merkle import leaf_hash, verify_inclusion
from haidang.core.tlog.notes import parse_note
from haidang.core.tlog.tiles import bundle_of, entries_of
from haidang.storage.log_reader import LogReader
from haidang.witness.mirror import Mirror, WrongBytes
from haidang.witness.mirror_store import MirrorStore
from haidang.witness.store import Latest
from storage.test_log_store import FailingOps, PulledPlugError
from witness.a_host import LOG, Host
from witness.conftest import Department


def cosigned(host: Host) -> Latest:
    """As the witness would remember it."""
    checkpoint = checkpoint_of(parse_note(host.log.note).text)
    return Latest(checkpoint.size, checkpoint.root, host.log.note, 1)


def mirror_of(host: Host, folder: Path, latest: Latest | None = None) -> Mirror:
    return Mirror(host, MirrorStore(folder), lambda: latest or cosigned(host))


def whole(folder: Path, entries: list[bytes]) -> None:
    """The copy is a log like any other, to whoever reads logs."""
    reader = LogReader(folder, LOG.key)
    assert reader.checkpoint.size == len(entries)
    assert reader.checkpoint.root == slow_root(entries)
    for index in {0, len(entries) // 2, len(entries) - 1}:
        assert reader.entry(index) == entries[index]
        proof = reader.proof(index)
        verify_inclusion(leaf_hash(entries[index]), index, len(entries), proof.hashes, reader.checkpoint.root)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 600), min_size=1, max_size=4), st.data())
def test_a_copy_follows_a_log_as_it_grows(
    tmp_path_factory: pytest.TempPathFactory, batches: list[int], data: st.DataObject
) -> None:
    host, folder, entries = Host(tmp_path_factory.mktemp("log")), tmp_path_factory.mktemp("copy"), list[bytes]()
    for size in batches:
        new = records(len(entries) + size)[len(entries) :]
        host.add(*new)
        entries += new
        if data.draw(st.booleans(), label="looked in between"):
            mirror_of(host, folder).run_once()
            whole(folder, entries)
    mirror_of(host, folder).run_once()
    whole(folder, entries)


def test_what_is_not_cosigned_is_not_copied(tmp_path: Path) -> None:
    host = Host(tmp_path / "log")
    host.add(*records(300))
    latest = cosigned(host)
    host.add(*records(700)[300:])
    mirror = mirror_of(host, tmp_path / "copy", latest)
    assert mirror.run_once() == 300, "the host's partial tiles have gone, and the full ones serve"
    whole(tmp_path / "copy", records(300))
    nobody = Mirror(host, MirrorStore(tmp_path / "other"), lambda: None)
    assert nobody.run_once() == 0


def test_a_long_log_is_copied_in_steps_that_a_small_machine_can_hold(tmp_path: Path) -> None:
    host, ops = Host(tmp_path / "log"), FailingOps()
    host.add(*records(10_000))
    store = MirrorStore(tmp_path / "copy", ops=ops)
    Mirror(host, store, lambda: cosigned(host)).run_once()
    whole(tmp_path / "copy", records(10_000))
    assert ops.steps.count("kept") == 3
    assert ops.steps[-1] == "checkpoint"
    assert ops.steps.count("checkpoint") == 1, "a checkpoint stands for all that is kept"
    host.served.clear()
    assert mirror_of(host, tmp_path / "copy").run_once() == 0
    assert not host.served, "what is here is not asked for again"


def _flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def _swapped(data: bytes) -> bytes:
    entries = entries_of(data, 44)
    return bundle_of([*entries[:20], entries[21], entries[20], *entries[22:]])


def _older_changed(data: bytes) -> bytes:
    entries = entries_of(data, 256)
    return bundle_of([b"another", *entries[1:]])


@pytest.mark.parametrize(
    ("path", "spoil"),
    [
        ("tile/entries/001.p/44", _flipped),
        ("tile/entries/001.p/44", _swapped),
        ("tile/entries/001.p/44", lambda data: data[:-1]),
        ("tile/entries/001.p/44", lambda data: data + b"\0"),
        ("tile/entries/001.p/44", lambda _: b""),
        ("tile/entries/000", _flipped),
        ("tile/entries/000", _older_changed),
    ],
)
def test_wrong_bytes_are_evidence_and_nothing_of_them_is_kept(
    tmp_path: Path, path: str, spoil: Callable[[bytes], bytes]
) -> None:
    host, folder = Host(tmp_path / "log"), tmp_path / "copy"
    host.add(*records(200))
    mirror_of(host, folder).run_once()
    host.add(*records(300)[200:])
    host.spoiled[path] = spoil
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    with pytest.raises(WrongBytes) as error:
        mirror_of(host, folder).run_once()
    assert error.value.code == "mirror_bytes"
    assert path in error.value.served
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before
    host.spoiled.clear()
    assert mirror_of(host, folder).run_once() == 100
    whole(folder, records(300))


def test_a_step_before_the_end_is_proved_by_the_hosts_own_tiles_or_not_kept(tmp_path: Path) -> None:
    host, folder = Host(tmp_path / "log"), tmp_path / "copy"
    host.add(*records(9000))
    host.spoiled["tile/1/000.p/35"] = _flipped
    with pytest.raises(WrongBytes):
        mirror_of(host, folder).run_once()
    assert MirrorStore(folder).size == 0
    host.spoiled = {"tile/entries/005": _flipped}
    with pytest.raises(WrongBytes):
        mirror_of(host, folder).run_once()
    assert MirrorStore(folder).size == 0, "a wrong entry of the first step is not kept until the last shows it"
    host.spoiled = {"tile/entries/030": _flipped}
    with pytest.raises(WrongBytes):
        mirror_of(host, folder).run_once()
    assert MirrorStore(folder).size == 4096


def test_a_host_that_is_away_costs_nothing_that_is_kept(tmp_path: Path) -> None:
    host, folder = Host(tmp_path / "log"), tmp_path / "copy"
    host.add(*records(300))
    mirror_of(host, folder).run_once()
    host.add(*records(310)[300:])
    host.away = True
    with pytest.raises(Unavailable):
        mirror_of(host, folder).run_once()
    whole(folder, records(300))


def _steps(folder: Path) -> list[str]:
    host, ops = Host(folder / "log"), FailingOps()
    host.add(*records(250))
    mirror_of(host, folder / "copy").run_once()
    host.add(*records(300)[250:])
    Mirror(host, MirrorStore(folder / "copy", ops=ops), lambda: cosigned(host)).run_once()
    return ops.steps


STEPS = ["000", "44", "000", "44", "1", "kept", "checkpoint"]


def test_the_table_has_every_step_of_a_round(tmp_path: Path) -> None:
    assert _steps(tmp_path) == STEPS


@pytest.mark.parametrize("persists", [False, True], ids=["not persisted", "persisted"])
@pytest.mark.parametrize("step", range(len(STEPS)))
def test_a_step_that_fails_leaves_a_copy_that_goes_on(tmp_path: Path, step: int, *, persists: bool) -> None:
    host, folder = Host(tmp_path / "log"), tmp_path / "copy"
    host.add(*records(250))
    mirror_of(host, folder).run_once()
    host.add(*records(300)[250:])
    failing = MirrorStore(folder, ops=FailingOps(step, persists=persists))
    with pytest.raises(PulledPlugError):
        Mirror(host, failing, lambda: cosigned(host)).run_once()
    published_already = step == STEPS.index("checkpoint") and persists
    whole(folder, records(300 if published_already else 250))
    again = mirror_of(host, folder)
    assert again.store.size in (250, 300)
    again.run_once()
    whole(folder, records(300))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("kept", b"{}"), ("kept", b'{"size": 300, "root": "00"}'), ("tile/1/000.p/1", b"x" * 32),
        ("tile/entries/001.p/44", b""),
    ],
)  # fmt: skip
def test_a_damaged_copy_is_said_and_never_mended_by_a_guess(tmp_path: Path, name: str, data: bytes) -> None:
    host, folder = Host(tmp_path / "log"), tmp_path / "copy"
    host.add(*records(300))
    mirror_of(host, folder).run_once()
    (folder / name).write_bytes(data)
    with pytest.raises(CorruptData) as error:
        MirrorStore(folder)
    assert error.value.code == "mirror_kept"


def test_evidence_holds_what_was_served_and_what_was_signed(department: Department) -> None:
    department.host.add(*records(10))
    department.host.spoiled["tile/entries/000.p/10"] = _flipped
    department.round()
    (folder,) = department.mirror.evidence.iterdir()
    assert (folder / "tile-entries-000.p-10").read_bytes().endswith(b"record 8")
    assert (folder / "checkpoint").read_bytes().startswith(department.host.log.note.partition(b"\n\n")[0])
    why = json.loads((folder / "why.json").read_text(encoding="utf-8"))
    assert set(why["served"]) == {"tile/entries/000.p/10"}
    department.clock.now_s += 60
    department.round(cosigned=False)
    assert len(list(department.mirror.evidence.iterdir())) == 1, "the same again is no other evidence"
