"""Copies under object lock in a reconciliation: what is left of what is damaged here, and copies that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from haidang.core.units import WallUs
from haidang.footage.replicas import ReplicaRule, make_replica
from reconcile.a_host import Host, a_host
from storage.memory_store import MemoryStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(home: Path) -> Host:
    host = a_host(home)
    host.store = MemoryStore(host.now)
    for name in host.files:
        rule = ReplicaRule("", 30)
        make_replica(name.media_path, host.root, host.store, rule, ended_at=WallUs(name.started_at), now=host.now)
    return host


def test_whole_copies_of_a_whole_host_are_nothing_to_tell_of(host: Host) -> None:
    assert [each.kind for each in host.check().findings if each.kind.startswith("replica")] == []
    assert host.found() == []


def test_a_deleted_recording_is_named_with_the_copy_that_is_left(host: Host) -> None:
    host.path(2).unlink()
    outcome = host.check(deep=False)
    assert {kind: count for kind, count in outcome.counts.items() if kind.startswith(("file", "replica"))} == {
        "file_missing": 1, "replica_kept": 1, "replica_good": 1,
    }  # fmt: skip
    assert outcome.wrong == 1


def test_a_copy_that_was_destroyed_beside_the_lock_is_named_by_a_sample(host: Host) -> None:
    assert host.store is not None
    host.store.held.clear()
    assert host.kinds(deep=False) == []
    assert host.kinds() == ["replica_bad"]


def test_without_the_store_a_copy_is_named_and_not_vouched_for(host: Host) -> None:
    host.path(2).unlink()
    host.store = None
    counts = host.check(deep=False).counts
    assert counts["replica_kept"] == 1
    assert "replica_good" not in counts
