from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haidang.core.errors import InvalidInput
from haidang.core.journal import GapOpen, GapReason, Record, encode
from haidang.core.units import WallUs
from haidang.storage import JournalTail


def records(count: int, first: int = 0) -> list[Record]:
    return [GapOpen(GapReason.NETWORK, WallUs(number)) for number in range(first, first + count)]


def raw(some: list[Record]) -> bytes:
    return b"".join(map(encode, some))


def test_a_tail_waits_for_its_file_and_follows_it(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    tail = JournalTail(path)
    assert tail.read_new() == []
    path.write_bytes(raw(records(2)))
    assert tail.read_new() == records(2)
    assert tail.read_new() == []
    with path.open("ab") as journal:
        journal.write(raw(records(3, 2)))
    assert tail.read_new() == records(3, 2)
    tail.close()


@given(st.lists(st.integers(0, 500), max_size=6))
def test_pieces_of_any_size_come_out_whole_and_once(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[int]
) -> None:
    path = tmp_path_factory.mktemp("journal") / "x.journal"
    data, tail = raw(records(30)), JournalTail(path)
    seen: list[Record] = []
    written = 0
    for piece in [*pieces, len(data)]:
        with path.open("ab") as journal:
            journal.write(data[written : written + piece])
        written = min(len(data), written + piece)
        seen += tail.read_new()
        assert len(seen) == written // 64
        tail.close()
        tail = JournalTail(path, tail.mark)
    assert seen == records(30)
    assert not tail.restarted
    tail.close()


def test_a_long_journal_is_read_in_one_look(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    path.write_bytes(raw(records(2500)))
    tail = JournalTail(path)
    assert len(tail.read_new()) == 2500
    tail.close()


def test_a_torn_record_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    path.write_bytes(raw(records(1)) + bytes(64))
    tail = JournalTail(path)
    assert tail.read_new() == records(1)
    path.write_bytes(raw(records(2)))
    assert tail.read_new() == records(1, 1)
    tail.close()


def test_nothing_new_costs_one_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.journal"
    path.write_bytes(raw(records(1)))
    tail = JournalTail(path)
    tail.read_new()
    calls: list[str] = []

    def counted(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **more: object) -> object:
            calls.append(name)
            return real(*args, **more)

        return call

    for name in ("open", "pread", "fstat", "stat"):
        monkeypatch.setattr(os, name, counted(name, getattr(os, name)))
    for _ in range(7):
        assert tail.read_new() == []
    assert calls == ["pread"] * 7
    tail.close()


def test_a_journal_that_was_replaced_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    path.write_bytes(raw(records(2)))
    tail = JournalTail(path)
    tail.read_new()
    other = tmp_path / "other"
    other.write_bytes(raw(records(3)))
    other.replace(path)
    looks = [tail.read_new() for _ in range(8)]
    assert [record for look in looks for record in look] == records(1, 2)
    assert not tail.restarted
    tail.close()


def test_a_mark_whose_record_is_gone_begins_again_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    path.write_bytes(raw(records(3)))
    tail = JournalTail(path)
    tail.read_new()
    tail.close()
    for rewritten in (records(2), records(2) + records(5, 10)):
        path.write_bytes(raw(rewritten))
        again = JournalTail(path, tail.mark)
        assert again.read_new() == rewritten
        assert again.restarted
        assert again.read_new() == []
        assert not again.restarted
        again.close()


@pytest.mark.parametrize("mark", ["x", "1:aa", "64:", "64:zz", "-64:00000000", "63:00000000", "0:00000000"])
def test_a_mark_that_is_none_is_refused(mark: str) -> None:
    with pytest.raises(InvalidInput):
        JournalTail(Path("x"), mark)


def test_an_expired_journal_stays_readable(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    path.write_bytes(raw(records(1)))
    tail = JournalTail(path)
    tail.read_new()
    path.unlink()
    assert [tail.read_new() for _ in range(20)] == [[]] * 20
    tail.close()
