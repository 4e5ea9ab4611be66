"""Replicas by the keeper: each closed recording once, whatever fails at whichever step; and let go in time."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from haidang.core.errors import Conflict, CorruptData, Denied, InvalidInput, NotFound, Unavailable
from haidang.core.retention import DAY_US
from haidang.core.units import WallUs
from haidang.footage.actions import forget_everything
from haidang.footage.models import Expiry, RecordingFile, Replica
from haidang.footage.queries import replica_counts
from haidang.footage.replicas import ReplicaRule, remove_replica, verify_replica
from haidang.storage.object_lock import LockStore
from haidang.supervisor.keeper_journals import JournalKeeper
from haidang.supervisor.keeper_replicas import ReplicaKeeper
from keeper.journals_on_disk import S, append, at, fragments, name_at, opened, whole
from storage.memory_store import FailingStore, MemoryStore

pytestmark = pytest.mark.django_db
NOW, RULE = at(7200), ReplicaRule("quy-nhon", 30)
HOUR = 3600 * S


def recorded(root: Path, *seconds: int) -> list[str]:
    """Closed recordings with rows; their paths."""
    names = [name_at(each) for each in seconds]
    for name in names:
        append(root, name.journal_path, whole(name, 5))
        (root / name.media_path).write_bytes(name.media_path.encode() * 1000)
    JournalKeeper(root).run_once(NOW)
    return [name.media_path for name in names]


def keeper(root: Path, store: LockStore) -> ReplicaKeeper:
    return ReplicaKeeper(root, lambda: store, RULE)


def later(hours: float) -> WallUs:
    return WallUs(NOW + int(hours * HOUR))


def test_closed_recordings_are_copied_oldest_first_and_once(tmp_path: Path) -> None:
    paths = recorded(tmp_path, 600, 0, 300)
    append(tmp_path, name_at(900).journal_path, [opened(name_at(900)), *fragments(name_at(900), 3)])
    JournalKeeper(tmp_path).run_once(NOW)
    store = MemoryStore(NOW)
    keeps = keeper(tmp_path, store)
    assert keeps.run_once(NOW) == 3
    assert keeps.run_once(NOW) == 0
    assert [each.version.key for each in store.held] == [
        key for path in sorted(paths) for key in (f"quy-nhon/{path}", f"quy-nhon/{path[:-3]}journal")
    ]
    assert store.held[0].data == (tmp_path / min(paths)).read_bytes()
    counts = replica_counts()
    assert (counts.kept, counts.due, counts.failed) == (3, 0, 0)


def test_a_copy_stays_from_the_recordings_end_on_and_a_day_at_least(tmp_path: Path) -> None:
    path = recorded(tmp_path, 0)[0]
    ended_at = WallUs(RecordingFile.objects.get().ended_at)
    keeper(tmp_path, MemoryStore(NOW)).run_once(NOW)
    assert Replica.objects.get(path=path).retain_until - ended_at - 30 * DAY_US < S
    assert RULE.retain_until(ended_at, WallUs(ended_at + 40 * DAY_US)) == ended_at + 41 * DAY_US


@pytest.mark.parametrize("persists", [False, True], ids=["did not arrive", "arrived"])
@pytest.mark.parametrize("step", range(8))
def test_a_request_that_fails_copies_nothing_twice_and_forgets_nothing(
    tmp_path: Path, step: int, *, persists: bool
) -> None:
    path = recorded(tmp_path, 0)[0]
    store = FailingStore(NOW, step, persists=persists)
    keeps = keeper(tmp_path, store)
    assert keeps.run_once(NOW) == 0
    assert not Replica.objects.exists(), "a row says kept last"
    assert keeps.run_once(WallUs(NOW + 1)) == 0, "it waits"
    assert keeps.run_once(later(0.1)) == 1
    verify_replica(path, store)
    assert len(store.held) == 2


def test_the_table_has_every_request_of_a_replica(tmp_path: Path) -> None:
    recorded(tmp_path, 0)
    store = FailingStore(NOW)
    keeper(tmp_path, store).run_once(NOW)
    assert len(store.asked) == 8


def test_a_kill_between_store_and_row_is_caught_up_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recorded(tmp_path, 0)[0]
    store = MemoryStore(NOW)
    with monkeypatch.context() as patched:
        patched.setattr("haidang.footage.replicas.keep_replica", _killed)
        with pytest.raises(KeyboardInterrupt):
            keeper(tmp_path, store).run_once(NOW)
    assert keeper(tmp_path, store).run_once(later(1)) == 1
    verify_replica(path, store)
    assert len(store.held) == 2


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_store_that_is_away_is_asked_less_and_less(tmp_path: Path) -> None:
    recorded(tmp_path, 0)
    tried: list[WallUs] = []
    now = NOW

    def away() -> LockStore:
        tried.append(now)
        raise Unavailable("couldn't", code="store_away")

    keeps = ReplicaKeeper(tmp_path, away, RULE)
    for second in range(3600):
        now = WallUs(NOW + second * S)
        keeps.run_once(now)
    waits = [b - a for a, b in pairwise(tried)]
    assert waits[:3] == [5 * S, 10 * S, 20 * S]
    assert max(waits) == 300 * S
    now = WallUs(NOW - DAY_US)
    keeps.run_once(now)
    assert tried[-1] == now, "a clock that was set back holds nothing up"


def test_what_is_wrong_with_one_recording_holds_up_no_other(tmp_path: Path) -> None:
    gone, differs, fine = recorded(tmp_path, 0, 300, 600)
    (tmp_path / gone).rename(tmp_path / "elsewhere")
    store = MemoryStore(NOW)
    store._added(f"quy-nhon/{differs}", b"other", None)
    keeps = keeper(tmp_path, store)
    assert keeps.run_once(NOW) == 1
    assert dict(Replica.objects.values_list("path", "why")) == {
        gone: "recording_missing", differs: "replica_differs", fine: "",
    }  # fmt: skip
    assert replica_counts().reasons == {"recording_missing": 1, "replica_differs": 1}
    (tmp_path / "elsewhere").rename(tmp_path / gone)
    assert keeps.run_once(later(0.5)) == 0
    assert keeps.run_once(later(1.5)) == 1
    verify_replica(gone, store)


@pytest.mark.parametrize("error", [Denied("no", code="store_denied"), InvalidInput("no", code="store_refused")])
def test_a_store_that_refuses_is_not_asked_for_every_recording(tmp_path: Path, error: Exception) -> None:
    recorded(tmp_path, 0, 300, 600)

    class Refusing(MemoryStore):
        asked = 0

        def put(self, *_: object, **__: object) -> str:
            self.asked += 1
            raise error

    store = Refusing(NOW)
    keeper(tmp_path, store).run_once(NOW)
    assert store.asked == 1


def test_rows_made_anew_are_copied_no_second_time(tmp_path: Path) -> None:
    path = recorded(tmp_path, 0)[0]
    store = MemoryStore(NOW)
    keeper(tmp_path, store).run_once(NOW)
    forget_everything()
    JournalKeeper(tmp_path).run_once(NOW)
    assert keeper(tmp_path, store).run_once(NOW) == 0
    assert keeper(tmp_path, store).run_once(NOW) == 0
    assert not RecordingFile.objects.filter(replica_due=True).exists()
    assert len(store.held) == 2
    verify_replica(path, store)


def test_a_replica_is_verified_by_its_versions(tmp_path: Path) -> None:
    path, other = recorded(tmp_path, 0, 300)
    store = MemoryStore(NOW)
    keeper(tmp_path, store).run_once(NOW)
    with pytest.raises(NotFound):
        verify_replica("de-gi/de-gi-1/2026-11-25/030500.000Z-sub.mp4", store)
    with pytest.raises(Conflict):
        verify_replica(path, MemoryStore(NOW, place="https://other.example.vn/evidence"))
    journal = next(each for each in store.held if each.version.key == f"quy-nhon/{path[:-3]}journal")
    journal.data = b"changed"
    with pytest.raises(CorruptData):
        verify_replica(path, store)
    verify_replica(other, store)


def test_a_replica_goes_when_its_time_is_over_and_not_before(tmp_path: Path) -> None:
    path = recorded(tmp_path, 0)[0]
    store = MemoryStore(NOW)
    keeper(tmp_path, store).run_once(NOW)
    until = WallUs(Replica.objects.get().retain_until)
    assert remove_replica(path, store, now=WallUs(until - 1)) == until
    assert len(store.held) == 2
    store.now = until
    assert remove_replica(path, store, now=until) is None
    assert store.held == []
    assert Replica.objects.get().state == "removed"
    assert remove_replica(path, store, now=until) is None
    assert keeper(tmp_path, store).run_once(until) == 0, "and no copy is made anew"


@pytest.mark.parametrize("persists", [False, True], ids=["did not arrive", "arrived"])
@pytest.mark.parametrize("step", range(4))
def test_a_removal_that_fails_is_gone_over_again(tmp_path: Path, step: int, *, persists: bool) -> None:
    path = recorded(tmp_path, 0)[0]
    store = FailingStore(NOW)
    keeper(tmp_path, store).run_once(NOW)
    until = WallUs(Replica.objects.get().retain_until)
    store.now, store.asked, store._fail_at, store._persists = until, [], step, persists
    with pytest.raises(Unavailable):
        remove_replica(path, store, now=until)
    assert Replica.objects.get().state == "kept"
    assert remove_replica(path, store, now=until) is None
    assert store.held == []


def test_a_missing_key_is_waited_for(tmp_path: Path) -> None:
    recorded(tmp_path, 0)
    store: list[MemoryStore] = []

    def opening() -> LockStore:
        if not store:
            raise InvalidInput("couldn't read the key", code="store_key")
        return store[0]

    keeps: Callable[[WallUs], int] = ReplicaKeeper(tmp_path, opening, RULE).run_once
    assert keeps(NOW) == 0
    store.append(MemoryStore(NOW))
    assert keeps(later(0.1)) == 1


def expired(path: str, state: str = "removed") -> None:
    row = RecordingFile.objects.get(path=path)
    Expiry.objects.create(
        path=path, site=row.site, camera=row.camera, stream=row.stream, started_at=row.started_at,
        ended_at=row.ended_at, size_bytes=row.size_bytes, sequence=row.sequence, reason="retention", policy="30 days",
        state=state, planned_at=NOW,
    )  # fmt: skip


def test_a_copy_goes_when_its_recording_has_gone_and_its_lock_is_over(tmp_path: Path) -> None:
    gone, planned, kept = recorded(tmp_path, 0, 300, 600)
    store = MemoryStore(NOW)
    keeps = keeper(tmp_path, store)
    keeps.run_once(NOW)
    expired(gone)
    expired(planned, "logged")
    keeps.run_once(later(24))
    assert replica_counts().kept == 3  # locked
    store.now = later(40 * 24)
    keeps.run_once(store.now)
    assert replica_counts().kept == 2
    assert {path for path in (gone, planned, kept) if Replica.objects.get(path=path).state == "removed"} == {gone}
    assert not [each for each in store.held if gone in each.version.key and each.data is not None]


def test_a_key_that_may_not_delete_leaves_copies_and_copies_on(tmp_path: Path) -> None:
    (gone,) = recorded(tmp_path, 0)
    store = MemoryStore(NOW)
    keeps = keeper(tmp_path, store)
    keeps.run_once(NOW)
    expired(gone)
    store.now = later(40 * 24)

    def refuse(*_: object, **__: object) -> None:
        raise Denied("couldn't delete: the store says 403", code="store_denied")

    store.delete = refuse  # type: ignore[method-assign]  # the key's rights
    recorded(tmp_path, 300)
    assert keeps.run_once(store.now) == 1
    assert replica_counts().kept == 2
