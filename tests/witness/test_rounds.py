"""A witness's rounds: each in its thread, woken by a cosignature, ended when asked, whatever one of them raises."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from haidang.core.errors import Fatal, Unavailable
from haidang.witness.parts import watch_of
from haidang.witness.setup import STORE, Mirroring, make_witness, read_witness
from haidang.witness.store import WitnessStore
from haidang.witness.telling import Teller
from haidang.witness.watch import Rounds
from witness.a_host import LOG, ORIGIN, Clock, tick
from witness.conftest import Department

WITHIN_S = 10


def rounds_of(department: Department, *, every_s: float) -> Rounds:
    teller = Teller("w", department.watch.notebook, [])
    rounds = Rounds(department.watch, teller, department.clock, every_s=every_s)
    department.watch.witness.on_cosigned = rounds.wake
    return rounds


def test_a_cosignature_wakes_the_mirror(department: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Semaphore(0)
    run_once = type(department.mirror).run_once

    def run(mirror: object, now_s: int) -> None:
        run_once(department.mirror, now_s)
        assert mirror is department.mirror
        looked.release()

    monkeypatch.setattr(type(department.mirror), "run_once", run)
    rounds = rounds_of(department, every_s=3600)
    rounds.start()
    assert looked.acquire(timeout=WITHIN_S), "once at the start"
    department.host.add(tick(department.clock.us))
    assert department.host.cosign(department.watch.witness).status == 200
    assert looked.acquire(timeout=WITHIN_S), "and once more, an hour early"
    rounds.wake("another.example/log")
    rounds.stop()
    assert department.watch.states()[0].mirrored == 1


def test_a_round_that_fails_is_no_end(department: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Semaphore(0)

    def fail(_mirror: object, _now_s: int) -> None:
        looked.release()
        raise RuntimeError("no round can raise, and yet")

    monkeypatch.setattr(type(department.mirror), "run_once", fail)
    rounds = rounds_of(department, every_s=0.01)
    rounds.start()
    for _ in range(3):
        assert looked.acquire(timeout=WITHIN_S)
    rounds.stop()


def test_a_memory_that_is_older_than_the_copy_starts_nothing(department: Department) -> None:
    path = department.folder / STORE
    department.host.add(tick(department.clock.us))
    department.round()
    store = WitnessStore(path)
    backup = store.latest(ORIGIN)
    store.close()
    assert backup is not None
    department.host.add(tick(department.clock.us))
    department.round()
    department.restart()
    store = WitnessStore(path)
    assert store.advance(ORIGIN, store.latest(ORIGIN), backup)
    store.close()
    with pytest.raises(Fatal) as error:
        department.restart()
    assert error.value.code == "witness_store"


def test_a_token_that_others_can_read_starts_nothing(tmp_path: Path) -> None:
    folder, token = tmp_path / "w", tmp_path / "log.token"
    make_witness(folder, "w", [str(LOG.key)], Mirroring(["https://host.example/api/v1/logs/record"], token))
    token.write_text("hdt_secret", encoding="ascii")
    token.chmod(0o644)
    with pytest.raises(Unavailable) as error:
        watch_of(folder, read_witness(folder), Clock())
    assert error.value.code == "key_open"
    token.chmod(0o600)
    watch_of(folder, read_witness(folder), Clock()).notebook.close()
    token.unlink()
    watch_of(folder, read_witness(folder), Clock()).notebook.close()
